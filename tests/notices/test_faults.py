"""A mail server that does all that goes wrong: nothing is lost, and doubles are only where it hung up."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from models import Message, MessageState
from models.database import reading
from service.notices.delivery import Delivered, deliver
from service.notices.journal import Journal
from service.notices.parcel import Parcel
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World

MINUTE = timedelta(minutes=1)
LATER = ["mail 421", "mail 451", "rcpt 450", "rcpt 452", "data 421", "data 451", "drop-before"]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_the_server_does_each_mail_arrives_or_is_told_as_stuck(
    world: World, engine: Engine, sink: Sink, office: Office, tmp_path: Path, seed: int
) -> None:
    for number in range(30):
        world.post(f"m{number}", expires_at=AT + timedelta(days=3))
    words = [*LATER * 2, "rcpt 550", "data 554", "drop", "drop", *["ok"] * 15]
    Random(seed).shuffle(words)  # noqa: S311 -- a dice, not a secret
    sink.script.extend(words)

    runs = [
        deliver(engine, AT + 20 * turn * MINUTE, office(timeout=0.5), journal=Journal(tmp_path))
        for turn in range(20)
    ]

    with reading(engine) as session:
        states = dict(session.exec(select(Message.state, func.count()).group_by(col(Message.state))).all())
        unsure = session.exec(select(func.count()).where(col(Message.uncertain))).one()
    assert states == {MessageState.SENT: 28, MessageState.DEAD: 2}
    assert len(set(sink.message_ids)) == 28
    assert len(sink.message_ids) - 28 <= 2
    assert unsure == 4  # two times it hung up after it had taken a mail, two times before
    assert sum(run.sent for run in runs) == 28
    assert runs[-1] == Delivered(0, 0, 0, 0, 0)


def test_a_server_that_hangs_before_the_text_costs_one_message_a_run(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(5):
        world.post(f"m{number}")
    sink.script.append("hang")

    first = deliver(engine, AT, office(timeout=0.1, patience=0.2))
    second = deliver(engine, AT + MINUTE, office())

    assert (first.sent, first.failed, first.waiting) == (0, 1, 5)
    assert "antwoordde niet meer" in str(first.problem)
    assert second.sent == 4


def test_a_server_that_answers_with_a_nul_costs_only_the_message_it_refused(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for name in ("refused", "a", "b"):
        world.post(name)
    sink.script.append("rcpt 550 niet\x00 \x1b[31m hier")

    done = deliver(engine, AT, office())

    states = {world.told(name) for name in ("refused", "a", "b")}
    assert done == Delivered(2, 1, 0, 0, 0)
    assert states == {
        ("sent", None),
        ("dead", "De mailserver weigert dit bericht: 550 niet [31m hier by script"),
    }


def test_a_message_that_cannot_be_looked_at_once_more_holds_up_no_other(
    world: World, engine: Engine, office: Office
) -> None:
    for name in ("odd", "done", "good"):
        world.post(name)

    def recheck(_session: Session, messages: Sequence[Message], _at: datetime) -> dict[UUID, str]:
        if any(message.dedupe_key == "odd" for message in messages):
            raise KeyError
        return {m.id: "al afgerond" for m in messages if m.dedupe_key == "done"}

    done = deliver(engine, AT, office(), recheck=recheck)

    assert done == Delivered(2, 0, 0, 1, 0)
    assert world.told("done") == ("suppressed", "al afgerond")


def test_messages_that_go_wrong_in_an_unforeseen_way_do_not_shut_the_mail(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(6):
        world.post(f"odd{number}", subject="vreemd")
    world.post("good", due_at=AT + timedelta(seconds=1))
    post_office = office()
    carry = post_office.send

    def send(parcel: Parcel, alive: Callable[[], bool | None]) -> None:
        if parcel.subject == "vreemd":
            raise LookupError
        carry(parcel, alive)

    post_office.send = send

    done = deliver(engine, AT + MINUTE, post_office)

    assert (done.sent, done.failed, len(sink.accepted)) == (1, 6, 1)
    assert world.told("odd0") == ("ready", "Onverwachte fout: LookupError")
