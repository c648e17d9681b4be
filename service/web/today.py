"""Vandaag: what is late, what is today, what comes next, and what waits for someone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from babel.dates import format_date
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from calendars.procedure import Procedure
from models import ProcedureVersion, Role
from service import clock, procedures
from service.cases.inbox import Inbox, TaskRow, inbox
from service.meetings.counter import open_counters
from service.meetings.heard import answers
from service.meetings.view import attendees_by_meeting
from service.replies.by_hand import count_open
from service.web.meeting_words import answered
from service.web.page import LoggedIn, Me, Reading, render

router = APIRouter()
_ALIKE = 4
_NOON, _EVENING = 12, 18


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rows of the same work; many of them are shown as one line that opens."""

    title: str
    rows: tuple[TaskRow, ...]

    @property
    def size(self) -> int:
        """Return how many tasks it holds."""
        return len(self.rows)

    @property
    def key(self) -> str:
        """Return a name for it that stays the same from one answer to the next."""
        task = self.rows[0].task
        return f"{task.key}-{self.rows[0].case.occurrence}-{task.state.value}"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page; ``more`` is folded away."""

    key: str
    title: str
    shown: tuple[Bundle, ...]
    more: tuple[Bundle, ...]
    count: int


@router.get("/vandaag", response_class=HTMLResponse)
def today_page(request: Request, db: Reading, me: LoggedIn) -> HTMLResponse:
    """Show a person's day."""
    found = inbox(db, me.actor, clock.today())
    return render(
        request,
        "today.html",
        inbox=found,
        greeting=_greeting(me),
        summary=_summary(me, found),
        sections=_sections(me, found),
        choices=_choices(db, found),
        due=lambda row: due(me, row),
        answers=_answers(db, me, found),
        unplaced=count_open(db, me.actor),
        counters=open_counters(db, me.actor),
        only_administrator=me.actor.roles == {Role.ADMINISTRATOR},
    )


def _answers(session: Session, me: Me, found: Inbox) -> dict[UUID, str]:
    """Return what was answered to each meeting of today's lists, at a glance."""
    rows = [*found.late, *found.today, *found.next_items, *found.soon, *found.waiting, *found.to_divide]
    asked = attendees_by_meeting(session, [row.meeting.id for row in rows if row.meeting])
    return {id_: answered(me, answers(people)) for id_, people in asked.items()}


def _greeting(me: Me) -> str:
    hour = clock.local(clock.now()).hour
    words = "Goedemorgen" if hour < _NOON else "Goedemiddag" if hour < _EVENING else "Goedenavond"
    return f"{me.say(words)} {me.person.name.split()[0]}"


def _summary(me: Me, found: Inbox) -> str:
    counts = (
        (len(found.late), "%(n)s te laat"),
        (len(found.today), "%(n)s voor vandaag"),
        (len(found.waiting), "%(n)s bij anderen"),
        (len(found.to_divide), "%(n)s te verdelen"),
    )
    parts = [me.say(words, n=count) for count, words in counts if count]
    if not parts:
        return me.say("Er ligt vandaag niets voor je klaar.")
    return ", ".join(parts) + "."


def _sections(me: Me, found: Inbox) -> list[Section]:
    parts = (
        ("late", "Te laat", found.late, 5),
        ("today", "Vandaag", found.today, 12),
        ("next", "Mijn volgende werkdag", found.next_items, 8),
        ("divide", "Te verdelen", found.to_divide, 8),
        ("waiting", "Wacht op anderen", found.waiting, 5),
        ("soon", "Daarna", found.soon, 3),
    )
    return [_section(key, me.say(title), rows, limit) for key, title, rows, limit in parts if rows]


def _section(key: str, title: str, rows: Sequence[TaskRow], limit: int) -> Section:
    found = list(bundles(rows))
    return Section(key, title, tuple(found[:limit]), tuple(found[limit:]), len(rows))


def bundles(rows: Iterable[TaskRow]) -> Iterable[Bundle]:
    """Put work of the same name and occurrence together when there is much of it; keep the order else."""
    ordered = list(rows)
    place = {_kind(row): index for index, row in reversed(list(enumerate(ordered)))}
    sizes = {kind: sum(1 for row in ordered if _kind(row) == kind) for kind in place}
    many = {kind for kind, size in sizes.items() if size >= _ALIKE}
    many -= {_kind(row) for row in ordered if row.meeting}  # each has its own hour
    spread = sorted(enumerate(ordered), key=lambda p: place[_kind(p[1])] if _kind(p[1]) in many else p[0])
    for kind, same in groupby((row for _, row in spread), key=_kind):
        together = tuple(same)
        if kind in many:
            yield Bundle(together[0].task.title, together)
        else:
            yield from (Bundle(row.task.title, (row,)) for row in together)


def due(me: Me, row: TaskRow) -> tuple[str, str]:
    """Say in words when something is due, and which day or hour that is."""
    day, days = row.task.target_on, row.school_days
    if row.meeting:
        start, end = clock.local(row.meeting.starts_at), clock.local(row.meeting.ends_at)
        return _short(me, start.date()), f"{start:%H:%M}–{end:%H:%M}"
    if day is None or days is None:
        return me.say("nog te plannen"), ""
    if day == clock.today():
        return me.say("vandaag"), ""
    if days == 0:
        return _short(me, day), ""
    one, more = ("over 1 schooldag", "over %(n)s schooldagen")
    if days < 0:
        one, more = ("1 schooldag geleden", "%(n)s schooldagen geleden")
    return me.say(one) if abs(days) == 1 else me.say(more, n=abs(days)), _short(me, day)


def _short(me: Me, day: date) -> str:
    return format_date(day, "EEE d MMM", locale=me.person.language)


def _kind(row: TaskRow) -> tuple[UUID, str, str]:
    return row.case.version_id, row.case.occurrence, row.task.key


def _choices(session: Session, found: Inbox) -> set[UUID]:
    """Return the tasks that ask how they ended, or for a consent: those are completed on their own page."""
    rows = [*found.late, *found.today, *found.next_items, *found.soon]
    ids = {row.case.version_id for row in rows}
    versions = session.exec(select(ProcedureVersion).where(col(ProcedureVersion.id).in_(ids)))
    asking = {version.id: _asking(procedures.of_version(version)) for version in versions}
    return {row.task.id for row in rows if row.task.key in asking[row.case.version_id]}


def _asking(procedure: Procedure) -> set[str]:
    return {task.key for task in procedure.tasks() if task.outcome or task.records_consent}
