"""Mail from a maildir, and from an IMAP server that does what it wants."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models import InboundMail, MailboxCursor
from models.database import reading
from service.replies.fetched import MailboxError
from service.replies.imap import ImapServer, _quoted
from service.replies.sources import read_mailbox
from service.settings import Settings
from tests.cast import moment
from tests.replies.shapes import head, part

AT = moment("2026-11-25", 12)


def letter(number: int) -> bytes:
    return head(f"l{number}@wilgenhof.example", "hallo").encode() + part("text/plain", f"mail {number}")


def rows(engine: Engine) -> list[InboundMail]:
    with reading(engine) as session:
        return list(session.exec(select(InboundMail).order_by(InboundMail.sender)))


def test_a_maildir_is_read_once_and_what_was_read_is_marked_seen(engine: Engine, tmp_path: Path) -> None:
    box = tmp_path / "post bus"
    (box / "new").mkdir(parents=True)
    for number in (1, 2):
        (box / "new" / f"{number}.host").write_bytes(letter(number))
    ours = Settings(home=tmp_path, replies_url=f"maildir://{box}")

    first = read_mailbox(engine, ours, AT)
    again = read_mailbox(engine, ours, AT)

    assert [(found["mails"], problem) for found, problem in (first, again)] == [(2, ""), (0, "")]
    assert sorted(file.name for file in (box / "cur").iterdir()) == ["1.host:2,S", "2.host:2,S"]
    assert [row.sender for row in rows(engine)] == ["l1@wilgenhof.example", "l2@wilgenhof.example"]


def test_a_maildir_that_is_not_there_is_told(sqlite: Engine, tmp_path: Path) -> None:
    found, problem = read_mailbox(
        sqlite, Settings(home=tmp_path, replies_url=f"maildir://{tmp_path}/weg"), AT
    )

    assert not found
    assert problem.startswith("De maildir kan niet worden gelezen")


def test_a_file_that_cannot_be_read_holds_up_no_other(sqlite: Engine, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "0.stuk").symlink_to("/proc/self/mem")
    (tmp_path / "new" / "1.host").write_bytes(letter(1))

    found, problem = read_mailbox(sqlite, Settings(home=tmp_path, replies_url=f"maildir://{tmp_path}"), AT)

    assert found["mails"] == 1
    assert problem.startswith("De mail '0.stuk' in de maildir kan niet worden gelezen")
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["0.stuk"]


def test_a_maildir_in_which_nothing_can_be_moved_is_told(sqlite: Engine, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "cur").write_text("geen map")
    (tmp_path / "new" / "1.host").write_bytes(letter(1))

    found, problem = read_mailbox(sqlite, Settings(home=tmp_path, replies_url=f"maildir://{tmp_path}"), AT)

    assert found["mails"] == 1
    assert problem.startswith("Gelezen mail kan niet naar 'cur'")


def test_without_a_mailbox_nothing_is_read(sqlite: Engine, tmp_path: Path) -> None:
    assert read_mailbox(sqlite, Settings(home=tmp_path), AT) == ({}, "")


class Scripted:
    """An IMAP server of a few lines: it has mails, and drops the line after a number of them."""

    def __init__(self, mails: dict[int, bytes], *, drops_after: int = 99) -> None:
        self.mails, self.drops_after, self.given = mails, drops_after, 0
        self.refuses: dict[int, bytes] = {}
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as talk:
                self._talk(talk)  # type: ignore[arg-type]

    def _give(self, talk: "socket.SocketIO", uid: bytes) -> bool:
        if self.given >= self.drops_after:
            talk.write(b"* 1 FETCH (BODY[] {5000}\r\nhalf")
            talk.flush()
            return False
        if int(uid) in self.refuses:
            return True
        self.given += 1
        raw = self.mails[int(uid)]
        talk.write(b"* 1 FETCH (UID %s BODY[] {%d}\r\n%s)\r\n" % (uid, len(raw), raw))
        return True

    def _verdict(self, words: list[bytes]) -> bytes:
        no = self.refuses.get(int(words[2])) if words[:2] == [b"UID", b"FETCH"] and len(words) > 2 else None
        return b" NO " + no if no and b"(RFC822.SIZE)" not in words else b" OK klaar"

    def _talk(self, talk: "socket.SocketIO") -> None:
        def say(text: bytes) -> None:
            talk.write(text + b"\r\n")
            talk.flush()

        say(b"* OK hier")
        while said := talk.readline():
            tag, _, command = said.strip().partition(b" ")
            words = command.upper().split()
            if words[:1] == [b"CAPABILITY"]:
                say(b"* CAPABILITY IMAP4rev1")
            elif words[:1] in ([b"SELECT"], [b"EXAMINE"]):
                say(b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok")
            elif words[:2] == [b"UID", b"SEARCH"]:
                say(b"* SEARCH " + b" ".join(str(uid).encode() for uid in self.mails))
            elif words[:2] == [b"UID", b"FETCH"] and b"SIZE" in command:
                say(b"* 1 FETCH (UID %s RFC822.SIZE %d)" % (words[2], len(self.mails[int(words[2])])))
            elif words[:2] == [b"UID", b"FETCH"]:
                if not self._give(talk, words[2]):
                    return
            elif words[:1] == [b"LOGOUT"]:
                say(b"* BYE dag")
                say(tag + b" OK klaar")
                return
            say(tag + self._verdict(words))


@contextmanager
def scripted(server: Scripted) -> Iterator[Scripted]:
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.server.shutdown(socket.SHUT_RDWR)
    server.server.close()
    thread.join(5)


def test_a_line_that_drops_half_way_loses_and_doubles_nothing(engine: Engine, tmp_path: Path) -> None:
    mails = {uid: letter(uid) for uid in (3, 4, 9)}
    with scripted(Scripted(mails, drops_after=1)) as server:
        ours = Settings(home=tmp_path, replies_url=f"imap://naam:woord@127.0.0.1:{server.port}")
        first = read_mailbox(engine, ours, AT)
        with reading(engine) as session:
            kept = session.exec(select(MailboxCursor)).one()
        server.drops_after = 99
        second = read_mailbox(engine, ours, AT)

    assert (first[0]["mails"], "brak" in first[1]) == (1, True)
    assert (kept.last_uid, kept.uid_validity, bool(kept.error)) == (3, 7, True)
    assert (second[0]["mails"], second[1]) == (2, "")
    assert len(rows(engine)) == 3


def test_a_mail_that_the_server_cannot_give_holds_up_no_other(engine: Engine, tmp_path: Path) -> None:
    with scripted(Scripted({uid: letter(uid) for uid in (3, 4)})) as server:
        ours = Settings(home=tmp_path, replies_url=f"imap://naam:woord@127.0.0.1:{server.port}")
        server.refuses = {3: b"[UNAVAILABLE] even geduld"}
        first = read_mailbox(engine, ours, AT)
        server.refuses = {3: b"deze mail is stuk"}
        second = read_mailbox(engine, ours, AT)

    assert (first[0]["mails"], bool(first[1])) == (0, True)
    assert (second[0]["mails"], second[0]["to_place"], second[1]) == (2, 2, "")
    assert {"mailserver" in row.reason for row in rows(engine)} == {True, False}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (
            "imaps://jan%40school.example:ge%2Fheim@imap.example/INBOX",
            "imaps://jan@school.example@imap.example:993/INBOX",
        ),
        ("imap+starttls://jan:x@imap.example:1143/A%2FB", "imap+starttls://jan@imap.example:1143/A/B"),
    ],
)
def test_what_a_mailbox_is_called_holds_no_password(url: str, name: str) -> None:
    server = ImapServer.read(url)

    assert server.name == name
    assert server.password not in ("", server.name)


@pytest.mark.parametrize("url", ["imaps:///x", "pop3://x", "imaps://x/?auth=ntlm"])
def test_what_is_no_mailbox_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(MailboxError) as error:
        ImapServer.read(url)

    assert url not in str(error.value)


def test_a_folder_is_named_as_imap_wants_it() -> None:
    assert _quoted('Verwérkt & "klaar"') == '"Verw&AOk-rkt &- \\"klaar\\""'
