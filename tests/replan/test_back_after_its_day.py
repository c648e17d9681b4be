"""What comes back after its day is missed, and not late: nobody could have done it."""

from uuid import UUID

import pytest
from sqlmodel import select

from models import Case, Meeting, MeetingState, Task, TaskState
from service.replan import changes as c
from service.replan.doors import laws_left_out
from tests.cast import Cast, moment
from tests.replan.year import apply, undo

OFF = c.ProcedureOff(procedure="group-discussions")
ON = c.ProcedureOn(procedure="group-discussions")
LATER = moment("2027-06-07")


def late(cast: Cast) -> set[UUID]:
    mine = select(Task).join(Case).where(Case.procedure == "group-discussions")
    closed = (TaskState.COMPLETED, TaskState.SKIPPED, TaskState.MISSED, TaskState.CANCELLED)
    return {
        t.id
        for t in cast.session.exec(mine)
        if t.state not in closed and t.target_on and t.target_on < LATER.date()
    }


def gone_by(cast: Cast) -> list[Meeting]:
    query = select(Meeting).where(Meeting.state == MeetingState.CONFIRMED)
    return [m for m in cast.session.exec(query) if m.modified_at == LATER and m.ends_at < LATER]


@pytest.mark.parametrize("how", ["on", "undo"])
def test_a_procedure_that_comes_back_in_june_brings_no_late_work_and_no_meetings_of_the_past(
    cast: Cast, how: str
) -> None:
    done = apply(cast, OFF)
    running = late(cast)  # what had begun goes on

    if how == "on":
        apply(cast, ON, at=LATER)
    else:
        undo(cast, done, at=LATER)

    assert late(cast) - running == set()
    assert gone_by(cast) == []


def test_leaving_out_what_the_law_asks_names_the_law() -> None:
    laws = laws_left_out(c.ProcedureOff(procedure="exit-pupils"))

    assert laws
    assert laws_left_out(OFF) == []
