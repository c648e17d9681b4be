"""Where a case stands in time: its bar, what is still to come, and what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from models import CLOSED_STATES, CaseState, Meeting, MeetingState, Task, TaskState
from service.access.scope import may_act
from service.cases.view import CaseView
from service.clock import local
from service.meetings.heard import answers
from service.meetings.view import attendees_by_meeting
from service.web.history import Line, lines
from service.web.meeting_words import answered
from service.web.page import Me

_WIDTH = 1000
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the bar, at a place from 0 to 1000."""

    key: str
    title: str
    day: date
    x: int


@dataclass(frozen=True, slots=True)
class Story:
    """What the page of a case shows besides the case itself."""

    marks: tuple[Mark, ...]
    future: tuple[Task, ...]
    past: tuple[Line, ...]
    older: tuple[Line, ...]
    doable: tuple[Task, ...]
    meetings: tuple[Meeting, ...]
    answers: Mapping[UUID, str]
    changeable: frozenset[UUID]
    asks_consent: bool
    may_cancel: bool

    @property
    def now(self) -> int:
        """Return the place of today on the bar."""
        return next((mark.x for mark in self.marks if mark.key == "today"), 0)


def story(session: Session, me: Me, view: CaseView, today: date) -> Story:
    """Return a case's bar and stream."""
    tasks = [task for stage in view.stages for task in stage.tasks]
    waiting = [t for t in tasks if t.state not in CLOSED_STATES and t.target_on]
    told = lines(session, me, view.history, view.procedure, tasks)
    running = view.case.state in {CaseState.PLANNED, CaseState.ACTIVE}
    return Story(
        marks=_marks(view, today),
        future=tuple(sorted(waiting, key=lambda t: (t.target_on or today, t.key), reverse=True)),
        past=tuple(told[:_SHOWN]),
        older=tuple(told[_SHOWN:]),
        doable=tuple(t for t in view.now_needed if may_act(me.actor, t) and t.state != TaskState.SUSPENDED),
        meetings=tuple(sorted((view.meetings[t.id] for t in tasks if t.id in view.meetings), key=_start)),
        answers=_answers(session, me, view),
        changeable=frozenset(t.id for t in tasks if t.state not in CLOSED_STATES and may_act(me.actor, t)),
        asks_consent=view.whole and view.case.pupil_id is not None and _asks_consent(view),
        may_cancel=running and me.actor.is_manager,
    )


def _answers(session: Session, me: Me, view: CaseView) -> dict[UUID, str]:
    """Return what was answered to each meeting, at a glance."""
    ids = [m.id for m in view.meetings.values() if m.state != MeetingState.CANCELLED]
    asked = attendees_by_meeting(session, ids)
    return {id_: answered(me, answers(people)) for id_, people in asked.items()}


def _start(meeting: Meeting) -> datetime:
    return meeting.starts_at


def _asks_consent(view: CaseView) -> bool:
    gates = any(stage.gate and stage.gate.consent for stage in view.procedure.stage)
    steps = any(task.needs_consent or task.records_consent for task in view.procedure.tasks())
    return gates or steps or bool(view.consents)


def _marks(view: CaseView, today: date) -> tuple[Mark, ...]:
    """Return start, today, target and legal day, spread over the bar."""
    case = view.case
    closed = local(case.closed_at).date() if case.closed_at else None
    days = {
        "start": ("Begin", case.opens_on),
        "today": ("Vandaag", None if closed else today),
        "closed": ("Afgerond", closed),
        "target": ("Streefdatum", view.target_on),
        "latest": ("Uiterlijk (wettelijk)", view.latest_on),
    }
    known = {key: (title, day) for key, (title, day) in days.items() if day}
    first = min(day for _, day in known.values())
    last = max(day for _, day in known.values())
    span = max((last - first).days, 1)
    marks = [Mark(key, t, day, (day - first).days * _WIDTH // span) for key, (t, day) in known.items()]
    return tuple(sorted(marks, key=lambda mark: mark.x))
