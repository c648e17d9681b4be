from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models import MessageState, Person
from models.database import reading, unit_of_work
from service.notices.bounces import accept_again, bounce_code, record_bounce
from service.notices.delivery import deliver
from service.settings import settings
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World

DAY = timedelta(days=1)
TEMPLATE = "terug+{code}@school.example"
FULL = "5.2.2 mailbox full"


@pytest.fixture
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAARRITME_BOUNCE_ADDRESS", TEMPLATE)
    settings.cache_clear()


@pytest.fixture(autouse=True)
def _settings_again() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("own_address")
def test_each_mail_names_its_own_address_to_come_back_to(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for key in "ab":
        world.post(key)

    deliver(engine, AT, office())

    codes = {bounce_code(sender) for sender, *_ in sink.senders}
    assert codes == {code(world, key) for key in "ab"}
    assert {mail["From"] for mail in sink.mails} == {"De Wilgenhof <zorg@wilgenhof.example>"}


def test_without_a_bounce_address_mail_comes_back_to_the_mailbox_of_the_school(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    world.post("a")

    deliver(engine, AT, office())

    assert sink.senders[0][0] == "zorg@wilgenhof.example"


@pytest.mark.usefixtures("own_address")
@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("terug+" + "0a" * 16 + "@school.example", "0a" * 16),
        ("<TERUG+" + "0A" * 16 + "@School.Example>", "0a" * 16),
        ("terug+0a0a@school.example", None),
        ("terug+" + "0a" * 16 + "@evil.example", None),
        ("ineke@school.example", None),
    ],
)
def test_only_an_address_that_we_made_names_a_message(address: str, read: str | None) -> None:
    assert bounce_code(address) == read


def test_a_mail_that_came_back_is_kept_as_such(world: World, engine: Engine, office: Office) -> None:
    sent(world, engine, office, "a")

    with unit_of_work(engine) as session:
        found = record_bounce(session, code(world, "a"), permanent=True, words=f"{FULL}\r\nX", at=AT + DAY)

    message = world.message("a")
    assert found is not None
    assert (message.state, message.bounced_at) == (MessageState.BOUNCED, AT + DAY)
    assert message.last_error == f"{FULL} X"
    assert refused_at(engine, world) is None


def test_a_mail_that_is_only_late_changes_nothing(world: World, engine: Engine, office: Office) -> None:
    sent(world, engine, office, "a")

    with unit_of_work(engine) as session:
        record_bounce(session, code(world, "a"), permanent=False, words="4.4.1 delayed", at=AT)

    assert world.told("a") == ("sent", None)


@pytest.mark.parametrize("unknown", ["0a" * 16, "", "%", "zzzz", "0a" * 15])
@pytest.mark.usefixtures("world")
def test_a_code_that_is_none_of_ours_finds_nothing(engine: Engine, unknown: str) -> None:
    with unit_of_work(engine) as session:
        assert record_bounce(session, unknown, permanent=True, words=FULL, at=AT) is None


def test_an_address_that_comes_back_twice_in_a_week_gets_no_mail_until_somebody_looked(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number, key in enumerate("ab"):
        sent(world, engine, office, key)
        with unit_of_work(engine) as session:
            record_bounce(session, code(world, key), permanent=True, words=FULL, at=AT + number * DAY)
    since = refused_at(engine, world)
    world.post("held")

    held = deliver(engine, AT, office())
    with unit_of_work(engine) as session:
        accept_again(session, world.person.id)
    world.post("again")
    again = deliver(engine, AT, office())

    assert since == AT + DAY
    assert (held.sent, held.suppressed, again.sent) == (0, 1, 1)
    assert world.told("held") == (
        "suppressed",
        "Het mailadres geeft berichten terug; een beheerder kijkt er eerst naar.",
    )
    assert len(sink.accepted) == 3


@pytest.mark.parametrize(
    ("words", "gives_up"),
    [
        ("550 5.1.1 user unknown", True),
        ("550 5.1.10 no such recipient", True),
        ("550 5.1.8 bad sender", False),
        ("550 5.7.1 spam", False),
    ],
)
def test_one_time_is_enough_when_the_address_does_not_exist(
    world: World, engine: Engine, office: Office, words: str, gives_up: bool
) -> None:
    sent(world, engine, office, "a")

    with unit_of_work(engine) as session:
        record_bounce(session, code(world, "a"), permanent=True, words=words, at=AT)

    assert (refused_at(engine, world) is not None) == gives_up


def test_twice_in_two_weeks_is_no_reason_to_stop(world: World, engine: Engine, office: Office) -> None:
    for number, key in enumerate("ab"):
        sent(world, engine, office, key)
        with unit_of_work(engine) as session:
            record_bounce(session, code(world, key), permanent=True, words=FULL, at=AT + number * 8 * DAY)

    assert refused_at(engine, world) is None


def test_a_new_address_of_the_same_person_gets_mail(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    sent(world, engine, office, "a")
    with unit_of_work(engine) as session:
        record_bounce(session, code(world, "a"), permanent=True, words="5.1.1", at=AT)
    world.post("b", to_address="ineke.nieuw@wilgenhof.example")

    done = deliver(engine, AT, office())

    assert done.sent == 1
    assert sink.senders[-1][1] == "ineke.nieuw@wilgenhof.example"


def sent(world: World, engine: Engine, office: Office, key: str) -> None:
    world.post(key)
    deliver(engine, AT, office())


def code(world: World, key: str) -> str:
    return world.message(key).message_id.partition("@")[0]


def refused_at(engine: Engine, world: World) -> object:
    with reading(engine) as session:
        return session.get_one(Person, world.person.id).mail_refused_at
