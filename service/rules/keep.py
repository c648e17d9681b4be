"""Keep what a layer says about a task: added, changed, switched off; never looser than the law."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session, col, select

from calendars.layers import TaskChange
from models import Group, Layer, LayerRule, Pupil, School
from service import procedures
from service.rules.law import beyond_the_law
from service.rules.said import Said
from service.school.errors import NotOfThisSchoolError, SchoolError
from service.school.pupil_names import name_check

_log = logging.getLogger(__name__)
_WIDE = (Layer.REGION, Layer.BOARD)


class RuleRefusedError(SchoolError):
    """Deze regel kan zo niet; ``problems`` zegt waarom."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


def add_rule(
    session: Session, school: School, said: Said, *, actor_id: UUID | None, at: datetime
) -> LayerRule:
    """Keep a new rule; raise ``RuleRefusedError`` when it can't be."""
    check_rule(session, school, said, at=at)
    rule = LayerRule(
        school_id=None if said.layer in _WIDE else school.id,
        changed_by=actor_id,
        changed_at=at,
        **_fields(said),
    )
    session.add(rule)
    session.flush()
    _note("layer rule added", rule, actor_id)
    return rule


def change_rule(
    session: Session, school: School, rule_id: UUID, said: Said, *, actor_id: UUID | None, at: datetime
) -> LayerRule:
    """Let a rule say something else; raise ``RuleRefusedError`` when it can't."""
    rule = find_rule(session, school, rule_id)
    check_rule(session, school, said, at=at, but=rule.id)
    for name, value in _fields(said).items():
        setattr(rule, name, value)
    rule.changed_by, rule.changed_at = actor_id, at
    session.flush()
    _note("layer rule changed", rule, actor_id)
    return rule


def switch_rule(
    session: Session, school: School, rule_id: UUID, *, active: bool, actor_id: UUID | None, at: datetime
) -> LayerRule:
    """Let a rule hold no longer, or again; it is never thrown away."""
    rule = find_rule(session, school, rule_id)
    if active:
        check_rule(session, school, said_by(rule), at=at, but=rule.id)
    rule.active, rule.changed_by, rule.changed_at = active, actor_id, at
    session.flush()
    _note("layer rule switched", rule, actor_id)
    return rule


def find_rule(session: Session, school: School, rule_id: UUID) -> LayerRule:
    """Return a rule that holds for this school; raise ``NotOfThisSchoolError`` for another's."""
    rule = session.get(LayerRule, rule_id)
    if rule is None or (rule.school_id is None and rule.scope not in _wide_scopes(school)[rule.layer]):
        raise NotOfThisSchoolError
    if rule.school_id is not None and rule.school_id != school.id:
        raise NotOfThisSchoolError
    return rule


def said_by(rule: LayerRule) -> Said:
    """Return what a kept rule says."""
    return Said(
        layer=rule.layer,
        scope=rule.scope,
        procedure=rule.procedure,
        task=rule.task,
        definition=rule.definition,
        school_year=rule.school_year,
        reason=rule.reason,
    )


def check_rule(
    session: Session, school: School, said: Said, *, at: datetime, but: UUID | None = None
) -> TaskChange:
    """Return what is said as a change; raise ``RuleRefusedError`` with everything that is wrong with it."""
    try:
        change = TaskChange.model_validate(said.definition)
    except ValidationError as error:
        raise RuleRefusedError([e["msg"].removeprefix("Value error, ") for e in error.errors()]) from error
    problems = [*_names(said, change), *_scope(session, school, said), *_pupils(session, school, said)]
    if not problems:
        problems = beyond_the_law(session, school, said, change, at=at, but=but)
    if problems:
        raise RuleRefusedError(problems)
    return change


def _names(said: Said, change: TaskChange) -> list[str]:
    """Return what the rule names that isn't there."""
    procedure = next((p for p in procedures.current() if p.key == said.procedure), None)
    if procedure is None:
        return [f"Er is geen procedure {said.procedure!r}."]
    if change.occurrence is not None and change.occurrence not in {o.key for o in procedure.occurrence}:
        return [f"{procedure.title.nl} heeft geen ronde {change.occurrence!r}."]
    if said.task:
        known = said.task in {task.key for task in procedure.tasks()}
        return [] if known else [f"{procedure.title.nl} heeft geen taak {said.task!r}."]
    if change.occurrence is None or change.window is None:
        return ["Noem een taak, of een ronde met haar nieuwe periode."]
    return []


def _pupils(session: Session, school: School, said: Said) -> list[str]:
    """Refuse a pupil's name in words that come beside a date, and so on pages and in mails."""
    words = f"{said.reason} {said.definition.get('law') or ''}"
    if name_check(session, school.id).sure(words):
        return ["Er staat een naam van een leerling in. Schrijf het zonder naam."]
    return []


def _scope(session: Session, school: School, said: Said) -> list[str]:
    if said.layer in _WIDE:
        fits = said.scope in _wide_scopes(school)[said.layer]
        where = "regio of samenwerkingsverband" if said.layer == Layer.REGION else "bestuur"
        return [] if fits else [f"Deze school valt niet onder het {where} {said.scope!r}."]
    if said.layer == Layer.SCHOOL:
        return [] if said.scope == str(school.id) else ["Deze regel is van een andere school."]
    table = Group if said.layer == Layer.GROUP else Pupil
    query = select(table.id).where(col(table.school_id) == school.id, col(table.key) == said.scope)
    return [] if session.exec(query).first() else ["Deze groep of leerling is niet van deze school."]


def _wide_scopes(school: School) -> dict[Layer, set[str]]:
    return {Layer.REGION: {school.region, school.partnership} - {""}, Layer.BOARD: {school.board} - {""}}


def _fields(said: Said) -> dict[str, Any]:
    return {
        "layer": said.layer,
        "scope": said.scope,
        "procedure": said.procedure,
        "task": said.task,
        "definition": said.definition,
        "school_year": said.school_year,
        "reason": "".join(letter for letter in said.reason.strip() if letter.isprintable())[:200],
    }


def _note(what: str, rule: LayerRule, actor_id: UUID | None) -> None:
    _log.info("%s: %s, layer %s, by %s", what, rule.id, rule.layer.value, actor_id)
