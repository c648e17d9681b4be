"""A case's history as lines to read: when, who, what, from what to what, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.derivation import day_nl
from calendars.procedure import Procedure
from models import CaseEvent, Person, Task
from service.clock import local
from service.web.page import Me
from service.web.wording import ANSWERS, VERBS

_SYSTEM = "Jaarritme"
_OF_MEETINGS = frozenset(
    {"answered", "answered_outside", "countered", "countered_outside", "counter_declined", "place_changed"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a history."""

    at: datetime
    who: str
    what: str
    change: str
    why: str
    task_title: str
    task_id: UUID | None


def lines(
    session: Session, me: Me, events: Sequence[CaseEvent], procedure: Procedure, tasks: Iterable[Task]
) -> list[Line]:
    """Return events as lines, in the order they are given."""
    names = _names(session, events)
    titles = {task.id: task.title for task in tasks}
    return [
        Line(
            at=event.at,
            who=names.get(str(event.actor_id), _SYSTEM),
            what=me.say(VERBS.get(event.verb, event.verb)),
            change=_change(event, names, procedure, me),
            why=event.reason or "",
            task_title=titles.get(event.task_id, "") if event.task_id else "",
            task_id=event.task_id,
        )
        for event in events
    ]


def _change(event: CaseEvent, names: dict[str, str], procedure: Procedure, me: Me) -> str:
    """Return from what to what; empty when an event changed nothing that has a before and an after."""
    old, new = event.data.get("old"), event.data.get("new")
    if event.verb in _OF_MEETINGS:
        return _of_meeting(event, me)
    if new:
        return me.say("van %(old)s naar %(new)s", old=_day(old) or me.say("nog te plannen"), new=_day(new))
    if event.verb == "assigned":
        return me.say("aan %(name)s", name=names.get(str(event.data.get("to")), me.say("niemand")))
    if event.verb == "entered":
        titles = [s.title for s in procedure.stage if s.key == event.data.get("stage")]
        return getattr(titles[0], me.person.language, titles[0].nl) if titles else ""
    if event.verb == "completed" and event.task_id:
        return _outcome(str(event.data.get("outcome")), procedure, me.person.language)
    return ""


def _of_meeting(event: CaseEvent, me: Me) -> str:
    """Return what somebody answered, which hour they proposed, or where a meeting is now."""
    if event.verb.startswith("answered"):
        return me.say(ANSWERS.get(str(event.data.get("partstat")), ""))
    if event.verb == "place_changed":
        return f"– {event.data['place']}" if event.data.get("place") else ""
    return _day(event.data.get("new"))


def _outcome(key: str, procedure: Procedure, language: str) -> str:
    found = [o.title for task in procedure.tasks() for o in task.outcome if o.key == key]
    return f"– {getattr(found[0], language, found[0].nl)}" if found else ""


def _day(value: object) -> str:
    """Write an ISO day as words, and an ISO moment as words with its hour."""
    if not value:
        return ""
    text = str(value)
    if "T" not in text:
        return day_nl(date.fromisoformat(text))
    moment = local(datetime.fromisoformat(text))
    return f"{day_nl(moment.date())} {moment:%H:%M}"


def _names(session: Session, events: Iterable[CaseEvent]) -> dict[str, str]:
    texts = {str(event.actor_id) for event in events} | {
        str(event.data.get(key)) for event in events if event.verb == "assigned" for key in ("from", "to")
    }
    ids = {UUID(text) for text in texts if text != "None"}
    people = session.exec(select(Person).where(col(Person.id).in_(ids)))
    return {str(person.id): person.name for person in people}
