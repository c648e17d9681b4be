"""What a case is about, for whom may know: a pupil's name, or else the case's code."""

from sqlmodel import Session

from models import Case, Group, Pupil


def subject_of(session: Session, case: Case, *, sees: bool) -> str:
    """Return the pupil's name, the case code that stands for it, the group, or nothing for the school."""
    if case.pupil_id:
        return session.get_one(Pupil, case.pupil_id).name if sees else case.code
    if case.group_id:
        return f"groep {session.get_one(Group, case.group_id).name}"
    return ""
