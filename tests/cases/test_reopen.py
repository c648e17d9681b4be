"""Undo: a task opens again, a case runs again, and a case is withdrawn for good."""

import pytest

from models import CaseState, TaskState
from service.cases.cancel import cancel_case
from service.cases.errors import (
    CaseError,
    NotYoursError,
    ReasonNeededError,
)
from service.cases.reopen import reopen_task
from tests.cases.walk import Walk, discussing, meeting_day, referred
from tests.cast import Cast


def test_reopening_keeps_who_why_and_what_it_was(cast: Cast) -> None:
    walk = discussing(cast)
    walk.do("doel", note="klaar")
    task = walk.one("doel")

    reopen_task(cast.session, task.id, actor=cast.actor("dirk"), at=walk.at, reason="nog niet af")

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id, event.reason) == ("reopened", cast.id("dirk"), "nog niet af")
    assert event.data == {"old": "completed"}
    assert (task.state, task.outcome, task.note, task.closed_at) == (TaskState.RESERVED, None, None, None)


def test_reopening_closes_the_gate_that_completing_opened(cast: Cast) -> None:
    walk = meeting_day(cast)
    walk.do("bespreking")
    assert walk.begun("verslag", "acties")

    reopen_task(
        cast.session, walk.one("bespreking").id, actor=cast.actor("ineke"), at=walk.at, reason="te vroeg"
    )

    assert walk.waits("verslag", "acties")
    assert walk.case.stage == "bespreken"


def test_reopening_leaves_work_alone_that_was_done_since(cast: Cast) -> None:
    walk = meeting_day(cast)
    walk.do("bespreking", "verslag")

    reopen_task(
        cast.session, walk.one("bespreking").id, actor=cast.actor("ineke"), at=walk.at, reason="deel twee"
    )

    assert walk.done("verslag")
    assert walk.begun("acties")


def test_reopening_the_last_task_brings_the_case_back(cast: Cast) -> None:
    walk = Walk.opened(cast, "arrangement", "external-referrals")
    walk.do("hulpvraag")
    before = {task.key: task.state for task in walk.tasks()}
    walk.do("dossiercheck", outcome="eerst-een-plan", note="nog geen plan")
    assert walk.case.state == CaseState.COMPLETED

    reopen_task(
        cast.session, walk.one("dossiercheck").id, actor=cast.actor("ineke"), at=walk.at, reason="vergissing"
    )

    assert (walk.case.state, walk.case.outcome, walk.case.closed_at) == (CaseState.ACTIVE, None, None)
    assert {task.key: task.state for task in walk.tasks()} == before
    assert "reopened" in {event.verb for event in cast.history(walk.case) if event.task_id is None}


def test_an_optional_task_that_is_reopened_holds_its_case_open(cast: Cast) -> None:
    walk = meeting_day(cast)
    walk.do("doel", "voorbereiding", "agenda", "bespreking", "verslag", "acties", "groepsplan", "ouders")
    walk.do("leerlingbespreking")
    walk.do("controle", outcome="afgerond")

    reopen_task(
        cast.session, walk.one("leerlingbespreking").id, actor=cast.actor("ineke"), at=walk.at, reason="toch"
    )
    walk.on("2027-06-01")

    assert (walk.case.state, walk.one("leerlingbespreking").state) == (CaseState.ACTIVE, TaskState.RESERVED)
    walk.do("leerlingbespreking")
    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "afgerond")


def test_reopening_wants_a_reason_and_a_closed_task(cast: Cast) -> None:
    walk = discussing(cast)
    ineke = cast.actor("ineke")

    with pytest.raises(CaseError):
        reopen_task(cast.session, walk.one("doel").id, actor=ineke, at=walk.at, reason="x")
    walk.do("doel")
    with pytest.raises(ReasonNeededError):
        reopen_task(cast.session, walk.one("doel").id, actor=ineke, at=walk.at, reason=" ")


def test_withdrawing_a_case_withdraws_its_open_work(cast: Cast) -> None:
    walk = referred(cast)

    cancel_case(cast.session, walk.case.id, actor=cast.actor("ineke"), at=walk.at, reason="verhuisd")

    assert (walk.case.state, walk.case.outcome) == (CaseState.CANCELLED, "ingetrokken")
    assert walk.states() == {TaskState.COMPLETED, TaskState.CANCELLED}
    last = cast.history(walk.case)[-1]
    assert (last.actor_id, last.reason) == (cast.id("ineke"), "verhuisd")


def test_a_withdrawn_case_takes_no_more_work(cast: Cast) -> None:
    walk = referred(cast)
    ineke = cast.actor("ineke")
    cancel_case(cast.session, walk.case.id, actor=ineke, at=walk.at, reason="verhuisd")

    with pytest.raises(CaseError):
        reopen_task(cast.session, walk.one("hulpvraag").id, actor=ineke, at=walk.at, reason="toch")
    with pytest.raises(CaseError):
        cancel_case(cast.session, walk.case.id, actor=ineke, at=walk.at, reason="nog eens")


def test_a_teacher_withdraws_no_case(cast: Cast) -> None:
    walk = referred(cast)

    with pytest.raises(NotYoursError):
        cancel_case(cast.session, walk.case.id, actor=cast.actor("laila"), at=walk.at, reason="x")
