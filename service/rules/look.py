"""Look at the rules around a school: the tasks that can be changed, and what each layer says of them."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session, col, or_, select

from calendars import layers
from calendars.layers import TaskChange
from calendars.phrases import in_words
from calendars.procedure import Occurrence, Procedure, TaskRule
from calendars.rules import Offset, Rule, anchors_of
from models import Group, Layer, LayerRule, School
from service import procedures

_FEW = 2  # rounds, that are all named
_log = logging.getLogger(__name__)
_LAYERS_NL = {
    Layer.REGION: "de regio of het samenwerkingsverband",
    Layer.BOARD: "het bestuur",
    Layer.SCHOOL: "de school",
    Layer.GROUP: "de groep",
    Layer.PUPIL: "deze leerling",
}
_ROLES_NL = {
    "ib": "de IB'er",
    "teacher": "de leerkracht",
    "director": "de directie",
    "administrator": "de beheerder",
    "isb": "de ISB'er",
    "coordinator": "de bouwcoördinator",
    "administration": "de administratie",
    "rt": "de RT'er",
}


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task of a procedure as the nation's file has it, and what the layers say of it."""

    procedure: Procedure
    task: TaskRule
    when: tuple[tuple[str, str], ...]
    legal: str
    rules: tuple[LayerRule, ...]


def layer_nl(layer: Layer, scope: str = "") -> str:
    """Return who speaks, in Dutch."""
    named = f" {scope}" if scope and layer in {Layer.REGION, Layer.BOARD} else ""
    return f"{_LAYERS_NL[layer]}{named}"


def layers_of(
    session: Session, school: School, label: str, but: UUID | None = None
) -> tuple[layers.LayerRule, ...]:
    """Return what the layers around and inside a school say about a school year, the widest first.

    What no longer holds, ``but`` itself and what a newer program can't read are left out.
    """
    found = []
    for row in rules_of(session, school, label):
        try:
            found += [_pure(row)] if row.active and row.id != but else []
        except ValidationError:
            _log.warning("layer rule %s can't be read", row.id)
    return tuple(found)


def _pure(rule: LayerRule) -> layers.LayerRule:
    """Return a kept rule in the planner's own shape."""
    change = TaskChange.model_validate(rule.definition)
    said = layer_nl(rule.layer, rule.scope)
    return layers.LayerRule(rule.layer.value, rule.scope, rule.procedure, rule.task, change, said)


def rules_of(session: Session, school: School, label: str = "") -> list[LayerRule]:
    """Return every rule that holds or held for a school (in a year), the widest layer first."""
    query = select(LayerRule).where(
        or_(
            col(LayerRule.school_id) == school.id,
            (col(LayerRule.layer) == Layer.BOARD) & (col(LayerRule.scope) == (school.board or "-")),
            (col(LayerRule.layer) == Layer.REGION)
            & col(LayerRule.scope).in_([s for s in (school.region, school.partnership) if s]),
        )
    )
    found = [r for r in session.exec(query) if not label or r.school_year in {"", label}]
    order = list(Layer)
    return sorted(found, key=lambda r: (r.procedure, r.task, order.index(r.layer), str(r.id)))


def tasks_seen(session: Session, school: School, label: str) -> list[TaskSeen]:
    """Return the tasks of every procedure, each with its days in words and the rules about it."""
    rules = rules_of(session, school, label)
    return [
        TaskSeen(
            procedure,
            task,
            tuple(_days(procedure, task)),
            _legal(procedure, task),
            tuple(_about(rules, procedure, task)),
        )
        for procedure in procedures.current()
        for task in procedure.tasks()
    ]


def _about(rules: Iterable[LayerRule], procedure: Procedure, task: TaskRule) -> Iterator[LayerRule]:
    return (r for r in rules if (r.procedure, r.task) == (procedure.key, task.key))


def _days(procedure: Procedure, task: TaskRule) -> Iterator[tuple[str, str]]:
    """Return when a task is due, in words, each with the rounds in which it is; no rounds when in all."""
    alike: dict[str, list[str]] = {}
    for o in procedure.occurrence:
        if task.is_in(o.key):
            alike.setdefault(when_nl(procedure, task, o), []).append(o.title.nl)
    most = max(alike.values(), key=len, default=[])
    for when, rounds in sorted(alike.items(), key=lambda pair: pair[1] is most):
        named = "andere rondes" if rounds is most and len(rounds) > _FEW else ", ".join(rounds)
        yield named if len(alike) > 1 else "", when


