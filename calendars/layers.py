"""What a region, board, school, group or pupil says beside the law: changes of tasks; stricter wins.

Of all limits the earliest counts; of all days the one that the narrowest layer says, inside those limits.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from calendars.contexts import base_context, with_window
from calendars.dating import wanted_of
from calendars.derivation import day_nl
from calendars.planned import Frame
from calendars.procedure import LayeredTask, Meet, Occurrence, OwnerRole, Procedure, TaskRule
from calendars.resolve import Anchor, Context, NoDateYetError, resolve
from calendars.rules import Rule, Span, Strict
from calendars.schoolyear import OutsideCalendarError

LAYERS = ("region", "board", "school", "group", "pupil")
_NARROW = ("group", "pupil")


class TaskChange(Strict):
    """What a layer changes about a task, in one occurrence when it is named; what is not said stays.

    Without a task, ``window`` is the window of the occurrence. ``latest`` is a last calendar day beside
    that of the law, and ``law`` says what it rests on.
    """

    occurrence: str | None = None
    due: Rule | None = None
    window: Span | None = None
    latest: Rule | None = None
    law: str | None = Field(default=None, min_length=3, max_length=200)
    role: OwnerRole | None = None
    minutes: int | None = Field(default=None, ge=10, le=240)
    off: bool = False
    required: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set - {"occurrence", "law"}:
            raise ValueError("zeg wat er anders is: due, window, latest, role, minutes, off of required")
        if self.law is not None and self.latest is None:
            raise ValueError("law hoort bij latest: op welke afspraak rust deze grens?")
        if self.off and self.model_fields_set - {"occurrence", "off"}:
            raise ValueError("wat wegvalt (off), kan niet ook anders worden")
        return self


@dataclass(frozen=True, slots=True)
class LayerRule:
    """A change by one layer; ``label`` is who says so ("het bestuur"), ``scope`` for which group or pupil."""

    layer: str
    scope: str
    procedure: str
    task: str
    change: TaskChange
    label: str

    def holds_for(self, group: str | None, pupil: str | None) -> bool:
        """Tell whether the rule is about a group and pupil, by their keys; the wide layers hold for all."""
        return self.layer not in _NARROW or self.scope == (group if self.layer == "group" else pupil)


def in_order(rules: Iterable[LayerRule], procedure: str) -> list[LayerRule]:
    """Return the rules about a procedure, from the widest layer to the narrowest."""
    return sorted((r for r in rules if r.procedure == procedure), key=lambda r: LAYERS.index(r.layer))


def wide(rules: Iterable[LayerRule]) -> tuple[LayerRule, ...]:
    """Return the rules that hold for the whole school."""
    return tuple(rule for rule in rules if rule.layer not in _NARROW)


def applied(procedure: Procedure, rules: Sequence[LayerRule], occurrence: str = "") -> Procedure:
    """Return a procedure as the layers want it, with what they say of one occurrence when it is named.

    A task that the law limits is never left out, and never becomes optional.
    """
    mine = in_order(rules, procedure.key)
    if not mine:
        return procedure
    occurrences = tuple(_occurrence(o, mine) for o in procedure.occurrence)
    stages = tuple(
        stage.model_copy(update={"task": tuple(_tasks(stage.task, mine, occurrence))})
        for stage in procedure.stage
    )
    return procedure.model_copy(update={"occurrence": occurrences, "stage": stages})


def _occurrence(occurrence: Occurrence, rules: Iterable[LayerRule]) -> Occurrence:
    for rule in rules:
        if not rule.task and rule.change.occurrence == occurrence.key and rule.change.window:
            occurrence = occurrence.model_copy(update={"window": rule.change.window})
    return occurrence


def _tasks(tasks: Iterable[TaskRule], rules: Iterable[LayerRule], occurrence: str) -> Iterator[TaskRule]:
    for task in tasks:
        mine = [r for r in rules if r.task == task.key and r.change.occurrence in {None, occurrence}]
        kept = _changed(task, mine) if mine else task
        if kept is not None:
            yield kept


def _changed(task: TaskRule, rules: Iterable[LayerRule]) -> TaskRule | None:
    fields: dict[str, Any] = {name: getattr(task, name) for name in TaskRule.model_fields}
    fields |= {"said_by": "", "more": ()}
    for rule in rules:
        if rule.change.off:
            if not task.limits:
                return None
            continue
        _change(fields, rule, by_law=bool(task.limits))
    return LayeredTask.model_construct(**fields)


def _change(fields: dict[str, Any], rule: LayerRule, *, by_law: bool) -> None:
    change = rule.change
    if change.due:
        fields |= {"due": change.due, "due_in": {}, "window": None, "said_by": rule.label}
    if change.window:
        fields["said_by"] = rule.label
        if meet := fields["meeting"]:
            fields["meeting"] = _meet(meet, {"within": change.window})
        else:
            fields["window"] = change.window
    if change.minutes and fields["meeting"]:
        fields["meeting"] = _meet(fields["meeting"], {"minutes": change.minutes})
    if change.latest:
        fields["more"] = (*fields["more"], (change.latest, change.law or f"afspraak van {rule.label}"))
    if change.role:
        fields["role"] = change.role
    if change.required is not None:
        fields["required"] = change.required or by_law


def _meet(meet: Meet, update: dict[str, Any]) -> Meet:
    return meet.model_copy(update=update)


def check(procedure: Procedure, rules: Sequence[LayerRule], frame: Frame) -> list[str]:
    """Return what is wrong with rules of layers in one school year; what is looser, with the law's name."""
    context = base_context([procedure], frame)
    problems: list[str] = []
    before: list[LayerRule] = []
    for rule in in_order(rules, procedure.key):
        mine = [r for r in before if r.layer not in _NARROW or (r.layer, r.scope) == (rule.layer, rule.scope)]
        problems += list(_misplaced(procedure, rule)) or _problems(procedure, mine, rule, context)
        before.append(rule)
    return list(dict.fromkeys(problems))


