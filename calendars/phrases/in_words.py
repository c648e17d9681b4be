"""A rule in Dutch, as a school would say it; the other way around from reading one."""

from collections.abc import Callable, Mapping
from typing import Any

from calendars.derivation import MONTHS_NL
from calendars.rules import is_day

Rule = Mapping[str, Any]
_NTH = {1: "eerste", 2: "tweede", 3: "derde", 4: "vierde", 5: "vijfde", -1: "laatste", -2: "voorlaatste"}
_UNITS = {
    "calendar_days": ("kalenderdag", "kalenderdagen"),
    "school_days": ("schooldag", "schooldagen"),
    "calendar_weeks": ("week", "weken"),
    "school_weeks": ("schoolweek", "schoolweken"),
    "months": ("maand", "maanden"),
    "working_days": ("werkdag", "werkdagen"),
    "weekdays": ("werkdag (ma t/m vr)", "werkdagen (ma t/m vr)"),
}
_AROUND = {
    "during": "in de {}",
    "last-day-before": "op de laatste schooldag voor de {}",
    "first-day-after": "op de eerste schooldag na de {}",
    "week-before": "in de week voor de {}",
    "week-after": "in de week na de {}",
}
_PHASES = {
    "jaar": "het hele schooljaar",
    "start": "aan de start van het schooljaar",
    "begin": "aan het begin van het schooljaar",
    "eind": "aan het einde van het schooljaar",
    "najaar": "in het najaar",
    "winter": "in de winter",
    "voorjaar": "in het voorjaar",
    "zomer": "in de zomer",
}
_PARTS = {"eerste-helft": "in de eerste helft van", "tweede-helft": "in de tweede helft van"}
_EDGES = {"from": "vanaf", "after": "na", "until": "uiterlijk", "before": "vóór", "on": "bij"}
_LEADS = ("in ", "op ", "aan ")
_FULL = len("2027-03-24")


def in_words(rule: object, titles: Mapping[str, str] | None = None) -> str:
    """Return a rule, or what it refers to, in Dutch; ``titles`` are of items, by key, or of whole names."""
    names = titles or {}
    if isinstance(rule, str):
        return _day_nl(rule) if is_day(rule) else _name_nl(rule, names)
    if not isinstance(rule, Mapping):
        return ""
    say = _SAY.get(str(rule.get("rule")))
    return say(rule, names) if say else str(rule.get("rule", ""))


def _bare(rule: object, names: Mapping[str, str]) -> str:
    """Return a rule without the word that it begins with: "uiterlijk week 6", not "uiterlijk in week 6"."""
    text = in_words(rule, names)
    lead = next((lead for lead in _LEADS if text.startswith(lead)), "")
    return text.removeprefix(lead)


def _day_nl(day: str) -> str:
    *year, month, number = day.split("-")
    text = f"{int(number)} {MONTHS_NL[int(month) - 1]}"
    return f"{text} {year[0]}" if len(day) == _FULL else text


def _name_nl(name: str, names: Mapping[str, str]) -> str:
    if name in names:
        return names[name]
    if name.startswith("item."):
        key = name.split(".")[1]
        return f'"{names.get(key, key)}"'
    known = {
        "each.time": "elke keer",
        "pupil.start": "de start op school",
        "year.first": "de eerste schooldag",
    }
    known |= {"year.last": "de laatste schooldag", "opening": "de opening van het jaar"}
    return known.get(name, name.partition(".")[2].replace("-", " ") or name)


def _amount(rule: Rule) -> str:
    for unit, (one, more) in _UNITS.items():
        if rule.get(unit) is not None:
            number, until = rule[unit], rule.get("until")
            if isinstance(until, int):
                return f"{number} tot {until} {more}"
            return f"{number} {one if number == 1 else more}"
    return ""


def _date(rule: Rule, _: Mapping[str, str]) -> str:
    weekday = f"{rule['weekday']} " if rule.get("weekday") else ""
    return f"op {weekday}{_day_nl(rule['day'])}"


def _week(rule: Rule, _: Mapping[str, str]) -> str:
    if rule.get("weekday"):
        return f"op {rule['weekday']} van week {rule['number']}"
    return f"in week {rule['number']}" + (f" tot en met {rule['until']}" if rule.get("until") else "")


