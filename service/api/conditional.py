"""What a program that has our bytes already asks: HTTP's conditions and codings (RFC 9110 §12.5.3, §13.1)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_GZIP = ("gzip", "x-gzip")  # RFC 9110 §8.4.1.3: the same thing


def accepts_gzip(accept_encoding: str) -> bool:
    """Tell whether gzip is asked for at least as much as the bytes as they are."""
    weights = dict(_weight(part) for part in accept_encoding.lower().split(",") if part.strip())
    gzip = max((weights[name] for name in _GZIP if name in weights), default=weights.get("*", 0.0))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weight(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    key, _, value = parameter.strip().partition("=")
    try:
        return name.strip(), float(value) if key.strip() == "q" else 1.0
    except ValueError:
        return name.strip(), 0.0


def known_tag(if_none_match: str, etags: Sequence[str]) -> str | None:
    """Return which of our tags is among those that somebody has; the first when they have any.

    Compared weakly, as a conditional GET does (RFC 9110 §13.1.2).
    """
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    if "*" in known:
        return etags[0]
    return next((etag for etag in etags if etag in known), None)


def is_since(if_modified_since: str, changed_at: datetime) -> bool:
    """Tell whether nothing changed since a date; a date that is none asks nothing (RFC 9110 §13.1.3)."""
    try:
        since = parsedate_to_datetime(if_modified_since)
    except (ValueError, IndexError, TypeError, OverflowError):
        return False
    aware = since if since.tzinfo else since.replace(tzinfo=UTC)
    return changed_at.replace(microsecond=0) <= aware


def http_date(moment: datetime) -> str:
    """Return a moment as HTTP writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
