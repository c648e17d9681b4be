"""The one pure function that plans: procedures, calendar and people in, dated items out.

The year plan, the preview, the re-plan after a change and the tests all call it; it reads no clock
and no database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from calendars.contexts import base_context, case_context, with_window
from calendars.dating import date_task
from calendars.people import Facts, GroupFact, MeetingFact, Overrides, People, PupilFact
from calendars.planned import Frame, Item, Plan, PlannedCase, case_id, item_id
from calendars.procedure import Occurrence, Procedure, Stage, TaskRule
from calendars.resolve import Anchor, Context, NoDateYetError, resolve
from calendars.rules import Rule
from calendars.schoolyear import OutsideCalendarError
from calendars.slots import Request, local_day, place


def plan(
    procedures: Sequence[Procedure],
    frame: Frame,
    people: People,
    facts: Facts,
    overrides: Overrides,
) -> Plan:
    """Plan every case that the year opens, with all its items."""
    context = base_context(procedures, frame)
    kept = [(p, o) for p in procedures if p.key not in overrides.without for o in p.occurrence]
    cases: list[PlannedCase] = []
    warnings: list[str] = []
    for procedure, occurrence in kept:
        if occurrence.opens is None or occurrence.opened_by != "year":
            continue
        try:
            opens_on = _opening(occurrence.opens, with_window(occurrence, context))
        except (NoDateYetError, OutsideCalendarError) as reason:
            warnings.append(f"{procedure.title.nl}, {occurrence.title.nl}: nog geen begin ({reason})")
            continue
        cases += _year_cases(procedure, occurrence, opens_on, frame, people)
    planned = plan_cases(cases, frame, people, facts, overrides, context)
    return replace(planned, warnings=(*warnings, *planned.warnings))


def plan_cases(
    cases: Iterable[PlannedCase],
    frame: Frame,
    people: People,
    facts: Facts,
    overrides: Overrides,
    context: Context,
) -> Plan:
    """Plan the items of given cases; meetings that have an hour keep it."""
    cases = tuple(cases)
    inside = {case.id: case_context(case, context) for case in cases}
    wanted = [r for case in cases for r in _requests(case, inside[case.id], people)]
    meetings = place(wanted, people, frame.calendar, facts)
    items = [
        item for case in cases for item in _items(case, inside[case.id], people, facts, overrides, meetings)
    ]
    return Plan(cases, tuple(sorted(items, key=_by_date)), tuple(_warnings(items)))


def _opening(rule: Rule, context: Context) -> date:
    """Return the school day on which the year opens something: never before the year itself."""
    return max(context.calendar.on_or_after(resolve(rule, context).day), context.year.first_day)


def _year_cases(
    procedure: Procedure, occurrence: Occurrence, opens_on: date, frame: Frame, people: People
) -> Iterator[PlannedCase]:
    for key, group, pupil in _subjects(occurrence, people):
        name = f"{occurrence.key}:{key}" if key else occurrence.key
        identity = case_id(frame.school, frame.year.label, procedure.key, name)
        yield PlannedCase(identity, procedure, occurrence, name, opens_on, group, pupil)


def _subjects(
    occurrence: Occurrence, people: People
) -> Iterator[tuple[str, GroupFact | None, PupilFact | None]]:
    years = set(occurrence.year_groups)
    groups = {g.id: g for g in people.groups}
    if occurrence.per == "school":
        yield "", None, None
    elif occurrence.per == "group":
        yield from ((g.key, g, None) for g in people.groups if not years or years & g.year_groups)
    else:
        for pupil in people.pupils:
            if not years or pupil.year_group in years:
                yield pupil.key, groups.get(pupil.group) if pupil.group else None, pupil


def _tasks(case: PlannedCase) -> Iterator[tuple[Stage, TaskRule]]:
    for stage in case.procedure.stage:
        for rule in case.procedure.tasks_of(case.occurrence.key, stage):
            yield stage, rule


def _parts(rule: TaskRule, case: PlannedCase, people: People) -> list[tuple[GroupFact | None, str | None]]:
    if rule.repeat_over == "unit":
        return [(None, unit) for unit in people.units()]
    if rule.repeat_over == "group":
        years = [set(y) for y in (rule.year_groups, case.occurrence.year_groups) if y]
        return [(g, None) for g in people.groups if all(y & g.year_groups for y in years)]
    if rule.year_groups and case.group and not set(rule.year_groups) & case.group.year_groups:
        return []
    return [(case.group, None)]


def _requests(case: PlannedCase, context: Context, people: People) -> Iterator[Request]:
    for _, rule in _tasks(case):
        if rule.meeting is None:
            continue
        try:
            first = resolve(rule.meeting.within.first, context).day
            ends = [resolve(end, context).day for end in (rule.meeting.within.last, rule.latest) if end]
        except (NoDateYetError, OutsideCalendarError):
            continue
        if case.occurrence.opened_by == "year":
            ends.append(context.year.last_day)
        for group, unit in _parts(rule, case, people):
            where = group.id if group else None
            identity = item_id(case.id, rule, where, unit)
            yield Request(identity, where, first, min(ends), rule.meeting.minutes, rule.meeting.chair)


def _items(
    case: PlannedCase,
    context: Context,
    people: People,
    facts: Facts,
    overrides: Overrides,
    meetings: Mapping[UUID, MeetingFact],
) -> Iterator[Item]:
    known = _Known(context, _meeting_anchors(case, people, facts, meetings))
    for stage, rule in _tasks(case):
        days: list[Anchor] = []
        for group, unit in _parts(rule, case, people):
            where = group.id if group else None
            identity = item_id(case.id, rule, where, unit)
            hour = meetings.get(identity)
            dates, owner = date_task(
                rule,
                stage,
                case.occurrence,
                known.inside(where),
                people,
                group=where,
                unit=unit,
                meeting=hour,
                pin=overrides.pins.get(identity),
            )
            item = Item(identity, case, stage, rule, group, unit, owner, dates, hour)
            if day := facts.closed_on.get(identity) or dates.target_on:
                days.append(Anchor(day, _day_of(rule)))
                known.keep(where, rule, days[-1])
            yield item
        known.keep_last(rule, days)


class _Known:
    """The days that the tasks of a case can count from so far, per group and for the whole case."""

    def __init__(self, context: Context, meetings: Mapping[UUID | None, dict[str, Anchor]]) -> None:
        self._context = context.with_anchors(meetings.get(None, {}))
        self._per_group = {where: dict(anchors) for where, anchors in meetings.items()}

    def inside(self, where: UUID | None) -> Context:
        """Return what the tasks of a group can count from."""
        own = self._per_group.get(where)
        return self._context.with_anchors(own) if own else self._context

    def keep(self, where: UUID | None, rule: TaskRule, day: Anchor) -> None:
        """Remember the day of a task of a group."""
        self._per_group.setdefault(where, {})[f"task.{rule.key}"] = day

    def keep_last(self, rule: TaskRule, days: Sequence[Anchor]) -> None:
        """Remember for the whole case the last day of a task that several did."""
        if days:
            last = max(days, key=lambda anchor: anchor.day)
            self._context = self._context.with_anchors({f"task.{rule.key}": last})


def _meeting_anchors(
    case: PlannedCase, people: People, facts: Facts, meetings: Mapping[UUID, MeetingFact]
) -> dict[UUID | None, dict[str, Anchor]]:
    """Return the days of the meetings, so that what prepares them can count back."""
    found: dict[UUID | None, dict[str, Anchor]] = {}
    for _, rule in _tasks(case):
        for group, unit in _parts(rule, case, people) if rule.meeting else ():
            where = group.id if group else None
            identity = item_id(case.id, rule, where, unit)
            hour = meetings.get(identity)
            day = facts.closed_on.get(identity) or (local_day(hour.starts_at) if hour else None)
            if day:
                found.setdefault(where, {})[f"task.{rule.key}"] = Anchor(day, _day_of(rule))
    return found


def _day_of(rule: TaskRule) -> str:
    return f'de dag van "{rule.title.nl}"'


def _by_date(item: Item) -> tuple[date, str, str, str]:
    return item.dates.target_on or date.max, item.case.key, item.title, str(item.id)


def _warnings(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        subject = f"{item.case.title}, {item.title}"
        if item.rule.meeting and item.meeting is None:
            yield f"{subject}: geen moment gevonden waarop de voorzitter en een leerkracht er zijn"
        yield from (f"{subject}: {step.text}" for step in item.dates.steps if step.kind == "warning")


__all__ = [
    "Frame",
    "Item",
    "Plan",
    "PlannedCase",
    "base_context",
    "case_context",
    "case_id",
    "item_id",
    "plan",
    "plan_cases",
]
