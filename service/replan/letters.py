"""One letter per person with all that moved for her; no pupil's name, the details are behind the login."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.derivation import day_nl
from models import Person, Replan, School
from service.clock import local
from service.notices.outbox import Letter, post
from service.replan.shifts import Shift, when
from service.settings import settings
from service.year.people import members_of

_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears of how many items, of which so many meetings that are a calendar update too."""

    person_id: UUID
    name: str
    items: int
    meetings: int


class _Entry(NamedTuple):
    what: str
    text: str
    address: str


def hearings(session: Session, school: School, shifts: Iterable[Shift], at: datetime) -> list[Hearing]:
    """Return who gets a letter, by name."""
    found = []
    for person, mine in _per_person(session, school, shifts, at):
        meetings = sum(shift.old.hour != shift.new.hour for shift in mine)
        found.append(Hearing(person.id, person.name, len(mine), meetings))
    return sorted(found, key=lambda hearing: hearing.name)


def post_letters(
    session: Session, school: School, replan: Replan, shifts: Iterable[Shift], at: datetime, *, undo: bool
) -> int:
    """Post one letter to everyone for whom something moved; return how many."""
    count = 0
    for person, mine in _per_person(session, school, shifts, at):
        lead = (
            f"Dit is teruggedraaid: {replan.reason}." if undo else f"Er is iets veranderd: {replan.reason}."
        )
        text, html = _write(person, mine, lead)
        letter = Letter(
            school_id=school.id,
            person_id=person.id,
            kind="notice",
            dedupe_key=f"replan:{replan.id}:{'undo' if undo else 'apply'}:{person.id}",
            to_address=person.email,
            subject=_subject(mine, undo=undo),
            body=text,
            html=html,
            at=at,
            expires_at=at + _LASTS,
        )
        count += post(session, letter) is not None
    return count


def _per_person(
    session: Session, school: School, shifts: Iterable[Shift], at: datetime
) -> list[tuple[Person, list[Shift]]]:
    """Return the shifts of everyone who works here today; who has left hears nothing more."""
    today = local(at).date()
    here = {m.id for m in members_of(session, school) if any(m.has_role(r.role, today) for r in m.roles)}
    theirs: dict[UUID, list[Shift]] = defaultdict(list)
    for shift in shifts:
        for person_id in shift.told & here:
            theirs[person_id].append(shift)
    people = session.exec(select(Person).where(col(Person.id).in_(list(theirs))).order_by(Person.email))
    return [(person, theirs[person.id]) for person in people if person.active]


def _subject(mine: list[Shift], *, undo: bool) -> str:
    count = f"{len(mine)} {'ding' if len(mine) == 1 else 'dingen'}"
    return f"Jaarritme: {count} {'weer zoals het was' if undo else 'verschoven'}"


def _write(person: Person, mine: list[Shift], lead: str) -> tuple[str, str]:
    entries = _entries(person, mine)
    base_url = settings().base_url
    hello = f"Dag {person.name.split()[0]},"
    foot = "Van een verzet overleg krijg je ook een update voor je agenda."
    lines = [hello, "", lead, "", "Dit verandert voor jou:"]
    for entry in entries:
        lines += [f"- {entry.what}", f"  {entry.text}", f"  {entry.address}"]
    lines += ["", f"Alles op een rij: {base_url}/vandaag", "", foot]
    items = "".join(
        f'<li><a href="{escape(e.address)}">{escape(e.what)}</a><br><small>{escape(e.text)}</small></li>'
        for e in entries
    )
    html = (
        f"<p>{escape(hello)}</p><p>{escape(lead)}</p><h3>Dit verandert voor jou</h3><ul>{items}</ul>"
        f'<p><a href="{escape(base_url)}/vandaag">Alles op een rij</a></p>'
        f"<p><small>{escape(foot)}</small></p>"
    )
    return "\n".join(lines) + "\n", html


def _entries(person: Person, mine: Iterable[Shift]) -> list[_Entry]:
    """Join items that moved alike into one entry."""
    alike: dict[tuple[str, str], list[Shift]] = defaultdict(list)
    for shift in mine:
        case = shift.case.rpartition(", ")[0] if shift.of_pupil else shift.case
        alike[f"{shift.title} ({case})", text_for(person.id, shift)].append(shift)
    base_url = settings().base_url
    return [
        _Entry(f"{same[0].title} ({same[0].case})", text, f"{base_url}/taken/{same[0].task_id}")
        if len(same) == 1
        else _Entry(f"{what} – {len(same)} keer", text, f"{base_url}/vandaag")
        for (what, text), same in alike.items()
    ]


def text_for(person_id: UUID | None, shift: Shift) -> str:
    """Say in a few words what changed about an item, for one reader."""
    if shift.what == "new":
        return f"nieuw: {when(shift.new)}"
    if shift.what == "gone":
        return f"vervalt (was {when(shift.old)})"
    parts = []
    if when(shift.old) != when(shift.new):
        parts.append(f"was {when(shift.old)}, wordt {when(shift.new)}")
    if shift.old.latest != shift.new.latest and shift.new.latest:
        parts.append(f"wettelijk nu uiterlijk {day_nl(shift.new.latest)}")
    if shift.old.owner != shift.new.owner and person_id in {shift.old.owner, shift.new.owner}:
        parts.append("is nu van jou" if shift.new.owner == person_id else "is niet meer van jou")
    elif when(shift.old) == when(shift.new):
        parts.append(f"{when(shift.new)}: wie erbij is, is veranderd")
    return "; ".join(parts)
