"""Every rule that counts agrees with a counter that walks from day to day, in all years and regions."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from calendars.resolve import Dated, NoDateYetError, OtherYearError, resolve
from calendars.rules import Rule
from calendars.schoolyear import OutsideCalendarError
from tests.calendars.slow_counter import (
    ALL_UNITS,
    DAY,
    LABELS,
    WEEK,
    Both,
    both,
    days,
    weeks_apart,
    years,
    years_and_days,
)
from tests.calendars.tried_rules import REGIONS

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
WEEKDAYS = "maandag dinsdag woensdag donderdag vrijdag".split()
units = st.sampled_from(ALL_UNITS)
pytestmark = pytest.mark.filterwarnings("error")
few = settings(max_examples=60, deadline=None)


def answer(year: Both, rule: dict[str, Any], **facts: date) -> Dated:
    try:
        return resolve(RULE.validate_python(rule), year.with_anchors(**facts))
    except OutsideCalendarError as reason:
        # Someone who works one day a week, and more than two months closed: nobody counts in that.
        assume("twee maanden" not in str(reason))
        raise


def inside(year: Both, *found: date) -> None:
    """Only days of which the holidays are known."""
    last = year.context.calendar.last - WEEK * 3
    assume(all(year.context.calendar.first + WEEK * 3 <= day <= last for day in found))


@few
@given(years_and_days(), units, st.integers(0, 60), st.booleans())
def test_an_offset_is_where_a_walk_ends(
    drawn: tuple[Both, list[date]], unit: str, count: int, back: bool
) -> None:
    year, (day,) = drawn
    count = count % 12 if unit == "months" or unit.endswith("weeks") else count
    expected = year.slow.walk(day, unit, -count if back else count)
    inside(year, expected)

    found = answer(year, {"rule": "offset", "before" if back else "after": "fact.x", unit: count}, x=day)

    assert (found.first, found.day) == (expected, expected)


@few
@given(years_and_days(), units, st.integers(1, 20), st.integers(1, 20), st.booleans())
def test_from_so_many_until_so_many_is_everything_between_two_walks(
    drawn: tuple[Both, list[date]], unit: str, count: int, more: int, back: bool
) -> None:
    year, (day,) = drawn
    if unit == "months" or unit.endswith("weeks"):
        count, more = count % 6 + 1, more % 6 + 1
    sign = -1 if back else 1
    ends = sorted(year.slow.walk(day, unit, sign * n) for n in (count, count + more))
    inside(year, *ends)
    side = "before" if back else "after"

    found = answer(year, {"rule": "offset", side: "fact.x", unit: count, "until": count + more}, x=day)

    assert [found.first, found.day] == ends


@few
@given(years_and_days(), units, st.integers(1, 40), st.booleans())
def test_within_a_term_is_from_its_begin_until_its_end(
    drawn: tuple[Both, list[date]], unit: str, count: int, back: bool
) -> None:
    year, (day,) = drawn
    count = count % 6 + 1 if unit == "months" or unit.endswith("weeks") else count
    end = year.slow.walk(day, unit, -count if back else count)
    inside(year, end)

    found = answer(year, {"rule": "within", "before" if back else "after": "fact.x", unit: count}, x=day)

    assert (found.first, found.day) == ((end, max(end, day - DAY)) if back else (day, end))


@few
@given(years_and_days(), st.integers(1, 60))
def test_after_and_before_are_each_others_inverse_on_school_days(
    drawn: tuple[Both, list[date]], count: int
) -> None:
    year, (day,) = drawn
    start = year.context.calendar.on_or_after(day)
    later = answer(year, {"rule": "offset", "after": "fact.x", "school_days": count}, x=start).day

    back = answer(year, {"rule": "offset", "before": "fact.x", "school_days": count}, x=later).day

    assert back == start


@few
@given(
    years_and_days(7),
    st.sampled_from(["calendar_days", "school_days", "weekdays", "working_days"]),
    st.integers(1, 40),
    st.permutations(range(6)),
)
def test_a_term_that_stands_still_ends_as_much_later_as_it_stood_still(
    drawn: tuple[Both, list[date]], unit: str, count: int, order: list[int]
) -> None:
    year, (start, *found) = drawn
    ends = [found[n] for n in order]
    pauses = [(min(pair), max(pair)) for pair in (ends[0:2], ends[2:4], ends[4:6])]
    expected = year.slow.run(start, unit, count, pauses)
    inside(year, expected)
    facts = {
        f"{side}{n}": pair[side == "until"] for n, pair in enumerate(pauses) for side in ("since", "until")
    }
    rule = {
        "rule": "clock",
        "after": "fact.start",
        unit: count,
        "pause": [{"since": f"fact.since{n}", "until": f"fact.until{n}"} for n in range(3)],
    }

    assert answer(year, rule, start=start, **facts).day == expected


@few
@given(years(), st.integers(-210, 210))
def test_a_school_day_is_found_by_counting_all_of_them(year: Both, number: int) -> None:
    all_days = year.school_days()
    index = number - 1 if number > 0 else number
    assume(number)

    try:
        found = answer(year, {"rule": "school-day", "number": number}).day
    except NoDateYetError:
        assert abs(number) > len(all_days)
    else:
        assert found == all_days[index]


@few
@given(years(), st.integers(-42, 42), st.sampled_from([None, *range(5)]))
def test_a_school_week_is_found_by_counting_all_of_them(year: Both, number: int, weekday: int | None) -> None:
    mondays = year.mondays()
    assume(number and abs(number) <= len(mondays))
    monday = mondays[number - 1 if number > 0 else number]
    rule = {"rule": "school-week", "number": number}

    if weekday is None:
        found = answer(year, rule)
        assert (found.first, found.day) == (monday, monday + timedelta(days=4))
    else:
        day = answer(year, {**rule, "weekday": WEEKDAYS[weekday]}).day
        assert day == monday + timedelta(days=weekday)


@pytest.mark.parametrize("label", LABELS)
def test_an_iso_week_is_the_week_of_that_number_between_two_summers(label: str) -> None:
    year = both("midden", label)
    august = date(int(label[:4]), 8, 1)
    monday = august - timedelta(days=august.isoweekday() - 1)
    expected: dict[int, date] = {}
    while monday < date(august.year + 1, 7, 25):
        expected.setdefault(monday.isocalendar().week, monday)
        monday += WEEK

    found = {}
    for number in range(1, 54):
        try:
            found[number] = answer(year, {"rule": "week", "number": number}).first
        except NoDateYetError:
            continue

    assert {n: found[n] for n in expected} == expected
    assert (53 in found) is (label in {"2026-2027", "2032-2033"})


@few
@given(years(), st.integers(1, 12), st.sampled_from([1, 2, 3, 4, -1]))
def test_a_full_week_of_a_month_lies_in_it_from_monday_until_friday(year: Both, month: int, nth: int) -> None:
    starts = year.context.year.starts_in + (month < 8)
    whole = [day for day in days(date(starts, 1, 1), date(starts, 12, 31)) if day.month == month]
    full = [day for day in whole if day.isoweekday() == 1 and day + timedelta(days=4) in whole]
    assume(nth <= len(full))

    found = answer(year, {"rule": "full-week", "nth": nth, "month": month})

    monday = full[nth - 1 if nth > 0 else nth]
    assert (found.first, found.day) == (monday, monday + timedelta(days=4))


@few
@given(years(), st.integers(1, 12), st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.integers(0, 4))
def test_a_weekday_of_a_month_is_found_by_counting_them(
    year: Both, month: int, nth: int, weekday: int
) -> None:
    starts = year.context.year.starts_in + (month < 8)
    whole = [day for day in days(date(starts, 1, 1), date(starts, 12, 31)) if day.month == month]
    hits = [day for day in whole if day.isoweekday() == weekday + 1]
    assume(nth <= len(hits))

    found = answer(year, {"rule": "weekday", "weekday": WEEKDAYS[weekday], "nth": nth, "month": month})

    assert found.day == hits[nth - 1 if nth > 0 else nth]


@few
@given(years_and_days(), st.integers(0, 4), st.integers(1, 5), st.booleans(), st.booleans())
def test_a_weekday_before_or_after_a_day_is_found_by_walking(
    drawn: tuple[Both, list[date]], weekday: int, nth: int, back: bool, or_on: bool
) -> None:
    year, (day,) = drawn
    step, left, walked = (-DAY if back else DAY), nth, day if or_on else day + (-DAY if back else DAY)
    while True:
        left -= walked.isoweekday() == weekday + 1
        if not left:
            break
        walked += step
    side = "before" if back else "after"

    rule = {"rule": "weekday", "weekday": WEEKDAYS[weekday], "nth": nth, side: "fact.x", "or_on": or_on}

    assert answer(year, rule, x=day).day == walked


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(("phase", "parts"), [("helft", 2), ("trimester", 3), ("kwartaal", 4)])
def test_the_parts_of_a_year_hold_each_of_its_school_weeks_once(
    region: Any, label: str, phase: str, parts: int
) -> None:
    year = both(region, label)

    found = [answer(year, {"rule": "phase", "phase": phase, "number": n + 1}) for n in range(parts)]

    held = [[monday for monday in year.mondays() if one.first <= monday <= one.day] for one in found]
    assert [monday for part in held for monday in part] == year.mondays()
    assert max(map(len, held)) - min(map(len, held)) <= 1


@few
@given(years(), st.integers(1, 40), st.booleans())
def test_the_begin_and_the_end_of_a_year_are_so_many_school_weeks(year: Both, weeks: int, end: bool) -> None:
    found = answer(year, {"rule": "phase", "phase": "eind" if end else "begin", "weeks": weeks})

    held = [monday for monday in year.mondays() if monday + timedelta(days=4) >= found.first]
    held = [monday for monday in held if monday <= found.day]
    mondays = year.mondays()
    assert held == (mondays[-weeks:] if end else mondays[:weeks])


@few
@given(years(), st.sampled_from(["Herfst", "Kerst", "Voorjaar", "Mei", "Zomer"]))
def test_around_a_holiday_lie_the_nearest_days_with_school(year: Both, name: str) -> None:
    closed = answer(year, {"rule": "holiday", "name": name})

    before = answer(year, {"rule": "holiday", "name": name, "at": "last-day-before"}).day
    after = answer(year, {"rule": "holiday", "name": name, "at": "first-day-after"}).day

    assert not any(year.slow.is_open(day) for day in days(closed.first, closed.day))
    assert year.slow.is_open(before)
    assert year.slow.is_open(after)
    assert not any(year.slow.is_open(day) for day in days(before + DAY, after - DAY))


@few
@given(
    years_and_days(2),
    st.sampled_from(["calendar_weeks", "school_weeks", "school_days", "calendar_days"]),
    st.integers(1, 8),
    st.sampled_from([None, *range(5)]),
)
def test_what_comes_back_lands_on_school_days_and_never_drifts(
    drawn: tuple[Both, list[date]], unit: str, number: int, weekday: int | None
) -> None:
    year, (first, last) = drawn
    rule = {
        "rule": "every",
        unit: number,
        "start": "fact.first",
        "within": {"rule": "period", "first": "fact.first", "last": "fact.last"},
        **({"weekday": WEEKDAYS[weekday]} if weekday is not None else {}),
    }
    beat, beats = first, []
    while weekday is not None and beat.isoweekday() != weekday + 1:
        beat += DAY
    while beat <= last:
        beats.append(beat)
        beat = year.slow.walk(beat, unit, number)
    friday = {day: day + timedelta(days=max(0, 5 - day.isoweekday())) for day in beats}
    reach = {day: day if unit.endswith("days") else friday[day] for day in beats}
    opened = [next((d for d in days(day, reach[day]) if year.slow.is_open(d)), None) for day in beats]
    expected = [day for day in opened if day and day <= last]

    try:
        found = [p.first for p in answer(year, rule, first=first, last=last).periods]
    except NoDateYetError:
        found = []

    assert found == expected
    if unit == "calendar_weeks":
        assert all(apart % (7 * number) == 0 for apart in weeks_apart([day for day in found if day]))


@few
@given(
    years_and_days(2),
    st.integers(1, 12),
    st.sampled_from(["school_days", "school_weeks", "calendar_days", "calendar_weeks"]),
    st.integers(0, 40),
)
def test_so_many_times_lie_in_their_window_in_order_and_far_enough_apart(
    drawn: tuple[Both, list[date]], count: int, unit: str, apart: int
) -> None:
    year, (first, last) = drawn
    apart = apart % 6 if unit.endswith("weeks") else apart
    window = {"rule": "period", "first": "fact.first", "last": "fact.last"}
    rule = {"rule": "times", "count": count, "within": window, "apart": {unit: apart}}

    try:
        periods = answer(year, rule, first=first, last=last).periods
    except NoDateYetError:
        assume(False)
        return

    spans = [(p.first, p.last) for p in periods if p.first and p.last]
    assert len(spans) == count
    assert all(first <= begin <= end <= last for begin, end in spans)
    assert all(year.slow.is_open(day) for span in spans for day in span)
    for (_, end), (begin, _) in pairwise(spans):
        assert end < begin
        assert year.slow.walk(end, unit, apart) <= begin


@few
@given(years_and_days(), units, st.integers(0, 400), st.booleans())
def test_a_count_past_the_known_holidays_is_refused_and_not_invented(
    drawn: tuple[Both, list[date]], unit: str, count: int, back: bool
) -> None:
    year, (day,) = drawn
    assume(unit.startswith(("school", "working", "weekdays")))

    try:
        found = answer(year, {"rule": "offset", "before" if back else "after": "fact.x", unit: count}, x=day)
    except (OutsideCalendarError, OtherYearError):
        return

    calendar = year.context.calendar
    assert calendar.first <= found.day <= calendar.last
