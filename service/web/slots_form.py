"""The forms that ask for hours: what was typed, and what it asks of a search."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Form

from service import clock
from service.school.errors import SchoolError
from service.slots.asked import EVERY_ROUND, Absent, Asked, read_asked
from service.web.keepers import Day, wanted_day

Line = Annotated[str, Form(max_length=40)]
Lines = Annotated[list[Annotated[str, Form(max_length=130)]] | None, Form()]
_LEAD = timedelta(days=7)  # calendar days in which people are left alone, unless it has to be sooner


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed; ``kind`` is "ronde" or "herplannen"."""

    kind: Line = "ronde"
    rounds: Lines = None
    tasks: Lines = None
    not_before: Day = ""
    until: Day = ""
    prefer: Line = "middle"
    earliest: Line = "08:30"
    latest: Line = "17:00"
    most_led: Line = "5"
    most_attended: Line = "2"
    apart: Line = "35"
    avoid_tests: Line = ""
    person: Line = ""
    first: Day = ""
    last: Day = ""
    seconds: Line = "20"

    def asked(self) -> Asked:
        """Return what is asked; raise ``SchoolError`` for what can't be."""
        keep = self.kind == "herplannen"
        if not (keep or self.rounds or self.tasks):
            raise SchoolError("Kies ten minste één ronde.")
        return read_asked(
            {
                "rounds": (EVERY_ROUND,) if keep else tuple(self.rounds or ()),
                "tasks": tuple(self.tasks or ()),
                "keep": keep,
                "not_before": wanted_day(self.not_before, "vanaf welke dag"),
                "until": wanted_day(self.until) if self.until else None,
                "prefer": self.prefer,
                "earliest": self.earliest,
                "latest": self.latest,
                "most_led": self.most_led,
                "most_attended": self.most_attended,
                "apart": self.apart,
                "avoid_tests": bool(self.avoid_tests),
                "absent": self._absent(),
                "seconds": self.seconds,
            }
        )

    def _absent(self) -> tuple[Absent, ...]:
        if not self.person:
            return ()
        first = wanted_day(self.first, "de eerste dag dat iemand er niet is")
        last = wanted_day(self.last, "de laatste dag dat iemand er niet is") if self.last else first
        if last < first:
            raise SchoolError("De laatste dag ligt voor de eerste.")
        try:
            return (Absent(person=UUID(self.person), first=first, last=last),)
        except ValueError as error:
            raise SchoolError("Kies wie er niet is.") from error


def fresh(kind: str = "ronde", tasks: list[str] | None = None) -> Typed:
    """Return an empty form: a round leaves the coming week alone, a re-plan begins tomorrow."""
    lead = timedelta(days=1) if kind == "herplannen" else _LEAD
    return Typed(kind=kind, tasks=tasks, not_before=(clock.today() + lead).isoformat(), avoid_tests="ja")
