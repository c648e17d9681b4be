"""How often, at what age, and the words that state no moment."""

import re

from calendars.phrases.grammar import Pattern, Reader, around, written
from calendars.phrases.proposal import OPEN, Found, Tree
from calendars.phrases.words import NTH_RE, SCHOOL_DAYS_RE, nth

_YEAR = r"(?:per|in het|ieder|elk|in een|/) ?(?:school|cursus)?jaar|(?:s )?jaars|jaarlijks|p/?j"
_EVERY = r"elke|iedere|om de|eens per|1 keer per|1 keer in de|per"
# "Om de zes weken" is of weeks with school: a holiday takes nobody's turn.
_UNITS = {"week": "school_weeks", "weken": "school_weeks", "wekelijks": "school_weeks"} | {
    "maand": "months",
    "maanden": "months",
    "schoolweek": "school_weeks",
    "schoolweken": "school_weeks",
    "lesweken": "school_weeks",
    "werkweken": "school_weeks",
}
_DIVIDED = {"trimester": 3, "kwartaal": 4, "half jaar": 2, "halfjaar": 2, "semester": 2, "periode": 4}
_REQUEST = (
    r"(?:alleen )?op (?:verzoek|aanvraag|afroep|indicatie|hulpvraag|initiatief|signalering|uitnodiging)(?: "
    r".+)?|"
    r"(?:op|bij|na) (?:hulp)?vraag(?: .+)?|desgewenst|indien gewenst|op verzoek|op aanvraag of bij aanleiding"
)
_IF_NEEDED = (
    r"(?:zo|indien|waar|wanneer|als|alleen indien) nodig(?: .+)?|(?:indien|als) (?:wenselijk|gewenst)|"
    r"soms(?:,? .+)?|"
    r"naar behoefte|bij behoefte|facultatief|optioneel|incidenteel|eventueel|bij (?:twijfel|zorgen?|"
    r"aanleiding)(?: .+)?"
)
_UNKNOWN = (
    r"n\.?t\.?b\.?|n\.?n\.?b\.?|t\.?b\.?d\.?|t\.?b\.?a\.?|n\.?v\.?t\.?|n\.?b\.?|nader te bepalen|nog te "
    r"bepalen|nog te plannen|"
    r"nog niet bekend|nog onbekend|onbekend|volgt(?: nog)?|datum volgt|\?+|-+|x|in overleg|i\.?o\.?|"
    r"(?:volgens|conform) (?:de )?(?:jaar)?planning|wisselend(?: .+)?|op geplande data|in te plannen|zelf "
    r"te plannen|"
    r"tijdstip niet genoemd|datum (?:in overleg|onbekend)|geen (?:vaste )?datum|zie (?:agenda|jaarplanning|"
    r"kalender)|tba"
)
_MANY = 60


@written(
    rf"(?P<how>minimaal |minstens |ten minste |tenminste |maximaal |max |ongeveer |ca |circa |\u00b1 ?)?"
    rf"(?P<count>\d{{1,2}})(?: keer)?(?: ?(?:-|a|of|tot|/) ?(?P<most>\d{{1,2}}))? "
    rf"(?:keer|momenten|maal|gesprekken|besprekingen)?,? ?(?:{_YEAR})"
)
def times(match: re.Match[str], _: Reader) -> Found | Tree | None:
    """Read "2x per jaar" and "minimaal 2x per jaar"."""
    count, how = int(match["count"]), (match["how"] or "").strip()
    if not 1 <= count <= _MANY:
        return None
    tree: Tree = {"rule": "times", "count": count}
    if match["most"] and count < int(match["most"]) <= _MANY:
        tree["up_to"] = int(match["most"])
    elif how.startswith(("ong", "ca", "ci", "\u00b1")) and count < _MANY:
        tree["up_to"] = count + 1
    elif how.startswith("min") or how.startswith("ten"):  # noqa: PIE810 -- two words, each read as such
        tree["at_least"] = True
    return tree


