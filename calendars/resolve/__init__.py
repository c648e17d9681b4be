"""From a due rule to its days, with the steps that led there; one module per kind of rule."""

from calendars.resolve import absolute, clock, events, often, pupil, schoolyear
from calendars.resolve.counting import add_months
from calendars.resolve.dated import Anchor, Context, Dated, NoDateYetError, OtherYearError, Period, PupilClock
from calendars.resolve.refer import ANSWERS, refer, resolve

for _family in (absolute, schoolyear, events, clock, often, pupil):
    ANSWERS.update(_family.ANSWERS)

__all__ = [
    "Anchor",
    "Context",
    "Dated",
    "NoDateYetError",
    "OtherYearError",
    "Period",
    "PupilClock",
    "add_months",
    "refer",
    "resolve",
]
