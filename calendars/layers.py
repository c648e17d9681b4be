"""What a region, board, school, group or pupil says beside the law: changes of tasks, stricter wins.

Of all limits the earliest counts; of all days the one that the narrowest layer says, inside those limits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from calendars.procedure import LayeredTask, Meet, Occurrence, OwnerRole, Procedure, TaskRule
from calendars.rules import Rule, Span, Strict

LAYERS = ("region", "board", "school", "group", "pupil")
LayerName = Literal["region", "board", "school", "group", "pupil"]
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

    layer: LayerName
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
