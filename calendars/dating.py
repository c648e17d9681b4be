"""Give one task its dates: the rule's days, rolled to a working day, clipped by law, or pinned by hand.

Customary days roll to the owner's next working day; what must be done by a day is planned on or before it.
Statutory days never shift later: they are calendar days, planned on the owner's last working day before
them, with the legal day kept beside.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from calendars.derivation import Step, day_nl
from calendars.people import MeetingFact, Member, People
from calendars.procedure import LayeredTask, Meet, Occurrence, Stage, TaskRule
from calendars.resolve import Context, Dated, NoDateYetError, resolve
from calendars.rolling import Steps, Wanted, limits_of, roll
from calendars.rules import Rule, Span
from calendars.schoolyear import OutsideCalendarError, SchoolCalendar
from calendars.slots import AMSTERDAM

Answer = Callable[[Rule, Context], Dated]


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of a task (calendar days) and how they came to be; ``law`` is what sets the last one."""

    starts_on: date | None
    target_on: date | None
    latest_on: date | None
    steps: Steps
    law: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a task is dated: for a group or unit, with the hour and the pinned day that it has."""

    group: UUID | None = None
    unit: str | None = None
    meeting: MeetingFact | None = None
    pin: tuple[date, str] | None = None


def date_task(
    rule: TaskRule,
    stage: Stage,
    occurrence: Occurrence,
    context: Context,
    people: People,
    part: Part,
    *,
    answer: Answer = resolve,
) -> tuple[Dates, UUID | None]:
    """Return a task's dates and its owner; a rule that can't say yet leaves it "nog te plannen"."""
    context, counter = _in_own_days(rule, context, people, part)
    latest, law, said = _statutory(rule, context, answer)
    wanted = wanted_of(rule, occurrence.key, context, part.meeting, answer)
    day = _working_day(wanted.last, latest, context.calendar)
    owner = counter or (_owner(rule, day, context, people, part) if day else None)
    if part.pin:
        target, more = _pinned(part.pin, latest)
    elif _has_hour(rule, part.meeting):
        target, more = wanted.last, ()
    else:
        limits = limits_of(wanted, occurrence, latest, context)
        target, more = roll(wanted, limits, None if rule.window else owner, context)
    more = (*more, *_after_the_summer(target, occurrence, context))
    steps = (*_by_layer(rule), *wanted.steps, *more, *_remarks(rule), *said)
    starts = _starts(rule, stage, wanted, target, context, answer)
    return Dates(starts, target, latest, steps, law), owner.id if owner and day else None


def _after_the_summer(target: date | None, occurrence: Occurrence, context: Context) -> Steps:
    late = target and target > context.year.last_day and occurrence.opened_by == "person"
    return (Step("warning", "dit valt in het volgende schooljaar"),) if late else ()


def _in_own_days(
    rule: TaskRule, context: Context, people: People, part: Part
) -> tuple[Context, Member | None]:
    """Return the context in which someone's working days are counted, and of whom; mostly nobody's."""
    if not rule.in_working_days:
        return context, None
    opening = context.anchors.get("opening")
    day = context.calendar.on_or_after(opening.day if opening else context.year.first_day)
    owner = _owner(rule, day, context, people, part)
    return (replace(context, presence=owner.presence), owner) if owner else (context, None)


def _owner(rule: TaskRule, day: date, context: Context, people: People, part: Part) -> Member | None:
    return people.owner(rule.role, day, context.calendar, group=part.group, unit=part.unit)


def _by_layer(rule: TaskRule) -> Steps:
    said_by = rule.said_by if isinstance(rule, LayeredTask) else ""
    return (Step("layer", f"zo spreekt {said_by} het af"),) if said_by else ()


def _remarks(rule: TaskRule) -> Steps:
    return tuple(Step("note", text) for text in rule.remarks)


def _statutory(rule: TaskRule, context: Context, answer: Answer) -> tuple[date | None, str | None, Steps]:
    """Return the earliest of all limits, with the law or layer that sets it."""
    if not rule.limits:
        return None, None, (Step("open", "geen wettelijke grens"),)
    known: list[tuple[date, str, Step]] = []
    unknown = []
    for limit, law in rule.limits:
        try:
            day = answer(limit, context).day
            context.calendar.on_or_before(day)
        except (NoDateYetError, OutsideCalendarError) as reason:
            unknown.append(Step("warning", f"wettelijke grens nog onbekend ({reason})"))
        else:
            text = f"uiterlijk (wettelijk, {law})" if limit is rule.latest else f"uiterlijk ({law})"
            known.append((day, law, Step("legal", text, day)))
    known.sort(key=lambda found: found[0])
    steps = (*(step for *_, step in known), *unknown)
    return (known[0][0], known[0][1], steps) if known else (None, rule.law, steps)


def _starts(
    rule: TaskRule, stage: Stage, wanted: Wanted, target: date | None, context: Context, answer: Answer
) -> date | None:
    """Return the school day on which a task can begin: that of its own period, else that of its stage."""
    first = wanted.first if wanted.is_period and not rule.meeting else None
    try:
        if first is not None:
            day = context.calendar.on_or_after(first)
            return min(day, target) if target and not rule.window else day
        since = stage.gate.since if stage.gate else None
        return context.calendar.on_or_after(answer(since, context).first) if since else None
    except (NoDateYetError, OutsideCalendarError):
        return None


def wanted_of(
    rule: TaskRule, occurrence: str, context: Context, meeting: MeetingFact | None, answer: Answer = resolve
) -> Wanted:
    """Return what a rule says before anyone's working days or limits are looked at."""
    if rule.meeting and _has_hour(rule, meeting):
        return _meeting_day(rule.meeting, context, meeting, answer)
    if rule.window:
        return _window(rule.window, context, answer)
    due = rule.due_rule(occurrence)
    if due is None:
        return Wanted(None, None, (Step("open", "nog te plannen"),) if not rule.limits else ())
    try:
        dated = answer(due, context)
        first, last = dated.periods[0].first, dated.periods[-1].last
        context.calendar.on_or_after(last or dated.first)
    except (NoDateYetError, OutsideCalendarError) as reason:
        return Wanted(None, None, (Step("open", f"nog te plannen: {reason}"),))
    if last is None or dated.ongoing:
        text = "doorlopend" if dated.ongoing else "een dag is nog te plannen"
        return Wanted(first, None, (*dated.steps, Step("open", text)))
    roll_ = rule.roll or ("next" if first == last else "previous")
    return Wanted(first, last, dated.steps, roll_, dated.bound)


