"""Open a case by hand: a referral, a plan for one pupil."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from calendars.people import Facts, GroupFact, MeetingFact, Overrides, PupilFact
from calendars.plan import Frame, PlannedCase, case_id, item_id, plan_cases, school_context
from calendars.procedure import Occurrence, Procedure
from models import Case, School
from service import procedures
from service.access.actor import Actor
from service.cases import engine, rows
from service.cases.errors import NotOpenableError
from service.cases.history import record
from service.clock import local
from service.rules.look import layers_of
from service.year.frame import HolidaysUnknownError, frame_of, label_on
from service.year.open import add_meetings, add_tasks
from service.year.people import people_of


def openable(definitions: Iterable[Procedure] | None = None) -> list[tuple[Procedure, Occurrence]]:
    """Return what a person may open, as procedure and occurrence; an overleg is arranged with an hour."""
    found = definitions or procedures.current()
    opened = [(p, o) for p in found for o in p.occurrence if o.opened_by == "person"]
    return [(p, o) for p, o in opened if p.key != procedures.MEETINGS]


def arrangeable(definitions: Iterable[Procedure] | None = None) -> list[tuple[Procedure, Occurrence]]:
    """Return which meetings a person may arrange."""
    found = definitions or procedures.current()
    return [(p, o) for p in found if p.key == procedures.MEETINGS for o in p.occurrence]


def open_case(
    session: Session,
    *,
    actor: Actor,
    at: datetime,
    procedure: str,
    occurrence: str,
    pupil_id: UUID | None = None,
    group_id: UUID | None = None,
    hour: MeetingFact | None = None,
) -> Case:
    """Open a case today; the same occurrence may be opened again for a pupil, next to an earlier one.

    ``hour`` is for the meeting of one that is arranged.
    """
    today = local(at).date()
    school = session.get_one(School, actor.school_id)
    label = label_on(today)
    chosen = next((p, o) for p, o in _known(procedure, occurrence))
    people = people_of(session, school, label)
    pupil = next((p for p in people.pupils if p.id == pupil_id), None)
    home = pupil.group if pupil else group_id
    group = next((g for g in people.groups if g.id == home), None)
    _guard(actor, chosen[1], group, pupil)
    frame = planning_frame(session, school, label)
    key = _fresh_key(session, school, label, chosen, group, pupil)
    identity = case_id(school.id, label, procedure, key)
    planned = PlannedCase(identity, *chosen, key, today, group, pupil)
    layers = layers_of(session, school, label)
    context = school_context(procedures.current(), frame, layers)
    facts = Facts(meetings=dict.fromkeys(_meeting_ids(planned), hour) if hour else {})
    plan = plan_cases([planned], frame, people, facts, Overrides(layers=layers), context)
    version = procedures.publish(session, chosen[0], at)
    me = actor.person_id
    case = rows.case_row(planned, school_id=school.id, label=label, version=version, opened_by=me)
    session.add(case)
    session.flush()
    record(session, case, "planned", at=at, actor_id=me)
    tasks = add_tasks(session, plan.items, school.id, at)
    add_meetings(session, school, plan.items, people, at)
    engine.advance(session, case, chosen[0], tasks, at)
    session.flush()
    return case


def planning_frame(session: Session, school: School, label: str) -> Frame:
    """Return a year's frame; raise ``NotOpenableError`` with what to do while its holidays are not known."""
    try:
        return frame_of(session, school, label)
    except HolidaysUnknownError as error:
        raise NotOpenableError(str(error)) from error


def _meeting_ids(planned: PlannedCase) -> list[UUID]:
    """Return the tasks of a case that get their hour from a person."""
    rules = planned.procedure.tasks_of(planned.occurrence.key)
    return [item_id(planned.id, rule, None, None) for rule in rules if rule.meeting and rule.meeting.by_hand]


def _known(procedure: str, occurrence: str) -> list[tuple[Procedure, Occurrence]]:
    found = [(p, o) for p, o in (*openable(), *arrangeable()) if (p.key, o.key) == (procedure, occurrence)]
    if not found:
        raise NotOpenableError("Deze procedure wordt niet met de hand geopend.")
    return found


def _guard(actor: Actor, occurrence: Occurrence, group: GroupFact | None, pupil: PupilFact | None) -> None:
    if occurrence.per == "pupil" and pupil is None:
        raise NotOpenableError("Kies een leerling.")
    if occurrence.per == "group" and group is None:
        raise NotOpenableError("Kies een groep.")
    if not actor.is_manager and (group is None or group.id not in actor.groups):
        raise NotOpenableError("Dit traject kun je niet openen: de leerling zit niet in jouw groep.")


def _fresh_key(
    session: Session,
    school: School,
    label: str,
    chosen: tuple[Procedure, Occurrence],
    group: GroupFact | None,
    pupil: PupilFact | None,
) -> str:
    """Return a key for one more case of this kind ("tlv:1001", then "tlv:1001:2")."""
    subject = pupil.key if pupil else group.key if group else ""
    base = f"{chosen[1].key}:{subject}" if subject else chosen[1].key
    known = set(
        session.exec(
            select(Case.key).where(
                Case.school_id == school.id,
                Case.school_year == label,
                Case.procedure == chosen[0].key,
            )
        )
    )
    numbered = (base if n == 1 else f"{base}:{n}" for n in range(1, len(known) + 2))
    return next(key for key in numbered if key not in known)
