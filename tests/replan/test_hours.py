from datetime import date

from sqlmodel import select

from models import Meeting, MeetingState
from service.clock import local
from service.meetings.move import move_meeting
from service.replan.changes import ClosureAdded, PresenceSet
from tests.cast import Cast, moment
from tests.replan.year import NOW, apply, night, of, preview


def hours(cast: Cast) -> dict[str, str]:
    """Return the hours of the meetings to come."""
    coming = select(Meeting).where(
        Meeting.school_id == cast.school.id, Meeting.starts_at > NOW, Meeting.state == MeetingState.CONFIRMED
    )
    return {
        m.title.rpartition(": ")[2]: f"{local(m.starts_at):%d-%m %H:%M}" for m in cast.session.exec(coming)
    }


BEFORE = {
    "Bespreking na de middentoetsen – groep 5": "10-02 08:45",
    "Bespreking na de middentoetsen – groep 8": "10-02 09:30",
    "Bespreking na de eindtoetsen – groep 5": "22-06 13:00",
    "Bespreking na de eindtoetsen – groep 8": "22-06 13:45",
}


def test_only_the_meetings_that_can_not_be_where_they_are_get_another_hour(cast: Cast) -> None:
    night(cast)
    day = date(2027, 2, 10)

    apply(cast, ClosureAdded(name="Excursie", first_day=day, last_day=day, groups=("8",)))

    assert hours(cast) == BEFORE | {"Bespreking na de middentoetsen – groep 8": "16-02 13:00"}


def test_a_meeting_without_its_chair_goes_to_a_day_on_which_she_is_there(cast: Cast) -> None:
    night(cast)
    tuesdays = PresenceSet(person_id=cast.id("ineke"), halves=("1-pm",), first_day=date(2027, 2, 1))

    apply(cast, tuesdays)

    assert hours(cast) == BEFORE | {
        "Bespreking na de middentoetsen – groep 5": "16-02 13:00",
        "Bespreking na de middentoetsen – groep 8": "16-02 13:45",
    }


def test_a_meeting_with_one_of_two_teachers_keeps_its_hour(cast: Cast) -> None:
    cast.works(cast.people["laila"], "wo")
    night(cast)
    away = PresenceSet(person_id=cast.id("joris"), halves=("3-am",), first_day=date(2027, 2, 1))

    apply(cast, away)

    assert hours(cast) == BEFORE


def test_a_meeting_without_any_teacher_of_the_group_is_placed_again(cast: Cast) -> None:
    night(cast)
    away = PresenceSet(person_id=cast.id("hanneke"), halves=("1-am", "1-pm"), first_day=date(2027, 2, 1))

    apply(cast, away)

    assert hours(cast) == BEFORE | {"Bespreking na de middentoetsen – groep 8": "16-02 13:00"}


def test_an_hour_that_a_person_chose_stays_and_is_warned_of(cast: Cast) -> None:
    night(cast)
    meeting = cast.meeting(cast.task(cast.case("didactisch-m:g8"), "bespreking"))
    ineke, hour = cast.actor("ineke", NOW), moment("2027-02-16", 14)
    move_meeting(cast.session, meeting.id, actor=ineke, at=NOW, starts_at=hour, reason="dan past het")
    day = date(2027, 2, 16)

    seen = preview(cast, ClosureAdded(name="Studiedag", first_day=day, last_day=day)).outcome
    apply(cast, ClosureAdded(name="Studiedag", first_day=day, last_day=day))

    [held] = seen.stuck
    assert (held.task_id, held.warning) == (meeting.task_id, True)
    assert held.text == (
        "blijft op dinsdag 16 februari 14:00, want met de hand gekozen; maar dan is er geen school"
    )
    assert meeting.starts_at == hour


def test_a_meeting_for_which_there_is_no_other_hour_is_listed_and_stays(cast: Cast) -> None:
    night(cast)
    away = PresenceSet(
        person_id=cast.id("hanneke"),
        halves=("4-am", "4-pm"),
        first_day=date(2027, 2, 1),
        last_day=date(2027, 4, 1),
    )

    seen = preview(cast, away).outcome

    [held] = seen.stuck
    assert held.case == "Groepsbespreking: Bespreking na de middentoetsen – groep 8"
    assert held.text.startswith(
        "staat nog op woensdag 10 februari 09:30, maar er is dan geen leerkracht van de groep; er is geen"
    )
    assert not of(seen.shifts, "Bespreek de groep")


def test_a_meeting_is_never_placed_in_the_past(cast: Cast) -> None:
    at = moment("2027-02-08", 8)
    night(cast, at)
    tuesdays = PresenceSet(person_id=cast.id("ineke"), halves=("1-pm",), first_day=date(2027, 2, 10))

    apply(cast, tuesdays, at)

    moved = [h for h, b in zip(sorted(hours(cast).values()), sorted(BEFORE.values()), strict=True) if h != b]
    assert moved
    assert all(h.startswith("16-02") for h in moved)
