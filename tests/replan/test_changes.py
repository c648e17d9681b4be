import json
from datetime import date
from uuid import uuid4

import pytest
from sqlmodel import col, select

from calendars.procedure import Procedure
from models import (
    Case,
    CaseState,
    LayerRule,
    Meeting,
    MeetingState,
    MessageState,
    TaskState,
    Teaching,
    Year,
)
from service import procedures
from service.replan import changes as c
from service.replan.changes import ChangeError, as_json, may_do, read_change
from service.school.errors import SchoolError
from tests.cast import Cast
from tests.replan.year import FREE, apply, night, of, preview, undo

LATER = {"due": {"rule": "offset", "after": "window.last", "school_days": 12}}
OFF = c.ProcedureOff(procedure="group-discussions")
ON = c.ProcedureOn(procedure="group-discussions")


def rule(cast: Cast, **fields: object) -> c.RuleAdded:
    told = {"layer": "school", "scope": str(cast.school.id), "procedure": "test-calendar", "task": "invoeren"}
    return c.RuleAdded.model_validate({**told, "definition": LATER, **fields})


def test_a_change_is_the_same_after_a_journey_through_a_form(cast: Cast) -> None:
    group = cast.groups["5"].id
    every: list[c.Change] = [
        FREE,
        c.ClosureRemoved(closure_id=uuid4()),
        c.PresenceSet(person_id=uuid4(), halves=("0-am", "4-pm"), first_day=date(2027, 2, 1)),
        c.TeacherSet(group_id=group, person_id=uuid4(), first_day=date(2027, 2, 1)),
        rule(cast, definition=LATER),
        c.NewestVersion(procedure="test-calendar"),
        OFF,
    ]

    assert [read_change(as_json(change)) for change in every] == every


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "null",
        '{"kind": "drop_tables"}',
        '{"kind": "closure_added", "name": "x", "first_day": "2027-02-30", "last_day": "2027-03-01"}',
        '{"kind": "procedure_off", "procedure": "../geheim"}',
        '{"kind": "procedure_off", "procedure": "a", "school_id": "b"}',
        '{"kind": "presence_set", "person_id": "1", "halves": ["0-am"], "first_day": "2027-03-01"}',
    ],
)
def test_what_is_no_change_is_refused(text: str) -> None:
    with pytest.raises(ChangeError):
        read_change(text)


def test_an_administrator_keeps_days_and_people_and_a_teacher_nothing(cast: Cast) -> None:
    changes: list[c.Change] = [FREE, OFF]

    allowed = {
        name: [may_do(cast.actor(name), change) for change in changes]
        for name in ("ineke", "dirk", "amira", "hanneke")
    }

    assert allowed == {
        "ineke": [True, True],
        "dirk": [True, True],
        "amira": [True, False],
        "hanneke": [False, False],
    }


def test_another_teacher_takes_over_what_is_planned_in_her_time(cast: Cast) -> None:
    night(cast)
    change = c.TeacherSet(
        group_id=cast.groups["8"].id,
        person_id=cast.id("bram"),
        instead_of=cast.id("hanneke"),
        first_day=date(2027, 2, 1),
        last_day=date(2027, 2, 28),
    )
    meeting = cast.meeting(cast.task(cast.case("didactisch-m:g8"), "bespreking"))

    known = {letter.id for letter in cast.post()}
    for letter in cast.post():
        letter.state = MessageState.SENT  # what never left isn't taken back

    seen = preview(cast, change).outcome
    apply(cast, change)

    turns = cast.session.exec(
        select(Teaching).where(Teaching.group_id == cast.groups["8"].id).order_by(col(Teaching.valid_from))
    ).all()
    assert [(t.person_id, t.valid_from, t.valid_until) for t in turns] == [
        (cast.id("hanneke"), date(2026, 8, 1), date(2027, 1, 31)),
        (cast.id("bram"), date(2027, 2, 1), date(2027, 2, 28)),
        (cast.id("hanneke"), date(2027, 3, 1), date(2027, 7, 31)),
    ]
    [prepared] = [s for s in of(seen.shifts, "Bereid de bespreking voor") if s.group == cast.groups["8"].id]
    assert (prepared.what, prepared.old.owner, prepared.new.owner) == (
        "owner",
        cast.id("hanneke"),
        cast.id("bram"),
    )
    assert cast.task(cast.case("didactisch-m:g8"), "ouders").owner_id == cast.id("hanneke")
    mails = {m.kind: m.person_id for m in cast.post() if m.meeting_id == meeting.id and m.id not in known}
    assert mails == {"invitation": cast.id("bram"), "cancellation": cast.id("hanneke")}


