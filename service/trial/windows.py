"""Spans that go wrong: what ends before it starts, and deadlines inside the window they close."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from calendars.plan import Item, Plan


def ends_before_it_starts(plan: Plan) -> Iterator[Item]:
    """Find items whose last day lies before their first day."""
    for item in plan.items:
        start, day = item.dates.starts_on, item.dates.target_on
        if start and day and day < start:
            yield item


def inside_its_window(plan: Plan) -> Iterator[tuple[Item, Item]]:
    """Find work that closes a window, such as recording the results, and is due before that window ends."""
    cases: defaultdict[UUID, list[Item]] = defaultdict(list)
    for item in plan.items:
        cases[item.case.id].append(item)
    for items in cases.values():
        windows = [item for item in items if item.kind == "window"]
        for item in items if windows else ():
            for window in windows:
                if _closes(item, window) and _is_due_before_end(item, window):
                    yield item, window


def _closes(item: Item, window: Item) -> bool:
    """Tell whether work of the same group counts from the end of a window, or stands in a later stage."""
    if item.id == window.id or (item.group and window.group and item.group != window.group):
        return False
    due = item.rule.due_rule(item.case.occurrence.key)
    if getattr(due, "after", None) in {"window.last", f"task.{window.rule.key}"}:
        return True
    order = [stage.key for stage in item.case.procedure.stage]
    return order.index(item.stage.key) > order.index(window.stage.key)


def _is_due_before_end(item: Item, window: Item) -> bool:
    day, first, end = item.dates.target_on, window.dates.starts_on, window.dates.target_on
    return bool(day and first and end and first <= day < end)
