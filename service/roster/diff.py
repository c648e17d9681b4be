"""Compare a file with what is known."""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from models import School
from service.roster.changes import RosterDiff
from service.roster.check import check, check_year, too_early, too_many_left
from service.roster.groups import compare_groups
from service.roster.placements import Placing, place
from service.roster.problems import Problem, Report
from service.roster.pupils import Pupils, compare_pupils
from service.roster.roster import Roster
from service.roster.staff import compare_staff
from service.roster.tables import Known, Writes, load
from service.roster.term import Term


@dataclass(frozen=True)
class Plan:
    """What an import changes, and the rows that do it."""

    diff: RosterDiff
    writes: Writes


def diff(session: Session, school: School, roster: Roster, on: date) -> RosterDiff:
    """Return what importing ``roster`` on this Amsterdam day would change; write nothing."""
    return plan(load(session, school), school, roster, on).diff


def plan(known: Known, school: School, roster: Roster, on: date) -> Plan:
    """Return what to write; raise ``RosterFileError`` if the file can't be this school's next one."""
    check(roster, school)
    check_year(roster, known.newest_year)
    term = _term(known, roster, on)
    writes, report = Writes(), Report()
    rooms = compare_groups(roster.groups, known, term, writes, report)
    pupils = compare_pupils(roster.pupils, known, term, writes, report)
    staff = compare_staff(roster.staff, known, term, writes, report)
    report.settle()
    stays = [stay for stay in pupils.stays if stay.line is None or roster.groups is not None]
    moved = place(stays, known.placements, Placing(term, rooms, writes))
    told = RosterDiff(
        school_year=roster.school_year,
        first_of_year=known.newest_year != roster.school_year,
        pupils=replace(pupils.changes(), moved=moved),
        groups=rooms.changes,
        staff=staff,
        warnings=(*roster.warnings, *_remarks(pupils, term)),
        objections=_objections(known, pupils, term) if writes else (),
    )
    return Plan(told, writes)


def _term(known: Known, roster: Roster, on: date) -> Term:
    return Term(
        school_id=known.school_id,
        school_year=roster.school_year,
        on=on,
        made_on=roster.made_on,
        rollover=known.newest_year is not None and known.newest_year < roster.school_year,
        first_groups=roster.school_year not in known.years,
    )


def _objections(known: Known, pupils: Pupils, term: Term) -> tuple[str, ...]:
    early = too_early(term.school_year, term.on)
    if term.rollover:
        return early
    unannounced = sum("left_on" in change.fields for change in pupils.left)
    return early + too_many_left(unannounced, sum(pupil.active for pupil in known.pupils))


def _remarks(pupils: Pupils, term: Term) -> tuple[Problem, ...]:
    remarks = []
    if pupils.strangers_gone:
        text = f"Al vertrokken en hier niet bekend, dus niet overgenomen: {pupils.strangers_gone}."
        remarks.append(Problem(0, "EDEX/leerlingen", text))
    if not term.begun:
        text = f"Dit schooljaar begint op {term.first_day:%d-%m-%Y}; lees dan de nieuwste export nog eens in."
        remarks.append(Problem(0, "EDEX/school/schooljaar", text))
    return tuple(remarks)
