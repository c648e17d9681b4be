"""Take over into the next year what a school decided for one year: rules, never dates."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.derivation import span_nl
from calendars.people import Facts, Overrides, People
from calendars.plan import Item
from calendars.schoolyear import OutsideCalendarError, is_year_label
from calendars.yearplan.schoolplan import OWN
from models import Case, CaseEvent, Closure, LayerRule, School, Task, Year
from service import procedures
from service.replan.preview import is_open
from service.replan.shifts import name_of
from service.replan.words import day as written
from service.school.errors import SchoolError
from service.year.open import Inputs, inputs_of
from service.year.own import own_title

_FULL_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_YEAR = timedelta(weeks=52)
Key = tuple[str, str, str, str, str]


class CopyError(SchoolError):
    """Dit jaar kan niet worden overgenomen."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One item of the year plan in both years; a day is None where the item is not, or has no day yet."""

    procedure: str
    title: str
    case: str
    group: str
    old: date | None
    new: date | None
    there: tuple[bool, bool]

    @property
    def what(self) -> str:
        """Return whether the item is new, gone, the same, or shifted."""
        if self.there != (True, True):
            return "new" if self.there[1] else "gone"
        return "same" if self.shift == 0 else "shift"

    @property
    def shift(self) -> int:
        """Return how many calendar days later than 52 weeks on (earlier, when negative)."""
        if self.old is None or self.new is None:
            return 0 if self.old is self.new else 1
        return (self.new - self.old - _YEAR).days


@dataclass(frozen=True, slots=True)
class Copied:
    """What goes to the next year in words, what deserves a look instead, and both plans side by side."""

    goes: tuple[str, ...]
    look: tuple[str, ...]
    beside: tuple[Beside, ...]


def preview_copy(
    session: Session, school: School, old: str, new: str, *, actor_id: UUID | None, at: datetime
) -> Copied:
    """Return what taking a year over would do; nothing is written."""
    trial = session.begin_nested()
    try:
        return copy_year(session, school, old, new, actor_id=actor_id, at=at)
    finally:
        trial.rollback()
        session.expire_all()


def copy_year(
    session: Session, school: School, old: str, new: str, *, actor_id: UUID | None, at: datetime
) -> Copied:
    """Take over what was decided for one year into one that is not open yet; twice is once."""
    if not (is_year_label(old) and is_year_label(new)) or old >= new:
        raise CopyError("Kies twee schooljaren; het nieuwe komt na het oude.")
    if is_open(session, school.id, new):
        raise CopyError(f"Schooljaar {new} is al open. Wijzig het dan bij Herplannen.")
    goes = [*_left_out(session, school, old, new), *_rules(session, school, old, new, actor_id, at)]
    session.flush()
    look = [*_dated_rules(session, school, old), *_pins(session, school, old)]
    look += [*_hours(session, school, old), *_own_days(session, school, old, new)]
    return Copied(tuple(goes), tuple(look), tuple(_side_by_side(session, school, old, new)))


def _left_out(session: Session, school: School, old: str, new: str) -> Iterator[str]:
    years = {y.label: y for y in session.exec(select(Year).where(Year.school_id == school.id))}
    was = years[old].without if old in years else []
    target = years.get(new) or Year(school_id=school.id, label=new)
    fresh = [key for key in was if key not in target.without]
    if fresh:
        target.without = sorted({*target.without, *fresh})
        session.add(target)
    for key in fresh:
        yield f"{_title(key)}: ook in {new} niet"


def _rules(
    session: Session, school: School, old: str, new: str, actor_id: UUID | None, at: datetime
) -> Iterator[str]:
    known = {_same(rule) for rule in _rules_of(session, school, new)}
    for rule in _rules_of(session, school, old):
        if not rule.active or _dates_in(rule.definition) or _same(rule) in known:
            continue
        fields = rule.model_dump(exclude={"id", "school_year", "changed_by", "changed_at"})
        session.add(LayerRule(**fields, school_year=new, changed_by=actor_id, changed_at=at))
        yield f"Eigen regel voor {_task(rule)}"


def _rules_of(session: Session, school: School, label: str) -> list[LayerRule]:
    query = select(LayerRule).where(LayerRule.school_id == school.id, LayerRule.school_year == label)
    return list(session.exec(query.order_by(LayerRule.procedure, LayerRule.task, col(LayerRule.id))))


def _same(rule: LayerRule) -> str:
    return repr((rule.layer, rule.scope, rule.procedure, rule.task, rule.definition))


def _dates_in(definition: Any) -> list[str]:
    """Return the full dates, with a year in them, that a rule names."""
    if isinstance(definition, dict):
        return [found for value in definition.values() for found in _dates_in(value)]
    if isinstance(definition, list):
        return [found for value in definition for found in _dates_in(value)]
    return _FULL_DATE.findall(definition) if isinstance(definition, str) else []


