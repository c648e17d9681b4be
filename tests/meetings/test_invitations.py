"""Who is asked to a meeting, what arrives when it moves or is called off, and that nobody hears twice."""

from datetime import date, datetime, timedelta

import pytest
from icalendar import Calendar

from models import Case, Meeting, MeetingState, Message, Role, Task, TaskState
from service.cases.cancel import cancel_case
from service.cases.errors import CaseError, ReasonNeededError
from service.cases.reopen import reopen_task
from service.cases.skip import skip_task
from service.cases.sweep import sweep
from service.clock import local
from service.meetings.call_off import call_off_meeting
from service.meetings.move import move_meeting
from tests.cast import Cast, moment

AT = moment("2026-11-25")
TEACHERS = ["joris", "laila"]


@pytest.fixture
def talk(cast: Cast) -> Meeting:
    """The discussion of group 5 after the mid-year tests, to which everyone was invited."""
    case = cast.case("didactisch-m:g5")
    night(cast, AT)
    return cast.meeting(cast.task(case, "bespreking"))


def night(cast: Cast, at: datetime) -> int:
    told = sweep(cast.session, "group-discussions", at, cast.school.id)["told"]
    cast.session.flush()
    return told


def mail(cast: Cast, meeting: Meeting, kind: str | None = None) -> list[Message]:
    return [message for message in cast.post(kind) if message.meeting_id == meeting.id]


def to(cast: Cast, messages: list[Message]) -> list[str]:
    names = {person.id: name for name, person in cast.people.items()}
    return sorted(names[message.person_id] for message in messages)


def entry(message: Message) -> Calendar:
    """Read the calendar in a message with another program, one that is strict."""
    assert message.calendar
    calendar = Calendar.from_ical(message.calendar)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == message.calendar_method
    assert not event.errors
    return event


def sent(messages: list[Message]) -> None:
    for message in messages:
        message.state = "sent"  # type: ignore[assignment]


def move(cast: Cast, meeting: Meeting, starts_at: datetime, at: datetime = AT) -> Meeting:
    return move_meeting(
        cast.session,
        meeting.id,
        actor=cast.actor("ineke", at),
        at=at,
        starts_at=starts_at,
        reason="ineens studiedag",
    )


def test_both_teachers_of_the_duo_are_invited_and_the_chair_is_not(cast: Cast, talk: Meeting) -> None:
    invited = mail(cast, talk)

    assert to(cast, invited) == TEACHERS
    assert {message.kind for message in invited} == {"invitation"}


def test_an_invitation_says_when_where_and_who_asks(cast: Cast, talk: Meeting) -> None:
    message = mail(cast, talk)[0]

    event = entry(message)

    assert message.calendar_method == "REQUEST"
    assert (event["UID"], event["SEQUENCE"]) == (talk.uid, 0)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (local(talk.starts_at), local(talk.ends_at))
    assert event["ORGANIZER"] == "mailto:planning@wilgenhof.example"
    asked = {str(a): str(a.params["ROLE"]) for a in event["ATTENDEE"]}
    assert asked == {
        "mailto:ineke.bergsma@wilgenhof.example": "CHAIR",
        "mailto:laila.tahiri@wilgenhof.example": "REQ-PARTICIPANT",
        "mailto:joris.kamphuis@wilgenhof.example": "REQ-PARTICIPANT",
    }


def test_a_meeting_is_on_a_day_on_which_the_chair_and_a_teacher_work(talk: Meeting) -> None:
    start = local(talk.starts_at)

    assert (start.weekday(), start.hour >= 12) in {(1, True), (2, True), (2, False)}


def test_nobody_hears_twice_when_nothing_changed(cast: Cast, talk: Meeting) -> None:
    told = [night(cast, AT + timedelta(days=days)) for days in (0, 1, 2, 7)]

    assert told == [0, 0, 0, 0]
    assert len(mail(cast, talk)) == 2


def test_a_moved_meeting_brings_one_update_with_the_same_uid(cast: Cast, talk: Meeting) -> None:
    later = talk.starts_at + timedelta(days=7)
    sent(mail(cast, talk))

    move(cast, talk, later)

    updates = [m for m in mail(cast, talk) if m.sequence == 1]
    assert to(cast, updates) == TEACHERS
    for message in updates:
        event = entry(message)
        assert message.calendar_method == "REQUEST"
        assert (event["UID"], event["SEQUENCE"]) == (talk.uid, 1)
        assert event["DTSTART"].dt == local(later)
        assert message.subject.startswith("Verzet: ")
    assert night(cast, AT + timedelta(days=1)) == 0


