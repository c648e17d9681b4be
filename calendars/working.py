"""The work of one case: which tasks there are and for whom, each dated after what it counts from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from calendars.contexts import Answers
from calendars.dating import Dates, Part, date_task
from calendars.layers import LayerRule, applied
from calendars.people import Facts, GroupFact, MeetingFact, Overrides, People, PupilFact
from calendars.planned import Item, PlannedCase, item_id
from calendars.procedure import Occurrence, Procedure, Stage, TaskRule
from calendars.resolve import Anchor, Context
from calendars.slots import local_day

_NAME = re.compile(r"'((?:task|stage|decision|fact)\.[a-z0-9-]+)'")
_WAITING = {"open", "warning"}
_Tasks = Mapping[str, tuple[Stage, TaskRule]]


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work of a case: a task for a group or unit, as the layers want it there."""

    id: UUID
    stage: Stage
    rule: TaskRule
    group: GroupFact | None
    unit: str | None

    @property
    def where(self) -> UUID | None:
        """Return the id of the group."""
        return self.group.id if self.group else None


@dataclass(frozen=True, slots=True)
class Settled:
    """What stands already when items are dated: what was done, what was pinned, the hours of meetings."""

    facts: Facts
    overrides: Overrides
    meetings: Mapping[UUID, MeetingFact]


class Works:
    """Tells which work a case has; asks the layers once per procedure, and per group and pupil they name."""

    def __init__(self, people: People, layers: Sequence[LayerRule]) -> None:
        self._people, self._layers = people, layers
        self._named = {(r.layer, r.scope) for r in layers}
        self._known: dict[tuple[object, ...], tuple[Procedure, _Tasks]] = {}

    def occurrence(self, case: PlannedCase) -> Occurrence:
        """Return the occurrence of a case, with its window as the layers want it."""
        return self._layered(case, None, None)[0].occurs(case.occurrence.key)

    def of(self, case: PlannedCase) -> list[Work]:
        """Return the work of a case, in the order of its procedure."""
        return list(self._works(case))

    def _works(self, case: PlannedCase) -> Iterator[Work]:
        for key, (_, usual) in self._layered(case, None, None)[1].items():
            for group, unit in _parts(usual, case, self._people):
                found = self._layered(case, group, case.pupil)[1].get(key)
                if found is not None:
                    stage, rule = found
                    identity = item_id(case.id, rule, group.id if group else None, unit)
                    yield Work(identity, stage, rule, group, unit)

    def _layered(
        self, case: PlannedCase, group: GroupFact | None, pupil: PupilFact | None
    ) -> tuple[Procedure, _Tasks]:
        where = group.key if group and ("group", group.key) in self._named else None
        who = pupil.key if pupil and ("pupil", pupil.key) in self._named else None
        key = (id(case.procedure), case.occurrence.key, where, who)
        if key not in self._known:
            rules = [r for r in self._layers if r.holds_for(where, who)]
            procedure = applied(case.procedure, rules, case.occurrence.key)
            tasks = {
                rule.key: (stage, rule)
                for stage in procedure.stage
                for rule in procedure.tasks_of(case.occurrence.key, stage)
            }
            self._known[key] = procedure, tasks
        return self._known[key]


def _parts(rule: TaskRule, case: PlannedCase, people: People) -> list[tuple[GroupFact | None, str | None]]:
    if rule.repeat_over == "unit":
        return [(None, unit) for unit in people.units()]
    if rule.repeat_over == "group":
        years = [set(y) for y in (rule.year_groups, case.occurrence.year_groups) if y]
        return [(g, None) for g in people.groups if all(y & g.year_groups for y in years)]
    if rule.year_groups and case.group and not set(rule.year_groups) & case.group.year_groups:
        return []
    return [(case.group, None)]


class Dater:
    """Dates the work of many cases; what is the same for two of them is worked out once."""

    def __init__(self, people: People, settled: Settled) -> None:
        self._people, self._settled = people, settled
        self._answers = Answers()
        self._names: dict[tuple[int, str], tuple[str, ...]] = {}
        self._known: dict[tuple[object, ...], tuple[Dates, UUID | None]] = {}

    def items(self, case: PlannedCase, works: Sequence[Work], context: Context) -> list[Item]:
        """Date the work of a case, each piece after what it may count from."""
        known = _Known(case, context, self._settled.facts)
        for work in works:
            known.keep_meeting(work, self._settled)
        found: list[Item] = []
        for _, in_stage in groupby(works, key=lambda work: work.stage.key):
            begin = len(found)
            for _, parts in groupby(in_stage, key=lambda work: work.rule.key):
                one_task = [self._item(case, work, known.inside(work.where)) for work in parts]
                known.keep_task(one_task)
                found += one_task
            known.keep_stage(found[begin:])
        return found

    def _item(self, case: PlannedCase, work: Work, context: Context) -> Item:
        hour = self._settled.meetings.get(work.id)
        part = Part(work.where, work.unit, hour, self._settled.overrides.pins.get(work.id))
        dates, owner = self._dated(case, work, context, part)
        return Item(work.id, case, work.stage, work.rule, work.group, work.unit, owner, dates, hour)

    def _dated(
        self, case: PlannedCase, work: Work, context: Context, part: Part
    ) -> tuple[Dates, UUID | None]:
        stage, rule, occurrence = work.stage, work.rule, case.occurrence
        if part.meeting or part.pin:
            return date_task(rule, stage, occurrence, context, self._people, part, answer=self._answers)
        anchors = context.anchors
        names = self._names_of(work, occurrence)
        key = (id(rule), occurrence.key, part.group, part.unit, *[anchors.get(name) for name in names])
        found = self._known.get(key)
        if found is None:
            dates, owner = date_task(
                rule, stage, occurrence, context, self._people, part, answer=self._answers
            )
            found = self._known[key] = _in_words(dates, case.procedure), owner
        return found

    def _names_of(self, work: Work, occurrence: Occurrence) -> tuple[str, ...]:
        key = id(work.rule), occurrence.key
        if key not in self._names:
            since = work.stage.gate.since if work.stage.gate else None
            rules = [*work.rule.rules(occurrence.key), *([since] if since else [])]
            names = {"opening", *(name for rule in rules for name in self._answers.names(rule))}
            self._names[key] = tuple(sorted(names))
        return self._names[key]


