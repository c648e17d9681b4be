"""Which zone a calendar program means by a name; they write at least six kinds of them."""

import re
from datetime import timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

SCHOOL = ZoneInfo("Europe/Amsterdam")
_CITIES = {
    "amsterdam": "Europe/Amsterdam",
    "brussel": "Europe/Brussels",
    "berlin": "Europe/Berlin",
    "paris": "Europe/Paris",
    "london": "Europe/London",
    "londen": "Europe/London",
}
_FIXED = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?")
_UTC = frozenset(
    ("utc", "gmt", "z", "zulu", "etc/utc", "etc/gmt", "gmt standard time (utc)", "coordinated universal time")
)
_LONGEST = 120
_HOURS = 14


def zone_named(name: str) -> tzinfo | None:
    """Return a zone by an IANA, Windows or display name, or by an offset; None when nobody knows it."""
    return _zone_named(name.strip().strip('"')[:_LONGEST])


@cache
def _known() -> dict[str, str]:
    windows = {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}
    return windows | {name.casefold(): name for name in available_timezones()}


def _zone_named(name: str) -> tzinfo | None:
    low = name.casefold()
    if low in _UTC:
        return ZoneInfo("UTC")
    # "/freeassociation.sourceforge.net/Europe/Amsterdam", "/ics.py/2020.1/Europe/Amsterdam"
    tails = [low, "/".join(low.split("/")[-2:]), "/".join(low.split("/")[-3:])]
    found = next((_known()[tail] for tail in tails if tail in _known()), None)
    # Outlook on the web writes what it shows: an offset and some cities.
    found = found or next((olson for city, olson in _CITIES.items() if city in low), None)
    return ZoneInfo(found) if found else _fixed(name)


def _fixed(name: str) -> tzinfo | None:
    match = _FIXED.fullmatch(name.replace(" ", ""))
    if not match or int(match[2]) > _HOURS:
        return None
    ahead = timedelta(hours=int(match[2]), minutes=min(int(match[3] or 0), 59))
    return timezone(ahead if match[1] == "+" else -ahead)
