"""Tell each person what is due, on their own working day at their own hour, by the ledger and the outbox.

One digest per person per school per working day, never an empty one; between digests only what is for today,
has changed or is cancelled. A run that comes late does everything that is due up to now; a run that comes
twice writes nothing more.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.people import Member
from models import Message, Person, School, Task
from service.clock import local
from service.notices.outbox import Kind, Letter
from service.reminders import by_hand, stop
from service.reminders import ledger as why
from service.reminders.hours import Hours, Turn, hours_of
from service.reminders.idle import occasion
from service.reminders.ladder import Rung, Scene
from service.reminders.news import Change
from service.reminders.outlook import Outlook, outlook_of
from service.reminders.posting import post_by, ways_of
from service.reminders.texts import Line
from service.reminders.wording import line_of, words_of
from service.year.frame import calendar_on, label_on
from service.year.people import people_of

_NOT_NOW = {Turn.OFF: why.OFF_TODAY, Turn.PAUSED: why.PAUSED, Turn.QUIET: why.QUIET}


def write_digests(
    session: Session, school: School, at: datetime, since: datetime | None = None
) -> dict[str, int]:
    """Post what people of a school must hear now; return how many were due, told, or off today, and so on.

    ``since`` is the moment up to which everyone had their turn.
    """
    counts = Counter(due=0, told=0, off=0, at_once=0, stopped=0)
    why_now = occasion(session, school, at, since)
    if why_now is None:
        return dict(counts)
    today = local(at).date()
    scene = Scene(people_of(session, school, label_on(today)), calendar_on(session, school, today), today)
    outlook = outlook_of(session, school, scene, at, None if why_now.everything else why_now.changed)
    hours = hours_of(session, school, scene.calendar)
    round_ = _Round(outlook, hours, since)
    pending, news = outlook.pending(), outlook.news()
    for member in _at_work(scene):
        counts.update(round_.give_turn(member, pending.get(member.id, []), news.get(member.id, [])))
    if why_now.everything:
        by_hand.keep_hours(session, scene, hours, at)
        outlook.note_done()
        stop.drop_needless(session, school.id, at)
        counts["stopped"] += round_.end_ladders()
    return dict(counts)


def _at_work(scene: Scene) -> list[Member]:
    """Return who has a role at the school today; who has left hears nothing more."""
    return [m for m in scene.people.members if any(m.has_role(r.role, scene.today) for r in m.roles)]


@dataclass(frozen=True)
class _Round:
    """One round along the people of a school."""

    outlook: Outlook
    hours: Hours
    since: datetime | None

    def give_turn(self, member: Member, rungs: list[Rung], news: list[Change]) -> list[str]:
        """Tell a person what there is, if it is their turn; return what to count."""
        at, ledger = self.outlook.at, self.outlook.ledger
        turn = self.hours.turn(member, at, self.since)
        if turn == Turn.EARLY or not (rungs or news):
            return []
        if turn in _NOT_NOW:
            for rung in [*rungs, *(change.rung for change in news)]:
                ledger.not_told(rung, _NOT_NOW[turn], at)
            return ["due", turn.value]
        if turn == Turn.NOW and not self._heard_today(member):
            return ["due", self._tell(member, rungs, news, "digest")]
        urgent = [rung for rung in rungs if rung.task.target_on == self.outlook.scene.today]
        told = self._tell(member, urgent, news, "notice") if urgent or news else "already"
        return ["due", "at_once" if told == "told" else told]

    def end_ladders(self) -> int:
        """Stop where a ladder is at its end: once, visibly, with a conversation to follow."""
        scene, at = self.outlook.scene, self.outlook.at
        if not scene.calendar.is_school_day(scene.today) or local(at).time() < self.hours.bounds.hour:
            return 0
        return sum(self._stop(task) for task in self.outlook.at_their_end())

    def _heard_today(self, member: Member) -> bool:
        query = select(Message.id).where(col(Message.dedupe_key) == self._key(member.id))
        return self.outlook.session.exec(query).first() is not None

    def _key(self, person_id: UUID) -> str:
        return f"digest:{self.outlook.school.id}:{person_id}:{self.outlook.scene.today.isoformat()}"

    def _tell(self, member: Member, rungs: list[Rung], news: list[Change], kind: Kind) -> str:
        """Tell the furthest rung of each task and the news; the ledger says what became of each rung."""
        last = {rung.task.id: rung for rung in rungs if self._may_tell(rung)}  # in the order of the ladder
        changed = [change for change in news if not self._is_enough(change.rung)]
        if not last and not changed:
            return "already"
        message = self._post(member, list(last.values()), changed, kind)
        if message is None:
            return "already"
        at, ledger = self.outlook.at, self.outlook.ledger
        for rung in rungs:
            if rung is last.get(rung.task.id):
                ledger.told(rung, message, at)
            elif rung.task.id in last:
                ledger.not_told(rung, why.OVERTAKEN, at)
        for change in changed:
            ledger.told(change.rung, message, at)
        return "told"

    def _may_tell(self, rung: Rung) -> bool:
        """Tell whether a rung is to be told, or write why not: it was said today already, or often enough."""
        ledger = self.outlook.ledger
        if self._is_enough(rung):
            return False
        if ledger.heard_on(rung, self.outlook.scene.today):
            ledger.not_told(rung, why.SAME, self.outlook.at)
            return False
        return True

    def _is_enough(self, rung: Rung) -> bool:
        """Tell whether a person heard of a task as often as the school allows; then it stops."""
        ledger = self.outlook.ledger
        if ledger.messages(rung) < self.hours.bounds.most:
            return False
        ledger.not_told(rung, why.STOPPED, self.outlook.at)
        if rung.person_id in self.outlook.scene.owners(rung.task) and rung.task.id in self.outlook.open_ids:
            self._stop(rung.task)
        return True

    def _stop(self, task: Task) -> bool:
        outlook = self.outlook
        stop.write_stopped(outlook.ledger, task, outlook.scene, outlook.at)
        case = outlook.cases[task.case_id]
        return stop.stop(outlook.session, outlook.school, case, task, outlook.scene, outlook.at) is not None

    def _post(
        self, member: Member, rungs: Sequence[Rung], news: Sequence[Change], kind: Kind
    ) -> Message | None:
        """Post what a person hears now, by every way they chose; without any way the ledger says so."""
        outlook, at = self.outlook, self.outlook.at
        person = outlook.session.get_one(Person, member.id)
        ways = ways_of(outlook.session, outlook.school.id, person, self.hours.wishes.get(member.id))
        if not ways:
            for rung in [*rungs, *(change.rung for change in news)]:
                outlook.ledger.not_told(rung, why.NO_WAY, at)
            return None
        lines = [self._line(member, rung) for rung in rungs]
        news_told = [change.news for change in news]
        words = words_of(outlook.session, outlook.school, outlook.scene, person, lines, news_told)
        letter = Letter(
            school_id=outlook.school.id,
            person_id=person.id,
            kind=kind,
            dedupe_key=self._key(person.id),
            to_address=person.email,
            subject=words.subject,
            body=words.text,
            html=words.html,
            at=at,
            expires_at=self.hours.of_use_until(person.id, at),
        )
        if kind == "notice":
            about = [*rungs, *(change.rung for change in news)]
            letter = replace(letter, dedupe_key=f"{self._key(person.id)}:{_mark(about)}")
        return post_by(outlook.session, letter, ways)

    def _line(self, member: Member, rung: Rung) -> Line:
        task, outlook = rung.task, self.outlook
        case = outlook.cases[task.case_id]
        return line_of(outlook.session, outlook.scene, member.id, task, case, rung.kind)


def _mark(rungs: Sequence[Rung]) -> str:
    """Return a mark of exactly these rungs, so that telling them at once happens once."""
    told = sorted(f"{r.task.id}:{r.key}:{r.task.due_version}" for r in rungs)
    return sha256("|".join(told).encode()).hexdigest()[:16]
