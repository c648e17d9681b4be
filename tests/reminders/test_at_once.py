"""What can't wait for tomorrow: for today, moved, withdrawn; said once, to who knew otherwise."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from models import Message, MessageState, ReminderWish, Task, TaskState
from service.cases.assign import assign_task
from service.cases.cancel import cancel_case
from service.cases.conversation import conversation_id
from service.cases.reschedule import reschedule_task
from service.notices.outbox import Letter, post
from service.reminders.digest import write_digests
from service.reminders.recheck import objections
from tests.cast import Cast, moment
from tests.reminders.mornings import digests, ledger, left, morning, mornings, work

WEDNESDAY = "2026-11-25"


def look(cast: Cast, at: datetime, since: datetime | None = None) -> dict[str, int]:
    counts = write_digests(cast.session, cast.school, at, since)
    cast.session.flush()
    return counts


def notices(cast: Cast, name: str) -> list[Message]:
    return cast.post("notice", name)


def move(cast: Cast, task: Task, to: str, at: datetime, by: str = "ineke") -> None:
    actor = cast.actor(by, at)
    reschedule_task(cast.session, task.id, actor=actor, at=at, to=date.fromisoformat(to), reason="ziek")


def test_who_was_told_of_a_day_hears_at_once_that_it_moved(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY, group="8")
    morning(cast, WEDNESDAY)
    move(cast, task, "2026-12-09", moment(WEDNESDAY, 10))

    look(cast, moment(WEDNESDAY, 10, 5))
    look(cast, moment(WEDNESDAY, 10, 10))

    (notice,) = notices(cast, "hanneke")
    assert "verzet van woensdag 25 november naar woensdag 9 december" in notice.body
    assert notice.subject == "Jaarritme, woensdag 25 november: 1 taak veranderd"


def test_a_move_that_was_written_after_the_message_but_began_before_it_is_news_too(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY, group="8")
    morning(cast, WEDNESDAY)
    move(cast, task, "2026-12-09", moment(WEDNESDAY, 6, 29))

    look(cast, moment(WEDNESDAY, 6, 35), moment(WEDNESDAY, 6, 30))
    look(cast, moment(WEDNESDAY, 6, 40), moment(WEDNESDAY, 6, 35))

    (notice,) = notices(cast, "hanneke")
    assert "verzet van woensdag 25 november naar woensdag 9 december" in notice.body


def test_what_was_withdrawn_while_its_message_was_written_is_said(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY, group="8")
    morning(cast, WEDNESDAY)
    at = moment(WEDNESDAY, 6, 29)
    cancel_case(cast.session, task.case_id, actor=cast.actor("ineke", at), at=at, reason="niet meer nodig")

    look(cast, moment(WEDNESDAY, 6, 35), moment(WEDNESDAY, 6, 30))
    look(cast, moment(WEDNESDAY, 6, 40), moment(WEDNESDAY, 6, 35))

    (notice,) = notices(cast, "hanneke")
    assert "is niet meer nodig" in notice.body


def test_who_was_told_nothing_yet_hears_nothing_of_a_move(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-12-16", group="8")
    morning(cast, WEDNESDAY)
    move(cast, task, "2026-12-17", moment(WEDNESDAY, 10))

    look(cast, moment(WEDNESDAY, 10, 5))

    assert cast.post(person="hanneke") == []


def test_what_one_moved_oneself_is_no_news(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY, group="8")
    morning(cast, WEDNESDAY)
    move(cast, task, "2026-12-09", moment(WEDNESDAY, 10), by="hanneke")

    look(cast, moment(WEDNESDAY, 10, 5))

    assert notices(cast, "hanneke") == []
    assert ("gewijzigd", "zelf gedaan") in {(e.rung, e.reason) for e in ledger(cast, "hanneke")}


def test_there_and_back_is_no_news(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-26", group="8")
    morning(cast, WEDNESDAY)
    move(cast, task, "2026-12-09", moment(WEDNESDAY, 10))
    move(cast, task, "2026-11-26", moment(WEDNESDAY, 10, 1))

    look(cast, moment(WEDNESDAY, 10, 5))

    assert notices(cast, "hanneke") == []


def test_several_changes_are_one_message(cast: Cast) -> None:
    tasks = [work(cast, "hanneke", WEDNESDAY, group="8", title=f"Taak {n}") for n in range(3)]
    morning(cast, WEDNESDAY)
    for task in tasks:
        move(cast, task, "2026-12-09", moment(WEDNESDAY, 10))

    look(cast, moment(WEDNESDAY, 10, 5))

    (notice,) = notices(cast, "hanneke")
    assert all(f"Taak {n}" in notice.body for n in range(3))


def test_what_was_withdrawn_is_told_once_and_not_to_who_did_it(cast: Cast) -> None:
    hers, own = work(cast, "hanneke", WEDNESDAY), work(cast, "ineke", WEDNESDAY)
    morning(cast, WEDNESDAY)
    for task in (hers, own):
        actor, at = cast.actor("ineke", moment(WEDNESDAY)), moment(WEDNESDAY, 11)
        cancel_case(cast.session, task.case_id, actor=actor, at=at, reason="leerling vertrokken")

    look(cast, moment(WEDNESDAY, 11, 5))
    morning(cast, "2026-11-26")

    (notice,) = notices(cast, "hanneke")
    assert "is niet meer nodig" in notice.body
    assert "leerling vertrokken" not in notice.body
    assert notices(cast, "ineke") == []


def test_a_change_in_the_evening_or_on_a_day_off_waits_for_the_next_digest(cast: Cast) -> None:
    task = work(cast, "laila", "2026-11-24")
    morning(cast, "2026-11-24")
    left(cast, moment("2026-11-24", 20))
    move(cast, task, "2026-12-08", moment("2026-11-24", 20))

    look(cast, moment("2026-11-24", 20, 5))
    mornings(cast, "2026-11-25", "2026-11-30")

    assert notices(cast, "laila") == []
    assert "verzet van dinsdag 24 november naar dinsdag 8 december" in digests(cast, "laila")[-1].body
    reasons = {e.reason for e in ledger(cast, "laila") if e.rung == "gewijzigd"}
    assert {"rusttijd", "je was vrij"} <= reasons


def test_work_for_today_that_is_given_at_ten_is_told_at_ten(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY, group="5")
    morning(cast, WEDNESDAY)
    actor, at = cast.actor("ineke", moment(WEDNESDAY)), moment(WEDNESDAY, 10)
    assign_task(cast.session, task.id, actor=actor, at=at, to=cast.id("joris"))

    counts = look(cast, moment(WEDNESDAY, 10, 5), moment(WEDNESDAY, 10))

    assert counts["at_once"] == 1
    assert "vandaag" in notices(cast, "joris")[0].body


def test_other_work_that_is_given_at_ten_waits_for_tomorrow(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-26", group="5")
    morning(cast, WEDNESDAY)
    actor, at = cast.actor("ineke", moment(WEDNESDAY)), moment(WEDNESDAY, 10)
    assign_task(cast.session, task.id, actor=actor, at=at, to=cast.id("joris"))

    look(cast, moment(WEDNESDAY, 10, 5), moment(WEDNESDAY, 10))
    before = len(cast.post(person="joris"))
    morning(cast, "2026-11-26")

    assert (before, len(digests(cast, "joris"))) == (0, 1)


@pytest.mark.parametrize(
    ("at", "since"),
    [((10, 5), (10, 0)), ((5, 5), (5, 0)), ((23, 55), (23, 50))],
    ids=["between hours", "before the morning", "at night"],
)
def test_a_look_when_nothing_happened_asks_next_to_nothing(
    cast: Cast, at: tuple[int, int], since: tuple[int, int]
) -> None:
    work(cast, "hanneke", WEDNESDAY)
    cast.session.flush()
    asked: list[str] = []
    bind = cast.session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda *args: asked.append(args[2]))

    counts = look(cast, moment(WEDNESDAY, *at), moment(WEDNESDAY, *since))

    assert (counts["due"], len([q for q in asked if q.lower().startswith("select")])) == (0, 3)


def test_who_was_missed_for_three_hours_hears_once(cast: Cast) -> None:
    cast.session.add(
        ReminderWish(school_id=cast.school.id, person_id=cast.id("hanneke"), hour=moment(WEDNESDAY, 9).time())
    )
    work(cast, "hanneke", WEDNESDAY)
    last = moment(WEDNESDAY, 6, 25)

    look(cast, moment(WEDNESDAY, 12), last)
    look(cast, moment(WEDNESDAY, 12, 5), moment(WEDNESDAY, 12))

    assert len(cast.post(person="hanneke")) == 1


def test_what_was_done_before_its_rung_says_so_in_the_ledger(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY)
    task.state, task.closed_at = TaskState.COMPLETED, moment("2026-11-23", 15)

    mornings(cast, "2026-11-24", "2026-11-26")

    assert [(e.rung, e.reason) for e in ledger(cast, "hanneke")] == [("op-de-dag", "al afgerond")]


def test_a_conversation_is_there_once_also_when_two_look_at_the_same_time(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-02")
    mornings(cast, "2026-11-25", "2026-11-30")

    for minute in range(3):
        look(cast, moment("2026-11-30", 13, minute))

    talk = cast.session.get(Task, conversation_id(task.id))
    assert talk
    assert talk.state == TaskState.RESERVED


# What is about to leave is looked at once more.


def test_a_message_about_work_that_is_done_does_not_leave(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY)
    morning(cast, WEDNESDAY)
    task.state = TaskState.COMPLETED
    cast.session.flush()

    (digest,) = digests(cast, "hanneke")
    assert objections(cast.session, [digest], moment(WEDNESDAY)) == {digest.id: "al afgerond"}


def test_a_message_about_work_of_another_by_now_does_not_leave_save_to_who_guards(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-18")
    mornings(cast, "2026-11-24", WEDNESDAY)
    task.owner_id = cast.id("joris")
    cast.session.flush()
    everything = cast.post("digest")

    found = objections(cast.session, everything, moment(WEDNESDAY))

    assert {m.person_id for m in everything if m.id in found} == {cast.id("hanneke")}
    assert set(found.values()) == {"van iemand anders"}
    assert {m.person_id for m in everything} > {cast.id("hanneke")}


def test_a_message_to_who_paused_meanwhile_does_not_leave(cast: Cast) -> None:
    work(cast, "hanneke", WEDNESDAY)
    morning(cast, WEDNESDAY)
    day = date.fromisoformat(WEDNESDAY)
    wish = {"paused_from": day, "paused_until": day + timedelta(days=2)}
    cast.session.add(ReminderWish(school_id=cast.school.id, person_id=cast.id("hanneke"), **wish))
    cast.session.flush()

    assert set(objections(cast.session, digests(cast, "hanneke"), moment(WEDNESDAY)).values()) == {
        "gepauzeerd"
    }


def test_what_is_no_reminder_is_left_alone(cast: Cast) -> None:
    letter = Letter(
        school_id=cast.school.id,
        person_id=cast.id("hanneke"),
        kind="notice",
        dedupe_key="wachtwoord",
        to_address="x@wilgenhof.example",
        subject="Kies een wachtwoord",
        body="Kies een wachtwoord",
        at=moment(WEDNESDAY),
        expires_at=moment("2026-11-26"),
    )
    message = post(cast.session, letter)
    assert message
    assert message.state == MessageState.READY

    assert objections(cast.session, [message], moment(WEDNESDAY)) == {}
