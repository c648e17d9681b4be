"""Days and ISO weeks, as schools write them."""

import itertools
import re

from calendars.phrases.grammar import Pattern, Reader, written
from calendars.phrases.leaves import day_leaf, week_leaf
from calendars.phrases.proposal import Found, Tree
from calendars.phrases.words import MONTH, MONTH_RE, SCHOOL_DAYS_RE, WEEKDAY_RE

_WEEKDAY = rf"(?:(?P<weekday>{WEEKDAY_RE}),? )?"
_YEAR = r"(?P<year>20\d\d|'?\d\d)"
_NUMERIC = re.compile(rf"{_WEEKDAY}(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})(?:[-/.]{_YEAR})?\.?")
_NAMED = re.compile(rf"{_WEEKDAY}(?P<day>\d{{1,2}})e?(?: |-)?(?P<month>{MONTH_RE})(?:[ -]{_YEAR})?")
_ISO = re.compile(
    rf"{_WEEKDAY}(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?:[ t]00:00(?::00)?)?(?: \(?week \d+\)?)?"
)
_LAST_MONTH, _LAST_DAY, _LAST_WEEK, _WEEK = 12, 31, 53, 7
_DAYS_IN_MONTH = re.compile(
    rf"(?P<days>(?:(?:{WEEKDAY_RE}) )?\d{{1,2}}(?:(?:, ?| en | of |/| ?- ?| t/m )(?:(?:{WEEKDAY_RE}) "
    rf")?\d{{1,2}})+)"
    rf"[ -](?P<month>{MONTH_RE}|\d{{1,2}})(?:[ -]{_YEAR})?"
)
_SPLIT = re.compile(r", ?| en |/")
_MONTH_DAY = re.compile(r"\d\d-\d\d")
_BY_MONTH_NUMBER = re.compile(r"\d[^,]* t/m |\d[^,]* en ")


def a_day(text: str) -> Tree | None:
    """Return the day that a text names, with its weekday and year if they are there."""
    match = _ISO.fullmatch(text) or _NAMED.fullmatch(text) or _NUMERIC.fullmatch(text)
    if not match:
        return None
    month = MONTH.get(match["month"]) or int(match["month"])
    day = int(match["day"])
    if not (1 <= month <= _LAST_MONTH and 1 <= day <= _LAST_DAY):
        return None
    return day_leaf(day, month, _year(match["year"]), match["weekday"])


def _year(text: str | None) -> int | None:
    return int(text.strip("'")) % 100 + 2000 if text else None


