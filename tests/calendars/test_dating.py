"""One task's dates: customary days roll on, statutory days never shift later."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.dating import Dates
from calendars.legal import legal_dates
from calendars.people import MeetingFact, Member, RoleSpan
from calendars.planned import Frame
from calendars.presence import Half, Presence, PresentHalf
from calendars.schoolyear import Closed, SchoolCalendar
from tests.calendars.invented_school import identity, member, presence
from tests.calendars.one_task import Situation, after, before

HALVES: tuple[Half, ...] = ("am", "pm")
weeks = st.sets(st.tuples(st.integers(0, 4), st.sampled_from(HALVES)), min_size=1).map(
    lambda halves: Presence(tuple(PresentHalf(day, half, date(2026, 1, 1)) for day, half in halves))
)


def kinds(dates: Dates) -> list[str]:
    return [step.kind for step in dates.steps]


def test_a_customary_day_rolls_to_the_owners_next_working_day() -> None:
    dates, owner = Situation(due=after(school_days=3)).date()

    assert dates.target_on == date(2026, 12, 1), "Thursday 26 November becomes Tuesday"
    assert dates.latest_on is None
    assert owner == identity("ib")
    assert kinds(dates) == ["anchor", "offset", "roll", "open"]


def test_a_customary_day_in_a_holiday_says_which_holiday() -> None:
    dates, _ = Situation(due={"rule": "date", "day": "12-22"}).date()

    assert dates.target_on == date(2027, 1, 5)
    [why] = [s.text for s in dates.steps if s.kind == "roll"]
    there = "wie dit doet is er op dinsdagmiddag en woensdag"
    assert why == f"dinsdag 22 december valt in de kerstvakantie, en {there}"


def test_a_customary_day_on_a_public_day_says_which_day_it_is() -> None:
    dates, _ = Situation(due={"rule": "date", "day": "05-17"}, week="ma di wo do vr").date()

    assert dates.target_on == date(2027, 5, 18)
    assert dates.steps[1].text.startswith("maandag 17 mei is Tweede pinksterdag, dus")


@pytest.mark.parametrize(
    ("week", "expected"),
    [("ma di wo do vr", date(2026, 12, 18)), ("di-pm wo", date(2026, 12, 16))],
)
def test_an_opp_due_on_the_first_day_after_christmas_is_planned_before_it(week: str, expected: date) -> None:
    dates, _ = Situation(latest=after(calendar_weeks=6), week=week).date()

    assert dates.latest_on == date(2027, 1, 4)
    assert dates.target_on == expected
    assert kinds(dates) == ["clip", "legal"]


def test_a_legal_day_on_a_sunday_is_planned_on_the_friday_before_and_still_shown() -> None:
    in_2024 = SchoolCalendar(
        date(2023, 1, 1),
        date(2024, 12, 31),
        [
            Closed("Zomervakantie", date(2023, 7, 8), date(2023, 8, 20)),
            Closed("Zomervakantie", date(2024, 7, 13), date(2024, 8, 25)),
        ],
    )
    year = in_2024.year("2023-2024")
    school = Frame(identity("school"), in_2024, year, legal_dates(year.label))

    dates, _ = Situation(latest={"rule": "date", "day": "03-24"}, week="ma di wo do vr", frame=school).date()

    assert dates.target_on == date(2024, 3, 22)
    assert dates.latest_on == date(2024, 3, 24)


def test_a_roll_that_would_pass_the_legal_day_turns_back() -> None:
    law = {"rule": "date", "day": "03-26"}

    dates, _ = Situation(due={"rule": "date", "day": "03-25"}, latest=law, week="di").date()

    assert dates.target_on == date(2027, 3, 23)
    assert kinds(dates) == ["rule", "roll", "clip", "legal"]


@given(
    week=weeks,
    due=st.integers(0, 60),
    limit=st.integers(0, 70),
    opening=st.dates(date(2026, 9, 7), date(2027, 5, 1)),
)
def test_a_statutory_day_is_never_passed_whatever_the_rule_and_the_owner(
    week: Presence, due: int, limit: int, opening: date
) -> None:
    owner = Member(identity("ib"), (RoleSpan("ib"),), week)
    situation = Situation(after(school_days=due), after(calendar_days=limit), members=(owner,))
    situation.opening = opening

    dates, _ = situation.date()

    assert dates.target_on is not None
    assert dates.latest_on is not None
    assert dates.target_on <= dates.latest_on
    assert week.works_on(dates.target_on, situation.frame.calendar)


@given(week=weeks, due=st.integers(0, 60), opening=st.dates(date(2026, 9, 7), date(2027, 3, 1)))
def test_a_customary_day_is_never_early_and_always_worked(week: Presence, due: int, opening: date) -> None:
    owner = Member(identity("ib"), (RoleSpan("ib"),), week)
    situation = Situation(after(school_days=due), members=(owner,), opening=opening)

    dates, _ = situation.date()

    assert dates.target_on is not None
    assert dates.target_on >= situation.frame.calendar.add_school_days(opening, due)
    assert week.works_on(dates.target_on, situation.frame.calendar)


def test_a_preparation_never_rolls_onto_the_day_that_it_prepares() -> None:
    dates, _ = Situation(due=before(school_days=2), opening=date(2026, 11, 27), week="ma vr").date()

    assert dates.target_on == date(2026, 11, 23), "Wednesday would become Friday, the day itself"
    assert dates.steps[-2].text == "klaar vóór vrijdag 27 november"


def test_work_of_the_year_stays_inside_the_year_and_says_that_it_was_pushed() -> None:
    dates, _ = Situation(after(school_days=30), opened_by="year", opening=date(2027, 6, 11)).date()

    assert dates.target_on == date(2027, 7, 14)
    assert [s.text for s in dates.steps if s.kind == "warning"] == ["anders valt het na de laatste schooldag"]


def test_work_that_a_person_opened_may_pass_the_summer_but_says_so() -> None:
    dates, _ = Situation(after(school_days=30), opening=date(2027, 6, 11)).date()

    assert dates.target_on == date(2027, 9, 7)
    assert "dit valt in het volgende schooljaar" in [s.text for s in dates.steps]


def test_a_pinned_day_stays_where_somebody_put_it() -> None:
    pin = (date(2026, 11, 27), "op verzoek van de ouders")

    dates, _ = Situation(after(school_days=3)).date(pin=pin)

    assert dates.target_on == date(2026, 11, 27)
    assert dates.steps[-2].text == "vastgezet: op verzoek van de ouders"


def test_a_pin_behind_the_legal_day_is_a_warning() -> None:
    situation = Situation(latest=after(calendar_weeks=2))

    dates, _ = situation.date(pin=(date(2027, 1, 13), "te druk"))

    assert dates.target_on == date(2027, 1, 13)
    assert "vastgezet na de wettelijke datum" in [s.text for s in dates.steps]


def test_a_window_ends_on_its_last_school_day_whoever_works_then() -> None:
    window = {"first": {"rule": "date", "day": "01-10"}, "last": {"rule": "date", "day": "01-31"}}

    dates, _ = Situation(window=window).date()

    assert dates.starts_on == date(2027, 1, 11)
    assert dates.target_on == date(2027, 1, 29)


def test_a_window_that_the_law_ends_sooner_ends_then() -> None:
    window = {"first": {"rule": "date", "day": "01-10"}, "last": {"rule": "date", "day": "02-05"}}

    dates, _ = Situation(window=window, latest={"rule": "date", "day": "01-31"}).date()

    assert dates.target_on == date(2027, 1, 29)


def test_a_gate_with_a_day_says_from_when_a_task_can_begin() -> None:
    gate = {"since": {"rule": "date", "day": "05-15"}}

    dates, _ = Situation(after(school_days=3), gate=gate).date()

    assert dates.starts_on == date(2027, 5, 18), "15 May is a Saturday before Whitsun"


def test_no_moment_stated_invents_no_date() -> None:
    dates, owner = Situation().date()

    assert (dates.target_on, dates.latest_on, owner) == (None, None, None)
    assert dates.steps[0].text == "nog te plannen"


def test_an_unknown_legal_date_is_said_and_never_guessed() -> None:
    dates, _ = Situation(latest={"rule": "legal", "key": "bestaat-niet"}).date()

    assert (dates.target_on, dates.latest_on) == (None, None)
    assert dates.steps[0].kind == "warning"


def test_a_count_past_the_end_of_the_calendar_leaves_it_still_to_plan() -> None:
    dates, _ = Situation(due=after(months=60)).date()

    assert dates.target_on is None


def test_a_meeting_is_on_its_own_day_in_amsterdam() -> None:
    within = {"first": {"rule": "date", "day": "03-22"}, "last": {"rule": "date", "day": "04-09"}}
    situation = Situation(meeting={"minutes": 45, "within": within})
    hour = MeetingFact(datetime(2027, 3, 30, 12, 0, tzinfo=UTC), datetime(2027, 3, 30, 12, 45, tzinfo=UTC))

    dates, _ = situation.date(hour=hour)

    assert dates.target_on == date(2027, 3, 30)
    assert "overleg om 14:00 uur" in dates.steps[1].text, "summer time has begun"


def test_a_meeting_without_an_hour_is_still_to_plan() -> None:
    within = {"first": {"rule": "date", "day": "03-22"}, "last": {"rule": "date", "day": "04-09"}}

    dates, _ = Situation(meeting={"minutes": 45, "within": within}).date()

    assert dates.target_on is None
    assert dates.steps[0].text == "nog te plannen: geen moment gevonden"


def test_two_people_in_one_role_share_a_queue() -> None:
    both = (member("one", "ib", "ma di"), member("two", "ib", "wo do"))

    dates, owner = Situation(after(school_days=3), members=both).date()

    assert owner is None
    assert dates.target_on == date(2026, 11, 26), "nobody's own days to roll to"


def test_somebody_who_never_works_again_leaves_the_task_on_a_school_day() -> None:
    gone = Presence((PresentHalf(0, "am", date(2020, 1, 1), date(2020, 2, 1)),))

    dates, _ = Situation(
        {"rule": "date", "day": "12-22"}, members=(Member(identity("ib"), (RoleSpan("ib"),), gone),)
    ).date()

    assert dates.target_on == date(2027, 1, 4)


def test_a_half_day_is_enough_to_be_planned_on() -> None:
    dates, _ = Situation(after(school_days=1), week="di-pm").date()

    assert dates.target_on == date(2026, 11, 24)
    assert presence("di-pm").halves_on(date(2026, 11, 24)) == ("pm",)
