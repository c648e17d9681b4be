"""Plan a whole year on trial: nothing is sent, and nothing is kept unless the person keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.plan import Plan
from calendars.schoolyear import OutsideCalendarError
from models import Person, School, Trial, Year
from service.school.errors import NotOfThisSchoolError
from service.trial.outcome import Outcome, outcome_of
from service.trial.wishes import NAME_LENGTH, WishError, Wishes, alter
from service.year.open import Inputs, inputs_of


@dataclass(frozen=True, slots=True)
class Tried:
    """A year planned on trial: what went in, the plan, and what it shows."""

    inputs: Inputs
    plan: Plan
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Listed:
    """A kept trial year as a list shows it."""

    id: UUID
    label: str
    name: str
    wishes: Wishes
    made_at: datetime
    maker: str | None
    activated_at: datetime | None


def try_year(session: Session, school: School, label: str, wishes: Wishes) -> Tried:
    """Plan a year with wishes; the same school and wishes give the same year, always."""
    inputs = alter(inputs_of(session, school, label), wishes)
    try:
        plan = inputs.planned()
    except OutsideCalendarError as error:
        raise WishError([f"Met deze wensen past het jaar niet in de kalender: {error}."]) from error
    return Tried(inputs, plan, outcome_of(plan, inputs.frame, inputs.people))


def as_it_is(session: Session, school: School, label: str) -> Outcome:
    """Plan a year as it would be now, without any wish."""
    inputs = inputs_of(session, school, label)
    return outcome_of(inputs.planned(), inputs.frame, inputs.people)


def left_out(session: Session, school_id: UUID, label: str) -> tuple[str, ...]:
    """Return the procedures that the school leaves out in a year already."""
    found = select(Year.without).where(Year.school_id == school_id, Year.label == label)
    return tuple(session.exec(found).one_or_none() or ())


def keep(
    session: Session, school: School, label: str, wishes: Wishes, *, actor_id: UUID | None, at: datetime
) -> Trial:
    """Plan a year on trial and keep it under its name."""
    name = " ".join(wishes.name.split())
    if not name or not name.isprintable():
        raise WishError(["Geef het proefjaar een naam, zodat je het terugvindt."])
    wishes = wishes.model_copy(update={"name": name[:NAME_LENGTH]})
    tried = try_year(session, school, label, wishes)
    trial = Trial(
        school_id=school.id,
        school_year=label,
        name=wishes.name,
        wishes=wishes.model_dump(mode="json"),
        outcome=tried.outcome.as_data(),
        made_by=actor_id,
        made_at=at,
    )
    session.add(trial)
    session.flush()
    return trial


def trials_of(session: Session, school_id: UUID, label: str | None = None) -> list[Listed]:
    """Return the kept trial years of a school, the newest first; their outcomes stay where they are."""
    columns: Any = (
        Trial.id,
        Trial.school_year,
        Trial.name,
        Trial.wishes,
        Trial.made_at,
        Person.name,
        Trial.activated_at,
    )
    query = select(*columns).outerjoin(Person, col(Person.id) == Trial.made_by)
    query = query.where(Trial.school_id == school_id).order_by(col(Trial.made_at).desc(), col(Trial.id))
    if label:
        query = query.where(Trial.school_year == label)
    return [
        Listed(id_, year, name, Wishes.model_validate(wishes), made_at, maker, activated_at)
        for id_, year, name, wishes, made_at, maker, activated_at in session.exec(query).all()
    ]


def find_trial(session: Session, school_id: UUID, trial_id: UUID) -> Trial:
    """Return a trial year of this school."""
    trial = session.get(Trial, trial_id)
    if trial is None or trial.school_id != school_id:
        raise NotOfThisSchoolError
    return trial


def remove(session: Session, school_id: UUID, trial_id: UUID) -> str:
    """Throw a trial year away; the school's own year is untouched. Return its name."""
    trial = find_trial(session, school_id, trial_id)
    session.delete(trial)
    session.flush()
    return trial.name


def wishes_of(trial: Trial) -> Wishes:
    """Return what a kept trial year supposed."""
    return Wishes.model_validate(trial.wishes)


def outcome_kept(trial: Trial) -> Outcome:
    """Return what came out of a kept trial year."""
    return Outcome.from_data(trial.outcome)
