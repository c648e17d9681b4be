"""Laws that hold for whatever a school writes: never a closed day, never past the law, always the same."""

from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from calendars.presence import Presence
from calendars.resolve import Dated, NoDateYetError, resolve
from calendars.rules import Rule
from calendars.schoolyear import Closed, OutsideCalendarError, SchoolCalendar
from calendars.yearplan.evaluate import Result, World, evaluate
from calendars.yearplan.items import RuleFile
from tests.calendars.slow_counter import DAY, Both, years, years_and_days

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
few = settings(max_examples=80, deadline=None)
WEEKDAYS = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag"]
amounts = st.tuples(
    st.sampled_from(["calendar_days", "school_days", "calendar_weeks", "school_weeks", "months"]),
    st.integers(0, 6),
).map(lambda drawn: {drawn[0]: drawn[1]})
in_year = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: f"{day:%m-%d}")
simple: st.SearchStrategy[dict[str, Any]] = st.one_of(
    in_year.map(lambda day: {"rule": "date", "day": day}),
    st.lists(in_year, min_size=2, max_size=4).map(lambda found: {"rule": "dates", "days": found}),
    st.integers(1, 52).map(lambda number: {"rule": "week", "number": number}),
    st.integers(1, 12).map(lambda month: {"rule": "month", "month": month}),
    st.sampled_from(["begin", "midden", "eind", "eerste-helft", "tweede-helft"]).map(
        lambda part: {"rule": "month", "month": 3, "part": part}
    ),
    st.integers(1, 30).map(lambda number: {"rule": "school-week", "number": number}),
    st.integers(1, 150).map(lambda number: {"rule": "school-day", "number": -number}),
    st.sampled_from(["Kerst", "Herfst", "Mei"]).map(lambda name: {"rule": "holiday", "name": name}),
    st.sampled_from(["najaar", "winter", "voorjaar", "zomer", "begin", "eind"]).map(
        lambda phase: {"rule": "phase", "phase": phase}
    ),
    st.tuples(st.sampled_from(WEEKDAYS), st.integers(1, 12)).map(
        lambda drawn: {"rule": "weekday", "weekday": drawn[0], "month": drawn[1]}
    ),
    st.integers(2, 6).map(lambda count: {"rule": "times", "count": count}),
    st.integers(2, 8).map(lambda weeks: {"rule": "every", "school_weeks": weeks}),
)


def _compound(part: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.tuples(amounts, part).map(lambda d: {"rule": "offset", "after": d[1], **d[0]}),
        st.tuples(amounts, part).map(lambda d: {"rule": "offset", "before": d[1], **d[0]}),
        st.tuples(amounts, part).map(lambda d: {"rule": "within", "after": d[1], **d[0]}),
        st.tuples(st.sampled_from(["from", "after", "until", "before", "on"]), part).map(
            lambda d: {"rule": d[0], "day": d[1]}
        ),
        part.map(lambda day: {"rule": "week-of", "day": day}),
        st.lists(part, min_size=2, max_size=3).map(lambda of: {"rule": "earliest", "of": of}),
        st.lists(part, min_size=2, max_size=3).map(lambda of: {"rule": "latest", "of": of}),
        st.lists(part, min_size=2, max_size=3).map(lambda of: {"rule": "each", "of": of}),
        st.lists(part, min_size=2, max_size=3).map(lambda of: {"rule": "one-of", "of": of}),
    )


rules = st.recursive(simple, _compound, max_leaves=4)
weeks_with = st.sampled_from([None, 0, 1])


def world_of(year: Both, calendar: SchoolCalendar | None = None) -> World:
    presence: dict[str, Presence] = {"ib": year.context.presence or Presence()}
    return World(calendar or year.context.calendar, year.context.year, {}, presence)


def one(year: Both, when: dict[str, Any], **more: Any) -> Result:
    item = {"key": "ding", "title": "Een ding", "when": when, **more}
    return evaluate(RuleFile.model_validate({"item": [item]}), world_of(year))[0]


def meaning(year: Both, rule: dict[str, Any]) -> Dated:
    try:
        return resolve(RULE.validate_python(rule), year.context)
    except (NoDateYetError, OutsideCalendarError):
        assume(False)
        raise


@few
@given(years(), rules, st.sampled_from([(), ("ib",)]))
def test_nothing_is_planned_on_a_closed_day(year: Both, rule: dict[str, Any], owner: tuple[str, ...]) -> None:
    found = one(year, rule, owner=owner)

    days = [placed.plan_on for placed in found.placed if placed.plan_on]
    assert [day for day in days if not year.slow.is_open(day)] == []


@few
@given(years(), rules, in_year, st.sampled_from([(), ("ib",)]), st.sampled_from([None, "next", "previous"]))
def test_nothing_is_planned_after_the_law_allows(
    year: Both, rule: dict[str, Any], law: str, owner: tuple[str, ...], roll: str | None
) -> None:
    found = one(year, rule, owner=owner, latest=law, law="een wet", roll=roll)

    assume(found.placed)
    assert found.legal_on is not None
    limit = found.legal_on
    assert all(p.plan_on <= limit for p in found.placed if p.plan_on)
    assert all(p.last <= limit for p in found.placed if p.last)
    assert all(p.first <= p.last for p in found.placed if p.first and p.last)


