"""The people, groups and pupils that a plan is made for; ids only, and group names."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from calendars.presence import Presence
from calendars.schoolyear import SchoolCalendar

if TYPE_CHECKING:
    from calendars.layers import LayerRule

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """A role of a member, from one day until another (both included)."""

    role: str
    unit: str | None = None
    valid_from: date = date.min
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff: roles, groups taught and presence, each with their days."""

    id: UUID
    roles: tuple[RoleSpan, ...]
    presence: Presence = field(default_factory=Presence)
    groups: tuple[tuple[UUID, date, date | None], ...] = ()

    def has_role(self, role: str, day: date, unit: str | None = None) -> bool:
        """Tell whether the member has a role (in a unit, when one is named) on a day."""
        return any(
            r.role == role
            and r.valid_from <= day
            and (r.valid_until is None or day <= r.valid_until)
            and (unit is None or r.unit == unit)
            for r in self.roles
        )

    def teaches(self, group: UUID, day: date) -> bool:
        """Tell whether the member teaches a group on a day."""
        return any(
            g == group and first <= day and (last is None or day <= last) for g, first, last in self.groups
        )


@dataclass(frozen=True, slots=True)
class GroupFact:
    """A group: its key in the roster, its name and the year groups of its pupils."""

    id: UUID
    key: str
    name: str
    year_groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class PupilFact:
    """A pupil, without a name: key in the roster, base group and year group."""

    id: UUID
    key: str
    group: UUID | None
    year_group: str


@dataclass(frozen=True)
class People:
    """Everyone a school's year is planned for."""

    members: tuple[Member, ...] = ()
    groups: tuple[GroupFact, ...] = ()
    pupils: tuple[PupilFact, ...] = ()

    def units(self) -> list[str]:
        """Return the units that have a coordinator."""
        return sorted({r.unit for m in self.members for r in m.roles if r.unit})

    def candidates(
        self, role: str, day: date, *, group: UUID | None = None, unit: str | None = None
    ) -> list[Member]:
        """Return who could do a task of a role on a day, for a group or unit when one is named."""
        if role == "teacher" and group:
            return [m for m in self._teachers.get(group, ()) if m.teaches(group, day)]
        return [m for m in self._with_role.get(role, ()) if m.has_role(role, day, unit)]

    # Who ever has a role or a group: a large school asks this some ten thousand times a year.
    @cached_property
    def _teachers(self) -> Mapping[UUID, tuple[Member, ...]]:
        return _listed((group, m) for m in self.members for group in dict.fromkeys(g for g, *_ in m.groups))

    @cached_property
    def _with_role(self) -> Mapping[str, tuple[Member, ...]]:
        return _listed((role, m) for m in self.members for role in dict.fromkeys(r.role for r in m.roles))

    def owner(
        self,
        role: str,
        day: date,
        calendar: SchoolCalendar,
        *,
        group: UUID | None = None,
        unit: str | None = None,
    ) -> Member | None:
        """Return whose turn a task is: the only candidate, or of a duo the one who works that day.

        Several people in one role share a queue, and nobody is appointed.
        """
        found = self.candidates(role, day, group=group, unit=unit)
        if len(found) > 1 and role == "teacher" and group:
            found = [m for m in found if m.presence.works_on(day, calendar)] or found
            return min(found, key=lambda m: m.id.int)
        return found[0] if len(found) == 1 else None


def _listed(pairs: Iterable[tuple[Key, Member]]) -> Mapping[Key, tuple[Member, ...]]:
    found: dict[Key, list[Member]] = {}
    for key, member in pairs:
        found.setdefault(key, []).append(member)
    return {key: tuple(members) for key, members in found.items()}


@dataclass(frozen=True, slots=True)
class MeetingFact:
    """A meeting that has its hour already (aware UTC)."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What has really happened: days on which tasks were done, hours of meetings, days of outside facts."""

    closed_on: Mapping[UUID, date] = field(default_factory=dict)
    meetings: Mapping[UUID, MeetingFact] = field(default_factory=dict)
    outside: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What people decided beside the rules: pinned days by task, procedures left out, rules of layers."""

    pins: Mapping[UUID, tuple[date, str]] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    layers: "tuple[LayerRule, ...]" = ()
