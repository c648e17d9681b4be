from datetime import date
from uuid import uuid4

import pytest

from service.cases.complete import complete_task
from service.cases.reschedule import reschedule_task
from service.replan.changes import ClosureAdded, PresenceSet
from service.school.errors import SchoolError
from tests.cast import Cast
from tests.replan.year import FREE, NOW, night, of, preview, rows


def free(day: str, name: str = "Studiedag") -> ClosureAdded:
    return ClosureAdded(name=name, first_day=date.fromisoformat(day), last_day=date.fromisoformat(day))


def test_a_preview_leaves_every_row_as_it_was(cast: Cast) -> None:
    night(cast)
    before = rows(cast.session)

    seen = preview(cast, free("2027-02-10"))

    assert seen.outcome.shifts
    assert rows(cast.session) == before


def test_a_preview_shows_old_and_new_why_and_what_differs(cast: Cast) -> None:
    night(cast)

    seen = preview(cast, FREE)

    [shift, _] = of(seen.outcome.shifts, "Maak het overstapdossier")
    assert (shift.old.target, shift.new.target) == (date(2027, 4, 6), date(2027, 4, 7))
    assert shift.differs == "Studiedag (24 maart) telt niet meer mee"
    assert "de studiedag op 24 maart" in shift.why
    assert shift.case.startswith("Schoolverlaters: Overstap naar het voortgezet onderwijs, T-")


def test_a_preview_tells_who_hears_of_how_much(cast: Cast) -> None:
    night(cast)

    seen = preview(cast, FREE)

    told = {hearing.name: (hearing.items, hearing.meetings) for hearing in seen.hearings}
    assert told == {"Ans Mulderij": (2, 0), "Hanneke Achterberg": (6, 0), "Joris Kamphuis": (2, 0)}


def test_a_day_on_which_nothing_falls_moves_nothing(cast: Cast) -> None:
    night(cast)

    seen = preview(cast, ClosureAdded(name="Zaterdag", first_day=date(2027, 3, 6), last_day=date(2027, 3, 6)))

    assert (seen.outcome.shifts, seen.hearings, seen.outcome.is_quiet) == ((), (), True)


def test_a_legal_day_stops_a_move_and_says_so(cast: Cast) -> None:
    night(cast)

    two = ClosureAdded(name="Studiedagen", first_day=date(2027, 3, 23), last_day=date(2027, 3, 24))
    seen = preview(cast, two)

    texts = {held.title: held.text for held in seen.outcome.stops}
    assert texts["Geef het definitieve advies"] == (
        "zou donderdag 25 maart worden; wettelijk uiterlijk woensdag 24 maart, dus maandag 22 maart"
    )


def test_a_day_that_a_person_chose_stays_and_a_closed_one_is_warned_of(cast: Cast) -> None:
    night(cast)
    task = cast.task(cast.case("M", "test-calendar"), "schooloverzicht")
    ineke = cast.actor("ineke", NOW)
    reschedule_task(cast.session, task.id, actor=ineke, at=NOW, to=date(2027, 3, 10), reason="dan past het")

    seen = preview(cast, free("2027-03-10"))

    [pin] = [pin for pin in seen.outcome.pins if pin.task_id == task.id]
    assert pin.warning
    assert pin.text == "blijft op woensdag 10 maart, want vastgezet; let op: dan is er geen school"
    assert task.id not in {shift.task_id for shift in seen.outcome.shifts}


def test_a_day_that_a_person_chose_says_where_it_would_have_gone(cast: Cast) -> None:
    night(cast)
    task = cast.task(cast.case("groepsplan-2:g8"), "groepsplan-controle")
    ineke = cast.actor("ineke", NOW)
    reschedule_task(cast.session, task.id, actor=ineke, at=NOW, to=date(2027, 3, 24), reason="dan past het")

    seen = preview(cast, free("2027-03-16"))

    [pin] = [pin for pin in seen.outcome.pins if pin.task_id == task.id]
    assert not pin.warning
    assert pin.text.startswith("blijft op woensdag 24 maart, want vastgezet; zou anders naar ")


def test_other_working_days_move_a_persons_own_work(cast: Cast) -> None:
    night(cast)
    change = PresenceSet(
        person_id=cast.id("hanneke"), halves=("3-am", "3-pm"), first_day=date(2027, 2, 22), last_day=None
    )

    seen = preview(cast, change)

    [told, _] = sorted(of(seen.outcome.shifts, "Vertel ouders"), key=lambda s: s.new.target or date.max)
    assert (told.old.target, told.new.target) == (date(2027, 3, 3), date(2027, 3, 4))
    assert told.differs == "wie dit doet is er op donderdag"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            ClosureAdded(name="", first_day=date(2027, 3, 1), last_day=date(2027, 3, 1)),
            "Geef de vrije dag een",
        ),
        (
            ClosureAdded(name="Om", first_day=date(2027, 3, 2), last_day=date(2027, 3, 1)),
            "De laatste dag ligt voor de eerste dag.",
        ),
        (PresenceSet(person_id=uuid4(), halves=(), first_day=date(2027, 3, 1)), "Dit hoort niet"),
    ],
)
def test_a_change_that_can_not_be_says_why_and_changes_nothing(
    cast: Cast, change: ClosureAdded | PresenceSet, text: str
) -> None:
    before = rows(cast.session)

    with pytest.raises(SchoolError, match=text):
        preview(cast, change)

    assert rows(cast.session) == before


def test_what_was_done_stays_as_it_is_and_is_counted(cast: Cast) -> None:
    night(cast)
    task = cast.task(cast.case("M", "test-calendar"), "invoeren", "8")
    complete_task(cast.session, task.id, actor=cast.actor("hanneke", NOW), at=NOW)
    none_done = preview(cast, FREE).outcome.done

    seen = preview(cast, free("2027-02-05"))

    assert seen.outcome.done == none_done > 0
    assert [s.group for s in of(seen.outcome.shifts, "Voer de resultaten in")] == [cast.groups["5"].id]
