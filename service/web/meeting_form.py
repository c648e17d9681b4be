"""The forms about meetings: what was typed, and what it means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Form

from service import clock
from service.cases.errors import ReasonNeededError
from service.meetings.arrange import Wish
from service.meetings.change import Change
from service.meetings.outside import addresses

Text = Annotated[str, Form(max_length=2000)]
Line = Annotated[str, Form(max_length=200)]
Day = Annotated[str, Form(max_length=10)]
Hour = Annotated[str, Form(max_length=5)]
Many = Annotated[list[str] | None, Form(max_length=300)]


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed: single fields, and fields of which there are many."""

    one: Mapping[str, str]
    many: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def hidden(self) -> list[tuple[str, str]]:
        """Return every field, to be sent again as it is."""
        return [*self.one.items(), *((name, value) for name, values in self.many.items() for value in values)]

    def has(self, name: str, value: object) -> bool:
        """Tell whether one of many was chosen."""
        return str(value) in self.many.get(name, ())


@dataclass(frozen=True, slots=True)
class NewFields:
    """The single fields of a new meeting."""

    kind: Line = ""
    about: Line = ""
    day: Day = ""
    hour: Hour = ""
    minutes: Day = ""
    location: Line = ""
    outside: Text = ""
    outside_kind: Line = ""
    chair: Line = ""
    weeks: Day = ""
    until: Day = ""
    task: Line = ""


@dataclass(frozen=True, slots=True)
class ChangeFields:
    """The single fields of a changed meeting."""

    day: Day = ""
    hour: Hour = ""
    minutes: Day = ""
    location: Line = ""
    title: Line = ""
    outside: Text = ""
    outside_kind: Line = ""
    locked: Day = ""
    reason: Text = ""
    seen: Line = ""


def new_form(fields: Annotated[NewFields, Depends()], staff: Many = None) -> Typed:
    """Read the form of a new meeting."""
    return Typed(asdict(fields), {"staff": staff or []})


def change_form(
    fields: Annotated[ChangeFields, Depends()],
    staff: Many = None,
    remove: Many = None,
    wishes: Many = None,
) -> Typed:
    """Read the form of a changed meeting."""
    many = {"staff": staff or [], "remove": remove or [], "wishes": wishes or []}
    return Typed(asdict(fields), many)


def wish_of(typed: Typed) -> Wish:
    """Return which meeting a form asks for; raise ``CaseError`` with what is missing."""
    one = typed.one
    if not one["kind"] and not one["task"]:
        raise ReasonNeededError("Kies welk overleg het is.")
    what, _, key = one["about"].partition(":")
    return Wish(
        occurrence=one["kind"],
        starts_at=moment_of(one["day"], one["hour"]),
        minutes=minutes_of(one["minutes"]) or 0,
        location=one["location"],
        group_id=id_of(key) if what == "group" else None,
        pupil_id=id_of(key) if what == "pupil" else None,
        staff=ids_of(typed.many["staff"]),
        outside=tuple(addresses(one["outside"])),
        outside_kind=one["outside_kind"],
        chair=id_of(one["chair"]),
        weeks=int(one["weeks"]) if one["weeks"] in {"1", "2", "4"} else 0,
        until=day_of(one["until"]) if one["until"] else None,
        task_id=id_of(one["task"]),
    )


def change_of(typed: Typed) -> Change:
    """Return what a form changes; raise ``CaseError`` with what is missing."""
    one = typed.one
    return Change(
        starts_at=moment_of(one["day"], one["hour"]),
        minutes=minutes_of(one["minutes"]),
        location=one["location"],
        title=one["title"],
        staff=ids_of(typed.many["staff"]),
        outside=tuple(addresses(one["outside"])),
        outside_kind=one["outside_kind"],
        remove=ids_of(typed.many["remove"]),
        locked=one["locked"] == "ja",
        wishes=tuple(typed.many["wishes"]),
        reason=one["reason"],
        seen=one["seen"],
    )


def day_of(text: str) -> date:
    """Return a day that was typed."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ReasonNeededError("Kies een dag.") from error


def moment_of(day: str, hour: str) -> datetime:
    """Return the moment that the clock on the school's wall shows."""
    try:
        return datetime.combine(day_of(day), time.fromisoformat(hour), clock.AMSTERDAM)
    except ValueError as error:
        raise ReasonNeededError("Kies een uur, bijvoorbeeld 14:30.") from error


def minutes_of(text: str) -> int | None:
    """Return how many minutes were typed."""
    if not text:
        return None
    if not text.isdecimal() or not 5 <= int(text) <= 480:  # noqa: PLR2004 -- a talk, or a whole school day
        raise ReasonNeededError("Een overleg duurt tussen 5 en 480 minuten.")
    return int(text)


def id_of(text: str) -> UUID | None:
    """Return an id that was chosen; nothing when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def ids_of(texts: Iterable[str]) -> frozenset[UUID]:
    """Return the ids that were chosen."""
    return frozenset(id_ for text in texts if (id_ := id_of(text)))
