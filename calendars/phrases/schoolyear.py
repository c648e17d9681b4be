"""Moments that stand on the school year: holidays, school weeks, phases, first and last days."""

import re

from calendars.phrases.grammar import Pattern, Reader, written
from calendars.phrases.proposal import Found, Tree
from calendars.phrases.words import NTH_RE, SCHOOL_DAYS_RE, nth

_NAMES = {
    "herfst": "herfstvakantie",
    "kerst": "kerstvakantie",
    "voorjaars": "voorjaarsvakantie",
    "krokus": "voorjaarsvakantie",
    "carnavals": "voorjaarsvakantie",
    "mei": "meivakantie",
    "zomer": "zomervakantie",
    "paas": "paasdag",
    "pinkster": "pinksterdag",
    "winter": "kerstvakantie",
}
_DAYS_OFF = {
    "pasen": "paasdag",
    "pinksteren": "pinksterdag",
    "hemelvaart": "hemelvaart",
    "kerst": "kerstvakantie",
    "hemelvaartsdag": "hemelvaart",
    "koningsdag": "koningsdag",
    "goede vrijdag": "goede vrijdag",
}
_HOLIDAY_RE = rf"(?:{'|'.join(_NAMES)})[- ]?vakantie|{'|'.join(_DAYS_OFF)}"
_HOLIDAY = rf"(?:de |het )?(?P<holiday>{_HOLIDAY_RE})"
_YEAR = r"(?:(?:van )?(?:het |een )?(?:nieuwe? )?(?:school|cursus)jaar)"
_WEEK = r"(?:school|les)?we(?:ek|ken)"
_WHOLE_YEAR = r"(?:gedurende|in de loop van|tijdens|binnen) het (?:hele )?(?:school)?jaar|op elk moment"
_ONGOING = (
    r"(?:het )?(?:hele|gehele|ganse) (?:school)?jaar(?: door)?|doorlopend|continu|(?:door )?het "
    r"(?:school)?jaar door|"
    r"(?:door )?het (?:hele )?(?:school)?jaar heen|alle weken|(?:school)?jaarrond|voortdurend|heel het jaar|"
    r"permanent|(?:het )?hele (?P<season>najaar|winter|voorjaar|zomer) door"
)
_SEASONS = {"najaar": "najaar", "herfst": "najaar", "winter": "winter", "voorjaar": "voorjaar"} | {
    "lente": "voorjaar",
    "zomer": "zomer",
}
_KINDS = {"helft": 2, "trimester": 3, "kwartaal": 4, "semester": 2, "periode": 4}

_AFTER_SUMMER: dict[str, Tree] = {
    "first-day-after": {"rule": "year", "edge": "first"},
    "week-after": {"rule": "school-week", "number": 1},
}


def holiday(name: str, at: str = "during") -> Tree:
    """Return a holiday by the name in a phrase, or what lies around it."""
    stem = name.replace("-", "").replace(" vakantie", "vakantie")
    known = _DAYS_OFF.get(name) or _NAMES.get(stem.removesuffix("vakantie"), stem)
    if known == "zomervakantie" and at in _AFTER_SUMMER:  # that of before this year is meant, not the next
        return dict(_AFTER_SUMMER[at])
    return {"rule": "holiday", "name": known} | ({} if at == "during" else {"at": at})


@written(rf"(?:in |tijdens )?{_HOLIDAY}")
def in_holiday(match: re.Match[str], _: Reader) -> Tree:
    """Read "herfstvakantie"."""
    return holiday(match["holiday"])