def test_moving_moves_what_counts_from_the_meeting_and_arms_reminders_anew(cast: Cast, talk: Meeting) -> None:
    case = cast.session.get_one(Case, talk.case_id)
    preparation, task = cast.task(case, "voorbereiding"), cast.session.get_one(Task, talk.task_id)
    assert preparation.target_on
    before, version = preparation.target_on, task.due_version

    move(cast, talk, talk.starts_at + timedelta(days=7))

    assert preparation.target_on > before
    assert (task.target_on, task.due_version) == (local(talk.starts_at).date(), version + 1)
    event = cast.history(task)[-1]
    assert {e.verb for e in cast.history(task)} >= {"moved"}
    assert event.actor_id == cast.id("ineke")


@pytest.mark.parametrize(
    "starts_at", [moment("2026-11-25", 8), moment("2027-03-02", 23, 30)], ids=["past", "past midnight"]
)
def test_a_meeting_moves_to_an_hour_that_can_be(cast: Cast, talk: Meeting, starts_at: datetime) -> None:
    with pytest.raises(CaseError):
        move(cast, talk, starts_at)


def test_two_meetings_of_one_person_never_share_an_hour(cast: Cast, talk: Meeting) -> None:
    other = cast.meeting(cast.task(cast.case("didactisch-m:g8"), "bespreking"))

    with pytest.raises(CaseError, match="Op dat moment is er al"):
        move(cast, talk, other.starts_at)


def test_moving_wants_a_reason(cast: Cast, talk: Meeting) -> None:
    with pytest.raises(ReasonNeededError):
        move_meeting(
            cast.session,
            talk.id,
            actor=cast.actor("ineke"),
            at=AT,
            starts_at=talk.starts_at + timedelta(days=7),
            reason=" ",
        )


def test_calling_off_cancels_for_everyone_who_was_asked(cast: Cast, talk: Meeting) -> None:
    sent(mail(cast, talk))

    call_off_meeting(cast.session, talk.id, actor=cast.actor("ineke"), at=AT, reason="staking")

    cancelled = mail(cast, talk, "cancellation")
    assert to(cast, cancelled) == TEACHERS
    for message in cancelled:
        event = entry(message)
        assert message.calendar_method == "CANCEL"
        assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (talk.uid, 1, "CANCELLED")
    task = cast.session.get_one(Task, talk.task_id)
    assert (talk.state, task.state) == (MeetingState.CANCELLED, TaskState.CANCELLED)
    assert (cast.history(task)[-1].verb, cast.history(task)[-1].reason) == ("called_off", "staking")
    assert night(cast, AT + timedelta(days=1)) == 0


def test_a_meeting_that_moves_before_its_first_mail_left_is_told_as_an_invitation(
    cast: Cast, talk: Meeting
) -> None:
    move(cast, talk, talk.starts_at + timedelta(days=7))

    waiting = [m for m in mail(cast, talk) if m.state == "ready"]
    assert to(cast, waiting) == TEACHERS
    assert all(message.subject.startswith("Uitnodiging: ") for message in waiting)


def test_of_a_meeting_that_is_off_before_its_first_mail_left_nobody_hears(cast: Cast, talk: Meeting) -> None:
    call_off_meeting(cast.session, talk.id, actor=cast.actor("ineke"), at=AT, reason="staking")

    assert {message.state for message in mail(cast, talk)} == {"suppressed"}


def test_calling_off_leaves_the_days_that_count_from_it(cast: Cast, talk: Meeting) -> None:
    case = cast.session.get_one(Case, talk.case_id)
    report = cast.task(case, "verslag")
    before = report.target_on

    call_off_meeting(cast.session, talk.id, actor=cast.actor("ineke"), at=AT, reason="staking")

    assert (report.target_on, report.due_version) == (before, 1)


def test_a_meeting_is_called_off_once(cast: Cast, talk: Meeting) -> None:
    ineke = cast.actor("ineke")
    call_off_meeting(cast.session, talk.id, actor=ineke, at=AT, reason="staking")

    with pytest.raises(CaseError):
        call_off_meeting(cast.session, talk.id, actor=ineke, at=AT, reason="staking")


def test_skipping_a_meeting_calls_it_off(cast: Cast, talk: Meeting) -> None:
    sent(mail(cast, talk))

    skip_task(cast.session, talk.task_id, actor=cast.actor("ineke"), at=AT, reason="niet nodig")

    assert talk.state == MeetingState.CANCELLED
    assert to(cast, mail(cast, talk, "cancellation")) == TEACHERS


