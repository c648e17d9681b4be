"""Give one task its dates: the rule's day, rolled to a working day, clipped by law, or pinned by hand.

Customary days roll to the owner's next working day. Statutory days never shift later: they are calendar
days, planned on the owner's last working day before them, with the legal day kept beside.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from calendars.derivation import Step, day_nl
from calendars.people import MeetingFact, Member, People
from calendars.procedure import Occurrence, Stage, TaskRule
from calendars.resolve import Context, NoDateYetError, resolve
from calendars.rules import Offset, Rule, Span
from calendars.schoolyear import OutsideCalendarError, SchoolCalendar
from calendars.slots import AMSTERDAM

_HOLIDAY = 7  # calendar days between two school days; more of them make a holiday


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of a task (calendar days) and how they came to be."""

    starts_on: date | None
    target_on: date | None
    latest_on: date | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A day (itself included) that a planned day may not pass, and how to say so."""

    day: date
    kind: str
    text: str


def date_task(
    rule: TaskRule,
    stage: Stage,
    occurrence: Occurrence,
    context: Context,
    people: People,
    *,
    group: UUID | None,
    unit: str | None,
    meeting: MeetingFact | None,
    pin: tuple[date, str] | None,
) -> tuple[Dates, UUID | None]:
    """Return a task's dates and its owner; a rule that can't say yet leaves it "nog te plannen"."""
    latest, law = _statutory(rule, context)
    wanted, steps = _wanted(rule, occurrence, context, meeting)
    day = _working_day(wanted, latest, context.calendar)
    owner = people.owner(rule.role, day, context.calendar, group=group, unit=unit) if day else None
    more: tuple[Step, ...] = ()
    target = wanted
    if pin:
        target, more = _pinned(pin, latest)
    elif not rule.meeting:
        limits = _limits(rule, occurrence, latest, context)
        target, more = _placed(wanted, limits, None if rule.window else owner, context)
    if target and target > context.year.last_day and occurrence.opened_by == "person":
        more = (*more, Step("warning", "dit valt in het volgende schooljaar"))
    closing = law or (Step("open", "geen wettelijke grens"),)
    dates = Dates(_starts(rule, stage, context), target, latest, (*steps, *more, *closing))
    return dates, owner.id if owner else None


def _statutory(rule: TaskRule, context: Context) -> tuple[date | None, tuple[Step, ...]]:
    if rule.latest is None:
        return None, ()
    try:
        day = resolve(rule.latest, context).day
        context.calendar.on_or_before(day)
    except (NoDateYetError, OutsideCalendarError) as reason:
        return None, (Step("warning", f"wettelijke grens nog onbekend ({reason})"),)
    return day, (Step("legal", f"uiterlijk (wettelijk, {rule.law})", day),)


def _starts(rule: TaskRule, stage: Stage, context: Context) -> date | None:
    since = stage.gate.since if stage.gate else None
    if rule.window:
        since = rule.window.first
    if since is None:
        return None
    try:
        return context.calendar.on_or_after(resolve(since, context).day)
    except (NoDateYetError, OutsideCalendarError):
        return None


def _wanted(
    rule: TaskRule, occurrence: Occurrence, context: Context, meeting: MeetingFact | None
) -> tuple[date | None, tuple[Step, ...]]:
    """Return the day that the rule says, before anyone's working days or limits are looked at."""
    if rule.meeting:
        return _meeting_day(rule.meeting.within, context, meeting)
    due = rule.window.last if rule.window else rule.due_rule(occurrence.key)
    if due is None:
        return None, (Step("open", "nog te plannen"),) if rule.latest is None else ()
    try:
        dated = resolve(due, context)
        open_day = context.calendar.on_or_before if rule.window else context.calendar.on_or_after
        day = open_day(dated.day)
    except (NoDateYetError, OutsideCalendarError) as reason:
        return None, (Step("open", f"nog te plannen: {reason}"),)
    if not rule.window:
        return dated.day, dated.steps
    last = Step("window", "de laatste schooldag van de periode", day)
    return day, dated.steps if day == dated.day else (*dated.steps, last)