@written(r".+")
def day(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "ma 12 november 2026", "12-11" or "2026-11-12"."""
    return a_day(match[0])


@written(_DAYS_IN_MONTH.pattern)
def days_in_month(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "12 t/m 16 november", "12/13 nov" and "12, 13 en 19 november"."""
    said, month = match["days"], match["month"]
    tail = f" {month}" if month in MONTH else f"-{month}"
    tail += f" {match['year']}" if match["year"] and month in MONTH else ""
    tail += f"-{match['year']}" if match["year"] and month not in MONTH else ""
    if month not in MONTH and not _BY_MONTH_NUMBER.match(said):
        return None  # "12-11-10" is no list of days
    if " of " in said:
        several = [a_day(f"{part}{tail}") for part in said.split(" of ")]
        return {"rule": "one-of", "of": several} if all(several) else None
    for between in (" t/m ", " - ", "-"):
        if said.count(between) == 1 and "," not in said:
            first, last = (a_day(f"{part.strip()}{tail}") for part in said.split(between))
            return {"rule": "period", "first": first, "last": last} if first and last else None
    return _list([a_day(f"{part}{tail}") for part in _SPLIT.split(said)])


def _list(days: list[Tree | None]) -> Tree | None:
    found = [one for one in days if one]
    return {"rule": "_days", "of": found} if len(found) == len(days) > 1 else None


@written(r".+?(?:, ?| en | / ).+")
def several_days(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "2017-11-27, 2017-11-29" and "12 november en 3 december"."""
    parts = re.split(r", ?| en | / ", match[0])
    if parts[0][:4].isdigit():  # after "2017-02-02" comes "02-09": the month first
        parts = [f"{parts[0][:4]}-{part}" if _MONTH_DAY.fullmatch(part) else part for part in parts]
    return _list([a_day(part) for part in parts])


@written(r"(?:(?P<year>20\d\d)-)?week (?P<first>\d{1,2})(?:[ ,(-]*(?P<after>20\d\d)\)?)?")
def week(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "week 44" and "2018-W44"."""
    return _weeks(match["first"], None, match["year"] or match["after"])


@written(
    r"(?:(?P<year>20\d\d)-)?week (?P<first>\d{1,2}) ?(?P<how>/|-|t/m|tot|en|,|of) ?"
    r"(?:20\d\d-)?(?:week )?(?P<last>\d{1,2})(?: (?P<after>20\d\d))?"
)
def weeks(match: re.Match[str], _: Reader) -> Found | Tree | None:
    """Read "week 45/46", "week 3 t/m 5" and "week 6 en 24"."""
    first, last, year = int(match["first"]), int(match["last"]), match["year"] or match["after"]
    one, other = _weeks(first, None, year), _weeks(last, None, year)
    if one is None or other is None:
        return None
    if match["how"] == "of":
        return {"rule": "one-of", "of": [one, other]}
    span = _weeks(first, last, year)
    each: Tree = {"rule": "each", "of": [one, other]}
    if match["how"] in {"/", "en", ","} and last != first + 1 and span and not match["year"]:
        words = f"in week {first} en in week {last}"
        return Found(
            each,
            question="Twee keer, of de hele tijd ertussen?",
            others=((words, each), (f"van week {first} tot en met week {last}", span)),
        )
    return span


@written(r"week (?P<list>\d{1,2}(?:(?:, ?| en |/)(?:week )?\d{1,2}){2,})")
def list_of_weeks(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "week 6, 12 en 24"."""
    numbers = [int(n) for n in re.findall(r"\d+", match["list"])]
    if any(not 1 <= n <= _LAST_WEEK for n in numbers):
        return None
    if all(b == a + 1 for a, b in itertools.pairwise(numbers)):
        return _weeks(numbers[0], numbers[-1], None)
    return {"rule": "each", "of": [week_leaf(n) for n in numbers]}


def _weeks(first: str | int, last: int | None, year: str | None) -> Tree | None:
    numbers = [int(first)] + ([last] if last else [])
    if any(not 1 <= n <= _LAST_WEEK for n in numbers):
        return None
    return week_leaf(numbers[0], last, int(year) if year else None)


@written(
    rf"(?:(?P<a>{SCHOOL_DAYS_RE}) (?:in |van )?week (?P<n>\d{{1,2}})|"
    rf"week (?P<m>\d{{1,2}}),? (?:op )?(?P<b>{SCHOOL_DAYS_RE}))"
)
def weekday_of_week(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "maandag week 44" and "week 44, di"."""
    number = int(match["n"] or match["m"])
    if not 1 <= number <= _LAST_WEEK:
        return None
    return {"rule": "week", "number": number, "weekday": match["a"] or match["b"]}


@written(r"(?:in )?(?:de )?week(?: van)? (?P<day>.+)")
def week_of(match: re.Match[str], _: Reader) -> Tree | None:
    """Read "week van 4 februari"."""
    found = a_day(match["day"])
    return {"rule": "week-of", "day": found} if found else None


@written(r"(?:de )?week (?:van )?(?P<days>\d{1,2} en \d{1,2} .+)|(?:de )?weken van (?P<more>.+)")
def weeks_of(match: re.Match[str], reader: Reader) -> Tree | None:
    """Read "weken van 12 en 19 februari 2018"."""
    found = reader.read(match["days"] or match["more"])
    if not found or found.tree["rule"] != "_days":
        return None
    first, last = found.tree["of"][0], found.tree["of"][-1]
    weeks = [{"rule": "week-of", "day": leaf} for leaf in found.tree["of"]]
    if len(weeks) == len((first, last)) and last["day"] - first["day"] == _WEEK:
        return {"rule": "period", "first": weeks[0], "last": weeks[-1]}
    return {"rule": "each", "of": weeks}


PATTERNS: tuple[Pattern, ...] = (
    *(day, days_in_month, several_days, week, weeks, list_of_weeks),
    *(weekday_of_week, week_of, weeks_of),
)
