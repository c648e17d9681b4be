"""Before and after something else, from one thing until another, and several moments in one phrase."""

import re
from collections.abc import Mapping

from calendars.phrases.grammar import Pattern, Reader, around, written
from calendars.phrases.matching import likely
from calendars.phrases.proposal import OPEN, Found, Tree
from calendars.phrases.words import SCHOOL_DAYS_RE

_UNITS = {
    "schooldagen": "school_days",
    "schooldag": "school_days",
    "lesdagen": "school_days",
    "schoolweken": "school_weeks",
    "schoolweek": "school_weeks",
    "lesweken": "school_weeks",
    "werkweken": "school_weeks",
    "werkdagen": "working_days",
    "werkdag": "working_days",
    "kalenderdagen": "calendar_days",
    "dagen": "calendar_days",
    "dag": "calendar_days",
    "kalenderweken": "calendar_weeks",
    "weken": "calendar_weeks",
    "week": "calendar_weeks",
    "maanden": "months",
    "maand": "months",
}
_COUNT = rf"(?P<count>een|\d{{1,3}})(?: (?:tot|a|-|of) (?P<most>\d{{1,3}}))? (?P<unit>{'|'.join(_UNITS)})"
_BEFORE = "voor|voorafgaand aan|voordat|alvorens"
_AFTER = "na|vanaf|volgend op|nadat"
_UNTIL = (
    r"uiterlijk|ten laatste|op zijn laatst|uiterste datum|niet later dan|deadline|inleverdatum|klaar|"
    r"gereed|t/m|af|"
    r"uiterlijk t/m|inleveren"
)
_FROM = r"vanaf|met ingang van|m\.?i\.?v\.?|ingaande|start|startend|per|begint"
_ROUND = r"rond|rondom|omstreeks|ongeveer|circa|ca|\u00b1|plm|plusminus|om en nabij"
_MARKS = (" t/m ", " tot uiterlijk ", " tot ", " - ", "/", "-")
_PUPIL = (
    r"(?:plaatsing|instroom|inschrijving|aanmelding van (?:het|een) kind|de start op school|"
    r"(?:de )?start (?:in |van )?groep 1)"
)


