"""Apply a change: the change, what moves with it, the letters and the way back, in one transaction."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models import Replan, School
from service.replan.carry import Outcome, carry_out
from service.replan.changes import Change
from service.replan.letters import hearings, post_letters
from service.replan.preview import Preview
from service.replan.track import moves_of
from service.school.errors import SchoolError


class StalePreviewError(SchoolError):
    """Er is intussen iets veranderd. Dit is de nieuwe stand; kijk nog eens."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


def apply_change(
    session: Session,
    school: School,
    label: str,
    change: Change,
    *,
    actor_id: UUID | None,
    at: datetime,
    expected: str | None = None,
) -> Replan:
    """Apply a change and return what was applied; ``expected`` is the digest of the preview that was seen.

    Raise ``StalePreviewError``, with nothing changed, when the outcome is no longer the one that was seen.
    """
    with session.begin_nested():
        outcome = carry_out(session, school, label, change, actor_id=actor_id, at=at)
        if expected is not None and expected != outcome.digest:
            raise StalePreviewError(Preview(outcome, tuple(hearings(session, school, outcome.shifts, at))))
        return _keep(session, school, outcome, actor_id, at)


def _keep(session: Session, school: School, outcome: Outcome, actor_id: UUID | None, at: datetime) -> Replan:
    replan = Replan(
        school_id=school.id,
        school_year=outcome.label,
        reason=outcome.reason,
        moves=moves_of(outcome),
        made_by=actor_id,
        made_at=at,
    )
    session.add(replan)
    session.flush()
    post_letters(session, school, replan, outcome.shifts, at, undo=False)
    return replan
