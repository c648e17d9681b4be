"""Whether words name a pupil of the school: what people type leaves in mails and calendars, and no name may.

Accents, hyphens, apostrophes and a possessive s make no difference. A pupil who left counts as long as the
school keeps the name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import category, normalize
from uuid import UUID

from sqlmodel import Session, col, select

from models import Membership, Person, Pupil
from service.cases.errors import CaseError

_WORD = re.compile(r"[^\W\d_]+")
_UNSEEN = {"Mn", "Cf"}  # accents, and what joins or breaks letters without being seen
_LETTERS = str.maketrans(
    {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "\u0131": "i"}
    | {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th"}
)
# Names that are words of a year plan as well; as part of a full name they are found.
_WORDS = frozenset(
    "mei juni juli april august roos bloem storm bas wil max els zon bo mark lente vera faith joy hoop "
    "groep week toets rapport ouder plan team start eind begin ib cito dia leer".split()
)
_SHORTEST = 2
_Words = tuple[str, ...]


class NamesPupilError(CaseError):
    """Hier staat een naam van een leerling. Dit komt in mails en agenda's; schrijf het zonder naam."""


@dataclass(frozen=True, slots=True)
class NameCheck:
    """The names of a school's pupils as words without case or accents, and the words of its staff's names."""

    full: frozenset[_Words]
    last: frozenset[_Words]
    first: frozenset[_Words]
    staff: frozenset[str]

    def sure(self, text: str) -> list[str]:
        """Return what surely names a pupil: the full name in any case, or a last name with a capital."""
        found = list(_runs(text, self.full))
        return found or [name for name in _runs(text, self.last) if self._tells(name)]

    def found(self, text: str, *, any_case: bool = False) -> str:
        """Return the name of a pupil in a text, also a first name alone; empty when there is none.

        A first name counts when it has a capital and is no colleague's and no word of a year plan.
        With ``any_case`` every first name counts, but for such a word in small letters.
        """
        first = _runs(text, self.first)
        if any_case:
            alone = [name for name in first if len(name) > 1 and not (name.islower() and name in _WORDS)]
        else:
            alone = [name for name in first if self._tells(name)]
        return next(iter([*self.sure(text), *alone]), "")

    def _tells(self, name: str) -> bool:
        """Tell whether a name alone has a capital, and is no colleague's and no word of a year plan."""
        if name.islower() or len(name) <= _SHORTEST:
            return False
        words = set(_even(name))
        bare = {word.removesuffix("s") for word in words}
        return not any(either <= known for either in (words, bare) for known in (self.staff, _WORDS))


def refuse_names(session: Session, school_id: UUID, *texts: str) -> None:
    """Refuse words that name a pupil of the school, by a first name alone as well, in any case."""
    names = name_check(session, school_id) if any(texts) else None
    if names and any(names.found(text, any_case=True) for text in texts):
        raise NamesPupilError


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
    full, last, first = set[_Words](), set[_Words](), set[_Words]()
    for name, prefix, family in pupils:
        given, own, between = _even(name), _even(family), _even(prefix)
        first.add(given)
        last.add(own)
        if given and own:
            full.update({given + between + own, given + own, own + given})
    words = frozenset(word for name in staff for word in _even(name))
    return NameCheck(frozenset(full), frozenset(last - {()}), frozenset(first - {()}), words)


def _runs(text: str, names: frozenset[_Words]) -> Iterable[str]:
    """Return the words of a text that follow each other as one of the names does; without accents."""
    words = _WORD.findall(_plain(text))
    longest = max(map(len, names), default=0)
    for first in range(len(words)):
        for end in range(first + 1, min(first + longest, len(words)) + 1):
            run = tuple(word.casefold() for word in words[first:end])
            if run in names or (*run[:-1], run[-1].removesuffix("s")) in names:
                yield " ".join(words[first:end])


def _even(name: str) -> _Words:
    """Return a name as words in small letters without accents."""
    return tuple(word.casefold() for word in _WORD.findall(_plain(name)))


def _plain(text: str) -> str:
    """Return a text in letters without accents."""
    letters = normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in letters if category(letter) not in _UNSEEN)
