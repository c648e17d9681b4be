"""What may have come up since the last look: cheap when nothing did, for it is asked every few minutes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models import Case, CaseEvent, ReminderWish, School
from service.clock import AMSTERDAM, local
from service.reminders.hours import AFTERNOON, bounds_of
from service.reminders.news import OVERLAP

_MANY = 1000  # tasks; then looking at everything asks less
_SILENT = ("completed", "skipped", "reminded", "stopped", "talk_asked")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why to look: somebody's hour came, so at everything; or something changed, so at that alone."""

    everything: bool
    changed: frozenset[UUID] = frozenset()


def occasion(session: Session, school: School, at: datetime, since: datetime | None) -> Occasion | None:
    """Return what there is to look at; nothing when since then no hour came and nothing changed."""
    if since is None or since > at or local(since).date() != local(at).date():
        return Occasion(everything=True)
    if _an_hour_came(session, school, at, since):
        return Occasion(everything=True)
    changed = _changed(session, school, at, since)
    if changed is None:
        return None
    return Occasion(everything=len(changed) > _MANY, changed=changed)


def _an_hour_came(session: Session, school: School, at: datetime, since: datetime) -> bool:
    bounds = bounds_of(session, school.id)
    wishes = session.exec(select(ReminderWish).where(ReminderWish.school_id == school.id))
    chosen = {hour for wish in wishes for hour in (wish.hour, wish.quiet_until) if hour}
    hours = {bounds.hour, bounds.latest_hour, bounds.quiet_until, AFTERNOON} | chosen
    today = local(at).date()
    return any(since < datetime.combine(today, hour, AMSTERDAM) <= at for hour in hours)


def _changed(session: Session, school: School, at: datetime, since: datetime) -> frozenset[UUID] | None:
    """Return the tasks that something happened to; None when nothing happened at all."""
    query = (
        select(CaseEvent.task_id)
        .join(Case, col(Case.id) == CaseEvent.case_id)
        .where(
            Case.school_id == school.id,
            col(CaseEvent.at) > since - OVERLAP,
            col(CaseEvent.at) <= at + OVERLAP,
            col(CaseEvent.verb).not_in(_SILENT),
        )
    )
    found = set(session.exec(query.distinct()))
    return frozenset(task_id for task_id in found if task_id) if found else None
