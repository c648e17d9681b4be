"""A message that waited tells of what is still to be done, in the words it would have had at once."""

from datetime import date
from uuid import UUID

import pytest
from sqlmodel import select

from models import Channel, LedgerEntry, LedgerOutcome, Message, MessageState, Task, TaskState
from service.cases.reschedule import reschedule_task
from service.reminders.ledger import OVERTAKEN
from service.reminders.recheck import objections
from service.reminders.rewrite import can_be_rewritten, rewrite
from tests.cast import Cast, moment
from tests.reminders.mornings import digests, ledger, morning, mornings, work

WEDNESDAY = "2026-11-25"
NOON = moment(WEDNESDAY, 12)


def words(message: Message) -> tuple[str, str, str | None]:
    return message.subject, message.body, message.html


def two_tasks(cast: Cast) -> tuple[Task, Task, Message]:
    """Let Hanneke's digest of two tasks wait; return both and the digest."""
    one, two = (work(cast, "hanneke", WEDNESDAY, title=title) for title in ("Een", "Twee"))
    morning(cast, WEDNESDAY)
    (digest,) = (message for message in digests(cast, "hanneke") if message.channel_id is None)
    assert "2 taken" in digest.subject
    return one, two, digest


def with_a_phone(cast: Cast) -> tuple[Task, Message, Message]:
    """Let the same digest wait for her phone as well; return the first task and both messages."""
    hanneke = cast.id("hanneke")
    phone = Channel(school_id=cast.school.id, person_id=hanneke, name="telefoon", secret_url="x", active=True)
    cast.session.add(phone)
    cast.session.flush()
    one, _, digest = two_tasks(cast)
    return one, digest, cast.session.exec(select(Message).where(Message.copy_of == digest.id)).one()


def kept(cast: Cast) -> set[tuple[UUID, LedgerOutcome, str | None]]:
    """Return what the ledger says of Hanneke's tasks, but for the steps that were overtaken."""
    lines = ledger(cast, "hanneke")
    return {(line.task_id, line.outcome, line.reason) for line in lines if line.reason != OVERTAKEN}


def finish(task: Task) -> None:
    task.state = TaskState.COMPLETED


@pytest.mark.parametrize("why", ["al afgerond", "intussen verzet", "van iemand anders"])
def test_a_line_that_is_no_longer_so_is_left_out_and_the_ledger_says_why(cast: Cast, why: str) -> None:
    gone, still, digest = two_tasks(cast)
    if why == "al afgerond":
        finish(gone)
    elif why == "intussen verzet":
        gone.due_version += 1
    else:
        gone.owner_id = cast.id("joris")
    cast.session.flush()

    assert objections(cast.session, [digest], NOON) == {}

    assert "1 taak" in digest.subject
    assert all("Twee" in text and "Een (" not in text for text in (digest.body, digest.html or ""))
    assert kept(cast) == {
        (gone.id, LedgerOutcome.NOT_TOLD, why),
        (still.id, LedgerOutcome.TOLD, None),
    }


def test_every_digest_of_a_month_is_written_anew_in_the_same_words(cast: Cast) -> None:
    for owner, due in (("hanneke", "2026-11-25"), ("joris", "2026-11-18"), (None, "2026-11-20")):
        work(cast, owner, due)
    mornings(cast, "2026-11-09", "2026-12-11")
    told = cast.session.exec(select(LedgerEntry)).all()
    seen = set()

    for digest in cast.post("digest"):
        before, lines = words(digest), [entry for entry in told if entry.message_id == digest.id]
        if can_be_rewritten(lines):
            seen |= {entry.rung for entry in lines}
            rewrite(cast.session, digest)
            assert words(digest) == before

    assert len(seen) >= 4


def test_what_another_way_left_out_this_one_leaves_out_too(cast: Cast) -> None:
    gone, digest, copy = with_a_phone(cast)
    finish(gone)
    cast.session.flush()

    for one in (digest, copy):
        assert objections(cast.session, [one], NOON) == {}

    assert (copy.subject, copy.body) == (digest.subject, digest.body)
    assert "1 taak" in copy.subject
    assert copy.html is None


def test_what_left_by_one_way_stays_told_though_the_other_leaves_it_out(cast: Cast) -> None:
    gone, digest, copy = with_a_phone(cast)
    copy.state = MessageState.SENT
    finish(gone)
    cast.session.flush()

    assert objections(cast.session, [digest], NOON) == {}

    assert "1 taak" in digest.subject
    assert {outcome for _, outcome, _ in kept(cast)} == {LedgerOutcome.TOLD}


def test_what_may_have_arrived_goes_a_second_time_in_the_same_words(cast: Cast) -> None:
    gone, _, digest = two_tasks(cast)
    before, digest.uncertain = words(digest), True
    finish(gone)
    cast.session.flush()

    assert objections(cast.session, [digest], NOON) == {}

    assert words(digest) == before


def test_what_tells_of_a_change_goes_as_it_was_written(cast: Cast) -> None:
    moved, gone = work(cast, "hanneke", "2026-11-24"), work(cast, "hanneke", WEDNESDAY, title="Een")
    morning(cast, "2026-11-24")
    actor = cast.actor("ineke", moment("2026-11-24", 18))
    to = date(2026, 12, 9)
    reschedule_task(cast.session, moved.id, actor=actor, at=moment("2026-11-24", 18), to=to, reason="ziek")
    morning(cast, WEDNESDAY)
    digest = digests(cast, "hanneke")[-1]
    finish(gone)
    cast.session.flush()
    before = words(digest)
    assert "verzet van" in digest.body

    assert objections(cast.session, [digest], NOON) == {}

    assert words(digest) == before
