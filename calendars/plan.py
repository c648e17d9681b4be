"""The one pure function that plans: procedures, calendar and people in, dated items out.

The year plan, the preview, the re-plan after a change and the tests all call it; it reads no clock
and no database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from calendars.dating import Dates, date_task
from calendars.derivation import Step
from calendars.legal import LegalDate
from calendars.people import Facts, GroupFact, MeetingFact, Overrides, People, PupilFact
from calendars.procedure import Occurrence, Procedure, Stage, TaskRule
from calendars.resolve import Anchor, Context, NoDateYetError, resolve
from calendars.schoolyear import SchoolCalendar, SchoolYear
from calendars.slots import Request, place


@dataclass(frozen=True, slots=True)
class Frame:
    """The school and year that are planned: calendar days, school year and its legal dates."""

    school: UUID
    calendar: SchoolCalendar
    year: SchoolYear
    legal: Mapping[str, LegalDate]


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case that the year will open, or that a person opens."""

    id: UUID
    procedure: Procedure
    occurrence: Occurrence
    key: str
    opens_on: date
    group: GroupFact | None = None
    pupil: PupilFact | None = None

    @property
    def title(self) -> str:
        """Return the name of the case; never a pupil's name."""
        group = f" – groep {self.group.name}" if self.group and not self.pupil else ""
        return f"{self.procedure.title.nl}: {self.occurrence.title.nl}{group}"