def _window(window: Span, context: Context, answer: Answer) -> Wanted:
    first = _or_none(lambda: answer(window.first, context).first)
    try:
        dated = answer(window.last, context)
        day = context.calendar.on_or_before(dated.day)
    except (NoDateYetError, OutsideCalendarError) as reason:
        return Wanted(first, None, (Step("open", f"nog te plannen: {reason}"),))
    if first and day < first:
        text = "in deze periode is er geen school; de laatste schooldag ervoor"
        return Wanted(day, day, (*dated.steps, Step("warning", text, day)))
    last = Step("window", "de laatste schooldag van de periode", day)
    return Wanted(first, day, dated.steps if day == dated.day else (*dated.steps, last))


def _or_none(answered: Callable[[], date]) -> date | None:
    try:
        return answered()
    except (NoDateYetError, OutsideCalendarError):
        return None


def _has_hour(rule: TaskRule, meeting: MeetingFact | None) -> bool:
    """Tell whether a meeting's hour says its day; until a person gives one, the rule does."""
    return rule.meeting is not None and (meeting is not None or not rule.meeting.by_hand)


def _meeting_day(meet: Meet, context: Context, meeting: MeetingFact | None, answer: Answer) -> Wanted:
    if meeting is None:
        return Wanted(None, None, (Step("open", "nog te plannen: geen moment gevonden"),))
    local = meeting.starts_at.astimezone(AMSTERDAM)
    why = "met de hand gekozen" if meet.by_hand else "als voorzitter en leerkracht er zijn"
    day, text = local.date(), f"overleg om {local:%H:%M} uur, {why}"
    return Wanted(day, day, (*_period(meet.within, context, day, answer), Step("meeting", text, day)))


def _period(within: Span, context: Context, day: date, answer: Answer) -> Steps:
    try:
        first, last = answer(within.first, context).first, answer(within.last, context).day
    except (NoDateYetError, OutsideCalendarError):
        return ()
    return (Step("window", f"van {day_nl(first)} tot en met {day_nl(last)}"),) if first <= day <= last else ()


def _working_day(wanted: date | None, latest: date | None, calendar: SchoolCalendar) -> date | None:
    """Return the school day on which to look who owns a task."""
    if wanted:
        return calendar.on_or_after(wanted)
    return calendar.on_or_before(latest) if latest else None


def _pinned(pin: tuple[date, str], latest: date | None) -> tuple[date | None, Steps]:
    day, reason = pin
    pinned = Step("pin", f"vastgezet: {reason}", day)
    if latest and day > latest:
        return day, (pinned, Step("warning", "vastgezet na de wettelijke datum"))
    return day, (pinned,)
