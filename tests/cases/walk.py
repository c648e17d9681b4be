"""Walk a case from day to day: the night's round first, then what people do."""

from datetime import date, timedelta

from calendars.procedure import Outcome, TaskRule
from models import CLOSED_STATES, Case, CaseState, Consent, Task, TaskState
from service.access.actor import Actor, actor_for
from service.cases.complete import complete_task, rule_of
from service.cases.consent import record_consent, withdraw_consent
from service.cases.open import open_case
from service.cases.sweep import sweep
from service.clock import local
from tests.cast import Cast, moment

LONGEST = 420  # calendar days that any case may take


class Walk:
    """One case, on a day that moves on."""

    def __init__(self, cast: Cast, case: Case, day: date | str | None = None) -> None:
        self.cast, self.case, self.session = cast, case, cast.session
        self.at = moment(day or case.opens_on)
        self.on(day or case.opens_on)

    @classmethod
    def opened(cls, cast: Cast, occurrence: str, procedure: str, day: str = "2026-10-06") -> "Walk":
        """Let the IB'er open a case for a pupil of group 5."""
        at = moment(day)
        case = open_case(
            cast.session,
            actor=cast.actor("ineke", at),
            at=at,
            procedure=procedure,
            occurrence=occurrence,
            pupil_id=cast.pupils["1001"].id,
        )
        return cls(cast, case, day)

    @property
    def today(self) -> date:
        return local(self.at).date()

    def on(self, day: date | str) -> "Walk":
        """Let the night's round be run, and the day begin."""
        sweep(self.session, self.case.procedure, moment(day, 5), self.cast.school.id)
        self.at = moment(day)
        self.session.flush()
        return self

    def tasks(self, *keys: str) -> list[Task]:
        found = [task for task in self.cast.tasks(self.case) if not keys or task.key in keys]
        assert set(keys) <= {task.key for task in found}
        return found

    def one(self, key: str) -> Task:
        (found,) = self.tasks(key)
        return found

    def states(self, *keys: str) -> set[TaskState]:
        return {task.state for task in self.tasks(*keys)}

    def waits(self, *keys: str) -> bool:
        return self.states(*keys) == {TaskState.PLANNED}

    def begun(self, *keys: str) -> bool:
        return self.states(*keys) <= {TaskState.READY, TaskState.RESERVED}

    def done(self, *keys: str) -> bool:
        return self.states(*keys) == {TaskState.COMPLETED}

    def whose(self, task: Task) -> Actor:
        """Return who does a task: its owner, or whoever guards the school."""
        person = task.owner_id or self.cast.id("dirk")
        actor = actor_for(self.session, person, self.cast.school.id, self.today)
        assert actor
        return actor

    def do(self, *keys: str, outcome: str | None = None, note: str | None = None) -> None:
        """Let every open task with these keys be completed by whose it is."""
        for key in keys:
            open_ = [task for task in self.tasks(key) if task.state not in CLOSED_STATES]
            assert open_, f"{key} is not open"
            for task in open_:
                complete_task(
                    self.session, task.id, actor=self.whose(task), at=self.at, outcome=outcome, note=note
                )
        self.session.flush()

    def consent(self, *, given: bool = True, by: str = "ineke", valid_until: date | None = None) -> Consent:
        """Record what the parents said today."""
        return record_consent(
            self.session,
            self.case.id,
            actor=self.cast.actor(by, self.at),
            at=self.at,
            purpose="advies van een deskundige",
            recipient="begeleidingsdienst De Brug",
            scope="toetsgegevens",
            given=given,
            given_by="beide ouders",
            given_on=self.today,
            method="handtekening op papier",
            valid_until=valid_until,
        )

    def to_the_end(self) -> None:
        """Do what can be done, always with the outcome that goes on, until the case closes."""
        last = self.today + timedelta(days=LONGEST)
        while self.case.state not in {CaseState.COMPLETED, CaseState.CANCELLED}:
            ready = [t for t in self.tasks() if t.state in {TaskState.READY, TaskState.RESERVED}]
            if not ready:
                assert self.today < last, f"stuck in {self.case.stage}"
                self.on(self._next_day())
                continue
            self._finish(ready[0])

    def _next_day(self) -> date:
        """Return the next day on which something may begin by itself."""
        starts = [t.starts_on for t in self.tasks() if t.state == TaskState.PLANNED and t.starts_on]
        return min((day for day in starts if day > self.today), default=self.today + timedelta(days=30))

    def _finish(self, task: Task) -> None:
        rule = rule_of(self.session, self.case, task)
        if rule.records_consent:
            self.consent()
        chosen = _onward(rule)
        self.do(task.key, outcome=chosen.key if chosen else None, note="zo is het gegaan")


def _onward(rule: TaskRule) -> Outcome | None:
    """Prefer an outcome after which the case goes on."""
    ways = sorted(rule.outcome, key=lambda o: (o.closes, o.reason_required))
    return ways[0] if ways else None


def discussing(cast: Cast) -> Walk:
    """The discussion of group 5 after the mid-year tests, on its first day."""
    return Walk(cast, cast.case("didactisch-m:g5"))


def meeting_day(cast: Cast) -> Walk:
    """The same on the day of the meeting."""
    walk = discussing(cast)
    return walk.on(local(cast.meeting(walk.one("bespreking")).starts_at).date())


def referred(cast: Cast) -> Walk:
    """A referral with everything done that the consent waits for; the consent itself is gone again."""
    walk = Walk.opened(cast, "onderzoek", "external-referrals")
    walk.do("hulpvraag")
    walk.do("dossiercheck", outcome="voldoende")
    consent = walk.consent()
    walk.do("ouders-toestemming", outcome="toestemming")
    walk.do("kind-betrekken")
    withdraw_consent(walk.session, consent.id, actor=cast.actor("ineke", walk.at), at=walk.at, on=walk.today)
    walk.session.delete(consent)  # as if it had never been: a later one of the same moment must be the last
    walk.session.flush()
    return walk
