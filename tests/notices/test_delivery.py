import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from models import MessageState
from models.database import reading, unit_of_work
from service.notices.claiming import claim
from service.notices.delivery import LEASE, Delivered, deliver
from service.notices.marking import mark_sent
from service.notices.retry import NotDeadError, retry
from service.notices.waiting import oldest_waiting
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World

MINUTE = timedelta(minutes=1)
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:één\r\nEND:VCALENDAR\r\n"


def test_a_message_leaves_once_with_its_own_identity(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    world.post("a")

    runs = [deliver(engine, AT, office()), deliver(engine, AT + MINUTE, office())]

    mail = sink.mails[0]
    assert runs == [Delivered(1, 0, 0, 0, 0), Delivered(0, 0, 0, 0, 0)]
    assert sink.message_ids == [f"<{world.message('a').message_id}>"]
    assert sink.senders == [("zorg@wilgenhof.example", "ineke@wilgenhof.example")]
    assert (mail["From"], mail["To"]) == (
        "De Wilgenhof <zorg@wilgenhof.example>",
        "Ineke de Boer <ineke@wilgenhof.example>",
    )
    assert parsedate_to_datetime(mail["Date"]) == AT
    assert world.told("a") == ("sent", None)


def test_an_invitation_arrives_with_the_bytes_of_its_calendar(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    world.post("a", kind="invitation", calendar=CALENDAR, calendar_method="REQUEST")

    deliver(engine, AT, office())

    part = next(p for p in sink.mails[0].walk() if p.get_content_type() == "text/calendar")
    assert part.get_payload(decode=True) == CALENDAR.encode()
    assert part.get_param("method") == "REQUEST"


def test_a_hundred_messages_share_one_connection(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(30):
        world.post(f"m{number}")

    done = deliver(engine, AT, office(), batch=7)

    assert done.sent == 30
    assert len(set(sink.message_ids)) == 30
    assert sink.connections == 1


def test_a_message_waits_for_its_moment(world: World, engine: Engine, office: Office) -> None:
    world.post("a", at=AT + MINUTE)

    early = deliver(engine, AT, office())
    later = deliver(engine, AT + MINUTE, office())

    assert (early.sent, later.sent) == (0, 1)


@pytest.mark.parametrize("word", ["rcpt 450", "data 451", "mail 421", "data 421"])
def test_a_server_that_says_later_is_asked_again_later_and_not_before(
    world: World, engine: Engine, sink: Sink, office: Office, word: str
) -> None:
    world.post("a")
    sink.script.append(word)

    runs = [deliver(engine, AT + minutes * MINUTE, office()) for minutes in (0, 0.5, 2)]

    assert [(run.sent, run.failed, run.waiting) for run in runs] == [(0, 1, 1), (0, 0, 1), (1, 0, 0)]
    assert len(sink.accepted) == 1


def test_the_wait_grows_and_ends_where_the_message_loses_its_meaning(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    world.post("a", expires_at=AT + 70 * MINUTE)
    sink.script.extend(["rcpt 450"] * 9)
    waits, at = [], AT

    while world.message("a").state == MessageState.READY:
        deliver(engine, at, office())
        message = world.message("a")
        waits.append((message.next_try_at - at) / MINUTE)
        at = message.next_try_at

    assert all(least <= wait <= 1.2 * least for least, wait in zip((1, 5, 15, 30, 0), waits, strict=True))
    assert world.told("a") == ("dead", "De mailserver neemt dit bericht nu niet aan: 450 by script")


def test_one_refused_recipient_stops_nobody_else(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for key in "abc":
        world.post(key)
    sink.script.append("rcpt 550")

    done = deliver(engine, AT, office())

    states = [world.message(key).state for key in "abc"]
    dead = next(key for key in "abc" if world.message(key).state == MessageState.DEAD)
    assert (done.sent, done.failed, done.waiting) == (2, 1, 0)
    assert sorted(states) == ["dead", "sent", "sent"]
    assert world.message(dead).last_error == "De mailserver weigert dit bericht: 550 by script"
    assert sink.connections == 1


def test_a_connection_lost_after_the_mail_is_tried_ten_minutes_later_under_the_same_id(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    world.post("a")
    sink.script.append("drop")

    runs = [deliver(engine, AT + minutes * MINUTE, office()) for minutes in (0, 9, 11)]

    assert [run.sent for run in runs] == [0, 0, 1]
    assert len(sink.message_ids) == 2
    assert len(set(sink.message_ids)) == 1


def test_a_server_that_hangs_after_the_mail_leaves_us_uncertain(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    world.post("a")
    sink.script.append("hang")

    deliver(engine, AT, office(timeout=0.1, patience=0.3))

    message = world.message("a")
    assert (message.state, message.attempts) == (MessageState.READY, 1)
    assert message.next_try_at - AT >= 10 * MINUTE
    assert "mogelijk is het bericht aangekomen" in str(message.last_error)


def test_a_slow_server_is_waited_for_and_the_claim_kept_meanwhile(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for key in "ab":
        world.post(key)
    sink.script.extend(["late", "late"])
    lease = timedelta(seconds=0.4)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(deliver, engine, AT, office(timeout=0.1), lease=lease)
        time.sleep(0.45)  # seconds: by now the first claim would have run out
        second = pool.submit(deliver, engine, AT + lease, office(timeout=0.1), lease=lease)
        done = [first.result(), second.result()]

    assert sum(run.sent for run in done) == 2
    assert len(sink.message_ids) == len(set(sink.message_ids)) == 2


def test_without_a_server_that_answers_mail_waits_untried(
    world: World, engine: Engine, office: Office
) -> None:
    for key in "abc":
        world.post(key)
    gone = world.post_office("smtp://127.0.0.1:1")

    done = deliver(engine, AT, gone)
    healed = deliver(engine, AT + 2 * MINUTE, office())

    assert (done.sent, done.failed, done.waiting) == (0, 1, 3)
    assert done.problem == "De mailserver is niet bereikbaar."
    assert healed == Delivered(3, 0, 0, 0, 0)


def test_without_mail_settings_messages_wait_and_say_so(world: World, engine: Engine) -> None:
    world.post("a")

    done = deliver(engine, AT, world.post_office(""))

    reason = "Mail is nog niet ingesteld: JAARRITME_SMTP_URL ontbreekt."
    assert done == Delivered(0, 0, 0, 0, 1, reason)
    assert world.told("a") == ("ready", reason)


def test_a_colleague_who_left_hears_nothing(world: World, engine: Engine, sink: Sink, office: Office) -> None:
    world.post("a")
    world.change(world.person, active=False)

    done = deliver(engine, AT, office())

    assert done == Delivered(0, 0, 0, 1, 0)
    assert world.told("a") == ("suppressed", "Deze collega is niet meer actief.")
    assert sink.accepted == []


def test_an_invitation_that_was_overtaken_is_not_sent_its_cancellation_is(
    world: World, engine: Engine, office: Office
) -> None:
    meeting = world.meeting(sequence=2)
    facts = {"calendar": CALENDAR, "calendar_method": "REQUEST", "meeting_id": meeting}
    world.post("old", kind="invitation", sequence=1, **facts)
    world.post("new", kind="invitation", sequence=2, **facts)
    world.post("off", kind="cancellation", sequence=1, **facts)

    done = deliver(engine, AT, office())

    assert done == Delivered(2, 0, 0, 1, 0)
    assert world.told("old") == ("suppressed", "Er is een nieuwere versie van deze afspraak.")


def test_a_paused_school_waits_until_it_goes_on(world: World, engine: Engine, office: Office) -> None:
    world.post("a")
    world.change(world.school, messages_paused=True)

    paused = deliver(engine, AT, office())
    why = world.told("a")
    world.change(world.school, messages_paused=False)
    again = deliver(engine, AT + MINUTE, office())

    assert (paused.sent, paused.waiting, again.sent) == (0, 1, 1)
    assert why == ("ready", "Alle berichten van deze school zijn gepauzeerd.")
    assert world.told("a") == ("sent", None)


def test_after_a_week_off_only_what_still_has_meaning_is_sent(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for day in range(7):
        made = AT + timedelta(days=day)
        world.post(f"day{day}", at=made, expires_at=made + timedelta(hours=12))

    done = deliver(engine, AT + timedelta(days=6, hours=1), office())

    assert done == Delivered(1, 0, 6, 0, 0)
    assert [mail["Subject"] for mail in sink.mails] == ["Vandaag: day6"]
    assert world.told("day5") == (
        "expired",
        "Verlopen: de betekenis was voorbij voordat dit bericht weg kon.",
    )


def test_what_a_dead_worker_held_is_sent_when_its_claim_runs_out(
    world: World, engine: Engine, office: Office
) -> None:
    world.post("a")
    with unit_of_work(engine) as session:
        claim(session, AT, limit=10, lease=LEASE)

    runs = [deliver(engine, AT + LEASE + after, office()) for after in (-MINUTE, MINUTE)]

    assert [run.sent for run in runs] == [0, 1]


def test_a_worker_that_lost_its_claim_marks_nothing(world: World, engine: Engine) -> None:
    world.post("a")
    with unit_of_work(engine) as session:
        slow = claim(session, AT, limit=1, lease=LEASE).parcels[0]
    with unit_of_work(engine) as session:
        quick = claim(session, AT + LEASE, limit=1, lease=LEASE).parcels[0]

    marks = [mark_sent(engine, [(slow, AT)]), mark_sent(engine, [(quick, AT + LEASE)])]

    assert marks == [0, 1]
    assert world.message("a").sent_at == AT + LEASE


def test_two_workers_never_send_one_message_twice(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    for number in range(60):
        world.post(f"m{number}")

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: deliver(engine, AT, office(), batch=5), range(2)))

    assert sum(run.sent for run in runs) == 60
    assert len(sink.message_ids) == len(set(sink.message_ids)) == 60


def test_a_wrong_address_dies_alone(world: World, engine: Engine, sink: Sink, office: Office) -> None:
    world.post("before", due_at=AT)
    wrong = "niet een adres\r\nBcc: x@y.example"
    world.post("wrong", to_address=wrong, due_at=AT + timedelta(seconds=1))
    world.post("after", due_at=AT + timedelta(seconds=2))

    done = deliver(engine, AT + MINUTE, office())

    assert (done.sent, done.failed, len(sink.accepted)) == (2, 1, 2)
    assert world.told("wrong") == (
        "dead",
        "Van dit bericht kan geen mail worden gemaakt: een adres klopt niet.",
    )


def test_a_dead_message_gets_a_second_life_and_a_living_one_does_not(
    world: World, engine: Engine, sink: Sink, office: Office
) -> None:
    key = world.post("a", expires_at=AT + MINUTE)
    sink.script.append("rcpt 550")
    deliver(engine, AT, office())
    later = AT + timedelta(days=3)

    with unit_of_work(engine) as session:
        retry(session, key, at=later)
    done = deliver(engine, later, office())

    assert done.sent == 1
    with unit_of_work(engine) as session, pytest.raises(NotDeadError, match="niet vastgelopen"):
        retry(session, key, at=later)


def test_the_longest_wait_is_known(world: World, engine: Engine, office: Office) -> None:
    world.post("old")
    world.post("young", at=AT + 5 * MINUTE)
    at = AT + 7 * MINUTE

    with reading(engine) as session:
        waited = oldest_waiting(session, at)
    deliver(engine, at, office())
    with reading(engine) as session:
        after = oldest_waiting(session, at)

    assert (waited, after) == (7 * MINUTE, None)


@pytest.mark.usefixtures("world")
def test_finding_what_is_due_walks_an_index_and_not_the_table(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by the size of its tables, and these are empty")
    plans: list[str] = []

    def explain(
        connection: Connection, _cursor: object, statement: str, values: Any, _context: object, _many: bool
    ) -> None:
        if statement.startswith("SELECT message."):
            rows = connection.exec_driver_sql(f"explain query plan {statement}", values).all()
            plans.extend(row[3] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)

    with unit_of_work(engine) as session:
        claim(session, AT, limit=10, lease=LEASE)

    assert plans[0].startswith("SEARCH message USING INDEX ix_message_")
    assert not any(step.startswith("SCAN") for step in plans)
