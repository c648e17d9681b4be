"""Words that go out in mails and calendars, held against the names of the school's pupils."""

import re
from uuid import UUID

from sqlmodel import Session, col, select

from models import Pupil
from service.cases.errors import CaseError

_WORD = re.compile(r"\w+(?:[-']\w+)*")


class NamesPupilError(CaseError):
    """Hier staat een naam van een leerling. Dit komt in mails en agenda's; schrijf het zonder naam."""


def refuse_names(session: Session, school_id: UUID, *texts: str) -> None:
    """Refuse words that hold the first or last name of a pupil of the school."""
    words = {word.casefold() for text in texts for word in _WORD.findall(text)}
    if not words:
        return
    names = select(Pupil.first_name, Pupil.last_name).where(Pupil.school_id == school_id)
    for first, last in session.exec(names.where(col(Pupil.active).is_(True))):
        for name in (first, last):
            parts = {part.casefold() for part in _WORD.findall(name) if part[:1].isupper()}
            if parts and parts <= words:
                raise NamesPupilError
