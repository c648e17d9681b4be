"""What can change in a year that is open: a closed list, each with the fields of the verb that does it."""

from datetime import date
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from models import Layer
from service.access.actor import Actor
from service.school.errors import SchoolError

Name = Annotated[str, Field(max_length=200)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Key = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$")]


class ChangeError(SchoolError):
    """Dit is geen wijziging die het jaar kent."""


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Days(_Change):
    """Closed days (first and last included), for everyone or for named groups."""

    name: Name
    first_day: Day
    last_day: Day
    groups: tuple[Name, ...] = Field(default=(), max_length=60)
    replaces: Name | None = None


class ClosureAdded(Days):
    """The school, or some groups, are free on some days."""

    kind: Literal["closure_added"] = "closure_added"


class ClosuresImported(_Change):
    """A whole list of free days is taken over."""

    kind: Literal["closures_imported"] = "closures_imported"
    days: tuple[Days, ...] = Field(min_length=1, max_length=400)


class ClosureChanged(Days):
    """Free days get other days, another name or other groups."""

    kind: Literal["closure_changed"] = "closure_changed"
    closure_id: UUID


class ClosureRemoved(_Change):
    """There is school after all."""

    kind: Literal["closure_removed"] = "closure_removed"
    closure_id: UUID


class PresenceSet(_Change):
    """A person works on other half days of the week ("0-am"), from a day (until another, included)."""

    kind: Literal["presence_set"] = "presence_set"
    person_id: UUID
    halves: tuple[Annotated[str, Field(pattern=r"^[0-9]-(am|pm)$")], ...] = Field(max_length=14)
    first_day: Day
    last_day: Day | None = None


class TeacherSet(_Change):
    """A person gets a group, someone else gives it up, or both; from a day (until another, included)."""

    kind: Literal["teacher_set"] = "teacher_set"
    group_id: UUID
    person_id: UUID | None = None
    instead_of: UUID | None = None
    first_day: Day
    last_day: Day | None = None


class _Rule(_Change):
    """What a layer says about a task of a procedure; ``school_year`` is empty for every year."""

    layer: Layer
    scope: Name
    school_year: Annotated[str, Field(pattern=r"^(\d{4}-\d{4})?$")] = ""
    procedure: Key
    task: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,80}$")]
    definition: dict[str, Any]
    reason: Name = ""


class RuleAdded(_Rule):
    """A layer begins to say something about a task."""

    kind: Literal["rule_added"] = "rule_added"


class RuleChanged(_Rule):
    """A layer says something else about a task."""

    kind: Literal["rule_changed"] = "rule_changed"
    rule_id: UUID


class RuleSwitched(_Change):
    """A rule of a layer no longer holds, or holds again."""

    kind: Literal["rule_switched"] = "rule_switched"
    rule_id: UUID
    active: bool


class NewestVersion(_Change):
    """Running cases of a procedure take its newest version over."""

    kind: Literal["newest_version"] = "newest_version"
    procedure: Key


class ProcedureOff(_Change):
    """The school leaves a procedure out this year; what had begun goes on."""

    kind: Literal["procedure_off"] = "procedure_off"
    procedure: Key


class ProcedureOn(_Change):
    """The school does a procedure this year after all."""

    kind: Literal["procedure_on"] = "procedure_on"
    procedure: Key


class OwnPlanTakenOver(_Change):
    """The school's own year plan is taken over as it is now: what came in, what left, what moved."""

    kind: Literal["own_plan_taken_over"] = "own_plan_taken_over"


_OfClosures = ClosureAdded | ClosuresImported | ClosureChanged | ClosureRemoved
_OfPeople = PresenceSet | TeacherSet
_OfRules = RuleAdded | RuleChanged | RuleSwitched
_OfProcedures = NewestVersion | ProcedureOff | ProcedureOn | OwnPlanTakenOver
Change = Annotated[_OfClosures | _OfPeople | _OfRules | _OfProcedures, Field(discriminator="kind")]

_READER: TypeAdapter[Change] = TypeAdapter(Change)
_KEEPERS_OWN = get_args(_OfClosures) + get_args(_OfPeople)


def read_change(text: str | bytes) -> Change:
    """Read a change from JSON; raise ``ChangeError`` for what is none."""
    try:
        return _READER.validate_json(text)
    except ValidationError as error:
        raise ChangeError from error


def as_json(change: Change) -> str:
    """Write a change as JSON, as ``read_change`` reads it."""
    return change.model_dump_json(exclude_defaults=False)


def may_do(actor: Actor, change: Change) -> bool:
    """Tell whether a person may make a change: managers all, an administrator the school's own data."""
    return actor.is_manager or (actor.is_administrator and isinstance(change, _KEEPERS_OWN))
