import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from models import Channel, ChannelKind, Message, MessageState, School
from models.database import reading, unit_of_work
from service.cli.mail import app
from service.clock import now
from service.notices import retry as module
from service.notices.delivery import deliver
from service.notices.restored import EXPIRED
from service.notices.retry import Retried, Stuck, kind_of, retry_all, stuck_of
from service.notices.verdicts import INACTIVE
from service.settings import settings
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World

REFUSED = "De mailserver weigert dit bericht: "
HOUR = timedelta(hours=1)


@pytest.fixture
def _here(light_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAARRITME_DATABASE_URL", str(light_world.engine.url))
    settings.cache_clear()
    yield
    settings.cache_clear()


def dead(world: World, key: str, why: str = f"{REFUSED}554 5.7.1 dicht", **changes: object) -> UUID:
    message_id = world.post(key, **changes)
    with unit_of_work(world.engine) as session:
        message = session.get_one(Message, message_id)
        message.state, message.last_error, message.attempts = MessageState.DEAD, why, 3
    return message_id


def causes(world: World, at: datetime = AT) -> list[Stuck]:
    with reading(world.engine) as session:
        return stuck_of(session, world.school.id, at)


def again(world: World, key: str, *, school: UUID | None = None, at: datetime = AT) -> Retried:
    with unit_of_work(world.engine) as session:
        return retry_all(session, school or world.school.id, key, actor_id=world.person.id, at=at)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            f"{REFUSED}550 5.7.1 <ineke@wilgenhof.example>: Relay denied",
            f"{REFUSED}550 5.7.1 <joris@wilgenhof.example>: Denied, ask the desk",
        ),
        (
            f"{REFUSED}550 <ineke@wilgenhof.example>: not now, id 4A7F1",
            f"{REFUSED}550 <joris.kamphuis@wilgenhof.example>: not now, id 99BC2",
        ),
        (f"{REFUSED}550 {'lang verhaal ' * 12}", f"{REFUSED}550 {'lang verhaal ' * 12}, en nog iets"),
    ],
)
def test_what_differs_per_recipient_makes_no_other_complaint(one: str, other: str) -> None:
    assert kind_of(one) == kind_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{REFUSED}550 5.7.1 dicht", f"{REFUSED}550 5.1.1 dicht"),
        (f"{REFUSED}550 dicht", f"{REFUSED}552 dicht"),
        (f"{REFUSED}554 5.7.1 dicht", "De mailserver neemt dit bericht nu niet aan: 554 5.7.1 dicht"),
        ("De dienst kent dit adres niet (404).", "De dienst kent dit adres niet (410)."),
        ("", "Onverwachte fout: KeyError"),
    ],
)
def test_another_refusal_is_another_complaint(one: str, other: str) -> None:
    assert kind_of(one) != kind_of(other)


