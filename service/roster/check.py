"""Hold a file against the school and the day: is it ours, and is it not of the past."""

from datetime import date, timedelta

from models import School
from service.roster.problems import refusal
from service.roster.roster import Roster, first_day

_EARLY = timedelta(days=92)
_FEW = 10


def check(roster: Roster, school: School) -> None:
    """Raise ``RosterFileError`` unless the file is of this school and location; no dependance is 00."""
    if not roster.brin:
        raise refusal(
            "Het bestand noemt geen BRIN, dus niet van welke school het is; vraag een volledige export op.",
            path="EDEX/school/brincode",
        )
    theirs, ours = (roster.brin, roster.dependance), (school.brin, school.dependance or "00")
    if theirs != ours:
        raise refusal(
            f"Dit bestand is van school {''.join(theirs)}, niet van {''.join(ours)} ({school.name}). "
            "Kies het bestand van deze school.",
            path="EDEX/school",
        )


def check_year(roster: Roster, newest: str | None) -> None:
    """Raise ``RosterFileError`` if a newer school year was read before."""
    if newest and roster.school_year < newest:
        raise refusal(
            f"Dit bestand is van schooljaar {roster.school_year}, en {newest} is al ingelezen. "
            "Kies de export van het nieuwste schooljaar.",
            path="EDEX/school/schooljaar",
        )


def too_early(school_year: str, on: date) -> tuple[str, ...]:
    """Return the objection to a file of a year that begins more than three months from now."""
    begins = first_day(school_year)
    if begins - _EARLY <= on:
        return ()
    text = (
        f"Schooljaar {school_year} begint pas op {begins:%d-%m-%Y}. "
        "Na het inlezen kan er geen bestand van een eerder schooljaar meer bij."
    )
    return (text,)


def too_many_left(left: int, active: int) -> tuple[str, ...]:
    """Return the objection to a file without more than half of the pupils."""
    if left <= _FEW or left * 2 <= active:
        return ()
    text = (
        f"Met dit bestand zouden {left} van de {active} leerlingen van school zijn. "
        "Meestal is het dan een export van een deel van de school; vraag een volledige export op."
    )
    return (text,)
