"""What a re-plan changed, item by item: old and new, why, and which limits and pins held something back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.derivation import WEEKDAYS_NL, day_nl, sentence, span_nl
from models import CLOSED_STATES, Case, MeetingState, Task
from service.clock import local
from service.replan.picture import Fields, Picture

Steps = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Side:
    """How an item stands: its days, hour and owner; ``open`` while it is still to be done."""

    target: date | None = None
    latest: date | None = None
    hour: datetime | None = None
    owner: UUID | None = None
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One item that changed; its words name no pupil."""

    task_id: UUID
    case_id: UUID
    procedure: str
    title: str
    case: str
    group: UUID | None
    of_pupil: bool
    old: Side
    new: Side
    told: frozenset[UUID]
    why: str
    differs: str
    stopped: str

    @property
    def what(self) -> str:
        """Return in which way it changed: new, gone, hour, date, owner or other."""
        if not self.old.open:
            return "new"
        if not self.new.open:
            return "gone"
        if self.old.hour != self.new.hour:
            return "hour"
        if (self.old.target, self.old.latest) != (self.new.target, self.new.latest):
            return "date"
        return "owner"


@dataclass(frozen=True, slots=True)
class Held:
    """An item that stays: pinned by a person, or stopped by a legal day; ``warning`` when that is odd."""

    task_id: UUID
    title: str
    case: str
    of_pupil: bool
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The tasks and cases that a picture is of, by id."""

    tasks: Mapping[UUID, Task]
    cases: Mapping[UUID, Case]

    @classmethod
    def of(cls, session: Session, picture: Picture) -> "Rows":
        """Read the rows of a picture."""
        cases = session.exec(select(Case).where(col(Case.id).in_(list(picture.cases))))
        found = {case.id: case for case in cases}
        tasks = session.exec(select(Task).where(col(Task.case_id).in_(list(found))))
        return cls({task.id: task for task in tasks}, found)

    def held(self, task_id: UUID, text: str, *, warning: bool = False) -> Held:
        """Return an item that stays, and why."""
        task = self.tasks[task_id]
        case = self.cases[task.case_id]
        return Held(task_id, task.title, name_of(case), case.pupil_id is not None, text, warning)


def name_of(case: Case) -> str:
    """Return the name of a case, with its code when it is about a pupil."""
    return f"{case.title}, {case.code}" if case.pupil_id else case.title


def side_of(fields: Fields | None, meeting: Fields | None) -> Side:
    """Return how an item stands in a picture."""
    if fields is None:
        return Side()
    here = meeting is not None and meeting["state"] != MeetingState.CANCELLED
    return Side(
        fields["target_on"],
        fields["latest_on"],
        meeting["starts_at"] if meeting and here else None,
        fields["owner_id"],
        fields["state"] not in CLOSED_STATES,
    )


def shifts_between(before: Picture, after: Picture, rows: Rows) -> list[Shift]:
    """Return what differs between two pictures, in the order of the new days."""
    hours = {m["task_id"]: (id_, m) for id_, m in before.meetings.items()}
    hours_now = {m["task_id"]: (id_, m) for id_, m in after.meetings.items()}
    found = []
    for task_id, now in after.tasks.items():
        was = before.tasks.get(task_id)
        old_id, old_hour = hours.get(task_id, (None, None))
        new_id, new_hour = hours_now.get(task_id, (None, None))
        old, new = side_of(was, old_hour), side_of(now, new_hour)
        people = _asked(before, old_id) ^ _asked(after, new_id)
        if (old == new and not people) or not (old.open or new.open):
            continue
        everyone = _asked(before, old_id) | _asked(after, new_id)
        told = _told(old, new, everyone, people)
        task = rows.tasks[task_id]
        found.append(_shift(task, rows.cases[task.case_id], (old, new), was, now, told))
    return sorted(found, key=lambda s: (s.new.target or s.old.target or date.max, s.case, s.title))


def _asked(picture: Picture, meeting_id: UUID | None) -> frozenset[UUID]:
    return picture.asked.get(meeting_id, frozenset()) if meeting_id else frozenset()


def _told(old: Side, new: Side, everyone: frozenset[UUID], changed: frozenset[UUID]) -> frozenset[UUID]:
    """Return who hears of it: whose it was or is, and who is asked to what moved."""
    owners = {person for person in (old.owner, new.owner) if person}
    moved = old.hour != new.hour or old.open != new.open
    return frozenset(owners | (everyone if moved else changed))


def _shift(
    task: Task,
    case: Case,
    sides: tuple[Side, Side],
    was: Fields | None,
    now: Fields,
    told: frozenset[UUID],
) -> Shift:
    then: Steps = was["derivation"] if was else ()
    return Shift(
        task_id=task.id,
        case_id=case.id,
        procedure=case.procedure,
        title=task.title,
        case=name_of(case),
        group=task.group_id,
        of_pupil=case.pupil_id is not None,
        old=sides[0],
        new=sides[1],
        told=told,
        why=sentence(now["derivation"]),
        differs=differs(then, now["derivation"]) if was else "",
        stopped=stopped(now["derivation"]),
    )


def differs(old: Steps, new: Steps) -> str:
    """Say what is different in how a date came to be: days that no longer count, or that count again."""
    was, now = _skipped(old), _skipped(new)
    parts = [f"{text} telt niet meer mee" for text in now if text not in was]
    parts += [f"{text} telt weer mee" for text in was if text not in now]
    if not parts:
        known = {str(step["text"]) for step in old}
        parts = [str(s["text"]) for s in new if s["kind"] not in {"legal", "open"} and s["text"] not in known]
    return "; ".join(parts[:2] or list(_followed(old, new))[:1])


def _followed(old: Steps, new: Steps) -> Iterator[str]:
    """Yield what an item counts from and has another day by now."""
    days = {str(step["text"]): step.get("day") for step in old}
    for step in new:
        text, day = str(step["text"]), step.get("day")
        if day and days.get(text) not in {None, day} and step["kind"] in {"anchor", "window", "meeting"}:
            yield f"{text} is nu {day_nl(date.fromisoformat(day))}"


def _skipped(steps: Steps) -> list[str]:
    return [
        f"{s['name']} ({span_nl(date.fromisoformat(s['first_day']), date.fromisoformat(s['last_day']))})"
        for step in steps
        for s in step.get("skipped", ())
    ]


def wish(steps: Steps) -> date | None:
    """Return the day that the rules lead to, before a limit or a pin took over."""
    held = next((n for n, s in enumerate(steps) if s["kind"] in {"clip", "pin"}), len(steps))
    days = [date.fromisoformat(s["day"]) for s in steps[:held] if s.get("day") and s["kind"] != "legal"]
    return days[-1] if days else None


def stopped(steps: Steps) -> str:
    """Say which legal limit stopped a day from being later; nothing when none did."""
    clip = next((s for s in steps if s["kind"] == "clip"), None)
    legal = next((s for s in steps if s["kind"] == "legal" and s.get("day")), None)
    wanted = wish(steps)
    if not (clip and legal and wanted and clip.get("day")):
        return ""
    day, last = date.fromisoformat(clip["day"]), date.fromisoformat(legal["day"])
    return f"zou {day_nl(wanted)} worden; wettelijk uiterlijk {day_nl(last)}, dus {day_nl(day)}"


def stops(before: Picture, after: Picture, rows: Rows) -> Iterator[Held]:
    """Yield the open items that would now be later, if a legal day did not stop them."""
    for task_id, now in after.tasks.items():
        was = before.tasks.get(task_id)
        if was is None or now["state"] in CLOSED_STATES:
            continue
        text = stopped(now["derivation"])
        if text and wish(was["derivation"]) != wish(now["derivation"]):
            yield rows.held(task_id, text)


def when(side: Side) -> str:
    """Write a side in words: day and hour, or that it is still to be planned."""
    if side.hour:
        start = local(side.hour)
        return f"{WEEKDAYS_NL[start.weekday()]} {day_nl(start.date()).partition(' ')[2]} {start:%H:%M}"
    return day_nl(side.target) if side.target else "nog te plannen"
