"""Items land on days on which they can be done: presence, limits, margins, and what has no day."""

from datetime import date

import pytest

from calendars.schoolyear import Closed
from tests.calendars.tried_rules import IB, file_of, item, only, said, span, tried, world_of


def plan_day(when: str, more: str = "", **weeks: str) -> date | None:
    return only(item(when, more, world_of(**weeks))).plan_on


def warnings(when: str, more: str = "", **weeks: str) -> list[str]:
    return [s.text for s in item(when, more, world_of(**weeks)).steps if s.kind == "warning"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ('"11-12"', date(2026, 11, 17)),  # a day goes on to the next day that she is there
        ('{ rule = "until", day = "11-12" }', date(2026, 11, 11)),  # a deadline goes back
        ('{ rule = "week", number = 46 }', date(2026, 11, 11)),
        ('{ rule = "from", day = "11-12" }', date(2026, 11, 17)),
        ('{ rule = "offset", before = "11-13", school_days = 1 }', date(2026, 11, 11)),
    ],
)
def test_a_day_goes_on_and_a_deadline_back_to_a_day_of_presence(when: str, expected: date) -> None:
    assert plan_day(when, 'owner = ["ib"]', ib=IB) == expected


def test_what_prepares_something_is_done_before_it() -> None:
    found = item('{ rule = "offset", before = "11-16", school_days = 2 }', 'owner = ["ib"]', world_of(ib=IB))

    assert only(found).plan_on == date(2026, 11, 11)
    assert said(found.steps).endswith(
        "wie dit doet is er op dinsdagmiddag en woensdag: woensdag 11 november. Geen wettelijke grens."
    )


@pytest.mark.parametrize(("roll", "expected"), [("next", "11-17"), ("previous", "11-11"), ("keep", "11-12")])
def test_an_item_says_itself_how_it_moves(roll: str, expected: str) -> None:
    day = plan_day('"11-12"', f'owner = ["ib"]\nroll = "{roll}"', ib=IB)

    assert f"{day:%m-%d}" == expected


def test_a_period_in_which_nobody_is_there_is_done_after_it_and_says_so() -> None:
    when = '{ rule = "period", first = "11-12", last = "11-13" }'

    assert plan_day(when, 'owner = ["ib"]', ib=IB) == date(2026, 11, 17)
    assert warnings(when, 'owner = ["ib"]', ib=IB) == ["in deze periode is er geen dag waarop het kan"]


def test_a_period_by_law_in_which_she_is_not_there_is_done_in_it_by_someone() -> None:
    when = '{ rule = "period", first = "11-12", last = "11-13" }'
    more = 'owner = ["ib"]\nlatest = "11-13"\nlaw = "een wet"'

    assert plan_day(when, more, ib=IB) == date(2026, 11, 13)
    assert warnings(when, more, ib=IB) == ["wie dit doet is er in deze periode niet"]


def test_a_period_by_law_without_a_school_day_is_done_before_it() -> None:
    when = '{ rule = "period", first = "12-21", last = "12-23" }'

    assert plan_day(when, 'latest = "12-23"\nlaw = "een wet"') == date(2026, 12, 18)


def test_a_week_in_a_holiday_is_done_after_it() -> None:
    assert plan_day('{ rule = "week", number = 53 }') == date(2027, 1, 4)


def test_who_is_never_there_leaves_a_school_day() -> None:
    world = world_of(ib="ma")
    gone = world.presence["ib"].halves[0]
    world = world_of(ib="ma")
    left = type(gone)(gone.weekday, gone.half, gone.valid_from, date(2026, 9, 1))
    world = type(world)(world.calendar, world.year, world.legal, {"ib": type(world.presence["ib"])((left,))})

    found = item('"11-12"', 'owner = ["ib"]', world)

    assert only(found).plan_on == date(2026, 11, 12)


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        ('owner = ["ib", "leerkracht"]', date(2026, 11, 12)),  # either of them
        ('owner = ["ib", "leerkracht"]\ntogether = true', date(2026, 11, 18)),  # both at once
        ('owner = ["ouders", "ib"]', date(2026, 11, 17)),  # the one whose days are known
        ('owner = ["ouders"]', date(2026, 11, 12)),
    ],
)
def test_several_owners_are_there_together_or_either_of_them(owner: str, expected: date) -> None:
    assert plan_day('"11-12"', owner, ib="di-pm wo", leerkracht="wo do vr") == expected


