"""On which day a rung of the reminder ladder is reached, and the ladder that we give along."""

from datetime import date

from calendars.presence import Presence
from calendars.rungs import Remind
from calendars.schoolyear import DAY, OutsideCalendarError, SchoolCalendar

# Four at most to the one whose task it is; then a conversation helps more than another mail.
STANDARD = (
    Remind(key="vooraf", school_days=-5, step="before"),
    Remind(key="op-de-dag", school_days=0, step="on"),
    Remind(key="vraag", working_days=2, step="question"),
    Remind(key="ib", working_days=4, step="escalation", to=("owner", "ib")),
    Remind(key="directie", working_days=7, step="escalation", to=("director",)),
)


def rung_day(step: Remind, due: date, calendar: SchoolCalendar, presence: Presence) -> date:
    """Return the day of a rung, in school days or in one person's working days from the due day.

    Of who doesn't work for two months the school days count, for else nobody would ever hear.
    """
    if step.working_days is None:
        return calendar.add_school_days(due, step.count)
    try:
        return add_working_days(due, step.count, calendar, presence)
    except OutsideCalendarError:
        return calendar.add_school_days(due, step.count)


def add_working_days(day: date, count: int, calendar: SchoolCalendar, presence: Presence) -> date:
    """Return a person's ``count``-th working day strictly after ``day`` (before it, when negative)."""
    for _ in range(abs(count)):
        if count > 0:
            day = presence.next_day(day + DAY, calendar)
        else:
            day = presence.previous_day(day - DAY, calendar)
    return day
