"""What came out of a trial year, by ids and keys, complete enough to read when the school has changed."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from calendars.people import People
from calendars.plan import Frame, Item, Plan
from service.trial.clashes import Clash, clashes_of
from service.trial.load import Load, Norm, loads_of, norms_of
from service.trial.totals import Totals, totals_of
from service.trial.weeks import Week, weeks_of

_COLUMNS = (
    "id procedure occurrence key title kind group pupil unit role owner first day latest starts_at ends_at"
).split()


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class Line(_Kept):
    """A planned item; ``pupil`` is a key in the roster, ``group`` a name, ``owner`` an id."""

    id: UUID
    procedure: str
    occurrence: str
    key: str
    title: str
    kind: str
    group: str | None = None
    pupil: str | None = None
    unit: str | None = None
    role: str = ""
    owner: UUID | None = None
    first: date | None = None
    day: date | None = None
    latest: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Outcome(_Kept):
    """Everything a trial year shows; ``titles`` names procedures and their occurrences."""

    label: str
    first_day: date
    last_day: date
    cases: int
    lines: tuple[Line, ...]
    titles: dict[str, str]
    weeks: tuple[Week, ...]
    totals: tuple[Totals, ...]
    loads: tuple[Load, ...]
    norms: tuple[Norm, ...]
    ib: tuple[UUID, ...]
    clashes: tuple[Clash, ...]
    pupils: int

    def count(self, kind: str) -> int:
        """Count the lines of a kind."""
        return sum(line.kind == kind for line in self.lines)

    def per_procedure(self) -> list[tuple[str, Counter[str]]]:
        """Return per procedure how many lines of each kind it has, in the order of the year."""
        found: dict[str, Counter[str]] = {}
        for line in self.lines:
            found.setdefault(line.procedure, Counter())[line.kind] += 1
        return list(found.items())

    def of(self, line: Line) -> str:
        """Name the procedure and its occurrence that a line is part of; never a pupil."""
        return f"{self.titles[line.procedure]}: {self.titles[f'{line.procedure}/{line.occurrence}']}"

    def as_data(self) -> dict[str, Any]:
        """Return the outcome as JSON data, with its lines as a table."""
        data = self.model_dump(mode="json", exclude={"lines"})
        lines = [line.model_dump(mode="json") for line in self.lines]
        return data | {"columns": _COLUMNS, "rows": [[line[name] for name in _COLUMNS] for line in lines]}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Outcome":
        """Return an outcome from its JSON data."""
        lines = [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]
        rest = {key: value for key, value in data.items() if key not in {"columns", "rows"}}
        return cls.model_validate(rest | {"lines": lines})


def outcome_of(plan: Plan, frame: Frame, people: People) -> Outcome:
    """Look at a plan from every side that a trial year shows."""
    first = frame.year.first_day
    return Outcome(
        label=frame.year.label,
        first_day=first,
        last_day=frame.year.last_day,
        cases=len(plan.cases),
        lines=tuple(_line(item) for item in plan.items),
        titles=_titles(plan),
        weeks=tuple(weeks_of(frame)),
        totals=totals_of(plan, frame, people),
        loads=loads_of(plan, frame, people),
        norms=norms_of(people),
        ib=tuple(member.id for member in people.candidates("ib", first)),
        clashes=clashes_of(plan, frame, people),
        pupils=len(people.pupils),
    )


def _line(item: Item) -> Line:
    group = item.group or item.case.group
    return Line(
        id=item.id,
        procedure=item.case.procedure.key,
        occurrence=item.case.occurrence.key,
        key=item.rule.key,
        title=item.rule.title.nl,
        kind=item.kind,
        group=group.name if group else None,
        pupil=item.case.pupil.key if item.case.pupil else None,
        unit=item.unit,
        role=item.rule.role,
        owner=item.owner,
        first=item.dates.starts_on,
        day=item.dates.target_on,
        latest=item.dates.latest_on,
        starts_at=item.meeting.starts_at if item.meeting else None,
        ends_at=item.meeting.ends_at if item.meeting else None,
    )


def _titles(plan: Plan) -> dict[str, str]:
    titles: dict[str, str] = {}
    for case in plan.cases:
        titles[case.procedure.key] = case.procedure.title.nl
        titles[f"{case.procedure.key}/{case.occurrence.key}"] = case.occurrence.title.nl
    return titles
