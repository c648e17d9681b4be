"""Measure a mail before it is parsed: what no person or program writes is not read further.

Parsing MIME costs time in the number of parts, their depth and their headers, not just in bytes.
"""

import re

MAX_OCTETS = 10_000_000
HEAD_OCTETS = 64_000
MAX_PARTS = 60  # that say to be multipart or a message
MAX_LINES = 500_000
MAX_WORK = 6_000_000  # each line is held against every part that is open
MAX_BOUNDARIES = 3_000  # lines that may begin a part
MAX_FIELD = 8_000  # octets of one header that says what a part is
_BOUNDARY = re.compile(rb"^--", re.MULTILINE)
_NESTED = re.compile(rb"(?:multipart|message)/", re.IGNORECASE)
_FIELD = re.compile(rb"^content-[a-z-]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)


def too_much(raw: bytes) -> str:
    """Return in Dutch why a mail is not parsed; empty when it may be."""
    if len(raw) > MAX_OCTETS:
        return "de mail is te groot"
    parts = sum(1 for _ in _NESTED.finditer(raw))
    lines = raw.count(b"\n")
    if parts > MAX_PARTS or parts * lines > MAX_WORK:
        return "de mail zit te diep in elkaar"
    if lines > MAX_LINES:
        return "de mail heeft te veel regels"
    if sum(1 for _ in _BOUNDARY.finditer(raw)) > MAX_BOUNDARIES:
        return "de mail heeft te veel delen"
    strange = not _head_is_small(raw) or any(len(field[0]) > MAX_FIELD for field in _FIELD.finditer(raw))
    return "de mail heeft vreemde kopregels" if strange else ""


def head_of(raw: bytes) -> bytes:
    """Return the headers of a mail, no more of them than anybody needs."""
    start = raw[:HEAD_OCTETS]
    ends = [at for at in (start.find(b"\n\n"), start.find(b"\r\n\r\n")) if at >= 0]
    return start[: min(ends, default=len(start))] + b"\r\n\r\n"


def _head_is_small(raw: bytes) -> bool:
    start = raw[: 4 * HEAD_OCTETS]
    return len(raw) <= 4 * HEAD_OCTETS or b"\n\n" in start or b"\r\n\r\n" in start
