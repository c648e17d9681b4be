"""One task of the IB'er, in a situation that a test can bend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from calendars.contexts import base_context
from calendars.dating import Dates, Part, date_task
from calendars.people import MeetingFact, Member, People
from calendars.planned import Frame
from calendars.procedure import Occurrence, Stage, TaskRule
from calendars.resolve import Anchor, Context
from tests.calendars.invented_school import frame, member

TEXT = {"nl": "Schrijf het op", "en": "Write it down"}


@dataclass
class Situation:
    """A task of the IB'er, in a context that a test can bend."""

    due: Mapping[str, object] | None = None
    latest: Mapping[str, object] | None = None
    window: Mapping[str, object] | None = None
    meeting: Mapping[str, object] | None = None
    opened_by: str = "person"
    opening: date = date(2026, 11, 23)
    week: str = "di-pm wo"
    members: tuple[Member, ...] = ()
    gate: Mapping[str, object] | None = None
    frame: Frame = field(default_factory=lambda: frame("midden"))

    def date(
        self, *, pin: tuple[date, str] | None = None, hour: MeetingFact | None = None
    ) -> tuple[Dates, UUID | None]:
        task = {"key": "taak", "title": TEXT, "role": "ib", "due": self.due, "latest": self.latest}
        task |= {"law": "WPO, artikel 40a" if self.latest else None}
        task |= {"window": self.window, "meeting": self.meeting}
        stage = {"key": "fase", "title": TEXT, "phase": "uitvoeren", "gate": self.gate}
        return date_task(
            TaskRule.model_validate(task),
            Stage.model_validate(stage),
            self._occurrence(),
            self._context(),
            People(self.members or (member("ib", "ib", self.week),)),
            Part(meeting=hour, pin=pin),
        )

    def _occurrence(self) -> Occurrence:
        opens = {"rule": "year", "edge": "first"} if self.opened_by == "year" else None
        return Occurrence.model_validate(
            {"key": "M", "title": TEXT, "per": "school", "opened_by": self.opened_by, "opens": opens}
        )

    def _context(self) -> Context:
        opening = {"opening": Anchor(self.opening, "het begin")}
        return base_context([], self.frame).with_anchors(opening)


def after(**count: int) -> dict[str, object]:
    return {"rule": "offset", "after": "opening", **count}


def before(**count: int) -> dict[str, object]:
    return {"rule": "offset", "before": "opening", **count}
