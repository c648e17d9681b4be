"""The one pure function that plans: procedures, calendar and people in, dated items out.

The year plan, the preview, the re-plan after a change and the tests all call it; it reads no clock
and no database.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from calendars.contexts import base_context, case_context, inside_of, with_window
from calendars.layers import LayerRule, applied, wide
from calendars.people import Facts, GroupFact, MeetingFact, Overrides, People, PupilFact
from calendars.planned import Frame, Item, Plan, PlannedCase, case_id, item_id
from calendars.procedure import Occurrence, Procedure
from calendars.resolve import Context, NoDateYetError, resolve
from calendars.rules import Rule
from calendars.schoolyear import OutsideCalendarError
from calendars.slots import Request, place
from calendars.working import Dater, Settled, Work, Works


def plan(
    procedures: Sequence[Procedure],
    frame: Frame,
    people: People,
    facts: Facts,
    overrides: Overrides,
) -> Plan:
    """Plan every case that the year opens, with all its items."""
    here = [applied(p, wide(overrides.layers)) for p in procedures]
    context = base_context(here, frame, facts.outside)
    cases: list[PlannedCase] = []
    warnings: list[str] = []
    for procedure, layered in zip(procedures, here, strict=True):
        for occurrence in procedure.occurrence if procedure.key not in overrides.without else ():
            if occurrence.opens is None or occurrence.opened_by != "year":
                continue
            try:
                inside = with_window(layered.occurs(occurrence.key), context)
                opens_on = _opening(occurrence.opens, inside)
            except (NoDateYetError, OutsideCalendarError) as reason:
                warnings.append(f"{procedure.title.nl}, {occurrence.title.nl}: nog geen begin ({reason})")
                continue
            cases += _year_cases(procedure, occurrence, opens_on, frame, people)
    planned = plan_cases(cases, frame, people, facts, overrides, context)
    return replace(planned, warnings=(*warnings, *planned.warnings))


def school_context(
    procedures: Iterable[Procedure], frame: Frame, layers: Sequence[LayerRule] = ()
) -> Context:
    """Return what rules count from in a school year, with the windows as the layers want them."""
    return base_context([applied(p, wide(layers)) for p in procedures], frame)


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
    works = Works(people, overrides.layers)
    rounds = {id(o): with_window(o, context) for o in map(works.occurrence, cases)}
    todo = [(case, inside_of(case, rounds[id(works.occurrence(case))]), works.of(case)) for case in cases]
    wanted = [r for case, inside, work in todo for r in _requests(case, inside, work)]
    meetings = {**_by_hand(todo, facts), **place(wanted, people, frame.calendar, facts)}
    dater = Dater(people, Settled(facts, overrides, meetings))
    items = [item for case, inside, work in todo for item in dater.items(case, work, inside)]
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


def _requests(case: PlannedCase, context: Context, works: Iterable[Work]) -> Iterator[Request]:
    for work in works:
        meet = work.rule.meeting
        if meet is None or meet.by_hand:
            continue
        try:
            first = resolve(meet.within.first, context).first
            ends = [resolve(end, context).day for end in (meet.within.last, *_limits(work)) if end]
        except (NoDateYetError, OutsideCalendarError):
            continue
        if case.occurrence.opened_by == "year":
            ends.append(context.year.last_day)
        yield Request(work.id, work.where, first, min(ends), meet.minutes, meet.chair)


def _by_hand(
    todo: Iterable[tuple[PlannedCase, Context, Iterable[Work]]], facts: Facts
) -> dict[UUID, MeetingFact]:
    """Return the hours that people gave."""
    chosen = (w.id for *_, works in todo for w in works if w.rule.meeting and w.rule.meeting.by_hand)
    return {id_: facts.meetings[id_] for id_ in chosen if id_ in facts.meetings}


def _limits(work: Work) -> list[Rule]:
    return [limit for limit, _ in work.rule.limits]


def _by_date(item: Item) -> tuple[date, str, str, int]:
    return item.dates.target_on or date.max, item.case.key, item.title, item.id.int


def _warnings(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        subject = f"{item.case.title}, {item.title}"
        if item.rule.meeting and item.meeting is None and not item.rule.meeting.by_hand:
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
    "school_context",
]
