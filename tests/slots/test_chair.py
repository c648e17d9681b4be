"""With two IB'ers who are both there, who leads a meeting stays who leads it."""

from sqlmodel import select

from models import Half, Meeting, Membership, Person, Presence, Role
from models.database import unit_of_work
from service.cases.sweep import sweep
from tests.cast import START, moment
from tests.slots.conftest import House


def second(house: House) -> Person:
    """Let a second IB'er work on the same days as the first."""
    with unit_of_work(house.engine) as session:
        school = house.school(session)
        person = Person(name="Renske Tweede", email="renske.tweede@dezonnewijzer.example")
        session.add(person)
        session.flush()
        session.add(Membership(school_id=school.id, person_id=person.id, role=Role.IB, valid_from=START))
        for weekday in (1, 2):
            for half in Half:
                row = Presence(
                    school_id=school.id, person_id=person.id, weekday=weekday, half=half, valid_from=START
                )
                session.add(row)
        return person


def test_the_night_leaves_the_chair_that_a_draft_gave(house: House) -> None:
    renske, ineke = second(house), house.person("ineke")
    meeting = house.meetings()[0]
    with unit_of_work(house.engine) as session:
        for guest in house.guests(meeting):
            row = session.merge(guest)
            if row.chair:
                row.person_id = max((renske.id, ineke.id), key=lambda id_: id_.int)

    chairs = {g.person_id for g in house.guests(meeting) if g.chair}
    with unit_of_work(house.engine) as session:
        sweep(session, "group-discussions", moment("2026-11-10", 6), meeting.school_id)
        here = session.exec(select(Meeting).where(Meeting.id == meeting.id)).one()

    assert {g.person_id for g in house.guests(here) if g.chair} == chairs
