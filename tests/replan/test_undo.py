from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from models import Closure, LayerRule, Presence, Teaching, Year
from service.cases.complete import complete_task
from service.cases.reschedule import reschedule_task
from service.meetings.move import move_meeting
from service.replan.changes import Change, ClosureAdded, PresenceSet, ProcedureOff, TeacherSet
from service.replan.undo import AlreadyUndoneError, ChangedSinceError
from service.school.closures import Wanted, change_closure
from service.school.errors import SchoolError
from tests.cast import Cast, moment
from tests.replan.year import FREE, NOW, apply, night, rows, standing, undo

BUSY = ClosureAdded(name="Studiedag", first_day=date(2027, 2, 10), last_day=date(2027, 2, 10))


def changes(cast: Cast) -> dict[str, Change]:
    teachers = {"group_id": cast.groups["5"].id, "instead_of": cast.id("joris")}
    return {
        "a free day": BUSY,
        "a free week": ClosureAdded(name="Ijsvrij", first_day=date(2027, 3, 8), last_day=date(2027, 3, 12)),
        "other days": PresenceSet(
            person_id=cast.id("ineke"), halves=("3-am", "3-pm"), first_day=date(2027, 2, 1)
        ),
        "another teacher": TeacherSet(
            **teachers, person_id=cast.id("bram"), first_day=date(2027, 2, 1), last_day=date(2027, 4, 30)
        ),
        "no teacher": TeacherSet(**teachers, first_day=date(2027, 2, 1)),
        "a procedure off": ProcedureOff(procedure="group-discussions"),
    }


def behind(cast: Cast) -> list[list[str]]:
    """Return the rows behind the plan."""
    tables = (Closure, Presence, Teaching, LayerRule, Year)
    return [sorted(repr(row.model_dump()) for row in cast.session.exec(select(table))) for table in tables]


SLOW = ("a free day", "other days", "another teacher", "no teacher")


@pytest.mark.parametrize(
    "name",
    ["a free week", "a procedure off", *(pytest.param(n, marks=pytest.mark.acceptance) for n in SLOW)],
)
def test_undoing_brings_back_every_day_hour_and_owner_and_the_change_itself(cast: Cast, name: str) -> None:
    night(cast)
    before, settings_before = standing(cast.session, cast.school.id), behind(cast)
    replan = apply(cast, changes(cast)[name])
    assert standing(cast.session, cast.school.id) != before

    undone = undo(cast, replan)

    assert undone.stays == ()
    assert standing(cast.session, cast.school.id) == before
    assert behind(cast) == settings_before
    assert night(cast) == {"redated": 0, "told": 0, "entered": 0}


def test_undoing_is_done_once(cast: Cast) -> None:
    night(cast)
    replan = apply(cast, FREE)
    undo(cast, replan)
    before = rows(cast.session)

    with pytest.raises(AlreadyUndoneError):
        undo(cast, replan)

    assert rows(cast.session) == before


def test_who_undid_it_stands_in_the_history_with_old_and_new(cast: Cast) -> None:
    night(cast)
    task = cast.task(cast.case("didactisch-m:g5"), "verslag")
    replan = apply(cast, BUSY)

    undo(cast, replan, moment("2027-01-12"))

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id) == ("redated", cast.id("dirk"))
    assert event.reason == "teruggedraaid: Studiedag: vrij op 10 februari 2027"
    assert event.data == {"old": "2027-03-02", "new": "2027-02-16"}
    assert (replan.undone_by, replan.undone_at) == (cast.id("dirk"), moment("2027-01-12"))


def test_a_meeting_goes_back_as_a_newer_version_and_everyone_gets_one_letter(cast: Cast) -> None:
    night(cast)
    meeting = cast.meeting(cast.task(cast.case("didactisch-m:g5"), "bespreking"))
    hour, sequence = meeting.starts_at, meeting.sequence
    replan = apply(cast, BUSY)
    letters = len(cast.post("notice", "joris"))

    undo(cast, replan, moment("2027-01-12"))

    assert (meeting.starts_at, meeting.sequence) == (hour, sequence + 2)
    assert letters == 1
    assert len(cast.post("notice", "joris")) == 2
    assert "Dit is teruggedraaid: Studiedag" in cast.post("notice", "joris")[-1].body


