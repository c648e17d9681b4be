"""Let pupils go whose last day has passed; an announced departure needs no new file."""

from datetime import date

from sqlmodel import Session, col, select

from models import Placement, Pupil


def depart(session: Session, today: date) -> int:
    """Deactivate pupils whose last day at school lies before today; return how many."""
    gone = session.exec(select(Pupil).where(col(Pupil.active).is_(True), col(Pupil.left_on) < today)).all()
    for pupil in gone:
        pupil.active = False
        running = select(Placement).where(
            Placement.pupil_id == pupil.id, col(Placement.valid_until).is_(None)
        )
        for placement in session.exec(running):
            placement.valid_until = pupil.left_on
    return len(gone)
