"""What a procedure is: occurrences, stages, human tasks, gates, outcomes and a reminder ladder.

The files are ``flows/procedures/*.toml``; ``docs/procedures.md`` explains them to a school.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from calendars.rules import Rule, Span, Strict, anchors_of
from calendars.rungs import Remind, refuse_twice

Phase = Literal["signaleren", "analyseren", "voorbereiden", "uitvoeren", "evalueren"]
OwnerRole = Literal[
    "ib", "teacher", "director", "administrator", "isb", "coordinator", "administration", "rt"
]
_YEAR = {"year.first", "year.last"}
_WINDOW = {"window.first", "window.last"}
# The first or last day of any occurrence: "test-calendar.M.last".
_ELSEWHERE = re.compile(r"(?P<procedure>[a-z0-9-]+)\.(?P<occurrence>[A-Za-z0-9-]+)\.(?:first|last)")


class Text(Strict):
    """A name on the screen, Dutch first."""

    nl: str
    en: str


class Outcome(Strict):
    """A way in which a task can end; some ask for a reason, some close the whole case."""

    key: str
    title: Text
    reason_required: bool = False
    closes: bool = False


class Meet(Strict):
    """A meeting: how long in minutes, within which days it is placed, and who chairs.

    ``by_hand``: a person gives it its hour and says who comes, so no rule places it or asks anybody.
    """

    minutes: int = Field(ge=10, le=240)
    within: Span
    chair: OwnerRole = "ib"
    location: str = ""
    by_hand: bool = False


class TaskRule(Strict):
    """A human task; ``due`` is the customary day, ``latest`` the statutory last calendar day.

    A ``due`` that is a period is done on or before its last day; one without an end is still to be planned.
    ``roll`` says where to go from a day on which it can't be done; ``remarks`` are told with the date.
    ``remind`` is a ladder of its own, in the place of the procedure's; an empty one reminds nobody.
    """

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
    roll: Literal["next", "previous", "keep"] | None = None
    remarks: tuple[str, ...] = ()
    remind: tuple[Remind, ...] | None = None

    @model_validator(mode="after")
    def _rungs_have_keys_of_their_own(self) -> Self:
        refuse_twice(self.remind or (), f"taak {self.key!r}")
        return self

    @model_validator(mode="after")
    def _has_a_law_for_its_limit(self) -> Self:
        if (self.latest is None) != (self.law is None):
            raise ValueError(f"taak {self.key!r}: latest en law horen bij elkaar")
        return self

    def due_rule(self, occurrence: str) -> Rule | None:
        """Return the due rule in one occurrence."""
        return self.due_in.get(occurrence, self.due)

    def rules(self, occurrence: str) -> list[Rule]:
        """Return every rule of this task in one occurrence."""
        spans = [s for s in (self.window, self.meeting and self.meeting.within) if s]
        ends = [end for span in spans for end in (span.first, span.last)]
        return [r for r in (self.due_rule(occurrence), *(limit for limit, _ in self.limits), *ends) if r]

    @cached_property
    def in_working_days(self) -> bool:
        """Tell whether a rule of this task counts in someone's working days."""
        rules = [rule for occurrence in ("", *self.due_in) for rule in self.rules(occurrence)]
        return any('"working_days"' in rule.model_dump_json(exclude_none=True) for rule in rules)

    @property
    def limits(self) -> tuple[tuple[Rule, str], ...]:
        """Return the days that may not be passed, each with the law that says so."""
        return ((self.latest, self.law or ""),) if self.latest else ()

    def is_in(self, occurrence: str) -> bool:
        """Tell whether an occurrence has this task."""
        return not self.only or occurrence in self.only