class _Known:
    """What the work of a case can count from so far: for the whole case, and for each group of it."""

    def __init__(self, case: PlannedCase, context: Context, facts: Facts) -> None:
        self._facts = facts
        self._home = case.group.id if case.group else None
        self._whole = dict(context.anchors)
        self._context = replace(context, anchors=self._whole)
        self._own: dict[UUID, tuple[dict[str, Anchor], Context]] = {}

    def inside(self, where: UUID | None) -> Context:
        """Return what the work for a group can count from."""
        if where is None or where == self._home:
            return self._context
        if where not in self._own:
            anchors = dict(self._whole)
            self._own[where] = anchors, replace(self._context, anchors=anchors)
        return self._own[where][1]

    def keep_meeting(self, work: Work, settled: Settled) -> None:
        """Remember the day of a meeting from the start, so that what prepares it can count back."""
        if work.rule.meeting is None:
            return
        hour = settled.meetings.get(work.id)
        day = settled.facts.closed_on.get(work.id) or (local_day(hour.starts_at) if hour else None)
        if day:
            self._keep(work.where, f"task.{work.rule.key}", Anchor(day, _day_of(work.rule)))

    def keep_task(self, items: Sequence[Item]) -> None:
        """Remember the days of a task, the last of them for the whole case; and that it was really done."""
        key = items[0].rule.key
        days = [(item.group, anchor) for item in items if (anchor := self._anchor(item))]
        for group, anchor in days:
            self._keep(group.id if group else None, f"task.{key}", anchor)
        if days:
            self._keep_whole(f"task.{key}", max((anchor for _, anchor in days), key=_last))
        done = [(i.group, self._decision(i)) for i in items if i.id in self._facts.closed_on]
        for group, anchor in done:
            self._keep(group.id if group else None, f"decision.{key}", anchor)
        if len(done) == len(items):
            self._keep_whole(f"decision.{key}", max((anchor for _, anchor in done), key=_last))

    def keep_stage(self, items: Sequence[Item]) -> None:
        """Remember the last day of a stage, once all that must be done in it has a day."""
        days = [(item, self._anchor(item)) for item in items]
        if not days or any(anchor is None and item.rule.required for item, anchor in days):
            return
        stage = items[0].stage
        if known := [anchor.day for _, anchor in days if anchor]:
            title = f'de laatste dag van "{stage.title.nl}"'
            self._keep_whole(f"stage.{stage.key}", Anchor(max(known), title))

    def _anchor(self, item: Item) -> Anchor | None:
        if done := self._facts.closed_on.get(item.id):
            return Anchor(done, _day_of(item.rule))
        if item.dates.target_on is None:
            return None
        if item.rule.window is None:
            return Anchor(item.dates.target_on, _day_of(item.rule))
        return Anchor(item.dates.target_on, f'"{item.rule.title.nl}"', item.dates.starts_on)

    def _decision(self, item: Item) -> Anchor:
        return Anchor(self._facts.closed_on[item.id], f'de dag waarop "{item.rule.title.nl}" klaar was')

    def _keep(self, where: UUID | None, name: str, anchor: Anchor) -> None:
        self.inside(where)
        anchors = self._whole if where is None or where == self._home else self._own[where][0]
        anchors[name] = anchor

    def _keep_whole(self, name: str, anchor: Anchor) -> None:
        self._whole[name] = anchor
        for anchors, _ in self._own.values():
            anchors.setdefault(name, anchor)


def _in_words(dates: Dates, procedure: Procedure) -> Dates:
    """Return dates that name what they wait for as people do, not by its key."""
    if not any("'" in step.text for step in dates.steps if step.kind in _WAITING):
        return dates
    titles = {f"task.{t.key}": t.title.nl for t in procedure.tasks()}
    titles |= {f"decision.{t.key}": t.title.nl for t in procedure.tasks()}
    titles |= {f"stage.{stage.key}": stage.title.nl for stage in procedure.stage}

    def named(found: re.Match[str]) -> str:
        name = found[1]
        return f'"{titles.get(name) or name.partition(".")[2].replace("-", " ")}"'

    steps = tuple(
        replace(step, text=_NAME.sub(named, step.text)) if step.kind in _WAITING else step
        for step in dates.steps
    )
    return replace(dates, steps=steps)


def _last(anchor: Anchor) -> date:
    return anchor.day


def _day_of(rule: TaskRule) -> str:
    return f'de dag van "{rule.title.nl}"'
