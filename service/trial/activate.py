"""Make a trial year the real one: its days off, working days and procedures first, then the year opens."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import School, Trial, Year
from service.cases.ahead import Invited, Rounds, invited_next
from service.school.closures import Wanted, add_closure
from service.school.errors import SchoolError
from service.school.presence import set_presence
from service.trial.compare import Comparison, compare
from service.trial.plan import outcome_kept, try_year, wishes_of
from service.trial.wishes import DaysOff, OtherWeek
from service.year.open import Opened, open_year


class AlreadyOpenError(SchoolError):
    """Dit schooljaar is al geopend: een proefjaar kan het niet meer vervangen.

    Ga naar Herplannen (/herplannen) om vrije dagen, werkdagen of onderdelen van een lopend jaar te wijzigen.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text or " ".join((type(self).__doc__ or "").split()))


@dataclass(frozen=True, slots=True)
class Foretold:
    """What activating would do, and in what the year differs from what the trial showed.

    ``too_soon`` counts the meetings that are over before the first invitations leave.
    """

    cases: int
    tasks: int
    windows: int
    meetings: int
    invited: tuple[tuple[UUID, int], ...]
    too_soon: int
    days_off: tuple[DaysOff, ...]
    weeks: tuple[OtherWeek, ...]
    without: tuple[str, ...]
    drift: Comparison

    @property
    def invitations(self) -> int:
        """Return how many invitations there are in all."""
        return sum(count for _, count in self.invited)


def is_open(session: Session, school_id: UUID, label: str) -> bool:
    """Tell whether a school year has been opened."""
    opened = select(Year.id).where(
        Year.school_id == school_id, Year.label == label, col(Year.opened_at).is_not(None)
    )
    return session.exec(opened).first() is not None


def foretell(session: Session, school: School, trial: Trial, at: datetime, rounds: Rounds) -> Foretold:
    """Return what activating would do now; what it writes to see that, is taken back.

    ``rounds`` says when the first round of a procedure after a moment is: that is when people are invited.
    """
    wishes = wishes_of(trial)
    tried = try_year(session, school, trial.school_year, wishes)
    invited = _invited(session, school, trial, at, rounds)
    kinds = Counter(line.kind for line in tried.outcome.lines)
    return Foretold(
        cases=tried.outcome.cases,
        tasks=kinds["task"],
        windows=kinds["window"],
        meetings=sum(line.starts_at is not None for line in tried.outcome.lines),
        invited=tuple(sorted(invited.counts.items(), key=lambda pair: (-pair[1], str(pair[0])))),
        too_soon=invited.too_soon,
        days_off=wishes.closures,
        weeks=wishes.weeks,
        without=wishes.without,
        drift=compare(outcome_kept(trial), tried.outcome),
    )


def activate(
    session: Session, school: School, trial: Trial, *, actor_id: UUID | None, at: datetime
) -> Opened:
    """Make every supposition true and open the year, all in the caller's transaction."""
    label = trial.school_year
    # Two people who activate at once wait for each other here; the second finds the year open.
    session.exec(select(School.id).where(School.id == school.id).with_for_update()).one()
    if is_open(session, school.id, label):
        raise AlreadyOpenError
    wishes = wishes_of(trial)
    for days in wishes.closures:
        wanted = Wanted(name=days.name, first_day=days.first, last_day=days.last, groups=days.groups)
        add_closure(session, school.id, wanted, actor_id=actor_id, at=at)
    for week in sorted(wishes.weeks, key=lambda w: w.since):
        set_presence(
            session,
            school.id,
            week.person,
            week.halves,
            valid_from=week.since,
            actor_id=actor_id,
            at=at,
        )
    leave_out(session, school.id, label, wishes.without)
    opened = open_year(session, school, label, actor_id=actor_id, at=at)
    trial.activated_at = at
    session.add(trial)
    session.flush()
    return opened


def leave_out(session: Session, school_id: UUID, label: str, keys: tuple[str, ...]) -> Year:
    """Let a school do without some procedures in a year that is still to be opened."""
    query = select(Year).where(Year.school_id == school_id, Year.label == label)
    year = session.exec(query).one_or_none() or Year(school_id=school_id, label=label)
    if year.opened_at is not None:
        raise AlreadyOpenError
    year.without = sorted(set(keys))
    session.add(year)
    session.flush()
    return year


def _invited(session: Session, school: School, trial: Trial, at: datetime, rounds: Rounds) -> Invited:
    """Return whom the first rounds after activating invite, by activating for a moment."""
    moment = session.begin_nested()
    try:
        activate(session, school, trial, actor_id=None, at=at)
        return invited_next(session, school, trial.school_year, rounds, at)
    finally:
        moment.rollback()
        session.expire_all()
