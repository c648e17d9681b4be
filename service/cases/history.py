"""Write a line of a case's history, in the transaction of the change itself."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import inspect
from sqlmodel import Session

from models import Case, CaseEvent, Task


def record(
    session: Session,
    subject: Case | Task,
    verb: str,
    *,
    at: datetime,
    actor_id: UUID | None,
    reason: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Keep who did what to a case or task, when and why; ``data`` holds old and new values."""
    if inspect(subject).pending:
        session.flush()  # the database wants what a line is about before the line
    task = subject if isinstance(subject, Task) else None
    case_id = task.case_id if task else subject.id
    task_id = task.id if task else None
    session.add(
        CaseEvent(**line(case_id, task_id, verb, at=at, actor_id=actor_id, reason=reason), data=data or {})
    )


def line(
    case_id: UUID, task_id: UUID | None, verb: str, *, at: datetime, actor_id: UUID | None, reason: str | None
) -> dict[str, Any]:
    """Return what a line of history holds, with a key of its own."""
    return {
        "id": uuid4(),
        "case_id": case_id,
        "task_id": task_id,
        "at": at,
        "actor_id": actor_id,
        "verb": verb,
        "reason": reason,
    }
