"""What people do with tasks: each leaves who, when and why in the history, and no more than it should."""

from datetime import date

import pytest
from sqlmodel import select

from models import Case, CaseState, Membership, Role, Task, TaskState
from service.access.scope import NotFoundError
from service.cases.assign import assign_task
from service.cases.cancel import cancel_case
from service.cases.claim import claim_task, release_task
from service.cases.complete import complete_task
from service.cases.consent import withdraw_consent
from service.cases.errors import (
    BeyondLawError,
    CaseError,
    ConsentMissingError,
    GateClosedError,
    NotOpenableError,
    NotSkippableError,
    NotYoursError,
    OutcomeNeededError,
    ReasonNeededError,
    StaleError,
    TaskClosedError,
)
from service.cases.open import open_case
from service.cases.reopen import reopen_task
from service.cases.reschedule import reschedule_task
from service.cases.skip import skip_task
from service.cases.sweep import sweep
from service.clock import local
from tests.cases.walk import Walk
from tests.cast import Cast, moment


def discussing(cast: Cast) -> Walk:
    """The discussion of group 5 after the mid-year tests, on its first day."""
    return Walk(cast, cast.case("didactisch-m:g5"))


def meeting_day(cast: Cast) -> Walk:
    """The same on the day of the meeting."""
    walk = discussing(cast)
    return walk.on(local(cast.meeting(walk.one("bespreking")).starts_at).date())


def referred(cast: Cast) -> Walk:
    """A referral with everything done that the consent waits for."""
    walk = Walk.opened(cast, "onderzoek", "external-referrals")
    walk.do("hulpvraag")
    walk.do("dossiercheck", outcome="voldoende")
    walk.do("ouders-toestemming", outcome="toestemming")
    walk.do("kind-betrekken")
    return walk


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


def test_a_teacher_does_nothing_for_another_group(cast: Cast) -> None:
    walk = discussing(cast)

    with pytest.raises(NotFoundError):
        complete_task(cast.session, walk.one("voorbereiding").id, actor=cast.actor("hanneke"), at=walk.at)


def test_a_teacher_does_not_do_the_work_of_the_ib_of_her_own_group(cast: Cast) -> None:
    walk = discussing(cast)

    with pytest.raises(NotYoursError):
        complete_task(cast.session, walk.one("doel").id, actor=cast.actor("laila"), at=walk.at)


def test_the_other_half_of_the_duo_may_take_over(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    owner = "laila" if task.owner_id == cast.id("laila") else "joris"
    other = {"laila": "joris", "joris": "laila"}[owner]

    claim_task(cast.session, task.id, actor=cast.actor(other), at=walk.at)

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id) == ("claimed", cast.id(other))
    assert event.data == {"from": str(cast.id(owner)), "to": str(cast.id(other))}
    assert (task.owner_id, task.state) == (cast.id(other), TaskState.RESERVED)


def test_of_a_duo_that_saw_the_same_task_the_first_takes_it(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    release_task(cast.session, task.id, actor=cast.actor("laila"), at=walk.at)
    seen = task.version
    claim_task(cast.session, task.id, actor=cast.actor("laila"), at=walk.at, version=seen)

    with pytest.raises(StaleError):
        claim_task(cast.session, task.id, actor=cast.actor("joris"), at=walk.at, version=seen)

    assert task.owner_id == cast.id("laila")


def test_releasing_puts_a_task_back_in_the_queue(cast: Cast) -> None:
    walk = Walk(cast, cast.case("M"))
    task = walk.one("koppeling")

    release_task(cast.session, task.id, actor=cast.actor("ans"), at=walk.at)

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id, event.data) == (
        "released",
        cast.id("ans"),
        {"from": str(cast.id("ans"))},
    )
    assert (task.owner_id, task.state) == (None, TaskState.READY)


def test_what_someone_released_stays_in_the_queue_over_night(cast: Cast) -> None:
    walk = Walk(cast, cast.case("M"))
    release_task(cast.session, walk.one("koppeling").id, actor=cast.actor("ans"), at=walk.at)

    walk.on("2026-12-01")

    assert walk.one("koppeling").owner_id is None


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


def test_assigning_says_from_whom_to_whom(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    was = task.owner_id

    assign_task(cast.session, task.id, actor=cast.actor("dirk"), at=walk.at, to=cast.id("ilse"))

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id) == ("assigned", cast.id("dirk"))
    assert event.data == {"from": str(was), "to": str(cast.id("ilse"))}
    assert (task.owner_id, task.state) == (cast.id("ilse"), TaskState.RESERVED)


