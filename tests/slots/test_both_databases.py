"""From ask to undo on both kinds of database."""

from datetime import date
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import col, select

from models import Case, Meeting, ProposalState, School
from models.database import reading, unit_of_work
from service.slots.approve import approve
from service.slots.ask import ask
from service.slots.asked import Asked
from service.slots.search import search
from service.slots.undo import undo
from tests.cast import YEAR, moment, read_cast
from tests.slots.conftest import SEO, real

NOW = moment("2026-11-02", 9)


def hours(engine: Engine, school: UUID) -> dict[UUID, object]:
    with reading(engine) as session:
        query = select(Meeting).join(Case, col(Case.id) == Meeting.case_id)
        found = session.exec(query.where(Case.occurrence == "seo", Meeting.school_id == school))
        return {m.task_id: m.starts_at for m in found}


def test_a_draft_is_made_approved_and_undone(opened: Engine) -> None:
    with unit_of_work(opened) as session:
        cast = read_cast(session, "99WH")
        actor, school = cast.actor("ineke", NOW), cast.school
        asked = Asked(rounds=(SEO,), not_before=date(2026, 11, 10), prefer="early")
        proposal = ask(session, school, YEAR, asked, actor_id=actor.person_id, at=NOW, beat=real())
    before = hours(opened, school.id)

    found = search(opened, proposal.id)
    with unit_of_work(opened) as session:
        done = approve(session, session.get_one(School, school.id), proposal.id, actor=actor, at=NOW)
    approved = hours(opened, school.id)
    with unit_of_work(opened) as session:
        gone, stays = undo(session, session.get_one(School, school.id), proposal.id, actor=actor, at=NOW)

    assert found
    assert found.state == ProposalState.DRAFT
    assert done.meetings == len({task for task in before if before[task] != approved[task]}) > 0
    assert (gone.state, stays, hours(opened, school.id)) == (ProposalState.DISCARDED, [], before)