def test_withdrawing_a_case_calls_its_meeting_off(cast: Cast, talk: Meeting) -> None:
    sent(mail(cast, talk))

    cancel_case(cast.session, talk.case_id, actor=cast.actor("ineke"), at=AT, reason="groep opgeheven")

    assert talk.state == MeetingState.CANCELLED
    assert to(cast, mail(cast, talk, "cancellation")) == TEACHERS


def test_opening_a_called_off_meeting_again_asks_again(cast: Cast, talk: Meeting) -> None:
    ineke = cast.actor("ineke")
    call_off_meeting(cast.session, talk.id, actor=ineke, at=AT, reason="staking")

    reopen_task(cast.session, talk.task_id, actor=ineke, at=AT, reason="staking gaat niet door")

    again = [m for m in mail(cast, talk, "invitation") if m.sequence == 2]
    assert talk.state == MeetingState.CONFIRMED
    assert to(cast, again) == TEACHERS
    assert night(cast, AT + timedelta(days=1)) == 0


def test_a_new_teacher_of_the_group_is_invited_and_nobody_else_hears(cast: Cast, talk: Meeting) -> None:
    cast.add_person("Noor Nieuwkomer", [Role.TEACHER], groups="5")

    night(cast, AT + timedelta(days=1))

    fresh = [m for m in mail(cast, talk) if m.made_at > AT]
    assert to(cast, fresh) == ["noor"]
    assert entry(fresh[0])["SEQUENCE"] == 0
    assert len(entry(fresh[0])["ATTENDEE"]) == 4


def test_who_leaves_the_group_hears_that_and_the_others_hear_nothing(cast: Cast, talk: Meeting) -> None:
    sent(mail(cast, talk))
    cast.stops_teaching("joris", "5", date(2026, 11, 30))

    night(cast, AT + timedelta(days=10))

    fresh = [m for m in mail(cast, talk) if m.made_at > AT]
    assert [(m.kind, to(cast, [m])) for m in fresh] == [("cancellation", ["joris"])]
    event = entry(fresh[0])
    assert (event["UID"], event["SEQUENCE"]) == (talk.uid, 1)
    assert str(event["ATTENDEE"]) == "mailto:joris.kamphuis@wilgenhof.example"
    assert talk.state == MeetingState.CONFIRMED
    assert night(cast, AT + timedelta(days=11)) == 0


def test_who_stays_hears_of_the_next_move_once(cast: Cast, talk: Meeting) -> None:
    sent(mail(cast, talk))
    cast.stops_teaching("joris", "5", date(2026, 11, 30))
    night(cast, AT + timedelta(days=10))
    later = talk.starts_at + timedelta(days=7)

    move(cast, talk, later, AT + timedelta(days=10))

    fresh = [m for m in mail(cast, talk, "invitation") if m.made_at > AT]
    assert to(cast, fresh) == ["laila"]
    assert entry(fresh[0])["SEQUENCE"] == 2


def test_an_invitation_that_did_not_leave_yet_is_not_lost_when_a_colleague_goes(
    cast: Cast, talk: Meeting
) -> None:
    cast.stops_teaching("joris", "5", date(2026, 11, 30))

    night(cast, AT + timedelta(days=10))

    newest = [m for m in mail(cast, talk, "invitation") if m.sequence == talk.sequence]
    assert to(cast, newest) == ["laila"]


def test_who_comes_back_is_invited_anew(cast: Cast, talk: Meeting) -> None:
    sent(mail(cast, talk))
    cast.stops_teaching("joris", "5", date(2026, 11, 30))
    night(cast, AT + timedelta(days=10))
    sent(mail(cast, talk))
    cast.teaches(cast.people["joris"], "5", date(2026, 12, 7))

    night(cast, AT + timedelta(days=12))

    fresh = [m for m in mail(cast, talk, "invitation") if m.made_at > AT + timedelta(days=10)]
    assert to(cast, fresh) == ["joris"]


def test_nobody_is_told_of_a_meeting_that_is_over(cast: Cast, talk: Meeting) -> None:
    over = talk.ends_at + timedelta(hours=1)
    cast.add_person("Noor Nieuwkomer", [Role.TEACHER], groups="5")

    night(cast, over)

    assert [m for m in mail(cast, talk) if m.made_at == over] == []


def test_an_invitation_is_worth_nothing_after_the_meeting(cast: Cast, talk: Meeting) -> None:
    assert {message.expires_at for message in mail(cast, talk)} == {talk.ends_at}