@pytest.mark.parametrize("key", ["voorbereiding", "verslag"])
def test_who_was_assigned_keeps_the_task_over_night(cast: Cast, key: str) -> None:
    walk = discussing(cast)
    task = walk.one(key)
    assign_task(cast.session, task.id, actor=cast.actor("dirk"), at=walk.at, to=cast.id("ilse"))

    walk.on("2027-02-05")

    assert task.owner_id == cast.id("ilse")


def test_only_who_guards_the_school_assigns(cast: Cast) -> None:
    walk = discussing(cast)

    with pytest.raises(NotYoursError):
        assign_task(
            cast.session,
            walk.one("voorbereiding").id,
            actor=cast.actor("laila"),
            at=walk.at,
            to=cast.id("joris"),
        )


def test_work_goes_to_nobody_of_another_school(cast: Cast) -> None:
    walk = discussing(cast)
    koert = cast.session.exec(select(Membership).where(Membership.school_id != cast.school.id)).first()
    assert koert

    with pytest.raises(NotYoursError):
        assign_task(
            cast.session, walk.one("doel").id, actor=cast.actor("dirk"), at=walk.at, to=_stranger(cast)
        )


def _stranger(cast: Cast) -> object:
    staff = [person.id for person in cast.people.values()]
    rows = cast.session.exec(select(Membership).where(Membership.school_id != cast.school.id))
    return next(row.person_id for row in rows if row.person_id not in staff)


