"""Which school year a page is about, and which ones can be chosen."""

from calendars.schoolyear import is_year_label
from service import clock
from service.access.scope import NotFoundError
from service.year.frame import label_after, label_on


def asked_year(asked: str) -> str:
    """Return the year that was asked for, or the current one; one that is no year does not exist."""
    label = asked or label_on(clock.today())
    if not is_year_label(label):
        raise NotFoundError
    return label


def years_around(label: str, *others: str) -> list[str]:
    """Return the years to choose from: the one shown, the current, the next, and others."""
    now = label_on(clock.today())
    return sorted({label, now, label_after(now), *others})
