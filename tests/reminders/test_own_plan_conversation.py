"""A conversation about an item of the school's own plan outlives a change of that plan."""

import pytest
from sqlmodel import select

from calendars.yearplan.schoolplan import OWN
from models import Case, OwnItem, Task, TaskState
from service.cases.conversation import conversation_id, is_conversation
from service.cases.sweep import sweep
from service.replan.changes import OwnPlanTakenOver
from tests.cast import Cast, moment
from tests.reminders.mornings import mornings
from tests.replan.year import apply

ITEM = {"key": "gesprek-ouders", "title": "Spreek de ouders", "owner": ["directie"], "when": "01-19"}
OTHER = {"key": "musical", "title": "Oefen de musical", "owner": ["ib"], "when": "06-15"}


def says(cast: Cast, *definitions: dict[str, object]) -> None:
    for row in cast.session.exec(select(OwnItem).where(OwnItem.school_id == cast.school.id)):
        row.active = False
        cast.session.delete(row)
    cast.session.flush()
    for n, said in enumerate(definitions):
        key = str(said["key"])
        cast.session.add(
            OwnItem(
                school_id=cast.school.id,
                key=key,
                position=n,
                definition=said,
                changed_at=moment("2026-11-20"),
            )
        )
    cast.session.flush()


@pytest.mark.parametrize("left_out", [pytest.param(False, marks=pytest.mark.acceptance), True])
def test_a_conversation_stays_when_the_own_plan_changes(light: Cast, left_out: bool) -> None:
    says(light, ITEM)
    apply(light, OwnPlanTakenOver())
    sweep(light.session, OWN, moment("2027-01-19", 5), light.school.id)
    (case,) = light.cases(OWN)
    task = next(t for t in light.tasks(case) if t.title == "Spreek de ouders")
    mornings(light, "2027-01-19", "2027-02-02")
    talk = light.session.get(Task, conversation_id(task.id))
    assert talk
    assert (is_conversation(task), is_conversation(talk)) == (False, True)

    says(light, OTHER) if left_out else says(light, ITEM, OTHER)
    apply(light, OwnPlanTakenOver())
    sweep(light.session, OWN, moment("2027-02-03", 5), light.school.id)

    assert talk.state in {TaskState.RESERVED, TaskState.READY}
    assert light.session.get_one(Case, case.id).state == "active"
