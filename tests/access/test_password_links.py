import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models import LoginSession, Message, PasswordLink, Person, Pupil
from models.database import reading, unit_of_work
from service.access import throttle
from service.access.password_links import (
    ASKED_FOR,
    INVITED_FOR,
    DeadLinkError,
    TooSoonError,
    choose_password,
    invite_to_log_in,
    mail_link_to,
    note_question,
    open_until,
    owner_of,
)
from service.access.passwords import WeakPasswordError, verify_password
from service.access.sessions import ThrottledError
from tests.cast import Cast, kompas, moment, wilgenhof

AT = moment("2026-11-25", 9)
TODAY = AT.date()
MINUTE = timedelta(minutes=1)
CHOSEN = "drie duiven op het dak"
START = "http://127.0.0.1:8000/wachtwoord/"


@dataclass
class World:
    """Two schools, of which Laila works at the first and Ineke at both."""

    engine: Engine
    here: Cast

    def post(self, name: str = "laila") -> list[Message]:
        with reading(self.engine) as session:
            return list(session.exec(select(Message).where(Message.person_id == self.here.id(name))))

    def invite(self, name: str = "laila", after: timedelta = timedelta()) -> str:
        """Send a link and return its token as the mail has it."""
        with unit_of_work(self.engine) as session:
            person = session.get_one(Person, self.here.id(name))
            invite_to_log_in(session, person, self.here.school.id, at=AT + after)
        [mail] = [mail for mail in self.post(name) if mail.made_at == AT + after]
        return mail.body.split(START)[1].split()[0]

    def ask(self, email: str, after: timedelta = timedelta()) -> None:
        with unit_of_work(self.engine) as session:
            mail_link_to(session, email, at=AT + after, today=TODAY)

    def choose(self, token: str, password: str = CHOSEN, after: timedelta = MINUTE) -> None:
        with unit_of_work(self.engine) as session:
            choose_password(session, token, password, at=AT + after)

    def works(self, token: str, after: timedelta = MINUTE) -> bool:
        with reading(self.engine) as session:
            return owner_of(session, token, AT + after) is not None

    def knows(self, password: str, name: str = "laila") -> bool:
        with reading(self.engine) as session:
            return verify_password(password, session.get_one(Person, self.here.id(name)).password_hash)


@pytest.fixture
def world(engine: Engine) -> World:
    with unit_of_work(engine) as session:
        here = wilgenhof(session)
        kompas(session, here.people["ineke"])
    return World(engine, here)


def test_a_password_is_chosen_with_the_link_from_the_mail(world: World) -> None:
    token = world.invite()

    world.choose(token)

    assert world.knows(CHOSEN)


def test_the_mail_is_for_the_person_alone_and_names_no_pupil(world: World) -> None:
    world.invite()

    [mail] = world.post()

    with reading(world.engine) as session:
        names = [
            name for pupil in session.exec(select(Pupil)) for name in (pupil.first_name, pupil.last_name)
        ]
    told = f"{mail.subject} {mail.body} {mail.html}"
    assert (mail.to_address, mail.channel_id) == ("laila.tahiri@wilgenhof.example", None)
    assert (mail.kind, mail.subject) == ("notice", "Kies je wachtwoord voor Jaarritme")
    assert "tot woensdag 2 december om 09:00" in mail.body
    assert names
    assert [name for name in names if name in told] == []


def test_the_mail_speaks_the_language_of_who_gets_it(world: World) -> None:
    with unit_of_work(world.engine) as session:
        session.get_one(Person, world.here.id("laila")).language = "en"

    world.invite()

    [mail] = world.post()
    assert mail.subject == "Choose your password for Jaarritme"
    assert "until Wednesday 2 December at 09:00" in mail.body
    assert ">Choose your password</a>" in (mail.html or "")


def test_the_database_keeps_no_more_of_a_token_than_its_digest(world: World) -> None:
    token = world.invite()

    with reading(world.engine) as session:
        [link] = session.exec(select(PasswordLink)).all()
    assert len(token) == 43
    assert link.token_hash == sha256(token.encode()).hexdigest()


def test_no_log_holds_a_token(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        token = world.invite()
        world.choose(token)

    assert "password chosen by" in caplog.text
    assert token not in caplog.text


def test_a_link_works_once(world: World) -> None:
    token = world.invite()
    world.choose(token)

    with pytest.raises(DeadLinkError):
        world.choose(token, "nog een ander wachtwoord")

    assert (world.works(token), world.knows(CHOSEN)) == (False, True)


def test_of_two_who_use_a_link_at_once_one_is_too_late(world: World) -> None:
    token, together = world.invite(), Barrier(2)

    def use(password: str) -> bool:
        together.wait()
        try:
            world.choose(token, password)
        except DeadLinkError:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(use, [CHOSEN, "nog een ander wachtwoord"]))

    assert sorted(done) == [False, True]
    assert world.knows(CHOSEN) is done[0]


