"""The commands, and what is forgotten after more than a year."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from models import InboundMail, InboundState, migrate
from models.database import connect, reading
from service.cli import replies as command
from service.replies.keep import forget_old_mail
from service.settings import settings
from tests.replies import shapes as s
from tests.replies.conftest import ANSWERED, Talk
from tests.replies.corpus import counter


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    found = f"sqlite:///{tmp_path / 'jaarritme.db'}"
    monkeypatch.setenv("JAARRITME_HOME", str(tmp_path))
    monkeypatch.setenv("JAARRITME_DATABASE_URL", found)
    settings.cache_clear()
    return found


def run(*words: str, piped: bytes = b"") -> tuple[int, str]:
    result = CliRunner().invoke(command.app, list(words), input=piped)
    settings.cache_clear()
    return result.exit_code, result.output


def test_a_piped_mail_is_taken_in_and_listed_without_its_content(url: str) -> None:
    migrate.upgrade(url)
    raw = s.head("ouder@thuismail.example", "Zeewuster").encode() + s.part("text/plain", "Zeewuster is ziek")

    piped = run("pipe", piped=raw)
    listed = run("list")

    with reading(connect(url)) as session:
        assert session.exec(select(InboundMail.source)).all() == ["pipe"]
    assert (piped[0], listed[0]) == (0, 0)
    assert "1 wachten op een mens" in listed[1]
    assert not [word for word in ("Zeewuster", "ouder@") if word in piped[1] + listed[1]]


def test_a_piped_mail_that_cannot_be_kept_stays_with_the_mail_server(url: str) -> None:
    assert url  # its database has no tables yet

    assert run("pipe", piped=b"From: a@b.example\r\n\r\nx")[0] == 75


def test_without_a_mailbox_the_command_says_what_to_set(url: str) -> None:
    code, said = run("read")

    assert (code, "JAARRITME_REPLIES_URL" in said, bool(url)) == (1, True, True)


def test_mail_of_more_than_a_year_ago_is_forgotten_unless_somebody_still_needs_it(light_talk: Talk) -> None:
    told = light_talk.told()
    kept = [
        light_talk.comes_in(s.head().encode() + s.part("text/plain", "nog open")),
        light_talk.comes_in(s.single(s.google(counter(told), method="COUNTER"), method="COUNTER")),
    ]
    light_talk.comes_in(s.single(s.proton(told)))
    session = light_talk.cast.session

    soon = forget_old_mail(session, ANSWERED + timedelta(days=399))
    later = forget_old_mail(session, ANSWERED + timedelta(days=401))

    assert (soon, later) == (0, 1)
    assert {row.id for row in session.exec(select(InboundMail))} == {row.id for row in kept}
    assert kept[0].state == InboundState.OPEN
