"""What a person asks of a search: which meetings, within which bounds, and who is away."""

from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from calendars.slotting.problem import Rules
from models import SlotProposal
from service.school.errors import SchoolError

EVERY_ROUND = "*"
MOST_SECONDS = 60
Clock = Annotated[time, Field(ge=time(7), le=time(21))]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Absent(_Frozen):
    """Someone who is not there on some days (both included), such as by illness."""

    person: UUID
    first: date
    last: date


class Asked(_Frozen):
    """Everything a search is asked; ``rounds`` are "procedure:occurrence", ``tasks`` single meetings.

    ``keep`` moves as few as possible of what has an hour; else every meeting is placed anew, near the middle
    of its period or early in it.
    """

    rounds: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9:*-]{1,120}$")], ...] = Field(
        default=(), max_length=60
    )
    tasks: tuple[UUID, ...] = Field(default=(), max_length=400)
    keep: bool = False
    not_before: date
    until: date | None = None
    prefer: Literal["middle", "early"] = "middle"
    earliest: Clock = time(8, 30)
    latest: Clock = time(17)
    most_led: int = Field(default=5, ge=1, le=12)
    most_attended: int = Field(default=2, ge=1, le=8)
    apart: int = Field(default=35, ge=0, le=120)
    avoid_tests: bool = True
    absent: tuple[Absent, ...] = Field(default=(), max_length=20)
    seconds: int = Field(default=20, ge=1, le=MOST_SECONDS)
    stop: bool = False

    def rules(self) -> Rules:
        """Return the rules in the search's own shape."""
        return Rules(
            earliest=self.earliest.hour * 60 + self.earliest.minute,
            latest=self.latest.hour * 60 + self.latest.minute,
            most_led=self.most_led,
            most_attended=self.most_attended,
            apart=self.apart,
            keep=self.keep,
        )


def read_asked(told: dict[str, object]) -> Asked:
    """Read what is asked; raise ``SchoolError`` for what no search can be asked."""
    try:
        asked = Asked.model_validate(told)
    except ValidationError as error:
        names = ", ".join(sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]}))
        raise SchoolError(f"Dit kan niet worden gezocht: kijk naar {_dutch(names)}.") from error
    if asked.earliest >= asked.latest:
        raise SchoolError("Het laatste uur ligt niet na het vroegste.")
    return asked


_NAMES = {
    "absent": "wie er niet is",
    "apart": "de dagen tussen twee rondes",
    "earliest": "het vroegste uur",
    "latest": "het laatste uur",
    "most_attended": "hoeveel per leerkracht op een dag",
    "most_led": "hoeveel per voorzitter op een dag",
    "not_before": "de eerste dag",
    "rounds": "de rondes",
    "seconds": "de seconden",
    "until": "de laatste dag",
}


def _dutch(names: str) -> str:
    return ", ".join(_NAMES.get(name, name) for name in names.split(", ")) or "wat je koos"


def asked_of(proposal: SlotProposal) -> Asked:
    """Return what was asked."""
    return Asked.model_validate(proposal.asked)
