"""Read the mailbox that the settings name, from where it was left, each mail in a transaction of its own."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine
from sqlmodel import Session, select

from models import InboundMail, InboundState, MailboxCursor
from models.database import reading, unit_of_work
from service.clock import local
from service.notices.oauth import access_token
from service.notices.vault import Vault
from service.replies.fetched import Fetched, MailboxError
from service.replies.imap import Imap, ImapServer
from service.replies.kinds import Kind
from service.replies.maildir import Maildir
from service.replies.receive import receive
from service.settings import Settings

MOST = 300  # mails at a time; what is left comes with the next run
_LOOK_BACK = timedelta(days=30)  # calendar days, for a mailbox that is read for the first time
_COUNTED = {
    Kind.REPLY: "answers",
    Kind.COUNTER: "countered",
    Kind.BOUNCE: "bounced",
    Kind.ABSENCE: "absences",
    Kind.REFRESH: "asked_again",
}


def read_mailbox(engine: Engine, ours: Settings, at: datetime) -> tuple[Counter[str], str]:
    """Take in what is new; return what that was, and in Dutch what went wrong.

    What went wrong once is tried again by the next run: a mail counts as read only together with its row.
    """
    counts: Counter[str] = Counter()
    if not ours.replies_url:
        return counts, ""
    try:
        if ours.replies_url.startswith("maildir:"):
            return counts, _read_maildir(engine, ours, at, counts)
        return counts, _read_imap(engine, ours, at, counts)
    except MailboxError as error:
        return counts, str(error)


def mailbox_name(ours: Settings) -> str:
    """Return what the mailbox of the settings is called in our tables."""
    if ours.replies_url.startswith("maildir:"):
        return _maildir(ours).name
    return ImapServer.read(ours.replies_url).name


def _maildir(ours: Settings) -> Maildir:
    return Maildir(Path(unquote(urlsplit(ours.replies_url).path)))


def _read_maildir(engine: Engine, ours: Settings, at: datetime, counts: Counter[str]) -> str:
    box = _maildir(ours)
    for mail in box.fetch(MOST):
        with unit_of_work(engine) as session:
            row = _take(session, ours, mail, at)
        counts.update(("mails", _count_of(row, at)))
        box.done(mail.key)
    return box.trouble


def _read_imap(engine: Engine, ours: Settings, at: datetime, counts: Counter[str]) -> str:
    server = ImapServer.read(ours.replies_url)
    try:
        with Imap(server, lambda fresh: access_token(ours, fresh=fresh)) as box:
            last_uid = _last_uid(engine, box.name, box.uid_validity)
            since = None if last_uid else local(at - _LOOK_BACK).date()
            for mail in box.fetch(last_uid, since, MOST):
                with unit_of_work(engine) as session:
                    row = _take(session, ours, mail, at)
                    _move_on(session, box, int(mail.key), at)
                counts.update(("mails", _count_of(row, at)))
                box.done(mail.key)
            _note(engine, box.name, at, box.trouble)
            return box.trouble
    except MailboxError as error:
        _note(engine, server.name, at, str(error))
        raise


def _take(session: Session, ours: Settings, mail: Fetched, at: datetime) -> InboundMail:
    source = ours.replies_url.partition(":")[0]
    problem = mail.problem or ("de mail is te groot" if mail.cut_from else "")
    vault = Vault(ours.home)
    return receive(
        session, mail.raw, source=source, at=at, vault=vault, octets=mail.cut_from, problem=problem
    )


def _count_of(row: InboundMail, at: datetime) -> str:
    if row.received_at != at:
        return "seen_before"
    if row.state == InboundState.OPEN:
        return "to_place"
    return _COUNTED.get(Kind(row.kind), "other_mails")


def _move_on(session: Session, box: Imap, uid: int, at: datetime) -> None:
    """Note, together with the mail itself, that a mailbox was read up to a UID."""
    cursor = _cursor(session, box.name) or MailboxCursor(mailbox=box.name)
    cursor.uid_validity, cursor.last_uid, cursor.read_at = box.uid_validity, uid, at
    session.add(cursor)


def _cursor(session: Session, name: str) -> MailboxCursor | None:
    return session.exec(select(MailboxCursor).where(MailboxCursor.mailbox == name)).one_or_none()


def _last_uid(engine: Engine, name: str, uid_validity: int) -> int:
    """Return the last UID that was read; one of another numbering says nothing (RFC 3501 §2.3.1.1)."""
    with reading(engine) as session:
        cursor = _cursor(session, name)
    return cursor.last_uid if cursor and cursor.uid_validity == uid_validity else 0


def _note(engine: Engine, name: str, at: datetime, error: str) -> None:
    with unit_of_work(engine) as session:
        cursor = _cursor(session, name) or MailboxCursor(mailbox=name)
        cursor.error = error or None
        cursor.read_at = cursor.read_at if error else at
        session.add(cursor)
