"""What people do with tasks: each leaves who, when and why in the history, and no more than it should."""

from datetime import date

import pytest

from models import TaskState
from service.cases.complete import complete_task
from service.cases.errors import (
    BeyondLawError,
    CaseError,
    GateClosedError,
    NotSkippableError,
    OutcomeNeededError,
    ReasonNeededError,
    StaleError,
    TaskClosedError,
)
from service.cases.reschedule import reschedule_task
from service.cases.skip import skip_task
from tests.cases.walk import Walk, discussing
from tests.cast import Cast


def test_completing_says_who_when_and_how(cast: Cast) -> None:
    walk = Walk(cast, cast.case("M"), "2027-02-08")
    task = walk.one("volledig")

    complete_task(
        cast.session,
        task.id,
        actor=cast.actor("ineke", walk.at),
        at=walk.at,
        outcome="met-uitzonderingen",
        note="  twee kinderen waren ziek ",
    )

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id, event.at) == ("completed", cast.id("ineke"), walk.at)
    assert (event.reason, event.data) == ("twee kinderen waren ziek", {"outcome": "met-uitzonderingen"})
    assert (task.state, task.closed_at, task.closed_by) == (TaskState.COMPLETED, walk.at, cast.id("ineke"))


@pytest.mark.parametrize(
    ("outcome", "note", "error"),
    [
        (None, None, OutcomeNeededError),
        ("onzin", None, OutcomeNeededError),
        ("met-uitzonderingen", None, ReasonNeededError),
        ("met-uitzonderingen", "   ", ReasonNeededError),
    ],
)
def test_a_task_that_asks_how_it_ended_wants_an_answer(
    cast: Cast, outcome: str | None, note: str | None, error: type[CaseError]
) -> None:
    walk = Walk(cast, cast.case("M"), "2027-02-08")
    task = walk.one("volledig")

    with pytest.raises(error):
        complete_task(
            cast.session, task.id, actor=cast.actor("ineke"), at=walk.at, outcome=outcome, note=note
        )

    assert (task.state, task.outcome, task.closed_at) == (TaskState.RESERVED, None, None)


def test_a_task_is_completed_once(cast: Cast) -> None:
    walk = discussing(cast)
    walk.do("doel")

    with pytest.raises(TaskClosedError):
        complete_task(cast.session, walk.one("doel").id, actor=cast.actor("ineke"), at=walk.at)


def test_a_task_that_waits_for_another_cannot_be_completed(cast: Cast) -> None:
    walk = discussing(cast)

    with pytest.raises(GateClosedError):
        complete_task(cast.session, walk.one("verslag").id, actor=cast.actor("ineke"), at=walk.at)


