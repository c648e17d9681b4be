from datetime import date

import pytest
from sqlmodel import select

from models import LayerRule, Year
from service.cases.reschedule import reschedule_task
from service.meetings.move import move_meeting
from service.replan import changes as c
from service.replan.copy import Copied, CopyError, copy_year, preview_copy
from tests.cast import YEAR, Cast, moment
from tests.replan.year import FREE, NOW, apply, night, rows

NEXT = "2027-2028"


def copy(cast: Cast) -> Copied:
    return copy_year(cast.session, cast.school, YEAR, NEXT, actor_id=cast.id("ineke"), at=NOW)


def decided(cast: Cast) -> None:
    """Let De Wilgenhof leave a procedure out, and say two things of this year alone: a rule and a date."""
    apply(cast, c.ProcedureOff(procedure="plan-reviews"))
    about = {
        "layer": "school",
        "scope": str(cast.school.id),
        "school_year": YEAR,
        "procedure": "test-calendar",
    }
    for task, definition in (
        ("invoeren", {"due": {"rule": "offset", "after": "window.last", "school_days": 4}}),
        ("afname", {"due": {"rule": "date", "day": "2027-03-24"}}),
    ):
        apply(cast, c.RuleAdded.model_validate({**about, "task": task, "definition": definition}))


@pytest.fixture(autouse=True)
def rules_are_only_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a rule means to the planner is not looked at here."""
    monkeypatch.setattr("service.replan.carry.settle", lambda *_: [])


def test_rules_of_one_year_go_along_and_dates_do_not(cast: Cast) -> None:
    night(cast)
    decided(cast)

    copied = copy(cast)

    kept = cast.session.exec(select(LayerRule).where(LayerRule.school_year == NEXT)).all()
    year = cast.session.exec(select(Year).where(Year.label == NEXT)).one()
    assert [(rule.task, rule.changed_by) for rule in kept] == [("invoeren", cast.id("ineke"))]
    assert (year.without, year.opened_at) == (["plan-reviews"], None)
    assert len(copied.goes) == 2
    assert 'De eigen regel voor "Toetskalender: afname" noemt 24 maart 2027' in copied.look


def test_taking_over_twice_is_taking_over_once(cast: Cast) -> None:
    night(cast)
    decided(cast)
    copy(cast)
    before = rows(cast.session)

    again = copy(cast)

    assert (again.goes, rows(cast.session)) == ((), before)


def test_what_people_chose_by_hand_is_named_to_look_at(cast: Cast) -> None:
    night(cast)
    ineke = cast.actor("ineke", NOW)
    task = cast.task(cast.case("M", "test-calendar"), "schooloverzicht")
    reschedule_task(cast.session, task.id, actor=ineke, at=NOW, to=date(2027, 3, 10), reason="dan past het")
    meeting = cast.meeting(cast.task(cast.case("didactisch-m:g8"), "bespreking"))
    hour = moment("2027-02-16", 14)
    move_meeting(cast.session, meeting.id, actor=ineke, at=NOW, starts_at=hour, reason="dan past het")
    apply(cast, FREE)

    copied = copy(cast)

    assert copied.look == (
        "Maak het schooloverzicht (Toetskalender: Middentoetsen) stond vast op 10 maart 2027",
        f"{cast.case('didactisch-m:g8').title}: het uur van het overleg was met de hand gekozen",
        "Studiedag (24 maart 2027) is in 2027-2028 nog niet gekozen",
    )


def test_both_years_stand_side_by_side(cast: Cast) -> None:
    night(cast)
    decided(cast)

    copied = copy(cast)

    whats = {row.what for row in copied.beside}
    assert {"shift", "same"} <= whats
    assert not [row for row in copied.beside if row.what == "new"]
    advice = next(row for row in copied.beside if row.title == "Geef het definitieve advies")
    assert advice.old == date(2027, 3, 23)
    assert advice.new
    assert advice.new.year == 2028
    talk = next(row for row in copied.beside if row.title == "Bespreek de groep")
    assert talk.new, "whoever has a group now is taken to keep it"
    assert advice.shift == (advice.new - advice.old).days - 364


def test_a_look_at_it_writes_nothing(cast: Cast) -> None:
    night(cast)
    decided(cast)
    before = rows(cast.session)

    preview_copy(cast.session, cast.school, YEAR, NEXT, actor_id=cast.id("ineke"), at=NOW)

    assert rows(cast.session) == before


@pytest.mark.parametrize(("old", "new"), [(YEAR, YEAR), (NEXT, YEAR), ("vorig", "volgend")])
def test_years_that_do_not_follow_each_other_are_refused(cast: Cast, old: str, new: str) -> None:
    with pytest.raises(CopyError, match="het nieuwe komt na het oude"):
        copy_year(cast.session, cast.school, old, new, actor_id=None, at=NOW)


def test_a_year_that_is_open_is_not_written_over(cast: Cast) -> None:
    with pytest.raises(CopyError, match="is al open"):
        copy_year(cast.session, cast.school, "2025-2026", YEAR, actor_id=None, at=NOW)