@dataclass(frozen=True, slots=True)
class Item:
    """A dated piece of work; ``target_on`` is None when nothing states its moment yet."""

    id: UUID
    case: PlannedCase
    stage: Stage
    rule: TaskRule
    group: GroupFact | None
    unit: str | None
    owner: UUID | None
    dates: Dates
    meeting: MeetingFact | None = None

    @property
    def title(self) -> str:
        """Return the name of the task; never a pupil's name."""
        if self.rule.repeat_over == "group" and self.group:
            return f"{self.rule.title.nl} – groep {self.group.name}"
        return f"{self.rule.title.nl} – {self.unit}" if self.unit else self.rule.title.nl

    @property
    def kind(self) -> str:
        """Return what the item is in time: task, meeting or window."""
        return "meeting" if self.rule.meeting else "window" if self.rule.window else "task"


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned year: cases, items in order of date, and what deserves a look."""

    cases: tuple[PlannedCase, ...]
    items: tuple[Item, ...]
    warnings: tuple[str, ...] = field(default=())


def plan(
    procedures: Sequence[Procedure],
    frame: Frame,
    people: People,
    facts: Facts,
    overrides: Overrides,
) -> Plan:
    """Plan every case that the year opens, with all its items."""
    context = base_context(procedures, frame)
    kept = [p for p in procedures if p.key not in overrides.without]
    cases = [c for p in kept for c in _year_cases(p, frame, people, context)]
    return plan_cases(cases, frame, people, facts, overrides, context)


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


def item_id(case_id: UUID, key: str, group: UUID | None, unit: str | None) -> UUID:
    """Return the id of a task: always the same for the same work of the same case."""
    return uuid5(case_id, f"{key}/{group or ''}/{unit or ''}")


def case_id(school: UUID, year: str, procedure: str, key: str) -> UUID:
    """Return the id of a case: always the same for the same occurrence and subject."""
    return uuid5(NAMESPACE_URL, f"jaarritme:{school}/{year}/{procedure}/{key}")


def base_context(procedures: Sequence[Procedure], frame: Frame) -> Context:
    """Return what rules may count from everywhere: the year's edges and every occurrence's window."""
    year = frame.year
    context = Context(
        frame.calendar,
        year,
        frame.legal,
        {
            "year.first": Anchor(year.first_day, "eerste schooldag"),
            "year.last": Anchor(year.last_day, "laatste schooldag"),
        },
    )
    windows = {
        f"{p.key}.{o.key}.{edge}": anchor
        for p in procedures
        for o in p.occurrence
        for edge, anchor in _window(o, context).items()
    }
    return context.with_anchors(windows)


def case_context(case: PlannedCase, context: Context) -> Context:
    """Return the context inside one case: its opening and its window."""
    window = {f"window.{edge}": a for edge, a in _window(case.occurrence, context).items()}
    return context.with_anchors({"opening": Anchor(case.opens_on, "begin van het traject"), **window})


def _window(occurrence: Occurrence, context: Context) -> dict[str, Anchor]:
    if occurrence.window is None:
        return {}
    try:
        first = resolve(occurrence.window.first, context).day
        last = resolve(occurrence.window.last, context).day
    except NoDateYetError:
        return {}
    title = occurrence.title.nl
    return {
        "first": Anchor(context.calendar.on_or_after(first), f"eerste dag van {title}"),
        "last": Anchor(context.calendar.on_or_before(last), f"laatste dag van {title}"),
    }


def _year_cases(
    procedure: Procedure, frame: Frame, people: People, context: Context
) -> Iterator[PlannedCase]:
    for occurrence in procedure.occurrence:
        if occurrence.opened_by != "year" or occurrence.opens is None:
            continue
        inside = context.with_anchors(
            {f"window.{edge}": a for edge, a in _window(occurrence, context).items()}
        )
        opens = frame.calendar.on_or_after(resolve(occurrence.opens, inside).day)
        for key, group, pupil in _subjects(occurrence, people):
            name = f"{occurrence.key}:{key}" if key else occurrence.key
            identity = case_id(frame.school, frame.year.label, procedure.key, name)
            yield PlannedCase(identity, procedure, occurrence, name, opens, group, pupil)


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
        for rule in stage.task:
            if not rule.only or case.occurrence.key in rule.only:
                yield stage, rule


def _parts(rule: TaskRule, case: PlannedCase, people: People) -> list[tuple[GroupFact | None, str | None]]:
    years = set(rule.year_groups)
    if rule.repeat_over == "group":
        return [(g, None) for g in people.groups if not years or years & g.year_groups]
    if rule.repeat_over == "unit":
        return [(None, unit) for unit in people.units()]
    if years and case.group and not years & case.group.year_groups:
        return []
    return [(case.group, None)]


def _requests(case: PlannedCase, context: Context, people: People) -> Iterator[Request]:
    for _, rule in _tasks(case):
        if rule.meeting is None:
            continue
        try:
            first = resolve(rule.meeting.within.first, context).day
            last = resolve(rule.meeting.within.last, context).day
        except NoDateYetError:
            continue
        for group, unit in _parts(rule, case, people):
            identity = item_id(case.id, rule.key, group.id if group else None, unit)
            where = group.id if group else None
            yield Request(identity, where, first, last, rule.meeting.minutes, rule.meeting.chair)


def _items(
    case: PlannedCase,
    context: Context,
    people: People,
    facts: Facts,
    overrides: Overrides,
    meetings: Mapping[UUID, MeetingFact],
) -> Iterator[Item]:
    shared = dict(context.anchors)
    per_group: dict[UUID | None, dict[str, Anchor]] = {}
    for stage, rule in _tasks(case):
        days: list[Anchor] = []
        for group, unit in _parts(rule, case, people):
            where = group.id if group else None
            inside = context.with_anchors(shared | per_group.get(where, {}))
            identity = item_id(case.id, rule.key, where, unit)
            dates, owner = date_task(
                rule,
                stage,
                case.occurrence,
                inside,
                people,
                group=where,
                unit=unit,
                meeting=meetings.get(identity),
                pin=overrides.pins.get(identity),
            )
            hour = meetings.get(identity)
            item = Item(identity, case, stage, rule, group, unit, owner, dates, hour)
            day = facts.closed_on.get(identity) or dates.target_on
            if day:
                days.append(Anchor(day, item.title))
                per_group.setdefault(where, {})[f"task.{rule.key}"] = days[-1]
            yield item
        if days:
            shared[f"task.{rule.key}"] = max(days, key=lambda a: a.day)


def _by_date(item: Item) -> tuple[date, str, str]:
    return item.dates.target_on or date.max, item.case.key, item.rule.key


def _warnings(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        subject = f"{item.case.title}, {item.title}"
        if item.rule.meeting and item.meeting is None:
            yield f"{subject}: geen moment gevonden waarop de voorzitter en een leerkracht er zijn"
        yield from (f"{subject}: {step.text}" for step in item.dates.steps if step.kind == "warning")


__all__ = ["Frame", "Item", "Plan", "PlannedCase", "Step", "plan", "plan_cases"]
