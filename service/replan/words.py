"""A change in Dutch words; it names staff, never a pupil."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from calendars.derivation import MONTHS_NL, span_nl
from calendars.yearplan.schoolplan import OWN
from models import Closure, Group, Half, LayerRule, Person
from service import procedures
from service.replan import changes as c
from service.school.presence import Pattern
from service.year.own import own_title


def words(session: Session, change: c.Change) -> str:
    """Return what a change is, as the reason of all that moves with it."""
    if isinstance(change, c.ClosuresImported):
        return f"{len(change.days)} vrije dagen of perioden uit een lijst"
    if isinstance(change, c.ClosureAdded | c.ClosureChanged | c.ClosureRemoved):
        return _closure(session, change)
    if isinstance(change, c.PresenceSet | c.TeacherSet):
        return _people(session, change)
    if isinstance(change, c.RuleAdded | c.RuleChanged | c.RuleSwitched):
        return _rule(session, change)
    if isinstance(change, c.OwnPlanTakenOver):
        return f"{own_title()}: de wijzigingen daarin"
    return _procedure(change)


def _closure(session: Session, change: c.ClosureAdded | c.ClosureChanged | c.ClosureRemoved) -> str:
    if isinstance(change, c.ClosureAdded):
        return f"{change.name}: vrij {_span(change.first_day, change.last_day)}"
    if isinstance(change, c.ClosureChanged):
        return f"{change.name} is nu {_span(change.first_day, change.last_day)}"
    closure = session.get(Closure, change.closure_id)
    if closure is None:
        return "een vrije dag vervalt"
    return f"{closure.name} vervalt ({_span(closure.first_day, closure.last_day)})"


def _rule(session: Session, change: c.RuleAdded | c.RuleChanged | c.RuleSwitched) -> str:
    if not isinstance(change, c.RuleSwitched):
        return f"andere regel voor {_task(change.procedure, change.task)}"
    rule = session.get(LayerRule, change.rule_id)
    about = _task(rule.procedure, rule.task) if rule else "een taak"
    return (
        f"de eigen regel voor {about} geldt weer" if change.active else f"geen eigen regel meer voor {about}"
    )


def _people(session: Session, change: c.PresenceSet | c.TeacherSet) -> str:
    days = f"vanaf {day(change.first_day)}"
    if change.last_day:
        days = f"van {day(change.first_day)} t/m {day(change.last_day)}"
    if isinstance(change, c.PresenceSet):
        halves = frozenset((int(text[0]), Half(text[2:])) for text in change.halves)
        week = Pattern(halves, change.first_day, change.last_day).week
        return f"werkdagen van {_name(session, change.person_id)}: {week}, {days}"
    group = session.get(Group, change.group_id)
    which = f"groep {group.name}" if group else "een groep"
    if change.person_id and change.instead_of:
        return (
            f"{which}: {_name(session, change.person_id)} in plaats van "
            f"{_name(session, change.instead_of)}, {days}"
        )
    if change.person_id:
        return f"{which} ook van {_name(session, change.person_id)}, {days}"
    return f"{which} niet meer van {_name(session, change.instead_of)}, {days}"


def _procedure(change: c.NewestVersion | c.ProcedureOff | c.ProcedureOn) -> str:
    title = _title(change.procedure)
    if isinstance(change, c.NewestVersion):
        return f"{title}: de nieuwste versie"
    return f"{title}: {'dit jaar niet' if isinstance(change, c.ProcedureOff) else 'dit jaar toch wel'}"


def _title(key: str) -> str:
    usual = own_title() if key == OWN else key
    return next((p.title.nl for p in procedures.current() if p.key == key), usual)


def about(rule: LayerRule) -> str:
    """Return what a rule is about: the procedure, and the task when it is about one."""
    title = _title(rule.procedure)
    task = _task(rule.procedure, rule.task).strip('"')
    return f"{title}: {task}" if rule.task else title


def _task(procedure: str, task: str) -> str:
    if not task:
        return _title(procedure)
    known = next((p for p in procedures.current() if p.key == procedure), None)
    rule = next((t for t in known.tasks() if t.key == task), None) if known else None
    return f'"{rule.title.nl}"' if rule else f'"{task}"'


def _name(session: Session, person_id: UUID | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return person.name if person else "iemand"


def _span(first: date, last: date) -> str:
    return (
        f"{span_nl(first, last)} {last.year}" if last != first else f"op {span_nl(first, last)} {last.year}"
    )


def day(on: date) -> str:
    """Write a day as "2 maart 2027"."""
    return f"{on.day} {MONTHS_NL[on.month - 1]} {on.year}"
