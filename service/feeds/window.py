"""How far back a calendar reaches: this whole school year, and never less than sixty days."""

from datetime import date, datetime, timedelta

from service.clock import local
from service.year.frame import label_on

BACK = timedelta(days=60)


def first_day(at: datetime) -> date:
    """Return the first day that a calendar shows."""
    today = local(at).date()
    return min(date(int(label_on(today)[:4]), 8, 1), today - BACK)


def keeps_cancelled(modified_at: datetime, at: datetime) -> bool:
    """Tell whether a cancelled meeting still shows as cancelled, so that every calendar takes it over."""
    return modified_at >= at - BACK
