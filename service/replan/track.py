"""What a re-plan keeps of itself: the change, what moved, and the fields to put back when it is undone."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.replan.carry import Outcome
from service.replan.changes import as_json
from service.replan.letters import text_for
from service.replan.picture import Fields, changed, plain

# In the order in which an undo puts things back.
KINDS = ("setting", "case", "task", "meeting")


def moves_of(outcome: Outcome) -> list[dict[str, Any]]:
    """Return everything about an outcome that is kept, as JSON data."""
    about = {"kind": "change", "change": as_json(outcome.change), "stuck": [h.text for h in outcome.stuck]}
    shifts = [
        {
            "kind": "shift",
            "task": str(shift.task_id),
            "title": shift.title,
            "case": shift.case,
            "of_pupil": shift.of_pupil,
            "what": shift.what,
            "text": text_for(None, shift),
        }
        for shift in outcome.shifts
    ]
    return [about, *shifts, *_settings(outcome), *_rows(outcome)]


def _settings(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for (table, id_), (old, new) in changed(outcome.before.settings, outcome.after.settings).items():
        yield {"kind": "setting", "table": table, "id": str(id_), "old": old, "new": new}


def _rows(outcome: Outcome) -> Iterator[dict[str, Any]]:
    pairs: tuple[tuple[str, Mapping[Any, Fields], Mapping[Any, Fields]], ...] = (
        ("case", outcome.before.cases, outcome.after.cases),
        ("task", outcome.before.tasks, outcome.after.tasks),
        ("meeting", outcome.before.meetings, outcome.after.meetings),
    )
    for kind, before, after in pairs:
        for id_, (old, new) in changed(before, after).items():
            if kept := _difference(kind, old, new):
                yield {"kind": kind, "id": str(id_), **kept}


def _difference(kind: str, old: Fields | None, new: Fields | None) -> dict[str, Any] | None:
    """Return the fields that differ; of a new row only that it is new, and how it came to be."""
    now = {name: plain(value) for name, value in (new or {}).items() if name != "derivation"}
    if old is None:
        return {"old": None, "new": now}
    names = [name for name in old if new is None or old[name] != new[name]]
    if kind == "task" and set(names) <= {"derivation"}:
        return None  # the words of a derivation follow by themselves
    return {"old": {n: plain(old[n]) for n in names}, "new": {n: now.get(n) for n in names if n in now}}