@written(r"(?:1 keer )?(?:jaarlijks|per (?:school)?jaar|elk (?:school)?jaar|ieder (?:school)?jaar)")
def yearly(_: re.Match[str], __: Reader) -> Tree:
    """Read "jaarlijks"."""
    return {"rule": "times", "count": 1}


@written(rf"(?:elk|ieder|per|1 keer per) (?P<part>{'|'.join(_DIVIDED)})")
def per_part(match: re.Match[str], _: Reader) -> Tree:
    """Read "1x per trimester"."""
    count = _DIVIDED[match["part"]]
    if match["part"] != "trimester":
        return {"rule": "times", "count": count}
    parts = [{"rule": "phase", "phase": "trimester", "number": n} for n in range(1, count + 1)]
    return {"rule": "each", "of": parts}


@written(r"(?:elke|iedere|om de) (?P<least>\d{1,2}) (?:tot|a|-) (?P<most>\d{1,2}) (?:school|les)?weken")
def every_so_many(match: re.Match[str], _: Reader) -> Found | None:
    """Read "elke 6 tot 8 weken": the middle, with room on both sides."""
    least, most = int(match["least"]), int(match["most"])
    if not 0 < least < most <= _MANY:
        return None
    middle = (least + most) // 2
    return Found({"rule": "every", "school_weeks": middle}, {"margin": {"calendar_weeks": most - middle}})


@written(
    r"(?P<count>\d{1,2}) (?:keer|bijeenkomsten|gesprekken|overleggen)?,? ?(?:in|tussen|van) (?P<when>.+)"
)
def times_within(match: re.Match[str], reader: Reader) -> Found | Tree | None:
    """Read "2x tussen oktober en mei"."""
    told = match["when"].replace(" en ", " t/m ")
    within = reader.tree(told)
    if (
        not within
        or within["rule"] not in {"month", "period", "phase"}
        or not 1 <= int(match["count"]) <= _MANY
    ):
        return None
    return {"rule": "times", "count": int(match["count"]), "within": within}


