"""The school year of a file, seen from the day of the import."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from service.roster.recognise import is_dummy
from service.roster.roster import DUMMY, first_day

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """Whose file it is, of which year, read on which day."""

    school_id: UUID
    school_year: str
    on: date
    made_on: date | None
    rollover: bool
    first_groups: bool

    @property
    def first_day(self) -> date:
        """Return the first day of the file's school year."""
        return first_day(self.school_year)

    @property
    def begun(self) -> bool:
        """Tell whether the file's school year has begun."""
        return self.first_day <= self.on

    @property
    def last_day_of_the_absent(self) -> date:
        """Return the last school day of a pupil whom the file no longer names; both ends included."""
        return self.first_day - DAY if self.rollover or not self.begun else self.on - DAY

    def is_over(self, left_on: date | None) -> bool:
        """Tell whether who leaves on this day is gone, on the file's own day or on that of the import."""
        return left_on is not None and left_on < max(self.on, self.made_on or self.on)

    def still_here(self, last_day: date) -> bool:
        """Tell whether someone who is not in next year's file is at school until this year ends."""
        return not self.begun and last_day >= self.on


def lasting_key(key: str, row_id: UUID) -> str:
    """Return the key to keep: the file's own, or one of ours if the file's may differ next time."""
    return f"{DUMMY}{row_id.hex[:12]}" if is_dummy(key) else key


def new_id() -> UUID:
    """Return a key for a new row."""
    return uuid4()
