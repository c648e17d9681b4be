"""Who does something, in the words of a rules file: roles with an account, and parties outside the school."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

# The word of a school, or of a procedure, and the role of a member of staff that it means. A team is
# everybody; next year's teacher is whoever has the group after the summer.
ROLES: Mapping[str, str] = {
    "leerkracht": "teacher",
    "nieuwe-leerkracht": "next-teacher",
    "leerkracht-volgend-jaar": "next-teacher",
    "ib": "ib",
    "directie": "director",
    "bouwcoordinator": "coordinator",
    "isb": "isb",
    "rt": "rt",
    "administratie": "administration",
    "beheerder": "administrator",
    "team": "team",
    "teacher": "teacher",
    "next-teacher": "next-teacher",
    "director": "director",
    "coordinator": "coordinator",
    "administration": "administration",
    "administrator": "administrator",
}
# Known parties without an account; any other word that isn't a mistyped role will do too.
OUTSIDE = (
    *("ouders", "leerling", "vo", "swv", "bestuur", "extern", "externe", "orthopedagoog", "jgz"),
    *(
        "vorige-school",
        "toetsaanbieder",
        "commissie",
        "kinderopvang",
        "leerplicht",
        "inspectie",
        "logopedist",
    ),
    *("veilig-thuis", "deskundige", "onderwijsassistent", "vertrouwenspersoon"),
)
_MEANT = {
    "ib'er": "ib",
    "iber": "ib",
    "intern begeleider": "ib",
    "intern-begeleider": "ib",
    "directeur": "directie",
    "bouwcoördinator": "bouwcoordinator",
    "remedial teacher": "rt",
}
_ALMOST = 0.85  # how much a word looks like a role: more is a mistyped one ("leerkrachten", "direktie")


def has_account(word: str) -> bool:
    """Tell whether an owner is one of the school's own, who can be given work and reminders."""
    return word in ROLES


def role_of(word: str) -> str | None:
    """Return the role that a word means; nothing for a party outside the school."""
    return ROLES.get(word)


def checked_owner(word: str) -> str:
    """Return a word for who does something; raise ``ValueError`` for a mistyped role."""
    plain = word.casefold()
    if word in ROLES or word in OUTSIDE:
        return word
    if plain in _MEANT:
        raise ValueError(f"{word!r} is geen rol; schrijf {_MEANT[plain]!r}")
    if meant := get_close_matches(plain, list(ROLES), n=1, cutoff=_ALMOST):
        raise ValueError(f"{word!r} is geen rol; schrijf {meant[0]!r}")
    return word


Owner = Annotated[str, StringConstraints(min_length=2, max_length=60), AfterValidator(checked_owner)]
