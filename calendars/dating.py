"""Give one task its dates: the rule's day, rolled to a working day, clipped by law, or pinned by hand.

Customary days roll to the owner's next working day. Statutory days never shift later: they are calendar
days, planned on the owner's last working day before them, with the legal day kept beside.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from calendars.derivation import Step, day_nl
from calendars.people import MeetingFact, Member, People
from calendars.procedure import Occurrence, Stage, TaskRule
from calendars.resolve import Context, NoDateYetError, resolve
from calendars.schoolyear import OutsideCalendarError
from calendars.slots import AMSTERDAM


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of a task (calendar days) and how they came to be."""

    starts_on: date | None
    target_on: date | None
    latest_on: date | None
    steps: tuple[Step, ...]


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
    latest, law_steps = _limit(rule, context)
    starts = _starts(rule, stage, context)
    target, steps = _target(rule, occurrence, context, meeting)
    day = target or latest
    owner = people.owner(rule.role, day, context.calendar, group=group, unit=unit) if day else None
    if pin:
        target, steps = pin[0], (*steps, Step("pin", f"vastgezet: {pin[1]}", pin[0]))
    elif rule.meeting is None and rule.window is None:
        target, more = _roll(target, latest, owner, context, hard_end=occurrence.opened_by == "year")
        steps = (*steps, *more)
    closing = law_steps or (Step("open", "geen wettelijke grens"),)
    if target is None:
        return Dates(starts, None, latest, (*steps, *closing)), owner.id if owner else None
    return Dates(starts, target, latest, (*steps, *closing)), owner.id if owner else None


def _limit(rule: TaskRule, context: Context) -> tuple[date | None, tuple[Step, ...]]:
    if rule.latest is None:
        return None, ()
    try:
        day = resolve(rule.latest, context).day
    except NoDateYetError as reason:
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
    except NoDateYetError:
        return None


def _target(
    rule: TaskRule, occurrence: Occurrence, context: Context, meeting: MeetingFact | None
) -> tuple[date | None, tuple[Step, ...]]:
    if rule.meeting:
        return _meeting_day(meeting)
    due = rule.window.last if rule.window else rule.due_rule(occurrence.key)
    if due is None:
        return None, ()
    try:
        dated = resolve(due, context)
    except NoDateYetError as reason:
        return None, (Step("open", f"nog te plannen: {reason}"),)
    if rule.window:
        day = context.calendar.on_or_before(dated.day)
        return day, (*dated.steps, Step("window", "laatste schooldag van de periode", day))
    return dated.day, dated.steps


def _meeting_day(meeting: MeetingFact | None) -> tuple[date | None, tuple[Step, ...]]:
    if meeting is None:
        return None, (Step("open", "nog te plannen: geen moment gevonden"),)
    local = meeting.starts_at.astimezone(AMSTERDAM)
    text = f"overleg om {local:%H:%M} uur, op een moment dat de voorzitter en een leerkracht er zijn"
    return local.date(), (Step("meeting", text, local.date()),)


def _roll(
    target: date | None,
    latest: date | None,
    owner: Member | None,
    context: Context,
    *,
    hard_end: bool,
) -> tuple[date | None, tuple[Step, ...]]:
    """Move a day to one on which there is school and the owner works, never past its limits."""
    limit, why = latest, "om vóór de wettelijke datum klaar te zijn"
    if target is None and latest is None:
        return None, ()
    if hard_end and (limit is None or limit > context.year.last_day):
        limit, why = context.year.last_day, "anders valt het na de laatste schooldag"
    steps: list[Step] = []
    day = target
    if day is not None:
        day = _next(day, owner, context)
        if day != target:
            steps.append(Step("roll", _why_moved(target or day, owner, context), day))
    if limit is not None and (day is None or day > limit):
        beyond = latest is None
        day = _previous(limit, owner, context)
        steps.append(Step("warning" if beyond else "clip", why, day))
    return day, tuple(steps)


def _next(day: date, owner: Member | None, context: Context) -> date:
    try:
        open_day = context.calendar.on_or_after(day)
        return owner.presence.next_day(open_day, context.calendar) if owner else open_day
    except OutsideCalendarError:
        return context.calendar.on_or_after(day)


def _previous(day: date, owner: Member | None, context: Context) -> date:
    try:
        open_day = context.calendar.on_or_before(day)
        return owner.presence.previous_day(open_day, context.calendar) if owner else open_day
    except OutsideCalendarError:
        return context.calendar.on_or_before(day)


def _why_moved(day: date, owner: Member | None, context: Context) -> str:
    closed = context.calendar.closed_on(day)
    if closed:
        return f"{day_nl(day)} is {closed.name}, dus de eerstvolgende werkdag"
    if owner and context.calendar.is_school_day(day):
        return f"de eigenaar werkt op {owner.presence.week(day)}"
    return "de eerstvolgende schooldag"
