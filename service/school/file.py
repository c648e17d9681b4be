"""A school's own file (TOML): what the roster does not tell. Read strictly, with errors in plain Dutch."""

import re
import tomllib
from collections import Counter
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from calendars.presence import WEEKDAYS_SHORT
from calendars.schoolyear import is_year_label
from models import Half, Role

MAX_OCTETS = 500_000
_WORKDAYS = WEEKDAYS_SHORT[:5]
_HALVES = {"am": (Half.MORNING,), "pm": (Half.AFTERNOON,), "": (Half.MORNING, Half.AFTERNOON)}
_WORD = re.compile(r"(ma|di|wo|do|vr)(?:-(am|pm))?")
_DUTCH = {
    "missing": "ontbreekt",
    "extra_forbidden": "is hier onbekend; is het een schrijffout?",
    "date_type": "is geen datum; schrijf jjjj-mm-dd zonder aanhalingstekens",
    "date_from_datetime_parsing": "is geen datum; schrijf jjjj-mm-dd zonder aanhalingstekens",
    "string_type": "moet tekst zijn, tussen aanhalingstekens",
    "string_too_short": "is leeg",
    "string_too_long": "is te lang",
    "time_type": "is geen tijd; schrijf uu:mm:ss zonder aanhalingstekens",
    "list_type": "moet een lijst zijn, tussen [ en ]",
    "too_short": "is leeg",
    "model_type": "heeft de verkeerde vorm",
}


class SchoolFileError(Exception):
    """Het bestand van de school klopt niet; ``problems`` zegt wat en waar."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def _year(label: str) -> str:
    if not is_year_label(label):
        raise ValueError("is geen schooljaar; schrijf bijvoorbeeld 2026-2027")
    return label


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise ValueError("is geen mailadres")
    return text.casefold()


def _brin(text: str) -> str:
    if not re.fullmatch(r"[0-9]{2}[A-Z]{2}", text):
        raise ValueError("is geen BRIN; schrijf twee cijfers en twee letters, zoals 99ZW")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SchoolEntry(_Strict):
    """The school itself."""

    name: Text
    brin: Annotated[str, AfterValidator(_brin)]
    dependance: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] = "00"
    region: Literal["noord", "midden", "zuid"]
    mailbox: Annotated[str, AfterValidator(_address)]
    year: Annotated[str, AfterValidator(_year)]
    domain: str | None = None
    roster: Text | None = None


class ClosureEntry(_Strict):
    """Days without school, both included."""

    name: Text
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="until")
    groups: list[Text] = []
    replaces: Text | None = None


class PresenceEntry(_Strict):
    """A week of half days, from a day until another (both included)."""

    valid_from: date = Field(alias="from")
    valid_until: date | None = Field(default=None, alias="until")
    week: str

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        _halves(self.week)
        return self

    @property
    def halves(self) -> frozenset[tuple[int, Half]]:
        """Return the half days of the week."""
        return _halves(self.week)


class RoomEntry(_Strict):
    """A room in which meetings can be held."""

    name: Text


class LessonsEntry(_Strict):
    """When lessons are given on some days of the week ("ma di do vr")."""

    days: str
    starts: time = Field(alias="from")
    ends: time = Field(alias="until")

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if self.starts >= self.ends:
            raise ValueError("until moet later zijn dan from")
        if not self.weekdays:
            raise ValueError("days is leeg; schrijf bijvoorbeeld ma di do vr")
        return self

    @property
    def weekdays(self) -> frozenset[int]:
        """Return the days of the week (0 is Monday)."""
        return frozenset(day for day, _ in _halves(self.days))


class PersonEntry(_Strict):
    """A member of staff; ``key`` is the one of the roster file."""

    key: Text
    name: Text
    email: Annotated[str, AfterValidator(_address)]
    roles: list[
        Literal["ib", "teacher", "director", "administrator", "isb", "coordinator", "administration", "rt"]
    ]
    unit: Text | None = None
    groups: list[Text] = []
    presence: list[PresenceEntry] = []

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.roles:
            raise ValueError("roles is leeg; geef ten minste één rol")
        if (Role.COORDINATOR.value in self.roles) != (self.unit is not None):
            raise ValueError("unit hoort bij de rol coordinator, en alleen daarbij")
        if self.groups and Role.TEACHER.value not in self.roles:
            raise ValueError("groups hoort bij de rol teacher")
        return self


class SchoolFile(_Strict):
    """Everything in one file."""

    school: SchoolEntry
    demo: dict[str, str] = {}
    closure: list[ClosureEntry] = []
    room: list[RoomEntry] = []
    lessons: list[LessonsEntry] = []
    person: list[PersonEntry] = []
    folder: Path | None = None

    @property
    def roster(self) -> Path | None:
        """Return the roster file that this file names, which lies beside it."""
        named = self.school.roster
        return self.folder / named if named and self.folder else None


def read_school_file(path: Path) -> SchoolFile:
    """Read and check a school's file; nothing outside it is touched."""
    if not path.is_file():
        raise SchoolFileError([f"{path} is er niet."])
    data = path.read_bytes()
    if len(data) > MAX_OCTETS:
        raise SchoolFileError([f"{path.name} is te groot: hooguit {MAX_OCTETS // 1000} kB."])
    try:
        raw = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SchoolFileError([f"{path.name}: geen geldige TOML ({error})."]) from error
    return parse_school_file(raw, path.parent)


