"""Reminding by hand: by whom, how often, and when it is heard; and what the logbook says of it."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import select

from models import Case, MessageState, ReminderBounds, ReminderWish, Role, Task, TaskState
from service.access.scope import NotFoundError
from service.cases.errors import CaseError, NotYoursError, TaskClosedError
from service.clock import local
from service.reminders.by_hand import NotRemindedError, Reminded, remind_by_hand, told_words
from service.reminders.logbook import Fate, of_people, of_task
from service.reminders.together import GATHER
from service.reminders.wishes import Bounds, Wish, keep_bounds, keep_wish
from service.school.errors import SchoolError
from tests.cast import Cast, moment, read_cast
from tests.reminders.mornings import digests, ledger, left, morning, mornings, told, work

WEDNESDAY = "2026-11-25"
NINE = moment(WEDNESDAY)


def remind(cast: Cast, task: Task, by: str = "ineke", at: datetime = NINE) -> Reminded:
    return remind_by_hand(cast.session, task.id, actor=cast.actor(by, at), at=at)


def test_the_owner_hears_soon_and_by_whom(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-27")

    reminded = remind(cast, task)

    (message,) = cast.post("notice", "hanneke")
    assert message.subject == "Jaarritme: Ineke Bergsma herinnert je aan een taak"
    assert f"/taken/{task.id}" in message.body
    assert message.due_at == reminded.due_at == NINE + GATHER
    assert reminded.names == ("Hanneke Achterberg",)
    (line,) = [e for e in ledger(cast, "hanneke") if e.by_id]
    assert (line.rung, line.by_id) == ("met-de-hand", cast.id("ineke"))
    assert cast.history(task)[-1].verb == "reminded"


def test_a_reminder_by_hand_that_never_arrived_may_be_given_again(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-27")
    remind(cast, task)
    (message,) = cast.post("notice", "hanneke")
    message.state = MessageState.DEAD
    cast.session.flush()

    again = remind(cast, task, at=NINE + timedelta(minutes=30))

    assert again.names == ("Hanneke Achterberg",)
    assert len(cast.post("notice", "hanneke")) == 2


def test_who_is_off_hears_on_the_next_working_day_and_no_digest_repeats_it(cast: Cast) -> None:
    task = work(cast, "laila", "2026-11-23")
    for day in ("2026-11-23", "2026-11-24"):
        morning(cast, day)

    reminded = remind(cast, task)
    mornings(cast, "2026-11-30", "2026-11-30")

    (message,) = cast.post("notice", "laila")
    assert local(message.due_at).isoformat() == "2026-11-30T06:30:00+01:00"
    words, filled = told_words(reminded, NINE)
    assert words % filled == (
        "Laila Tahiri hoort het op de eerstvolgende werkdag: maandag 30 november om 06:30"
    )
    assert ("vraag", "zelfde bericht") in {(e.rung, e.reason) for e in ledger(cast, "laila")}
    assert [local(d.made_at).date() for d in digests(cast, "laila")] == [date(2026, 11, 23)]


def test_a_second_time_waits_a_day_whoever_asks(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-27")
    remind(cast, task)

    for by in ("ineke", "dirk"):
        with pytest.raises(
            NotRemindedError, match="Ineke Bergsma herinnerde hier woensdag 25 november om 09:00"
        ):
            remind(cast, task, by, NINE + timedelta(hours=23))
    remind(cast, task, "dirk", NINE + timedelta(hours=24))

    assert len(cast.post("notice", "hanneke")) == 2


def test_a_reminder_by_hand_counts_as_one_of_the_four(cast: Cast) -> None:
    task = work(cast, "hanneke", WEDNESDAY)
    mornings(cast, "2026-11-18", "2026-11-27")
    remind(cast, task, "dirk", moment("2026-11-30"))
    left(cast, moment("2026-12-01"))

    with pytest.raises(NotRemindedError, match=r"al vier berichten\. Een gesprek helpt nu meer"):
        remind(cast, task, "dirk", moment("2026-12-02"))
    mornings(cast, "2026-12-01", "2026-12-09")

    assert len(told(cast, "hanneke")) == 4
    assert ("ib", "gestopt") in {(e.rung, e.reason) for e in ledger(cast, "hanneke")}


def test_everyone_in_the_queue_hears(cast: Cast) -> None:
    task = work(cast, None, "2026-11-27")

    reminded = remind(cast, task)

    assert set(reminded.names) == {"Laila Tahiri", "Joris Kamphuis"}
    assert {m.person_id for m in cast.post("notice")} == {cast.id("laila"), cast.id("joris")}


@pytest.mark.parametrize("by", ["hanneke", "joris", "bram"])
def test_colleagues_do_not_chase_each_other(cast: Cast, by: str) -> None:
    task = work(cast, "laila", "2026-11-27")

    with pytest.raises((NotYoursError, NotFoundError)):
        remind(cast, task, by)

    assert cast.post("notice") == []


def test_who_opened_the_case_may_remind(cast: Cast) -> None:
    task = work(cast, "laila", "2026-11-27")
    cast.session.get_one(Case, task.case_id).opened_by = cast.id("joris")
    cast.session.flush()

    remind(cast, task, "joris")

    assert len(cast.post("notice", "laila")) == 1


def test_another_school_finds_nothing(cast: Cast) -> None:
    task = work(cast, "laila", "2026-11-27")
    there = read_cast(cast.session, "99HK")

    with pytest.raises(NotFoundError):
        remind_by_hand(cast.session, task.id, actor=there.actor("koert", NINE), at=NINE)


def test_what_can_not_be_reminded_of_is_refused_in_words(cast: Cast) -> None:
    own, later = work(cast, "ineke", "2026-11-27"), work(cast, "hanneke", "2026-11-27", title="Later")
    done, rest = work(cast, "hanneke", "2026-11-27", title="Klaar"), work(cast, "hanneke", "2026-11-27")
    later.state, done.state = TaskState.PLANNED, TaskState.COMPLETED
    wish = {"paused_from": date(2026, 11, 23), "paused_until": date(2026, 11, 30)}
    cast.session.add(ReminderWish(school_id=cast.school.id, person_id=cast.id("hanneke"), **wish))
    cast.session.flush()

    said = {}
    for name, task in (("own", own), ("later", later), ("done", done), ("paused", rest)):
        with pytest.raises(CaseError) as refused:
            remind(cast, task)
        said[name] = str(refused.value)

    assert said == {
        "own": "Dit is je eigen taak.",
        "later": "Deze taak is nog niet aan de beurt; herinneren kan daarna.",
        "done": str(TaskClosedError()),
        "paused": "Hanneke Achterberg heeft berichten gepauzeerd tot en met maandag 30 november.",
    }
    assert cast.post("notice") == []


# The logbook


def test_the_logbook_of_a_task_says_what_became_of_each_message(cast: Cast) -> None:
    task = work(cast, "ineke", "2026-11-24", role=Role.IB)
    task.owner_id = cast.id("hanneke")
    morning(cast, "2026-11-23")
    remind(cast, task, "dirk", moment("2026-11-23"))
    mornings(cast, "2026-11-24", "2026-11-24")
    first, by_hand, second = cast.post(person="hanneke")
    first.state, by_hand.state, second.uncertain = MessageState.EXPIRED, MessageState.BOUNCED, True
    by_hand.bounced_at = moment("2026-11-23", 9, 5)
    cast.session.flush()

    lines = of_task(cast.session, task)

    assert [(line.fate, line.by) for line in lines if line.kind] == [
        (Fate.UNCERTAIN, ""),
        (Fate.BOUNCED, "Dirk Elzinga"),
        (Fate.EXPIRED, ""),
    ]
    assert {line.person for line in lines} == {"Hanneke Achterberg"}


def test_the_logbook_of_a_person_tells_why_nothing_came(cast: Cast) -> None:
    work(cast, "ineke", "2026-11-26", role=Role.IB, title="Vrij")
    morning(cast, "2026-11-26")

    lines = of_people(cast.session, cast.school.id, cast.id("ineke"))

    assert [(line.fate, line.why) for line in lines] == [(Fate.NOT_TOLD, "je was vrij")]
    assert {about.rung for about in lines[0].about} == {"vooraf", "op-de-dag"}
    assert of_people(cast.session, cast.school.id, cast.id("ineke"), before=lines[0].at) == []


def test_no_pupils_name_is_in_the_logbook(cast: Cast) -> None:
    for name in ("laila", "joris", "hanneke", "ineke"):
        work(cast, name, "2026-11-24")
    mornings(cast, "2026-11-23", "2026-11-27")

    told_of = repr(of_people(cast.session, cast.school.id, most=500))

    assert "Bespreek het plan" in told_of
    assert [p.last_name for p in cast.pupils.values() if p.last_name in told_of] == []


# What people choose, within what the school allows

TODAY = date(2026, 11, 25)
BOUNDS: dict[str, Any] = {
    "hour": time(7),
    "latest_hour": time(9),
    "quiet_from": time(17),
    "quiet_until": time(6),
    "most_pause_days": 7,
    "hand_wait_hours": 48,
    "most": 3,
}


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"hour": time(5)}, "Kies een uur tussen 07:00 en 09:00"),
        ({"hour": time(9, 15)}, "Kies een uur tussen 07:00 en 09:00"),
        ({"quiet_from": time(20)}, "allebei de uren"),
        ({"quiet_from": time(12), "quiet_until": time(8)}, "begint na 13:00"),
        ({"quiet_from": time(20), "quiet_until": time(11)}, "hooguit tot 09:00"),
        ({"paused_from": TODAY}, "de eerste en de laatste dag"),
        ({"paused_from": TODAY, "paused_until": TODAY - timedelta(days=1)}, "ligt voor de eerste"),
        ({"paused_from": TODAY, "paused_until": TODAY + timedelta(days=7)}, "hooguit 7 dagen"),
        ({"paused_from": date(2026, 11, 1), "paused_until": date(2026, 11, 2)}, "al voorbij"),
        ({"by_mail": False}, "eerst een ander kanaal"),
    ],
)
def test_a_wish_outside_the_bounds_is_refused_in_words(cast: Cast, wish: dict[str, Any], said: str) -> None:
    keep_bounds(cast.session, cast.school.id, Bounds(**BOUNDS))

    with pytest.raises(SchoolError, match=said):
        keep_wish(cast.session, cast.school.id, cast.id("laila"), Wish(**wish), today=TODAY)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hour": time(10)}, "niet na het laatste"),
        ({"quiet_until": time(8)}, "eindigt uiterlijk op het uur"),
        ({"quiet_from": time(12)}, "en na 13:00"),
        ({"most": 5}, "hooguit 4 berichten"),
        ({"most": 0}, "hooguit 4 berichten"),
        ({"hand_wait_hours": 0}, "een uur tot 168 uur"),
        ({"most_pause_days": 61}, "hooguit 60 dagen"),
    ],
)
def test_bounds_that_can_not_be_are_refused(light: Cast, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(SchoolError, match=said):
        keep_bounds(light.session, light.school.id, Bounds(**(BOUNDS | wrong)))


def test_what_a_school_allows_later_counts_for_who_chose_before(cast: Cast) -> None:
    keep_wish(cast.session, cast.school.id, cast.id("hanneke"), Wish(hour=time(11)), today=TODAY)
    keep_bounds(cast.session, cast.school.id, Bounds(**BOUNDS))
    work(cast, "hanneke", WEDNESDAY)

    counts = [morning(cast, WEDNESDAY, hour)["told"] for hour in (8, 9)]

    assert counts == [0, 1]
    assert [row.most for row in cast.session.exec(select(ReminderBounds))] == [3]