def test_an_unknown_teacher_or_nobody_at_all_is_refused(cast: Cast) -> None:
    group = cast.groups["8"].id
    nobody = c.TeacherSet(group_id=group, first_day=date(2027, 2, 1))
    wrong = c.TeacherSet(group_id=group, instead_of=cast.id("laila"), first_day=date(2027, 2, 1))

    with pytest.raises(SchoolError, match="Kies wie de groep krijgt"):
        preview(cast, nobody)
    with pytest.raises(SchoolError, match="heeft deze groep dan niet"):
        preview(cast, wrong)


def test_a_procedure_that_is_left_out_withdraws_what_had_not_begun(cast: Cast) -> None:
    night(cast)
    begun = {case.id for case in cast.cases("group-discussions") if case.state == CaseState.ACTIVE}
    closed = {case.id for case in cast.cases("group-discussions") if case.closed_at}

    replan = apply(cast, OFF)

    left = {case.id for case in cast.cases("group-discussions") if case.outcome == "dit jaar niet"}
    assert left == {case.id for case in cast.cases("group-discussions")} - begun - closed
    assert left
    coming = select(Meeting).where(col(Meeting.case_id).in_(left), Meeting.state != MeetingState.CANCELLED)
    assert cast.session.exec(coming).all() == []
    assert cast.session.exec(select(Year.without).where(Year.school_id == cast.school.id)).one() == [
        "group-discussions"
    ]
    assert "Bespreek de groep" in cast.post("notice", "hanneke")[0].body
    assert any(move["kind"] == "shift" and move["what"] == "gone" for move in replan.moves)


def test_a_procedure_that_is_done_after_all_comes_back_with_its_meetings(cast: Cast) -> None:
    night(cast)
    apply(cast, OFF)

    apply(cast, ON)

    assert not [case for case in cast.cases("group-discussions") if case.outcome == "dit jaar niet"]
    meeting = cast.meeting(cast.task(cast.case("didactisch-m:g8"), "bespreking"))
    assert meeting.state == MeetingState.CONFIRMED
    assert cast.task(cast.case("didactisch-m:g8"), "verslag").state == TaskState.PLANNED


@pytest.mark.parametrize("change", [ON, c.ProcedureOff(procedure="bestaat-niet")])
def test_a_switch_that_does_nothing_is_refused(cast: Cast, change: c.Change) -> None:
    with pytest.raises(ChangeError):
        preview(cast, change)


