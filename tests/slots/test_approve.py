"""From draft to hours: all of it or nothing, looked at once more, told once, undone once."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

import pytest
from sqlmodel import select

from models import Attendee, Meeting, Membership, ProposalState, Role, Room, SlotProposal
from models.database import reading, unit_of_work
from service.access.scope import NotFoundError
from service.clock import local
from service.school.rooms import lay_aside_room
from service.slots.approve import Applied, NotReadyError, OnlyTogetherError, StaleDraftError, approve
from service.slots.undo import NotAppliedError, undo
from tests.cast import moment
from tests.slots.conftest import MID, NOW, SEO, House


def approved(
    house: House, proposal: SlotProposal, only: set[UUID] | None = None, who: str = "ineke"
) -> Applied:
    with unit_of_work(house.engine) as session:
        school = house.school(session)
        return approve(session, school, proposal.id, actor=house.actor(who), at=NOW, only=only)


def undone(house: House, proposal: SlotProposal) -> list[str]:
    with unit_of_work(house.engine) as session:
        return undo(session, house.school(session), proposal.id, actor=house.actor("ineke"), at=NOW)[1]


def change(house: House, meeting: Meeting, **fields: object) -> None:
    with unit_of_work(house.engine) as session:
        row = session.get_one(Meeting, meeting.id)
        for name, value in fields.items():
            setattr(row, name, value)


def test_approval_gives_the_hours_of_the_draft(drafted: House) -> None:
    proposal = drafted.found()
    wanted = {item["meeting"]: item["becomes"] for item in proposal.result["items"]}

    done = approved(drafted, proposal)

    now = {str(m.id): m for m in drafted.meetings()}
    assert done.meetings == len(wanted) > 0
    assert {id_: (now[id_].starts_at.isoformat(), now[id_].location) for id_ in wanted} == {
        id_: (hour["starts"], hour["location"]) for id_, hour in wanted.items()
    }
    assert all(local(m.starts_at).hour >= 12 for m in now.values()), "not in lesson hours"


@pytest.mark.acceptance
def test_nobody_sits_in_two_rooms_and_no_room_holds_two_meetings(house: House) -> None:
    approved(house, house.found(rounds=("*",)))

    with reading(house.engine) as session:
        meetings = session.exec(select(Meeting).where(Meeting.school_id == house.school(session).id)).all()
    busy = {m.id: {g.person_id for g in house.guests(m)} | {m.location} for m in meetings}
    clashes = [
        (a.title, b.title)
        for a, b in combinations(meetings, 2)
        if a.starts_at < b.ends_at and b.starts_at < a.ends_at and busy[a.id] & busy[b.id] - {""}
    ]
    assert clashes == []


def test_who_is_asked_hears_it_once_per_meeting(drafted: House) -> None:
    approved(drafted, drafted.found())

    letters = Counter((m.meeting_id, m.person_id) for m in drafted.post() if m.kind == "invitation")
    asked = {(m.id, g.person_id) for m in drafted.meetings() for g in drafted.guests(m) if not g.chair}
    assert set(letters) == asked
    assert set(letters.values()) == {1}


def test_a_part_of_a_draft_may_be_approved(drafted: House) -> None:
    proposal = drafted.found()
    meetings = drafted.meetings()
    # One that goes to an hour where nobody is now.
    free = [
        item
        for item in proposal.result["items"]
        if item["moved"]
        and not any(
            m.starts_at.isoformat() < item["becomes"]["ends"]
            and item["becomes"]["starts"] < m.ends_at.isoformat()
            for m in meetings
        )
    ]
    chosen = {UUID(item["task"]) for item in free[:1]}

    done = approved(drafted, proposal, only=chosen)

    moved = {m.task_id for m in drafted.meetings() if m.sequence > 0}
    assert (done.meetings, moved) == (1, chosen)


def test_a_part_that_needs_the_hour_of_another_is_refused_and_says_whose_it_is(drafted: House) -> None:
    proposal = drafted.found()
    items = proposal.result["items"]
    other, item = next(
        (other, item)
        for other in items
        for item in items
        if other is not item
        and other["was"]["starts"] < item["becomes"]["ends"]
        and item["becomes"]["starts"] < other["was"]["ends"]
    )

    with pytest.raises(OnlyTogetherError) as refused:
        approved(drafted, proposal, only={UUID(item["task"])})

    assert f"{other['title']}: heeft dat uur nu nog" in refused.value.changes
    assert drafted.post() == []


def test_a_part_is_stale_when_the_draft_is(drafted: House) -> None:
    proposal = drafted.found()
    item = proposal.result["items"][0]
    change(drafted, next(m for m in drafted.meetings() if str(m.id) == item["meeting"]), locked=True)

    with pytest.raises(StaleDraftError, match="intussen iets veranderd"):
        approved(drafted, proposal, only={UUID(item["task"])})


def test_a_locked_meeting_keeps_its_hour(house: House) -> None:
    first = house.meetings()[0]
    change(house, first, locked=True)

    proposal = house.found(rounds=("*",))
    approved(house, proposal)

    assert str(first.task_id) not in {item["task"] for item in proposal.result["items"]}
    assert house.meetings()[0].starts_at == first.starts_at
    assert proposal.result["locked"] == 1


def test_a_draft_is_refused_whole_when_a_meeting_moved_meanwhile(drafted: House) -> None:
    proposal = drafted.found()
    item = proposal.result["items"][0]
    moved = next(m for m in drafted.meetings() if str(m.id) == item["meeting"])
    change(
        drafted,
        moved,
        starts_at=moved.starts_at + timedelta(days=7),
        ends_at=moved.ends_at + timedelta(days=7),
    )
    before = drafted.meetings()

    with pytest.raises(StaleDraftError) as refused:
        approved(drafted, proposal)

    assert refused.value.changes[0] == f"{item['title']}: is intussen verzet"
    assert drafted.meetings() == before
    assert drafted.post() == []


def test_a_draft_is_refused_when_a_meeting_was_locked_meanwhile(drafted: House) -> None:
    proposal = drafted.found()
    item = proposal.result["items"][0]
    change(drafted, next(m for m in drafted.meetings() if str(m.id) == item["meeting"]), locked=True)

    with pytest.raises(StaleDraftError) as refused:
        approved(drafted, proposal)

    assert f"{item['title']}: is intussen vastgezet" in refused.value.changes


def test_a_draft_is_refused_when_another_meeting_came_into_its_hour(drafted: House) -> None:
    proposal = drafted.found()
    item = proposal.result["items"][0]
    other = drafted.meetings("didactisch-m")[0]
    start, end = (datetime.fromisoformat(item["becomes"][edge]) for edge in ("starts", "ends"))
    change(drafted, other, starts_at=start, ends_at=end)

    with pytest.raises(StaleDraftError) as refused:
        approved(drafted, proposal)

    assert any("zit dan al in een ander overleg" in each for each in refused.value.changes)


def test_a_draft_is_refused_when_its_room_is_used_no_longer(drafted: House) -> None:
    proposal = drafted.found()
    room = UUID(proposal.result["items"][0]["room"])
    with unit_of_work(drafted.engine) as session:
        lay_aside_room(session, drafted.school(session).id, room)

    with pytest.raises(StaleDraftError) as refused:
        approved(drafted, proposal)

    assert any("die ruimte is er niet" in each for each in refused.value.changes)


def test_a_draft_is_approved_once(drafted: House) -> None:
    proposal = drafted.found()
    approved(drafted, proposal)

    with pytest.raises(NotReadyError):
        approved(drafted, proposal)


@pytest.mark.parametrize(("name", "brin"), [("laila", "99ZW"), ("amira", "99ZW"), ("koert", "99KM")])
def test_nobody_but_a_manager_of_the_school_approves(drafted: House, name: str, brin: str) -> None:
    proposal = drafted.found()

    with pytest.raises(NotFoundError), unit_of_work(drafted.engine) as session:
        approve(session, drafted.school(session), proposal.id, actor=drafted.actor(name, brin), at=NOW)

    assert drafted.post() == []


def test_undo_puts_everything_back_and_only_once(drafted: House) -> None:
    before = {m.id: (m.starts_at, m.ends_at, m.location) for m in drafted.meetings()}
    proposal = drafted.found()
    approved(drafted, proposal)

    stays = undone(drafted, proposal)

    assert stays == []
    assert {m.id: (m.starts_at, m.ends_at, m.location) for m in drafted.meetings()} == before
    with pytest.raises(NotAppliedError):
        undone(drafted, proposal)


def test_undo_leaves_what_was_moved_since(drafted: House) -> None:
    proposal = drafted.found()
    approved(drafted, proposal)
    moved = next(m for m in drafted.meetings() if str(m.id) == proposal.result["items"][0]["meeting"])
    later = moment("2026-12-16", 13)
    change(drafted, moved, starts_at=later, ends_at=later + timedelta(minutes=45))

    stays = undone(drafted, proposal)

    assert stays == [f"{moved.title}: is intussen verzet en blijft zo"]
    assert later in {m.starts_at for m in drafted.meetings()}


def test_undo_puts_no_two_meetings_in_one_room(house: House) -> None:
    for meeting in house.meetings():
        change(house, meeting, location="IB-kamer")
    proposal = house.found(rounds=(SEO,), prefer="early")
    approved(house, proposal)
    item = next(i for i in proposal.result["items"] if i["moved"])
    start, end = (datetime.fromisoformat(item["was"][edge]) for edge in ("starts", "ends"))
    other = house.meetings("didactisch-m")[0]
    change(house, other, starts_at=start, ends_at=end, location="IB-kamer")
    with unit_of_work(house.engine) as session:
        for guest in session.exec(select(Attendee).where(Attendee.meeting_id == other.id)):
            guest.removed = True

    stays = undone(house, proposal)

    assert f"{item['title']}: op het oude uur is nu {other.title}" in stays


def test_undo_gives_a_meeting_back_to_who_led_it(house: House) -> None:
    other = house.person("laila.tahiri")
    with unit_of_work(house.engine) as session:
        school = house.school(session)
        since = moment("2026-08-01").date()
        session.add(Membership(school_id=school.id, person_id=other.id, role=Role.IB, valid_from=since))
    before = {m.id: {(g.person_id, g.chair) for g in house.guests(m)} for m in house.meetings()}
    days = sorted(local(m.starts_at).date().isoformat() for m in house.meetings())
    ill = {"person": str(house.person("ineke").id), "first": days[0], "last": days[-1]}
    proposal = house.found(rounds=(SEO,), keep=True, absent=[ill])
    approved(house, proposal)
    led = {m.id: {(g.person_id, g.chair) for g in house.guests(m)} for m in house.meetings()}

    stays = undone(house, proposal)

    after = {m.id: {(g.person_id, g.chair) for g in house.guests(m)} for m in house.meetings()}
    assert (stays, led != before) == ([], True)
    assert after == before


def test_illness_moves_only_the_meetings_of_that_week(house: House) -> None:
    approved(house, house.found(rounds=(MID,)))
    ill = {"person": str(house.person("ineke").id), "first": "2027-02-15", "last": "2027-02-19"}
    broken = {m.id for m in house.meetings("didactisch-m") if 15 <= local(m.starts_at).day <= 19}

    proposal = house.found(rounds=(MID,), keep=True, absent=[ill])

    moved = {UUID(item["meeting"]) for item in proposal.result["items"]}
    assert broken
    assert moved | {UUID(item["meeting"]) for item in proposal.result["unplaced"]} == broken


def test_a_meeting_in_a_room_that_a_locked_one_has_gets_another(house: House) -> None:
    with reading(house.engine) as session:
        name = session.exec(select(Room.name).where(Room.name == "IB-kamer")).one()
    first = house.meetings()[0]
    change(house, first, locked=True, location=name)

    proposal = house.found(rounds=(SEO,))

    here = (first.starts_at.isoformat(), name)
    assert here not in {(i["becomes"]["starts"], i["becomes"]["location"]) for i in proposal.result["items"]}
    assert proposal.state == ProposalState.DRAFT