def test_who_saw_an_older_version_is_told_so(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("doel")
    seen = task.version
    reschedule_task(
        cast.session, task.id, actor=cast.actor("dirk"), at=walk.at, to=date(2027, 2, 5), reason="ziek"
    )

    with pytest.raises(StaleError):
        complete_task(cast.session, task.id, actor=cast.actor("ineke"), at=walk.at, version=seen)

    complete_task(cast.session, task.id, actor=cast.actor("ineke"), at=walk.at, version=seen + 1)
    assert task.state == TaskState.COMPLETED


def test_moving_a_day_keeps_the_old_one_and_the_reason(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("doel")
    old = task.target_on
    assert old

    reschedule_task(
        cast.session, task.id, actor=cast.actor("ineke"), at=walk.at, to=date(2027, 2, 9), reason="griep"
    )

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id, event.reason) == ("rescheduled", cast.id("ineke"), "griep")
    assert event.data == {"old": old.isoformat(), "new": "2027-02-09"}
    assert (task.target_on, task.pinned, task.due_version) == (date(2027, 2, 9), True, 2)


def test_a_moved_day_stays_where_it_was_put(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("doel")
    reschedule_task(
        cast.session, task.id, actor=cast.actor("ineke"), at=walk.at, to=date(2027, 2, 9), reason="griep"
    )

    walk.on("2027-02-05")

    assert (task.target_on, task.due_version) == (date(2027, 2, 9), 2)


def test_what_counts_from_a_moved_day_moves_along(cast: Cast) -> None:
    walk = Walk.opened(cast, "onderzoek", "external-referrals")
    later = walk.one("onderzoek-aanvraag")
    assert later.target_on
    old = later.target_on
    task = walk.one("ouders-toestemming")

    reschedule_task(
        cast.session, task.id, actor=cast.actor("ineke"), at=walk.at, to=date(2026, 11, 18), reason="op reis"
    )

    assert later.target_on > old
    assert later.due_version == 2
    assert cast.history(later)[-1].verb == "redated"


def test_the_definitive_advice_is_planned_no_later_than_24_march(cast: Cast) -> None:
    task = cast.task(cast.case("leerling:1081"), "definitief-advies")

    assert task.target_on
    assert task.target_on <= date(2027, 3, 24) == task.latest_on


def test_the_definitive_advice_cannot_be_moved_past_the_law(cast: Cast) -> None:
    walk = Walk(cast, cast.case("leerling:1081"), "2027-03-01")
    task = walk.one("definitief-advies")
    hanneke = cast.actor("hanneke")

    with pytest.raises(BeyondLawError, match="woensdag 24 maart: tijdpad schooladvies en doorstroomtoets"):
        reschedule_task(cast.session, task.id, actor=hanneke, at=walk.at, to=date(2027, 3, 25), reason="druk")

    reschedule_task(cast.session, task.id, actor=hanneke, at=walk.at, to=date(2027, 3, 24), reason="druk")
    assert task.target_on == date(2027, 3, 24)


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_moving_and_skipping_want_a_reason(cast: Cast, reason: str) -> None:
    walk = discussing(cast)
    ineke = cast.actor("ineke")

    with pytest.raises(ReasonNeededError):
        reschedule_task(
            cast.session, walk.one("doel").id, actor=ineke, at=walk.at, to=date(2027, 2, 9), reason=reason
        )
    with pytest.raises(ReasonNeededError):
        skip_task(cast.session, walk.one("doel").id, actor=ineke, at=walk.at, reason=reason)


def test_a_day_that_has_gone_by_cannot_be_chosen(cast: Cast) -> None:
    walk = discussing(cast)
    yesterday = date.fromordinal(walk.today.toordinal() - 1)

    with pytest.raises(GateClosedError):
        reschedule_task(
            cast.session, walk.one("doel").id, actor=cast.actor("ineke"), at=walk.at, to=yesterday, reason="x"
        )


def test_an_hour_is_not_moved_as_a_day(cast: Cast) -> None:
    walk = discussing(cast)

    with pytest.raises(GateClosedError):
        reschedule_task(
            cast.session,
            walk.one("bespreking").id,
            actor=cast.actor("ineke"),
            at=walk.at,
            to=date(2027, 3, 3),
            reason="x",
        )


def test_who_guards_may_skip_with_a_reason(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")

    skip_task(cast.session, task.id, actor=cast.actor("ineke"), at=walk.at, reason="invaller")

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id, event.reason) == ("skipped", cast.id("ineke"), "invaller")
    assert (task.state, task.closed_by) == (TaskState.SKIPPED, cast.id("ineke"))


def test_a_teacher_does_not_skip_what_is_required(cast: Cast) -> None:
    walk = discussing(cast)

    with pytest.raises(NotSkippableError):
        skip_task(
            cast.session, walk.one("voorbereiding").id, actor=cast.actor("laila"), at=walk.at, reason="druk"
        )


def test_nobody_skips_what_the_law_asks(cast: Cast) -> None:
    walk = Walk(cast, cast.case("leerling:1081"), "2027-03-01")

    with pytest.raises(NotSkippableError):
        skip_task(
            cast.session, walk.one("definitief-advies").id, actor=cast.actor("dirk"), at=walk.at, reason="x"
        )