def _misplaced(procedure: Procedure, rule: LayerRule) -> Iterator[str]:
    """Find what a rule names that the procedure doesn't have, or that can't be changed there."""
    change, name = rule.change, procedure.title.nl
    tasks = {task.key: task for task in procedure.tasks()}
    if change.occurrence not in {None, *(o.key for o in procedure.occurrence)}:
        yield f"{name} heeft geen ronde {change.occurrence!r}"
    elif not rule.task and (change.occurrence is None or change.window is None or rule.layer in _NARROW):
        yield "noem een taak; zonder taak verandert alleen de periode (window) van een ronde (occurrence)"
    elif rule.task and rule.task not in tasks:
        yield f"{name} heeft geen taak {rule.task!r}"
    elif change.minutes and not tasks[rule.task].meeting:
        yield f"“{tasks[rule.task].title.nl}” is geen overleg: minutes zegt daar niets"


def _problems(
    procedure: Procedure, before: Sequence[LayerRule], rule: LayerRule, context: Context
) -> list[str]:
    for occurrence in procedure.occurrence:
        if wrong := _miscounted(applied(procedure, [*before, rule], occurrence.key), rule):
            return wrong
    found = list(_missing(procedure, rule))
    for occurrence in procedure.occurrence:
        if rule.change.occurrence not in {None, occurrence.key}:
            continue
        then = applied(procedure, before, occurrence.key)
        now = applied(procedure, [*before, rule], occurrence.key)
        titles = {task.key: task.title.nl for task in procedure.tasks()}
        later = []
        for opening in _openings(occurrence, context):
            was, is_ = (_last_days(p, occurrence.key, opening, context) for p in (then, now))
            later.append(list(_later(rule, was, is_, titles)))
        # What passes a limit only around a holiday is planned before it; that makes it no looser.
        found += later[0] if later and all(later) else []
    return found


