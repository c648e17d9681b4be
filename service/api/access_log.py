"""Keep tokens and names out of the web server's log.

Whoever reads a token could read a calendar, or choose a password; the text of an error may hold a name.
"""

import logging
import re

from service.mishap import told

_TOKEN = re.compile(r"(?:(?<=/f/)|(?<=/wachtwoord/))[^\s?]+")


class Discreet(logging.Filter):
    """Replace what follows ``/f/`` or ``/wachtwoord/``, and tell an error by its kind and its place."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, without its secrets."""
        record.msg = _hidden(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_hidden(argument) for argument in record.args)
        if record.exc_info and record.exc_info[1]:
            record.msg = f"{str(record.msg).strip()}: {told(record.exc_info[1])}"
            record.exc_info = record.exc_text = None
        return True


def be_discreet() -> None:
    """Put the filter on the web server's own loggers."""
    for name in ("uvicorn.access", "uvicorn.error"):
        logger = logging.getLogger(name)
        if not any(isinstance(present, Discreet) for present in logger.filters):
            logger.addFilter(Discreet())


def _hidden(value: object) -> object:
    return _TOKEN.sub("…", value) if isinstance(value, str) else value
