"""A row of a year plan with its days of one school year."""

from dataclasses import dataclass
from datetime import date

from calendars.yearplan.evaluate import Result
from calendars.yearplan.items import PlanItem
from service.yearplan.draft import Line

ENDS = frozenset({"until", "before"})


@dataclass(frozen=True, slots=True)
class Dated:
    """A row with its item and what that comes to this year."""

    line: Line
    item: PlanItem
    result: Result | None

    @property
    def first(self) -> date | None:
        """Return the first day, or the only one that is known."""
        days = [p.first or p.last for p in self.result.placed] if self.result else []
        return min((day for day in days if day), default=None)

    @property
    def last(self) -> date | None:
        """Return the last day that is stated."""
        days = [p.last for p in self.result.placed] if self.result else []
        return max((day for day in days if day), default=None)

    @property
    def kind(self) -> str:
        """Return what sort of rule it has."""
        return "date" if isinstance(self.item.when, str) else self.item.when.rule

    @property
    def is_deadline(self) -> bool:
        """Tell whether it is one day, or ends on one."""
        return self.kind in ENDS or (self.kind == "date" and self.first == self.last)
