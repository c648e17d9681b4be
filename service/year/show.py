"""A planned item as JSON data: everything a machine or a person may want to check."""

from datetime import date
from typing import Any

from calendars.derivation import as_data, sentence
from calendars.plan import Item


def item_data(item: Item) -> dict[str, Any]:
    """Return an item with its dates and their derivation; keys and group names, no pupil's name."""
    steps = as_data(item.dates.steps)
    return {
        "id": str(item.id),
        "case": str(item.case.id),
        "procedure": item.case.procedure.key,
        "occurrence": item.case.occurrence.key,
        "stage": item.stage.key,
        "key": item.rule.key,
        "title": item.title,
        "group": item.group.key if item.group else None,
        "group_name": item.group.name if item.group else None,
        "pupil": item.case.pupil.key if item.case.pupil else None,
        "unit": item.unit,
        "role": item.rule.role,
        "owner": str(item.owner) if item.owner else None,
        "kind": item.kind,
        "required": item.rule.required,
        "starts_on": _iso(item.dates.starts_on),
        "target_on": _iso(item.dates.target_on),
        "latest_on": _iso(item.dates.latest_on),
        "law": item.dates.law or item.rule.law,
        "meeting": _meeting(item),
        "derivation": steps,
        "explanation": sentence(steps),
    }


def _meeting(item: Item) -> dict[str, str] | None:
    if item.meeting is None:
        return None
    return {
        "starts_at": item.meeting.starts_at.isoformat(),
        "ends_at": item.meeting.ends_at.isoformat(),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
