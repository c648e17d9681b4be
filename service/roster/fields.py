"""Take one field from an element: a text, a key, a day, a school year; say what is wrong with it."""

import re
import unicodedata
from datetime import date

from calendars.schoolyear import is_year_label
from service.roster.markup import Node
from service.roster.problems import Report, shown

MAX_KEY = 256
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T[0-9:.]+)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]+@[^@\s<>\"',;:()\[\]\\]+\.[^@\s<>\"',;:()\[\]\\]+")


def clean(text: str) -> str:
    """Return text on one line, composed (NFC), without characters that steer a screen."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(c if not unicodedata.category(c).startswith("C") or c.isspace() else "" for c in text)
    return " ".join(text.split())


def singles(node: Node, report: Report) -> dict[str, Node]:
    """Return the children by name; each may stand there once."""
    found: dict[str, Node] = {}
    for child in node.children:
        if child.name in found:
            report.refuse(
                child.line, child.path, "Dit element staat er meer dan één keer; één is de bedoeling."
            )
        found.setdefault(child.name, child)
    return found


def text(node: Node | None, report: Report, *, usual: int, most: int = 256) -> str:
    """Return the text of an element, or nothing; ``usual`` is the length the standard allows."""
    if node is None:
        return ""
    value = clean(node.text)
    if len(value) > most:
        report.refuse(node.line, node.path, f"De tekst is langer dan {most} tekens; kort hem in.")
    elif len(value) > usual:
        report.warn(node.line, node.path, f"De tekst is langer dan de {usual} tekens van de standaard.")
    return value


def key(node: Node, report: Report) -> str | None:
    """Return the key of an element without the spaces around it; report one that is missing or unusable."""
    value = (node.key or "").strip()
    if not value:
        report.refuse(
            node.line, node.path, "De sleutel (key) ontbreekt; zonder sleutel is dit niet te volgen."
        )
    elif len(value) > MAX_KEY or any(unicodedata.category(c).startswith("C") for c in value):
        report.refuse(
            node.line, node.path, f"De sleutel is langer dan {MAX_KEY} tekens of bevat stuurtekens."
        )
    else:
        return value
    return None


def eckid(node: Node, report: Report) -> str | None:
    """Return the ECK-iD of a person, if there is one."""
    value = clean(node.eckid or "")
    if len(value) > MAX_KEY:
        report.refuse(node.line, node.path, f"Het ECK-iD is langer dan {MAX_KEY} tekens.")
        return None
    return value or None


def day(node: Node | None, report: Report) -> date | None:
    """Return a day; the hour and the zone, if any, are left out."""
    value = clean(node.text) if node else ""
    if node is None or not value:
        return None
    match = _DAY.fullmatch(value)
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        report.refuse(node.line, node.path, "Dit is geen datum; schrijf jjjj-mm-dd.")
        return None


def school_year(node: Node, report: Report) -> str:
    """Return a school year such as 2026-2027: two years that follow each other."""
    value = clean(node.text)
    if not is_year_label(value):
        report.refuse(
            node.line, node.path, "Dit is geen schooljaar; schrijf twee opvolgende jaren: 2026-2027."
        )
    return value


def email(node: Node | None, report: Report) -> str | None:
    """Return a mail address in small letters, or nothing if it can't be one."""
    value = text(node, report, usual=256).casefold()
    if node is None or not value:
        return None
    if not _EMAIL.fullmatch(value):
        report.warn(node.line, node.path, "Dit is geen mailadres; het is weggelaten.")
        return None
    return value


def code(node: Node | None, allowed: frozenset[str], report: Report) -> str:
    """Return a word of a closed list, or nothing if the element is empty or absent."""
    value = clean(node.text).upper() if node else ""
    if node is None or not value:
        return ""
    if value not in allowed:
        words = ", ".join(sorted(allowed, key=lambda word: (len(word), word)))
        report.refuse(node.line, node.path, f"Deze code bestaat niet; kies uit {words}.")
    return value


def named(value: str | None) -> str:
    """Return how a message names the record with this key."""
    return shown(value) if value else "zonder sleutel"
