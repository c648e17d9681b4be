"""The steps towards a first year, read from the data."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models import Role, School, Year
from models.database import unit_of_work
from service.school.closures import Wanted, add_closure
from service.trial.activate import AlreadyOpenError
from service.trial.plan import keep
from service.trial.setup import SetupError, set_region, set_without, steps_of
from service.trial.wishes import Wishes
from service.year.open import open_year, preview_year
from tests.cast import OPENED, START, YEAR, Cast, wilgenhof

FIRST = OPENED.date()


@pytest.fixture
def session(sqlite: Engine) -> Iterator[Session]:
    with unit_of_work(sqlite) as session:
        yield session


def done(cast: Cast) -> dict[str, bool]:
    return {step.key: step.done for step in steps_of(cast.session, cast.school, YEAR, FIRST)}


def test_a_new_school_has_a_region_and_nothing_else(session: Session) -> None:
    school = School(brin="99NW", name="Nieuw", region="noord", mailbox="plan@nieuw.example")
    session.add(school)
    session.flush()

    steps = done(Cast(session, school))

    assert steps == {
        "regio": True,
        "vrije-dagen": False,
        "mensen": False,
        "onderdelen": False,
        "proefjaar": False,
        "openen": False,
    }


def test_each_step_is_done_by_what_the_data_says(session: Session) -> None:
    cast = wilgenhof(session)
    assert done(cast)["mensen"]

    add_closure(
        session,
        cast.school.id,
        Wanted(name="Studiedag", first_day=FIRST, last_day=FIRST),
        actor_id=None,
        at=OPENED,
    )
    set_without(session, cast.school.id, YEAR, ("exit-pupils",), actor_id=None, at=OPENED)
    keep(session, cast.school, YEAR, Wishes(name="Een"), actor_id=None, at=OPENED)
    before = done(cast)
    open_year(session, cast.school, YEAR, actor_id=None, at=OPENED)

    assert before == {
        "regio": True,
        "vrije-dagen": True,
        "mensen": True,
        "onderdelen": True,
        "proefjaar": True,
        "openen": False,
    }
    assert all(done(cast).values())


def test_people_are_ready_when_each_group_has_a_teacher_and_there_is_an_ib_er(session: Session) -> None:
    cast = wilgenhof(session)
    cast.add_group("7")
    cast.leaves("ineke", START)

    [step] = [s for s in steps_of(session, cast.school, YEAR, FIRST) if s.key == "mensen"]

    assert step.lacks == ("Niemand is IB'er.", "Zonder leerkracht: groep 7.")


def test_a_teacher_without_known_days_is_told(session: Session) -> None:
    cast = wilgenhof(session)
    cast.add_person("Nieuwe Juf", [Role.TEACHER], "", groups="5")

    [step] = [s for s in steps_of(session, cast.school, YEAR, FIRST) if s.key == "mensen"]

    assert (step.done, step.lacks) == (False, ("Van 1 leerkrachten zijn nog geen werkdagen bekend.",))


def test_the_region_is_set_with_the_board_and_the_partnership(session: Session) -> None:
    cast = wilgenhof(session)

    set_region(
        session,
        cast.school.id,
        region="zuid",
        board=" Stichting  De Stroom ",
        partnership="Passend Verzonnen",
        actor_id=None,
        at=OPENED,
    )

    school = session.get_one(School, cast.school.id)
    assert (school.region, school.board, school.partnership) == (
        "zuid",
        "Stichting De Stroom",
        "Passend Verzonnen",
    )


@pytest.mark.parametrize("wrong", [{"region": "oost"}, {"region": "noord", "board": "x" * 121}])
def test_a_region_or_name_that_can_not_be_is_refused(session: Session, wrong: dict[str, str]) -> None:
    cast = wilgenhof(session)

    with pytest.raises(SetupError):
        set_region(session, cast.school.id, **wrong, actor_id=None, at=OPENED)


def test_choosing_procedures_opens_nothing_and_is_planned_without(session: Session) -> None:
    cast = wilgenhof(session)

    set_without(session, cast.school.id, YEAR, ("exit-pupils",), actor_id=None, at=OPENED)

    year = session.exec(select(Year)).one()
    plan = preview_year(session, cast.school, YEAR)
    assert (year.opened_at, year.without) == (None, ["exit-pupils"])
    assert "exit-pupils" not in {case.procedure.key for case in plan.cases}


def test_choosing_again_puts_a_procedure_back(session: Session) -> None:
    cast = wilgenhof(session)
    set_without(session, cast.school.id, YEAR, ("exit-pupils",), actor_id=None, at=OPENED)

    set_without(session, cast.school.id, YEAR, (), actor_id=None, at=OPENED)

    assert "exit-pupils" in {c.procedure.key for c in preview_year(session, cast.school, YEAR).cases}


def test_a_procedure_that_is_none_and_an_open_year_are_refused(session: Session) -> None:
    cast = wilgenhof(session)
    with pytest.raises(SetupError):
        set_without(session, cast.school.id, YEAR, ("zwemmen",), actor_id=None, at=OPENED)
    open_year(session, cast.school, YEAR, actor_id=None, at=OPENED)

    with pytest.raises(AlreadyOpenError):
        set_without(session, cast.school.id, YEAR, (), actor_id=None, at=OPENED)
