"""Who hears when: once a rung, on one's own working days, everything in one digest, and never for nothing."""

from datetime import date

import pytest

from models import (
    Closure,
    LedgerOutcome,
    Message,
    MessageState,
    Role,
    Task,
    TaskState,
)
from service.cases.complete import complete_task
from service.cases.conversation import conversation_id
from service.cases.reschedule import reschedule_task
from service.clock import local
from service.reminders.digest import write_digests
from tests.cast import Cast, moment
from tests.reminders.mornings import (
    days,
    digests,
    heard,
    ledger,
    morning,
    mornings,
    told,
    work,
)


def test_the_owner_hears_each_rung_once(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-25")

    mornings(cast, "2026-11-09", "2026-12-24")

    assert told(cast, "hanneke") == [
        ("vooraf", "2026-11-18"),
        ("op-de-dag", "2026-11-25"),
        ("vraag", "2026-11-27"),
        ("ib", "2026-12-01"),
    ]
    assert len(heard(cast, "hanneke")) == 4


def test_first_a_question_then_the_ib_then_the_director(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-25")

    mornings(cast, "2026-11-09", "2026-12-24")

    asked = next(m for m in digests(cast, "hanneke") if _wall_day(m) == "2026-11-27")
    assert "Kan ik helpen? Laat het Ineke Bergsma weten:" in asked.body
    assert told(cast, "ineke")[0] == ("ib", "2026-12-01")
    assert told(cast, "dirk") == [("directie", "2026-12-04")]


def test_the_ib_is_not_sent_to_talk_with_herself(cast: Cast) -> None:
    work(cast, "ineke", "2026-11-25", role=Role.IB)

    mornings(cast, "2026-11-16", "2026-12-18")

    assert [rung for rung, _ in told(cast, "ineke")] == ["vooraf", "op-de-dag", "vraag", "ib"]
    asked = [
        line for digest in digests(cast, "ineke") for line in digest.body.splitlines() if "helpen" in line
    ]
    assert asked == ["Kan ik helpen?"]  # nobody else is there to help


def test_the_ib_hears_on_tuesdays_and_wednesdays_only(cast: Cast) -> None:
    for number, day in enumerate(days("2026-11-23", "2026-12-04")):
        work(cast, "ineke", day.isoformat(), title=f"Taak {number}", role=Role.IB)

    mornings(cast, "2026-11-14", "2026-12-18")

    found = [date.fromisoformat(day) for day in heard(cast, "ineke")]
    assert found
    assert {day.weekday() for day in found} == {1, 2}


def test_what_falls_on_a_day_off_is_told_on_the_next_day_at_work(cast: Cast) -> None:
    work(cast, "ineke", "2026-11-26", role=Role.IB)

    mornings(cast, "2026-11-26", "2026-12-01")

    assert heard(cast, "ineke") == ["2026-12-01"]
    assert told(cast, "ineke") == [("op-de-dag", "2026-12-01")]
    reasons = {e.rung: e.reason for e in ledger(cast, "ineke") if e.outcome == LedgerOutcome.NOT_TOLD}
    assert reasons["vooraf"] == "ingehaald door een latere herinnering"


def test_a_day_off_is_in_the_ledger_once(cast: Cast) -> None:
    work(cast, "ineke", "2026-11-26", role=Role.IB)

    for hour in (7, 9, 12):
        morning(cast, "2026-11-26", hour)
    morning(cast, "2026-11-27")

    off = [e for e in ledger(cast, "ineke") if e.reason == "je was vrij" and e.rung == "op-de-dag"]
    assert len(off) == 1
    assert heard(cast, "ineke") == []


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-11-28", "2026-11-29"), ("2026-12-19", "2027-01-03"), ("2027-03-26", "2027-03-29")],
    ids=["weekend", "Christmas", "Easter and the night of summer time"],
)
def test_nobody_hears_anything_in_weekends_and_holidays(cast: Cast, first: str, last: str) -> None:
    for name in ("hanneke", "dirk", "ineke", "joris", "laila"):
        work(cast, name, first)

    counts = [morning(cast, day) for day in days(first, last)]

    assert cast.post() == []
    assert {count["told"] for count in counts} == {0}
    assert all(count["off"] == count["due"] for count in counts)


def test_nobody_hears_anything_on_a_study_day(cast: Cast) -> None:
    study = date(2026, 12, 7)
    cast.session.add(Closure(school_id=cast.school.id, name="Studiedag", first_day=study, last_day=study))
    work(cast, "hanneke", "2026-12-07")

    mornings(cast, "2026-12-07", "2026-12-08")

    assert heard(cast, "hanneke") == ["2026-12-08"]


def test_the_first_day_after_christmas_brings_one_digest(cast: Cast) -> None:
    for number, due in enumerate(("2026-12-17", "2026-12-18", "2027-01-04", "2027-01-05", "2027-01-11")):
        work(cast, "hanneke", due, title=f"Taak {number}")

    for day in days("2026-12-19", "2027-01-04"):
        morning(cast, day)

    (digest,) = digests(cast, "hanneke")
    assert local(digest.made_at).date() == date(2027, 1, 4)
    assert [f"Taak {n}" in digest.body for n in range(5)] == [True] * 5


@pytest.mark.parametrize("hour", [6, 9, 16])
def test_a_morning_that_comes_late_tells_the_same(cast: Cast, hour: int) -> None:
    work(cast, "hanneke", "2026-11-25")

    morning(cast, "2026-11-25", hour)

    assert told(cast, "hanneke") == [("op-de-dag", "2026-11-25")]


def test_a_second_run_on_the_same_day_writes_nothing_more(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-25")
    work(cast, "ineke", "2026-11-24", role=Role.IB)
    morning(cast, "2026-11-25")
    before = (len(cast.post()), len(ledger(cast, "hanneke")), len(ledger(cast, "ineke")))

    again = morning(cast, "2026-11-25", 9, 30)

    assert (len(cast.post()), len(ledger(cast, "hanneke")), len(ledger(cast, "ineke"))) == before
    assert again["told"] == 0


def test_after_a_week_without_power_there_is_one_digest_not_seven(cast: Cast) -> None:
    for number, day in enumerate(("2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")):
        work(cast, "hanneke", day, title=f"Taak {number}")

    morning(cast, "2026-11-24")

    (digest,) = digests(cast, "hanneke")
    assert [digest.body.count(f"Taak {n} ") for n in range(5)] == [1] * 5
    assert len(told(cast, "hanneke")) == 5


def test_what_came_in_later_today_is_told_tomorrow_unless_it_is_for_today(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-25", title="Eerste")
    morning(cast, "2026-11-25")
    work(cast, "hanneke", "2026-11-24", title="Tweede")
    work(cast, "hanneke", "2026-11-25", title="Derde")

    counts = morning(cast, "2026-11-25", 12)
    morning(cast, "2026-11-25", 13)
    morning(cast, "2026-11-26")

    assert (counts["at_once"], counts["told"]) == (1, 0)
    assert ["Derde" in notice.body for notice in cast.post("notice", "hanneke")] == [True]
    assert ["Tweede" in digest.body for digest in digests(cast, "hanneke")] == [False, True]


def test_what_was_done_in_time_is_not_told(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-25", group="8")
    complete_task(cast.session, task.id, actor=cast.actor("hanneke"), at=moment("2026-11-24"))

    mornings(cast, "2026-11-24", "2026-12-11")

    assert cast.post() == []


@pytest.mark.parametrize(
    "state",
    [TaskState.PLANNED, TaskState.MISSED, TaskState.SKIPPED, TaskState.CANCELLED, TaskState.SUSPENDED],
)
def test_only_open_work_is_told(cast: Cast, state: TaskState) -> None:
    work(cast, "hanneke", "2026-11-25", state=state)

    mornings(cast, "2026-11-23", "2026-12-02")

    assert cast.post() == []


def test_a_statutory_day_is_told_of_while_its_task_still_waits_for_another(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-25", group="8", state=TaskState.PLANNED)
    task.latest_on = date(2026, 11, 26)

    morning(cast, "2026-11-25")

    [message] = digests(cast, "hanneke")
    assert "wettelijk uiterlijk donderdag 26 november; wacht nog op een eerdere stap" in message.body


def test_a_moved_day_is_told_again(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-25", group="8")
    morning(cast, "2026-11-25")
    reschedule_task(
        cast.session,
        task.id,
        actor=cast.actor("hanneke"),
        at=moment("2026-11-25"),
        to=date(2026, 12, 9),
        reason="ziek",
    )

    mornings(cast, "2026-11-26", "2026-12-09")

    assert told(cast, "hanneke") == [
        ("op-de-dag", "2026-11-25"),
        ("vooraf", "2026-12-02"),
        ("op-de-dag", "2026-12-09"),
    ]


@pytest.mark.parametrize("state", [MessageState.EXPIRED, MessageState.DEAD])
def test_a_digest_that_never_arrived_is_told_again(cast: Cast, state: MessageState) -> None:
    work(cast, "hanneke", "2026-11-25")
    morning(cast, "2026-11-25")
    digests(cast, "hanneke")[0].state = state

    for at in ("2026-11-25", "2026-11-26"):
        morning(cast, at, 12)

    assert heard(cast, "hanneke") == ["2026-11-25"]
    assert [message.kind for message in cast.post(person="hanneke")] == ["digest", "notice"]
    assert told(cast, "hanneke") == [("op-de-dag", "2026-11-25"), ("op-de-dag", "2026-11-25")]


@pytest.mark.parametrize("state", [MessageState.EXPIRED, MessageState.DEAD, MessageState.BOUNCED])
def test_what_was_late_already_and_never_arrived_is_told_on_the_next_day(
    cast: Cast, state: MessageState
) -> None:
    work(cast, "hanneke", "2026-11-20")
    morning(cast, "2026-11-25")
    digests(cast, "hanneke")[0].state = state

    morning(cast, "2026-11-25", 12)
    morning(cast, "2026-11-26")

    assert heard(cast, "hanneke") == ["2026-11-25", "2026-11-26"]


@pytest.mark.parametrize("state", [MessageState.LEASED, MessageState.SENT])
def test_a_digest_that_left_or_is_leaving_is_not_told_again(cast: Cast, state: MessageState) -> None:
    work(cast, "hanneke", "2026-11-25")
    morning(cast, "2026-11-25")
    digests(cast, "hanneke")[0].state = state

    morning(cast, "2026-11-26")

    assert heard(cast, "hanneke") == ["2026-11-25"]


def test_while_all_messages_are_paused_nothing_counts_as_heard(light: Cast) -> None:
    task = work(light, "hanneke", "2026-11-25")

    for day in days("2026-11-25", "2026-12-08"):
        write_digests(light.session, light.school, moment(day, 7))  # it waits, until its evening is past

    assert heard(light, "hanneke")[-1] == "2026-12-08"
    assert light.session.get(Task, conversation_id(task.id)) is None
    assert "gestopt" not in {entry.reason for entry in ledger(light, "hanneke")}


def test_a_digest_is_never_empty(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-25")
    work(cast, "joris", None)

    mornings(cast, "2026-11-16", "2026-12-18")

    hearers = {cast.id("hanneke"), cast.id("ineke"), cast.id("dirk")}
    assert {message.person_id for message in cast.post()} == hearers
    assert all("Bespreek het plan" in message.body for message in cast.post())


def test_a_digest_is_of_no_use_tomorrow(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-25")
    morning(cast, "2026-11-25")

    (digest,) = digests(cast, "hanneke")

    assert local(digest.expires_at).isoformat() == "2026-11-25T18:00:00+01:00"


@pytest.mark.parametrize(
    ("before", "after"),
    [("2026-10-16", "2026-10-26"), ("2027-03-25", "2027-03-30")],
    ids=["autumn", "spring"],
)
def test_the_clock_changes_and_everyone_hears_once_at_the_same_hour(
    cast: Cast, before: str, after: str
) -> None:
    work(cast, "hanneke", after)

    for day in days(before, after):
        morning(cast, day)

    spoken = [local(digest.made_at) for digest in digests(cast, "hanneke")]
    assert [(f"{at:%H:%M}", at.date().isoformat()) for at in spoken][-1] == ("06:30", after)
    assert len({at.date() for at in spoken}) == len(spoken)


@pytest.mark.parametrize("day", ["2026-10-26", "2027-03-30"], ids=["autumn", "spring"])
def test_the_first_working_day_after_the_clock_changed_begins_at_the_hour_on_the_wall(
    cast: Cast, day: str
) -> None:
    work(cast, "hanneke", day)

    counts = [morning(cast, day, 6, minute) for minute in (0, 25, 30)]

    assert [count["told"] for count in counts] == [0, 0, 1]


def _wall_day(message: Message) -> str:
    return local(message.made_at).date().isoformat()
