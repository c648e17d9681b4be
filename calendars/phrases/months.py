"""Months, parts of months, and weeks and weekdays counted in them."""

import itertools
import re

from calendars.phrases.days import a_day
from calendars.phrases.grammar import Pattern, Reader, written
from calendars.phrases.proposal import Found, Tree
from calendars.phrases.words import MONTH, MONTH_RE, NTH_RE, SCHOOL_DAYS_RE, nth

_PARTS = {
    "begin": "begin",
    "start": "begin",
    "aanvang": "begin",
    "half": "midden",
    "halverwege": "midden",
    "midden": "midden",
    "medio": "midden",
    "mid": "midden",
    "eind": "eind",
    "einde": "eind",
    "1e helft": "eerste-helft",
    "2e helft": "tweede-helft",
}
_PART_RE = "|".join(sorted(_PARTS, key=len, reverse=True))
_JOIN = r"(?:/|, ?| en | of | en/of | ?- ?| t/m | tot )"
_LAST, _MOST = 12, 4


@written(rf"(?:de )?(?:maand )?(?P<month>{MONTH_RE})(?: (?:20)\d\d)?")
def month(match: re.Match[str], _: Reader) -> Tree:
    """Read "november"."""
    return {"rule": "month", "month": MONTH[match["month"]]}


@written(
    rf"(?:het |de )?(?P<part>{_PART_RE})(?: van)?(?: de)?(?: maand)? (?P<month>{MONTH_RE})(?: (?:20)\d\d)?"
)
def part_of_month(match: re.Match[str], _: Reader) -> Tree:
    """Read "begin mei", "half april" and "eerste helft van november"."""
    return {"rule": "month", "month": MONTH[match["month"]], "part": _PARTS[match["part"]]}


@written(rf"(?:{MONTH_RE})(?: 20\d\d)?(?:{_JOIN}(?:{MONTH_RE})(?: 20\d\d)?)+")
def several_months(match: re.Match[str], _: Reader) -> Found | Tree:
    """Read "sept/okt/nov", "februari-maart" and "januari en juni"."""
    text = match[0]
    numbers = [MONTH[name] for name in re.findall(MONTH_RE, text)]
    follow = all(b == a % _LAST + 1 for a, b in itertools.pairwise(numbers))
    span: Tree = {"rule": "month", "month": numbers[0], "until": numbers[-1]}
    each: Tree = {"rule": "months", "of": numbers}
    if re.search(r" t/m | tot | ?- ?", text) and len(numbers) == len(("van", "tot")):
        return span
    if " of " in text:
        return {"rule": "one-of", "of": [{"rule": "month", "month": n} for n in numbers]}
    if not follow:
        return each
    if "/" in text:
        return span
    words = (("elke maand apart", each), ("één keer, in de hele periode", span))
    return Found(each, question="Is dit elke maand, of één keer in de hele periode?", others=words)


@written(
    rf"(?:de |het )?(?P<nth>{NTH_RE}) (?P<weekday>{SCHOOL_DAYS_RE}) (?:van|in|v/d|vd|van de maand) ?"
    rf"(?:de )?(?:maand )?(?P<month>{MONTH_RE})(?: 20\d\d)?"
)
def nth_weekday(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "tweede woensdag van november"."""
    number = nth(match["nth"])
    if number > _MOST + 1:
        return None
    return {
        "rule": "weekday",
        "weekday": match["weekday"],
        "nth": number,
        "month": MONTH[match["month"]],
    }


@written(
    rf"(?:de )?(?P<nth>{NTH_RE})(?: (?:of|en|t/m) (?P<until>{NTH_RE}))? volle (?:school)?we(?:ek|ken) "
    rf"(?:van|in)(?: de maand)? (?P<month>{MONTH_RE})"
)
def full_week(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "eerste of tweede volle week van februari"."""
    first, last = nth(match["nth"]), nth(match["until"]) if match["until"] else None
    at: Tree = {"rule": "full-week", "month": MONTH[match["month"]]}
    if first not in {1, 2, 3, 4, -1} or last not in {None, 1, 2, 3, 4, -1}:
        return None
    if " of " in match[0]:
        return {"rule": "one-of", "of": [{**at, "nth": first}, {**at, "nth": last}]}
    return {**at, "nth": first} | ({"until": last} if last else {})


@written(rf"(?:de )?1e (?P<count>[2-4]) volle we(?:ek|ken) (?:van|in) (?P<month>{MONTH_RE})")
def full_weeks(match: re.Match[str], _: Reader) -> Tree:
    """Read "eerste twee volle weken van februari"."""
    return {
        "rule": "full-week",
        "month": MONTH[match["month"]],
        "nth": 1,
        "until": int(match["count"]),
    }


@written(
    rf"(?:de |in de )?(?P<nth>{NTH_RE}) (?:hele |school ?|les)?week (?:(?:van|in|v/d) )?(?P<month>{MONTH_RE})"
)
def week_of_month(match: re.Match[str], _: Reader) -> Found | Tree | None:
    """Read "eerste week van februari", which may be the first whole one or the one with the first in it."""
    number, of = nth(match["nth"]), MONTH[match["month"]]
    if number not in {1, 2, 3, 4, -1}:
        return None
    whole: Tree = {"rule": "full-week", "nth": number, "month": of}
    if "hele" in match[0]:
        return whole
    at: Tree = {"rule": "week-of"} | ({"shift": number - 1} if number > 1 else {})
    edge: Tree = at | {"day": f"{of:02}-01" if number > 0 else f"{of:02}-28"}
    words = (
        (f"de {match['nth']} week van {match['month']} die er helemaal in ligt", whole),
        (f"gerekend vanaf de week waar {'1' if number > 0 else '28'} {match['month']} in valt", edge),
    )
    return Found(whole, question="Welke week is dat als de maand midden in een week begint?", others=words)


@written(rf"(?P<when>.+?),? ?\(?(?:in |van )?20\d\d-20\d\d\)?|(?P<edge>(?:{_PART_RE}) 20\d\d)")
def with_a_year(match: re.Match[str], reader: Reader) -> Found | None:
    """Read past the school year that a phrase may name."""
    return reader.read(match["when"]) if match["when"] and not a_day(match[0]) else None


PATTERNS: tuple[Pattern, ...] = (
    *(month, part_of_month, several_months, nth_weekday, full_week, full_weeks, week_of_month),
    with_a_year,
)
