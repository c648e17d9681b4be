"""Which work people must know of: what is open, and what the law awaits while it waits for other work."""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from models import Task, TaskState

_OPEN = (TaskState.READY, TaskState.RESERVED, TaskState.IN_PROGRESS, TaskState.IN_REVIEW)


def is_pressing(before: date | None = None) -> ColumnElement[bool]:
    """Return the condition for work to show or remind of, in a running case.

    A statutory day comes whether or not the gate before its task is open, so such a task counts while it
    is still planned; with ``before`` only when its statutory day lies on or before that day.
    """
    by_law = col(Task.latest_on).is_not(None) if before is None else col(Task.latest_on) <= before
    return or_(col(Task.state).in_(_OPEN), and_(col(Task.state) == TaskState.PLANNED, by_law))
