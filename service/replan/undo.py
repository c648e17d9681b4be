"""Undo a re-plan, once: the change and all that moved with it, but for what people touched since."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from calendars.yearplan.schoolplan import OWN
from models import (
    CLOSED_STATES,
    Case,
    CaseState,
    Meeting,
    MeetingState,
    Replan,
    School,
    Task,
    TaskKind,
    TaskState,
)
from service.cases.history import record
from service.meetings.move import clash_of, give_hour
from service.replan.carry import hold_year, tell_changed
from service.replan.letters import post_letters
from service.replan.making import Making
from service.replan.off import miss_when_past, withdraw
from service.replan.own import is_idle, take_out
from service.replan.picture import plain, setting_of, setting_row, take_picture
from service.replan.settle import NOT_BEGUN, look, settle, withdraw_task
from service.replan.shifts import Rows, Shift, Side, name_of, shifts_between, when
from service.school.errors import NotOfThisSchoolError, SchoolError

Kept = Mapping[str, Any]


class AlreadyUndoneError(SchoolError):
    """Dit is al ongedaan gemaakt."""


class ChangedSinceError(SchoolError):
    """Wat hier veranderde, is daarna nog eens veranderd. Maak eerst dat ongedaan."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What went back, and what stayed because people touched it since, in words."""

    replan: Replan
    shifts: tuple[Shift, ...]
    stays: tuple[str, ...]


