"""Cases that people open, and what the night's round does with people and pupils who come and go."""

from datetime import date

import pytest
from sqlmodel import select

from models import Case, Role, Task, TaskState
from service.cases.errors import (
    NotOpenableError,
)
from service.cases.open import open_case
from service.cases.sweep import sweep
from tests.cases.walk import Walk, discussing, referred
from tests.cast import Cast, moment


def test_open_work_of_a_teacher_who_leaves_the_group_goes_to_the_other(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    gone = "laila" if task.owner_id == cast.id("laila") else "joris"
    stays = {"laila": "joris", "joris": "laila"}[gone]
    cast.stops_teaching(gone, "5", walk.today)

    walk.on("2027-02-09")

    assert task.owner_id == cast.id(stays)
    events = [event for event in cast.history(task) if event.verb == "assigned"]
    assert [(e.actor_id, e.data["to"]) for e in events] == [(None, str(cast.id(stays)))]


def test_handing_on_is_written_once(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    for name in ("laila", "joris"):
        cast.stops_teaching(name, "5", walk.today)
    walk.on("2027-02-09")

    walk.on("2027-02-10")

    assert (task.owner_id, task.state) == (None, TaskState.READY)
    assert [e.verb for e in cast.history(task)].count("assigned") == 1


def test_a_teacher_opens_a_case_for_her_own_group_only(cast: Cast) -> None:
    at = moment("2026-10-06")
    wanted = {"procedure": "plan-reviews", "occurrence": "handelingsplan", "pupil_id": cast.pupils["1001"].id}

    case = open_case(cast.session, actor=cast.actor("laila"), at=at, **wanted)
    with pytest.raises(NotOpenableError):
        open_case(cast.session, actor=cast.actor("hanneke"), at=at, **wanted)

    assert (case.opened_by, case.group_id) == (cast.id("laila"), cast.groups["5"].id)


def test_the_same_kind_of_case_may_be_opened_again_for_a_pupil(cast: Cast) -> None:
    first = Walk.opened(cast, "handelingsplan", "plan-reviews")
    second = Walk.opened(cast, "handelingsplan", "plan-reviews")

    assert (first.case.key, second.case.key) == ("handelingsplan:1001", "handelingsplan:1001:2")
    assert {t.id for t in first.tasks()} & {t.id for t in second.tasks()} == set()


def test_a_case_of_the_year_is_not_opened_by_hand(cast: Cast) -> None:
    with pytest.raises(NotOpenableError):
        Walk.opened(cast, "M", "test-calendar")


def test_a_pupil_who_moves_takes_the_case_along(cast: Cast) -> None:
    walk = referred(cast)
    cast.move_pupil("1001", "8", date(2026, 10, 12))

    walk.on("2026-10-13")

    assert walk.case.group_id == cast.groups["8"].id
    assert {task.group_id for task in walk.tasks()} == {cast.groups["8"].id}
    owners = {task.owner_id for task in walk.tasks() if task.role == Role.TEACHER}
    assert owners == {cast.id("hanneke")}
    assert [e.verb for e in cast.history(walk.case)].count("moved_group") == 1


def test_a_legal_day_that_goes_by_is_noted_once(cast: Cast) -> None:
    walk = Walk(cast, cast.case("leerling:1081"), "2027-02-01")
    task = walk.one("voorlopig-advies")

    counts = [
        sweep(cast.session, "exit-pupils", moment(day, 5))["overdue_by_law"]
        for day in ("2027-01-31", "2027-02-01", "2027-02-02")
    ]

    noted = [(e.verb, e.reason) for e in cast.history(task) if e.verb == "law_passed"]
    assert noted == [("law_passed", "tijdpad schooladvies en doorstroomtoets")]
    assert counts[0] < counts[1] == counts[2]


def test_a_second_round_in_the_same_night_changes_nothing(cast: Cast) -> None:
    cast.session.flush()
    for procedure in ("test-calendar", "group-discussions", "plan-reviews", "exit-pupils"):
        sweep(cast.session, procedure, moment("2027-01-13", 5))
    cast.session.flush()
    before = _rows(cast)

    for procedure in ("test-calendar", "group-discussions", "plan-reviews", "exit-pupils"):
        counts = sweep(cast.session, procedure, moment("2027-01-13", 5, 30))
        assert {key: counts[key] for key in ("opened", "entered", "redated", "told")} == dict.fromkeys(
            ("opened", "entered", "redated", "told"), 0
        )

    assert _rows(cast) == before


def _rows(cast: Cast) -> list[dict[str, object]]:
    cast.session.flush()
    tables = (Case, Task)
    return [
        row.model_dump() for table in tables for row in cast.session.exec(select(table).order_by(table.id))
    ]
