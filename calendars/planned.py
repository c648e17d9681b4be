"""What planning is about: the school and year, the cases, and the dated items that come out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from calendars.dating import Dates
from calendars.legal import LegalDate
from calendars.people import GroupFact, MeetingFact, PupilFact
from calendars.procedure import Occurrence, Procedure, Stage, TaskRule
from calendars.schoolyear import SchoolCalendar, SchoolYear


@dataclass(frozen=True, slots=True)
class Frame:
    """The school and year that are planned: calendar days, school year and its legal dates."""

    school: UUID
    calendar: SchoolCalendar
    year: SchoolYear
    legal: Mapping[str, LegalDate]


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case that the year will open, or that a person opens."""

    id: UUID
    procedure: Procedure
    occurrence: Occurrence
    key: str
    opens_on: date
    group: GroupFact | None = None
    pupil: PupilFact | None = None

    @property
    def title(self) -> str:
        """Return the name of the case; never a pupil's name."""
        group = f" – groep {self.group.name}" if self.group and not self.pupil else ""
        return f"{self.procedure.title.nl}: {self.occurrence.title.nl}{group}"


@dataclass(frozen=True, slots=True)
class Item:
    """A dated piece of work; ``target_on`` is None when nothing states its moment yet."""

    id: UUID
    case: PlannedCase
    stage: Stage
    rule: TaskRule
    group: GroupFact | None
    unit: str | None
    owner: UUID | None
    dates: Dates
    meeting: MeetingFact | None = None

    @property
    def title(self) -> str:
        """Return the name of the task; never a pupil's name."""
        if self.rule.repeat_over == "group" and self.group:
            return f"{self.rule.title.nl} – groep {self.group.name}"
        return f"{self.rule.title.nl} – {self.unit}" if self.unit else self.rule.title.nl

    @property
    def kind(self) -> str:
        """Return what the item is in time: task, meeting or window."""
        return "meeting" if self.rule.meeting else "window" if self.rule.window else "task"


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned year: cases, items in order of date, and what deserves a look."""

    cases: tuple[PlannedCase, ...]
    items: tuple[Item, ...]
    warnings: tuple[str, ...] = field(default=())


def item_id(case_id: UUID, rule: TaskRule, group: UUID | None, unit: str | None) -> UUID:
    """Return the id of a task: always the same for the same work of the same case.

    Only work that is repeated over groups has its group in it, for a pupil may change groups.
    """
    where = group if rule.repeat_over == "group" else None
    return uuid5(case_id, f"{rule.key}/{where or ''}/{unit or ''}")


def case_id(school: UUID, year: str, procedure: str, key: str) -> UUID:
    """Return the id of a case: always the same for the same occurrence and subject."""
    return uuid5(NAMESPACE_URL, f"jaarritme:{school}/{year}/{procedure}/{key}")
