import pytest
from sqlmodel import Session

from models import Group, School


@pytest.fixture
def school(session: Session) -> School:
    school = School(brin="99XX", name="De Proef", region="midden", mailbox="plan@proef.example")
    session.add(school)
    session.add(Group(school_id=school.id, school_year="2026-2027", key="g8", name="8"))
    session.flush()
    return school


@pytest.fixture
def other_school(session: Session) -> School:
    other = School(brin="99XY", name="De Ander", region="zuid", mailbox="plan@ander.example")
    session.add(other)
    session.flush()
    return other
