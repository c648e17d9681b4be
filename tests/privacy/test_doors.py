"""What people type that leaves as it is: the door refuses a pupil's name, or leaves the word out."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import select

from calendars.closure_files import ClosureRow
from models import Attendee, Meeting, Message
from service.cases.errors import CaseError
from service.meetings.arrange import Wish, arrange
from service.meetings.change import Change, change_meeting
from service.meetings.counter import accept_counter, propose
from service.meetings.move import move_meeting
from service.school.closures import Wanted, add_closure, import_closures
from service.school.errors import SchoolError
from service.school.rooms import add_room
from tests.cast import Cast, moment

NOW = moment("2026-11-25", 9)
HOUR = moment("2026-12-09", 13)
DAY = date(2027, 2, 3)
NAME = "Quirijn"


def talk(cast: Cast, location: str = "spreekkamer") -> Meeting:
    wish = Wish(
        occurrence="oudergesprek",
        starts_at=HOUR,
        minutes=30,
        location=location,
        pupil_id=cast.pupils["1001"].id,
        staff=frozenset({cast.id("joris")}),
        outside=("gezin@thuis.example",),
    )
    return arrange(cast.session, wish, actor=cast.actor("ineke", NOW), at=NOW)[0]


def move(cast: Cast, words: str) -> None:
    later = HOUR + timedelta(hours=2)
    ineke, meeting = cast.actor("ineke", NOW), talk(cast)
    move_meeting(
        cast.session, meeting.id, actor=ineke, at=NOW, starts_at=later, location=words, reason="ziek"
    )


def change(cast: Cast, **words: str) -> None:
    wanted = Change(reason="anders", **words)  # type: ignore[arg-type] # only words are changed here
    change_meeting(cast.session, talk(cast).id, wanted, actor=cast.actor("ineke", NOW), at=NOW)


DOORS: dict[str, Callable[[Cast, str], object]] = {
    "the place of a new meeting": talk,
    "the place of a meeting that moves": move,
    "the place of a meeting that changes": lambda cast, words: change(cast, location=words),
    "the title of a meeting": lambda cast, words: change(cast, title=words),
    "a day off": lambda cast, words: add_closure(
        cast.session, cast.school.id, Wanted(name=words, first_day=DAY, last_day=DAY), actor_id=None, at=NOW
    ),
    "a list of days off": lambda cast, words: import_closures(
        cast.session,
        cast.school.id,
        [ClosureRow(name=words, first_day=DAY, last_day=DAY)],
        actor_id=None,
        at=NOW,
    ),
    "a room": lambda cast, words: add_room(cast.session, cast.school.id, words),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("words", [f"Bij {NAME} thuis", f"{NAME} Zeewuster"])
def test_a_door_refuses_a_pupils_name(light: Cast, door: str, words: str) -> None:
    with pytest.raises((CaseError, SchoolError), match="naam"):
        DOORS[door](light, words)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_takes_other_words(light: Cast, door: str) -> None:
    DOORS[door](light, "Kamer van Joris")


def test_the_place_that_a_calendar_program_proposes_is_left_out_when_it_names_a_pupil(light: Cast) -> None:
    meeting = talk(light)
    guest = light.session.exec(
        select(Attendee).where(Attendee.meeting_id == meeting.id, Attendee.person_id == light.id("joris"))
    ).one()
    later = HOUR + timedelta(hours=2)
    proposal = propose(
        light.session,
        guest,
        starts_at=later,
        ends_at=later + timedelta(minutes=30),
        location=f"thuis bij {NAME}",
        comment=f"{NAME} is dan vrij",
        sequence=0,
        inbound_id=None,
        at=NOW,
    )

    accept_counter(light.session, proposal.id, actor=light.actor("ineke", NOW), at=NOW)

    told = light.session.exec(select(Message).where(Message.meeting_id == meeting.id)).all()
    assert (meeting.starts_at, meeting.location) == (later, "spreekkamer")
    assert not [m for m in told if NAME in f"{m.subject} {m.body} {m.html} {m.calendar}"]
