"""A trial year kept, listed, thrown away, and made the real one."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from models import (
    Attendee,
    Case,
    Closure,
    Half,
    Meeting,
    Message,
    Presence,
    Task,
    Trial,
    Year,
)
from models.database import reading, unit_of_work
from service.rhythm.timers import next_round
from service.school.errors import NotOfThisSchoolError, SchoolError
from service.trial.activate import AlreadyOpenError, activate, foretell
from service.trial.plan import (
    as_it_is,
    find_trial,
    keep,
    outcome_kept,
    remove,
    trials_of,
    try_year,
    wishes_of,
)
from service.trial.wishes import DaysOff, OtherWeek, WishError, Wishes
from service.year.open import open_year, preview_year
from tests.cast import OPENED, YEAR, Cast, kompas, moment, wilgenhof

EVERYTHING = (Attendee, Case, Closure, Meeting, Message, Presence, Task, Year)
STORM = DaysOff(name="Studiedag", first=date(2027, 1, 27), last=date(2027, 1, 27))
KAMP = DaysOff(name="Kamp", first=date(2027, 6, 2), last=date(2027, 6, 4), groups=("8",))
NAMES = ("Quirijn", "Zeewuster", "Xandra", "Plofkogel", "Wobbe", "Kraaiepoot", "Yfke", "Ubbo", "Knipoogje")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with unit_of_work(engine) as session:
        yield session


def wishes(cast: Cast) -> Wishes:
    week = OtherWeek(
        person=cast.id("ineke"),
        halves=((3, Half.MORNING), (3, Half.AFTERNOON), (0, Half.AFTERNOON)),
        since=date(2027, 1, 1),
    )
    return Wishes(name="Met donderdag", without=("exit-pupils",), closures=(STORM, KAMP), weeks=(week,))


def kept(cast: Cast, wanted: Wishes | None = None) -> Trial:
    return keep(cast.session, cast.school, YEAR, wanted or wishes(cast), actor_id=cast.id("ineke"), at=OPENED)


def counts(session: Session) -> dict[str, int]:
    session.flush()
    return {t.__name__: session.exec(select(func.count()).select_from(t)).one() for t in EVERYTHING}


def rows(cast: Cast) -> set[tuple[object, ...]]:
    tasks = cast.session.exec(select(Task).where(Task.school_id == cast.school.id)).all()
    return {(t.id, t.owner_id, t.starts_on, t.target_on, t.latest_on) for t in tasks}


def hours(session: Session) -> dict[object, object]:
    return {m.task_id: m.starts_at for m in session.exec(select(Meeting)).all()}


def test_a_trial_writes_nothing(session: Session) -> None:
    cast = wilgenhof(session)
    before = counts(session)

    tried = try_year(session, cast.school, YEAR, wishes(cast))

    assert tried.outcome.cases > 0
    assert counts(session) == before
    assert session.exec(select(Trial)).all() == []
    assert not session.dirty


def test_keeping_writes_the_trial_and_nothing_else(session: Session) -> None:
    cast = wilgenhof(session)
    before = counts(session)

    trial = kept(cast)

    assert counts(session) == before
    assert session.exec(select(Trial.id)).all() == [trial.id]
    assert (trial.name, trial.made_by, trial.activated_at) == ("Met donderdag", cast.id("ineke"), None)


def test_a_kept_trial_is_what_was_tried(session: Session) -> None:
    cast = wilgenhof(session)
    tried = try_year(session, cast.school, YEAR, wishes(cast))

    trial = kept(cast)

    assert outcome_kept(trial) == tried.outcome
    assert wishes_of(trial) == wishes(cast)


def test_planning_twice_gives_the_same_outcome(session: Session) -> None:
    cast = wilgenhof(session)

    first, second = (try_year(session, cast.school, YEAR, wishes(cast)).outcome.as_data() for _ in range(2))

    assert json.dumps(first) == json.dumps(second)


def test_a_kept_trial_stays_the_same_when_the_school_changes(session: Session) -> None:
    cast = wilgenhof(session)
    trial = kept(cast)
    before = outcome_kept(trial)

    cast.add_group("7")
    cast.add_pupil("1071", "Sjors Uitgezonden", "7")
    session.expire(trial)

    assert outcome_kept(trial) == before
    assert as_it_is(session, cast.school, YEAR) != before


def test_no_pupil_is_named_in_a_trial(session: Session) -> None:
    cast = wilgenhof(session)

    text = json.dumps([kept(cast).outcome, kept(cast).wishes])

    assert [name for name in NAMES if name in text] == []
    assert '"1081"' in json.dumps(kept(cast, Wishes(name="Alles")).outcome)  # a pupil's key is no name


@pytest.mark.parametrize("name", ["", "   ", "a\x00b"])
def test_a_trial_without_a_name_is_not_kept(session: Session, name: str) -> None:
    cast = wilgenhof(session)

    with pytest.raises(WishError):
        kept(cast, Wishes(name=name))


def test_trials_are_listed_newest_first_and_of_one_school(session: Session) -> None:
    here = wilgenhof(session)
    there = kompas(session, here.people["ineke"])
    keep(session, here.school, YEAR, Wishes(name="Een"), actor_id=here.id("ineke"), at=moment("2026-08-01"))
    keep(session, here.school, YEAR, Wishes(name="Twee"), actor_id=None, at=moment("2026-08-02"))
    keep(session, there.school, YEAR, Wishes(name="Ander"), actor_id=None, at=moment("2026-08-03"))

    listed = trials_of(session, here.school.id, YEAR)

    assert [(t.name, t.maker) for t in listed] == [("Twee", None), ("Een", "Ineke Bergsma")]
    assert trials_of(session, here.school.id, "2027-2028") == []


def test_a_trial_of_another_school_can_not_be_found_or_thrown_away(session: Session) -> None:
    here = wilgenhof(session)
    there = kompas(session, here.people["ineke"])
    trial = kept(here)

    with pytest.raises(NotOfThisSchoolError):
        find_trial(session, there.school.id, trial.id)
    with pytest.raises(NotOfThisSchoolError):
        remove(session, there.school.id, trial.id)
    assert remove(session, here.school.id, trial.id) == "Met donderdag"
    assert session.exec(select(Trial)).all() == []


def test_activating_gives_exactly_the_items_of_the_trial(session: Session) -> None:
    cast = wilgenhof(session)
    trial = kept(cast)
    lines = outcome_kept(trial).lines

    activate(session, cast.school, trial, actor_id=cast.id("ineke"), at=moment("2026-08-20"))

    assert rows(cast) == {(i.id, i.owner, i.first, i.day, i.latest) for i in lines}
    assert hours(session) == {i.id: i.starts_at for i in lines if i.starts_at}


def test_activating_makes_what_was_supposed_real(session: Session) -> None:
    cast = wilgenhof(session)
    trial = kept(cast)

    activate(session, cast.school, trial, actor_id=cast.id("ineke"), at=OPENED)

    year = session.exec(select(Year).where(Year.school_id == cast.school.id)).one()
    own = session.exec(select(Closure).where(Closure.school_id == cast.school.id)).all()
    assert (year.without, year.opened_by, trial.activated_at) == (["exit-pupils"], cast.id("ineke"), OPENED)
    assert {(c.name, c.first_day, tuple(c.groups)) for c in own} == {
        ("Studiedag", STORM.first, ()),
        ("Kamp", KAMP.first, ("8",)),
    }
    assert cast.cases("exit-pupils") == []
    assert preview_year(session, cast.school, YEAR).cases


def test_opening_again_still_leaves_out_what_was_left_out(session: Session) -> None:
    cast = wilgenhof(session)
    activate(session, cast.school, kept(cast), actor_id=None, at=OPENED)

    again = open_year(session, cast.school, YEAR, actor_id=None, at=moment("2026-10-01"))

    assert (again.cases, again.items, cast.cases("exit-pupils")) == (0, 0, [])


def test_an_opened_year_is_not_activated_over(session: Session) -> None:
    cast = wilgenhof(session)
    trial = kept(cast)
    open_year(session, cast.school, YEAR, actor_id=None, at=OPENED)
    before = counts(session)

    with pytest.raises(AlreadyOpenError) as refused:
        activate(session, cast.school, trial, actor_id=None, at=OPENED)

    assert "/herplannen" in str(refused.value)
    assert counts(session) == before


def test_activating_is_all_or_nothing(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        cast = wilgenhof(session)
        trial = kept(cast)
        session.add(Closure(school_id=cast.school.id, name="Kamp", first_day=KAMP.first, last_day=KAMP.last))
        session.flush()
        before = counts(session)

    with pytest.raises(SchoolError), unit_of_work(engine) as session:
        activate(session, cast.school, session.get_one(Trial, trial.id), actor_id=None, at=OPENED)

    with reading(engine) as session:
        assert counts(session) == before
        assert session.get_one(Trial, trial.id).activated_at is None


def test_what_is_foretold_is_what_happens(session: Session) -> None:
    cast = wilgenhof(session)
    trial = kept(cast)
    at = moment("2026-08-20")

    foretold = foretell(session, cast.school, trial, at, next_round)
    opened = activate(session, cast.school, trial, actor_id=None, at=at)

    assert (foretold.cases, foretold.meetings) == (opened.cases, opened.meetings)
    assert foretold.tasks + foretold.windows + sum(
        i.kind == "meeting" for i in outcome_kept(trial).lines
    ) == (opened.items)
    asked = select(func.count()).select_from(Attendee).where(Attendee.chair == False)  # noqa: E712 -- in SQL
    assert foretold.invitations == session.exec(asked).one()
    assert foretold.drift.is_nothing


def test_what_changed_since_the_trial_is_foretold(session: Session) -> None:
    cast = wilgenhof(session)
    trial = kept(cast)
    cast.add_pupil("1083", "Nieuwe Leerling", "8")
    cast.add_group("7")

    foretold = foretell(session, cast.school, trial, OPENED, next_round)

    assert not foretold.drift.is_nothing
    assert foretold.drift.only_after


def test_meetings_that_have_been_ask_nobody(session: Session) -> None:
    cast = wilgenhof(session)

    late = foretell(session, cast.school, kept(cast), moment("2027-07-01"), next_round)

    assert late.invitations == 0