def test_what_people_touched_since_stays_and_is_listed(cast: Cast) -> None:
    night(cast)
    ineke, at = cast.actor("ineke", NOW), moment("2027-01-12")
    days = ClosureAdded(name="Ijsvrij", first_day=date(2027, 2, 5), last_day=date(2027, 2, 10))
    replan = apply(cast, days)
    discussion, round_ = cast.case("didactisch-m:g5"), cast.case("M", "test-calendar")
    pinned, done = cast.task(discussion, "verslag"), cast.task(round_, "invoeren", "8")
    reschedule_task(cast.session, pinned.id, actor=ineke, at=at, to=date(2027, 3, 3), reason="dan kan ik")
    complete_task(cast.session, done.id, actor=ineke, at=at)
    meeting = cast.meeting(cast.task(cast.case("didactisch-m:g8"), "bespreking"))
    hour = moment("2027-03-02", 14)
    move_meeting(cast.session, meeting.id, actor=ineke, at=at, starts_at=hour, reason="dan past het")

    undone = undo(cast, replan, moment("2027-01-13"))

    assert (pinned.target_on, done.closed_at, meeting.starts_at) == (date(2027, 3, 3), at, hour)
    told = "\n".join(undone.stays)
    assert (
        "Leg het verslag vast (Groepsbespreking: Bespreking na de middentoetsen – groep 5): is intussen met"
        in told
    )
    assert "Voer de resultaten in – groep 8 (Toetskalender: Middentoetsen): is intussen gesloten" in told
    assert "Groepsbespreking: Bespreking na de middentoetsen – groep 8: is intussen verzet" in told
    assert cast.meeting(cast.task(discussion, "bespreking")).starts_at == moment("2027-02-10", 8, 45)


def test_an_hour_that_has_gone_by_does_not_come_back(cast: Cast) -> None:
    night(cast)
    replan = apply(cast, BUSY)
    meeting = cast.meeting(cast.task(cast.case("didactisch-m:g5"), "bespreking"))

    undone = undo(cast, replan, moment("2027-02-15"))

    assert meeting.starts_at == moment("2027-02-16", 13)
    assert any("kan niet terug naar woensdag 10 februari 08:45" in text for text in undone.stays)


def test_a_change_that_was_changed_again_is_not_undone(cast: Cast) -> None:
    night(cast)
    replan = apply(cast, FREE)
    [closure] = cast.session.exec(select(Closure).where(Closure.school_id == cast.school.id)).all()
    wanted = Wanted(name="Studiedag", first_day=date(2027, 3, 25), last_day=date(2027, 3, 25))
    change_closure(cast.session, cast.school.id, closure.id, wanted, actor_id=None, at=NOW)
    before = rows(cast.session)

    with pytest.raises(ChangedSinceError):
        undo(cast, replan)

    assert rows(cast.session) == before


def test_a_re_plan_of_another_school_does_not_exist(cast: Cast) -> None:
    night(cast)
    replan = apply(cast, FREE)
    cast.school, ours = type(cast.school)(**{**cast.school.model_dump(), "id": cast.id("ineke")}), cast.school

    with pytest.raises(SchoolError, match="hoort niet bij deze school"):
        undo(cast, replan)

    assert (ours.id, replan.undone_at) == (replan.school_id, None)


@pytest.mark.acceptance
def test_an_earlier_one_can_be_undone_while_a_later_one_stands(cast: Cast) -> None:
    night(cast)
    with cast.session.begin_nested() as trial:
        apply(cast, BUSY)
        only_later = standing(cast.session, cast.school.id)
        trial.rollback()
    cast.session.expire_all()
    first = apply(cast, ClosureAdded(name="Ijsvrij", first_day=date(2027, 3, 16), last_day=date(2027, 3, 16)))
    apply(cast, BUSY)

    undone = undo(cast, first)

    assert undone.stays == ()
    assert standing(cast.session, cast.school.id) == only_later


@pytest.mark.acceptance
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.dates(date(2027, 1, 12), date(2027, 6, 30)), length=st.integers(0, 9))
def test_whatever_days_are_free_undoing_them_is_as_if_nothing_was(
    light: Cast, first: date, length: int
) -> None:
    with light.session.begin_nested() as trial:
        night(light)
        before = standing(light.session, light.school.id)
        days = ClosureAdded(name="Vrij", first_day=first, last_day=first + timedelta(days=length))
        replan = apply(light, days)
        moved = night(light)

        undo(light, replan)

        assert moved == {"redated": 0, "told": 0, "entered": 0}
        assert standing(light.session, light.school.id) == before
        trial.rollback()
    light.session.expire_all()
