from datetime import date

import pytest
from sqlmodel import Session, col, select

from calendars.yearplan.schoolplan import OWN
from models import Case, CaseState, OwnItem, Replan, Task, TaskState, Year
from service.cases.sweep import sweep
from service.replan.changes import ChangeError, OwnPlanTakenOver, ProcedureOff, ProcedureOn, read_change
from service.replan.undo import AlreadyUndoneError, ChangedSinceError
from service.year.open import extend_year, open_year
from service.year.own import own_plan_waits
from tests.cast import YEAR, Cast
from tests.replan.year import NOW, apply, night, of, preview, rows, standing, undo

TAKEN = OwnPlanTakenOver()
REPORT = {"key": "rapport", "title": "Schrijf de rapporten", "owner": ["leerkracht"], "when": "02-02"}
TALK = {"key": "gesprek", "title": "Spreek de ouders", "owner": ["ib"], "when": "03-16"}
PLAY = {"key": "musical", "title": "Oefen de musical", "owner": ["ib"], "when": "06-15"}
PAST = {"key": "start", "title": "Versier de school", "owner": ["ib"], "when": "09-08"}


def says(cast: Cast, *definitions: dict[str, object]) -> None:
    """Let the school's own plan hold these items, and no other."""
    kept = cast.session.exec(select(OwnItem).where(OwnItem.school_id == cast.school.id))
    have = {row.key: row for row in kept}
    for row in have.values():
        row.active = False
    for n, said in enumerate(definitions):
        key = str(said["key"])
        row = have.get(key) or OwnItem(
            school_id=cast.school.id, key=key, position=n, definition=said, changed_at=NOW
        )
        row.definition, row.active = said, True
        cast.session.add(row)
    cast.session.flush()


def taken(cast: Cast, *definitions: dict[str, object]) -> Replan:
    says(cast, *definitions)
    return apply(cast, TAKEN)


def tonight(cast: Cast) -> tuple[int, int, int]:
    """Let the night go by; return what it added, dates that moved, and stages that began."""
    opened = extend_year(cast.session, cast.school, YEAR, at=NOW)
    night(cast)
    swept = sweep(cast.session, OWN, NOW, cast.school.id)
    return opened.cases + opened.items + opened.meetings, swept["redated"], swept["entered"]


def own(session: Session) -> dict[str, tuple[str, str, date | None, str]]:
    """Return the own work by key and group: its state, title, day and role."""
    session.flush()
    query = select(Task).join(Case, col(Case.id) == Task.case_id).where(Case.procedure == OWN)
    return {
        f"{t.key} {t.group_id or ''}".strip(): (t.state.value, t.title, t.target_on, t.role)
        for t in session.exec(query)
    }


def states(cast: Cast) -> dict[str, str]:
    return {key.partition(" ")[0]: state for key, (state, *_) in own(cast.session).items()}


def waits(cast: Cast) -> bool:
    return own_plan_waits(cast.session, cast.school, YEAR)


def test_a_preview_shows_what_comes_goes_and_moves_and_writes_nothing(cast: Cast) -> None:
    taken(cast, REPORT, TALK)
    says(cast, PLAY, {**TALK, "when": "03-23"})
    before = rows(cast.session)

    seen = preview(cast, TAKEN).outcome

    assert {s.what for s in of(seen.shifts, "Schrijf de rapporten")} == {"gone"}
    assert [s.what for s in of(seen.shifts, "Oefen de musical")] == ["new"]
    [talk] = of(seen.shifts, "Spreek de ouders")
    assert (talk.old.target, talk.new.target) == (date(2027, 3, 16), date(2027, 3, 23))
    assert {s.procedure for s in seen.shifts} == {OWN}
    assert rows(cast.session) == before


def test_applying_comes_to_what_opening_the_year_would(cast: Cast) -> None:
    taken(cast, REPORT, TALK)
    says(cast, PLAY, {**TALK, "title": "Spreek alle ouders", "when": "03-23", "owner": ["directie"]})
    trial = cast.session.begin_nested()
    open_year(cast.session, cast.school, YEAR, actor_id=cast.id("ineke"), at=NOW)
    sweep(cast.session, OWN, NOW, cast.school.id)
    by_opening = own(cast.session)
    trial.rollback()
    cast.session.expire_all()

    apply(cast, TAKEN)

    assert own(cast.session) == by_opening
    assert own(cast.session)["gesprek"][1:] == ("Spreek alle ouders", date(2027, 3, 23), "director")


def test_the_night_before_adds_nothing_and_the_night_after_moves_nothing(cast: Cast) -> None:
    says(cast, REPORT, TALK)

    before = tonight(cast)
    waited = waits(cast)
    apply(cast, TAKEN)
    after = tonight(cast)

    assert (before, waited, after, waits(cast)) == ((0, 0, 0), True, (0, 0, 0), False)
    assert set(states(cast)) == {"rapport", "gesprek"}


def test_while_a_change_waits_the_night_keeps_the_running_plan_going(cast: Cast) -> None:
    taken(cast, TALK)
    says(cast, {**TALK, "when": "03-23"}, PLAY)
    was = own(cast.session)

    tonight(cast)

    assert own(cast.session) == was
    assert waits(cast)


