"""Nothing that must be done vanishes, and what prepares something never comes after it."""

from datetime import date

import pytest

from tests.calendars.tried_rules import item, only, said, span, tried, world_of

TWO = """
[[item]]
key = "gewoon"
title = "Voortgangsgesprek"
groups = ["8"]
when = { rule = "month", month = 2 }
[[item]]
key = "anders"
title = "Adviesgesprek"
groups = ["8"]
instead_of = "gewoon"
when = { rule = "month", month = 1 }
"""
MEETINGS = """
[[item]]
key = "vergadering"
title = "Vergadering"
when = { rule = "dates", days = ["09-15", "10-19", "01-04"] }
[[item]]
key = "stukken"
title = "Stukken sturen"
when = { rule = "each-time", of = "item.vergadering", do = %s }
"""


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("", "not-this-year"),
        ('only_if = [{ fact = "advies" }]\n[facts]\nadvies = 2026-10-01', "not-this-year"),
        ('only_if = [{ fact = "advies" }]', "planned"),
        ('only_if = [{ fact = "advies", unless = true }]\n[facts]\nadvies = 2026-10-01', "planned"),
        ('only_if = [{ judgement = "Is het nodig?", by = "ib" }]', "planned"),
        ('need = "optional"', "planned"),
        ('need = "on-request"', "planned"),
    ],
)
def test_an_item_is_replaced_only_by_one_that_certainly_comes(more: str, status: str) -> None:
    assert tried(f"{TWO}{more}")["gewoon"].status == status


@pytest.mark.parametrize(("fact", "status"), [("", "planned"), ('facts = ["vo-traject"]', "not-here")])
def test_of_a_pupil_an_item_is_replaced_when_that_pupils_condition_holds(fact: str, status: str) -> None:
    text = TWO.replace('title = "Voortgangsgesprek"', 'title = "Voortgangsgesprek"\nper = "pupil"')
    more = f'per = "pupil"\nonly_if = [{{ fact = "vo-traject" }}]\n[[pupil]]\nkey = "p1"\ngroup = "8"\n{fact}'

    found = tried(f"{text}{more}")

    assert getattr(found.get("gewoon/p1"), "status", "not-here") == status


@pytest.mark.parametrize(
    "do",
    [
        '{ rule = "offset", before = "each.time", calendar_days = 10 }',
        '{ rule = "offset", before = "each.time", calendar_days = 2 }',
        '{ rule = "offset", before = "each.time", calendar_weeks = 1 }',
        '{ rule = "within", before = "each.time", calendar_days = 5 }',
        '{ rule = "within", before = "each.time", calendar_weeks = 1 }',
        '{ rule = "weekday", weekday = "vrijdag", before = "each.time" }',
    ],
)
def test_what_prepares_a_meeting_is_planned_before_it(do: str) -> None:
    found = tried(MEETINGS % do)

    pairs = zip(found["stukken"].placed, found["vergadering"].placed, strict=True)
    assert all(one.plan_on and meeting.plan_on and one.plan_on < meeting.plan_on for one, meeting in pairs)
    assert all(one.plan_on and one.last and one.plan_on <= one.last for one in found["stukken"].placed)


def test_counting_back_goes_to_an_earlier_day_unless_said_otherwise() -> None:
    when = '{ rule = "offset", before = "11-17", calendar_days = 10 }'  # a Saturday

    assert only(item(when)).plan_on == date(2026, 11, 6)
    assert only(item(when, 'roll = "next"')).plan_on == date(2026, 11, 9)


def test_about_before_something_stays_before_it() -> None:
    found = item(
        '{ rule = "offset", before = "11-16", calendar_days = 3 }', "margin = { calendar_weeks = 1 }"
    )

    assert span(found) == (date(2026, 11, 6), date(2026, 11, 15))


@pytest.mark.parametrize("when", ['"item.zien.1"', '"item.zien"', '{ rule = "on", day = "item.zien" }'])
def test_what_goes_with_a_deadline_is_a_deadline(when: str) -> None:
    found = tried(f"""
    [[item]]
    key = "zien"
    title = "ZIEN invullen"
    [item.when]
    rule = "each"
    of = [{{ rule = "until", day = "10-31" }}, {{ rule = "until", day = "03-31" }}]
    [[item]]
    key = "ook"
    title = "Ook dan"
    when = {when}
    """)["ook"]

    assert (found.placed[0].first, found.placed[0].plan_on) == (None, date(2026, 10, 30))


def test_what_goes_with_something_that_begins_stays_open() -> None:
    found = tried("""
    [[item]]
    key = "vanaf"
    title = "Vanaf dan"
    when = { rule = "from", day = "10-03" }
    [[item]]
    key = "ook"
    title = "Ook dan"
    when = "item.vanaf"
    """)["ook"]

    assert span(found) == (date(2026, 10, 3), None)


PUPIL = '[[pupil]]\nkey = "p1"\nborn = 2016-05-01\nstarted = %s'


