"""The invitations that activating promises are those that the next morning's rounds put in the outbox."""

from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models import Case, Closure, Message, Task, Trial
from models.database import reading, unit_of_work
from service.clock import local
from service.rhythm.timers import TIMERS, next_round
from service.school.errors import SchoolError
from service.trial.activate import Foretold, activate, foretell
from service.trial.plan import keep, outcome_kept
from service.trial.wishes import DaysOff, Wishes
from tests.cast import OPENED, YEAR, Cast, kompas, moment, wilgenhof

AUTUMN = moment("2026-10-01")
QUIET = ("test-calendar", "plan-reviews", "exit-pupils", "external-referrals")  # these invite nobody here


def planned(session: Session) -> tuple[Cast, Trial]:
    cast = wilgenhof(session)
    kompas(session, cast.people["ineke"])
    return cast, keep(session, cast.school, YEAR, Wishes(name="Zo", without=QUIET), actor_id=None, at=OPENED)


def next_meeting(trial: Trial) -> datetime:
    """Return the start of the first meeting of autumn."""
    return min(i.starts_at for i in outcome_kept(trial).lines if i.starts_at and i.starts_at > AUTUMN)


def on_the_same_day(trial: Trial, at: datetime) -> int:
    starts = [local(i.starts_at).date() for i in outcome_kept(trial).lines if i.starts_at]
    return starts.count(local(at).date())


def promised(session: Session, cast: Cast, trial: Trial, at: datetime) -> Foretold:
    return foretell(session, cast.school, trial, at, next_round)


def the_morning_after(engine: Engine, at: datetime) -> None:
    """Let the round that invites to the discussions of the groups have its next turn."""
    TIMERS["group-discussions"].run(engine, next_round("group-discussions", at))


def invited(engine: Engine) -> Counter[tuple[UUID, UUID | None]]:
    with reading(engine) as session:
        posted = select(Message.school_id, Message.person_id).where(col(Message.kind) == "invitation")
        return Counter(session.exec(posted).all())


def test_what_is_promised_is_in_the_outbox_the_next_morning(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        cast, trial = planned(session)
        cast.people["joris"].active = False  # has left without an end to his weeks or his group
        at = next_meeting(trial) - timedelta(hours=5)
        told = promised(session, cast, trial, at)
        activate(session, cast.school, trial, actor_id=None, at=at)
        school, joris = cast.school.id, cast.id("joris")

    the_morning_after(engine, at)

    assert invited(engine) == {(school, person): count for person, count in told.invited}
    assert told.invitations > 0
    assert joris not in dict(told.invited)
    assert told.too_soon == on_the_same_day(trial, at)


def test_looking_leaves_nothing_behind(session: Session) -> None:
    cast, trial = planned(session)

    promised(session, cast, trial, AUTUMN)

    assert [session.exec(select(table)).all() for table in (Case, Task, Message)] == [[], [], []]
    assert trial.activated_at is None


def test_what_will_be_refused_is_not_foretold(session: Session) -> None:
    cast, trial = planned(session)
    kamp = DaysOff(name="Kamp", first=date(2027, 6, 2), last=date(2027, 6, 4))
    trial.wishes = Wishes(name="Kamp", without=QUIET, closures=(kamp,)).model_dump(mode="json")
    session.add(Closure(school_id=cast.school.id, name="Kamp", first_day=kamp.first, last_day=kamp.last))
    session.flush()

    with pytest.raises(SchoolError):
        promised(session, cast, trial, AUTUMN)