class LayeredTask(TaskRule):
    """A task as layers changed it, never in a file: who said so, and their limits beside the law's."""

    said_by: str = ""
    more: tuple[tuple[Rule, str], ...] = ()

    @property
    def limits(self) -> tuple[tuple[Rule, str], ...]:
        """Return the days that may not be passed, each with the law or the layer that says so."""
        return (*super().limits, *self.more)


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
    """One way in which a procedure occurs: a round, a pupil leaving, a referral.

    ``day`` is what a day of its window is called ("toetsdag").
    """

    key: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    title: Text
    per: Literal["school", "group", "pupil"]
    opened_by: Literal["year", "person"] = "year"
    opens: Rule | None = None
    window: Span | None = None
    day: str | None = Field(default=None, pattern=r"^[a-zé]+$")
    year_groups: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _the_year_needs_a_day_to_open(self) -> Self:
        if self.opened_by == "year" and self.opens is None:
            raise ValueError(f"{self.key!r}: noem met opens wanneer het jaarplan dit opent")
        return self

    @model_validator(mode="after")
    def _counts_from_what_is_known_by_then(self) -> Self:
        window = [self.window.first, self.window.last] if self.window else []
        _refuse_unknown(window, _YEAR, f"window van {self.key!r}")
        given = _YEAR | (_WINDOW if self.window else set())
        _refuse_unknown([self.opens] if self.opens else [], given, f"opens van {self.key!r}")
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
        refuse_twice(self.remind, "de ladder")
        return self

    @model_validator(mode="after")
    def _gates_wait_for_earlier_tasks(self) -> Self:
        for occurrence in self.occurrence:
            earlier: set[str] = set()
            for stage in self.stages_of(occurrence.key):
                if unknown := sorted(set(stage.gate.all_done if stage.gate else ()) - earlier):
                    where = f"fase {stage.key!r} bij {occurrence.key!r}"
                    raise ValueError(f"{where} wacht op taken die niet in een eerdere fase staan: {unknown}")
                earlier |= {task.key for task in self.tasks_of(occurrence.key, stage)}
        return self

    @model_validator(mode="after")
    def _rules_count_from_what_is_known_by_then(self) -> Self:
        for occurrence in self.occurrence:
            # Meetings are placed first, so that their preparation can count back from them.
            known = _YEAR | {"opening"} | (_WINDOW if occurrence.window else set())
            known |= {f"task.{t.key}" for t in self.tasks_of(occurrence.key) if t.meeting}
            for stage in self.stages_of(occurrence.key):
                since = [stage.gate.since] if stage.gate and stage.gate.since else []
                _refuse_unknown(since, known, f"fase {stage.key!r} bij {occurrence.key!r}")
                for task in self.tasks_of(occurrence.key, stage):
                    _refuse_unknown(
                        task.rules(occurrence.key), known, f"taak {task.key!r} bij {occurrence.key!r}"
                    )
                    known |= {f"task.{task.key}", f"decision.{task.key}"}
                known.add(f"stage.{stage.key}")
        return self

    @model_validator(mode="after")
    def _own_occurrences_exist(self) -> Self:
        if unknown := sorted(name for name in names_elsewhere(self) if _is_unknown(name, [self])):
            raise ValueError(f"telt vanaf een periode die er niet is: {unknown}")
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
        """Return one task; of one that a newer version no longer has, only its key is known."""
        found = next((task for task in self.tasks() if task.key == key), None)
        return found or TaskRule(key=key, title=Text(nl=key, en=key), role="ib", required=False)

    def ladder(self, key: str) -> tuple[Remind, ...]:
        """Return the reminder ladder of a task: its own, or the procedure's."""
        own = self.task(key).remind
        return self.remind if own is None else own

    def occurs(self, key: str) -> Occurrence:
        """Return one occurrence."""
        return next(o for o in self.occurrence if o.key == key)

    def tasks_of(self, occurrence: str, stage: Stage | None = None) -> list[TaskRule]:
        """Return the tasks of one occurrence in the order of the file, of one stage when it is named."""
        return [t for t in (stage.task if stage else self.tasks()) if t.is_in(occurrence)]

    def stages_of(self, occurrence: str) -> list[Stage]:
        """Return the stages that have tasks in one occurrence, in order."""
        return [stage for stage in self.stage if self.tasks_of(occurrence, stage)]


def names_elsewhere(procedure: Procedure) -> set[str]:
    """Return the anchors of a procedure that are the window of an occurrence, its own or another's."""
    rules = [
        *(r for o in procedure.occurrence for r in _rules_of(o)),
        *(r for o in procedure.occurrence for t in procedure.tasks_of(o.key) for r in t.rules(o.key)),
        *(s.gate.since for s in procedure.stage if s.gate and s.gate.since),
    ]
    return {name for rule in rules for name in anchors_of(rule) if _ELSEWHERE.fullmatch(name)}


def unknown_elsewhere(procedures: Iterable[Procedure]) -> Iterator[tuple[str, str]]:
    """Return the procedures that count from an occurrence that none of them has, with its name."""
    together = list(procedures)
    keys = {p.key for p in together}
    for procedure in together:
        for name in sorted(names_elsewhere(procedure)):
            if name.split(".")[0] not in keys or _is_unknown(name, together):
                yield procedure.key, name


def _rules_of(occurrence: Occurrence) -> list[Rule]:
    ends = [occurrence.window.first, occurrence.window.last] if occurrence.window else []
    return [*ends, *([occurrence.opens] if occurrence.opens else [])]


def _is_unknown(name: str, procedures: Iterable[Procedure]) -> bool:
    """Tell whether a name points at one of these procedures, but at no window of it."""
    procedure, occurrence, _ = name.split(".")
    own = [p for p in procedures if p.key == procedure]
    return any(not any(o.key == occurrence and o.window for o in p.occurrence) for p in own)


def _refuse_unknown(rules: Iterable[Rule], known: set[str], where: str) -> None:
    names = {name for rule in rules for name in anchors_of(rule)}
    outside = (name for name in names - known if not name.startswith("fact."))
    if unknown := sorted(n for n in outside if not _ELSEWHERE.fullmatch(n)):
        raise ValueError(f"{where} telt vanaf iets dat dan nog niet vaststaat: {unknown}")
