"""What a change of a meeting sends, to whom, in which version."""

from typing import Any

import pytest
from sqlmodel import select

from models import Attendee, Meeting, Message, MessageState
from service.cases.errors import CaseError, ReasonNeededError, StaleError
from service.meetings.arrange import Wish, arrange
from service.meetings.change import Change, change_meeting, version_of
from service.school.pupil_names import NamesPupilError
from tests.cast import Cast, moment
from tests.meetings.conftest import event_of

AT = moment("2026-11-25")
LATER = moment("2026-11-26")
PARENT = "ouders@gezin.example"


@pytest.fixture
def talk(cast: Cast) -> Meeting:
    """A parent meeting of Laila with Joris and a household, of which everyone has the invitation."""
    wish = Wish(
        occurrence="oudergesprek",
        pupil_id=cast.pupils["1001"].id,
        starts_at=moment("2026-12-09", 14),
        minutes=30,
        location="lokaal 3",
        staff=frozenset({cast.id("joris")}),
        outside=(PARENT,),
    )
    [meeting] = arrange(cast.session, wish, actor=cast.actor("laila", AT), at=AT)
    for message in cast.session.exec(select(Message).where(Message.meeting_id == meeting.id)):
        message.state = MessageState.SENT
    return meeting


def change(cast: Cast, meeting: Meeting, who: str = "laila", **what: Any) -> dict[str, Message]:
    """Change a meeting and return what is new in the outbox, by address."""
    asked = Change(**what)
    change_meeting(cast.session, meeting.id, asked, actor=cast.actor(who, LATER), at=LATER)
    cast.session.flush()
    query = select(Message).where(Message.meeting_id == meeting.id, Message.state == MessageState.READY)
    return {message.to_address.partition("@")[0]: message for message in cast.session.exec(query)}


def row(cast: Cast, meeting: Meeting, name: str) -> Attendee:
    mine = (Attendee.meeting_id == meeting.id) & (Attendee.person_id == cast.id(name))
    return cast.session.exec(select(Attendee).where(mine)).one()


def test_another_place_raises_the_version_and_keeps_the_answers(cast: Cast, talk: Meeting) -> None:
    row(cast, talk, "joris").partstat = "ACCEPTED"

    told = change(cast, talk, location="aula", reason="groter")

    assert set(told) == {"joris.kamphuis", "ouders"}
    assert {int(event_of(m)["SEQUENCE"]) for m in told.values()} == {1}
    assert {m.subject.partition(":")[0] for m in told.values()} == {"Gewijzigd"}
    assert row(cast, talk, "joris").partstat == "ACCEPTED"


def test_other_words_keep_the_version_with_a_newer_stamp(cast: Cast, talk: Meeting) -> None:
    told = change(cast, talk, title="Gesprek over de overstap")

    for message in told.values():
        event = event_of(message)
        assert (int(event["SEQUENCE"]), event["DTSTAMP"].dt) == (0, LATER)
        assert str(event["SUMMARY"]) == "Gesprek over de overstap"
    assert set(told) == {"joris.kamphuis", "ouders"}


def test_who_is_taken_off_hears_that_and_nobody_else_hears_a_thing(cast: Cast, talk: Meeting) -> None:
    told = change(cast, talk, remove=frozenset({row(cast, talk, "joris").id}))

    assert {name: m.calendar_method for name, m in told.items()} == {"joris.kamphuis": "CANCEL"}
    event = event_of(told["joris.kamphuis"])
    assert (int(event["SEQUENCE"]), str(event["ATTENDEE"])) == (1, "mailto:joris.kamphuis@wilgenhof.example")
    assert "STATUS" not in event


def test_who_is_added_is_invited_and_nobody_else_hears_a_thing(cast: Cast, talk: Meeting) -> None:
    told = change(cast, talk, staff=frozenset({cast.id("ilse")}), outside=("gast@elders.example",))

    assert set(told) == {cast.people["ilse"].email.partition("@")[0], "gast"}
    assert {m.subject.partition(":")[0] for m in told.values()} == {"Uitnodiging"}


def test_all_at_once_is_one_mail_each_and_one_version(cast: Cast, talk: Meeting) -> None:
    told = change(
        cast,
        talk,
        starts_at=moment("2026-12-10", 9),
        location="aula",
        title="Gesprek over de overstap",
        staff=frozenset({cast.id("ilse")}),
        remove=frozenset({row(cast, talk, "joris").id}),
        reason="ruilen",
    )

    assert talk.sequence == 1
    assert len(told) == 3
    assert told["ouders"].subject.startswith("Verzet: Gesprek over de overstap")


def test_a_second_change_before_the_first_mail_left_is_told_once(cast: Cast, talk: Meeting) -> None:
    change(cast, talk, location="aula", reason="groter")

    told = change(cast, talk, location="zolder", reason="toch kleiner")

    assert {event_of(m)["LOCATION"] for m in told.values()} == {"zolder"}
    assert len(told) == 2


def test_the_chair_hears_what_a_colleague_changes(cast: Cast, talk: Meeting) -> None:
    told = change(cast, talk, "ineke", location="aula", reason="groter")

    assert set(told) == {"joris.kamphuis", "ouders", "laila.tahiri"}


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"location": "aula"}, ReasonNeededError),
        ({"starts_at": moment("2026-11-20"), "reason": "x"}, CaseError),
        ({"starts_at": moment("9999-12-31", 23, 50), "reason": "x"}, CaseError),
        ({"seen": "oud"}, StaleError),
    ],
)
def test_what_cannot_be_changes_nothing(
    cast: Cast, talk: Meeting, what: dict[str, Any], error: type[CaseError]
) -> None:
    before = version_of(cast.session, talk)

    with pytest.raises(error):
        change(cast, talk, **what)

    assert version_of(cast.session, talk) == before


def test_a_title_that_names_a_pupil_is_refused(cast: Cast, talk: Meeting) -> None:
    with pytest.raises(NamesPupilError):
        change(cast, talk, title=f"Gesprek over {cast.pupils['1001'].first_name}")


def test_who_leads_is_not_taken_off(cast: Cast, talk: Meeting) -> None:
    with pytest.raises(CaseError):
        change(cast, talk, remove=frozenset({row(cast, talk, "laila").id}))