@written(
    rf"(?:de )?(?P<which>{_WEEK}|laatste {_WEEK}|1e {_WEEK}|laatste (?:school)?dag|1e (?:school)?dag)"
    rf" (?P<side>voor|voorafgaand aan|na) {_HOLIDAY}"
)
def beside_holiday(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "week voor de herfstvakantie" and "eerste schooldag na de kerstvakantie"."""
    after, is_week = match["side"] == "na", "we" in match["which"]
    if (after and match["which"].startswith("laatste")) or (not after and match["which"].startswith("1e")):
        return None
    at = ("week-after" if after else "week-before") if is_week else ""
    return holiday(match["holiday"], at or ("first-day-after" if after else "last-day-before"))


@written(rf"(?:de )?(?P<nth>{NTH_RE}) {_WEEK} na {_HOLIDAY}")
def nth_week_after(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "tweede week na de herfstvakantie"."""
    number = nth(match["nth"])
    first = holiday(match["holiday"], "first-day-after")
    return {"rule": "week-of", "day": first, "shift": number - 1} if number > 0 else None


@written(rf"(?P<how>direct |meteen |gelijk |vlak )?(?:na|aansluitend op) {_HOLIDAY}")
def after_holiday(match: re.Match[str], _: Reader) -> Found | Tree:
    """Read "na de voorjaarsvakantie", which says no end."""
    first, week = holiday(match["holiday"], "first-day-after"), holiday(match["holiday"], "week-after")
    if match["how"] in {"direct ", "meteen ", "gelijk "}:
        return first
    others = (
        (f"in de week na de {match['holiday']}", week),
        ("op de eerste schooldag erna", first),
        ("ergens erna, zonder einde", {"rule": "from", "day": first}),
    )
    return Found(week, question="Hoe snel na de vakantie?", others=others)


@written(
    rf"(?:tussen|van) (?:de )?(?P<first>{'|'.join(_NAMES)})(?:-|vakantie)?(?: vakantie)? (?:en|tot|t/m) "
    rf"{_HOLIDAY}"
)
def between_holidays(match: re.Match[str], _: Reader) -> Tree:
    """Read "tussen herfst- en kerstvakantie"."""
    return {
        "rule": "period",
        "first": holiday(f"{match['first']}vakantie", "first-day-after"),
        "last": holiday(match["holiday"], "last-day-before"),
    }


@written(
    rf"(?:de )?(?P<nth>{NTH_RE}) (?:schoolweek|{_WEEK} {_YEAR})|(?:de )?schoolweek (?P<number>\d{{1,2}})|"
    rf"(?:de )?(?P<last>{NTH_RE}) (?:schoolweek)(?: {_YEAR})?"
)
def school_week(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "3e schoolweek" and "laatste schoolweek"."""
    number = int(match["number"]) if match["number"] else nth(match["nth"] or match["last"])
    return {"rule": "school-week", "number": number} if 1 <= abs(number) <= 45 else None  # noqa: PLR2004 -- weeks


@written(
    rf"(?:de )?(?P<edge>1e|laatste) (?P<count>\d{{1,2}}) {_WEEK}(?: {_YEAR}| na de zomervakantie"
    r"| voor de zomervakantie)?"
)
def school_weeks(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "laatste 2 schoolweken"."""
    count = int(match["count"])
    if not 1 < count <= 40:  # noqa: PLR2004 -- weeks of a school year
        return None
    first, last = (1, count) if match["edge"] == "1e" else (-count, -1)
    return {"rule": "school-week", "number": first, "until": last}


@written(
    r"(?:schoolweek|schoolweken) (?P<first>\d{1,2}) ?(?:t/m|-|/|tot|en) ?(?:schoolweek )?(?P<last>\d{1,2})|"
    r"(?P<one>\d{1,2})e (?:t/m|en|-) (?P<other>\d{1,2})e schoolweek"
)
def span_of_school_weeks(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "schoolweek 3 t/m 5"."""
    first, last = int(match["first"] or match["one"]), int(match["last"] or match["other"])
    if not 1 <= first < last <= 45:  # noqa: PLR2004 -- weeks of a school year
        return None
    return {"rule": "school-week", "number": first, "until": last}


@written(rf"(?P<weekday>{SCHOOL_DAYS_RE}) (?:in |van )?(?:de )?(?P<week>.*schoolweek.*)")
def weekday_of_school_week(match: re.Match[str], reader: Reader) -> Tree | None:
    """Read "maandag van de derde schoolweek"."""
    tree = reader.tree(match["week"])
    if not tree or tree["rule"] != "school-week" or "until" in tree:
        return None
    return {**tree, "weekday": match["weekday"]}


@written(rf"(?:de )?(?P<nth>{NTH_RE}) (?:schooldag|(?:school)?dag {_YEAR})(?: {_YEAR})?")
def school_day(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "eerste schooldag"."""
    number = nth(match["nth"])
    if abs(number) == 1:
        return {"rule": "year", "edge": "first" if number == 1 else "last"}
    return {"rule": "school-day", "number": number} if number else None


@written(
    rf"(?:bij |aan )?(?:de |het )?(?P<edge>begin|start|aanvang|eind|einde|slot) (?:van )?(?:het |de "
    rf")?{_YEAR}|"
    r"(?P<after>na de zomer)"
)
def edge_of_year(match: re.Match[str], _: Reader) -> Tree:
    """Read "begin schooljaar"."""
    edge = match["edge"] or "start"
    phase = "eind" if edge in {"eind", "einde", "slot"} else "begin" if edge == "begin" else "start"
    return {"rule": "phase", "phase": phase}


@written(_WHOLE_YEAR)
def whole_year(_: re.Match[str], __: Reader) -> Tree:
    """Read "in de loop van het schooljaar": once, somewhere in it."""
    return {"rule": "phase", "phase": "jaar"}


@written(_ONGOING)
def ongoing(match: re.Match[str], _: Reader) -> Tree:
    """Read "doorlopend": all the time."""
    if match["season"]:
        return {"rule": "ongoing", "within": {"rule": "phase", "phase": match["season"]}}
    return {"rule": "ongoing"}


@written(r"(?:in )?(?:de )?(?:centrale )?aanmeldweek(?: (?:vo|voortgezet onderwijs))?")
def legal_week(_: re.Match[str], __: Reader) -> Tree:
    """Read "centrale aanmeldweek"."""
    return {"rule": "legal", "key": "aanmelden-vo", "edge": "both"}


@written(rf"(?:in )?(?:het |de )?(?P<season>{'|'.join(_SEASONS)})(?: 20\d\d)?")
def season(match: re.Match[str], _: Reader) -> Tree:
    """Read "najaar"."""
    return {"rule": "phase", "phase": _SEASONS[match["season"]]}


@written(rf"(?:de |het )?(?P<nth>[1-4]e|laatste) (?P<part>{'|'.join(_KINDS)})(?: {_YEAR})?")
def part_of_year(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "tweede trimester"."""
    parts, word = _KINDS[match["part"]], match["part"]
    number = parts if match["nth"] == "laatste" else nth(match["nth"])
    kind = {"semester": "helft", "periode": "kwartaal"}.get(word, word)
    return {"rule": "phase", "phase": kind, "number": number} if number <= parts else None


@written(rf"(?:halverwege|midden in|half) (?:het )?{_YEAR}")
def halfway(_: re.Match[str], __: Reader) -> Found:
    """Read "halverwege het schooljaar", which may be before or after the middle."""
    first: Tree = {"rule": "phase", "phase": "helft", "number": 1}
    others = (
        ("uiterlijk aan het einde van de eerste helft", {"rule": "until", "day": first}),
        ("in januari", {"rule": "month", "month": 1}),
        ("in januari of februari", {"rule": "month", "month": 1, "until": 2}),
    )
    return Found(others[0][1], question="Wanneer is halverwege?", others=others)


PATTERNS: tuple[Pattern, ...] = (
    *(in_holiday, beside_holiday, after_holiday, between_holidays, school_week, school_weeks),
    *(span_of_school_weeks, weekday_of_school_week, school_day, edge_of_year, whole_year, season),
    *(ongoing, legal_week),
    *(part_of_year, halfway, nth_week_after),
)
