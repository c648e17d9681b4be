"""When a person wants to hear and when not, and the bounds that a school sets to that."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from sqlmodel import Session, select

from models import ReminderBounds, ReminderWish
from service.notices.choices import channels_for
from service.reminders.hours import AFTERNOON, bounds_of
from service.school.errors import SchoolError

MOST = 4  # messages to one person about one task; a school may allow fewer
LONGEST_PAUSE = 60  # calendar days that a school may allow
LONGEST_WAIT = 168  # hours
_EARLIEST, _LATEST = time(5), time(16)
_STEP = 15  # minutes between the hours to choose from


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for; an hour of None is the school's own."""

    hour: time | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    paused_from: date | None = None
    paused_until: date | None = None
    by_mail: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a school allows; days of a pause are calendar days."""

    hour: time
    latest_hour: time
    quiet_from: time
    quiet_until: time
    most_pause_days: int
    hand_wait_hours: int
    most: int


def wish_of(session: Session, school_id: UUID, person_id: UUID) -> ReminderWish:
    """Return what a person wants at a school; without a wish the school's own hours hold."""
    mine = select(ReminderWish).where(
        ReminderWish.school_id == school_id, ReminderWish.person_id == person_id
    )
    return session.exec(mine).first() or ReminderWish(school_id=school_id, person_id=person_id)


def hours_to_choose(bounds: ReminderBounds) -> list[time]:
    """Return the hours within the bounds of a school, every quarter."""
    first, last = _minutes(bounds.hour), _minutes(bounds.latest_hour)
    return [time(minute // 60, minute % 60) for minute in range(first, last + 1, _STEP)]


def keep_wish(session: Session, school_id: UUID, person_id: UUID, wish: Wish, *, today: date) -> ReminderWish:
    """Keep what a person asks for, if the school allows it."""
    bounds, row = bounds_of(session, school_id), wish_of(session, school_id, person_id)
    if wish.hour and not bounds.hour <= wish.hour <= bounds.latest_hour:
        first, last = f"{bounds.hour:%H:%M}", f"{bounds.latest_hour:%H:%M}"
        raise SchoolError(f"Kies een uur tussen {first} en {last}; dat heeft de school zo afgesproken.")
    _guard_quiet(wish, bounds)
    _guard_pause(wish, row, bounds, today)
    if not wish.by_mail and not channels_for(session, school_id, person_id):
        raise SchoolError("Zonder mail heb je eerst een ander kanaal nodig: anders hoor je niets meer.")
    row.hour, row.by_mail = wish.hour, wish.by_mail
    row.quiet_from, row.quiet_until = wish.quiet_from, wish.quiet_until
    row.paused_from, row.paused_until = wish.paused_from, wish.paused_until
    session.add(row)
    session.flush()
    return row


def _guard_quiet(wish: Wish, bounds: ReminderBounds) -> None:
    """Refuse quiet hours that leave no moment of the day to hear anything."""
    if (wish.quiet_from is None) != (wish.quiet_until is None):
        raise SchoolError("Vul bij je rusttijd allebei de uren in, of geen van beide.")
    if wish.quiet_from is None or wish.quiet_until is None:
        return
    latest = max(bounds.latest_hour, bounds.hour)
    if wish.quiet_from <= AFTERNOON or wish.quiet_until > latest:
        raise SchoolError(
            f"Je rusttijd begint na {AFTERNOON:%H:%M} en duurt hooguit tot {latest:%H:%M} de ochtend erna."
        )
    if wish.hour and wish.hour >= wish.quiet_from:
        raise SchoolError("Het uur waarop je iets wilt horen ligt in je rusttijd. Kies een ander uur.")


def _guard_pause(wish: Wish, row: ReminderWish, bounds: ReminderBounds, today: date) -> None:
    """Refuse a pause that is longer than the school allows."""
    if wish.paused_from is None and wish.paused_until is None:
        return
    if wish.paused_from is None or wish.paused_until is None:
        raise SchoolError("Vul bij een pauze de eerste en de laatste dag in.")
    if wish.paused_until < wish.paused_from:
        raise SchoolError("De laatste dag van je pauze ligt voor de eerste.")
    if (wish.paused_from, wish.paused_until) == (row.paused_from, row.paused_until):
        return
    if wish.paused_until < today:
        raise SchoolError("Deze pauze is al voorbij.")
    if wish.paused_until - wish.paused_from >= timedelta(days=bounds.most_pause_days):
        raise SchoolError(_too_long(bounds.most_pause_days))


def _too_long(most: int) -> str:
    if not most:
        return "Pauzeren kan op deze school niet. Ben je langer weg, vraag dan om vervanging."
    days = "één dag" if most == 1 else f"{most} dagen"
    return f"Een pauze duurt hooguit {days}. Ben je langer weg, vraag dan om vervanging."


def keep_bounds(session: Session, school_id: UUID, bounds: Bounds) -> ReminderBounds:
    """Keep what a school allows; a wish outside it counts as the nearest hour within."""
    _guard_bounds(bounds)
    row = bounds_of(session, school_id)
    for name in Bounds.__slots__:
        setattr(row, name, getattr(bounds, name))
    session.add(row)
    session.flush()
    return row


def _guard_bounds(bounds: Bounds) -> None:
    if not _EARLIEST <= bounds.hour <= bounds.latest_hour <= _LATEST:
        raise SchoolError("Het vroegste uur ligt niet na het laatste, en beide liggen tussen 05:00 en 16:00.")
    if bounds.quiet_until > bounds.hour:
        raise SchoolError("De rusttijd eindigt uiterlijk op het uur waarop de berichten komen.")
    if bounds.quiet_from <= max(bounds.latest_hour, AFTERNOON):
        raise SchoolError("De rusttijd begint na het laatste uur dat te kiezen is, en na 13:00.")
    if not 0 <= bounds.most_pause_days <= LONGEST_PAUSE:
        raise SchoolError(f"Een pauze is hooguit {LONGEST_PAUSE} dagen.")
    if not 1 <= bounds.hand_wait_hours <= LONGEST_WAIT:
        raise SchoolError(f"Tussen twee herinneringen met de hand zit een uur tot {LONGEST_WAIT} uur.")
    if not 1 <= bounds.most <= MOST:
        raise SchoolError(f"Over één taak krijgt iemand hooguit {MOST} berichten.")


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
