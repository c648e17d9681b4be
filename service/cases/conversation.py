"""A conversation about work that stays undone: a task beside the procedure's own, one at most per task."""

from uuid import UUID, uuid5

from models import Task

# Two hyphens: no key of a rule that a person or a plan writes looks like it.
PREFIX = "gesprek--"


def is_conversation(task: Task) -> bool:
    """Tell whether a task is a conversation about another one; no plan holds it, and none withdraws it."""
    return task.key.startswith(PREFIX)


def conversation_id(task_id: UUID) -> UUID:
    """Return the id of the conversation about a task: always the same, so that there is one at most."""
    return uuid5(task_id, "gesprek")
