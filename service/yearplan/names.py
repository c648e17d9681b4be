"""Whether a text names a pupil of the school: what is in an item goes into mails, and no name may."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models import Membership, Person, Pupil

_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
# First names that are words of a year plan as well; with a last name beside them they are found.
_WORDS = frozenset(
    "mei juni juli april august roos bloem storm bas wil max els zon bo mark lente vera faith joy hoop "
    "groep week toets rapport ouder plan team start eind begin ib cito dia leer".split()
)
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class NameCheck:
    """The names of a school's pupils, in small letters, and the words of its staff's own names."""

    full: frozenset[str]
    first: frozenset[str]
    staff: frozenset[str]

    def full_names(self, text: str) -> list[str]:
        """Return the pupils who are named in full."""
        even = " ".join(_WORD.findall(text.casefold()))
        return sorted(name for name in self.full if re.search(rf"\b{re.escape(name)}\b", even))

    def first_names(self, text: str) -> list[str]:
        """Return the words that may be a pupil's first name: with a capital, and nobody's of the staff."""
        words = [word for word in _WORD.findall(text) if word[:1].isupper() and len(word) > _SHORTEST]
        known = self.first - self.staff - _WORDS
        return list(dict.fromkeys(word for word in words if word.casefold() in known))

    def found(self, text: str) -> str:
        """Return the name of a pupil in a text; empty when there is none."""
        return next(iter([*self.full_names(text), *self.first_names(text)]), "")


def name_check(session: Session, school_id: UUID) -> NameCheck:
    """Return what the names of a school's pupils are."""
    pupils = session.exec(
        select(Pupil.first_name, Pupil.prefix, Pupil.last_name).where(Pupil.school_id == school_id)
    ).all()
    staff = session.exec(
        select(Person.name)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(Membership.school_id == school_id)
    ).all()
    return names_of(pupils, staff)


def names_of(pupils: Iterable[tuple[str, str, str]], staff: Iterable[str]) -> NameCheck:
    """Return what the names are of pupils (first name, prefix, last name) and staff."""
    full, first = set[str](), set[str]()
    for name, prefix, last in pupils:
        given, family = _even(name), _even(f"{prefix} {last}")
        first.update({given} if given else ())
        if given and family:
            full.update({f"{given} {family}", f"{_even(last)} {given}", f"{given} {_even(last)}"})
    words = {word for name in staff for word in _even(name).split()}
    return NameCheck(frozenset(full), frozenset(first), frozenset(words))


def _even(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
