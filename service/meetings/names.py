"""Words that go out in mails and calendars, held against the names of the school's pupils."""

import re
from unicodedata import normalize
from uuid import UUID

from sqlmodel import Session, col, select

from models import Pupil
from service.cases.errors import CaseError

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_PARTS = re.compile(r"[-']")


class NamesPupilError(CaseError):
    """Hier staat een naam van een leerling. Dit komt in mails en agenda's; schrijf het zonder naam."""


def refuse_names(session: Session, school_id: UUID, *texts: str) -> None:
    """Refuse words that hold the first or last name of a pupil of the school."""
    words = {form for text in texts for word in _WORD.findall(_even(text)) for form in _forms(word)}
    if not words:
        return
    names = select(Pupil.first_name, Pupil.last_name).where(Pupil.school_id == school_id)
    for first, last in session.exec(names.where(col(Pupil.active).is_(True))):
        for name in (first, last):
            parts = {part.casefold() for part in _WORD.findall(_even(name)) if part[:1].isupper()}
            if parts and parts <= words:
                raise NamesPupilError


def _even(text: str) -> str:
    """Return a text with one sort of apostrophe, and each letter as one sign."""
    return normalize("NFC", text).replace("\u2019", "'")


def _forms(word: str) -> set[str]:
    """Return a word in the forms in which it may hold a name: a part of it, or without an s behind it."""
    found = {word.casefold(), *(part.casefold() for part in _PARTS.split(word))}
    return found | {form.removesuffix("s") for form in found}