@pytest.mark.parametrize(
    "then",
    [(TALK, PLAY), (PLAY,), ({**TALK, "when": "03-23", "title": "Bel de ouders"}, REPORT), ()],
    ids=["added", "instead", "edited", "emptied"],
)
def test_undoing_brings_back_the_version_the_days_and_the_states(
    cast: Cast, then: tuple[dict[str, object], ...]
) -> None:
    taken(cast, REPORT, TALK)
    night(cast)
    before, version = standing(cast.session, cast.school.id), _case(cast).version_id
    words = own(cast.session)
    replan = taken(cast, *then)
    moved = standing(cast.session, cast.school.id) != before

    undone = undo(cast, replan)

    assert (moved, undone.stays) == (True, ())
    assert standing(cast.session, cast.school.id) == before
    assert _case(cast).version_id == version
    assert words.items() <= own(cast.session).items()
    assert waits(cast)
    assert tonight(cast) == (0, 0, 0)


def _case(cast: Cast) -> Case:
    return cast.session.exec(select(Case).where(Case.procedure == OWN)).one()


def test_undoing_the_first_taking_over_withdraws_it_and_it_can_be_done_again(cast: Cast) -> None:
    before = standing(cast.session, cast.school.id)
    replan = taken(cast, PAST, REPORT, TALK)
    applied, there = own(cast.session), standing(cast.session, cast.school.id)

    undone = undo(cast, replan)
    back = standing(cast.session, cast.school.id)
    gone = set(states(cast).values())
    apply(cast, TAKEN)

    assert (undone.stays, back, gone) == ((), before, {"cancelled"})
    assert (own(cast.session), standing(cast.session, cast.school.id)) == (applied, there)


@pytest.mark.acceptance
def test_undoing_what_was_added_can_be_done_again_too(cast: Cast) -> None:
    taken(cast, TALK)
    replan = taken(cast, TALK, PLAY)
    applied = own(cast.session)
    undo(cast, replan)

    apply(cast, TAKEN)

    assert own(cast.session) == applied


@pytest.mark.acceptance
def test_undoing_is_done_once_and_not_past_a_later_taking_over(cast: Cast) -> None:
    first = taken(cast, TALK)
    second = taken(cast, TALK, PLAY)
    third = taken(cast, PLAY)

    with pytest.raises(ChangedSinceError):
        undo(cast, second)
    undo(cast, third)
    before = rows(cast.session)
    with pytest.raises(AlreadyUndoneError):
        undo(cast, third)

    assert rows(cast.session) == before
    undo(cast, second)
    undo(cast, first)
    assert set(states(cast).values()) == {"cancelled"}


def test_what_somebody_is_busy_with_goes_on_when_its_item_goes(cast: Cast) -> None:
    taken(cast, TALK, PLAY)
    talk = cast.session.exec(select(Task).where(Task.key == "gesprek")).one()
    talk.state = TaskState.IN_PROGRESS

    taken(cast)

    assert states(cast) == {"gesprek": "in_progress", "musical": "cancelled"}
    assert _case(cast).state == CaseState.ACTIVE


@pytest.mark.acceptance
def test_an_emptied_plan_that_is_filled_again_takes_its_work_back(cast: Cast) -> None:
    taken(cast, TALK)
    was = own(cast.session)
    taken(cast)
    emptied = (states(cast), waits(cast))
    says(cast, TALK)
    waited = waits(cast)

    apply(cast, TAKEN)

    assert (emptied, waited) == (({"gesprek": "cancelled"}, False), True)
    assert own(cast.session) == was


def test_what_was_past_when_it_came_is_missed_and_nobody_hears_of_it(cast: Cast) -> None:
    says(cast, PAST)

    seen = preview(cast, TAKEN)
    apply(cast, TAKEN)

    assert (seen.outcome.shifts, seen.hearings) == ((), ())
    assert states(cast) == {"start": TaskState.MISSED}


@pytest.mark.acceptance
def test_an_own_plan_is_left_out_and_taken_up_again(cast: Cast) -> None:
    taken(cast, TALK)
    _case(cast).state = CaseState.PLANNED
    was = own(cast.session)

    apply(cast, ProcedureOff(procedure=OWN))
    without = select(Year.without).where(Year.school_id == cast.school.id)
    out = (cast.session.exec(without).one(), states(cast), waits(cast))
    with pytest.raises(ChangeError, match="doet dit jaar niet mee"):
        apply(cast, TAKEN)
    apply(cast, ProcedureOn(procedure=OWN))

    assert out == ([OWN], {"gesprek": "cancelled"}, False)
    assert own(cast.session) == was | {"gesprek": ("reserved", *was["gesprek"][1:])}


def test_a_year_that_is_not_open_waits_for_nothing(cast: Cast) -> None:
    says(cast, TALK)

    assert not own_plan_waits(cast.session, cast.school, "2027-2028")


def test_the_change_is_part_of_the_closed_list() -> None:
    assert read_change('{"kind": "own_plan_taken_over"}') == TAKEN
