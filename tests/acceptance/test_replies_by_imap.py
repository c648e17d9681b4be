"""Mail read from a real IMAP server (Dovecot), by password and by token, through stops and a new mailbox."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models import InboundMail, MailboxCursor
from models.database import reading
from service.replies.sources import read_mailbox
from service.settings import Settings
from tests.cast import moment
from tests.replies.imap_house import PASSWORD, USER, ImapHouse, available, imap_house

pytestmark = [pytest.mark.acceptance, pytest.mark.skipif(not available(), reason="needs Dovecot")]
AT = moment("2026-11-25", 12)


@pytest.fixture
def house() -> Iterator[ImapHouse]:
    with imap_house() as house:
        yield house


def settings_for(house: ImapHouse, home: Path, *, query: str = "", password: str = PASSWORD) -> Settings:
    user = quote(USER, safe="")
    by_password = f":{quote(password, safe='')}" if password else ""
    return Settings(
        home=home,
        replies_url=f"imap://{user}{by_password}@127.0.0.1:{house.port}/INBOX{query}",
        oauth_token_url=f"http://127.0.0.1:{house.web}/token",
        oauth_client_id="verzonnen",
        oauth_client_secret="geheim",
    )


def letter(number: int) -> bytes:
    head = f"From: laila{number}@wilgenhof.example\r\nSubject: hallo\r\n"
    return f"{head}Date: Wed, 25 Nov 2026 10:00:00 +0100\r\n\r\nmail {number}\r\n".encode()


def senders(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(row.sender.partition("@")[0] for row in session.exec(select(InboundMail)))


def test_new_mail_is_read_once_and_left_unread(house: ImapHouse, sqlite: Engine, tmp_path: Path) -> None:
    ours = settings_for(house, tmp_path)
    house.put("1", letter(1))
    house.put("2", letter(2))

    first = read_mailbox(sqlite, ours, AT)
    again = read_mailbox(sqlite, ours, AT)
    house.put("3", letter(3))
    third = read_mailbox(sqlite, ours, AT)

    assert [(found["mails"], problem) for found, problem in (first, again, third)] == [
        (2, ""),
        (0, ""),
        (1, ""),
    ]
    assert senders(sqlite) == ["laila1", "laila2", "laila3"]
    assert not [
        file for file in (house.folder / "mail" / "cur").iterdir() if "S" in file.name.partition(":2,")[2]
    ]


@pytest.mark.parametrize("kind", ["xoauth2", "oauthbearer"])
def test_a_token_opens_the_mailbox_and_a_spent_one_is_renewed(
    house: ImapHouse, sqlite: Engine, tmp_path: Path, kind: str
) -> None:
    ours = settings_for(house, tmp_path, query=f"?auth={kind}", password="")
    house.put("1", letter(1))
    first = read_mailbox(sqlite, ours, AT)
    house.tokens.append("een-ander")  # the one that we keep is no longer good
    house.put("2", letter(2))

    second = read_mailbox(sqlite, ours, AT)

    assert [(found["mails"], problem) for found, problem in (first, second)] == [(1, ""), (1, "")]
    assert len(house.tokens) == 3


def test_read_mail_is_moved_when_the_settings_ask_for_that(
    house: ImapHouse, sqlite: Engine, tmp_path: Path
) -> None:
    house.put("1", letter(1))

    found, problem = read_mailbox(sqlite, settings_for(house, tmp_path, query="?move=Verwérkt"), AT)

    assert (found["mails"], problem) == (1, "")
    assert not list(house.new.iterdir())
    assert [path.name for path in (house.folder / "mail").glob(".Verw*")] == [".Verw&AOk-rkt"]


def test_a_mailbox_that_was_built_anew_is_read_again_and_counts_nothing_twice(
    house: ImapHouse, sqlite: Engine, tmp_path: Path
) -> None:
    ours = settings_for(house, tmp_path)
    house.put("1", letter(1))
    read_mailbox(sqlite, ours, AT)
    house.stop()
    for file in (house.folder / "mail").glob("dovecot*"):
        file.unlink()
    house.start()
    house.put("2", letter(2))

    found, problem = read_mailbox(sqlite, ours, AT.replace(minute=5))

    assert problem == ""
    assert senders(sqlite) == ["laila1", "laila2"]
    assert found["to_place"] == 1


def test_a_server_that_is_away_loses_nothing(house: ImapHouse, sqlite: Engine, tmp_path: Path) -> None:
    ours = settings_for(house, tmp_path)
    house.put("1", letter(1))
    house.stop()

    away = read_mailbox(sqlite, ours, AT)
    house.start()
    back = read_mailbox(sqlite, ours, AT)

    assert (away[0]["mails"], bool(away[1]), back[0]["mails"], back[1]) == (0, True, 1, "")
    with reading(sqlite) as session:
        assert session.exec(select(MailboxCursor)).one().error is None


def test_a_wrong_password_is_told_without_repeating_it(
    house: ImapHouse, sqlite: Engine, tmp_path: Path
) -> None:
    found, problem = read_mailbox(sqlite, settings_for(house, tmp_path, password="verkeerd"), AT)

    assert not found
    assert "laat ons niet toe" in problem
    assert "verkeerd" not in problem
    assert USER not in problem


def test_a_mail_that_is_too_large_is_looked_at_by_a_person(
    house: ImapHouse, sqlite: Engine, tmp_path: Path
) -> None:
    house.put("1", letter(1) + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 160_000)

    found, problem = read_mailbox(sqlite, settings_for(house, tmp_path), AT)

    assert (found["to_place"], problem) == (1, "")
    with reading(sqlite) as session:
        row = session.exec(select(InboundMail)).one()
    assert (row.kind, row.sender) == ("unreadable", "laila1@wilgenhof.example")
    assert row.data["octets"] > 10_000_000
