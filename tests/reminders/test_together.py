"""Reminders by hand to one person come together: one message, and the next no sooner than an hour later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine

from models import Channel, Installation, LedgerOutcome, Message, MessageState, Task, TaskState
from models.database import reading, unit_of_work
from service.notices.claiming import Lane, claim
from service.notices.parcel import Parcel
from service.reminders.by_hand import NotRemindedError, remind_by_hand, told_words
from service.reminders.logbook import Fate, of_task
from service.reminders.recheck import objections
from service.reminders.together import GATHER
from tests.cast import Cast, moment, read_cast
from tests.reminders.mornings import ledger, work

NINE = moment("2026-11-25")  # a Wednesday
MINUTE = timedelta(minutes=1)
TITLES = ("Een", "Twee", "Drie")


def works(cast: Cast, owner: str = "hanneke", group: str = "5") -> list[Task]:
    return [work(cast, owner, "2026-11-27", title=title, group=group) for title in TITLES]


def remind(cast: Cast, task: Task, at: datetime = NINE, by: str = "ineke") -> str:
    """Remind of a task; return what is said about it."""
    told = remind_by_hand(cast.session, task.id, actor=cast.actor(by, at), at=at)
    words, filled = told_words(told, at)
    return words % filled


def by_hand(cast: Cast, person: str = "hanneke") -> list[Message]:
    cast.session.flush()
    return cast.post("notice", person)


def carried(cast: Cast, at: datetime, lane: Lane = Lane.MAIL) -> list[Parcel]:
    """Return what delivery takes along at a moment."""
    cast.session.flush()
    lease = timedelta(minutes=5)
    return claim(cast.session, at, limit=10, lease=lease, lane=lane, recheck=objections).parcels


def entries(cast: Cast) -> dict[UUID, tuple[LedgerOutcome, str | None]]:
    return {e.task_id: (e.outcome, e.reason) for e in ledger(cast, "hanneke") if e.by_id}


def test_what_is_asked_of_one_person_in_one_go_is_one_message(cast: Cast) -> None:
    tasks, other = works(cast), work(cast, "joris", "2026-11-27", title="Van Joris")

    said = [remind(cast, task, NINE + n * MINUTE) for n, task in enumerate([*tasks, other])]

    (parcel,) = [p for p in carried(cast, NINE + GATHER) if p.person_name == "Hanneke Achterberg"]
    assert parcel.subject == "Jaarritme: Ineke Bergsma herinnert je aan 3 taken"
    assert [title for title in (*TITLES, "Van Joris") if f"- {title} (" in parcel.body] == list(TITLES)
    assert all(f"/taken/{task.id}" in parcel.body for task in tasks)
    assert said[2] == (
        "Herinnerd: Hanneke Achterberg. Het bericht gaat om 09:02; wat je tot dan nog vraagt, gaat mee."
    )


def test_the_ledger_says_of_each_task_by_whom_when_and_in_which_message(cast: Cast) -> None:
    first, second, _ = works(cast)
    remind(cast, first)
    remind(cast, second, NINE + MINUTE, by="dirk")

    (message,) = by_hand(cast)
    lines = [line for task in (first, second) for line in of_task(cast.session, task)]

    assert message.subject == "Jaarritme: Ineke Bergsma en Dirk Elzinga herinneren je aan 2 taken"
    assert [(e.task_id, e.at, e.message_id) for e in ledger(cast, "hanneke")] == [
        (first.id, NINE, message.id),
        (second.id, NINE + MINUTE, message.id),
    ]
    assert [(line.by, line.fate) for line in lines] == [
        ("Ineke Bergsma", Fate.WAITING),
        ("Dirk Elzinga", Fate.WAITING),
    ]


def test_each_task_still_waits_a_day(cast: Cast) -> None:
    task, other, _ = works(cast)
    remind(cast, task)
    remind(cast, other)

    with pytest.raises(NotRemindedError, match="herinnerde hier woensdag 25 november om 09:00 al aan"):
        remind(cast, other, NINE + MINUTE)

    (message,) = by_hand(cast)
    assert "2 taken" in message.subject


def test_another_school_writes_its_own_message(cast: Cast) -> None:
    there = read_cast(cast.session, "99HK")
    here, away = work(cast, "ineke", "2026-11-27"), work(there, "ineke", "2026-11-27", group="6")

    remind(cast, here, by="dirk")
    remind(there, away, by="koert")

    (ours,), (theirs,) = by_hand(cast, "ineke"), by_hand(there, "ineke")
    assert (ours.due_at, theirs.due_at) == (NINE + GATHER, moment("2026-11-26", 6, 30))
    assert (str(away.id) in ours.body, str(here.id) in theirs.body) == (False, False)


def test_what_is_asked_after_it_left_goes_together_an_hour_later(cast: Cast) -> None:
    first, second, third = works(cast)
    remind(cast, first)
    (gone,) = carried(cast, NINE + GATHER)

    said = remind(cast, second, NINE + 6 * MINUTE)
    remind(cast, third, NINE + 40 * MINUTE)

    _, later = by_hand(cast)
    assert said == (
        "Hanneke Achterberg hoort het om 10:02. Met de hand gaat er hooguit één bericht per uur naar iemand; "
        "wat je tot dan nog vraagt, gaat mee."
    )
    assert (gone.id != later.id, later.due_at) == (True, NINE + 62 * MINUTE)
    assert "2 taken" in later.subject
    assert "Twee" not in gone.body


def test_an_hour_that_ends_in_quiet_time_ends_on_the_next_working_day(cast: Cast) -> None:
    first, second, _ = works(cast)
    evening = moment("2026-11-25", 17, 30)
    remind(cast, first, evening)
    carried(cast, evening + GATHER)

    said = remind(cast, second, evening + 6 * MINUTE)

    assert said == (
        "Hanneke Achterberg hoort het op de eerstvolgende werkdag: donderdag 26 november om 06:30"
    )


def test_what_is_done_meanwhile_is_left_out_and_the_ledger_says_so(cast: Cast) -> None:
    done, open_, moved = works(cast)
    for task in (done, open_, moved):
        remind(cast, task)
    done.state, moved.due_version = TaskState.COMPLETED, moved.due_version + 1

    (parcel,) = carried(cast, NINE + GATHER)

    assert parcel.subject == "Jaarritme: Ineke Bergsma herinnert je aan een taak"
    assert [title for title in TITLES if title in parcel.body] == ["Twee"]
    assert entries(cast) == {
        done.id: (LedgerOutcome.NOT_TOLD, "al afgerond"),
        open_.id: (LedgerOutcome.TOLD, None),
        moved.id: (LedgerOutcome.NOT_TOLD, "intussen verzet"),
    }


def test_when_nothing_is_left_nothing_is_sent_and_the_logbook_says_why(cast: Cast) -> None:
    first, second, _ = works(cast)
    for task in (first, second):
        remind(cast, task)
        task.state = TaskState.COMPLETED

    assert carried(cast, NINE + GATHER) == []

    assert [(m.state, m.last_error) for m in by_hand(cast)] == [(MessageState.SUPPRESSED, "al afgerond")]
    assert [(line.fate, line.why) for line in of_task(cast.session, second)] == [
        (Fate.SUPPRESSED, "al afgerond")
    ]


def with_a_phone(cast: Cast) -> None:
    row = Channel(
        school_id=cast.school.id, person_id=cast.id("hanneke"), name="telefoon", secret_url="x", active=True
    )
    cast.session.add(row)
    cast.session.flush()


def test_a_channel_gets_the_same_words(cast: Cast) -> None:
    with_a_phone(cast)
    done, second, third = works(cast)
    for task in (done, second, third):
        remind(cast, task)
    done.state = TaskState.COMPLETED

    (mail,), (chat,) = carried(cast, NINE + GATHER), carried(cast, NINE + GATHER, Lane.CHANNELS)

    assert (mail.subject, mail.body) == (chat.subject, chat.body)
    assert "2 taken" in chat.subject
    assert chat.html is None


def test_nothing_is_added_when_the_channel_was_told_already(cast: Cast) -> None:
    with_a_phone(cast)
    first, second, _ = works(cast)
    remind(cast, first)
    carried(cast, NINE + GATHER, Lane.CHANNELS)

    remind(cast, second, NINE + 6 * MINUTE)

    mails = [message for message in by_hand(cast) if message.channel_id is None]
    assert [m.due_at for m in mails] == [NINE + GATHER, NINE + 62 * MINUTE]
    assert "Twee" not in mails[0].body


def test_nothing_is_added_to_what_an_old_copy_holds(cast: Cast) -> None:
    first, second, _ = works(cast)
    remind(cast, first)
    cast.session.add(Installation(beat_at=NINE, restored_at=NINE))
    cast.session.flush()

    remind(cast, second, NINE + MINUTE)

    assert [m.due_at for m in by_hand(cast)] == [NINE + GATHER, NINE + GATHER + 60 * MINUTE]


def test_two_who_remind_one_person_at_once_make_one_message(opened: Engine) -> None:
    with unit_of_work(opened) as session:
        cast = read_cast(session, "99WH")
        asked = list(zip([task.id for task in works(cast)], ("ineke", "dirk"), strict=False))
    ready = Barrier(len(asked))

    def press(task_id: UUID, by: str) -> None:
        ready.wait()
        with unit_of_work(opened) as session:
            actor = read_cast(session, "99WH").actor(by, NINE)
            remind_by_hand(session, task_id, actor=actor, at=NINE)

    with ThreadPoolExecutor() as pool:
        list(pool.map(press, *zip(*asked, strict=True)))

    with reading(opened) as session:
        (message,) = by_hand(read_cast(session, "99WH"))
    assert message.subject.endswith("herinneren je aan 2 taken")
