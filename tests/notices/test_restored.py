import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from models import Attendee, Installation, Meeting, MessageState
from models.database import reading, unit_of_work
from service.meetings.tell import tell
from service.notices import outbox
from service.notices.delivery import Delivered, deliver
from service.notices.journal import Journal
from service.notices.restored import KNOWN, PAUSED, Choice, NotPausedError, Released, paused_since, release
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World

DAY = timedelta(days=1)
Run = Callable[[datetime], Delivered]


@pytest.fixture
def run(engine: Engine, office: Office, tmp_path: Path) -> Run:
    """Deliver once, with the journal of this installation."""
    return lambda at: deliver(engine, at, office(), journal=Journal(tmp_path))


def test_a_copy_of_day_100_put_back_on_day_300_resends_nothing(
    world: World, engine: Engine, sink: Sink, run: Run, tmp_path: Path
) -> None:
    for day in range(0, 300, 50):
        world.post(f"early{day}", at=AT + day * DAY, expires_at=AT + 900 * DAY)
        if day == 100:
            copy = kept(engine)
        run(AT + day * DAY)
    before = set(sink.message_ids)
    put_back(engine, copy)
    now = AT + 300 * DAY
    for day in range(0, 350, 50):  # what is planned again from the old state carries the same keys
        repost(world, f"early{day}", now)

    paused = run(now)
    let_go(engine, tmp_path, Choice.SEND, now)
    after = run(now + timedelta(minutes=1))

    assert (paused.sent, paused.problem) == (0, PAUSED)
    assert len(before) == 6
    again = [identity for identity in sink.message_ids[6:] if identity in before]
    assert again == []
    assert after.sent == len(sink.message_ids) - 6 == 1  # only what was never sent: day 300


def test_after_the_decision_a_message_planned_again_still_does_not_go_twice(
    world: World, engine: Engine, sink: Sink, run: Run, tmp_path: Path
) -> None:
    copy = busy_then_old(world, engine, run)
    put_back(engine, copy)
    run(AT + 2 * DAY)
    let_go(engine, tmp_path, Choice.SEND, AT + 2 * DAY)
    repost(world, "later", AT + 3 * DAY)

    done = run(AT + 3 * DAY)

    assert (done.sent, done.known) == (0, 1)
    assert world.told("later") == ("sent", KNOWN)
    assert len(sink.message_ids) == len(set(sink.message_ids))


def test_skip_lays_aside_everything_that_was_due(
    world: World, engine: Engine, run: Run, tmp_path: Path
) -> None:
    put_back(engine, busy_then_old(world, engine, run))
    world.post("overdue", at=AT + DAY, expires_at=AT + 9 * DAY)
    world.post("to come", at=AT + DAY, due_at=AT + 5 * DAY, expires_at=AT + 9 * DAY)
    run(AT + 2 * DAY)

    done = let_go(engine, tmp_path, Choice.SKIP, AT + 2 * DAY)
    runs = [run(AT + days * DAY).sent for days in (2, 5)]

    assert (done.skipped, runs) == (1, [0, 1])
    assert world.told("overdue")[0] == "suppressed"


def test_what_still_makes_sense_is_one_overview_a_person_and_nothing_expired(
    world: World, engine: Engine, sink: Sink, run: Run, tmp_path: Path
) -> None:
    put_back(engine, busy_then_old(world, engine, run))
    at = AT + 4 * DAY
    for day in range(4):
        world.post(f"digest{day}", at=AT + day * DAY, expires_at=AT + 9 * DAY)
    world.post("old", kind="notice", at=AT, expires_at=AT + DAY)
    world.post("notice", kind="notice", at=AT, expires_at=AT + 9 * DAY)
    run(at)
    already = len(sink.accepted)

    done = let_go(engine, tmp_path, Choice.SEND, at)
    run(at)

    assert (done.expired, done.skipped, done.left) == (1, 3, 2)
    assert sorted(mail["Subject"] for mail in sink.mails[already:]) == ["Vandaag: digest3", "Vandaag: notice"]


