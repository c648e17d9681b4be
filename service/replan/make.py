"""Make a change, through the verb that makes it everywhere, so that all its checks hold."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from calendars.closure_files import ClosureRow
from calendars.procedure import Procedure
from calendars.yearplan.schoolplan import OWN
from models import Group, Half, Layer, Teaching, Year
from service import procedures
from service.replan import changes as c
from service.replan.making import Making
from service.replan.off import bring_back, take_version, withdraw_planned
from service.replan.own import take_over
from service.rules import keep
from service.rules.said import Said
from service.school import closures, presence, staff

_DAY = timedelta(days=1)


def make(making: Making, change: c.Change) -> None:
    """Make a change; raise ``SchoolError`` with what is wrong with it."""
    _VERBS[type(change)](making, change)
    making.session.flush()


def _add_closure(m: Making, change: c.ClosureAdded) -> None:
    closures.add_closure(m.session, m.school.id, _wanted(change), actor_id=m.actor_id, at=m.at)


def _import_closures(m: Making, change: c.ClosuresImported) -> None:
    rows = [ClosureRow(name=d.name, first_day=d.first_day, last_day=d.last_day) for d in change.days]
    closures.import_closures(m.session, m.school.id, rows, actor_id=m.actor_id, at=m.at)


def _change_closure(m: Making, change: c.ClosureChanged) -> None:
    closures.change_closure(
        m.session, m.school.id, change.closure_id, _wanted(change), actor_id=m.actor_id, at=m.at
    )


def _remove_closure(m: Making, change: c.ClosureRemoved) -> None:
    closures.remove_closure(m.session, m.school.id, change.closure_id, actor_id=m.actor_id, at=m.at)


def _wanted(change: c.ClosureAdded | c.ClosureChanged) -> closures.Wanted:
    return closures.Wanted(
        name=change.name,
        first_day=change.first_day,
        last_day=change.last_day,
        groups=change.groups,
        replaces=change.replaces,
    )


def _set_presence(m: Making, change: c.PresenceSet) -> None:
    presence.set_presence(
        m.session,
        m.school.id,
        change.person_id,
        [(int(day), Half(half)) for day, half in (text.split("-") for text in change.halves)],
        valid_from=change.first_day,
        valid_until=change.last_day,
        actor_id=m.actor_id,
        at=m.at,
    )


def _set_teacher(m: Making, change: c.TeacherSet) -> None:
    if change.person_id is None and change.instead_of is None:
        raise c.ChangeError("Kies wie de groep krijgt, of wie haar afgeeft.")
    if change.last_day and change.last_day < change.first_day:
        raise c.ChangeError("De laatste dag ligt voor de eerste dag.")
    if change.instead_of:
        _give_up(m, change, change.instead_of)
    if change.person_id:
        staff.add_teaching(
            m.session,
            m.school.id,
            change.person_id,
            change.group_id,
            valid_from=change.first_day,
            valid_until=change.last_day,
            actor_id=m.actor_id,
            at=m.at,
        )


def _give_up(m: Making, change: c.TeacherSet, person_id: UUID) -> None:
    """End someone's turn at a group; after the last day, when there is one, the group is theirs again."""
    running = _turn_of(m, person_id, change.group_id, change.first_day)
    ends = running.valid_until
    until = change.first_day - _DAY
    staff.end_teaching(m.session, m.school.id, running.id, until=until, actor_id=m.actor_id, at=m.at)
    if change.last_day and (ends is None or ends > change.last_day):
        staff.add_teaching(
            m.session,
            m.school.id,
            person_id,
            change.group_id,
            valid_from=change.last_day + _DAY,
            valid_until=ends,
            actor_id=m.actor_id,
            at=m.at,
        )


def _turn_of(m: Making, person_id: UUID, group_id: UUID, day: date) -> Teaching:
    turns = (
        select(Teaching)
        .join(Group, col(Group.id) == Teaching.group_id)
        .where(Group.school_id == m.school.id, Teaching.group_id == group_id, Teaching.person_id == person_id)
    )
    for turn in m.session.exec(turns):
        if turn.valid_from <= day and (turn.valid_until is None or turn.valid_until >= day):
            return turn
    raise c.ChangeError("Deze persoon heeft deze groep dan niet.")


def _add_rule(m: Making, change: c.RuleAdded) -> None:
    _require_own(change.layer)
    keep.add_rule(m.session, m.school, _said(change), actor_id=m.actor_id, at=m.at)


def _change_rule(m: Making, change: c.RuleChanged) -> None:
    _require_own(change.layer)
    _require_own(keep.find_rule(m.session, m.school, change.rule_id).layer)
    keep.change_rule(m.session, m.school, change.rule_id, _said(change), actor_id=m.actor_id, at=m.at)


def _switch_rule(m: Making, change: c.RuleSwitched) -> None:
    _require_own(keep.find_rule(m.session, m.school, change.rule_id).layer)
    keep.switch_rule(m.session, m.school, change.rule_id, active=change.active, actor_id=m.actor_id, at=m.at)


def _require_own(layer: Layer) -> None:
    """Refuse a rule that holds for other schools too: a re-plan of this one is not the place for it."""
    if layer in {Layer.REGION, Layer.BOARD}:
        raise c.ChangeError("Een regel van de regio of het bestuur wijzig je niet vanuit één school.")


def _said(change: c.RuleAdded | c.RuleChanged) -> Said:
    return Said(**change.model_dump(exclude={"kind", "rule_id"}))


def _newest(m: Making, change: c.NewestVersion) -> None:
    definition = _definition(change.procedure)
    version = procedures.publish(m.session, definition, m.at)
    take_version(m, definition, version.id)


def _off(m: Making, change: c.ProcedureOff) -> None:
    year = _year(m)
    if change.procedure != OWN:
        _definition(change.procedure)
    if change.procedure in year.without:
        raise c.ChangeError("Deze procedure staat dit jaar al uit.")
    year.without = sorted({*year.without, change.procedure})
    withdraw_planned(m, change.procedure)


def _own_plan(m: Making, _: c.OwnPlanTakenOver) -> None:
    if OWN in _year(m).without:
        raise c.ChangeError("Het eigen jaarplan doet dit jaar niet mee.")
    take_over(m)


def _on(m: Making, change: c.ProcedureOn) -> None:
    year = _year(m)
    if change.procedure not in year.without:
        raise c.ChangeError("Deze procedure staat dit jaar al aan.")
    year.without = [key for key in year.without if key != change.procedure]
    bring_back(m, change.procedure)


def _year(m: Making) -> Year:
    year = m.session.exec(select(Year).where(Year.school_id == m.school.id, Year.label == m.label)).first()
    if year is None:
        raise c.ChangeError(f"Schooljaar {m.label} is nog niet geopend.")
    return year


def _definition(key: str) -> Procedure:
    found = next((p for p in procedures.current() if p.key == key), None)
    if found is None:
        raise c.ChangeError("Deze procedure is er niet.")
    return found


_VERBS: dict[type, Callable[[Making, Any], None]] = {
    c.ClosureAdded: _add_closure,
    c.ClosuresImported: _import_closures,
    c.ClosureChanged: _change_closure,
    c.ClosureRemoved: _remove_closure,
    c.PresenceSet: _set_presence,
    c.TeacherSet: _set_teacher,
    c.RuleAdded: _add_rule,
    c.RuleChanged: _change_rule,
    c.RuleSwitched: _switch_rule,
    c.NewestVersion: _newest,
    c.ProcedureOff: _off,
    c.ProcedureOn: _on,
    c.OwnPlanTakenOver: _own_plan,
}