def _week_of(rule: Rule, names: Mapping[str, str]) -> str:
    shift = rule.get("shift", 0)
    day = f"op {rule['weekday']} van " if rule.get("weekday") else "in "
    of = _bare(rule["day"], names)
    if not shift:
        return f"{day}de week van {of}"
    weeks = "de week" if abs(shift) == 1 else f"{abs(shift)} weken"
    return f"{day}{weeks} {'na' if shift > 0 else 'voor'} de week van {of}"


def _month(rule: Rule, _: Mapping[str, str]) -> str:
    month, part = MONTHS_NL[rule["month"] - 1], rule.get("part")
    if rule.get("until"):
        return f"in {month} tot en met {MONTHS_NL[rule['until'] - 1]}"
    return f"in {month}" if not part else f"{_PARTS.get(part, part)} {month}"


def _period(rule: Rule, names: Mapping[str, str]) -> str:
    return f"van {_bare(rule['first'], names)} tot en met {_bare(rule['last'], names)}"


def _edge(rule: Rule, names: Mapping[str, str]) -> str:
    return f"{_EDGES[rule['rule']]} {_bare(rule['day'], names)}"


def _year(rule: Rule, _: Mapping[str, str]) -> str:
    which = "eerste" if rule["edge"] == "first" else "laatste"
    return f"op de {which} schooldag" + (" van het volgende schooljaar" if rule.get("year") == "next" else "")


def _school_day(rule: Rule, _: Mapping[str, str]) -> str:
    number = rule["number"]
    return f"op schooldag {number}" if number > 0 else f"op de {-number}e schooldag van achteren"


def _school_week(rule: Rule, _: Mapping[str, str]) -> str:
    day = f"op {rule['weekday']} van " if rule.get("weekday") else "in "
    first, last = rule["number"], rule.get("until")
    if last == -1 and first < 0:
        return f"in de laatste {-first} schoolweken"
    return day + _which_week(first) + (f" tot en met {_which_week(last)}" if last else "")


def _which_week(number: int) -> str:
    if number > 0:
        return f"schoolweek {number}"
    return f"de {_NTH.get(number, f'{-number}e')} schoolweek" + ("" if number >= -2 else " van achteren")  # noqa: PLR2004 -- those have a name


def _phase(rule: Rule, _: Mapping[str, str]) -> str:
    phase, number = rule["phase"], rule.get("number")
    if number:
        kind = "het" if phase in {"kwartaal", "trimester"} else "de"
        return f"in {kind} {_NTH[number]} {phase} van het schooljaar"
    return _PHASES[phase]


def _holiday(rule: Rule, names: Mapping[str, str]) -> str:
    after = f" na {_bare(rule['after'], names)}" if rule.get("after") else ""
    name = rule["name"].lower() if rule["name"].endswith("vakantie") else rule["name"]
    return _AROUND[rule.get("at", "during")].format(name) + after


def _legal(rule: Rule, _: Mapping[str, str]) -> str:
    edge = {"first": "vanaf de eerste dag van", "both": "in de tijd van"}.get(rule.get("edge", "last"), "op")
    return f"{edge} de wettelijke datum {rule['key'].replace('-', ' ')}"


def _weekday(rule: Rule, names: Mapping[str, str]) -> str:
    nth = _NTH[rule.get("nth", 1)]
    for side, word in (("before", "voor"), ("after", "na")):
        if rule.get(side) is not None:
            return f"op de {nth} {rule['weekday']} {word} {_bare(rule[side], names)}"
    of = MONTHS_NL[rule["month"] - 1] if rule.get("month") else _bare(rule["of"], names)
    return f"op de {nth} {rule['weekday']} van {of}"


def _full_week(rule: Rule, names: Mapping[str, str]) -> str:
    of = MONTHS_NL[rule["month"] - 1] if rule.get("month") else _bare(rule["of"], names)
    nth, until = _NTH[rule.get("nth", 1)], rule.get("until")
    return f"in de {nth}{f' tot en met {_NTH[until]}' if until else ''} volle week van {of}"


def _beside(rule: Rule, names: Mapping[str, str]) -> str:
    side, word = ("after", "na") if rule.get("after") is not None else ("before", "voor")
    start = "binnen " if rule["rule"] == "within" else ""
    if rule["rule"] == "offset" and not any(rule.get(unit) for unit in _UNITS):
        return f"op {_bare(rule[side], names)}"
    return f"{start}{_amount(rule)} {word} {_bare(rule[side], names)}"