def test_two_who_are_never_there_together_are_told_so() -> None:
    more = 'owner = ["ib", "leerkracht"]\ntogether = true'

    assert plan_day('"11-12"', more, ib="di", leerkracht="do") == date(2026, 11, 12)
    assert warnings('"11-12"', more, ib="di", leerkracht="do") == ["zij zijn nooit tegelijk aanwezig"]


def test_a_limit_by_law_cuts_a_period_and_says_so() -> None:
    found = item('{ rule = "month", month = 3 }', 'latest = "03-24"\nlaw = "een wet"')

    assert span(found) == (date(2027, 3, 1), date(2027, 3, 24))
    assert (only(found).plan_on, found.legal_on) == (date(2027, 3, 24), date(2027, 3, 24))
    assert "woensdag 31 maart ligt na de wettelijke grens: woensdag 24 maart" in said(found.steps)


def test_a_period_wholly_after_the_law_is_what_the_law_leaves() -> None:
    assert span(item('{ rule = "month", month = 4 }', 'latest = "03-24"\nlaw = "een wet"')) == (
        date(2027, 3, 24),
        date(2027, 3, 24),
    )


def test_an_open_begin_ends_at_the_law() -> None:
    found = item('{ rule = "from", day = "03-01" }', 'latest = "03-24"\nlaw = "een wet"')

    assert span(found) == (date(2027, 3, 1), date(2027, 3, 24))


@pytest.mark.parametrize("when", ['{ rule = "open" }', '"fact.onbekend"'])
def test_what_has_no_moment_but_a_law_is_planned_for_that(when: str) -> None:
    more = 'owner = ["ib"]\nlatest = { rule = "legal", key = "definitief-advies" }'

    found = item(when, more, world_of(ib="ma"))

    assert (found.status, only(found).plan_on, found.legal_on) == (
        "planned",
        date(2027, 3, 22),
        date(2027, 3, 24),
    )
    assert said(found.steps).endswith("(wettelijk, DUO, schooladvies en doorstroomtoets): woensdag 24 maart.")


def test_an_unknown_limit_is_told_and_not_invented() -> None:
    found = item('"03-12"', 'latest = "fact.besluit"\nlaw = "Awb"')

    assert (found.status, found.legal_on) == ("planned", None)
    assert "Wettelijke grens nog onbekend" in said(found.steps)


def test_a_limit_beyond_the_known_holidays_is_told_and_not_invented() -> None:
    found = item('"03-12"', 'latest = "2031-03-01"\nlaw = "Awb"')

    assert found.legal_on is None
    assert "valt buiten de schoolkalender" in said(found.steps)


def test_a_legal_date_limits_its_item_by_itself() -> None:
    window = '{ rule = "legal", key = "voorlopig-advies", edge = "both" }'
    first = '{ rule = "legal", key = "voorlopig-advies", edge = "first" }'

    found, opening = item(window), item(first)

    assert span(found) == (date(2027, 1, 10), date(2027, 1, 31))
    assert (only(found).plan_on, found.legal_on) == (date(2027, 1, 29), date(2027, 1, 31))
    assert (only(opening).plan_on, opening.legal_on) == (date(2027, 1, 11), None)


@pytest.mark.parametrize(
    ("when", "legal_on"),
    [
        ('{ rule = "before", day = { rule = "legal", key = "definitief-advies" } }', date(2027, 3, 23)),
        (
            '{ rule = "period", first = "03-15", last = { rule = "legal", key = "definitief-advies" } }',
            date(2027, 3, 24),
        ),
        (
            '{ rule = "earliest", of = ["03-26", { rule = "legal", key = "definitief-advies" }] }',
            date(2027, 3, 24),
        ),
        (
            '{ rule = "offset", before = { rule = "legal", key = "definitief-advies" }, school_days = 5 }',
            None,
        ),
    ],
)
def test_a_legal_date_inside_a_rule_still_limits(when: str, legal_on: date | None) -> None:
    assert item(when).legal_on == legal_on


