from datetime import date

import pytest
from sqlmodel import select

from models import Closure, Message, Replan
from service.cases.reschedule import reschedule_task
from service.replan.apply import StalePreviewError
from service.replan.changes import ClosureAdded, ClosureRemoved
from service.school.closures import Wanted, add_closure
from tests.cast import Cast, moment
from tests.replan.year import FREE, NOW, apply, night, of, preview, rows, standing

BUSY = ClosureAdded(name="Studiedag", first_day=date(2027, 2, 10), last_day=date(2027, 2, 10))


def test_what_was_previewed_is_what_is_applied(cast: Cast) -> None:
    night(cast)
    seen = preview(cast, BUSY).outcome

    replan = apply(cast, BUSY, expected=seen.digest)

    told = {move["task"]: move["text"] for move in replan.moves if move["kind"] == "shift"}
    assert set(told) == {str(shift.task_id) for shift in seen.shifts}
    task = cast.task(cast.case("didactisch-m:g5"), "verslag")
    assert task.target_on == date(2027, 3, 2)
    assert told[str(task.id)] == "was dinsdag 16 februari, wordt dinsdag 2 maart"


def test_after_it_the_night_moves_nothing_and_tells_nobody(cast: Cast) -> None:
    night(cast)
    apply(cast, BUSY)
    before = standing(cast.session, cast.school.id)
    letters = len(cast.post())

    found = night(cast)

    assert found == {"redated": 0, "told": 0, "entered": 0}
    assert (standing(cast.session, cast.school.id), len(cast.post())) == (before, letters)


def test_every_moved_date_is_history_and_arms_the_reminders_anew(cast: Cast) -> None:
    night(cast)
    task = cast.task(cast.case("didactisch-m:g5"), "verslag")
    version = task.due_version

    apply(cast, BUSY)

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id) == ("redated", cast.id("ineke"))
    assert event.reason == "Studiedag: vrij op 10 februari 2027"
    assert event.data == {"old": "2027-02-16", "new": "2027-03-02"}
    assert task.due_version == version + 1


def test_everyone_gets_one_letter_with_all_that_moved_for_her(cast: Cast) -> None:
    night(cast)

    apply(cast, BUSY)

    letters = cast.post("notice")
    assert len(letters) == len({letter.person_id for letter in letters})
    [hanneke] = cast.post("notice", "hanneke")
    assert hanneke.subject.startswith("Jaarritme: ")
    assert "Er is iets veranderd: Studiedag: vrij op 10 februari 2027." in hanneke.body
    assert "- Bespreek de groep (Groepsbespreking: Bespreking na de middentoetsen – groep 8)" in hanneke.body
    assert "was woensdag 10 februari 09:30, wordt dinsdag 16 februari 13:45" in hanneke.body
    assert cast.post("notice", "ilse") == []


def test_no_pupil_is_named_in_any_letter(cast: Cast) -> None:
    night(cast)

    apply(cast, FREE)

    names = [n for pupil in cast.pupils.values() for n in (pupil.first_name, pupil.last_name)]
    texts = [f"{m.subject} {m.body} {m.html} {m.calendar}" for m in cast.post()]
    assert texts
    assert [name for name in names for text in texts if name in text] == []
    assert (
        "Maak het overstapdossier (Schoolverlaters: Overstap naar het voortgezet onderwijs) – 2 keer"
        in str(cast.post("notice", "hanneke")[0].body)
    )


def test_a_moved_meeting_is_an_update_of_the_same_one_in_everyones_calendar(cast: Cast) -> None:
    night(cast)
    meeting = cast.meeting(cast.task(cast.case("didactisch-m:g5"), "bespreking"))
    uid, sequence = meeting.uid, meeting.sequence

    apply(cast, BUSY)

    assert (meeting.uid, meeting.sequence) == (uid, sequence + 1)
    assert meeting.starts_at == moment("2027-02-16", 13)
    updates = [
        m for m in cast.post("invitation") if m.meeting_id == meeting.id and m.sequence == sequence + 1
    ]
    assert {m.person_id for m in updates} == {cast.id("laila"), cast.id("joris")}
    assert all(f"SEQUENCE:{sequence + 1}" in str(m.calendar) for m in updates)


def test_who_has_left_hears_nothing_more(cast: Cast) -> None:
    night(cast)
    cast.leaves("joris", date(2027, 1, 8))

    apply(cast, BUSY)

    assert cast.post("notice", "joris") == []


def test_a_preview_that_is_no_longer_true_is_shown_anew_and_nothing_is_applied(cast: Cast) -> None:
    night(cast)
    seen = preview(cast, BUSY).outcome
    task = cast.task(cast.case("didactisch-m:g5"), "verslag")
    ineke = cast.actor("ineke", NOW)
    reschedule_task(cast.session, task.id, actor=ineke, at=NOW, to=date(2027, 2, 17), reason="dan kan ik")
    before = rows(cast.session)

    with pytest.raises(StalePreviewError) as caught:
        apply(cast, BUSY, expected=seen.digest)

    fresh = caught.value.preview.outcome
    assert fresh.digest != seen.digest
    assert not [s for s in of(fresh.shifts, "Leg het verslag vast") if s.task_id == task.id]
    assert rows(cast.session) == before
    assert apply(cast, BUSY, expected=fresh.digest).reason == seen.reason


def test_when_something_breaks_halfway_nothing_is_left_of_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(cast)
    before = rows(cast.session)

    def breaks(*_: object, **__: object) -> int:
        raise RuntimeError

    monkeypatch.setattr("service.replan.apply.post_letters", breaks)
    with pytest.raises(RuntimeError):
        apply(cast, BUSY)

    assert rows(cast.session) == before


def test_a_day_that_is_school_after_all_brings_the_dates_back(cast: Cast) -> None:
    night(cast)
    before = {k: v[:4] for k, v in standing(cast.session, cast.school.id).items()}
    apply(cast, FREE)
    [closure] = cast.session.exec(select(Closure).where(Closure.school_id == cast.school.id)).all()

    apply(cast, ClosureRemoved(closure_id=closure.id))

    assert {k: v[:4] for k, v in standing(cast.session, cast.school.id).items()} == before
    assert [r.reason for r in cast.session.exec(select(Replan).order_by(Replan.reason))] == [
        "Studiedag vervalt (op 24 maart 2027)",
        "Studiedag: vrij op 24 maart 2027",
    ]


def test_the_school_next_door_is_left_alone(cast: Cast) -> None:
    night(cast)

    apply(cast, BUSY)

    others = select(Message).where(Message.school_id != cast.school.id)
    assert cast.session.exec(others).all() == []


def test_a_closure_made_the_old_way_moves_by_night_as_the_re_plan_would(cast: Cast) -> None:
    night(cast)
    with cast.session.begin_nested() as trial:
        apply(cast, FREE)
        applied = {k: (*v[:5], v[6]) for k, v in standing(cast.session, cast.school.id).items()}
        trial.rollback()
    cast.session.expire_all()
    wanted = Wanted(name=FREE.name, first_day=FREE.first_day, last_day=FREE.last_day)

    add_closure(cast.session, cast.school.id, wanted, actor_id=None, at=NOW)
    night(cast)

    assert {k: (*v[:5], v[6]) for k, v in standing(cast.session, cast.school.id).items()} == applied