def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the group discussions a newer file: one task goes, one comes, one is said otherwise."""
    files = list(procedures.current())
    old = next(p for p in files if p.key == "group-discussions")
    data = json.loads(old.model_dump_json(exclude_defaults=True))
    stages = data["stage"]
    for stage in stages:
        stage["task"] = [t for t in stage.get("task", []) if t["key"] != "leerlingbespreking"]
        for task in stage["task"]:
            if task["key"] == "verslag":
                task["title"]["nl"] = "Schrijf het verslag"
    last = {"key": "nazorg", "title": {"nl": "Bel na", "en": "Call"}, "role": "ib", "only": ["didactisch-m"]}
    stages[-1]["task"].append({**last, "due": {"rule": "date", "day": "04-15"}})
    new = Procedure.model_validate(data)
    monkeypatch.setattr(procedures, "current", lambda: tuple(new if p is old else p for p in files))


def test_running_cases_take_the_newest_version_of_their_file_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(cast)
    newer(monkeypatch)
    case = cast.case("didactisch-m:g8")

    replan = apply(cast, c.NewestVersion(procedure="group-discussions"))

    tasks = {task.key: task for task in cast.tasks(case)}
    assert tasks["leerlingbespreking"].state == TaskState.CANCELLED
    assert (tasks["nazorg"].target_on, tasks["nazorg"].owner_id) == (date(2027, 4, 20), cast.id("ineke"))
    assert tasks["verslag"].title == "Schrijf het verslag"
    told = {(m["what"], m["title"]) for m in replan.moves if m["kind"] == "shift"}
    assert {("new", "Bel na"), ("gone", "Plan een leerlingbespreking als dat nodig is")} <= told
    assert night(cast) == {"redated": 0, "told": 0, "entered": 0}


def test_a_newer_version_can_be_undone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    night(cast)
    case = cast.case("didactisch-m:g8")
    version = case.version_id
    newer(monkeypatch)
    replan = apply(cast, c.NewestVersion(procedure="group-discussions"))

    undone = undo(cast, replan)

    tasks = {task.key: task for task in cast.tasks(case)}
    assert (undone.stays, case.version_id) == ((), version)
    assert tasks["leerlingbespreking"].state == TaskState.PLANNED
    assert (tasks["nazorg"].state, tasks["verslag"].title) == (TaskState.CANCELLED, "Leg het verslag vast")


def test_a_rule_of_the_school_is_kept_and_switched(cast: Cast) -> None:
    apply(cast, rule(cast))
    kept = cast.session.exec(select(LayerRule)).one()

    apply(cast, c.RuleSwitched(rule_id=kept.id, active=False))

    assert (kept.active, kept.task, kept.school_id, kept.changed_by) == (
        False,
        "invoeren",
        cast.school.id,
        cast.id("ineke"),
    )


def test_a_rule_of_the_school_moves_what_it_is_about(cast: Cast) -> None:
    night(cast)
    [was] = {
        t.target_on for c_ in [cast.case("M", "test-calendar")] for t in cast.tasks(c_) if t.key == "invoeren"
    }

    seen = preview(cast, rule(cast)).outcome
    replan = apply(cast, rule(cast))

    moved = [s for s in of(seen.shifts, "Voer de resultaten in") if s.old.target == was]
    assert {(s.new.target, s.group) for s in moved} == {
        (date(2027, 2, 16), cast.groups["5"].id),
        (date(2027, 2, 16), cast.groups["8"].id),
    }
    assert night(cast) == {"redated": 0, "told": 0, "entered": 0}
    assert undo(cast, replan).stays == ()
    assert {cast.task(cast.case("M", "test-calendar"), "invoeren", g).target_on for g in "58"} == {was}


@pytest.mark.parametrize(
    "fields",
    [
        {"layer": "region", "scope": "midden"},
        {"layer": "board", "scope": "Stichting De Linde"},
        {"scope": "een andere school"},
        {"layer": "group", "scope": "g6"},
        {"task": "bestaat-niet"},
    ],
)
def test_a_rule_for_others_or_about_nothing_is_refused(cast: Cast, fields: dict[str, str]) -> None:
    with pytest.raises(SchoolError):
        preview(cast, rule(cast, **fields))

    assert cast.session.exec(select(LayerRule)).all() == []


def test_a_rule_of_another_school_does_not_exist(cast: Cast) -> None:
    with pytest.raises(SchoolError, match="hoort niet bij deze school"):
        preview(cast, c.RuleSwitched(rule_id=uuid4(), active=False))


def test_cases_of_another_year_or_school_stay_as_they_are(cast: Cast) -> None:
    night(cast)
    others = select(Case.id, Case.state).where(Case.school_id != cast.school.id)
    before = set(cast.session.exec(others))

    apply(cast, OFF)

    assert set(cast.session.exec(others)) == before