def when_nl(procedure: Procedure, task: TaskRule, occurrence: Occurrence) -> str:
    """Return in words when a task is due in one round."""
    names = names_nl(procedure)
    if task.meeting:
        within = task.meeting.within
        return f"overleg, {_from_to(_nl(within.first, names), _nl(within.last, names))}"
    if task.window:
        return _from_to(_nl(task.window.first, names), _nl(task.window.last, names))
    due = task.due_rule(occurrence.key)
    return _nl(due, names) if due else "nog te plannen"


def _legal(procedure: Procedure, task: TaskRule) -> str:
    if task.latest is None:
        return ""
    return f"{_nl(task.latest, names_nl(procedure))} ({task.law})"


def _nl(rule: Rule, names: dict[str, str]) -> str:
    return in_words(rule.model_dump(mode="json", exclude_defaults=True), names)


def round_nl(procedure: Procedure, occurrence: Occurrence, rules: Iterable[LayerRule]) -> str:
    """Return in words the window of a round, as the narrowest layer has it; empty when it has none."""
    names = names_nl(procedure)
    said = [r.definition["window"] for r in rules if r.active and _is_about(r, procedure, occurrence)]
    if said:
        first, last = said[-1]["first"], said[-1]["last"]
        return _from_to(in_words(first, names), in_words(last, names))
    window = occurrence.window
    return _from_to(_nl(window.first, names), _nl(window.last, names)) if window else ""


def _from_to(first: str, last: str) -> str:
    """Join two moments; a period that is both its first and its last day is named once."""
    if first == last:
        return first
    return f"van {first.removeprefix('op ')} tot en met {last.removeprefix('op ')}"


def _is_about(rule: LayerRule, procedure: Procedure, occurrence: Occurrence) -> bool:
    said = rule.definition
    return (rule.procedure, rule.task, said.get("occurrence")) == (procedure.key, "", occurrence.key)


def said_nl(rule: LayerRule) -> str:
    """Return in words what a rule says."""
    procedure = next((p for p in procedures.current() if p.key == rule.procedure), None)
    names = names_nl(procedure) if procedure else {}
    said, parts = rule.definition, []
    if due := said.get("due"):
        parts.append(in_words(due, names))
    if window := said.get("window"):
        parts.append(_from_to(in_words(window["first"], names), in_words(window["last"], names)))
    if latest := said.get("latest"):
        parts.append(f"uiterste dag: {in_words(latest, names)}")
    if minutes := said.get("minutes"):
        parts.append(f"{minutes} minuten")
    if role := said.get("role"):
        parts.append(f"wordt gedaan door {_ROLES_NL.get(role, role)}")
    if said.get("off"):
        parts.append("doen wij niet")
    rounds = {o.key: o.title.nl for o in procedure.occurrence} if procedure else {}
    only = f"bij {rounds.get(said['occurrence'], '')}: " if said.get("occurrence") else ""
    return only + "; ".join(parts)


def names_nl(procedure: Procedure) -> dict[str, str]:
    """Return what can be counted from in a procedure, by name, in Dutch."""
    names = {
        "opening": "het begin van het traject",
        "window.first": "de eerste dag van de periode",
        "window.last": "de laatste dag van de periode",
        "year.first": "de eerste schooldag",
        "year.last": "de laatste schooldag",
    }
    names |= {f"task.{task.key}": f"“{task.title.nl}”" for task in procedure.tasks()}
    for other in procedures.current():
        for o in other.occurrence:
            names[f"{other.key}.{o.key}.first"] = f"de eerste dag van {o.title.nl.lower()}"
            names[f"{other.key}.{o.key}.last"] = f"de laatste dag van {o.title.nl.lower()}"
    return names


def counted(task: TaskRule, occurrence: str) -> Offset | None:
    """Return the count of a task that simply counts from one thing, to change its number; else nothing."""
    due = task.due_rule(occurrence)
    return due if isinstance(due, Offset) and due.anchor and len(anchors_of(due)) == 1 else None


def group_keys(session: Session, school: School, label: str) -> list[tuple[str, str]]:
    """Return the groups of a school year by key, with their names."""
    query = select(Group.key, Group.name).where(
        Group.school_id == school.id, Group.school_year == label, col(Group.active).is_(True)
    )
    return [(key, name) for key, name in session.exec(query.order_by(Group.name))]
