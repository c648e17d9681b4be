"""Whatever people do in whatever order: the states of cases and tasks stay true to each other."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from models import CLOSED_STATES, Case, CaseEvent, CaseState, Task, TaskState
from service.access.scope import NotFoundError
from service.cases.assign import assign_task
from service.cases.cancel import cancel_case
from service.cases.claim import claim_task, release_task
from service.cases.complete import complete_task, rule_of
from service.cases.consent import record_consent
from service.cases.errors import CaseError
from service.cases.open import open_case
from service.cases.reopen import reopen_task
from service.cases.reschedule import reschedule_task
from service.cases.skip import skip_task
from service.cases.sweep import sweep
from service.clock import local
from tests.cast import Cast, moment, read_cast

WHO = ("ineke", "dirk", "laila", "joris", "hanneke", "ans")
NUMBER = st.integers(0, 999)
PERSON = st.sampled_from(WHO)
DONE = {CaseState.COMPLETED, CaseState.CANCELLED}


@dataclass(frozen=True)
class Snapshot:
    """How everything stood, and how long the history was."""

    tasks: dict[Any, dict[str, Any]]
    cases: dict[Any, dict[str, Any]]
    events: int


def telling(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out what counts changes, and whose turn the plan thinks that later work will be."""
    aside = {"version", "due_version", "derivation", "starts_on"}
    if row["state"] == TaskState.PLANNED:
        aside.add("owner_id")
    return {key: row[key] for key in row if key not in aside}


def difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what changed, with the key of the row when anything did."""
    found = {key: (old[key], new.get(key)) for key in old if old[key] != new.get(key)}
    return found and {"key": (old["key"], old.get("state")), **found}


class AnyOrder(RuleBasedStateMachine):
    """Four cases of several kinds, a clock that moves on, and people who try everything."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.cast: Cast = read_cast(self.session, "99WH")
        self.at = moment("2027-02-01")

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    @initialize()
    def begin(self) -> None:
        opened = [
            open_case(
                self.session,
                actor=self.cast.actor("ineke", self.at),
                at=self.at,
                procedure=procedure,
                occurrence=occurrence,
                pupil_id=self.cast.pupils["1001"].id,
            )
            for procedure, occurrence in (
                ("external-referrals", "arrangement"),
                ("plan-reviews", "handelingsplan"),
            )
        ]
        self.cases = [*opened, self.cast.case("didactisch-m:g5"), self.cast.case("leerling:1081")]
        self.night()

    def night(self) -> None:
        for procedure in ("group-discussions", "exit-pupils", "external-referrals", "plan-reviews"):
            sweep(self.session, procedure, self.at, self.cast.school.id)
        self.session.flush()

    def tasks(self) -> list[Task]:
        ids = [case.id for case in self.cases]
        return list(self.session.exec(select(Task).where(Task.case_id.in_(ids)).order_by(Task.id)))  # type: ignore[attr-defined]

    def snapshot(self) -> Snapshot:
        self.session.flush()
        count = self.session.exec(select(func.count()).select_from(CaseEvent)).one()
        cases = {case.id: case.model_dump() for case in self.cases}
        return Snapshot({task.id: task.model_dump() for task in self.tasks()}, cases, count)

    def attempt(self, verb: Any, what: object, who: str, **more: Any) -> bool:
        """Let someone try; what is refused changes nothing, and what is done stands in the history."""
        before = self.snapshot()
        try:
            with self.session.begin_nested():
                verb(self.session, what, actor=self.cast.actor(who, self.at), at=self.at, **more)
        except (CaseError, NotFoundError):
            for row in (*self.tasks(), *self.cases):
                self.session.refresh(row)
            after = self.snapshot()
            assert (after.tasks, after.cases, after.events) == (before.tasks, before.cases, before.events)
            return False
        self.check(before, self.snapshot(), verb)
        return True

    def check(self, before: Snapshot, after: Snapshot, verb: Any) -> None:
        changed = [id_ for id_ in after.tasks if telling(after.tasks[id_]) != telling(before.tasks[id_])]
        if changed:
            assert after.events > before.events
        if verb is not reopen_task:
            closed = [id_ for id_ in changed if before.tasks[id_]["state"] in CLOSED_STATES]
            assert [difference(before.tasks[id_], after.tasks[id_]) for id_ in closed] == []

    def pick(self, number: int) -> Task:
        """Prefer what is open, so that something happens."""
        found = self.tasks()
        open_ = [t for t in found if t.state in {TaskState.READY, TaskState.RESERVED}]
        chosen = open_ if open_ and number % 4 else found
        return chosen[number % len(chosen)]

    @rule(number=NUMBER, who=PERSON, way=st.integers(0, 3))
    def complete(self, number: int, who: str, way: int) -> None:
        task = self.pick(number)
        outcomes = rule_of(self.session, self.session.get_one(Case, task.case_id), task).outcome
        chosen = outcomes[way % len(outcomes)].key if outcomes and way < 3 else None
        self.attempt(complete_task, task.id, who, outcome=chosen, note="zo ging het")

    @rule(number=NUMBER, way=st.integers(0, 3))
    def complete_and_undo(self, number: int, way: int) -> None:
        """Completing and reopening leaves everything as it was."""
        task = self.pick(number)
        case = self.session.get_one(Case, task.case_id)
        outcomes = rule_of(self.session, case, task).outcome
        chosen = outcomes[way % len(outcomes)].key if outcomes else None
        before = self.snapshot()
        if not self.attempt(complete_task, task.id, "dirk", outcome=chosen, note="te snel"):
            return

        assert self.attempt(reopen_task, task.id, "dirk", reason="vergissing")

        after = self.snapshot()
        mine = [id_ for id_, row in before.tasks.items() if row["case_id"] == case.id]
        tasks = [(before.tasks[id_], after.tasks[id_]) for id_ in mine]
        assert [d for old, new in tasks if (d := difference(telling(old), telling(new)))] == []
        assert difference(before.cases[case.id], after.cases[case.id]) == {}

    @rule(number=NUMBER, who=PERSON)
    def claim(self, number: int, who: str) -> None:
        self.attempt(claim_task, self.pick(number).id, who)

    @rule(number=NUMBER, who=PERSON)
    def release(self, number: int, who: str) -> None:
        self.attempt(release_task, self.pick(number).id, who)

    @rule(number=NUMBER, who=PERSON, to=PERSON)
    def assign(self, number: int, who: str, to: str) -> None:
        self.attempt(assign_task, self.pick(number).id, who, to=self.cast.id(to))

    @rule(number=NUMBER, who=PERSON, days=st.integers(-3, 60))
    def reschedule(self, number: int, who: str, days: int) -> None:
        day = local(self.at).date() + timedelta(days=days)
        task = self.pick(number)
        if self.attempt(reschedule_task, task.id, who, to=day, reason="ziek"):
            assert task.target_on == day
            assert task.latest_on is None or day <= task.latest_on

    @rule(number=NUMBER, who=PERSON)
    def skip(self, number: int, who: str) -> None:
        self.attempt(skip_task, self.pick(number).id, who, reason="niet nodig")

    @rule(number=NUMBER, who=PERSON)
    def reopen(self, number: int, who: str) -> None:
        closed = [t for t in self.tasks() if t.state in CLOSED_STATES] or self.tasks()
        self.attempt(reopen_task, closed[number % len(closed)].id, who, reason="toch niet klaar")

    @rule(number=NUMBER, given=st.booleans())
    def consent(self, number: int, given: bool) -> None:
        self.attempt(
            record_consent,
            self.cases[number % len(self.cases)].id,
            "ineke",
            purpose="advies",
            recipient="De Brug",
            scope="toetsgegevens",
            given=given,
            given_by="beide ouders",
            given_on=local(self.at).date(),
            method="op papier",
        )

    @rule(number=st.integers(0, 40))
    def cancel(self, number: int) -> None:
        if number < len(self.cases):
            self.attempt(cancel_case, self.cases[number].id, "ineke", reason="verhuisd")

    @rule(days=st.integers(1, 30))
    def days_go_by(self, days: int) -> None:
        before = self.snapshot()
        self.at = min(self.at + timedelta(days=days), moment("2027-07-15"))
        self.night()
        self.check(before, self.snapshot(), sweep)

    @invariant()
    def no_open_work_in_a_closed_case(self) -> None:
        for case in getattr(self, "cases", ()):
            tasks = [t for t in self.tasks() if t.case_id == case.id]
            assert case.state not in DONE or all(t.state in CLOSED_STATES for t in tasks)
            assert (case.closed_at is not None) == (case.state in DONE)

    @invariant()
    def a_case_is_complete_exactly_when_what_is_required_is_closed(self) -> None:
        for case in getattr(self, "cases", ()):
            required = [t for t in self.tasks() if t.case_id == case.id and t.required]
            closed = all(t.state in CLOSED_STATES for t in required)
            assert case.state == CaseState.CANCELLED or closed == (case.state == CaseState.COMPLETED)

    @invariant()
    def a_closed_task_says_when(self) -> None:
        for task in self.tasks() if hasattr(self, "cases") else ():
            assert (task.state in CLOSED_STATES) == (task.closed_at is not None)
            assert task.state != TaskState.RESERVED or task.owner_id
            assert task.state != TaskState.READY or task.owner_id is None
            assert task.target_on is None or task.target_on > date(2026, 8, 1)


@pytest.mark.timeout(120)
def test_states_stay_true_in_any_order(shared_sqlite: Engine) -> None:
    machine = type("Machine", (AnyOrder,), {"engine": shared_sqlite})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