def _clock(rule: Rule, names: Mapping[str, str]) -> str:
    return f"binnen {_amount(rule)} na {_bare(rule['after'], names)}"


def _several(rule: Rule, names: Mapping[str, str]) -> str:
    word = {"one-of": " of ", "each": " en "}.get(rule["rule"])
    parts = [in_words(part, names) for part in rule["of"]]
    if word:
        return ", ".join(parts[:-1]) + word + parts[-1]
    return f"{'het vroegste' if rule['rule'] == 'earliest' else 'het laatste'} van: {', '.join(parts)}"


def _times(rule: Rule, names: Mapping[str, str]) -> str:
    count = f"{rule['count']} tot {rule['up_to']}" if rule.get("up_to") else f"{rule['count']}"
    start = "minstens " if rule.get("at_least") else ""
    within = _bare(rule["within"], names) if rule.get("within") else "jaar"
    return f"{start}{count} keer per {within}"


def _every(rule: Rule, names: Mapping[str, str]) -> str:
    amount = _amount(rule)
    number, unit = amount.split()
    each = f"elke {unit}" if number == "1" else f"elke {amount}"
    each += f" vanaf {_bare(rule['start'], names)}" if rule.get("start") else ""
    return f"{each} op {rule['weekday']}" if rule.get("weekday") else each


def _age(rule: Rule, _: Mapping[str, str]) -> str:
    def years(number: int, months: int) -> str:
        return f"{number} jaar" + (f" en {months} maanden" if months else "")

    first = years(rule["years"], rule.get("months", 0))
    if rule.get("until_years") is not None:
        return f"tussen {first} en {years(rule['until_years'], rule.get('until_months', 0))} oud"
    return f"op de dag dat een leerling {first} wordt"


def _open(rule: Rule, _: Mapping[str, str]) -> str:
    return f"nog te plannen ({rule['why']})" if rule.get("why") else "nog te plannen"


def _pick(rule: Rule, names: Mapping[str, str]) -> str:
    side = next((side for side in ("after", "before") if rule.get(side)), "")
    beside = f" {_EDGES[side]} {_bare(rule[side], names)}" if side else ""
    return f"keer {rule.get('number', 1)}{beside} van: {_bare(rule['of'], names)}"


def _each_time(rule: Rule, names: Mapping[str, str]) -> str:
    return f"elke keer ({_bare(rule['of'], names)}): {in_words(rule['do'], names)}"


def _ongoing(rule: Rule, names: Mapping[str, str]) -> str:
    within = f" ({in_words(rule['within'], names)})" if rule.get("within") else ""
    return f"doorlopend{within}"


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} en {words[-1]}" if len(words) > 1 else "".join(words)


_SAY: dict[str, Callable[[Rule, Mapping[str, str]], str]] = {
    "date": _date,
    "week": _week,
    "week-of": _week_of,
    "month": _month,
    "period": _period,
    **dict.fromkeys(_EDGES, _edge),
    "year": _year,
    "school-day": _school_day,
    "school-week": _school_week,
    "phase": _phase,
    "holiday": _holiday,
    "legal": _legal,
    "weekday": _weekday,
    "full-week": _full_week,
    **dict.fromkeys(("offset", "within"), _beside),
    **dict.fromkeys(("earliest", "latest", "one-of", "each"), _several),
    "times": _times,
    "every": _every,
    "age": _age,
    "open": _open,
    "clock": _clock,
    "each-time": _each_time,
    "ongoing": _ongoing,
    "dates": lambda rule, _: f"op {_listed([_day_nl(day) for day in rule['days']])}",
    "months": lambda rule, _: f"in {_listed([MONTHS_NL[n - 1] for n in rule['of']])}",
    "event": lambda rule, names: f"bij {_name_nl(rule['name'], names)}",
    "pick": _pick,
    "halfway": lambda rule, names: (
        f"halverwege {_bare(rule['first'], names)} en {_bare(rule['last'], names)}"
    ),
    "instruction": lambda rule, _: f"na {rule['months']} maanden leesonderwijs",
}