def test_a_new_machine_with_a_copy_waits_for_a_decision_too(world: World, run: Run, tmp_path: Path) -> None:
    world.post("first")
    run(AT)
    shutil.rmtree(tmp_path / "outbox")
    world.post("second")

    done = run(AT + DAY)

    assert (done.sent, done.waiting) == (0, 1)
    assert world.told("second") == ("ready", PAUSED)


def test_a_copy_on_a_machine_that_served_another_school_first_waits_for_a_decision_too(
    world: World, run: Run, tmp_path: Path
) -> None:
    world.post("first")
    run(AT)
    state = tmp_path / "outbox" / "state.json"
    words = json.loads(state.read_text(encoding="utf-8"))
    state.write_text(json.dumps(words | {"installation": str(uuid4())}), encoding="utf-8")
    world.post("second")

    done = run(AT + DAY)

    assert (done.sent, done.waiting) == (0, 1)
    assert world.told("second") == ("ready", PAUSED)


def test_an_installation_that_just_begins_waits_for_nobody(world: World, run: Run) -> None:
    world.post("first")

    assert run(AT).sent == 1


def test_workers_that_begin_together_do_not_take_each_other_for_an_old_copy(
    world: World, engine: Engine, sink: Sink, office: Office, tmp_path: Path
) -> None:
    for number in range(24):
        world.post(f"m{number}")

    with ThreadPoolExecutor(4) as pool:
        work = [
            pool.submit(deliver, engine, AT, office(), batch=3, journal=Journal(tmp_path)) for _ in range(4)
        ]
        sent = sum(each.result().sent for each in work)

    with reading(engine) as session:
        rows, paused = len(session.exec(select(Installation)).all()), paused_since(session)
    assert (sent, len(set(sink.message_ids)), len(sink.message_ids)) == (24, 24, 24)
    assert (rows, paused) == (1, None)


def test_a_database_that_is_newer_than_what_stands_outside_goes_on(
    world: World, run: Run, tmp_path: Path
) -> None:
    world.post("a")
    run(AT)
    older = (tmp_path / "outbox" / "state.json").read_text()
    world.post("b")
    run(AT)
    (tmp_path / "outbox" / "state.json").write_text(older)
    world.post("c", expires_at=AT + 9 * DAY)

    assert run(AT + DAY).sent == 1


def test_meetings_rise_above_what_calendars_have_seen_and_who_was_told_stays_told(
    world: World, engine: Engine, run: Run, tmp_path: Path
) -> None:
    told, waiting = world.meeting(sequence=2), world.meeting(sequence=0, code="G-2026-002")
    ask(world, told, invited=2)
    copy = busy_then_old(world, engine, run)
    put_back(engine, copy)
    world.post("invite", kind="invitation", meeting_id=waiting, sequence=0, at=AT, expires_at=AT + 9 * DAY)
    run(AT + 2 * DAY)

    let_go(engine, tmp_path, Choice.SEND, AT + 2 * DAY)
    done = run(AT + 2 * DAY)

    with reading(engine) as session:
        sequences = {meeting.id: meeting.sequence for meeting in session.exec(select(Meeting))}
        attendee = session.exec(select(Attendee)).one()
    assert sequences == {told: 1002, waiting: 0}
    assert attendee.invited_sequence == 1002
    assert (done.sent, world.message("invite").state) == (1, MessageState.SENT)


def test_who_was_first_invited_after_the_copy_was_made_is_not_invited_again(
    world: World, engine: Engine, sink: Sink, run: Run, tmp_path: Path
) -> None:
    meeting = world.meeting(sequence=0)
    ask(world, meeting, invited=None)
    copy = busy_then_old(world, engine, run)
    invite(engine, meeting, AT + DAY)
    run(AT + DAY)
    left = len(sink.message_ids)
    put_back(engine, copy)

    let_go(engine, tmp_path, Choice.SEND, AT + 2 * DAY)
    again = invite(engine, meeting, AT + 2 * DAY)
    run(AT + 2 * DAY)

    with reading(engine) as session:
        told, version = session.exec(select(Attendee.invited_sequence, Meeting.sequence).join(Meeting)).one()
    assert again == 0
    assert left == 3  # two other messages, and the invitation
    assert len(sink.message_ids) == left
    assert told == version == 1000


