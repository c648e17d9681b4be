"""Read bytes in the charset that they are said to be in, when that is one that letters are written in."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, lookup

# Python knows more names than those: one that takes a minute for a page, and some that are no charset.
_LETTERS = re.compile(
    r"iso8859-\d+|cp\d+|utf-(?:8|16|32)(?:-[bl]e)?|ascii|koi8-[rut]|mac-[a-z]+|gb\w+|big5\w*|shift_jis\w*|euc_\w+"
)


def letters(data: bytes, charset: str = "") -> str:
    """Return the text: a mark at the start and then UTF-8 count for more than what it is said to be."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _storable(data.decode("utf-16", "replace"))
    data = data.removeprefix(BOM_UTF8)
    for encoding in ("utf-8", _known(charset), "cp1252"):
        try:
            return _storable(data.decode(encoding))
        except ValueError:  # also UnicodeDecodeError
            continue
    return _storable(data.decode("latin-1"))


def _known(charset: str) -> str:
    try:
        name = lookup(charset.strip("\"' ").encode("ascii", "ignore").decode() or "utf-8").name
    except (LookupError, ValueError):
        return "utf-8"
    return name if _LETTERS.fullmatch(name) else "utf-8"


def _storable(text: str) -> str:
    """Leave out what no database keeps: a NUL, and half of a pair."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()