@written(rf"(?:{_UNTIL}):? (?:op |in |per |voor het einde van |eind van )?(?P<when>.+)")
def until(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "uiterlijk 31 januari"."""
    found = reader.read(match["when"])
    if not found or (found.tree["rule"] == "open" and not found.question):
        return None
    if found.tree["rule"] in {"before", "until"}:  # "uiterlijk voor 1 maart"
        return found
    return _wrapped(found, "until")


def _wrapped(found: Found, rule: str) -> Found:
    """Return one side of what was found, and of everything else that it may be."""
    others = tuple((words, {"rule": rule, "day": tree}) for words, tree in found.others)
    tree = found.tree if found.tree["rule"] == "open" else {"rule": rule, "day": found.tree}
    return around(found, tree, others=others)


@written(rf"(?:{_BEFORE}) (?:de maand |eind van |einde van )?(?P<when>.+)")
def before(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "voor 1 maart"."""
    found = reader.read(match["when"])
    if not found or found.tree["rule"] == "open" or found.question:
        return None
    return around(found, {"rule": "before", "day": found.tree})


@written(r"tot (?P<when>.+)")
def up_to(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "tot 1 maart", of which one can't tell whether that day counts."""
    found = reader.read(match["when"])
    if not found or found.tree["rule"] == "open" or found.question:
        return None
    until_, before_ = ({"rule": rule, "day": found.tree} for rule in ("until", "before"))
    others = ((f"uiterlijk {match['when']}", until_), (f"vóór {match['when']}", before_))
    return around(
        found, until_, question=f"Telt {match['when']} zelf nog mee?", others=others, rest=found.rest
    )


@written(rf"(?:{_FROM}):? (?:de maand )?(?P<when>.+)")
def since(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "vanaf 3 oktober"."""
    found = reader.read(match["when"])
    if not found or found.tree["rule"] in {"open", "age"} or found.question:
        return None
    if found.tree["rule"] == "period":  # "vanaf 1 oktober t/m 15 november"
        return found
    return around(found, {"rule": "from", "day": found.tree})


@written(r"na (?:afloop van )?(?P<when>.+)")
def after(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "na 1 maart"."""
    found = reader.read(match["when"])
    if not found or found.tree["rule"] == "open" or found.question:
        return None
    return around(found, {"rule": "after", "day": found.tree})


@written(rf"(?:{_ROUND}) (?P<when>.+)")
def about(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "rond 1 maart": a week earlier or later."""
    found = reader.read(match["when"])
    if not found or found.tree["rule"] in {"open", "times"}:
        return found
    return around(found, found.tree, extra={**found.extra, "margin": {"calendar_weeks": 1}})


@written(r"(?:(?P<between>tussen )|van |vanaf |loopt van )?(?P<all>.+)")
def period(match: re.Match[str], reader: Reader) -> Tree | None:
    """Read "12 november t/m 3 december" and "november/begin december"."""
    for mark in (*_MARKS, " en ") if match["between"] else _MARKS:
        for cut in re.finditer(re.escape(mark), match["all"]):
            first = reader.tree(match["all"][: cut.start()])
            last = reader.tree(match["all"][cut.end() :]) if first else None
            if first and last and _has_sides(first) and _has_sides(last):
                return {"rule": "period", "first": first, "last": last}
    return None


_ALONE = frozenset({"open", "age", "times", "every"})


def _has_sides(tree: Tree) -> bool:
    return tree["rule"] not in _ALONE | {
        *("each", "one-of", "from", "after", "until", "before", "period", "_days")
    }


@written(r"(?P<first>.+?)(?:, | en | en/of | of | / )(?P<rest>.+)")
def several(match: re.Match[str], reader: Reader) -> Tree | None:
    """Read several moments: "week 6 en begin juni", "29 of 30 mei"."""
    parts = re.split(r", | en/of | en | of | / ", match[0])
    trees = [tree for part in parts if (tree := reader.tree(part)) and tree["rule"] not in _ALONE]
    if len(trees) != len(parts):
        return None
    return {"rule": "one-of" if " of " in match[0] else "each", "of": trees}


def _amount(match: re.Match[str]) -> tuple[dict[str, int], str]:
    count = 1 if match["count"] == "een" else int(match["count"])
    return {_UNITS[match["unit"]]: count}, match["unit"]


@written(
    rf"(?P<how>(?:uiterlijk )?binnen |maximaal |hooguit |max )?{_COUNT} (?P<side>{_BEFORE}|{_AFTER}) "
    rf"(?P<what>.+)"
)
def beside(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "5 weken voor de 4e verjaardag" and "binnen 6 weken na 1 maart"."""
    amount, unit = _amount(match)
    side = "before" if re.fullmatch(_BEFORE, match["side"]) else "after"
    kind = "within" if match["how"] else "offset"
    found = reader.read(match["what"])
    if re.fullmatch(rf"(?:de )?{_PUPIL}", match["what"]):
        found = Found({"rule": "event", "name": "pupil.start"})
    if found is None or found.tree["rule"] == "open" or found.question:
        return _beside_event(match["what"], {"rule": kind, **amount}, side, reader.items)
    anchor = "pupil.start" if found.tree == {"rule": "event", "name": "pupil.start"} else found.tree
    if found.tree["rule"] == "holiday" and "calendar_weeks" in amount:
        amount = {"school_weeks": amount["calendar_weeks"]}
    tree = {"rule": kind, **amount, side: anchor}
    if match["most"] and int(match["most"]) > next(iter(amount.values())) and kind == "offset":
        return around(found, tree | {"until": int(match["most"])})
    if unit not in {"dag", "dagen"}:
        return around(found, tree)
    days = {"rule": kind, "school_days": amount["calendar_days"], side: anchor}
    others = (("schooldagen", days), ("kalenderdagen", tree))
    return around(found, days, question="Zijn dit schooldagen of kalenderdagen?", others=others)


@written(
    r"(?P<how>direct |meteen |zo snel mogelijk |kort |vlak )?(?P<side>na|voor|voorafgaand aan|tijdens|bij|"
    r"zodra|gelijk met|"
    r"aansluitend op|volgend op) (?P<what>.+)"
)
def event(match: re.Match[str], reader: Reader) -> Found:
    """Read "na de M-toetsen": it counts from something else, and a person says from what."""
    side = {"voor": "before", "voorafgaand aan": "before", "tijdens": "on", "bij": "on", "gelijk met": "on"}
    return _beside_event(match["what"], {"rule": side.get(match["side"], "after")}, "day", reader.items)


def _beside_event(what: str, rule: Tree, side: str, items: Mapping[str, str]) -> Found:
    each = re.match(r"(?:elke|iedere|elk|ieder|alle) ", what)

    def counted(name: str) -> Tree:
        return (
            {"rule": "each-time", "of": name, "do": {**rule, side: "each.time"}}
            if each
            else {**rule, side: name}
        )

    often = "elke keer van" if each else "telt vanaf"
    others = tuple((f'{often} "{title}"', counted(f"item.{key}")) for key, title in likely(what, items))
    open_: Tree = {**OPEN, "why": what}
    first = others[0][1] if others else open_
    return Found(first, question=f'Wat is "{what}"? Kies het item waar dit van afhangt.', others=others)


@written(rf"(?:de |het )?(?P<nth>1e |laatste )?(?P<weekday>{SCHOOL_DAYS_RE}) (?P<side>voor|na) (?P<what>.+)")
def weekday_beside(match: re.Match[str], reader: Reader) -> Found | Tree | None:
    """Read "vrijdag voor de herfstvakantie" and "eerste maandag na het rapport"."""
    side = "before" if match["side"] == "voor" else "after"
    if (match["nth"] or "").startswith("1e" if side == "before" else "laatste"):
        return None
    rule = {"rule": "weekday", "weekday": match["weekday"]}
    tree = reader.tree(match["what"])
    if tree is None:
        return _beside_event(match["what"], rule, side, reader.items)
    if tree["rule"] in {"open", "after", "before"}:
        return None
    return {**rule, side: tree}


@written(r"(?:in |gedurende )?(?:de )?(?:zelfde )?week (?P<side>voor|na|van|dat|waarin|met) (?P<what>.+)")
def week_of_event(match: re.Match[str], reader: Reader) -> Found:
    """Read "in de week voor het rapport" and "in de week dat de rapporten meegaan"."""
    shift = {"voor": -1, "na": 1}.get(match["side"])
    rule: Tree = {"rule": "week-of"} | ({"shift": shift} if shift else {})
    return _beside_event(match["what"], rule, "day", reader.items)


@written(
    r"(?:in |op |de |het |gedurende |tijdens |de maand |vanaf begin |elk jaar(?: in| op)? |jaarlijks(?: in|"
    r" op)? )(?P<when>.+)"
)
def bare(match: re.Match[str], reader: Reader) -> Found | None:
    """Read past "in", "op" and the like."""
    found = reader.read(match["when"])
    return None if found and found.question.startswith("Wat is") else found


PATTERNS: tuple[Pattern, ...] = (
    *(weekday_beside, beside, until, before, up_to, since, after, about, period, several),
)
LAST: tuple[Pattern, ...] = (week_of_event, event)
