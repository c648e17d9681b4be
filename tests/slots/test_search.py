"""A search beside the work: a first guess, progress, a stop, a process that dies, several side by side."""

import os
import signal
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from calendars.slotting.assemble import Assembled, assemble
from calendars.slotting.board import greedy
from calendars.slotting.solver import Effort
from models import ProposalState, SlotProposal
from models.database import reading, unit_of_work
from service.access.scope import NotFoundError
from service.school.errors import SchoolError
from service.slots.asked import Asked
from service.slots.child import Child
from service.slots.draft import UNDATED, draft_of
from service.slots.look import SILENCE, find_proposal, state_of
from service.slots.read import question_of
from service.slots.search import begin, search, start_child
from service.slots.stop import discard, stop
from tests.slots.conftest import LABEL, NOW, SEO, House, real
from tests.slots.round_of_meetings import hundred


def row(house: House, proposal: SlotProposal) -> SlotProposal:
    with reading(house.engine) as session:
        return session.get_one(SlotProposal, proposal.id)


def test_a_first_guess_is_there_before_any_search(house: House) -> None:
    proposal = house.ask()

    assert proposal.state == ProposalState.WAITING
    assert proposal.result["by"] == "greedy"
    assert proposal.progress == {"placed": 10, "of": 10}


def test_a_round_is_proven_best_and_nobody_hears_of_it(house: House) -> None:
    before = house.meetings()

    done = house.found()

    assert done.state == ProposalState.DRAFT
    assert (done.result["by"], done.progress["proven"], done.progress["gap"]) == ("proven", True, 0)
    assert done.result["becomes"]["placed"] == 10
    assert house.meetings() == before
    assert house.post() == []


def test_a_search_that_is_stopped_keeps_what_it_has(house: House) -> None:
    proposal = house.ask(seconds=60)
    with unit_of_work(house.engine) as session:
        stop(session, proposal.id, actor=house.actor("dirk"))

    done = search(house.engine, proposal.id)

    assert done
    assert done.state == ProposalState.STOPPED
    assert done.result["items"] == proposal.result["items"]


def test_a_stop_reaches_a_process_that_is_under_way() -> None:
    child = Child(assemble(hundred(1)).puzzle, Effort(60.0, 1))
    began = time.monotonic()
    child.stop()

    said = [progress for progress in child.heard() if progress]
    child.close()

    assert time.monotonic() - began < 30
    assert [p.proven for p in said][-1:] in ([], [False])


def test_a_process_that_dies_is_a_failed_search(house: House) -> None:
    def killed(assembled: Assembled, effort: Effort) -> Child:
        child = start_child(assembled, effort)
        os.kill(child.pid, signal.SIGKILL)
        return child

    proposal = house.ask()

    done = search(house.engine, proposal.id, start=killed)

    assert done
    assert done.state == ProposalState.FAILED
    assert "De zoektocht is onverwacht gestopt" in done.progress["problem"]
    assert house.post() == []


def test_a_search_that_falls_silent_is_shown_as_failed(house: House) -> None:
    proposal = house.ask()

    assert state_of(proposal, real()) == ProposalState.WAITING
    assert state_of(proposal, real() + SILENCE + timedelta(seconds=2)) == ProposalState.FAILED


def test_the_process_knows_no_settings_and_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAARRITME_DATABASE_URL", "sqlite:////nowhere/at-all.db")
    child = Child(assemble(hundred(1)).puzzle, Effort(1.0, 1))

    with open(f"/proc/{child.pid}/environ", encoding="utf-8") as file:  # noqa: PTH123 -- of the kernel
        environment = file.read()
    child.close()

    assert "JAARRITME" not in environment


@pytest.mark.acceptance
def test_two_searches_go_on_side_by_side(house: House) -> None:
    asked = [house.ask(), house.ask(rounds=("group-discussions:didactisch-m",)), house.ask(keep=True)]

    threads = [begin(house.engine, proposal.id) for proposal in asked]
    for thread in threads:
        thread.join(120)

    assert {row(house, proposal).state for proposal in asked} == {ProposalState.DRAFT}


def test_what_was_laid_aside_is_not_searched(house: House) -> None:
    proposal = house.ask()
    with unit_of_work(house.engine) as session:
        discard(session, proposal.id, actor=house.actor("ineke"), at=NOW)

    assert search(house.engine, proposal.id) is None
    assert row(house, proposal).state == ProposalState.DISCARDED


def test_only_a_manager_of_the_school_finds_a_proposal(house: House) -> None:
    proposal = house.ask()

    with reading(house.engine) as session:
        for name, brin in (("laila", "99ZW"), ("amira", "99ZW"), ("koert", "99KM"), ("ineke", "99KM")):
            with pytest.raises(NotFoundError):
                find_proposal(session, house.actor(name, brin), proposal.id)
        assert find_proposal(session, house.actor("dirk"), proposal.id).id == proposal.id


def test_a_meeting_whose_days_are_not_known_yet_says_so(house: House) -> None:
    with reading(house.engine) as session:
        asked = Asked.model_validate({"rounds": (SEO,), "not_before": "2026-11-10"})
        question = question_of(session, house.school(session), LABEL, asked, NOW)
        question = replace(question, undated=tuple(question.seats.values())[:1])
        assembled = assemble(question.problem)

        draft = draft_of(question, assembled, greedy(assembled.puzzle), by="greedy")

    assert [each["why"] for each in draft["unplaced"]] == [UNDATED]


def test_nothing_to_seek_is_told(house: House) -> None:
    with pytest.raises(SchoolError, match="geen overleggen"):
        house.ask(rounds=("plan-reviews:groepsplan",))

    with reading(house.engine) as session:
        assert session.exec(select(SlotProposal)).all() == []