@pytest.mark.parametrize(("after", "works"), [(INVITED_FOR - MINUTE, True), (INVITED_FOR, False)])
def test_a_link_of_the_administrator_works_for_seven_days(
    world: World, after: timedelta, works: bool
) -> None:
    token = world.invite()

    assert world.works(token, after) is works
    assert world.post()[0].expires_at == AT + timedelta(days=7)


def test_a_link_that_is_too_old_changes_nothing(world: World) -> None:
    token = world.invite()

    with pytest.raises(DeadLinkError):
        world.choose(token, after=INVITED_FOR)

    assert not world.knows(CHOSEN)


def test_a_link_that_someone_asked_for_works_for_a_day(world: World) -> None:
    world.ask(" Laila.Tahiri@Wilgenhof.Example ")

    with reading(world.engine) as session:
        assert open_until(session, world.here.id("laila"), AT) == AT + ASKED_FOR
    assert len(world.post()) == 1


def test_a_newer_link_ends_the_one_before_it(world: World) -> None:
    older = world.invite()
    newer = world.invite(after=5 * MINUTE)

    assert (world.works(older, 6 * MINUTE), world.works(newer, 6 * MINUTE)) == (False, True)


def test_a_second_link_within_five_minutes_is_not_sent(world: World) -> None:
    token = world.invite()

    with pytest.raises(TooSoonError):
        world.invite(after=4 * MINUTE)
    world.ask("laila.tahiri@wilgenhof.example", after=4 * MINUTE)

    assert (len(world.post()), world.works(token)) == (1, True)


def test_a_link_made_in_a_future_that_a_demo_left_stops_no_new_one(world: World) -> None:
    world.invite(after=timedelta(days=100))

    token = world.invite()

    assert world.works(token)


@pytest.mark.parametrize("password", ["kort", "wachtwoord123", "x" * 129])
def test_a_weak_password_keeps_the_link_alive(world: World, password: str) -> None:
    token = world.invite()

    with pytest.raises(WeakPasswordError):
        world.choose(token, password)

    assert (world.works(token), world.knows(password)) == (True, False)


def test_choosing_ends_the_logins_of_that_person_only(world: World) -> None:
    with unit_of_work(world.engine) as session:
        for name in ("laila", "laila", "joris"):
            _log_in(session, world.here, name)
    token = world.invite()

    world.choose(token)

    with reading(world.engine) as session:
        left = session.exec(select(LoginSession.person_id)).all()
    assert left == [world.here.id("joris")]


def _log_in(session: Session, cast: Cast, name: str) -> None:
    logins = len(session.exec(select(LoginSession)).all())
    session.add(
        LoginSession(
            token_hash=f"{name}{logins}",
            person_id=cast.id(name),
            school_id=cast.school.id,
            created_at=AT,
            seen_at=AT,
            expires_at=AT + timedelta(hours=12),
        )
    )
    session.flush()


def test_who_is_no_longer_active_cannot_use_a_link(world: World) -> None:
    token = world.invite()
    with unit_of_work(world.engine) as session:
        session.get_one(Person, world.here.id("laila")).active = False

    with pytest.raises(DeadLinkError):
        world.choose(token)

    assert not world.knows(CHOSEN)


@pytest.mark.parametrize("change", ["inactive", "left"])
def test_who_works_nowhere_gets_no_link(world: World, change: str) -> None:
    with unit_of_work(world.engine) as session:
        cast = Cast(session, world.here.school, people=world.here.people)
        if change == "inactive":
            session.get_one(Person, cast.id("laila")).active = False
        else:
            cast.leaves("laila", moment("2026-11-24").date())

    world.ask("laila.tahiri@wilgenhof.example")

    assert world.post() == []


def test_one_person_at_two_schools_gets_one_link(world: World) -> None:
    world.ask("ineke.bergsma@wilgenhof.example")

    assert len(world.post("ineke")) == 1


def test_an_unknown_address_gets_nothing(world: World) -> None:
    world.ask("niemand@wilgenhof.example")

    with reading(world.engine) as session:
        assert session.exec(select(Message)).all() == []
        assert session.exec(select(PasswordLink)).all() == []


def test_asking_often_is_slowed_down_but_keeps_nobody_from_logging_in(world: World) -> None:
    email = "laila.tahiri@wilgenhof.example"

    def note(address: str) -> None:
        with unit_of_work(world.engine) as session:
            note_question(session, email, at=AT, address=address)

    for _ in range(3):
        note("192.0.2.1")

    with pytest.raises(ThrottledError):
        note("192.0.2.1")
    note("192.0.2.2")
    with reading(world.engine) as session:
        assert throttle.wait_until(session, email, "192.0.2.1", AT) is None