def _miscounted(changed: Procedure, rule: LayerRule) -> list[str]:
    """Return where a rule counts from something that isn't known by then."""
    limit = {"latest": rule.change.latest, "law": rule.label} if rule.change.latest else {}
    stages = [
        stage.model_copy(
            update={
                "task": tuple(t.model_copy(update=limit) if t.key == rule.task else t for t in stage.task)
            }
        )
        for stage in changed.stage
    ]
    try:
        Procedure.model_validate(changed.model_copy(update={"stage": tuple(stages)}).model_dump())
    except ValidationError as error:
        return [str(e["msg"]).removeprefix("Value error, ") for e in error.errors()]
    return []


def _missing(procedure: Procedure, rule: LayerRule) -> Iterator[str]:
    """Find work that the law asks for and that a rule leaves out, or leaves to choice."""
    task = next((t for t in procedure.tasks() if t.key == rule.task), None)
    if task and task.limits and (rule.change.off or rule.change.required is False):
        how = "valt niet weg" if rule.change.off else "is niet vrijblijvend"
        yield f"{task.limits[0][1]}: “{task.title.nl}” moet van de wet en {how}"


@dataclass(frozen=True, slots=True)
class _Last:
    """The last day that a task's rule says, and its limits with who sets them."""

    day: date | None
    limits: tuple[tuple[date, str], ...]


def _openings(occurrence: Occurrence, context: Context) -> list[date]:
    """Return days on which a case may open; a person may open one all year round."""
    if occurrence.opened_by == "year" and occurrence.opens:
        opens = _day(occurrence.opens, with_window(occurrence, context))
        return [opens] if opens else []
    days = context.calendar.school_days(context.year)
    return days[:: max(1, len(days) // 8)]


def _last_days(procedure: Procedure, occurrence: str, opening: date, context: Context) -> dict[str, _Last]:
    """Return for every task the last day that its rule says, and its limits, when all goes as planned."""
    context = with_window(procedure.occurs(occurrence), context)
    anchors = {**context.anchors, "opening": Anchor(opening, "")}
    inside = replace(context, anchors=anchors)
    tasks = procedure.tasks_of(occurrence)
    for task in tasks:
        if task.meeting and (day := _day(task.meeting.within.last, inside)):
            anchors |= _said(task.key, day)
    found: dict[str, _Last] = {}
    for stage in procedure.stages_of(occurrence):
        for task in procedure.tasks_of(occurrence, stage):
            limits = [(day, law) for limit, law in task.limits if (day := _day(limit, inside))]
            last = _day(task.meeting.within.last, inside) if task.meeting else None
            last = last or wanted_of(task, occurrence, inside, None).last
            found[task.key] = _Last(last, tuple(sorted(limits)))
            anchors |= _said(task.key, last) if last else {}
        days = [found[t.key].day for t in procedure.tasks_of(occurrence, stage)]
        anchors |= {f"stage.{stage.key}": Anchor(max(d for d in days if d), "")} if all(days) else {}
    return found


def _said(task: str, day: date) -> dict[str, Anchor]:
    return {f"task.{task}": Anchor(day, ""), f"decision.{task}": Anchor(day, "")}


def _day(rule: Rule, context: Context) -> date | None:
    try:
        return resolve(rule, context).day
    except (NoDateYetError, OutsideCalendarError):
        return None


def _later(
    rule: LayerRule, was: Mapping[str, _Last], now: Mapping[str, _Last], titles: Mapping[str, str]
) -> Iterator[str]:
    """Find days and limits that are later than a limit that stood already, and days that got lost."""
    for key, last in was.items():
        after = now.get(key, _Last(None, ()))
        about = "" if key == rule.task else f" (voor “{titles[key]}”)"
        if last.day and after.day is None and key in now:
            yield f"“{titles[key]}” verliest zijn dag: het telt vanaf wat deze regel verandert of weglaat"
        if not last.limits:
            continue
        day, law = last.limits[0]
        said = [d for d, _ in set(after.limits) - set(last.limits) if d > day]
        if after.day and after.day > day and after.day != last.day:
            said.append(after.day)
        if said:
            yield f"{law}: uiterlijk {day_nl(day)}; deze regel zegt {day_nl(max(said))}{about}"
