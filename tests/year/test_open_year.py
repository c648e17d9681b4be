"""Opening a year: every item once, past work missed, newcomers added, schools apart."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, func, select

from models import (
    Attendee,
    Case,
    CaseEvent,
    CaseState,
    Group,
    Meeting,
    Placement,
    ProcedureVersion,
    Role,
    RunVia,
    Task,
    TaskState,
    Year,
)
from models.database import reading, unit_of_work
from service.cases.sweep import sweep
from service.procedures import RHYTHMS
from service.rhythm.run import run_timer
from service.year.open import Opened, open_year, preview_year
from tests.cast import OPENED, YEAR, Cast, kompas, moment, wilgenhof

WRITTEN = (Case, Task, Meeting, Attendee, CaseEvent, ProcedureVersion, Year)


def opened(cast: Cast, at: datetime = OPENED) -> Opened:
    return open_year(cast.session, cast.school, YEAR, actor_id=cast.id("ineke"), at=at)


def ids(session: Session, table: type[SQLModel]) -> set[object]:
    return set(session.exec(select(table.id)))  # type: ignore[attr-defined]


def count(session: Session, table: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def test_opening_twice_adds_nothing(session: Session) -> None:
    cast = wilgenhof(session)
    opened(cast)
    before = {table: ids(session, table) for table in WRITTEN}

    again = opened(cast, moment("2026-09-15"))

    assert (again.cases, again.items, again.meetings) == (0, 0, 0)
    assert {table: ids(session, table) for table in WRITTEN} == before


def test_a_dry_run_writes_nothing(session: Session) -> None:
    cast = wilgenhof(session)
    session.flush()

    plan = preview_year(session, cast.school, YEAR)

    assert len(plan.items) > 200
    assert not session.new
    assert not session.dirty
    assert [count(session, table) for table in WRITTEN] == [0] * len(WRITTEN)


def test_what_the_dry_run_shows_is_what_opening_writes(session: Session) -> None:
    cast = wilgenhof(session)
    plan = preview_year(session, cast.school, YEAR)

    opened(cast)

    rows = {t.id: (t.target_on, t.latest_on, t.owner_id, t.starts_on) for t in session.exec(select(Task))}
    items = {i.id: (i.dates.target_on, i.dates.latest_on, i.owner, i.dates.starts_on) for i in plan.items}
    assert rows == items
    hours = {m.task_id: (m.starts_at, m.ends_at) for m in session.exec(select(Meeting))}
    assert hours == {i.id: (i.meeting.starts_at, i.meeting.ends_at) for i in plan.items if i.meeting}


def test_every_task_explains_its_date(session: Session) -> None:
    cast = wilgenhof(session)

    opened(cast)

    assert all(task.derivation for task in session.exec(select(Task)))


def test_work_from_before_the_opening_is_missed_and_not_late(session: Session) -> None:
    cast = wilgenhof(session)

    opened(cast, moment("2027-01-13"))

    today = date(2027, 1, 13)
    tasks = list(session.exec(select(Task)))
    past = [t for t in tasks if (t.latest_on or t.target_on or today) < today]
    late = [t for t in tasks if t.state != TaskState.MISSED and t.target_on and t.target_on < today]
    assert len(past) > 50
    assert {t.state for t in past} == {TaskState.MISSED}
    assert [t.key for t in late if not t.latest_on] == []
    assert all(cast.history(t)[0].verb == "missed" for t in past[:5])


def test_a_round_that_was_over_before_the_opening_closes_as_missed(session: Session) -> None:
    cast = wilgenhof(session)
    opened(cast, moment("2027-01-13"))

    for procedure in RHYTHMS:
        sweep(session, procedure, moment("2027-01-13", 5))

    autumn = cast.case("tussen-1")
    assert (autumn.state, autumn.outcome) == (CaseState.COMPLETED, "gemist")
    assert cast.case("M").state == CaseState.ACTIVE


def test_what_is_half_way_goes_on_from_where_it_is(session: Session) -> None:
    cast = wilgenhof(session)
    opened(cast, moment("2027-01-13"))

    sweep(session, "test-calendar", moment("2027-01-13", 5))

    case = cast.case("M")
    afname = cast.task(case, "afname", "5")
    assert cast.task(case, "koppeling").state == TaskState.MISSED
    assert (case.stage, afname.state) == ("afnemen", TaskState.RESERVED)


def test_past_hours_get_no_meeting(session: Session) -> None:
    cast = wilgenhof(session)

    opened(cast, moment("2027-01-13"))

    starts = [m.starts_at for m in session.exec(select(Meeting))]
    assert starts
    assert min(starts) > moment("2027-01-13", 0)


def test_a_new_group_gets_its_items_in_the_night(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        cast = wilgenhof(session)
        opened(cast)
        cast.add_group("7")
        cast.add_person("Noor Nieuwkomer", [Role.TEACHER], groups="7")
        cast.add_pupil("1071", "Rikst Laatkomer", "7")

    run = run_timer("open-year", engine, moment("2026-11-10", 4, 45), RunVia.COMMAND)

    with reading(engine) as session:
        cast.session = session
        group = session.exec(select(Group).where(Group.name == "7")).one()
        tasks = list(session.exec(select(Task).where(Task.group_id == group.id)))
        assert run.counts["new_items"] >= len(tasks) > 30
        assert cast.case("start:g7").group_id == group.id
        assert cast.task(cast.case("start:g7"), "voorbereiding").state == TaskState.MISSED
        assert cast.task(cast.case("M"), "afname", "7").state == TaskState.PLANNED
        assert cast.meeting(cast.task(cast.case("didactisch-m:g7"), "bespreking")).starts_at > moment(
            "2027-01-29"
        )


def test_a_new_pupil_in_group_8_gets_a_move_to_secondary_school(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        cast = wilgenhof(session)
        opened(cast)
        before = count(session, Case)
        cast.add_pupil("1083", "Rikst Laatkomer", "8", since=date(2026, 11, 9))

    run = run_timer("open-year", engine, moment("2026-11-10", 4, 45), RunVia.COMMAND)

    with reading(engine) as session:
        cast.session = session
        assert (run.counts["new_cases"], count(session, Case)) == (1, before + 1)
        assert cast.case("leerling:1083").group_id == cast.groups["8"].id
        assert cast.task(cast.case("leerling:1083"), "definitief-advies").latest_on == date(2027, 3, 24)


def test_next_years_roster_read_in_june_takes_nobody_out_of_this_year(session: Session) -> None:
    cast = wilgenhof(session)
    before = preview_year(session, cast.school, YEAR)
    for place in session.exec(select(Placement)):
        place.valid_until = date(2027, 7, 31)
    session.flush()

    after = preview_year(session, cast.school, YEAR)

    assert [item.id for item in after.items] == [item.id for item in before.items]


def test_the_night_adds_nothing_when_nothing_came(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        opened(wilgenhof(session))

    run = run_timer("open-year", engine, moment("2026-11-10", 4, 45), RunVia.COMMAND)

    assert [run.counts[key] for key in ("new_cases", "new_items", "new_meetings")] == [0, 0, 0]


def test_a_year_that_nobody_opened_stays_shut(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        wilgenhof(session)

    run_timer("open-year", engine, moment("2026-11-10", 4, 45), RunVia.COMMAND)

    with reading(engine) as session:
        assert count(session, Case) == 0


def test_two_schools_never_mix(session: Session) -> None:
    here = wilgenhof(session)
    there = kompas(session, here.people["ineke"])
    first = opened(here)

    second = opened(there)

    for cast, found in ((here, first), (there, second)):
        staff = {person.id for person in cast.people.values()} | {None}
        mine = set(session.exec(select(Case.id).where(Case.school_id == cast.school.id)))
        tasks = list(session.exec(select(Task).where(Task.school_id == cast.school.id)))
        assert (len(mine), len(tasks)) == (found.cases, found.items)
        assert {t.case_id for t in tasks} <= mine
        assert {t.owner_id for t in tasks} <= staff
        assert {t.group_id for t in tasks} <= {g.id for g in cast.groups.values()} | {None}
        asked = select(Attendee.person_id).join(Meeting).where(Meeting.school_id == cast.school.id)
        assert set(session.exec(asked)) <= staff


@pytest.mark.parametrize("day", ["2026-08-01", "2026-12-25", "2027-07-31"])
def test_a_year_opens_on_any_day_of_it(session: Session, day: str) -> None:
    cast = wilgenhof(session)

    found = opened(cast, moment(day))

    assert found.cases == 23
