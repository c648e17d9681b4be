"""What the re-plan's own page shows: how the procedures of a year stand, own rules, and what was applied."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from calendars.yearplan.schoolplan import OWN
from models import Case, CaseState, LayerRule, ProcedureVersion, Replan, School, Year
from service import procedures
from service.replan.changes import Change, ProcedureOff, read_change
from service.year.own import has_own_plan, own_title

_RUNNING = (CaseState.PLANNED, CaseState.ACTIVE)


@dataclass(frozen=True, slots=True)
class Stand:
    """How a procedure stands in a year: left out or not, and how many running cases have an older version."""

    key: str
    title: str
    title_en: str
    left_out: bool
    running: int
    older: int


def stands_of(session: Session, school: School, label: str) -> list[Stand]:
    """Return how every procedure stands in a school year."""
    year = select(Year).where(Year.school_id == school.id, Year.label == label)
    found = session.exec(year).one_or_none()
    left_out = set(found.without) if found else set()
    versions = _versions(session, school.id, label)
    kept = session.exec(select(ProcedureVersion).where(col(ProcedureVersion.id).in_(list(versions)))).all()
    stands = []
    for procedure in procedures.current():
        newest = procedure.model_dump(mode="json", exclude_defaults=True)
        mine = [version for version in kept if version.key == procedure.key]
        older = sum(versions[v.id] for v in mine if v.definition != newest)
        running = sum(versions[v.id] for v in mine)
        title = procedure.title
        off = procedure.key in left_out
        stands.append(Stand(procedure.key, title.nl, title.en, off, running, older))
    if has_own_plan(session, school.id):
        cases = _own_running(session, school.id, label)
        stands.append(Stand(OWN, own_title(), own_title("en"), OWN in left_out, cases, 0))
    return stands


def _own_running(session: Session, school_id: UUID, label: str) -> int:
    query = select(func.count()).where(
        Case.school_id == school_id,
        Case.school_year == label,
        Case.procedure == OWN,
        col(Case.state).in_(_RUNNING),
    )
    return session.exec(query).one()


def _versions(session: Session, school_id: UUID, label: str) -> Counter[UUID]:
    query = select(Case.version_id).where(
        Case.school_id == school_id, Case.school_year == label, col(Case.state).in_(_RUNNING)
    )
    return Counter(session.exec(query))


def laws_left_out(change: Change) -> list[str]:
    """Return the laws that ask for work of a procedure that a change leaves out."""
    if not isinstance(change, ProcedureOff):
        return []
    found = next((p for p in procedures.current() if p.key == change.procedure), None)
    laws = (law for task in (found.tasks() if found else ()) for _, law in task.limits)
    return list(dict.fromkeys(laws))


def rules_of(session: Session, school: School, label: str) -> list[LayerRule]:
    """Return the rules of a school that hold in a year, those that are switched off included."""
    query = select(LayerRule).where(
        LayerRule.school_id == school.id, col(LayerRule.school_year).in_(("", label))
    )
    return list(session.exec(query.order_by(LayerRule.procedure, LayerRule.task, col(LayerRule.id))))


def latest_replans(session: Session, school_id: UUID, label: str) -> list[Replan]:
    """Return what was applied in a school year, the latest first."""
    query = select(Replan).where(Replan.school_id == school_id, Replan.school_year == label)
    return list(session.exec(query.order_by(col(Replan.made_at).desc(), col(Replan.id))))


def change_of(replan: Replan) -> Change:
    """Return what was changed by a re-plan."""
    return read_change(next(move["change"] for move in replan.moves if move["kind"] == "change"))
