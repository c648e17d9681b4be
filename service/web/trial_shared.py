"""What the pages of the trial year share: who may come in, which year, and the names of the staff."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.schoolyear import OutsideCalendarError
from models import Membership, Person, School, Trial
from service.access.scope import NotFoundError
from service.procedures import MEETINGS
from service.school.errors import NotOfThisSchoolError
from service.trial.activate import is_open
from service.trial.plan import find_trial
from service.web.keepers import require_manager
from service.web.page import Me
from service.web.years import asked_year
from service.year.frame import frame_of, label_after
from service.year.own import titles_of

HERE = "/proefjaar"


@dataclass(frozen=True, slots=True)
class Staff:
    """The names of a school's people by id."""

    names: dict[UUID, str]

    def __call__(self, person: UUID | None) -> str:
        """Return a name; nobody, and who is no longer known, have words of their own."""
        if person is None:
            return "nog van niemand"
        return self.names.get(person, "iemand die hier niet meer werkt")


def staff_of(session: Session, school_id: UUID) -> Staff:
    """Return the names of everyone who works, worked or will work at a school."""
    query = (
        select(Person.id, Person.name)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(Membership.school_id == school_id)
        .order_by(Person.name)
        .distinct()
    )
    return Staff(dict(session.exec(query).all()))


def find(session: Session, me: Me, trial_id: UUID) -> Trial:
    """Return a trial year of the reader's school; any other is a page that does not exist."""
    require_manager(me)
    try:
        return find_trial(session, me.school.id, trial_id)
    except NotOfThisSchoolError as error:
        raise NotFoundError from error


def label_or_next(session: Session, school: School, asked: str) -> str:
    """Return the asked year, or the first from now on that can still be opened."""
    if asked:
        return asked_year(asked)
    now = asked_year("")
    following = label_after(now)
    if is_open(session, school.id, now) and first_day(session, school, following):
        return following
    return now


def first_day(session: Session, school: School, label: str) -> date | None:
    """Return the first school day of a year, or nothing while its holidays are not known."""
    try:
        return frame_of(session, school, label).year.first_day
    except OutsideCalendarError:
        return None


def titles(session: Session, me: Me, language: str = "") -> dict[str, str]:
    """Return the names of what a year plans by key, the school's own plan among them when it has one."""
    found = titles_of(session, me.school.id, language or me.person.language)
    return {key: title for key, title in found.items() if key != MEETINGS}
