"""How a school's work stands at one moment: what a re-plan may change, to see what it changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from models import Attendee, Case, Closure, Group, LayerRule, Meeting, Presence, School, Task, Teaching, Year

Fields = Mapping[str, Any]
Row = tuple[str, UUID]

CASE = ("version_id", "opens_on", "state", "stage", "outcome", "closed_at")
TASK = (
    *("starts_on", "target_on", "latest_on", "owner_id", "state", "pinned", "closed_at"),
    *("title", "stage", "role", "kind", "required", "law", "note", "derivation"),
)
MEETING = ("starts_at", "ends_at", "state")
_SETTINGS: Mapping[str, type[SQLModel]] = {
    "closure": Closure,
    "presence": Presence,
    "teaching": Teaching,
    "layer_rule": LayerRule,
    "year": Year,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """The cases, tasks and meetings of a school by id, with who is asked; and the rows behind the plan."""

    cases: Mapping[UUID, Fields]
    tasks: Mapping[UUID, Fields]
    meetings: Mapping[UUID, Fields]
    asked: Mapping[UUID, frozenset[UUID]]
    settings: Mapping[Row, Fields]

    def meeting_of(self, task_id: UUID) -> Fields | None:
        """Return the meeting of a task."""
        return next((m for m in self.meetings.values() if m["task_id"] == task_id), None)


def take_picture(session: Session, school: School, labels: Iterable[str]) -> Picture:
    """Return how the cases of some school years stand."""
    session.flush()
    here = select(Case.id).where(Case.school_id == school.id, col(Case.school_year).in_(list(labels)))
    cases = session.exec(select(Case).where(col(Case.id).in_(here))).all()
    tasks = session.exec(select(Task).where(col(Task.case_id).in_(here))).all()
    meetings = session.exec(select(Meeting).where(col(Meeting.case_id).in_(here))).all()
    asked: dict[UUID, set[UUID]] = {meeting.id: set() for meeting in meetings}
    for attendee in session.exec(select(Attendee).where(col(Attendee.meeting_id).in_(asked))):
        if attendee.person_id and not attendee.removed:
            asked[attendee.meeting_id].add(attendee.person_id)
    return Picture(
        {case.id: _fields(case, CASE) for case in cases},
        {task.id: _fields(task, (*TASK, "case_id")) for task in tasks},
        {meeting.id: _fields(meeting, (*MEETING, "task_id")) for meeting in meetings},
        {id_: frozenset(people) for id_, people in asked.items()},
        _settings(session, school),
    )


def _fields(row: SQLModel, names: Iterable[str]) -> Fields:
    return {name: getattr(row, name) for name in names}


def setting_of(session: Session, table: str, id_: UUID) -> tuple[SQLModel | None, Fields | None]:
    """Return a row behind the plan, and its fields as they are kept."""
    row = session.get(_SETTINGS[table], id_, populate_existing=True)
    return row, {key: plain(value) for key, value in row.model_dump().items()} if row else None


def _settings(session: Session, school: School) -> dict[Row, Fields]:
    groups = select(Group.id).where(Group.school_id == school.id)
    own: list[SQLModel] = [
        *session.exec(select(Closure).where(Closure.school_id == school.id)),
        *session.exec(select(Presence).where(Presence.school_id == school.id)),
        *session.exec(select(Teaching).where(col(Teaching.group_id).in_(groups))),
        *session.exec(select(LayerRule).where(LayerRule.school_id == school.id)),
        *session.exec(select(Year).where(Year.school_id == school.id)),
    ]
    names = {table: name for name, table in _SETTINGS.items()}
    told = [(names[type(row)], row.model_dump()) for row in own]
    return {
        (name, fields["id"]): {key: plain(value) for key, value in fields.items()} for name, fields in told
    }


def changed(before: Mapping[Any, Fields], after: Mapping[Any, Fields]) -> dict[Any, tuple[Any, Any]]:
    """Return what differs by key: how it was and how it is; None where it was or is not there."""
    return {
        key: (before.get(key), after.get(key))
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    }


def setting_row(table: str, fields: Fields) -> SQLModel:
    """Return a row behind the plan from its fields as they were kept."""
    return _SETTINGS[table].model_validate(fields)


def plain(value: Any) -> Any:
    """Return a field as JSON data."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
