from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic, sleep
from uuid import UUID

import pytest
from sqlalchemy import Engine

from models import Channel
from models.database import unit_of_work
from service.notices.apprise_channel import AppriseCarrier
from service.notices.channels import add_channel
from service.notices.delivery import deliver
from service.notices.gates import Budget
from service.notices.post_office import PostOffice
from service.notices.smtp import MailCarrier, MailServer
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World

MINUTE = timedelta(minutes=1)


def test_five_failures_in_a_row_shut_the_mail_for_ten_minutes_and_then_one_tries(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(8):
        world.post(f"m{number}")
    sink.script.extend(["data 451"] * 5)

    first = deliver(engine, AT, office())
    resting = deliver(engine, AT + 5 * MINUTE, office())
    sink.script.append("data 451")
    tried = deliver(engine, AT + 11 * MINUTE, office())
    healed = deliver(engine, AT + 22 * MINUTE, office())

    assert (first.sent, first.failed) == (0, 5)
    assert (resting.sent, resting.failed, resting.waiting) == (0, 0, 8)
    assert "paar keer achter elkaar" in str(resting.problem)
    assert (tried.sent, tried.failed) == (0, 1)
    assert healed.sent == 8


def test_while_the_mail_rests_every_message_says_why_without_an_address(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(6):
        world.post(f"m{number}")
    sink.script.extend(["data 451 4.3.0 <ineke@wilgenhof.example> later,"] * 5)
    deliver(engine, AT, office())

    done = deliver(engine, AT + 9 * MINUTE, office())

    reasons = {world.message(f"m{number}").last_error for number in range(6)}
    assert reasons == {done.problem}
    assert "@" not in str(done.problem)


def test_refusals_of_single_messages_shut_nothing(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(10):
        world.post(f"m{number}")
    sink.script.extend(["rcpt 550", "rcpt 450"] * 4)

    done = deliver(engine, AT, office())

    assert (done.sent, done.failed, done.problem) == (2, 8, None)


def test_one_success_forgets_what_failed_before(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(12):
        world.post(f"m{number}")
    sink.script.extend([*["data 451"] * 4, "ok", *["data 451"] * 4])

    done = deliver(engine, AT, office())

    assert (done.sent, done.failed) == (4, 8)


def test_what_goes_beyond_the_minutes_budget_waits_for_the_next_and_says_so(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(7):
        world.post(f"m{number}")
    budget = Budget(per_minute=3)

    runs = [deliver(engine, AT + n * MINUTE, office(), budget=budget) for n in (0, 0.5, 1, 2)]
    reasons = [deliver(engine, AT, office(), budget=budget).problem, runs[0].problem]

    assert [run.sent for run in runs] == [3, 0, 3, 1]
    assert [run.waiting for run in runs] == [4, 4, 1, 0]
    assert reasons[1] == "Het tegoed van 3 mails per minuut is op; dit gaat met een volgende bezorging mee."
    assert len(sink.accepted) == 7


def test_what_waits_for_budget_carries_the_reason(world: World, engine: Engine, office: Office) -> None:
    for number in range(3):
        world.post(f"m{number}")

    deliver(engine, AT, office(), budget=Budget(per_minute=2))

    told = [world.told(f"m{number}") for number in range(3)]
    waits = "Het tegoed van 2 mails per minuut is op; dit gaat met een volgende bezorging mee."
    assert sorted(told, key=str) == [("ready", waits), ("sent", None), ("sent", None)]


def test_a_days_budget_lasts_until_midnight_in_amsterdam(
    world: World, engine: Engine, office: Office
) -> None:
    for number in range(5):
        world.post(f"m{number}", expires_at=AT + timedelta(days=3))
    budget = Budget(per_day=2)
    before_midnight = AT.replace(hour=22, minute=59)  # 23:59 in Amsterdam

    runs = [
        deliver(engine, at, office(), budget=budget)
        for at in (AT, before_midnight, before_midnight + 2 * MINUTE)
    ]

    assert [run.sent for run in runs] == [2, 0, 2]
    assert "morgen" in str(runs[1].problem)


def test_mails_that_were_not_tried_cost_no_budget(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(4):
        world.post(f"m{number}")
    budget = Budget(per_day=4)
    gone = world.post_office("smtp://127.0.0.1:1")

    deliver(engine, AT, gone, budget=budget)
    done = deliver(engine, AT + 2 * MINUTE, office(), budget=budget)

    assert done.sent == 3  # one was tried in vain
    assert len(sink.accepted) == 3


def test_a_chat_service_that_hangs_holds_up_no_mail(world: World, engine: Engine, sink: Sink) -> None:
    with hanging() as url:
        slow = channel(world, url)
        for number in range(3):
            world.post(f"chat{number}", channel_id=slow)
        carrier = AppriseCarrier(allow_private=True, patience=2.5)
        mail = MailCarrier(MailServer.read(sink.url), timeout=5)
        for number in range(3):
            world.post(f"m{number}")
        late = Thread(target=lambda: (sleep(0.5), world.post("late")))
        late.start()
        begun = monotonic()
        watch = Thread(target=deliver, args=(engine, AT, PostOffice(mail, carrier, world.vault)))
        watch.start()
        while len(sink.accepted) < 4 and monotonic() - begun < 20:
            sleep(0.05)
        waited = monotonic() - begun
        watch.join()
        late.join()

    chats = [world.message(f"chat{number}") for number in range(3)]
    assert len(sink.accepted) == 4
    assert waited < 20
    assert [chat.state.value for chat in chats] == ["ready"] * 3
    assert sorted(chat.attempts for chat in chats) == [0, 0, 1]


def test_a_channel_that_fails_five_times_rests_and_the_others_go_on(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    broken = channel(world, "json://127.0.0.1:1")
    for number in range(7):
        world.post(f"chat{number}", channel_id=broken)
    world.post("mail")

    first = deliver(engine, AT, office())
    second = deliver(engine, AT + 3 * MINUTE, office())

    assert (first.sent, first.failed) == (1, 5)
    assert (second.failed, second.waiting) == (0, 7)
    assert len(sink.accepted) == 1


def channel(world: World, url: str) -> UUID:
    with unit_of_work(world.engine) as session:
        made: Channel = add_channel(
            session, world.vault, school_id=world.school.id, person_id=world.person.id, name="chat", url=url
        )
        return made.id


@contextmanager
def hanging() -> Iterator[str]:
    """A chat service that takes a message and never answers."""
    release = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            release.wait(30)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"json://127.0.0.1:{server.server_port}"
    finally:
        release.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _no_leftovers(sink: Sink) -> None:
    sink.script.clear()
