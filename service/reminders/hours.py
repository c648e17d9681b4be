"""When a person hears: on an own working day, at the hour they chose within what the school allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from uuid import UUID

from sqlmodel import Session, select

from calendars.people import Member
from calendars.schoolyear import SchoolCalendar
from models import ReminderBounds, ReminderWish, School
from service.clock import AMSTERDAM, local
from service.settings import settings

AFTERNOON = time(13, 0)  # when the working day begins of who comes in the afternoon only
_LAST = time(23, 59)


class Turn(Enum):
    """Where a person's day stands at one moment."""

    OFF = "off"
    PAUSED = "paused"
    QUIET = "quiet"
    EARLY = "early"
    NOW = "now"
    LATER = "later"  # the day's message has had its turn; only what can't wait goes at once


@dataclass(frozen=True)
class Hours:
    """The bounds of a school, the wishes of its people, and its days."""

    bounds: ReminderBounds
    wishes: Mapping[UUID, ReminderWish]
    calendar: SchoolCalendar

    def turn(self, member: Member, at: datetime, since: datetime | None) -> Turn:
        """Tell where a person's day stands; ``since`` is up to when everyone had their turn."""
        today = local(at).date()
        if not member.presence.works_on(today, self.calendar):
            return Turn.EARLY if at < self._at(today, self.bounds.hour) else Turn.OFF
        moment = self.moment(member, today)
        if at < moment:
            return Turn.EARLY
        if self.is_paused(member.id, today):
            return Turn.PAUSED
        if self.is_quiet(member.id, at):
            return Turn.QUIET
        return Turn.LATER if since and moment <= since else Turn.NOW

    def rest(self, member: Member, at: datetime) -> Turn | None:
        """Tell why a person is not to be disturbed at a moment: off, or quiet hours; else nothing."""
        if not member.presence.works_on(local(at).date(), self.calendar):
            return Turn.OFF
        return Turn.QUIET if self.is_quiet(member.id, at) else None

    def moment(self, member: Member, day: date) -> datetime:
        """Return when a person hears on a working day, by the clock on the wall."""
        wish = self.wishes.get(member.id)
        hour = (wish.hour if wish else None) or self.bounds.hour
        hour = min(max(hour, self.bounds.hour), max(self.bounds.latest_hour, self.bounds.hour))
        if member.presence.halves_on(day) == ("pm",):
            hour = max(hour, AFTERNOON)
        for quiet_from, quiet_until in self._quiet(member.id):
            if _is_within(hour, quiet_from, quiet_until):
                hour = max(hour, quiet_until)
        return self._at(day, hour)

    def is_paused(self, person_id: UUID, day: date) -> bool:
        """Tell whether a person wants to hear nothing on a day (both ends of a pause included)."""
        wish = self.wishes.get(person_id)
        if wish is None or wish.paused_from is None:
            return False
        return wish.paused_from <= day and (wish.paused_until is None or day <= wish.paused_until)

    def is_quiet(self, person_id: UUID, at: datetime) -> bool:
        """Tell whether a moment lies in the quiet hours of the school or of a person."""
        clock = local(at).time()
        return any(_is_within(clock, first, last) for first, last in self._quiet(person_id))

    def of_use_until(self, person_id: UUID, at: datetime) -> datetime:
        """Return until when what is told at a moment is worth telling: the quiet hours of that day."""
        clock, day = local(at).time(), local(at).date()
        begins = [first for first, _ in self._quiet(person_id) if first > clock]
        return self._at(day, min([*begins, _LAST]))

    def _quiet(self, person_id: UUID) -> list[tuple[time, time]]:
        return [(self.bounds.quiet_from, self.bounds.quiet_until), *self._own_quiet(person_id)]

    def _own_quiet(self, person_id: UUID) -> list[tuple[time, time]]:
        """Return a person's own quiet hours, as far as the bounds of today leave a moment to hear."""
        wish, bounds = self.wishes.get(person_id), self.bounds
        if wish is None or wish.quiet_from is None or wish.quiet_until is None:
            return []
        if wish.quiet_from <= max(bounds.hour, AFTERNOON):
            return []
        if wish.quiet_from < wish.quiet_until:
            return [(wish.quiet_from, wish.quiet_until)]
        return [(wish.quiet_from, min(wish.quiet_until, max(bounds.latest_hour, bounds.hour)))]

    @staticmethod
    def _at(day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, AMSTERDAM).astimezone(UTC)


def hours_of(session: Session, school: School, calendar: SchoolCalendar) -> Hours:
    """Read the bounds and wishes of a school."""
    found = session.exec(select(ReminderWish).where(ReminderWish.school_id == school.id))
    return Hours(bounds_of(session, school.id), {wish.person_id: wish for wish in found}, calendar)


def bounds_of(session: Session, school_id: UUID) -> ReminderBounds:
    """Return what a school allows; until it says so itself, its morning is that of the settings."""
    kept = session.exec(select(ReminderBounds).where(ReminderBounds.school_id == school_id)).first()
    if kept:
        return kept
    morning = time.fromisoformat(settings().morning)
    usual = ReminderBounds(school_id=school_id)
    return ReminderBounds(
        school_id=school_id,
        hour=morning,
        latest_hour=max(morning, usual.latest_hour),
        quiet_from=max(morning, usual.quiet_from),
        quiet_until=min(morning, usual.quiet_until),
    )


def _is_within(clock: time, first: time, last: time) -> bool:
    """Tell whether a time lies in a span that may pass midnight (the end not included)."""
    if first == last:
        return False
    return first <= clock < last if first < last else clock >= first or clock < last