def _meeting_day(
    within: Span, context: Context, meeting: MeetingFact | None
) -> tuple[date | None, tuple[Step, ...]]:
    if meeting is None:
        return None, (Step("open", "nog te plannen: geen moment gevonden"),)
    local = meeting.starts_at.astimezone(AMSTERDAM)
    return local.date(), (
        *_period(within, context, local.date()),
        Step("meeting", f"overleg om {local:%H:%M} uur, als voorzitter en leerkracht er zijn", local.date()),
    )


def _period(within: Span, context: Context, day: date) -> tuple[Step, ...]:
    try:
        first, last = resolve(within.first, context).day, resolve(within.last, context).day
    except (NoDateYetError, OutsideCalendarError):
        return ()
    return (Step("window", f"van {day_nl(first)} tot en met {day_nl(last)}"),) if first <= day <= last else ()


def _working_day(wanted: date | None, latest: date | None, calendar: SchoolCalendar) -> date | None:
    """Return the school day on which to look who owns a task."""
    if wanted:
        return calendar.on_or_after(wanted)
    return calendar.on_or_before(latest) if latest else None


def _pinned(pin: tuple[date, str], latest: date | None) -> tuple[date, tuple[Step, ...]]:
    day, reason = pin
    pinned = Step("pin", f"vastgezet: {reason}", day)
    if latest and day > latest:
        return day, (pinned, Step("warning", "vastgezet na de wettelijke datum"))
    return day, (pinned,)


def _limits(rule: TaskRule, occurrence: Occurrence, latest: date | None, context: Context) -> list[Limit]:
    calendar = context.calendar
    limits = []
    if latest:
        text = "op tijd voor de wettelijke datum"
        limits.append(Limit(_last_before_law(latest, calendar), "clip", text))
    if occurrence.opened_by == "year":
        limits.append(Limit(context.year.last_day, "warning", "anders valt het na de laatste schooldag"))
    if before := _before(rule.due_rule(occurrence.key), context):
        limits.append(Limit(calendar.add_school_days(before, -1), "roll", f"klaar vóór {day_nl(before)}"))
    return sorted(limits, key=lambda limit: limit.day)


def _before(due: Rule | None, context: Context) -> date | None:
    """Return the day that a preparation counts back from: it is of no use on that day or later."""
    if isinstance(due, Offset) and due.count < 0 and (anchor := context.anchors.get(due.anchor)):
        return anchor.day
    return None


def _last_before_law(latest: date, calendar: SchoolCalendar) -> date:
    """Return the last school day on or before a legal day; before a holiday, not the day after it."""
    day = calendar.on_or_before(latest)
    earlier = calendar.add_school_days(day, -1)
    return earlier if day - earlier > timedelta(days=_HOLIDAY) else day


def _placed(
    wanted: date | None, limits: list[Limit], owner: Member | None, context: Context
) -> tuple[date | None, tuple[Step, ...]]:
    """Move a day to one on which there is school and the owner works, never past its limits."""
    if wanted is None and not any(limit.kind == "clip" for limit in limits):
        return None, ()
    day = _next(wanted, owner, context) if wanted else None
    steps = (Step("roll", _why_moved(wanted, owner, context), day),) if wanted and day != wanted else ()
    if limits and (day is None or day > limits[0].day):
        day = _previous(limits[0].day, owner, context)
        steps = (*steps, Step(limits[0].kind, limits[0].text, day)) if day != wanted else ()
    return day, steps


def _next(day: date, owner: Member | None, context: Context) -> date:
    open_day = context.calendar.on_or_after(day)
    try:
        return owner.presence.next_day(open_day, context.calendar) if owner else open_day
    except OutsideCalendarError:
        return open_day


def _previous(day: date, owner: Member | None, context: Context) -> date:
    open_day = context.calendar.on_or_before(day)
    try:
        return owner.presence.previous_day(open_day, context.calendar) if owner else open_day
    except OutsideCalendarError:
        return open_day


def _why_moved(day: date, owner: Member | None, context: Context) -> str:
    closed = context.calendar.closed_on(day)
    reason = ""
    if closed:
        verb = "is" if closed.first_day == closed.last_day else "valt in"
        reason = f"{day_nl(day)} {verb} {closed.name}, dus "
    if owner and owner.presence.halves:
        return f"{reason}de volgende werkdag van wie dit doet ({owner.presence.week(day)})"
    return f"{reason}de volgende schooldag"
