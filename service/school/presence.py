"""On which half days of the week a person works at a school, with what was and what will be."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.presence import WEEKDAYS_SHORT
from models import Half, Membership, Presence
from service.school.errors import NotOfThisSchoolError, SchoolError

_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)

HalfDay = tuple[int, Half]


class PresenceError(SchoolError):
    """Deze werkdagen kloppen niet."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A week of half days, from one day until another (both included)."""

    halves: frozenset[HalfDay]
    valid_from: date
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        """Tell whether the pattern runs on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def week(self) -> str:
        """Return the pattern in words ("di-middag, wo")."""
        return ", ".join(filter(None, (_word(self.halves, weekday) for weekday in range(7)))) or "niet"


def patterns_of(session: Session, school_id: UUID, person_id: UUID) -> list[Pattern]:
    """Return the patterns of a person at a school, the oldest first."""
    found: dict[tuple[date, date | None], set[HalfDay]] = {}
    for row in _rows(session, school_id, person_id):
        found.setdefault((row.valid_from, row.valid_until), set()).add((row.weekday, row.half))
    return [
        Pattern(frozenset(halves), first, last)
        for (first, last), halves in sorted(found.items(), key=lambda item: item[0][0])
    ]


def set_presence(
    session: Session,
    school_id: UUID,
    person_id: UUID,
    halves: Iterable[HalfDay],
    *,
    valid_from: date,
    valid_until: date | None = None,
    actor_id: UUID | None,
    at: datetime,
) -> None:
    """Give a person other half days from a day on (until another, both included).

    What ran before ends the day before, and runs on after ``valid_until``. Without an end the pattern
    runs until the next one that was set already.
    """
    wanted = sorted(set(halves))
    rows = _rows(session, school_id, person_id)
    valid_until = valid_until or _until_next(rows, valid_from)
    _check(session, school_id, person_id, wanted, valid_from, valid_until)
    keeps = [kept for row in rows for kept in _make_room(session, row, valid_from, valid_until)]
    if not wanted and not keeps:
        raise PresenceError("Kies ten minste één dagdeel.")
    for weekday, half in wanted:
        session.add(
            Presence(
                school_id=school_id,
                person_id=person_id,
                weekday=weekday,
                half=half,
                valid_from=valid_from,
                valid_until=valid_until,
            )
        )
    session.flush()
    _log.info("presence set: %s from %s by %s at %s", person_id, valid_from, actor_id, at.isoformat())


def end_presence(session: Session, school_id: UUID, person_id: UUID, until: date) -> None:
    """End what runs at a school after ``until`` (included); what was to come later is dropped."""
    for row in _rows(session, school_id, person_id):
        if row.valid_from > until:
            session.delete(row)
        elif row.valid_until is None or row.valid_until > until:
            row.valid_until = until
    session.flush()


def _until_next(rows: Iterable[Presence], valid_from: date) -> date | None:
    later = [row.valid_from for row in rows if row.valid_from > valid_from]
    return min(later) - _DAY if later else None


def _check(
    session: Session,
    school_id: UUID,
    person_id: UUID,
    halves: Iterable[HalfDay],
    valid_from: date,
    valid_until: date | None,
) -> None:
    if valid_until and valid_until < valid_from:
        raise PresenceError("De laatste dag ligt voor de eerste dag.")
    if any(weekday not in range(7) for weekday, _ in halves):
        raise PresenceError("Dit is geen dag van de week.")
    here = select(Membership.id).where(Membership.school_id == school_id, Membership.person_id == person_id)
    if session.exec(here).first() is None:
        raise NotOfThisSchoolError


def _make_room(session: Session, row: Presence, first: date, last: date | None) -> Iterable[Presence]:
    """Take the days from ``first`` until ``last`` out of a row; return what is left of it."""
    ends = row.valid_until or date.max
    if ends < first or (last and row.valid_from > last):
        yield row
        return
    tail = last is not None and ends > last
    if row.valid_from < first:
        if last and tail:
            yield _again(session, row, last + _DAY)
        row.valid_until = first - _DAY
        yield row
    elif last and tail:
        row.valid_from = last + _DAY
        yield row
    else:
        session.delete(row)


def _again(session: Session, row: Presence, first: date) -> Presence:
    kept = Presence(
        school_id=row.school_id,
        person_id=row.person_id,
        weekday=row.weekday,
        half=row.half,
        valid_from=first,
        valid_until=row.valid_until,
    )
    session.add(kept)
    return kept


def _rows(session: Session, school_id: UUID, person_id: UUID) -> list[Presence]:
    mine = select(Presence).where(Presence.school_id == school_id, Presence.person_id == person_id)
    return list(session.exec(mine.order_by(col(Presence.valid_from))))


def _word(halves: frozenset[HalfDay], weekday: int) -> str:
    there = {half for day, half in halves if day == weekday}
    if not there:
        return ""
    suffix = {Half.MORNING: "-ochtend", Half.AFTERNOON: "-middag"}
    return WEEKDAYS_SHORT[weekday] + ("" if len(there) > 1 else suffix[there.pop()])
