"""Meetings that a person arranges: who may, who is asked, what leaves the building."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from models import Attendee, Case, CaseState, Meeting, MeetingState, Message, Role, Task, TaskState
from service.access.scope import NotFoundError
from service.cases.complete import complete_task
from service.cases.errors import CaseError, NotOpenableError
from service.cases.open import open_case, openable
from service.cases.sweep import sweep
from service.clock import local
from service.meetings.arrange import NobodyAskedError, Wish, arrange
from service.meetings.call_off import call_off_meeting
from service.meetings.change import Change, change_meeting
from service.procedures import MEETINGS
from service.school.pupil_names import NamesPupilError
from service.year.open import extend_year
from tests.cast import YEAR, Cast, moment
from tests.meetings.conftest import event_of

AT = moment("2026-11-25")
HOUR = moment("2026-12-09", 14)
PARENT = "ouders@gezin.example"


def wish(cast: Cast, occurrence: str = "oudergesprek", **other: Any) -> Wish:
    about = {
        "oudergesprek": {"pupil_id": cast.pupils["1001"].id},
        "leerlingbespreking": {"pupil_id": cast.pupils["1001"].id},
        "klassenbezoek": {"group_id": cast.groups["5"].id},
    }
    usual = {"starts_at": HOUR, "minutes": 30, "location": "spreekkamer", "staff": {cast.id("joris")}}
    values = usual | about.get(occurrence, {}) | other
    return Wish(occurrence=occurrence, **values | {"staff": frozenset(values["staff"])})


def arranged(cast: Cast, who: str = "laila", occurrence: str = "oudergesprek", **other: Any) -> Meeting:
    made = arrange(cast.session, wish(cast, occurrence, **other), actor=cast.actor(who, AT), at=AT)
    return made[0]


def post_of(cast: Cast, meeting: Meeting) -> list[Message]:
    query = select(Message).where(Message.meeting_id == meeting.id)
    return list(cast.session.exec(query.order_by(col(Message.to_address))))


def test_a_teacher_arranges_a_parent_meeting_for_a_pupil_of_her_group(cast: Cast) -> None:
    meeting = arranged(cast, outside=(PARENT,))

    case = cast.session.get_one(Case, meeting.case_id)
    assert (case.procedure, case.occurrence, case.pupil_id) == (
        MEETINGS,
        "oudergesprek",
        cast.pupils["1001"].id,
    )
    assert (meeting.starts_at, meeting.ends_at) == (HOUR, HOUR + timedelta(minutes=30))
    invited = {m.to_address for m in post_of(cast, meeting)}
    assert invited == {"joris.kamphuis@wilgenhof.example", PARENT}


def test_a_household_sees_only_the_school_and_itself(cast: Cast) -> None:
    meeting = arranged(cast, outside=(PARENT, "tweede@huis.example"))

    letters = {m.to_address: m for m in post_of(cast, meeting)}
    for address in (PARENT, "tweede@huis.example"):
        event = event_of(letters[address])
        assert str(event["ATTENDEE"]) == f"mailto:{address}"
        assert event["ATTENDEE"].params["CN"] == "Ouder(s)"
        assert "URL" not in event
        assert "/overleg/" not in letters[address].body
        assert letters[address].person_id is None
    staff = event_of(letters["joris.kamphuis@wilgenhof.example"])
    assert {str(a) for a in staff["ATTENDEE"]} == {
        "mailto:joris.kamphuis@wilgenhof.example",
        "mailto:laila.tahiri@wilgenhof.example",
    }


def test_no_pupil_is_named_in_what_is_sent(cast: Cast) -> None:
    meeting = arranged(cast, outside=(PARENT,))

    pupil = cast.pupils["1001"]
    for message in post_of(cast, meeting):
        whole = f"{message.subject} {message.body} {message.calendar}"
        assert pupil.first_name not in whole
        assert pupil.last_name not in whole


def test_a_place_that_names_a_pupil_is_refused(cast: Cast) -> None:
    name = cast.pupils["1001"].first_name

    with pytest.raises(NamesPupilError):
        arranged(cast, location=f"bij {name} thuis")


def test_two_households_at_one_address_are_one_and_a_colleagues_address_is_the_colleague(cast: Cast) -> None:
    meeting = arranged(cast, outside=(PARENT, "OUDERS@gezin.example", "joris.kamphuis@wilgenhof.example"))

    rows = cast.session.exec(select(Attendee).where(Attendee.meeting_id == meeting.id)).all()
    assert len(rows) == 3
    assert len(post_of(cast, meeting)) == 2


@pytest.mark.parametrize("address", ["planning@wilgenhof.example", "PLANNING@wilgenhof.example"])
def test_the_schools_own_mailbox_is_not_asked(cast: Cast, address: str) -> None:
    with pytest.raises(CaseError):
        arranged(cast, outside=(address,))


@pytest.mark.parametrize(
    ("who", "occurrence"),
    [("hanneke", "oudergesprek"), ("hanneke", "klassenbezoek"), ("laila", "team"), ("amira", "oudergesprek")],
)
def test_who_does_not_teach_the_group_arranges_nothing_for_it(cast: Cast, who: str, occurrence: str) -> None:
    with pytest.raises(NotOpenableError):
        arranged(cast, who, occurrence)

    assert cast.cases(MEETINGS) == []


@pytest.mark.parametrize("occurrence", ["klassenbezoek", "commissie", "team", "leerlingbespreking"])
def test_the_ib_er_arranges_every_kind(cast: Cast, occurrence: str) -> None:
    meeting = arranged(cast, "ineke", occurrence)

    assert [m.to_address for m in post_of(cast, meeting)] == ["joris.kamphuis@wilgenhof.example"]
    assert meeting.title


def test_somebody_has_to_be_asked(cast: Cast) -> None:
    with pytest.raises(NobodyAskedError):
        arranged(cast, staff={cast.id("laila")})


def test_a_colleague_of_another_school_is_not_asked(cast: Cast) -> None:
    stranger = Cast(cast.session, cast.school).add_person("Vera Vreemd", [])

    with pytest.raises(CaseError):
        arranged(cast, staff={stranger.id})


@pytest.mark.parametrize(
    "hour",
    [
        moment("2026-11-24", 14),
        moment("2026-12-05", 14),
        moment("2027-09-15", 14),
        moment("9999-12-31", 23, 50),
        moment("0001-01-01"),
    ],
)
def test_a_meeting_is_on_a_school_day_that_is_to_come(cast: Cast, hour: Any) -> None:
    with pytest.raises(CaseError):
        arranged(cast, starts_at=hour)


def test_a_series_is_as_many_single_meetings_at_the_same_hour_on_the_wall(cast: Cast) -> None:
    asked = wish(
        cast, "team", starts_at=moment("2027-02-09", 15), weeks=2, until=date(2027, 4, 30), location="team"
    )

    made = arrange(cast.session, asked, actor=cast.actor("ineke", AT), at=AT)

    days = [local(m.starts_at).date() for m in made]
    assert date(2027, 2, 23) not in days  # spring holiday
    assert days[:2] == [date(2027, 2, 9), date(2027, 3, 9)]
    assert {local(m.starts_at).hour for m in made} == {15}  # the clock changes on 28 March
    assert len({m.uid for m in made}) == len(made)
    assert all("RRULE" not in (m.calendar or "") for m in cast.post("invitation"))


def test_a_series_without_end_is_refused_and_not_cut_short(cast: Cast) -> None:
    asked = wish(cast, "team", weeks=1, until=date(2028, 12, 31))

    with pytest.raises(CaseError, match="hoogstens 40"):
        arrange(cast.session, asked, actor=cast.actor("ineke", AT), at=AT)


def test_an_identity_is_random_and_stays(cast: Cast) -> None:
    first, second = arranged(cast), arranged(cast, starts_at=HOUR + timedelta(hours=1))

    for meeting in (first, second):
        assert meeting.uid.endswith("@wilgenhof.example")
        assert str(meeting.id) not in meeting.uid
        assert str(meeting.task_id) not in meeting.uid
    assert first.uid != second.uid


def test_after_the_meeting_its_notes_are_asked_and_close_it(cast: Cast) -> None:
    meeting, laila = arranged(cast), cast.actor("laila", AT)
    case = cast.session.get_one(Case, meeting.case_id)

    complete_task(cast.session, meeting.task_id, actor=laila, at=HOUR)
    notes = cast.task(case, "afspraken")

    assert (notes.state, notes.owner_id) == (TaskState.RESERVED, cast.id("laila"))
    assert notes.target_on == date(2026, 12, 11)
    complete_task(cast.session, notes.id, actor=laila, at=HOUR, outcome="vastgelegd")
    assert case.state == CaseState.COMPLETED


def test_the_night_leaves_whom_a_person_asked_and_the_hour_that_a_person_chose(cast: Cast) -> None:
    meeting = arranged(cast, staff={cast.id("joris"), cast.id("ilse")}, outside=(PARENT,))
    before = _asked(cast, meeting)

    cast.stops_teaching("joris", "5", date(2026, 12, 1))
    cast.add_person("Noor Nieuwkomer", [Role.TEACHER], groups="5")
    extend_year(cast.session, cast.school, YEAR, at=AT + timedelta(days=7))
    counts = sweep(cast.session, MEETINGS, AT + timedelta(days=7), cast.school.id)

    assert (_asked(cast, meeting), meeting.starts_at) == (before, HOUR)
    assert counts["told"] == 0


def test_a_colleague_who_leaves_the_school_is_taken_off(cast: Cast) -> None:
    meeting = arranged(cast, staff={cast.id("joris"), cast.id("ilse")}, outside=(PARENT,))
    _left(post_of(cast, meeting))
    cast.leaves("ilse", date(2026, 12, 1))

    sweep(cast.session, MEETINGS, AT + timedelta(days=7), cast.school.id)

    fresh = [m for m in post_of(cast, meeting) if m.state == "ready"]
    assert [(m.kind, m.person_id) for m in fresh] == [("cancellation", cast.id("ilse"))]


def test_who_leads_for_a_colleague_is_invited_too(cast: Cast) -> None:
    meeting = arranged(cast, "ineke", chair=cast.id("laila"))

    tasks = cast.session.exec(select(Task).where(Task.case_id == meeting.case_id)).all()
    invited = {m.person_id: m.subject.partition(":")[0] for m in post_of(cast, meeting)}
    assert {task.owner_id for task in tasks} == {cast.id("laila")}
    assert invited == dict.fromkeys((cast.id("laila"), cast.id("joris")), "Uitnodiging")


def test_who_leads_and_heard_nothing_yet_hears_of_the_last_hour_as_an_invitation(cast: Cast) -> None:
    meeting = arranged(cast, "ineke", chair=cast.id("laila"))

    for hour in (14, 15):
        change_meeting(
            cast.session,
            meeting.id,
            Change(starts_at=moment("2026-12-10", hour), reason="ruilen"),
            actor=cast.actor("ineke", AT),
            at=AT,
        )

    cast.session.flush()
    fresh = [m for m in post_of(cast, meeting) if m.state == "ready"]
    told = {m.person_id: m.subject.partition(":")[0] for m in fresh}
    assert told == dict.fromkeys((cast.id("laila"), cast.id("joris")), "Uitnodiging")


def test_a_meeting_is_arranged_with_an_hour_and_not_opened_without() -> None:
    assert MEETINGS not in {procedure.key for procedure, _ in openable()}


def _asked(cast: Cast, meeting: Meeting) -> set[tuple[Any, Any]]:
    rows = cast.session.exec(select(Attendee).where(Attendee.meeting_id == meeting.id))
    return {(row.person_id, row.email) for row in rows if not row.removed}


def _left(messages: Iterable[Message]) -> None:
    for message in messages:
        message.state = "sent"  # type: ignore[assignment]


def _opp_talk(cast: Cast) -> Task:
    """Open an OPP for a pupil of group 5 and return the talk with the parents about it."""
    case = open_case(
        cast.session,
        actor=cast.actor("ineke", AT),
        at=AT,
        procedure="plan-reviews",
        occurrence="opp",
        pupil_id=cast.pupils["1001"].id,
    )
    return cast.task(case, "opp-overleg")


def test_the_talk_with_parents_about_a_plan_waits_for_an_hour_that_a_person_gives(cast: Cast) -> None:
    task = _opp_talk(cast)
    due = task.target_on
    assert due is not None
    assert cast.session.exec(select(Meeting).where(Meeting.task_id == task.id)).all() == []
    about = {"task_id": task.id, "outside": (PARENT,), "starts_at": moment("2026-12-16", 9)}

    made = arrange(cast.session, wish(cast, **about), actor=cast.actor("ineke", AT), at=AT)

    assert (made[0].task_id, task.target_on) == (task.id, date(2026, 12, 16))
    assert {m.to_address for m in post_of(cast, made[0])} == {PARENT, "joris.kamphuis@wilgenhof.example"}
    sweep(cast.session, "plan-reviews", AT + timedelta(days=1), cast.school.id)
    assert task.target_on == date(2026, 12, 16)
    with pytest.raises(CaseError):
        arrange(cast.session, wish(cast, **about), actor=cast.actor("ineke", AT), at=AT)


def test_a_plan_reviews_hour_is_given_by_who_may_do_the_task(cast: Cast) -> None:
    task = _opp_talk(cast)

    with pytest.raises(NotFoundError):
        arrange(cast.session, wish(cast, task_id=task.id), actor=cast.actor("hanneke", AT), at=AT)


def test_a_talk_about_a_plan_that_is_called_off_waits_for_another_hour(
    cast: Cast,
) -> None:
    task, ineke = _opp_talk(cast), cast.actor("ineke", AT)
    about = {"task_id": task.id, "outside": (PARENT,)}
    [first] = arrange(cast.session, wish(cast, **about), actor=ineke, at=AT)
    _left(post_of(cast, first))

    call_off_meeting(cast.session, first.id, actor=ineke, at=AT, reason="ouders zijn ziek")
    assert (first.state, task.closed_at) == (MeetingState.CANCELLED, None)
    _left(post_of(cast, first))
    later = wish(cast, **about, starts_at=HOUR + timedelta(days=7))
    [again] = arrange(cast.session, later, actor=ineke, at=AT + timedelta(hours=1))

    assert (again.id, again.uid, again.state) == (first.id, first.uid, MeetingState.CONFIRMED)
    fresh = [m for m in post_of(cast, again) if m.state == "ready"]
    assert {m.subject.partition(":")[0] for m in fresh} == {"Uitnodiging"}
    assert {event_of(m)["SEQUENCE"] for m in fresh} == {2}


def test_a_form_that_is_sent_twice_makes_one_meeting(cast: Cast) -> None:
    arrange(cast.session, wish(cast), actor=cast.actor("ineke", AT), at=AT)

    with pytest.raises(CaseError, match="staat er al"):
        arrange(cast.session, wish(cast), actor=cast.actor("ineke", AT), at=AT)
