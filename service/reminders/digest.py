"""Write what is due per person, on that person's own working day, into the ledger and the outbox.

One digest per person per school per working day, never an empty one. A run that comes late does everything
that is due up to now; a run that comes twice writes nothing more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.people import Member, People
from calendars.plan import Frame
from models import (
    Case,
    CaseState,
    Channel,
    Message,
    Person,
    ProcedureVersion,
    Role,
    School,
    Task,
)
from service import procedures
from service.cases.pressing import is_pressing
from service.clock import AMSTERDAM, local
from service.notices.outbox import Letter, post
from service.reminders import texts
from service.reminders.ladder import Rung, reached
from service.reminders.ledger import OFF_TODAY, OVERTAKEN, Ledger
from service.settings import settings
from service.year.frame import frame_of, label_on
from service.year.people import people_of


def write_digests(session: Session, school: School, at: datetime) -> dict[str, int]:
    """Post today's digests of a school; return how many people were due, told, or off today."""
    label = label_on(local(at).date())
    frame, people = frame_of(session, school, label), people_of(session, school, label)
    cases, tasks = _open_work(session, school)
    rungs = _reached(session, cases, tasks, people, frame, at)
    morning = _Morning(session, school, frame, cases, Ledger(session, school.id, tasks), at)
    outcomes = Counter(due=0, told=0, off=0)
    for member in _at_work(people, local(at).date()):
        mine = [r for r in rungs.get(member.id, ()) if not morning.ledger.is_settled(r)]
        if mine:
            outcomes.update(("due", morning.tell(member, mine)))
    return dict(outcomes)


def _at_work(people: People, today: date) -> list[Member]:
    """Return who has a role at the school today; who has left hears nothing more."""
    return [m for m in people.members if any(m.has_role(r.role, today) for r in m.roles)]


def _open_work(session: Session, school: School) -> tuple[Mapping[UUID, Case], list[Task]]:
    running = select(Case).where(Case.school_id == school.id, Case.state == CaseState.ACTIVE)
    cases = {case.id: case for case in session.exec(running)}
    query = select(Task).where(Task.school_id == school.id, is_pressing())
    return cases, [task for task in session.exec(query) if task.case_id in cases]


def _reached(
    session: Session,
    cases: Mapping[UUID, Case],
    tasks: Iterable[Task],
    people: People,
    frame: Frame,
    at: datetime,
) -> dict[UUID, list[Rung]]:
    """Return, per person, the rungs that have been reached by today."""
    ids = {case.version_id for case in cases.values()}
    versions = session.exec(select(ProcedureVersion).where(col(ProcedureVersion.id).in_(ids)))
    ladders = {v.id: procedures.of_version(v).remind for v in versions}
    found: dict[UUID, list[Rung]] = defaultdict(list)
    for task in tasks:
        ladder = ladders[cases[task.case_id].version_id]
        for rung in reached(task, ladder, people, frame.calendar, local(at).date()):
            found[rung.person_id].append(rung)
    return found


@dataclass(frozen=True, slots=True)
class _Morning:
    """One morning at one school."""

    session: Session
    school: School
    frame: Frame
    cases: Mapping[UUID, Case]
    ledger: Ledger
    at: datetime

    def tell(self, member: Member, rungs: list[Rung]) -> str:
        """Tell a person what was reached; "off" when they don't work, "already" when they heard today."""
        if not member.presence.works_on(local(self.at).date(), self.frame.calendar):
            for rung in rungs:
                self.ledger.not_told(rung, OFF_TODAY, self.at)
            return "off"
        last = {rung.task.id: rung for rung in rungs}  # the rungs of a task come in order
        message = self._post(member, [self._line(member, rung.task) for rung in last.values()])
        if message is None:
            return "already"
        for rung in rungs:
            if last[rung.task.id] is rung:
                self.ledger.told(rung, message.id, self.at)
            else:
                self.ledger.not_told(rung, OVERTAKEN, self.at)
        return "told"

    def _line(self, member: Member, task: Task) -> texts.Line:
        owner = self.session.get(Person, task.owner_id) if task.owner_id else None
        mine = task.owner_id == member.id or (owner is None and self._queues(member, task))
        return texts.Line(task, self.cases[task.case_id], owner.name if owner else None, mine)

    def _queues(self, member: Member, task: Task) -> bool:
        today = local(self.at).date()
        if task.role == Role.TEACHER and task.group_id:
            return member.teaches(task.group_id, today)
        return member.has_role(task.role, today, task.unit or None)

    def _post(self, member: Member, lines: list[texts.Line]) -> Message | None:
        """Post a digest by mail, and a copy through every channel the person has."""
        person = self.session.get_one(Person, member.id)
        today = local(self.at).date()
        week = member.presence.week(today)
        workplace = f"{self.school.name} ({week})" if week else self.school.name
        base_url = settings().base_url
        digest = texts.write(person, lines, today, base_url=base_url, workplace=workplace)
        letter = Letter(
            school_id=self.school.id,
            person_id=person.id,
            kind="digest",
            dedupe_key=f"digest:{self.school.id}:{person.id}:{today.isoformat()}",
            to_address=person.email,
            subject=digest.subject,
            body=digest.text,
            html=digest.html,
            at=self.at,
            expires_at=datetime.combine(today, time(23, 59), AMSTERDAM),
        )
        message = post(self.session, letter)
        if message:
            self._copy(letter)
        return message

    def _copy(self, letter: Letter) -> None:
        channels = select(Channel).where(
            Channel.person_id == letter.person_id,
            Channel.school_id == letter.school_id,
            col(Channel.active).is_(True),
        )
        for channel in self.session.exec(channels).all():
            key = f"{letter.dedupe_key}:{channel.id}"
            also = replace(letter, dedupe_key=key, channel_id=channel.id, to_address=channel.name, html=None)
            post(self.session, also)
