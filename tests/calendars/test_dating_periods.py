"""Rules that mean more than a day: deadlines, open ends, periods, working days, and what went before."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from calendars.derivation import as_data, sentence
from calendars.people import Facts, MeetingFact, Member, Overrides, RoleSpan
from calendars.plan import plan
from calendars.planned import Item
from calendars.presence import Half, Presence, PresentHalf
from calendars.procedure import Procedure
from tests.calendars.invented_school import frame, identity, people
from tests.calendars.one_task import TEXT, Situation, after

HALVES: tuple[Half, ...] = ("am", "pm")
weeks = st.sets(st.tuples(st.integers(0, 4), st.sampled_from(HALVES)), min_size=1).map(
    lambda halves: Presence(tuple(PresentHalf(day, half, date(2026, 1, 1)) for day, half in halves))
)


def test_a_deadline_is_planned_on_the_owners_last_day_before_it() -> None:
    dates, _ = Situation(due={"rule": "until", "day": "12-04"}).date()

    assert dates.target_on == date(2026, 12, 2), "4 December is a Friday, the IB'er is there until Wednesday"
    assert dates.starts_on is None


def test_within_some_weeks_begins_when_the_count_begins() -> None:
    dates, _ = Situation(due={"rule": "within", "after": "opening", "calendar_weeks": 3}).date()

    assert (dates.starts_on, dates.target_on) == (date(2026, 11, 23), date(2026, 12, 9))


def test_a_period_in_which_its_owner_is_never_there_ends_on_its_own_last_school_day() -> None:
    days = {"rule": "period", "first": "11-26", "last": "11-27"}

    dates, _ = Situation(due=days).date()

    assert dates.target_on == date(2026, 11, 27)


def test_an_open_end_says_from_when_and_leaves_the_day_to_a_person() -> None:
    dates, owner = Situation(due={"rule": "after", "day": "11-27"}).date()

    assert (dates.starts_on, dates.target_on, owner) == (date(2026, 11, 30), None, None)
    assert "Een dag is nog te plannen." in sentence(as_data(dates.steps))


def test_a_window_of_periods_runs_from_the_first_day_to_the_last() -> None:
    window = {"first": {"rule": "week", "number": 2}, "last": {"rule": "week", "number": 4}}

    dates, _ = Situation(window=window).date()

    assert (dates.starts_on, dates.target_on) == (date(2027, 1, 11), date(2027, 1, 29))


def test_a_window_without_school_says_so_and_lies_before_it() -> None:
    holiday = {"rule": "holiday", "name": "kerstvakantie"}

    dates, _ = Situation(window={"first": holiday, "last": holiday}).date()

    assert dates.target_on == date(2026, 12, 18)
    assert [step.kind for step in dates.steps if step.kind == "warning"] == ["warning"]


def test_working_days_are_those_of_who_does_it() -> None:
    dates, owner = Situation(due=after(working_days=3)).date()

    assert dates.target_on == date(2026, 12, 1), "Tuesday, Wednesday, Tuesday"
    assert owner == identity("ib")


@given(week=weeks, number=st.integers(1, 12))
def test_so_many_working_days_later_is_so_many_days_worked(week: Presence, number: int) -> None:
    owner = Member(identity("ib"), (RoleSpan("ib"),), week)
    situation = Situation(due=after(working_days=number), members=(owner,))

    dates, _ = situation.date()

    assert dates.target_on is not None
    calendar = situation.frame.calendar
    days = [
        date.fromordinal(n) for n in range(situation.opening.toordinal() + 1, dates.target_on.toordinal() + 1)
    ]
    assert sum(week.works_on(day, calendar) for day in days) == number


@pytest.mark.parametrize(
    ("roll", "expected"),
    [(None, date(2026, 12, 1)), ("previous", date(2026, 11, 25)), ("keep", date(2026, 11, 26))],
)
def test_a_task_says_itself_how_it_rolls(roll: str | None, expected: date) -> None:
    item = tasks([task("taak", due=after(school_days=3), roll=roll)])["taak"]

    assert item.dates.target_on == expected


# Stages and decisions


def task(key: str, **more: object) -> dict[str, object]:
    return {"key": key, "title": {"nl": key, "en": key}, "role": "ib", **more}


def procedure(*stages: list[dict[str, object]]) -> Procedure:
    return Procedure.model_validate(
        {
            "key": "eigen",
            "title": TEXT,
            "occurrence": [
                {"key": "een", "title": TEXT, "per": "school", "opens": {"rule": "date", "day": "11-23"}}
            ],
            "stage": [
                {
                    "key": f"fase-{n}",
                    "title": {"nl": f"Fase {n}", "en": "Stage"},
                    "phase": "uitvoeren",
                    "task": list(found),
                }
                for n, found in enumerate(stages, 1)
            ],
        }
    )


def tasks(*stages: list[dict[str, object]], facts: Facts | None = None) -> dict[str, Item]:
    result = plan([procedure(*stages)], frame("midden"), people(0), facts or Facts(), Overrides())
    return {item.rule.key: item for item in result.items}


def after_(name: str, days: int) -> dict[str, object]:
    return {"rule": "offset", "after": name, "school_days": days}


def test_a_stage_ends_on_the_last_day_of_its_tasks() -> None:
    first = [task("vroeg", due=after(school_days=2)), task("laat", due=after(school_days=9))]

    found = tasks(first, [task("daarna", due=after_("stage.fase-1", 5), role="director")])

    last = found["laat"].dates.target_on
    assert last is not None
    assert found["daarna"].dates.target_on == frame("midden").calendar.add_school_days(last, 5)
    assert sentence(as_data(found["daarna"].dates.steps)).startswith(
        '5 schooldagen na de laatste dag van "Fase 1" (dinsdag 8 december)'
    )


def test_a_stage_with_required_work_without_a_day_has_no_end_yet() -> None:
    first = [task("vroeg", due=after(school_days=2)), task("ooit")]

    found = tasks(first, [task("daarna", due=after_("stage.fase-1", 5))])

    assert found["daarna"].dates.target_on is None
    assert 'Nog te plannen: "Fase 1" staat nog niet vast.' in sentence(as_data(found["daarna"].dates.steps))


def test_a_decision_counts_from_the_day_on_which_it_was_really_taken() -> None:
    stage = [task("besluit", due=after(school_days=2)), task("daarna", due=after_("decision.besluit", 5))]
    before = tasks(stage)

    found = tasks(stage, facts=Facts(closed_on={before["besluit"].id: date(2027, 1, 6)}))

    assert before["daarna"].dates.target_on is None
    assert '"besluit" staat nog niet vast' in sentence(as_data(before["daarna"].dates.steps))
    assert found["daarna"].dates.target_on == date(2027, 1, 13)


def test_a_decision_of_every_group_is_taken_when_the_last_of_them_took_it() -> None:
    stage = [
        task("besluit", due=after(school_days=2), role="teacher", repeat_over="group", year_groups=["6"]),
        task("daarna", due=after_("decision.besluit", 0), role="director"),
        task(
            "per-groep",
            due=after_("decision.besluit", 0),
            role="teacher",
            repeat_over="group",
            year_groups=["6"],
        ),
    ]
    result = plan([procedure(stage)], frame("midden"), people(0), Facts(), Overrides())
    decisions: dict[str, UUID] = {
        i.group.name: i.id for i in result.items if i.rule.key == "besluit" and i.group
    }

    def days(closed: dict[UUID, date]) -> dict[str, date | None]:
        again = plan([procedure(stage)], frame("midden"), people(0), Facts(closed_on=closed), Overrides())
        return {i.title: i.dates.target_on for i in again.items if i.rule.key != "besluit"}

    one = days({decisions["6A"]: date(2027, 1, 5)})
    both = days({decisions["6A"]: date(2027, 1, 5), decisions["6B"]: date(2027, 1, 11)})
    assert one["daarna"] is None
    assert one["per-groep – groep 6A"] == date(2027, 1, 5)
    assert one["per-groep – groep 6B"] is None
    assert both["daarna"] == date(2027, 1, 11)


def test_counting_back_from_a_window_counts_from_its_first_day() -> None:
    window = {"first": {"rule": "week", "number": 2}, "last": {"rule": "week", "number": 4}}
    back = {"rule": "offset", "before": "task.afname", "school_days": 5}

    found = tasks([task("afname", window=window), task("klaar", due=back, role="director")])

    assert found["klaar"].dates.target_on == date(2027, 1, 4)


@pytest.mark.parametrize("name", ["stage.fase-2", "decision.later", "stage.fase-1", "decision.bestaat-niet"])
def test_a_rule_counts_only_from_stages_and_decisions_before_it(name: str) -> None:
    with pytest.raises(ValidationError, match="nog niet vaststaat"):
        procedure([task("nu", due=after_(name, 1))], [task("later")])


def test_a_meeting_has_the_days_of_its_period_and_no_begin_of_its_own() -> None:
    within = {"first": {"rule": "week", "number": 10}, "last": {"rule": "week", "number": 11}}
    hour = MeetingFact(datetime(2027, 3, 10, 12, 0, tzinfo=UTC), datetime(2027, 3, 10, 12, 45, tzinfo=UTC))

    dates, _ = Situation(meeting={"minutes": 45, "within": within}).date(hour=hour)

    assert (dates.starts_on, dates.target_on) == (None, date(2027, 3, 10))
    assert dates.steps[0].text == "van maandag 8 maart tot en met vrijdag 19 maart"
