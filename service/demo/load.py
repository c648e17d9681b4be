"""Load the example schools through the doors a school uses, open their year, and live it until now."""

from datetime import UTC, datetime, time
from pathlib import Path

from sqlmodel import Session, select

from models import Person, School, Year
from service.access.passwords import hash_password
from service.clock import AMSTERDAM
from service.demo.history import live_until
from service.school.file import read_school_file
from service.school.load import load_school
from service.year.frame import frame_of
from service.year.open import open_year

FOLDER = Path(__file__).parents[2] / "deploy" / "example-school"
FILES = ("school.toml", "second-school.toml")
LABEL = "2026-2027"
PASSWORD = "zonnewijzer-demo"  # noqa: S105 -- printed on the screen of the demo, for invented people


def load(session: Session, at: datetime) -> bool:
    """Load the example schools unless they are there; tell whether they were new."""
    if session.exec(select(Year).where(Year.label == LABEL)).first():
        return False
    for name in FILES:
        file = read_school_file(FOLDER / name)
        school = session.get_one(School, load_school(session, file, at=_first_of_august()).school_id)
        first = frame_of(session, school, LABEL).year.first_day
        opened = min(at, datetime.combine(first, time(9), AMSTERDAM).astimezone(UTC))
        open_year(session, school, LABEL, actor_id=None, at=opened)
        live_until(session, school, LABEL, at)
    _give_passwords(session)
    return True


def _first_of_august() -> datetime:
    return datetime(int(LABEL[:4]), 8, 1, 12, tzinfo=UTC)


def _give_passwords(session: Session) -> None:
    kept = hash_password(PASSWORD)
    for person in session.exec(select(Person)):
        person.password_hash = kept
        session.add(person)
