"""Mistakes in the days of a phrase: a wrong weekday, no such day or week, another year, a wrong order."""

import calendar
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from calendars.derivation import WEEKDAYS_NL, day_nl
from calendars.phrases.leaves import day_leaf, day_of, in_label, label_of, leaves, swapped, week_leaf, year_of
from calendars.phrases.proposal import Choice, Problem, Tree

Finish = Callable[[Tree], Tree]
_FEBRUARY, _WEEKS, _HALF = 2, 53, 3


def problems_of(tree: Tree, label: str, finish: Finish) -> Iterator[Problem]:
    """Return what is wrong with the days of a phrase in a school year, each with its corrections."""
    elsewhere = [leaf for leaf in leaves(tree) if _is_elsewhere(leaf, label)]
    if elsewhere:
        yield _other_year(tree, elsewhere, label, finish)
    for leaf in leaves(tree):
        if leaf not in elsewhere:
            check = _day_problems if leaf["rule"] == "_day" else _week_problems
            yield from check(leaf, label, lambda new, leaf=leaf: finish(swapped(tree, leaf, new)))  # type: ignore[misc]
    if not elsewhere:
        yield from _order_problems(tree, label, finish)


def _is_elsewhere(leaf: Tree, label: str) -> bool:
    """Tell whether a day or week names a year in which this school year has no part of it."""
    day = day_of(leaf, label)
    if day is None or not leaf["year"]:
        return False
    until = day + timedelta(days=0 if leaf["rule"] == "_day" else 4)
    return not (in_label(day, label) or in_label(until, label))


def _other_year(tree: Tree, wrong: list[Tree], label: str, finish: Finish) -> Problem:
    """Return the corrections of days of another year, all of them moved alike."""
    day = day_of(wrong[0], label) or date.min
    of = label_of(day)
    moved, dated = tree, tree
    for leaf in wrong:
        moved = swapped(moved, leaf, _moved(leaf, label))
        dated = swapped(dated, leaf, leaf | {"year": None, "weekday": None})
    fixes = [Choice("same-week", f"in dezelfde week van {label}", finish(moved))]
    if wrong[0]["rule"] == "_day":
        fixes[0] = Choice(
            "same-week", f"dezelfde week en weekdag van {label}: {_first_nl(moved, label)}", finish(moved)
        )
        fixes.append(Choice("same-date", f"dezelfde datum: {_first_nl(dated, label)}", finish(dated)))
    name = (
        f"{day_nl(day)} {day.year}"
        if wrong[0]["rule"] == "_day"
        else f"week {wrong[0]['number']} van {wrong[0]['year']}"
    )
    return Problem("other-year", f"{name} ligt niet in schooljaar {label}, maar in {of}.", tuple(fixes))


def _moved(leaf: Tree, label: str) -> Tree:
    """Return a leaf in the same ISO week of a school year, on the same weekday; a week 53 may be its last."""
    day = day_of(leaf, label)
    if leaf["rule"] == "_week" or day is None:
        return leaf | {"year": None}
    number = day.isocalendar().week
    for week in (number, number - 1):
        if monday := day_of(week_leaf(week), label):
            moved = monday + timedelta(days=day.weekday())
            return day_leaf(moved.day, moved.month, moved.year)
    return leaf | {"year": None}


def _first_nl(tree: Tree, label: str) -> str:
    days = [day for leaf in leaves(tree) if (day := day_of(leaf, label))]
    return f"{day_nl(days[0])} {days[0].year}" if days else ""


def _day_problems(leaf: Tree, label: str, fixed: Finish) -> Iterator[Problem]:
    day = day_of(leaf, label)
    if day is None:
        yield _no_such_day(leaf, label, fixed)
    elif leaf["weekday"] and WEEKDAYS_NL[day.weekday()] != leaf["weekday"]:
        yield _wrong_weekday(leaf, day, fixed)


def _no_such_day(leaf: Tree, label: str, fixed: Finish) -> Problem:
    year, month = year_of(leaf, label), leaf["month"]
    last = date(year, month, calendar.monthrange(year, month)[1])
    days = [last, last + timedelta(days=1)]
    if month == _FEBRUARY:
        days.insert(0, date(year, 1, leaf["day"]))  # a slip that real plans make: January was meant
    name = f"{leaf['day']} {day_nl(date(year, month, 1)).split()[-1]}"
    return Problem("no-such-day", f"{name} {year} bestaat niet.", tuple(_to(day, fixed) for day in days))


def _to(day: date, fixed: Finish, words: str = "") -> Choice:
    leaf = day_leaf(day.day, day.month, day.year, WEEKDAYS_NL[day.weekday()])
    return Choice(f"day-{day.isoformat()}", words or day_nl(day), fixed(leaf))


def _wrong_weekday(leaf: Tree, day: date, fixed: Finish) -> Problem:
    wanted, is_now = leaf["weekday"], WEEKDAYS_NL[day.weekday()]
    away = (WEEKDAYS_NL.index(wanted) - day.weekday()) % 7
    nearest = day + timedelta(days=away if away <= _HALF else away - 7)
    text = f"{day.day} {day_nl(day).split()[-1]} {day.year} is een {is_now}, geen {wanted}."
    return Problem("weekday", text, (_to(nearest, fixed), _to(day, fixed)))


def _week_problems(leaf: Tree, label: str, fixed: Finish) -> Iterator[Problem]:
    monday = day_of(leaf, label)
    if monday is None:
        year = year_of(leaf, label)
        weeks = [leaf | {"number": 52}, leaf | {"number": 1, "year": None}]
        fixes = tuple(Choice(f"week-{new['number']}", f"week {new['number']}", fixed(new)) for new in weeks)
        yield Problem("week-53", f"{year} heeft geen week {leaf['number']}.", fixes)
    elif leaf["until"] == _WEEKS and day_of(leaf | {"number": _WEEKS}, label) is None:
        fixes = (Choice("week-52", "tot en met week 52", fixed(leaf | {"until": 52})),)
        yield Problem("week-53", f"{year_of(leaf, label)} heeft geen week 53.", fixes)
    if leaf["until"] and (first := day_of(leaf | {"year": None}, label)):
        last = day_of(leaf | {"number": leaf["until"], "year": None}, label)
        if last and last < first:
            new = leaf | {"number": leaf["until"], "until": leaf["number"]}
            words = f"week {new['number']} tot en met {new['until']}"
            yield Problem(
                "end-before-start",
                f"Week {leaf['until']} ligt in dit schooljaar vóór week {leaf['number']}.",
                (Choice("swap", words, fixed(new)),),
            )


def _order_problems(tree: Tree, label: str, finish: Finish) -> Iterator[Problem]:
    if tree["rule"] != "period":
        return
    first, last = tree["first"], tree["last"]
    if not all(isinstance(end, dict) and end["rule"] == "_day" for end in (first, last)):
        return
    begin, end = day_of(first, label), day_of(last, label)
    if begin and end and end < begin:
        text = f"Het einde ({day_nl(end)}) ligt vóór het begin ({day_nl(begin)})."
        swap = Choice(
            "swap",
            f"van {day_nl(end)} tot en met {day_nl(begin)}",
            finish({**tree, "first": last, "last": first}),
        )
        one = Choice("first-only", f"alleen {day_nl(begin)}", finish(first))
        yield Problem("end-before-start", text, (swap, one))