def test_open_work_of_a_teacher_who_leaves_the_group_goes_to_the_other(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    gone = "laila" if task.owner_id == cast.id("laila") else "joris"
    stays = {"laila": "joris", "joris": "laila"}[gone]
    cast.stops_teaching(gone, "5", walk.today)

    walk.on("2027-02-09")

    assert task.owner_id == cast.id(stays)
    events = [event for event in cast.history(task) if event.verb == "assigned"]
    assert [(e.actor_id, e.data["to"]) for e in events] == [(None, str(cast.id(stays)))]


def test_handing_on_is_written_once(cast: Cast) -> None:
    walk = discussing(cast)
    task = walk.one("voorbereiding")
    for name in ("laila", "joris"):
        cast.stops_teaching(name, "5", walk.today)
    walk.on("2027-02-09")

    walk.on("2027-02-10")

    assert (task.owner_id, task.state) == (None, TaskState.READY)
    assert [e.verb for e in cast.history(task)].count("assigned") == 1


def test_reopening_keeps_who_why_and_what_it_was(cast: Cast) -> None:
    walk = discussing(cast)
    walk.do("doel", note="klaar")
    task = walk.one("doel")

    reopen_task(cast.session, task.id, actor=cast.actor("dirk"), at=walk.at, reason="nog niet af")

    event = cast.history(task)[-1]
    assert (event.verb, event.actor_id, event.reason) == ("reopened", cast.id("dirk"), "nog niet af")
    assert event.data == {"old": "completed"}
    assert (task.state, task.outcome, task.note, task.closed_at) == (TaskState.RESERVED, None, None, None)


def test_reopening_closes_the_gate_that_completing_opened(cast: Cast) -> None:
    walk = meeting_day(cast)
    walk.do("bespreking")
    assert walk.begun("verslag", "acties")

    reopen_task(
        cast.session, walk.one("bespreking").id, actor=cast.actor("ineke"), at=walk.at, reason="te vroeg"
    )

    assert walk.waits("verslag", "acties")
    assert walk.case.stage == "bespreken"


def test_reopening_leaves_work_alone_that_was_done_since(cast: Cast) -> None:
    walk = meeting_day(cast)
    walk.do("bespreking", "verslag")

    reopen_task(
        cast.session, walk.one("bespreking").id, actor=cast.actor("ineke"), at=walk.at, reason="deel twee"
    )

    assert walk.done("verslag")
    assert walk.begun("acties")


def test_reopening_the_last_task_brings_the_case_back(cast: Cast) -> None:
    walk = Walk.opened(cast, "arrangement", "external-referrals")
    walk.do("hulpvraag")
    before = {task.key: task.state for task in walk.tasks()}
    walk.do("dossiercheck", outcome="eerst-een-plan", note="nog geen plan")
    assert walk.case.state == CaseState.COMPLETED

    reopen_task(
        cast.session, walk.one("dossiercheck").id, actor=cast.actor("ineke"), at=walk.at, reason="vergissing"
    )

    assert (walk.case.state, walk.case.outcome, walk.case.closed_at) == (CaseState.ACTIVE, None, None)
    assert {task.key: task.state for task in walk.tasks()} == before
    assert "reopened" in {event.verb for event in cast.history(walk.case) if event.task_id is None}


def test_an_optional_task_that_is_reopened_holds_its_case_open(cast: Cast) -> None:
    walk = meeting_day(cast)
    walk.do("doel", "voorbereiding", "agenda", "bespreking", "verslag", "acties", "groepsplan", "ouders")
    walk.do("leerlingbespreking")
    walk.do("controle", outcome="afgerond")

    reopen_task(
        cast.session, walk.one("leerlingbespreking").id, actor=cast.actor("ineke"), at=walk.at, reason="toch"
    )
    walk.on("2027-06-01")

    assert (walk.case.state, walk.one("leerlingbespreking").state) == (CaseState.ACTIVE, TaskState.RESERVED)
    walk.do("leerlingbespreking")
    assert (walk.case.state, walk.case.outcome) == (CaseState.COMPLETED, "afgerond")


def test_reopening_wants_a_reason_and_a_closed_task(cast: Cast) -> None:
    walk = discussing(cast)
    ineke = cast.actor("ineke")

    with pytest.raises(CaseError):
        reopen_task(cast.session, walk.one("doel").id, actor=ineke, at=walk.at, reason="x")
    walk.do("doel")
    with pytest.raises(ReasonNeededError):
        reopen_task(cast.session, walk.one("doel").id, actor=ineke, at=walk.at, reason=" ")


def test_withdrawing_a_case_withdraws_its_open_work(cast: Cast) -> None:
    walk = referred(cast)

    cancel_case(cast.session, walk.case.id, actor=cast.actor("ineke"), at=walk.at, reason="verhuisd")

    assert (walk.case.state, walk.case.outcome) == (CaseState.CANCELLED, "ingetrokken")
    assert walk.states() == {TaskState.COMPLETED, TaskState.CANCELLED}
    last = cast.history(walk.case)[-1]
    assert (last.actor_id, last.reason) == (cast.id("ineke"), "verhuisd")


def test_a_withdrawn_case_takes_no_more_work(cast: Cast) -> None:
    walk = referred(cast)
    ineke = cast.actor("ineke")
    cancel_case(cast.session, walk.case.id, actor=ineke, at=walk.at, reason="verhuisd")

    with pytest.raises(CaseError):
        reopen_task(cast.session, walk.one("hulpvraag").id, actor=ineke, at=walk.at, reason="toch")
    with pytest.raises(CaseError):
        cancel_case(cast.session, walk.case.id, actor=ineke, at=walk.at, reason="nog eens")


def test_a_teacher_withdraws_no_case(cast: Cast) -> None:
    walk = referred(cast)

    with pytest.raises(NotYoursError):
        cancel_case(cast.session, walk.case.id, actor=cast.actor("laila"), at=walk.at, reason="x")


def test_a_refusal_after_a_consent_closes_the_gate(cast: Cast) -> None:
    walk = referred(cast)
    walk.consent()
    assert walk.begun("onderzoek-aanvraag")

    walk.consent(given=False)

    assert walk.waits("onderzoek-aanvraag")


def test_a_withdrawn_consent_closes_the_gate(cast: Cast) -> None:
    walk = referred(cast)
    consent = walk.consent()

    withdraw_consent(cast.session, consent.id, actor=cast.actor("ineke"), at=walk.at, on=walk.today)

    assert walk.waits("onderzoek-aanvraag")
    last = [e for e in cast.history(walk.case) if e.verb == "consent_withdrawn"]
    assert [(e.actor_id, e.data) for e in last] == [(cast.id("ineke"), {"consent": str(consent.id)})]


def test_an_older_consent_does_not_come_back_when_the_last_is_withdrawn(cast: Cast) -> None:
    walk = referred(cast)
    walk.consent()
    walk.on("2026-10-13")
    second = walk.consent()

    withdraw_consent(cast.session, second.id, actor=cast.actor("ineke"), at=walk.at, on=walk.today)

    assert walk.waits("onderzoek-aanvraag")


def test_a_consent_holds_until_its_last_day_and_no_longer(cast: Cast) -> None:
    walk = referred(cast)
    walk.consent(valid_until=date(2026, 10, 13))
    task = walk.one("onderzoek-aanvraag")

    walk.on("2026-10-14")
    with pytest.raises(ConsentMissingError):
        complete_task(cast.session, task.id, actor=cast.actor("ineke"), at=walk.at)
    walk.consent()
    walk.do("onderzoek-aanvraag")

    assert walk.done("onderzoek-aanvraag")


def test_a_consent_given_today_counts_just_after_midnight(cast: Cast) -> None:
    walk = referred(cast)
    walk.at = moment("2026-10-13", 0, 30)

    walk.consent()

    assert walk.begun("onderzoek-aanvraag")


def test_a_consent_is_withdrawn_once_and_not_in_the_future(cast: Cast) -> None:
    walk = referred(cast)
    consent = walk.consent()
    ineke = cast.actor("ineke")

    with pytest.raises(CaseError):
        withdraw_consent(cast.session, consent.id, actor=ineke, at=walk.at, on=date(2026, 12, 1))
    withdraw_consent(cast.session, consent.id, actor=ineke, at=walk.at, on=walk.today)
    with pytest.raises(CaseError):
        withdraw_consent(cast.session, consent.id, actor=ineke, at=walk.at, on=walk.today)


def test_the_administration_records_no_consent(cast: Cast) -> None:
    walk = referred(cast)

    with pytest.raises((NotFoundError, NotYoursError)):
        walk.consent(by="ans")


def test_a_teacher_opens_a_case_for_her_own_group_only(cast: Cast) -> None:
    at = moment("2026-10-06")
    wanted = {"procedure": "plan-reviews", "occurrence": "handelingsplan", "pupil_id": cast.pupils["1001"].id}

    case = open_case(cast.session, actor=cast.actor("laila"), at=at, **wanted)
    with pytest.raises(NotOpenableError):
        open_case(cast.session, actor=cast.actor("hanneke"), at=at, **wanted)

    assert (case.opened_by, case.group_id) == (cast.id("laila"), cast.groups["5"].id)


def test_the_same_kind_of_case_may_be_opened_again_for_a_pupil(cast: Cast) -> None:
    first = Walk.opened(cast, "handelingsplan", "plan-reviews")
    second = Walk.opened(cast, "handelingsplan", "plan-reviews")

    assert (first.case.key, second.case.key) == ("handelingsplan:1001", "handelingsplan:1001:2")
    assert {t.id for t in first.tasks()} & {t.id for t in second.tasks()} == set()


def test_a_case_of_the_year_is_not_opened_by_hand(cast: Cast) -> None:
    with pytest.raises(NotOpenableError):
        Walk.opened(cast, "M", "test-calendar")


def test_a_pupil_who_moves_takes_the_case_along(cast: Cast) -> None:
    walk = referred(cast)
    cast.move_pupil("1001", "8", date(2026, 10, 12))

    walk.on("2026-10-13")

    assert walk.case.group_id == cast.groups["8"].id
    assert {task.group_id for task in walk.tasks()} == {cast.groups["8"].id}
    owners = {task.owner_id for task in walk.tasks() if task.role == Role.TEACHER}
    assert owners == {cast.id("hanneke")}
    assert [e.verb for e in cast.history(walk.case)].count("moved_group") == 1


def test_a_legal_day_that_goes_by_is_noted_once(cast: Cast) -> None:
    walk = Walk(cast, cast.case("leerling:1081"), "2027-02-01")
    task = walk.one("voorlopig-advies")

    counts = [
        sweep(cast.session, "exit-pupils", moment(day, 5))["overdue_by_law"]
        for day in ("2027-01-31", "2027-02-01", "2027-02-02")
    ]

    noted = [(e.verb, e.reason) for e in cast.history(task) if e.verb == "law_passed"]
    assert noted == [("law_passed", "tijdpad schooladvies en doorstroomtoets")]
    assert counts[0] < counts[1] == counts[2]


def test_a_second_round_in_the_same_night_changes_nothing(cast: Cast) -> None:
    cast.session.flush()
    for procedure in ("test-calendar", "group-discussions", "plan-reviews", "exit-pupils"):
        sweep(cast.session, procedure, moment("2027-01-13", 5))
    cast.session.flush()
    before = _rows(cast)

    for procedure in ("test-calendar", "group-discussions", "plan-reviews", "exit-pupils"):
        counts = sweep(cast.session, procedure, moment("2027-01-13", 5, 30))
        assert {key: counts[key] for key in ("opened", "entered", "redated", "told")} == dict.fromkeys(
            ("opened", "entered", "redated", "told"), 0
        )

    assert _rows(cast) == before


def _rows(cast: Cast) -> list[dict[str, object]]:
    cast.session.flush()
    tables = (Case, Task)
    return [
        row.model_dump() for table in tables for row in cast.session.exec(select(table).order_by(table.id))
    ]
