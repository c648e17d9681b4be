from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from sqlmodel import Session

from models import School
from service.roster import RosterDiff, apply, parse
from tests.roster.edex_builder import Edex

Import = Callable[..., RosterDiff]


@pytest.fixture
def school(session: Session) -> School:
    school = School(brin="99XX", name="De Vuurtoren", region="noord", mailbox="school@vuurtoren.example")
    session.add(school)
    session.flush()
    return school


@pytest.fixture
def take(session: Session, school: School) -> Import:
    """Import a file on a day, as a school would."""

    def take(file: Edex, on: date = date(2026, 9, 1), *, force: bool = False) -> RosterDiff:
        at = datetime.combine(on, time(9), UTC)
        return apply(session, school, parse(file.bytes()), actor_id=None, at=at, digest="d", force=force)

    return take