@pytest.mark.usefixtures("world")
def test_there_is_nothing_to_decide_when_nothing_was_put_back(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotPausedError):
        let_go(engine, tmp_path, Choice.SKIP, AT)


def test_who_decides_before_the_first_delivery_is_heard_and_nothing_is_held_again(
    world: World, engine: Engine, sink: Sink, run: Run, tmp_path: Path
) -> None:
    put_back(engine, busy_then_old(world, engine, run))
    before = len(sink.message_ids)

    let_go(engine, tmp_path, Choice.SEND, AT + 2 * DAY)
    after = run(AT + 2 * DAY)

    assert after.problem is None
    assert len(set(sink.message_ids)) == len(sink.message_ids) >= before


def test_the_decision_is_made_once(world: World, engine: Engine, run: Run, tmp_path: Path) -> None:
    put_back(engine, busy_then_old(world, engine, run))
    run(AT + 2 * DAY)
    with reading(engine) as session:
        since = paused_since(session)

    let_go(engine, tmp_path, Choice.SKIP, AT + 2 * DAY)

    with reading(engine) as session:
        assert paused_since(session) is None
    assert since is not None
    with pytest.raises(NotPausedError):
        let_go(engine, tmp_path, Choice.SEND, AT + 2 * DAY)


def test_a_machine_off_for_a_week_sends_each_person_one_reminder(world: World, run: Run, sink: Sink) -> None:
    for day in range(7):
        world.post(f"day{day}", at=AT + day * DAY, expires_at=AT + 30 * DAY)

    done = run(AT + 7 * DAY)

    assert (done.sent, done.suppressed) == (1, 6)
    assert [mail["Subject"] for mail in sink.mails] == ["Vandaag: day6"]


def test_two_messages_of_one_day_both_arrive(world: World, run: Run) -> None:
    world.post("morning")
    world.post("by hand", at=AT + timedelta(hours=3))

    assert run(AT + timedelta(hours=4)).sent == 2


def busy_then_old(world: World, engine: Engine, run: Run) -> dict[str, list[dict[str, object]]]:
    """Return a copy of the database from before a message that did leave."""
    world.post("before")
    run(AT)
    copy = kept(engine)
    world.post("later", at=AT + DAY, expires_at=AT + 9 * DAY)
    run(AT + DAY)
    return copy


def kept(engine: Engine) -> dict[str, list[dict[str, object]]]:
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(table.select())]  # noqa: SLF001 -- public
            for table in SQLModel.metadata.sorted_tables
        }


def put_back(engine: Engine, copy: dict[str, list[dict[str, object]]]) -> None:
    """Make the database what it was when the copy was made; what stands beside it stays."""
    tables = SQLModel.metadata.sorted_tables
    with engine.begin() as connection:
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            if copy[table.name]:
                connection.execute(table.insert(), copy[table.name])


def repost(world: World, key: str, at: datetime) -> None:
    with unit_of_work(world.engine) as session:
        outbox.post(session, world.letter(key, at=at, expires_at=at + 9 * DAY))


def let_go(engine: Engine, home: Path, choice: Choice, at: datetime) -> Released:
    with unit_of_work(engine) as session:
        return release(session, Journal(home), choice, actor_id=None, at=at)


def ask(world: World, meeting: UUID, invited: int | None) -> None:
    with unit_of_work(world.engine) as session:
        session.add(Attendee(meeting_id=meeting, person_id=world.person.id, invited_sequence=invited))


def invite(engine: Engine, meeting: UUID, at: datetime) -> int:
    with unit_of_work(engine) as session:
        return tell(session, session.get_one(Meeting, meeting), at)