def test_the_strictest_of_two_limits_counts() -> None:
    when = '{ rule = "until", day = { rule = "legal", key = "definitief-advies" } }'

    stricter = item(when, 'latest = "03-19"\nlaw = "afspraak van het bestuur"')
    looser = item(when, 'latest = "03-30"\nlaw = "afspraak van het bestuur"')

    assert (stricter.legal_on, looser.legal_on) == (date(2027, 3, 19), date(2027, 3, 24))


def test_about_the_middle_of_may_is_planned_in_the_middle() -> None:
    found = item('{ rule = "date", day = "05-18" }', "margin = { calendar_weeks = 1 }")

    assert span(found) == (date(2027, 5, 11), date(2027, 5, 25))
    assert only(found).plan_on == date(2027, 5, 18)
    assert "ongeveer: 1 week eerder of later mag ook" in said(found.steps)


def test_a_margin_leaves_an_open_end_open_and_stops_at_the_law() -> None:
    open_end = item('{ rule = "from", day = "03-01" }', "margin = { school_days = 5 }")
    by_law = item('"03-22"', 'margin = { calendar_weeks = 1 }\nlatest = "03-24"\nlaw = "een wet"')

    assert span(open_end) == (date(2027, 2, 15), None)
    assert span(by_law) == (date(2027, 3, 15), date(2027, 3, 24))


def test_a_tolerance_says_how_far_it_may_move() -> None:
    placed = only(item('"03-22"', 'tolerance = { school_days = 3 }\nlatest = "03-24"\nlaw = "een wet"'))
    far = only(item('"03-22"', "tolerance = { school_days = 900 }"))

    assert (placed.from_, placed.until) == (date(2027, 3, 17), date(2027, 3, 24))
    assert (far.from_, far.until) == (date(2027, 3, 22), date(2027, 3, 22))


def test_what_goes_on_all_year_has_no_day_and_is_never_missed() -> None:
    found = item('{ rule = "ongoing" }', world=world_of(today=date(2027, 7, 20)))

    assert span(found) == (date(2026, 8, 31), date(2027, 7, 16))
    assert (only(found).plan_on, found.status) == (None, "planned")


def test_a_catch_up_window_follows_its_item() -> None:
    found = tried("""
    [[item]]
    key = "toets"
    title = "Doorstroomtoets"
    when = { rule = "full-week", nth = 1, until = 2, month = 2 }
    overflow = { rule = "offset", after = "item.toets", school_days = 1, until = 10 }
    [[item]]
    key = "inleveren"
    title = "Inleveren"
    when = { rule = "offset", after = "item.toets.overflow", school_days = 1 }
    """)

    assert span(found["toets"]) == (date(2027, 2, 1), date(2027, 2, 12))
    assert span(found["toets/overflow"]) == (date(2027, 2, 15), date(2027, 3, 5))
    assert only(found["inleveren"]).plan_on == date(2027, 3, 8)
    assert said(found["inleveren"].steps).startswith(
        '1 schooldag na de laatste dag van de uitloop van "Doorstroomtoets" (vrijdag 5 maart)'
    )


def test_an_unknown_catch_up_window_leaves_its_item_alone() -> None:
    found = tried("""
    [[item]]
    key = "toets"
    title = "Toets"
    when = "02-01"
    overflow = "fact.inhaaldag"
    """)

    assert only(found["toets"]).plan_on == date(2027, 2, 1)
    assert found["toets/overflow"].status == "to-plan"
    assert found["toets/overflow"].why_not.startswith("uitloop: ")