def find_replan(session: Session, school_id: UUID, replan_id: UUID) -> Replan:
    """Return a re-plan of this school, and keep others from it until we are done."""
    query = select(Replan).where(Replan.id == replan_id, Replan.school_id == school_id).with_for_update()
    found = session.exec(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotOfThisSchoolError
    return found


def undo_replan(
    session: Session, school: School, replan_id: UUID, *, actor_id: UUID | None, at: datetime
) -> Undone:
    """Put back what a re-plan changed; raise ``SchoolError`` when it was undone, or changed once more."""
    labels = hold_year(session, school.id, find_label(session, school.id, replan_id))
    replan = find_replan(session, school.id, replan_id)
    if replan.undone_at is not None:
        raise AlreadyUndoneError
    reason = f"teruggedraaid: {replan.reason}"
    m = Making(session, school, replan.school_year, actor_id, at, reason)
    with session.begin_nested():
        before = take_picture(session, school, labels)
        standing = [look(replace(m, label=each), None) for each in labels]
        stays = list(_put_back(m, replan.moves))
        for year in standing:
            settle(replace(m, label=year.label), year, None)
        after = take_picture(session, school, labels)
        tell_changed(session, before, after, at)
        shifts = tuple(shifts_between(before, after, Rows.of(session, after)))
        replan.undone_at, replan.undone_by = at, actor_id
        post_letters(session, school, replan, shifts, at, undo=True)
    return Undone(replan, shifts, tuple(stays))


def find_label(session: Session, school_id: UUID, replan_id: UUID) -> str:
    """Return the school year of a re-plan of this school."""
    query = select(Replan.school_year).where(Replan.id == replan_id, Replan.school_id == school_id)
    label = session.exec(query).one_or_none()
    if label is None:
        raise NotOfThisSchoolError
    return label


def _put_back(m: Making, moves: list[Any]) -> Iterator[str]:
    """Put everything back, the rows behind the plan first; yield what stays, and why."""
    _settings(m, [move for move in moves if move["kind"] == "setting"])
    back = {UUID(move["id"]) for move in moves if move["kind"] == "meeting" and "starts_at" in move["new"]}
    verbs: tuple[tuple[str, Callable[[Making, Kept], Iterator[str]]], ...] = (
        ("case", _case),
        ("task", _task),
        ("meeting", partial(_meeting, back)),
    )
    for kind, verb in verbs:
        for move in moves:
            if move["kind"] == kind:
                yield from verb(m, move)
        m.session.flush()


def _settings(m: Making, moves: list[Kept]) -> None:
    rows = {move["id"]: setting_of(m.session, move["table"], UUID(move["id"])) for move in moves}
    if any(rows[move["id"]][1] != move["new"] for move in moves):
        raise ChangedSinceError
    for move in moves:
        row = rows[move["id"]][0]
        if row is not None and move["old"] is None:
            m.session.delete(row)
    m.session.flush()
    for move in moves:
        if move["old"] is not None:
            m.session.merge(setting_row(move["table"], move["old"]))
    m.session.flush()


def _case(m: Making, move: Kept) -> Iterator[str]:
    case = m.session.get_one(Case, UUID(move["id"]))
    if move["old"] is None:
        if case.state == CaseState.PLANNED or (case.procedure == OWN and is_idle(m, case)):
            withdraw(m, case)
        elif case.state == CaseState.ACTIVE:
            yield f"{name_of(case)} is al begonnen en gaat door"
        return
    if "version_id" in move["new"] and plain(case.version_id) != move["new"]["version_id"]:
        raise ChangedSinceError
    was = case.state
    _restore(case, move)
    if was == CaseState.CANCELLED != case.state:
        record(m.session, case, "reopened", at=m.at, actor_id=m.actor_id, reason=m.reason)


def _task(m: Making, move: Kept) -> Iterator[str]:
    task = m.session.get_one(Task, UUID(move["id"]))
    case = m.session.get_one(Case, task.case_id)
    name = f"{task.title} ({name_of(case)})"
    if move["old"] is None:
        if case.procedure == OWN and (task.state in NOT_BEGUN or _was_missed(task, move["new"])):
            take_out(m, task)
        elif task.state in NOT_BEGUN:
            withdraw_task(m, task)
        elif task.state not in CLOSED_STATES:
            yield f"{name}: daar is al aan begonnen, dus dit gaat door"
        return
    if touched := _touched(task, move["new"]):
        yield f"{name}: {touched}"
        return
    old = task.target_on, task.latest_on, task.owner_id, task.state
    _restore(task, move)
    _note(m, task, old)


def _was_missed(task: Task, new: Kept) -> bool:
    """Tell whether a task was past already when it came, so that nobody ever had it."""
    return task.state == TaskState.MISSED and new.get("state") == task.state.value


def _touched(task: Task, new: Kept) -> str:
    """Say how people touched a task since; nothing when they did not."""
    if task.state in CLOSED_STATES and new.get("state") != task.state.value:
        return "is intussen gesloten en blijft zo"
    if task.pinned and "target_on" in new:
        return "is intussen met de hand verzet en blijft zo"
    if "owner_id" in new and plain(task.owner_id) != new["owner_id"]:
        return "is intussen van iemand anders en blijft zo"
    return ""


def _note(m: Making, task: Task, old: tuple[date | None, date | None, UUID | None, TaskState]) -> None:
    """Write down what went back; a changed day arms the reminders anew."""
    about: dict[str, Any] = {"at": m.at, "actor_id": m.actor_id, "reason": m.reason}
    if old[:2] != (task.target_on, task.latest_on):
        task.due_version += 1
        data = {"old": plain(old[0]), "new": plain(task.target_on)}
        record(m.session, task, "redated", data=data, **about)
    if old[2] != task.owner_id:
        data = {"from": plain(old[2]), "to": plain(task.owner_id), "replan": True}
        record(m.session, task, "assigned", data=data, **{**about, "actor_id": None})
    if old[3] == TaskState.CANCELLED != task.state:
        record(m.session, task, "reopened", **about)
        if task.state in NOT_BEGUN:
            miss_when_past(m, task)


def _meeting(back: Collection[UUID], m: Making, move: Kept) -> Iterator[str]:
    meeting = m.session.get_one(Meeting, UUID(move["id"]))
    old, new = move["old"], move["new"]
    if old is None:
        return  # it goes with its task
    if any(plain(getattr(meeting, name)) != value for name, value in new.items()):
        yield f"{meeting.title}: is intussen verzet en blijft zo"
        return
    if "state" in old and meeting.ends_at > m.at:
        meeting.state = MeetingState(old["state"])
        meeting.sequence += 1
        meeting.modified_at = m.at
    if "starts_at" in old:
        yield from _hour_back(back, m, meeting, old)


def _hour_back(back: Collection[UUID], m: Making, meeting: Meeting, old: Kept) -> Iterator[str]:
    start = datetime.fromisoformat(old["starts_at"])
    end = datetime.fromisoformat(old["ends_at"]) if "ends_at" in old else meeting.ends_at
    if start <= m.at or clash_of(m.session, meeting, start, end, back):
        yield f"{meeting.title}: kan niet terug naar {when(Side(hour=start))} en blijft waar het is"
        return
    data = {"old": plain(meeting.starts_at), "new": plain(start), "replan": True}
    give_hour(m.session, meeting, start, end, m.at)
    task = m.session.get_one(Task, meeting.task_id)
    record(m.session, task, "moved", at=m.at, actor_id=m.actor_id, reason=m.reason, data=data)


def _restore(row: Case | Task, move: Kept) -> None:
    """Give the fields that are still as the re-plan left them their earlier values."""
    for name, value in move["old"].items():
        if name not in move["new"] or plain(getattr(row, name)) == move["new"][name]:
            setattr(row, name, _read(type(row), name, value))


def _read(kind: type[Case | Task], name: str, value: Any) -> Any:
    """Read a field from JSON data."""
    if value is None:
        return None
    if name == "state":
        return CaseState(value) if kind is Case else TaskState(value)
    if name == "kind":
        return TaskKind(value)
    if name.endswith("_id"):
        return UUID(value)
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name == "closed_at" else value