@few
@given(years(), in_year, st.integers(0, 60))
def test_a_legal_day_just_after_a_holiday_is_not_left_for_that_day(year: Both, law: str, days: int) -> None:
    limit = meaning(year, {"rule": "date", "day": law}).day
    found = one(year, {"rule": "within", "before": law, "calendar_days": days}, latest=law, law="een wet")
    open_day = limit
    while not year.slow.is_open(open_day):
        open_day -= DAY
    earlier = open_day - DAY
    while not year.slow.is_open(earlier):
        earlier -= DAY
    assume(found.placed and earlier >= year.context.calendar.first)
    window = found.placed[0].first
    assume(window and window <= earlier)

    assert found.placed[0].plan_on
    assert found.placed[0].plan_on <= (earlier if (open_day - earlier).days > 7 else open_day)


@few
@given(
    years(), rules, st.integers(0, 3), st.integers(0, 3), st.sampled_from(["calendar_weeks", "school_days"])
)
def test_a_wider_margin_holds_the_narrower(
    year: Both, rule: dict[str, Any], narrow: int, more: int, unit: str
) -> None:
    small = one(year, rule, margin={unit: narrow})
    large = one(year, rule, margin={unit: narrow + more})

    assume(small.placed and large.placed)
    for inner, outer in zip(small.placed, large.placed, strict=True):
        assert (outer.first or date.min) <= (inner.first or date.min)
        assert (outer.last or date.max) >= (inner.last or date.max)
        assert inner.plan_on == outer.plan_on


@few
@given(years(), rules, in_year, st.integers(0, 20))
def test_a_tolerance_stops_at_the_law(year: Both, rule: dict[str, Any], law: str, days: int) -> None:
    found = one(year, rule, latest=law, law="een wet", tolerance={"school_days": days})

    for placed in found.placed:
        ends = [placed.from_, placed.plan_on, placed.until, found.legal_on]
        assert ends == sorted(day for day in ends if day)


@few
@given(years(), st.lists(rules, min_size=2, max_size=4))
def test_the_earliest_is_no_later_and_the_latest_no_earlier_than_any_part(
    year: Both, parts: list[dict[str, Any]]
) -> None:
    ends = [meaning(year, part).anchor_last for part in parts]

    assert meaning(year, {"rule": "earliest", "of": parts}).anchor_last == min(ends)
    assert meaning(year, {"rule": "latest", "of": parts}).anchor_last == max(ends)


@few
@given(years(), st.lists(rules, min_size=1, max_size=5), st.randoms())
def test_the_same_items_come_to_the_same_in_any_order(
    year: Both, parts: list[dict[str, Any]], random: Any
) -> None:
    items = [{"key": f"ding-{n}", "title": "Een ding", "when": part} for n, part in enumerate(parts)]
    items += [
        {
            **item,
            "key": f"na-{item['key']}",
            "when": {"rule": "offset", "after": f"item.{item['key']}", "school_days": 3},
        }
        for item in items
    ]
    mixed = random.sample(items, len(items))

    first = {r.item.key: r for r in evaluate(RuleFile.model_validate({"item": items}), world_of(year))}
    second = {r.item.key: r for r in evaluate(RuleFile.model_validate({"item": mixed}), world_of(year))}

    assert first == second
    assert list(second) == [item["key"] for item in mixed]


@few
@given(years(), rules)
def test_a_day_off_two_years_on_changes_nothing(year: Both, rule: dict[str, Any]) -> None:
    calendar = year.context.calendar
    last = calendar.last + timedelta(days=1)
    more = SchoolCalendar(
        calendar.first, calendar.last, [*calendar.closures, Closed("Later vrij", last, last)]
    )
    file = RuleFile.model_validate({"item": [{"key": "ding", "title": "Een ding", "when": rule}]})

    assert evaluate(file, world_of(year)) == evaluate(file, world_of(year, more))


@few
@given(years_and_days(2), st.integers(1, 8), st.integers(1, 8))
def test_an_extension_counts_once_and_only_before_the_end(
    drawn: tuple[Both, list[date]], weeks: int, more: int
) -> None:
    year, (start, said) = drawn
    rule = {
        "rule": "clock",
        "after": "fact.start",
        "calendar_weeks": weeks,
        "extend": {"when": "fact.said", "calendar_weeks": more, "why": "meer onderzoek"},
    }

    found = resolve(RULE.validate_python(rule), year.with_anchors(start=start, said=said)).day

    in_time = said <= start + timedelta(weeks=weeks)
    assert found == start + timedelta(weeks=weeks + (more if in_time else 0))


@few
@given(years(), rules)
def test_what_has_several_times_tells_them_apart(year: Both, rule: dict[str, Any]) -> None:
    found = one(year, {"rule": "each", "of": [rule, {"rule": "month", "month": 3}]})

    told: dict[tuple[date | None, date | None], set[Any]] = {}
    for placed in found.placed:
        told.setdefault((placed.first, placed.last), set()).add(placed.steps)
    apart = [steps for spans in told.values() for steps in spans]
    assert all(apart)
    assert len(set(apart)) == len(apart)
