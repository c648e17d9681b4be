"""What a procedure is: occurrences, stages, human tasks, gates, outcomes and a reminder ladder.

The files are ``flows/procedures/*.toml``; ``docs/procedures.md`` explains them to a school.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from calendars.rules import Rule, Span, Strict, anchors_of

Phase = Literal["signaleren", "analyseren", "voorbereiden", "uitvoeren", "evalueren"]
OwnerRole = Literal[
    "ib", "teacher", "director", "administrator", "isb", "coordinator", "administration", "rt"
]
_GIVEN = {"opening", "window.first", "window.last", "year.first", "year.last"}


class Text(Strict):
    """A name on the screen, Dutch first."""

    nl: str
    en: str


class Remind(Strict):
    """A rung of the reminder ladder, counted in school days from the due day (negative: before)."""

    key: str
    school_days: int
    to: tuple[Literal["owner", "ib", "director"], ...] = ("owner",)


class Outcome(Strict):
    """A way in which a task can end; some ask for a reason, some close the whole case."""

    key: str
    title: Text
    reason_required: bool = False
    closes: bool = False


class Meet(Strict):
    """A meeting: how long in minutes, within which days it is placed, and who chairs."""

    minutes: int = Field(ge=10, le=240)
    within: Span
    chair: OwnerRole = "ib"
    location: str = ""


class TaskRule(Strict):
    """A human task; ``due`` is the customary day, ``latest`` the statutory last calendar day."""

    key: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Text
    role: OwnerRole
    only: tuple[str, ...] = ()
    year_groups: tuple[str, ...] = ()
    repeat_over: Literal["group", "unit"] | None = None
    due: Rule | None = None
    due_in: dict[str, Rule] = Field(default_factory=dict)
    window: Span | None = None
    meeting: Meet | None = None
    latest: Rule | None = None
    law: str | None = None
    required: bool = True
    needs_consent: bool = False
    records_consent: bool = False
    outcome: tuple[Outcome, ...] = ()

    @model_validator(mode="after")
    def _has_a_law_for_its_limit(self) -> Self:
        if (self.latest is None) != (self.law is None):
            raise ValueError(f"taak {self.key!r}: latest en law horen bij elkaar")
        return self

    def due_rule(self, occurrence: str) -> Rule | None:
        """Return the due rule in one occurrence."""
        return self.due_in.get(occurrence, self.due)

    def rules(self) -> list[Rule]:
        """Return every rule of this task."""
        spans = [s for s in (self.window, self.meeting and self.meeting.within) if s]
        ends = [end for span in spans for end in (span.first, span.last)]
        return [r for r in (self.due, self.latest, *self.due_in.values(), *ends) if r]


class Gate(Strict):
    """What must hold before a stage may begin: a day, tasks done, a consent."""

    since: Rule | None = None
    all_done: tuple[str, ...] = ()
    consent: bool = False


class Stage(Strict):
    """A stage and its tasks; without a gate it waits for the required tasks of the stage before it."""

    key: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Text
    phase: Phase
    gate: Gate | None = None
    task: tuple[TaskRule, ...] = ()


class Occurrence(Strict):
    """One way in which a procedure occurs: a round, a pupil leaving, a referral."""

    key: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Text
    per: Literal["school", "group", "pupil"]
    opened_by: Literal["year", "person"] = "year"
    opens: Rule | None = None
    window: Span | None = None
    year_groups: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _the_year_needs_a_day_to_open(self) -> Self:
        if self.opened_by == "year" and self.opens is None:
            raise ValueError(f"{self.key!r}: noem met opens wanneer het jaarplan dit opent")
        return self


class Procedure(Strict):
    """A whole procedure."""

    key: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Text
    occurrence: tuple[Occurrence, ...] = Field(min_length=1)
    stage: tuple[Stage, ...] = Field(min_length=1)
    remind: tuple[Remind, ...] = ()

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Self:
        keys = [t.key for t in self.tasks()]
        if twice := sorted({k for k in keys if keys.count(k) > 1}):
            raise ValueError(f"taken met dezelfde key: {twice}")
        return self

    @model_validator(mode="after")
    def _rules_and_gates_name_what_exists(self) -> Self:
        tasks = {t.key for t in self.tasks()}
        known = _GIVEN | {f"task.{k}" for k in tasks}
        for stage in self.stage:
            rules = [r for t in stage.task for r in t.rules()]
            rules += [stage.gate.since] if stage.gate and stage.gate.since else []
            unknown = {a for r in rules for a in anchors_of(r)} - known
            unknown |= set(stage.gate.all_done if stage.gate else ()) - tasks
            if unknown:
                raise ValueError(f"fase {stage.key!r} noemt iets dat er niet is: {sorted(unknown)}")
        return self

    @model_validator(mode="after")
    def _tasks_name_known_occurrences(self) -> Self:
        known = {o.key for o in self.occurrence}
        for task in self.tasks():
            if unknown := (set(task.only) | set(task.due_in)) - known:
                raise ValueError(f"taak {task.key!r} noemt onbekende {sorted(unknown)}")
        return self

    def tasks(self) -> list[TaskRule]:
        """Return all tasks in the order of the file."""
        return [task for stage in self.stage for task in stage.task]

    def task(self, key: str) -> TaskRule:
        """Return one task."""
        return next(task for task in self.tasks() if task.key == key)

    def occurs(self, key: str) -> Occurrence:
        """Return one occurrence."""
        return next(o for o in self.occurrence if o.key == key)

    def stages_of(self, occurrence: str) -> list[Stage]:
        """Return the stages that have tasks in one occurrence, in order."""
        return [
            stage
            for stage in self.stage
            if any(not t.only or occurrence in t.only for t in stage.task)
        ]
