"""A roster as a file gave it: what the school needs and no more (AVG art. 5 lid 1c)."""

from dataclasses import dataclass, field
from datetime import date

from models import GroupKind
from service.roster.problems import Problem

DUMMY = "#"
HISTORIC = "H"
COMBINATION = "C"


def full_name(*parts: str) -> str:
    """Return the parts of a name as one line."""
    return " ".join(part for part in parts if part)


class OfGroup:
    """What a group is recognised by, in the file and in the tables alike."""

    __slots__ = ()
    alias = None
    born_on = None
    name: str
    kind: GroupKind

    @property
    def who(self) -> str:
        """Return what a group is recognised by when its key is a dummy."""
        return f"{self.kind} {self.name}".casefold()


class OfPupil:
    """What a pupil is recognised by."""

    __slots__ = ()
    eckid: str | None
    first_name: str
    prefix: str
    last_name: str

    @property
    def alias(self) -> str | None:
        """Return a second key that stays the same between systems."""
        return self.eckid

    @property
    def name(self) -> str:
        """Return the name, for the school's own eyes only."""
        return full_name(self.first_name, self.prefix, self.last_name)

    @property
    def who(self) -> str:
        """Return what a pupil is recognised by, beside the birth date, when the key is a dummy."""
        return self.name.casefold()


class OfStaff:
    """What a member of staff is recognised by."""

    __slots__ = ()
    born_on = None
    name: str
    email: str | None

    @property
    def alias(self) -> str | None:
        """Return a second key that stays the same between systems."""
        return self.email

    @property
    def who(self) -> str:
        """Return what a member of staff is recognised by when the key is a dummy."""
        return self.name.casefold()


@dataclass(frozen=True, slots=True)
class GroupLine(OfGroup):
    """A group, with the line of the file on which it stands."""

    key: str
    name: str
    kind: GroupKind
    year_group: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PupilLine(OfPupil):
    """A pupil; names and birth date stay out of every representation."""

    key: str
    eckid: str | None
    first_name: str = field(repr=False)
    prefix: str = field(repr=False)
    last_name: str = field(repr=False)
    born_on: date | None = field(repr=False)
    year_group: str
    group: str | None
    composites: tuple[str, ...]
    enrolled_on: date | None
    left_on: date | None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class StaffLine(OfStaff):
    """A member of staff; a role in the file gives no right and is not read."""

    key: str
    name: str
    email: str | None
    groups: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Roster:
    """One school in one school year; ``None`` for a part means that the file says nothing about it."""

    school_year: str
    brin: str
    dependance: str
    made_on: date | None
    pupils: tuple[PupilLine, ...]
    groups: tuple[GroupLine, ...] | None = None
    staff: tuple[StaffLine, ...] | None = None
    warnings: tuple[Problem, ...] = ()


def first_day(school_year: str) -> date:
    """Return the first day of a school year: 1 August (WPO art. 1)."""
    return date(int(school_year[:4]), 8, 1)
