"""Whether there can be anything to tell since the last look: cheap, for it is asked every few minutes."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models import Case, CaseEvent, ReminderWish, School
from service.clock import AMSTERDAM, local
from service.reminders.hours import AFTERNOON, bounds_of

_OVERLAP = timedelta(minutes=10)  # a change may be written a little after the moment that it names
_SILENT = ("completed", "skipped", "reminded", "stopped", "talk_asked")


def nothing_new(session: Session, school: School, at: datetime, since: datetime) -> bool:
    """Tell whether since then nobody's hour came and nothing changed at a school."""
    if local(since).date() != local(at).date() or since > at:
        return False
    return not _an_hour_came(session, school, at, since) and not _something_changed(
        session, school, at, since
    )


def _an_hour_came(session: Session, school: School, at: datetime, since: datetime) -> bool:
    bounds = bounds_of(session, school.id)
    wishes = session.exec(select(ReminderWish).where(ReminderWish.school_id == school.id))
    chosen = {hour for wish in wishes for hour in (wish.hour, wish.quiet_until) if hour}
    hours = {bounds.hour, bounds.latest_hour, bounds.quiet_until, AFTERNOON} | chosen
    today = local(at).date()
    return any(since < datetime.combine(today, hour, AMSTERDAM) <= at for hour in hours)


def _something_changed(session: Session, school: School, at: datetime, since: datetime) -> bool:
    query = (
        select(CaseEvent.id)
        .join(Case, col(Case.id) == CaseEvent.case_id)
        .where(
            Case.school_id == school.id,
            col(CaseEvent.at) > since - _OVERLAP,
            col(CaseEvent.at) <= at + _OVERLAP,
            col(CaseEvent.verb).not_in(_SILENT),
        )
    )
    return session.exec(query.limit(1)).first() is not None