def test_an_end_before_its_begin_is_told() -> None:
    found = item('{ rule = "period", first = "03-12", last = "03-11" }')

    assert (found.status, found.placed) == ("to-plan", ())
    assert found.why_not == "het einde (donderdag 11 maart) ligt vóór het begin (vrijdag 12 maart)"


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ('{ rule = "open" }', "er is geen moment genoemd"),
        ('{ rule = "open", why = "de gemeente zegt het" }', "de gemeente zegt het"),
        ('{ rule = "school-week", number = 44 }', "geen schoolweek 44"),
        ('{ rule = "school-week", number = 5, until = 2 }', "het einde ligt vóór het begin"),
        ('{ rule = "week", number = 10, until = 50 }', "ligt in dit schooljaar vóór week 10"),
        ('{ rule = "month", month = 3, until = 10 }', "oktober ligt in dit schooljaar vóór maart"),
        ('{ rule = "full-week", nth = 4, month = 9, until = -1 }', "geen vierde volle week in september"),
        ('{ rule = "weekday", weekday = "maandag", nth = 5, month = 2 }', "geen vijfde maandag in februari"),
        ('{ rule = "holiday", name = "krokus" }', "geen 'krokus'"),
        ('{ rule = "holiday", name = "herfst", after = "11-01" }', "na zondag 1 november geen 'herfst'"),
        ('{ rule = "legal", key = "bestaat-niet" }', "niet bekend"),
        ('{ rule = "pick", number = 3, of = { rule = "months", of = [1, 6] } }', "geen 3e keer"),
        ('{ rule = "times", count = 9, within = "11-12" }', "9 keer past niet"),
        ('{ rule = "times", count = 3, apart = { school_weeks = 30 } }', "met 30 schoolweken ertussen"),
        ('{ rule = "every", school_weeks = 2, within = { rule = "week", number = 53 } }', "geen enkele keer"),
        ('{ rule = "offset", after = "03-01", working_days = 2 }', "werkdagen nog niet bekend"),
        ('{ rule = "each", of = ["fact.a", "fact.b"] }', "'a' staat nog niet vast"),
        ('{ rule = "latest", of = ["03-01", "fact.b"] }', "'b' staat nog niet vast"),
        ('{ rule = "age", years = 4 }', "geboortedatum"),
        ('{ rule = "offset", after = { rule = "until", day = "03-01" }, months = 600 }', "schoolkalender"),
        ('{ rule = "offset", after = "03-01", weekdays = 900 }', "voorbij het einde"),
        ('{ rule = "year", edge = "first", year = "next" }', ""),
    ],
)
def test_what_cannot_be_dated_says_why(when: str, words: str) -> None:
    found = item(when, 'per = "school"')

    if words == "":
        assert only(found).plan_on == date(2027, 8, 30)
    elif words == "schoolkalender":
        assert found.status == "not-this-year"
    else:
        assert (found.status, found.placed) == ("to-plan", ())
        assert words in found.why_not


def test_a_year_beyond_the_published_holidays_is_not_invented() -> None:
    world = world_of(label="2028-2029")
    calendar = type(world.calendar)(date(2028, 7, 1), date(2029, 8, 1), world.calendar.closures[:30])
    short = type(world)(calendar, world.year, {}, {})

    found = item('{ rule = "year", edge = "first", year = "next" }', world=short)

    assert (found.status, found.why_not) == ("to-plan", "schooljaar 2029-2030 is nog niet bekend")


def test_some_known_parts_are_dated_and_the_others_told() -> None:
    found = item('{ rule = "each", of = ["11-12", "fact.later"] }')

    assert only(found).plan_on == date(2026, 11, 12)
    assert "Telt nog niet mee: " in said(found.steps)


def test_a_limit_without_a_begin_takes_the_begin_of_the_other() -> None:
    both = '{ rule = "within", after = "03-29", calendar_weeks = 7 }, { rule = "until", day = "05-12" }'

    assert span(item(f'{{ rule = "earliest", of = [{both}] }}')) == (date(2027, 3, 29), date(2027, 5, 12))


@pytest.mark.parametrize(("day", "offset"), [("10-25", 1), ("03-28", 2)])
def test_on_a_night_when_the_clock_changes_the_hours_on_the_wall_stay(day: str, offset: int) -> None:
    text = f"""
    [[item]]
    key = "avond"
    title = "Ouderavond"
    when = "{day}"
    roll = "keep"
    time = {{ at = 19:30:00, until = 21:00:00 }}
    """

    found = only(tried(text)["avond"])
    clock = file_of(text).item[0].time

    assert clock is not None
    assert found.plan_on is not None
    starts_at = clock.on(found.plan_on)
    assert starts_at is not None
    assert f"{starts_at:%m-%d %H:%M}" == f"{day} 19:30"
    assert starts_at.utcoffset() == (starts_at.replace(hour=23)).utcoffset()
    assert starts_at.utcoffset().total_seconds() == offset * 3600  # type: ignore[union-attr]  # it has a zone


