"""What an import changes, as data: for a page, a terminal, or a program (without pupil names)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.roster.problems import Problem


@dataclass(frozen=True)
class Change:
    """One pupil, group or member of staff that changes; ``name`` is for the school's own eyes."""

    key: str
    name: str = field(repr=False)
    fields: tuple[str, ...] = ()
    was: str = field(default="", repr=False)
    from_groups: tuple[str, ...] = ()
    to_groups: tuple[str, ...] = ()
    last_day: date | None = None

    def to_json(self, *, named: bool) -> dict[str, Any]:
        """Return what is set, as plain data; the name only of a group."""
        told: dict[str, Any] = {"key": self.key}
        if named:
            told |= {"name": self.name, "was": self.was}
        told |= {"fields": list(self.fields), "from": list(self.from_groups), "to": list(self.to_groups)}
        told["last_day"] = self.last_day.isoformat() if self.last_day else None
        return {word: value for word, value in told.items() if value}


@dataclass(frozen=True)
class Changes:
    """What changes among pupils, groups or staff, by kind."""

    new: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    left: tuple[Change, ...] = ()
    returned: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()

    def kinds(self) -> Iterator[tuple[str, tuple[Change, ...]]]:
        """Yield each kind of change with who or what it touches."""
        yield from (("new", self.new), ("changed", self.changed), ("left", self.left))
        yield from (("returned", self.returned), ("moved", self.moved))

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind."""
        return {kind: len(changes) for kind, changes in self.kinds()}

    def to_json(self, *, named: bool) -> dict[str, Any]:
        """Return all as plain data."""
        return {kind: [change.to_json(named=named) for change in changes] for kind, changes in self.kinds()}


@dataclass(frozen=True)
class RosterDiff:
    """All that one import changes; ``objections`` are reasons not to do it unless someone insists."""

    school_year: str
    first_of_year: bool
    pupils: Changes = Changes()
    groups: Changes = Changes()
    staff: Changes = Changes()
    warnings: tuple[Problem, ...] = ()
    objections: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether nothing changes."""
        return not any(any(part.counts().values()) for part in (self.pupils, self.groups, self.staff))

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many pupils, groups and staff change, by kind."""
        return {
            "pupils": self.pupils.counts(),
            "groups": self.groups.counts(),
            "staff": self.staff.counts(),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the difference as plain data with keys, kinds and group names; without names of people."""
        return {
            "school_year": self.school_year,
            "first_of_year": self.first_of_year,
            "empty": self.empty,
            "counts": self.counts(),
            "pupils": self.pupils.to_json(named=False),
            "groups": self.groups.to_json(named=True),
            "staff": self.staff.to_json(named=False),
            "warnings": [warning.to_json() for warning in self.warnings],
            "objections": list(self.objections),
        }
