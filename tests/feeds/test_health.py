import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from models import DeliveryGate, Installation, MessageState, TimerRun
from models.database import connect, unit_of_work
from models.runs import RunState, RunVia
from service import settings as configuration
from service.api import health
from service.clock import now
from service.notices.outbox import Letter, post
from tests.cast import wilgenhof


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Something that answers where Prefect's server should be."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    Thread(target=server.serve_forever, daemon=True).start()
    yield from _at_port(monkeypatch, server.server_port)
    server.shutdown()
    server.server_close()


@pytest.fixture
def no_prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing where Prefect's server should be."""
    yield from _at_port(monkeypatch, 9)


def _at_port(monkeypatch: pytest.MonkeyPatch, port: int) -> Iterator[None]:
    monkeypatch.setenv("JAARRITME_PREFECT_PORT", str(port))
    configuration.settings.cache_clear()
    yield
    monkeypatch.undo()
    configuration.settings.cache_clear()


def ask(engine: Engine) -> tuple[int, dict[str, object]]:
    app = FastAPI()
    app.state.engine = engine
    app.include_router(health.router)
    answer = TestClient(app).get("/health")
    return answer.status_code, json.loads(answer.content)


@pytest.mark.usefixtures("prefect")
def test_all_is_well(engine: Engine) -> None:
    assert ask(engine) == (
        200,
        {
            "status": "ok",
            "database": "ok",
            "migrations": "ok",
            "prefect": "ok",
            "oldest_waiting_message_seconds": None,
            "dwell_seconds": None,
            "mail_rests": False,
            "paused_after_restore": False,
            "last_delivery": None,
            "delivery_is_late": False,
        },
    )


@pytest.mark.usefixtures("no_prefect")
def test_without_prefect_the_school_works_on(sqlite: Engine) -> None:
    code, facts = ask(sqlite)

    assert (code, facts["status"], facts["prefect"]) == (200, "degraded", "unreachable")


@pytest.mark.usefixtures("prefect")
def test_a_database_without_tables_is_behind() -> None:
    engine = connect("sqlite://")

    code, facts = ask(engine)

    engine.dispose()
    assert (code, facts["status"], facts["migrations"]) == (503, "degraded", "behind")


@pytest.mark.usefixtures("prefect")
def test_a_database_that_is_away_is_told_without_its_address() -> None:
    engine = connect("postgresql+psycopg://geheim:wachtwoord@127.0.0.1:9/jaarritme")

    code, facts = ask(engine)

    assert (code, facts["database"], facts["migrations"]) == (503, "unreachable", "unknown")
    assert "geheim" not in json.dumps(facts)


@pytest.mark.usefixtures("prefect")
def test_a_message_that_waits_too_long_shows(sqlite: Engine) -> None:
    at = now() - timedelta(hours=2)
    with unit_of_work(sqlite) as session:
        cast = wilgenhof(session)
        letter = Letter(
            school_id=cast.school.id,
            person_id=cast.id("laila"),
            kind="notice",
            dedupe_key="x",
            to_address="laila@wilgenhof.example",
            subject="x",
            body="x",
            at=at,
            expires_at=at + timedelta(days=1),
        )
        post(session, letter)
        session.add(TimerRun(timer="deliver", started_at=at, via=RunVia.PREFECT, state=RunState.DONE))
        session.add(TimerRun(timer="deliver", started_at=now(), via=RunVia.PREFECT, state=RunState.FAILED))

    code, facts = ask(sqlite)

    assert (code, facts["status"], facts["last_delivery"]) == (200, "degraded", at.isoformat())
    assert 7200 <= int(str(facts["oldest_waiting_message_seconds"])) < 7300


@pytest.mark.usefixtures("prefect")
def test_how_long_messages_stay_is_told_in_three_numbers(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        cast = wilgenhof(session)
        for number, waited in enumerate([*[10] * 97, 60, 90, 300]):
            due = now() - timedelta(hours=1)
            letter = Letter(
                school_id=cast.school.id,
                person_id=cast.id("laila"),
                kind="notice",
                dedupe_key=str(number),
                to_address="laila@wilgenhof.example",
                subject="x",
                body="x",
                at=due,
                expires_at=due + timedelta(days=1),
            )
            message = post(session, letter)
            assert message
            message.state, message.sent_at = MessageState.SENT, due + timedelta(seconds=waited)

    _, facts = ask(engine)

    assert facts["dwell_seconds"] == {"p50": 10.0, "p99": 90.0, "max": 300.0}


@pytest.mark.usefixtures("prefect")
def test_mail_that_rests_or_waits_for_a_decision_is_not_well(sqlite: Engine) -> None:
    with unit_of_work(sqlite) as session:
        until = now() + timedelta(minutes=5)
        session.add(DeliveryGate(account="mail", failures=5, open_until=until))
        session.add(Installation(epoch=4, beat_at=now(), restored_at=now()))

    _, facts = ask(sqlite)

    assert (facts["status"], facts["mail_rests"], facts["paused_after_restore"]) == ("degraded", True, True)


@pytest.mark.usefixtures("prefect")
@pytest.mark.parametrize(("minutes", "status"), [(14, "ok"), (16, "degraded")])
def test_a_delivery_that_keeps_failing_shows_before_a_message_is_an_hour_old(
    sqlite: Engine, minutes: int, status: str
) -> None:
    at = now()
    with unit_of_work(sqlite) as session:
        for ago, state in ((minutes, RunState.DONE), (1, RunState.FAILED)):
            started = at - timedelta(minutes=ago)
            session.add(TimerRun(timer="deliver", started_at=started, via=RunVia.PREFECT, state=state))

    _, facts = ask(sqlite)

    assert (facts["status"], facts["delivery_is_late"]) == (status, status == "degraded")
