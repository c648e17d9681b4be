"""Keep tokens out of the access log: whoever reads it could read a calendar, or choose a password."""

import logging
import re

_TOKEN = re.compile(r"(?:(?<=/f/)|(?<=/wachtwoord/))[^\s?]+")


class HideTokens(logging.Filter):
    """Replace what follows ``/f/`` or ``/wachtwoord/`` in every line of a web server's log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, without the token."""
        record.msg = _hidden(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_hidden(argument) for argument in record.args)
        return True


def hide_tokens() -> None:
    """Put the filter on the web server's own loggers."""
    for name in ("uvicorn.access", "uvicorn.error"):
        logger = logging.getLogger(name)
        if not any(isinstance(present, HideTokens) for present in logger.filters):
            logger.addFilter(HideTokens())


def _hidden(value: object) -> object:
    return _TOKEN.sub("…", value) if isinstance(value, str) else value