def _dated_rules(session: Session, school: School, old: str) -> Iterator[str]:
    for rule in _rules_of(session, school, old):
        if rule.active and (named := _dates_in(rule.definition)):
            days = ", ".join(written(date.fromisoformat(day)) for day in named)
            yield f"De eigen regel voor {_task(rule)} noemt {days}"


def _pins(session: Session, school: School, old: str) -> Iterator[str]:
    query = (
        select(Task, Case)
        .join(Case, col(Case.id) == Task.case_id)
        .where(Case.school_id == school.id, Case.school_year == old, col(Task.pinned).is_(True))
    )
    for task, case in session.exec(query.order_by(col(Task.target_on), Task.title)):
        if task.target_on:
            yield f"{task.title} ({name_of(case)}) stond vast op {written(task.target_on)}"


def _hours(session: Session, school: School, old: str) -> Iterator[str]:
    query = (
        select(CaseEvent, Case)
        .join(Case, col(Case.id) == CaseEvent.case_id)
        .where(Case.school_id == school.id, Case.school_year == old, CaseEvent.verb == "moved")
    )
    named = [name_of(case) for event, case in session.exec(query) if "replan" not in event.data]
    for name in sorted(set(named)):
        yield f"{name}: het uur van het overleg was met de hand gekozen"


def _own_days(session: Session, school: School, old: str, new: str) -> Iterator[str]:
    """Yield the school's own days off that the next year does not have yet."""
    query = select(Closure).where(Closure.school_id == school.id).order_by(col(Closure.first_day))
    rows = list(session.exec(query))
    known = {closure.name for closure in rows if _within(closure, new)}
    for closure in rows:
        if _within(closure, old) and closure.name not in known:
            span = f"{span_nl(closure.first_day, closure.last_day)} {closure.last_day.year}"
            yield f"{closure.name} ({span}) is in {new} nog niet gekozen"


def _within(closure: Closure, label: str) -> bool:
    return date(int(label[:4]), 8, 1) <= closure.first_day <= date(int(label[5:]), 7, 31)


def _side_by_side(session: Session, school: School, old: str, new: str) -> list[Beside]:
    """Plan both years by their rules alone and match what is the same work."""
    try:
        before, after = inputs_of(session, school, old), inputs_of(session, school, new)
        if not after.people.groups:  # no roster of the next year yet: as if the groups were those of now
            after = replace(after, people=_staying(before.people, before.frame.year.last_day))
        was, now = _items(before), _items(after)
    except OutsideCalendarError as error:
        raise CopyError("Van dit jaar is nog niet genoeg bekend om het te plannen.") from error
    rows = [_beside(was.get(key), now.get(key)) for key in {**was, **now}]
    return sorted(rows, key=lambda row: (row.procedure, row.new or row.old or date.max, row.title))


def _staying(people: People, last_day: date) -> People:
    """Return the people of a year as if whoever has a group on its last day kept it."""
    members = [
        replace(
            m,
            groups=tuple(
                (g, first, None if ends and ends >= last_day else ends) for g, first, ends in m.groups
            ),
        )
        for m in people.members
    ]
    return replace(people, members=tuple(members))


def _items(inputs: Inputs) -> dict[Key, Item]:
    """Return the first item of each kind of work: pupils of one group have the same days."""
    bare = replace(inputs, facts=Facts(), overrides=Overrides(without=inputs.overrides.without))
    found: dict[Key, Item] = {}
    for item in bare.planned().items:
        where = item.group.name if item.group else ""
        key = (item.case.procedure.key, item.case.occurrence.key, item.rule.key, where, item.unit or "")
        found.setdefault(key, item)
    return found


def _beside(was: Item | None, now: Item | None) -> Beside:
    item = now or was
    if item is None:
        raise CopyError
    return Beside(
        procedure=item.case.procedure.title.nl,
        title=item.title,
        case=item.case.occurrence.title.nl,
        group=item.group.name if item.group else "",
        old=was.dates.target_on if was else None,
        new=now.dates.target_on if now else None,
        there=(was is not None, now is not None),
    )


def changes_in(rows: Iterable[Beside]) -> dict[str, int]:
    """Count what is new, gone, shifted and the same."""
    counts = {"new": 0, "gone": 0, "shift": 0, "same": 0}
    for row in rows:
        counts[row.what] += 1
    return counts


def _title(key: str) -> str:
    usual = own_title() if key == OWN else key
    return next((p.title.nl for p in procedures.current() if p.key == key), usual)


def _task(rule: LayerRule) -> str:
    return f'"{_title(rule.procedure)}: {rule.task}"'
