"""Calendars on a server of the school's own: whose, where, and how to write there; the rest is a secret."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from hashlib import sha256
from urllib.parse import SplitResult, urlsplit
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from calendars.entries import DayEntry
from calendars.feed import single
from models import CaldavTarget
from service.access.actor import Actor
from service.access.scope import NotFoundError
from service.feeds.caldav_door import WORDS, Account, CaldavDoor
from service.notices.vault import Vault

MAX_FIELD = 300  # characters
MOST = 3  # calendars of one person
_SHOWN = re.compile(r"[!-~]+")


class TargetError(Exception):
    """Deze agenda kan niet worden gebruikt."""


def checked(url: str, user: str, password: str, *, plain: bool = False) -> Account:
    """Return where and how to write, from what somebody typed; ``plain`` allows http, for a demo."""
    typed = url.strip()
    parts = _parts(typed)
    if not parts or not parts.hostname or parts.scheme not in {"https", "http"}:
        raise TargetError("Vul het adres in dat de server bij de agenda toont; het begint met https://.")
    if parts.scheme == "http" and not plain:
        raise TargetError(WORDS["insecure"])
    if parts.username or parts.password or parts.query or parts.fragment:
        raise TargetError("Zet de naam en het wachtwoord niet in het adres, maar in hun eigen vak.")
    if not user.strip() or not password:
        raise TargetError("Vul de naam en het wachtwoord in waarmee Jaarritme mag schrijven.")
    return Account(typed, user.strip(), password)


def _parts(typed: str) -> SplitResult | None:
    """Return the parts of an address; nothing of what is none."""
    with suppress(ValueError):  # a bracket that doesn't close, a port that is no number
        parts = urlsplit(typed)
        if _SHOWN.fullmatch(typed) and parts.port != 0:
            return parts
    return None


def tried(door: CaldavDoor, account: Account) -> Account:
    """Return the account with its calendar found and written to once; raise ``TargetError`` if it can't.

    It goes over the network: call it outside a transaction.
    """
    outcome = door.attempt(account, _trial())
    if outcome.problem:
        raise TargetError(outcome.problem)
    return Account(account.url, account.user, account.password, outcome.calendar)


def require_room(session: Session, actor: Actor) -> None:
    """Raise ``TargetError`` when the actor has as many calendars as a person may."""
    if len(targets_of(session, actor)) >= MOST:
        raise TargetError("Je hebt al drie agenda's op een server. Haal er eerst een weg.")


def keep_target(
    session: Session, vault: Vault, actor: Actor, name: str, account: Account, at: datetime
) -> CaldavTarget:
    """Keep a calendar of the actor, its address and password sealed."""
    require_room(session, actor)
    key = uuid4()
    label = " ".join(name.split())[:60] or urlsplit(account.url).hostname or "Agenda"
    target = CaldavTarget(
        id=key,
        person_id=actor.person_id,
        name=label,
        secret=sealed(vault, key, account),
        created_at=at,
    )
    session.add(target)
    session.flush()
    return target


def targets_of(session: Session, actor: Actor) -> Sequence[CaldavTarget]:
    """Return the calendars of the actor, also those from which our entries are still being taken away."""
    mine = select(CaldavTarget).where(CaldavTarget.person_id == actor.person_id)
    return session.exec(mine.order_by(col(CaldavTarget.created_at))).all()


def find_target(session: Session, actor: Actor, target_id: UUID) -> CaldavTarget:
    """Return a calendar of the actor."""
    target = session.get(CaldavTarget, target_id)
    if target is None or target.person_id != actor.person_id:
        raise NotFoundError
    return target


def write_all_again(session: Session, target: CaldavTarget, calendar: str, vault: Vault) -> None:
    """Let the next round write everything, for somebody may have thrown entries away there."""
    account = unsealed(vault, target)
    target.secret = sealed(vault, target.id, Account(account.url, account.user, account.password, calendar))
    target.known = dict.fromkeys(target.known, "")
    target.active, target.error = True, None
    session.add(target)


def withdraw_target(session: Session, target: CaldavTarget) -> None:
    """Stop writing; the next round takes away what we wrote, and then forgets the calendar."""
    target.active, target.error = False, None
    if not target.known:
        session.delete(target)


def sealed(vault: Vault, target_id: UUID, account: Account) -> str:
    """Return an account as something to keep in a table."""
    fields = [account.url, account.user, account.password, account.calendar]
    return vault.seal(json.dumps(fields), about=_about(target_id))


def unsealed(vault: Vault, target: CaldavTarget) -> Account:
    """Return where and how to write; never log it."""
    return Account(*json.loads(vault.unseal(target.secret, about=_about(target.id))))


def file_name(uid: str) -> str:
    """Return the name under which an entry stands on a server."""
    return f"{sha256(uid.encode()).hexdigest()[:32]}.ics"


def _about(target_id: UUID) -> str:
    return f"caldav:{target_id}"


def _trial() -> bytes:
    day = date(2020, 1, 1)
    return single(
        DayEntry(
            uid="proef@jaarritme.invalid",
            sequence=0,
            first_day=day,
            last_day=day,
            title="Proef van Jaarritme",
            modified_at=datetime(2020, 1, 1, tzinfo=UTC),
        )
    )
