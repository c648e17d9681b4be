"""Where a ladder leads: a question, the IB'er, the director, four messages at most, then a conversation."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from calendars.procedure import Text
from calendars.rungs import Remind
from models import (
    CLOSED_STATES,
    Case,
    LedgerOutcome,
    MessageState,
    ProcedureVersion,
    ReminderBounds,
    Role,
    Task,
    TaskState,
)
from service import procedures
from service.cases import engine
from service.cases.change import move_on
from service.cases.complete import complete_task
from service.cases.conversation import conversation_id
from service.cases.reopen import reopen_task
from service.cases.reschedule import reschedule_task
from service.cases.sweep import sweep
from service.clock import local
from tests.cast import Cast, moment
from tests.reminders.mornings import days, digests, ledger, morning, mornings, told, work

WEEK = ("ma", "di", "wo", "do", "vr", "za", "zo")


@pytest.fixture
def cast(light: Cast) -> Cast:
    """De Wilgenhof on SQLite: weeks of mornings take their time."""
    return light


def talk_about(cast: Cast, task: Task) -> Task | None:
    cast.session.flush()
    return cast.session.get(Task, conversation_id(task.id))


def follows(cast: Cast, task: Task, **ladder: object) -> None:
    """Let the case of a task follow a procedure with another ladder."""
    case = cast.session.get_one(Case, task.case_id)
    definition = procedures.of_version(cast.session.get_one(ProcedureVersion, case.version_id))
    other = definition.model_copy(update=ladder)
    case.version_id = procedures.publish(cast.session, other, moment("2026-11-01")).id
    cast.session.flush()


def test_the_fourth_message_is_the_last_and_then_a_conversation_waits(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-25")

    mornings(cast, "2026-11-17", "2026-12-14")

    talk = talk_about(cast, task)
    assert talk
    assert (talk.title, talk.role, talk.owner_id) == ("Gesprek: Bespreek het plan", "ib", cast.id("ineke"))
    assert len(digests(cast, "hanneke")) == 4
    stopped = [e for e in ledger(cast, "hanneke") if e.reason == "gestopt"]
    assert [(e.rung, local(e.at).date()) for e in stopped] == [("gestopt", date(2026, 12, 7))]
    assert [e.verb for e in cast.history(task)] == ["stopped"]


def test_a_conversation_is_there_once_whatever_happens_next(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-25", group="8")
    mornings(cast, "2026-11-16", "2026-12-08")
    talk = talk_about(cast, task)
    assert talk

    complete_task(cast.session, talk.id, actor=cast.actor("ineke"), at=moment("2026-12-08"))
    case = cast.session.get_one(Case, task.case_id)
    move_on(cast.session, case, moment("2026-12-08"), None)
    sweep(cast.session, "plan-reviews", moment("2026-12-09", 5), cast.school.id)
    task.due_version += 1
    mornings(cast, "2026-12-09", "2026-12-16")

    talks = [t for t in engine.tasks_of(cast.session, case) if t.title.startswith("Gesprek")]
    assert [(t.id, t.state) for t in talks] == [(talk.id, TaskState.COMPLETED)]


def test_a_conversation_survives_a_new_date_for_the_case(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-25", group="8")
    mornings(cast, "2026-11-16", "2026-12-08")

    sweep(cast.session, "plan-reviews", moment("2026-12-09", 5), cast.school.id)

    talk = talk_about(cast, task)
    assert talk
    assert talk.state == TaskState.RESERVED


def test_a_conversation_goes_when_the_work_is_done(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-25", group="8")
    work_left = work(cast, "hanneke", "2027-03-25", title="Later")
    work_left.case_id = task.case_id
    work_left.key = "handelingsplan-vaststellen"
    mornings(cast, "2026-11-16", "2026-12-08")
    complete_task(cast.session, task.id, actor=cast.actor("hanneke"), at=moment("2026-12-08", 15))

    morning(cast, "2026-12-09")

    talk = talk_about(cast, task)
    assert talk
    assert talk.state == TaskState.CANCELLED
    assert cast.history(talk)[-1].reason == "is intussen klaar"


def test_with_an_ib_it_is_the_director_who_talks(cast: Cast) -> None:
    task = work(cast, "ineke", "2026-11-25", role=Role.IB)

    mornings(cast, "2026-12-08", "2027-01-19")

    talk = talk_about(cast, task)
    assert talk
    assert (talk.role, talk.owner_id) == ("director", cast.id("dirk"))


def test_nobody_is_chased_about_a_conversation(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-25")

    mornings(cast, "2026-11-23", "2026-12-18")

    about_it = [rung for rung, _ in told(cast, "ineke") if rung == "gesprek"]
    assert len(about_it) == 1
    assert not [t for t in cast.session.exec(select(Task)) if t.key.count("gesprek--") > 1]


def test_escalation_counts_the_working_days_of_whose_task_it_is(cast: Cast) -> None:
    work(cast, "laila", "2026-11-24")  # she works on Mondays and Tuesdays

    mornings(cast, "2026-11-23", "2026-12-09")

    assert told(cast, "laila")[2:] == [("vraag", "2026-12-01"), ("ib", "2026-12-08")]
    assert told(cast, "ineke")[0] == ("ib", "2026-12-08")


def test_after_weeks_without_power_the_question_still_comes_first(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-02")

    mornings(cast, "2026-11-25", "2026-12-04")

    assert told(cast, "hanneke") == [("vraag", "2026-11-25"), ("ib", "2026-11-26")]
    assert told(cast, "ineke")[0] == ("ib", "2026-12-01")
    assert told(cast, "dirk") == [("directie", "2026-11-27")]


def test_who_can_not_be_told_does_not_keep_the_others_from_hearing(cast: Cast) -> None:
    cast.people["hanneke"].mail_refused_at = moment("2026-11-01")
    work(cast, "hanneke", "2026-11-25")

    mornings(cast, "2026-11-25", "2026-12-09")

    assert digests(cast, "hanneke") == []
    assert "je mailadres weigert onze post" in {e.reason for e in ledger(cast, "hanneke")}
    assert told(cast, "ineke")[0] == ("ib", "2026-12-08")


def test_a_school_may_allow_fewer_messages(cast: Cast) -> None:
    cast.session.add(ReminderBounds(school_id=cast.school.id, most=2))
    task = work(cast, "hanneke", "2026-11-25")

    mornings(cast, "2026-11-17", "2026-12-09")

    assert [rung for rung, _ in told(cast, "hanneke")] == ["vooraf", "op-de-dag"]
    assert ("vraag", "gestopt") in {(e.rung, e.reason) for e in ledger(cast, "hanneke")}
    assert talk_about(cast, task)


def test_a_task_may_have_a_ladder_of_its_own(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-25")
    case = cast.session.get_one(Case, task.case_id)
    definition = procedures.of_version(cast.session.get_one(ProcedureVersion, case.version_id))
    own = (Remind(key="morgen", school_days=-1), Remind(key="op-de-dag", school_days=0))
    stages = tuple(
        stage.model_copy(
            update={
                "task": tuple(
                    t.model_copy(update={"remind": own}) if t.key == task.key else t for t in stage.task
                )
            }
        )
        for stage in definition.stage
    )
    follows(cast, task, stage=stages)

    mornings(cast, "2026-11-17", "2026-12-09")

    assert told(cast, "hanneke") == [("morgen", "2026-11-24"), ("op-de-dag", "2026-11-25")]
    assert talk_about(cast, task) is None


def test_what_began_under_an_older_ladder_keeps_it(cast: Cast) -> None:
    older = [
        {"key": "vooraf", "school_days": -5},
        {"key": "op-de-dag", "school_days": 0},
        {"key": "na-2", "school_days": 2},
        {"key": "na-5", "school_days": 5, "to": ["owner", "ib"]},
        {"key": "gesprek", "school_days": 8, "to": ["ib"]},
    ]
    task = work(cast, "hanneke", "2026-11-25")
    case = cast.session.get_one(Case, task.case_id)
    kept = cast.session.get_one(ProcedureVersion, case.version_id)
    version = ProcedureVersion(
        key=kept.key,
        digest="older",
        definition={**kept.definition, "remind": older},
        published_at=moment("2026-09-01"),
    )
    cast.session.add(version)
    cast.session.flush()
    case.version_id = version.id

    mornings(cast, "2026-11-17", "2026-12-09")

    assert [rung for rung, _ in told(cast, "hanneke")] == ["vooraf", "op-de-dag", "na-2", "na-5"]
    assert [rung for rung, _ in told(cast, "ineke")][:2] == ["na-5", "gesprek"]


def test_a_newer_ladder_says_nothing_again(cast: Cast) -> None:
    task = work(cast, "hanneke", "2026-11-25")
    mornings(cast, "2026-11-16", "2026-12-02")
    before = told(cast, "hanneke")

    follows(cast, task, title=Text(nl="Nieuw", en="New"))
    mornings(cast, "2026-12-02", "2026-12-03")

    assert told(cast, "hanneke") == before


weeks = st.lists(st.sampled_from("ma di wo do vr ma-am di-pm wo-am".split()), min_size=1, unique=True)
acts = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["move", "reopen", "assign", "lost"])), max_size=4
)
cases = given(weeks, st.integers(0, 10), acts, st.integers(1, 4))
OFTEN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=4)
VERY_OFTEN = settings(OFTEN, max_examples=80)


@OFTEN
@cases
def test_never_more_than_four_never_on_a_day_off_and_no_rung_twice(
    light: Cast, week: list[str], due: int, happens: list[tuple[int, str]], most: int
) -> None:
    _live(light, week, due, happens, most)


@pytest.mark.acceptance
@VERY_OFTEN
@cases
def test_never_more_than_four_whatever_happens(
    light: Cast, week: list[str], due: int, happens: list[tuple[int, str]], most: int
) -> None:
    _live(light, week, due, happens, most)


def _live(cast: Cast, week: list[str], due: int, happens: list[tuple[int, str]], most: int) -> None:
    """Let a task live through five weeks in which things happen, and look at what its owner heard."""
    with cast.session.begin_nested() as taken_back:
        cast.session.add(ReminderBounds(school_id=cast.school.id, most=most))
        cast.add_person("Pim Proefpersoon", [Role.TEACHER], " ".join(week), groups="8")
        first = date(2026, 11, 23)
        task = work(cast, "pim", (first + timedelta(days=due)).isoformat(), group="8")
        for number, day in enumerate(days("2026-11-23", "2026-12-24")):
            for act in [act for when, act in happens if when == number]:
                _do(cast, task, act, day)
            morning(cast, day, 13)
            _send_all(cast)
        _judge(cast, week, most)
        taken_back.rollback()
    cast.session.expire_all()


def _judge(cast: Cast, week: list[str], most: int) -> None:
    messages = {m.id: m for m in cast.post(person="pim")}
    lines = [e for e in cast.ledger("pim") if e.outcome == LedgerOutcome.TOLD]
    arrived = [e for e in lines if messages[e.message_id].state != MessageState.DEAD]
    heard_about = Counter({(e.task_id, e.due_version, e.message_id) for e in arrived})
    often = Counter((task, version) for task, version, _ in heard_about)
    rungs = Counter((e.task_id, e.rung, e.due_version) for e in arrived)
    at = [local(m.made_at) for m in messages.values()]
    a_day = Counter(local(m.made_at).date() for m in messages.values() if m.kind == "digest")
    assert max(often.values(), default=0) <= most
    assert max(rungs.values(), default=0) <= 1
    assert max(a_day.values(), default=0) <= 1
    assert {WEEK[moment_.weekday()] for moment_ in at} <= {part.partition("-")[0] for part in week}
    assert all(moment_.date() < date(2026, 12, 19) for moment_ in at)  # then the holidays begin


def _send_all(cast: Cast) -> None:
    for message in cast.post():
        if message.state == MessageState.READY:
            message.state = MessageState.SENT


def _do(cast: Cast, task: Task, act: str, day: date) -> None:
    at, actor = moment(day, 9), cast.actor("ineke", day)
    if act == "lost":
        for message in cast.post(person="pim")[-1:]:
            message.state = MessageState.DEAD
    elif act == "assign":
        task.owner_id = cast.id("pim") if task.owner_id != cast.id("pim") else cast.id("hanneke")
    elif task.state in CLOSED_STATES and act == "reopen":
        reopen_task(cast.session, task.id, actor=actor, at=at, reason="toch niet")
    elif task.state not in CLOSED_STATES and act == "move":
        to = day + timedelta(days=7)
        reschedule_task(cast.session, task.id, actor=actor, at=at, to=to, reason="later")
    cast.session.flush()