def test_an_item_with_only_a_part_of_the_day_has_no_hour() -> None:
    clock = file_of('[[item]]\nkey = "a"\ntitle = "Aa"\ntime = { part = "middag" }').item[0].time

    assert clock is not None
    assert clock.on(date(2026, 11, 12)) is None


def test_a_day_off_of_one_group_is_no_holiday() -> None:
    free = Closed(
        "Herfstvrij groep 8", date(2026, 9, 8), date(2026, 9, 8), official=False, groups=frozenset({"8"})
    )

    found = item('{ rule = "holiday", name = "herfst" }', world=world_of(own=[free]))

    assert span(found)[0] == date(2026, 10, 17)


def test_the_next_holiday_of_a_name_and_the_second() -> None:
    own = [
        Closed("Studiedag", date(2026, 9, 18), date(2026, 9, 18), official=False),
        Closed("Studiedag", date(2027, 1, 27), date(2027, 1, 27), official=False),
    ]
    world = world_of(own=own)

    second = item('{ rule = "holiday", name = "studiedag", nth = 2 }', 'roll = "keep"', world)
    after = item('{ rule = "holiday", name = "studiedag", after = "12-01" }', 'roll = "keep"', world)

    assert span(second) == span(after) == (date(2027, 1, 27), date(2027, 1, 27))


def test_the_weekdays_of_the_law_count_in_a_holiday_but_not_on_a_public_one() -> None:
    keep = 'roll = "keep"'

    christmas = item('{ rule = "offset", after = "2026-12-24", weekdays = 3 }', keep)
    before_easter = item('{ rule = "offset", before = "2027-03-31", weekdays = 2 }', keep)

    assert span(christmas)[0] == date(2026, 12, 30)
    assert span(before_easter)[0] == date(2027, 3, 25)


def test_working_days_are_those_of_who_does_it() -> None:
    found = item('{ rule = "offset", after = "11-12", working_days = 3 }', 'owner = ["ib"]', world_of(ib=IB))
    back = item('{ rule = "offset", before = "11-12", working_days = 3 }', 'owner = ["ib"]', world_of(ib=IB))

    assert only(found).plan_on == date(2026, 11, 24)
    assert only(back).plan_on == date(2026, 11, 4)


def test_on_to_the_next_day_stops_at_the_law_inside_the_period() -> None:
    when = '{ rule = "period", first = "11-12", last = "11-13" }'
    more = 'owner = ["ib"]\nroll = "next"\nlatest = "11-13"\nlaw = "een wet"'

    assert plan_day(when, more, ib=IB) == date(2026, 11, 13)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ('{ rule = "full-week", nth = 1, of = { rule = "from", day = "11-12" } }', "geen einde genoemd"),
        ('{ rule = "full-week", nth = 1, of = { rule = "until", day = "11-12" } }', "geen begin genoemd"),
        ('{ rule = "every", school_days = 900, start = "07-01" }', ""),
    ],
)
def test_an_end_that_nobody_stated_is_not_invented(when: str, words: str) -> None:
    found = item(when)

    assert words in found.why_not
    assert (found.status == "planned") is (words == "")


def test_again_after_something_with_an_open_end_counts_from_its_begin() -> None:
    found = tried("""
    [[item]]
    key = "vanaf"
    title = "Vanaf nu"
    when = { rule = "from", day = "11-12" }
    [[item]]
    key = "week"
    title = "Een week later"
    [item.when]
    rule = "each-time"
    of = "item.vanaf"
    do = { rule = "offset", after = "each.time", calendar_weeks = 1 }
    [[item]]
    key = "los"
    title = "Na elke open periode"
    [item.when]
    rule = "each-time"
    of = { rule = "until", day = "11-12" }
    do = { rule = "after", day = "each.time" }
    """)

    assert only(found["week"]).plan_on == date(2026, 11, 19)
    assert only(found["los"]).first == date(2026, 11, 13)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ('{ rule = "times", count = 1, up_to = 2 }', "1 tot 2 keer"),
        ('{ rule = "times", count = 2, at_least = true }', "Minstens 2 keer"),
    ],
)
def test_how_often_is_said(when: str, words: str) -> None:
    assert said(item(when).steps).startswith(words)
