"""A planned year week by week, with what is closed in each week."""

from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from calendars.plan import Frame
from service.trial.load import mondays_of

_FRIDAY = timedelta(days=4)


class Free(BaseModel):
    """Closed days that touch a week: first and last included, for everyone or for named groups."""

    model_config = ConfigDict(frozen=True)

    name: str
    first: date
    last: date
    groups: tuple[str, ...] = ()


class Week(BaseModel):
    """A calendar week from Monday; ``school_week`` counts weeks with school, from the first."""

    model_config = ConfigDict(frozen=True)

    monday: date
    number: int
    school_week: int | None
    free: tuple[Free, ...] = ()

    @property
    def friday(self) -> date:
        """Return the last weekday."""
        return self.monday + _FRIDAY

    def holds(self, first: date | None, last: date | None) -> bool:
        """Tell whether a span of days (or one day) touches the week."""
        if last is None:
            return False
        return (first or last) <= self.monday + timedelta(days=6) and last >= self.monday


def weeks_of(frame: Frame) -> Iterator[Week]:
    """Return every week from the first school day until the last, holidays too."""
    numbers = {monday: n for n, monday in enumerate(frame.calendar.school_weeks(frame.year), start=1)}
    for monday in mondays_of(frame):
        friday = monday + _FRIDAY
        touching = [c for c in frame.calendar.closures if c.first_day <= friday and c.last_day >= monday]
        free = tuple(
            Free(name=c.name, first=c.first_day, last=c.last_day, groups=tuple(sorted(c.groups)))
            for c in touching
        )
        yield Week(
            monday=monday,
            number=monday.isocalendar().week,
            school_week=numbers.get(monday),
            free=free,
        )