def test_what_a_relay_refused_leaves_after_all_and_what_lost_its_purpose_does_not(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(3):
        world.post(f"m{number}")
    world.post("late", expires_at=AT + HOUR)
    sink.script.extend(["rcpt 554"] * 4)
    deliver(engine, AT, office())
    later = AT + 2 * HOUR
    [cause] = causes(world, later)

    done = again(world, cause.key, at=later)
    sent = deliver(engine, later, office(), recheck=lambda _, found, __: {found[0].id: "al afgerond"})

    assert (cause.count, cause.expired, done) == (4, 1, Retried(ready=3, expired=1))
    assert (sent.sent, sent.suppressed, len(sink.accepted)) == (2, 1, 2)
    assert world.told("late") == ("expired", EXPIRED)
    assert max(world.told(f"m{number}") for number in range(3)) == ("suppressed", "al afgerond")


def test_who_left_in_the_meantime_is_not_written_to(light_world: World, sink: Sink) -> None:
    dead(light_world, "a")
    light_world.change(light_world.person, active=False)

    done = again(light_world, causes(light_world)[0].key)
    deliver(light_world.engine, AT, light_world.post_office(sink.url))

    assert (done.ready, sink.accepted) == (1, [])
    assert light_world.told("a") == ("suppressed", INACTIVE)


def test_each_message_begins_anew_and_gets_no_more_time(light_world: World) -> None:
    dead(light_world, "a", expires_at=AT + HOUR)

    again(light_world, causes(light_world)[0].key)

    found = light_world.message("a")
    assert (found.state, found.attempts, found.next_try_at) == (MessageState.READY, 0, AT)
    assert (found.expires_at, found.last_error) == (AT + HOUR, None)


def test_other_causes_and_other_schools_stay_as_they_were(light_world: World) -> None:
    other = School(brin="99XY", name="De Overkant", region="noord", mailbox="zorg@overkant.example")
    with unit_of_work(light_world.engine) as session:
        session.add(other)
    dead(light_world, "mine")
    dead(light_world, "unknown", f"{REFUSED}550 5.1.1 wie?")
    dead(light_world, "theirs", school_id=other.id)
    key = next(cause.key for cause in causes(light_world) if "5.7.1" in cause.words)

    done = again(light_world, key)

    assert done == Retried(ready=1)
    assert [light_world.message(name).state for name in ("mine", "unknown", "theirs")] == [
        MessageState.READY,
        MessageState.DEAD,
        MessageState.DEAD,
    ]


def test_many_go_a_few_at_a_time_and_a_second_word_finds_nothing(
    light_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    for number in range(5):
        dead(light_world, f"m{number}", expires_at=AT + (HOUR if number else -HOUR))
    [cause] = causes(light_world)

    first, second = again(light_world, cause.key), again(light_world, cause.key)

    assert (first, second) == (Retried(ready=4, expired=1), Retried())
    assert causes(light_world) == []


def test_the_log_tells_who_did_it_and_of_whom_nothing(
    light_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    dead(light_world, "a", f"{REFUSED}550 <ineke@wilgenhof.example> onbekend")

    with caplog.at_level(logging.INFO):
        again(light_world, causes(light_world)[0].key)

    assert f"tried again by {light_world.person.id}" in caplog.text
    assert "1 ready, 0 expired" in caplog.text
    assert "ineke" not in caplog.text


def test_what_people_set_up_themselves_is_one_cause_without_their_names(light_world: World) -> None:
    place = light_world.school.id
    facts = {"person_id": light_world.person.id, "kind": ChannelKind.PUSH}
    own = [Channel(school_id=place, name=name, secret_url="x", **facts) for name in ("toestel", "tablet")]
    school = [Channel(school_id=place, name=name, secret_url="x") for name in ("Teams", "Slack")]
    with unit_of_work(light_world.engine) as session:
        session.add_all(own + school)
    for channel in own + school:
        dead(light_world, channel.name, "De dienst kent dit adres niet (404).", channel_id=channel.id)

    found = causes(light_world)

    assert {(cause.way.channel, cause.way.own, cause.count) for cause in found} == {
        ("", "push", 2),
        ("Teams", "", 1),
        ("Slack", "", 1),
    }


@pytest.mark.usefixtures("_here")
def test_the_command_lists_the_causes_and_tries_them_all_only_when_told(light_world: World) -> None:
    at = now()
    for number, ends in enumerate((HOUR, HOUR, -HOUR)):
        why = f"{REFUSED}554 5.7.1 <k{number}@wilgenhof.example>"
        dead(light_world, f"m{number}", why, at=at - HOUR, expires_at=at + ends)
    run = CliRunner().invoke

    looked, stayed = run(app, ["again"]), light_world.message("m0").state
    done, empty = run(app, ["again", "--all"]), run(app, ["again"])

    assert looked.output == f"    3  mail: {REFUSED}554 5.7.1 <…>\n"
    assert stayed == MessageState.DEAD
    assert "(weer klaar: 2, verlopen: 1)" in done.output
    assert empty.output == "Er is niets vastgelopen.\n"
    assert light_world.message("m0").state == MessageState.READY