@pytest.mark.parametrize(
    "when",
    [
        '{ rule = "offset", after = "pupil.start", school_weeks = 6, until = 8 }',
        '{ rule = "within", after = "pupil.start", school_days = 15 }',
        '{ rule = "offset", before = "pupil.start", school_days = 15 }',
        '{ rule = "weekday", weekday = "maandag", after = "pupil.start" }',
        '{ rule = "holiday", name = "herfst", after = "pupil.start" }',
        '{ rule = "times", count = 2, within = { rule = "within", after = "pupil.start", months = 2 } }',
        '{ rule = "every", months = 1, within = { rule = "within", after = "pupil.start", months = 2 } }',
        '{ rule = "ongoing", within = { rule = "within", after = "pupil.start", months = 2 } }',
    ],
)
def test_a_pupil_of_an_earlier_year_has_had_it(when: str) -> None:
    found = tried(f'[[item]]\nkey = "kijk"\ntitle = "Kijken"\nwhen = {when}\n{PUPIL % "2023-10-02"}')[
        "kijk/p1"
    ]

    assert (found.status, found.why_not) == (
        "not-this-year",
        "valt voor deze leerling in een ander schooljaar",
    )


def test_a_fact_of_an_earlier_year_may_still_lead_into_this_one() -> None:
    when = '{ rule = "offset", after = "fact.oud", school_days = %d }'

    past = item(when % 5, "[facts]\noud = 2025-03-03")
    unsure = item(when % 200, "[facts]\noud = 2025-10-06")

    assert (past.status, past.why_not) == ("not-this-year", "valt in een ander schooljaar")
    assert unsure.status == "to-plan"


@pytest.mark.parametrize(
    ("when", "last"),
    [
        ('{ rule = "before", day = "08-01" }', date(2027, 7, 31)),
        ('{ rule = "until", day = "08-01" }', date(2027, 8, 1)),
        ('{ rule = "period", first = "05-01", last = "08-01" }', date(2027, 8, 1)),
        ('{ rule = "until", day = { rule = "date", day = "08-01" } }', date(2027, 8, 1)),
        ('{ rule = "offset", before = "08-01", months = 1 }', date(2027, 7, 1)),
        ('{ rule = "from", day = "08-01" }', None),
    ],
)
def test_before_the_first_of_august_is_at_the_end_of_the_year(when: str, last: date | None) -> None:
    found = item(when)

    assert only(found).last == last
    assert only(found).first in {None, date(2027, 5, 1), date(2027, 7, 1), date(2026, 8, 1)}


def test_a_time_of_each_month_stays_in_its_month_and_has_its_own_name() -> None:
    day = '{ rule = "weekday", weekday = "donderdag", nth = %d, of = "each.time" }'
    both = f'{{ rule = "each", of = [{day % 1}, {day % -1}] }}'
    found = item(f'{{ rule = "each-time", of = {{ rule = "months", of = [10, 12, 5] }}, do = {both} }}')

    assert [(p.last.month, p.plan_on.month) for p in found.placed if p.last and p.plan_on] == [
        *([(10, 10)] * 2),
        *([(12, 12)] * 2),
        *([(5, 5)] * 2),
    ]
    assert [p.label for p in found.placed] == [f"keer {n}" for n in range(1, 7)]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ('"08-18"', (date(2026, 8, 17), date(2026, 9, 1))),
        ('"07-05"', (date(2027, 6, 21), date(2027, 7, 9))),
        ('{ rule = "month", month = 11 }', (date(2026, 10, 18), date(2026, 12, 14))),
    ],
)
def test_about_a_day_stays_inside_the_school_year(when: str, expected: tuple[date, date]) -> None:
    found = item(when, "margin = { calendar_weeks = 2 }", world_of("noord"))

    assert span(found) == expected


def test_what_hangs_on_something_about_then_counts_from_the_day_itself() -> None:
    found = tried("""
    [[item]]
    key = "toets"
    title = "Toets"
    when = "11-12"
    margin = { calendar_weeks = 2 }
    [[item]]
    key = "analyse"
    title = "Analyse"
    when = { rule = "offset", after = "item.toets", calendar_weeks = 1 }
    """)

    assert only(found["analyse"]).plan_on == date(2026, 11, 19)


def test_a_deadline_that_is_only_done_before_the_summer_says_so() -> None:
    found = item('{ rule = "until", day = "08-16" }', world=world_of("noord"))

    assert "Dit valt in het vorige schooljaar" in said(found.steps)


def test_a_few_days_of_a_month_are_no_month() -> None:
    one_day = item('{ rule = "every", months = 1 }', world=world_of("midden"))
    two_weeks = item('{ rule = "every", months = 1 }', world=world_of("noord"))

    assert [one_day.placed[0].label, two_weeks.placed[0].label] == ["september", "augustus"]


@pytest.mark.parametrize(
    ("done", "told"),
    [
        ('"ding.3" = 2026-10-05', "keer 3"),
        ('"ding.2" = 2026-12-07', ""),
    ],
)
def test_a_time_that_was_done_but_is_not_there_is_told(done: str, told: str) -> None:
    found = item('{ rule = "dates", days = ["10-05", "12-07"] }', f"[done]\n{done}")

    warned = [step.text for step in found.steps if step.kind == "warning"]
    assert warned == ([f"in [done] staat {told}, maar dit item heeft er dit jaar 2"] if told else [])


def test_the_first_day_of_next_year_needs_only_the_summer_before_it() -> None:
    world = world_of("noord")
    days = type(world.calendar)(date(2026, 7, 1), date(2028, 7, 1), world.calendar.closures)
    until_next_year = type(world)(days, world.year, {}, {})

    found = item('{ rule = "year", edge = "first", year = "next" }', "next_year = true", until_next_year)

    assert only(found).plan_on == date(2027, 8, 23)