@written(r"na (?P<months>\d{1,2}) maanden leesonderwijs")
def instruction(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "na 10 maanden leesonderwijs"."""
    months = int(match["months"])
    return {"rule": "instruction", "months": months} if 1 <= months <= 60 else None  # noqa: PLR2004 -- six years


@written(
    rf"(?:{_EVERY}) (?P<count>\d{{1,2}}|andere)? ?(?P<unit>schoolweken|lesweken|werkweken|schoolweek|weken|"
    rf"week|maanden|maand)"
    rf"(?: op)?(?: (?P<weekday>{SCHOOL_DAYS_RE}))?"
)
def every(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "om de 6 weken", "elke maand" and "elke 3 weken"."""
    said, unit = match["count"], _UNITS[match["unit"]]
    count = 2 if said == "andere" or (not said and match[0].startswith("om de")) else int(said or 1)
    if not 1 <= count <= _MANY:
        return None
    weekday = {"weekday": match["weekday"]} if match["weekday"] and unit != "months" else {}
    return {"rule": "every", unit: count, **weekday}


@written(
    rf"(?P<count>\d{{1,2}} ?)?(?P<word>wekelijks|maandelijks)(?:e)?(?: op (?P<weekday>{SCHOOL_DAYS_RE}))?"
)
def regularly(match: re.Match[str], _: Reader) -> Tree:
    """Read "wekelijks", "tweewekelijks" and "maandelijks"."""
    unit = "school_weeks" if match["word"] == "wekelijks" else "months"
    weekday = {"weekday": match["weekday"]} if match["weekday"] and unit != "months" else {}
    return {"rule": "every", unit: max(1, int(match["count"] or 1)), **weekday}


@written(rf"(?:elke|iedere|alle|op) (?P<weekday>{SCHOOL_DAYS_RE})(?:en)?")
def every_weekday(match: re.Match[str], _: Reader) -> Tree:
    """Read "elke dinsdag"."""
    return {"rule": "every", "school_weeks": 1, "weekday": match["weekday"]}


@written(rf"(?:elke |iedere )?(?P<nth>{NTH_RE}) (?P<weekday>{SCHOOL_DAYS_RE}) van (?:de|elke|iedere) maand")
def weekday_of_every_month(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "elke eerste maandag van de maand"."""
    number = nth(match["nth"])
    if number > 4:  # noqa: PLR2004 -- not every month has a fifth
        return None
    first = {} if number == 1 else {"nth": number}
    day = {"rule": "weekday", "weekday": match["weekday"], **first, "of": "each.time"}
    return {"rule": "each-time", "of": {"rule": "every", "months": 1}, "do": day}


@written(r"(?:1 keer )?(?:per|in de|elke|om de) (?P<years>[2-8]) jaar(?: .*)?")
def every_years(match: re.Match[str], _: Reader) -> Found:
    """Read "1x per 2 jaar": the moment in that year is not said."""
    return Found(
        {"rule": "phase", "phase": "jaar"},
        {"every_years": int(match["years"])},
        question="Begint dit met dit schooljaar, en hoort er een moment bij?",
    )


@written(r"(?:de |hun |zijn |haar |het kind )?(?P<age>[3-9]|1\d)e verjaardag")
def birthday(match: re.Match[str], _: Reader) -> Tree:
    """Read "4e verjaardag"."""
    return {"rule": "age", "years": int(match["age"])}


@written(
    r"(?:(?:op |de )?leeftijd(?: van)? )?(?P<years>[2-9]|1\d) ?(?:jaar|;)(?:(?: en)? "
    r"?(?P<months>\d{1,2})(?: ?mnd| maanden| maand)?)?"
    r"(?: oud)?"
)
def age(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "5 jaar" and "leeftijd 3 jaar en 6 maanden"."""
    months = int(match["months"] or 0)
    if months > 11:  # noqa: PLR2004 -- months of a year
        return None
    return {"rule": "age", "years": int(match["years"])} | ({"months": months} if months else {})


@written(r"(?:tussen|van) (?P<first>[2-9]|1\d)(?: jaar)? (?:en|tot|t/m) (?P<last>[2-9]|1\d) jaar")
def between_ages(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "tussen 5 en 6 jaar"."""
    first, last = int(match["first"]), int(match["last"])
    return {"rule": "age", "years": first, "until_years": last} if first < last else None


@written(_REQUEST)
def on_request(match: re.Match[str], _: Reader) -> Found:
    """Read "op verzoek" and "op verzoek van ouders"."""
    asking = re.findall(r"\b(ouders?|leerkracht|ib|directie|leerling|swv)\b", match[0])
    by = [{"ouder": "ouders"}.get(word, word) for word in asking]
    extra = {"need": "on-request"} | ({"asked_by": list(dict.fromkeys(by))} if by else {})
    return Found({"rule": "open", "why": match[0]}, extra)


@written(_IF_NEEDED)
def if_needed(match: re.Match[str], _: Reader) -> Found:
    """Read "zo nodig"."""
    return Found({"rule": "open", "why": match[0]}, {"need": "optional"})


@written(_UNKNOWN)
def unknown(match: re.Match[str], _: Reader) -> Tree:
    """Read "n.t.b."."""
    return {**OPEN, "why": match[0]}


@written(r"(?P<how>zo mogelijk|bij voorkeur|liefst|voorkeur:?) (?P<when>.+)")
def preferably(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "bij voorkeur in november"."""
    found = reader.read(match["when"])
    return around(found, found.tree, extra={"need": "preferred", **found.extra}) if found else None


PATTERNS: tuple[Pattern, ...] = (
    *(on_request, if_needed, unknown, times, times_within, yearly, per_part, every_so_many, instruction),
    *(weekday_of_every_month, every_years),
    *(every, regularly, every_weekday, birthday, age, between_ages, preferably),
)
