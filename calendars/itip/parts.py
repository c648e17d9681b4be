"""What stands in a calendar that came by mail: plain facts, nothing believed yet."""

from dataclasses import dataclass
from datetime import date, datetime

When = datetime | date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One ATTENDEE line; addresses are lower case and without ``mailto:``, ``partstat`` is upper case.

    ``address`` is empty when it is none that mail goes to.
    """

    address: str
    partstat: str = ""
    sent_by: str = ""
    delegated_to: tuple[str, ...] = ()
    delegated_from: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event; times are aware, and one without a zone is the school's.

    ``strange_zone`` names a zone that nobody knows, in which case the hours can't be trusted.
    """

    method: str
    uid: str
    recurrence_id: When | None = None
    one_of_series: bool = False
    repeats: bool = False
    sequence: int | None = None
    stamp: datetime | None = None
    starts_at: When | None = None
    ends_at: When | None = None
    strange_zone: str = ""
    location: str = ""
    comment: str = ""
    attendees: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in one calendar; ``problem`` (Dutch) says why not all of it."""

    events: tuple[Event, ...] = ()
    others: tuple[str, ...] = ()
    problem: str = ""
