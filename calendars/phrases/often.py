"""How often, at what age, and the words that state no moment."""

import re

from calendars.phrases.grammar import Pattern, Reader, around, written
from calendars.phrases.proposal import OPEN, Found, Tree
from calendars.phrases.words import NTH_RE, SCHOOL_DAYS_RE, nth

_YEAR = r"(?:per|in het|ieder|elk|in een|/) ?(?:school|cursus)?jaar|(?:s )?jaars|jaarlijks|p/?j"
_EVERY = r"elke|iedere|om de|eens per|1 keer per|1 keer in de|per"
_UNITS = {"week": "calendar_weeks", "weken": "calendar_weeks", "wekelijks": "calendar_weeks"} | {
    "maand": "months",
    "maanden": "months",
    "schoolweek": "school_weeks",
    "schoolweken": "school_weeks",
    "lesweken": "school_weeks",
    "werkweken": "school_weeks",
}
_DIVIDED = {"trimester": ("trimester", 3), "kwartaal": ("kwartaal", 4), "half jaar": ("helft", 2)} | {
    "halfjaar": ("helft", 2),
    "semester": ("helft", 2),
}
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
    phase, count = _DIVIDED[match["part"]]
    return {
        "rule": "each",
        "of": [{"rule": "phase", "phase": phase, "number": n} for n in range(1, count + 1)],
    }


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
    unit = "calendar_weeks" if match["word"] == "wekelijks" else "months"
    weekday = {"weekday": match["weekday"]} if match["weekday"] and unit != "months" else {}
    return {"rule": "every", unit: max(1, int(match["count"] or 1)), **weekday}


@written(rf"(?:elke|iedere|alle|op) (?P<weekday>{SCHOOL_DAYS_RE})(?:en)?")
def every_weekday(match: re.Match[str], _: Reader) -> Tree:
    """Read "elke dinsdag"."""
    return {"rule": "every", "calendar_weeks": 1, "weekday": match["weekday"]}


@written(rf"(?:elke |iedere )?(?P<nth>{NTH_RE}) (?P<weekday>{SCHOOL_DAYS_RE}) van (?:de|elke|iedere) maand")
def weekday_of_every_month(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "elke eerste maandag van de maand", September until June."""
    number = nth(match["nth"])
    if number > 4:  # noqa: PLR2004 -- not every month has a fifth
        return None
    months = [9, 10, 11, 12, 1, 2, 3, 4, 5, 6]
    at = {"rule": "weekday", "weekday": match["weekday"], "nth": number}
    return {"rule": "each", "of": [{**at, "month": month} for month in months]}


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
    """Read "op verzoek"."""
    return Found({"rule": "open", "why": match[0]}, {"need": "on-request"})


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
    *(on_request, if_needed, unknown, times, yearly, per_part, weekday_of_every_month, every_years),
    *(every, regularly, every_weekday, birthday, age, between_ages, preferably),
)