def parse_school_file(raw: dict[str, Any], folder: Path | None = None) -> SchoolFile:
    """Check what a file says; every problem names its entry."""
    if "folder" in raw:
        raise SchoolFileError(["folder is hier onbekend; is het een schrijffout?"])
    try:
        read = SchoolFile.model_validate({**raw, "folder": folder})
    except ValidationError as error:
        raise SchoolFileError([_problem(raw, dict(e)) for e in error.errors()]) from error
    problems = [
        f"{word} {value} staat er twee keer"
        for word, values in (
            ("person: key", [p.key for p in read.person]),
            ("person: email", [p.email for p in read.person]),
        )
        for value, times in Counter(values).items()
        if times > 1
    ]
    unknown = sorted(set(read.demo.values()) - {p.key for p in read.person})
    problems += [f"demo: er is geen person met key {key}" for key in unknown]
    if read.school.roster and Path(read.school.roster).name != read.school.roster:
        problems.append("school: roster is de naam van een bestand naast dit bestand, zonder map")
    if problems:
        raise SchoolFileError(problems)
    return read


def _halves(week: str) -> frozenset[tuple[int, Half]]:
    found: set[tuple[int, Half]] = set()
    for word in week.split():
        match = _WORD.fullmatch(word)
        if match is None:
            raise ValueError(f"week: {word[:20]!r} is geen werkdag; schrijf bijvoorbeeld ma di-pm wo-am")
        found |= {(_WORKDAYS.index(match[1]), half) for half in _HALVES[match[2] or ""]}
    return frozenset(found)


def _problem(raw: dict[str, Any], error: dict[str, Any]) -> str:
    place = list(error["loc"])
    if len(place) > 1 and isinstance(place[1], int):
        entry = raw[place[0]][place[1]]
        name = entry.get("name") if isinstance(entry, dict) else None
        head = f"{place[0]} {place[1] + 1}" + (f" ({str(name)[:40]})" if name else "")
        rest = place[2:]
    else:
        head, rest = str(place[0]), place[1:]
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in rest)
    return f"{head}: {where + ' ' if where else ''}{_dutch(error)}"


def _dutch(error: dict[str, Any]) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "literal_error":
        return f"moet een van deze zijn: {error['ctx']['expected']}".replace(" or ", " of ")
    return _DUTCH.get(kind, f"klopt niet ({error['msg']})")
