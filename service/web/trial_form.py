"""The form of a trial year's wishes: what was typed, and the wishes it stands for."""

from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import Form
from pydantic import ValidationError

from models import Half
from service.school.errors import SchoolError
from service.trial.wishes import NAME_LENGTH, DaysOff, OtherWeek, Wishes
from service.web.keepers import wanted_day

_SPARE_DAYS, _SPARE_WEEKS = 2, 1
_MOST = 40  # rows; more of them are not a trial but a flood

Words = Annotated[list[Annotated[str, Form(max_length=200)]] | None, Form()]


@dataclass(frozen=True, slots=True)
class DaysRow:
    """A row of supposed days off, as typed."""

    name: str = ""
    first: str = ""
    last: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A row of other working days, as typed; halves are written as "1-am"."""

    person: str = ""
    since: str = ""
    halves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """Everything in the form; ``takes_part`` holds the procedures that stay in."""

    name: str = ""
    takes_part: tuple[str, ...] = ()
    days: tuple[DaysRow, ...] = field(default=())
    weeks: tuple[WeekRow, ...] = field(default=())

    def with_room(self) -> "Typed":
        """Return the form with some empty rows to fill in."""
        days = (*(row for row in self.days if row != DaysRow()), *[DaysRow()] * _SPARE_DAYS)
        weeks = (*(row for row in self.weeks if row != WeekRow()), *[WeekRow()] * _SPARE_WEEKS)
        return replace(self, days=days, weeks=weeks)

    def wishes(self, keys: set[str]) -> Wishes:
        """Return the wishes; raise ``SchoolError`` for what can't be read."""
        if max(len(self.days), len(self.weeks)) > _MOST:
            raise SchoolError("Dit zijn te veel regels voor één proefjaar.")
        try:
            return Wishes(
                name=self.name[:NAME_LENGTH],
                without=tuple(sorted(keys - set(self.takes_part))),
                closures=tuple(_days(row) for row in self.days if row.name or row.first or row.last),
                weeks=tuple(_week(row) for row in self.weeks if row.person),
            )
        except ValidationError as error:
            raise SchoolError("Dit kan zo niet; kijk nog eens naar wat je hebt ingevuld.") from error


def typed(
    name: Annotated[str, Form(max_length=200)] = "",
    doet: Words = None,
    vrij_naam: Words = None,
    vrij_eerste: Words = None,
    *,
    vrij_laatste: Words = None,
    vrij_groep: Words = None,
    wie: Words = None,
    vanaf: Words = None,
    dagdeel: Words = None,
) -> Typed:
    """Read the form; the groups and half days of row 2 are written as "2:…"."""
    rows = zip(vrij_naam or (), vrij_eerste or (), vrij_laatste or (), strict=False)
    days = (DaysRow(*row, groups=_of_row(n, vrij_groep)) for n, row in enumerate(rows))
    people = enumerate(zip(wie or (), vanaf or (), strict=False))
    weeks = (WeekRow(person, since, _of_row(n, dagdeel)) for n, (person, since) in people)
    return Typed(name, tuple(doet or ()), tuple(days), tuple(weeks))


def typed_of(wishes: Wishes, keys: set[str]) -> Typed:
    """Return the form that stands for wishes."""
    return Typed(
        name=wishes.name,
        takes_part=tuple(sorted(keys - set(wishes.without))),
        days=tuple(
            DaysRow(d.name, d.first.isoformat(), d.last.isoformat(), d.groups) for d in wishes.closures
        ),
        weeks=tuple(
            WeekRow(
                str(w.person), w.since.isoformat(), tuple(f"{day}-{half.value}" for day, half in w.halves)
            )
            for w in wishes.weeks
        ),
    )


def kept_wishes(text: str) -> Wishes:
    """Read wishes that a page sent along hidden."""
    try:
        return Wishes.model_validate_json(text)
    except ValidationError as error:
        raise SchoolError("De wensen zijn onderweg verloren gegaan. Vul ze opnieuw in.") from error


def _days(row: DaysRow) -> DaysOff:
    first = wanted_day(row.first, "bij elke vrije dag de eerste dag")
    last = wanted_day(row.last, "de laatste dag") if row.last else first
    return DaysOff(name=" ".join(row.name.split()), first=first, last=last, groups=row.groups)


def _week(row: WeekRow) -> OtherWeek:
    since = wanted_day(row.since, "bij andere werkdagen vanaf wanneer ze gelden")
    try:
        halves = tuple((int(day), Half(half)) for day, _, half in (t.partition("-") for t in row.halves))
        return OtherWeek.model_validate({"person": row.person, "halves": halves, "since": since})
    except ValueError as error:
        raise SchoolError("Kies een persoon en de dagdelen uit de lijst.") from error


def _of_row(number: int, texts: list[str] | None) -> tuple[str, ...]:
    mark = f"{number}:"
    return tuple(text.removeprefix(mark) for text in texts or () if text.startswith(mark))
