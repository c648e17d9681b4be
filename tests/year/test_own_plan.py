"""A school's own items and the layers around it, from rows to tasks that explain themselves."""

from datetime import date

from sqlmodel import Session, select

from calendars.derivation import sentence
from calendars.yearplan.schoolplan import OWN
from models import Case, CaseState, Layer, LayerRule, OwnItem, School, Task, TaskState
from service.cases.replan import Replanner
from service.cases.sweep import sweep
from service.year.open import Opened, inputs_of, open_year, preview_year
from tests.cast import OPENED, YEAR, Cast, moment, wilgenhof

REPORT = {"key": "rapport", "title": "Schrijf de rapporten", "owner": ["leerkracht"], "when": "02-02"}
TALK = {
    "key": "gesprek",
    "title": "Spreek de ouders",
    "owner": ["ib"],
    "when": {"rule": "offset", "after": "item.rapport", "school_days": 10},
}


def keep(session: Session, school: School, *definitions: dict[str, object]) -> list[OwnItem]:
    found = [
        OwnItem(school_id=school.id, key=str(d["key"]), position=n, definition=d, changed_at=OPENED)
        for n, d in enumerate(definitions)
    ]
    session.add_all(found)
    session.flush()
    return found


def says(
    session: Session, layer: Layer, scope: str, task: tuple[str, str], **definition: object
) -> LayerRule:
    rule = LayerRule(
        layer=layer, scope=scope, procedure=task[0], task=task[1], definition=definition, changed_at=OPENED
    )
    session.add(rule)
    session.flush()
    return rule


def opened(cast: Cast, day: str = "2026-08-31") -> Opened:
    return open_year(cast.session, cast.school, YEAR, actor_id=cast.id("ineke"), at=moment(day))


def own_tasks(session: Session, key: str = "") -> list[Task]:
    query = select(Task).join(Case).where(Case.procedure == OWN)
    return [t for t in session.exec(query) if not key or t.key == key]


def test_own_items_become_tasks_that_explain_their_date(session: Session) -> None:
    cast = wilgenhof(session)
    keep(session, cast.school, REPORT, TALK)

    opened(cast)

    reports, [talk] = own_tasks(session, "rapport"), own_tasks(session, "gesprek")
    assert {t.group_id for t in reports} == {g.id for g in cast.groups.values()}
    assert talk.owner_id == cast.id("ineke")
    assert talk.target_on is not None
    assert talk.target_on > date(2027, 2, 2)
    assert sentence(talk.derivation).startswith('10 schooldagen na de dag van "Schrijf de rapporten" (')


def test_the_night_opens_and_advances_the_own_plan(session: Session) -> None:
    cast = wilgenhof(session)
    keep(session, cast.school, REPORT)
    opened(cast)

    sweep(session, OWN, moment("2026-09-01", 5), cast.school.id)

    assert {t.state for t in own_tasks(session)} == {TaskState.RESERVED}


def test_an_item_that_came_later_is_added_and_one_that_went_is_withdrawn(session: Session) -> None:
    cast = wilgenhof(session)
    [report] = keep(session, cast.school, REPORT)
    opened(cast)
    report.active = False
    keep(session, cast.school, {**TALK, "when": "02-16"})

    opened(cast, "2026-09-15")

    states = {t.key: t.state for t in own_tasks(session)}
    assert states == {"rapport": TaskState.CANCELLED, "gesprek": TaskState.PLANNED}
    case = session.exec(select(Case).where(Case.procedure == OWN)).one()
    assert (
        Replanner(session, cast.school, YEAR).procedure(case).task("gesprek").title.nl == "Spreek de ouders"
    )


def test_an_item_that_is_put_back_takes_its_tasks_back(session: Session) -> None:
    cast = wilgenhof(session)
    report, _ = keep(session, cast.school, REPORT, {**TALK, "when": "02-16"})
    opened(cast)
    report.active = False
    opened(cast, "2026-09-15")
    report.active = True

    again = opened(cast, "2026-09-16")

    assert again.items == 0
    assert {t.state for t in own_tasks(session)} == {TaskState.PLANNED}


def test_a_plan_that_was_done_runs_again_for_a_new_item(session: Session) -> None:
    cast = wilgenhof(session)
    keep(session, cast.school, REPORT)
    opened(cast)
    case = session.exec(select(Case).where(Case.procedure == OWN)).one()
    case.state = CaseState.COMPLETED
    for task in own_tasks(session):
        task.state = TaskState.COMPLETED
    keep(session, cast.school, {**TALK, "when": "02-16"})

    opened(cast, "2026-09-15")

    assert case.state == CaseState.ACTIVE
    assert [t.state for t in own_tasks(session, "gesprek")] == [TaskState.PLANNED]


def test_opening_twice_adds_nothing_to_an_own_plan(session: Session) -> None:
    cast = wilgenhof(session)
    keep(session, cast.school, REPORT, TALK)
    opened(cast)

    again = opened(cast, "2026-09-15")

    assert (again.cases, again.items, again.meetings) == (0, 0, 0)


def test_an_own_item_per_pupil_is_told_and_not_planned(session: Session) -> None:
    cast = wilgenhof(session)
    rule = {"rule": "offset", "after": "pupil.start", "school_weeks": 6}
    keep(session, cast.school, {"key": "nieuw", "title": "Praat met het nieuwe kind", "when": rule})

    plan = preview_year(session, cast.school, YEAR)

    assert '"Praat met het nieuwe kind" is per leerling: open het bij de leerling zelf' in plan.warnings
    assert OWN not in {case.procedure.key for case in plan.cases}


def test_the_rules_of_region_board_and_school_count_and_others_dont(session: Session) -> None:
    cast = wilgenhof(session)
    cast.school.board = "De Linde"
    overview = ("test-calendar", "schooloverzicht")
    after = {"rule": "offset", "after": "window.last"}
    says(session, Layer.BOARD, "De Linde", overview, due={**after, "school_days": 3})
    says(session, Layer.BOARD, "Een ander", overview, due={**after, "school_days": 1})
    late = says(session, Layer.SCHOOL, str(cast.school.id), overview, due={**after, "school_days": 4})
    late.school_id, late.active = cast.school.id, False
    says(session, Layer.REGION, cast.school.region, ("test-calendar", "protocol"), off=True)

    opened(cast)

    task = cast.task(cast.case("M"), "schooloverzicht")
    assert sentence(task.derivation).startswith("Zo spreekt het bestuur De Linde het af; 3 schooldagen na")
    assert [t for t in session.exec(select(Task)) if t.key == "protocol"] == []
    case = cast.case("M")
    [again] = [i for i in Replanner(session, cast.school, YEAR).items(case) if i.id == task.id]
    assert again.dates.target_on == task.target_on


def test_a_limit_of_the_board_is_kept_with_the_task(session: Session) -> None:
    cast = wilgenhof(session)
    cast.school.board = "De Linde"
    limit = {"latest": {"rule": "date", "day": "03-12"}, "law": "afspraak van De Linde"}
    says(session, Layer.BOARD, "De Linde", ("exit-pupils", "definitief-advies"), **limit)

    opened(cast)

    task = next(t for t in session.exec(select(Task)) if t.key == "definitief-advies")
    assert (task.latest_on, task.law) == (date(2027, 3, 12), "afspraak van De Linde")


def test_a_plan_without_own_items_has_the_procedures_alone(session: Session) -> None:
    cast = wilgenhof(session)

    found = inputs_of(session, cast.school, YEAR)

    assert OWN not in {procedure.key for procedure in found.definitions}
