from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models import Message, School
from models.database import reading, unit_of_work
from service.notices import outbox
from tests.notices.world import World


def test_an_intention_is_posted_once(world: World, engine: Engine) -> None:
    with unit_of_work(engine) as session:
        first = outbox.post(session, world.letter("a"))
        second = outbox.post(session, world.letter("a", subject="iets anders"))

    with reading(engine) as session:
        kept = session.exec(select(Message)).all()
    assert first is not None
    assert second is None
    assert [(m.id, m.subject) for m in kept] == [(first.id, "Vandaag: a")]


def test_a_message_keeps_all_that_the_letter_says(world: World) -> None:
    letter = world.letter("a", html="<p>drie</p>", calendar="BEGIN:VCALENDAR\r\n", calendar_method="REQUEST")

    world.post("a", html=letter.html, calendar=letter.calendar, calendar_method=letter.calendar_method)

    message = world.message("a")
    kept = {name: getattr(message, name) for name in letter.__slots__ if name not in ("at", "due_at")}
    assert kept == {name: getattr(letter, name) for name in letter.__slots__ if name not in ("at", "due_at")}
    assert (message.made_at, message.next_try_at) == (letter.at, letter.at)


def test_the_message_id_is_the_same_for_the_same_intention_and_names_our_domain(world: World) -> None:
    world.post("a")

    identity = world.message("a").message_id

    assert identity == outbox.message_id("a", world.school.mailbox)
    assert identity != outbox.message_id("b", world.school.mailbox)
    assert identity.endswith("@wilgenhof.example")


def test_nothing_is_posted_when_the_change_that_caused_it_fails(world: World, engine: Engine) -> None:
    def post_and_fail() -> None:
        with unit_of_work(engine) as session:
            outbox.post(session, world.letter("a"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        post_and_fail()

    with reading(engine) as session:
        assert session.exec(select(Message)).all() == []


def test_two_writers_of_one_intention_leave_one_message_and_both_keep_their_own_change(
    world: World, engine: Engine
) -> None:
    together = Barrier(2)

    def write(brin: str) -> bool:
        together.wait()
        with unit_of_work(engine) as session:
            session.add(School(brin=brin, name=brin, region="noord", mailbox=f"x@{brin}.example"))
            return outbox.post(session, world.letter("a")) is not None

    with ThreadPoolExecutor(2) as pool:
        posted = list(pool.map(write, ["99XA", "99XB"]))

    with reading(engine) as session:
        schools = session.exec(select(School.brin)).all()
        messages = session.exec(select(Message)).all()
    assert sorted(posted) == [False, True]
    assert {"99XA", "99XB"} <= set(schools)
    assert len(messages) == 1
