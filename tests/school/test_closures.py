from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session

from calendars.closure_files import ClosureRow
from models import ClosureSource, School
from service.school.closures import (
    ClosureError,
    ClosuresRefusedError,
    Wanted,
    add_closure,
    change_closure,
    closures_of,
    import_closures,
    remove_closure,
    replaceable,
)
from service.school.errors import NotOfThisSchoolError
from service.year.frame import frame_of

TOLD: dict[str, Any] = {"actor_id": None, "at": datetime(2026, 11, 21, 8, tzinfo=UTC)}


def study_day(first: date = date(2026, 12, 7), last: date | None = None, **more: Any) -> Wanted:
    return Wanted(**({"name": "Studiedag", "first_day": first, "last_day": last or first} | more))


def row(name: str, first: date, last: date) -> ClosureRow:
    return ClosureRow(name=name, first_day=first, last_day=last)


def test_a_closure_takes_its_day_out_of_the_school_calendar(session: Session, school: School) -> None:
    add_closure(session, school.id, study_day(), **TOLD)

    calendar = frame_of(session, school, "2026-2027").calendar

    assert not calendar.is_school_day(date(2026, 12, 7))


def test_a_closure_for_one_group_leaves_the_school_open(session: Session, school: School) -> None:
    add_closure(session, school.id, study_day(groups=("8",)), **TOLD)

    calendar = frame_of(session, school, "2026-2027").calendar

    assert calendar.is_school_day(date(2026, 12, 7))


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (study_day(name="  "), "Geef de vrije dag een naam."),
        (study_day(last=date(2026, 12, 6)), "De laatste dag ligt voor de eerste dag."),
        (study_day(last=date(2027, 12, 7)), "Dit is langer dan 70 dagen; klopt het jaartal?"),
        (study_day(first=date(1026, 12, 7)), "Het jaartal kan niet kloppen."),
        (study_day(groups=("9",)), "Deze groep kent de school niet: 9."),
        (
            study_day(replaces="Meivakantie", groups=("8",)),
            "Een vakantie vervangen kan alleen voor de hele school.",
        ),
        (
            study_day(replaces="Carnaval"),
            'Er is in dat schooljaar geen officiële vakantie "Carnaval".',
        ),
        (study_day(name="x" * 121), "De naam is langer dan 120 tekens."),
    ],
)
def test_a_closure_that_can_not_be_is_refused(
    session: Session, school: School, wanted: Wanted, message: str
) -> None:
    with pytest.raises(ClosureError) as refused:
        add_closure(session, school.id, wanted, **TOLD)

    assert (str(refused.value), closures_of(session, school.id)) == (message, [])


def test_the_same_name_on_the_same_day_is_refused(session: Session, school: School) -> None:
    add_closure(session, school.id, study_day(last=date(2026, 12, 9)), **TOLD)

    with pytest.raises(ClosureError, match="valt samen met Studiedag"):
        add_closure(session, school.id, study_day(first=date(2026, 12, 9)), **TOLD)


def test_a_closure_changes_without_standing_in_its_own_way(session: Session, school: School) -> None:
    closure = add_closure(session, school.id, study_day(), **TOLD)

    change_closure(session, school.id, closure.id, study_day(last=date(2026, 12, 8)), **TOLD)

    assert [c.last_day for c in closures_of(session, school.id)] == [date(2026, 12, 8)]


def test_a_removed_closure_opens_the_school(session: Session, school: School) -> None:
    closure = add_closure(session, school.id, study_day(), **TOLD)

    remove_closure(session, school.id, closure.id, **TOLD)

    assert frame_of(session, school, "2026-2027").calendar.is_school_day(date(2026, 12, 7))


def test_another_school_s_closure_can_not_be_touched(
    session: Session, school: School, other_school: School
) -> None:
    closure = add_closure(session, school.id, study_day(), **TOLD)

    with pytest.raises(NotOfThisSchoolError):
        remove_closure(session, other_school.id, closure.id, **TOLD)
    with pytest.raises(NotOfThisSchoolError):
        change_closure(session, other_school.id, closure.id, study_day(name="Vrij"), **TOLD)

    assert [c.name for c in closures_of(session, school.id)] == ["Studiedag"]


def test_the_school_s_own_may_holiday_replaces_the_official_one(session: Session, school: School) -> None:
    own = study_day(date(2027, 5, 1), date(2027, 5, 16), name="Eigen meivakantie", replaces="Meivakantie")

    add_closure(session, school.id, own, **TOLD)

    calendar = frame_of(session, school, "2026-2027").calendar
    assert (calendar.is_school_day(date(2027, 4, 26)), calendar.is_school_day(date(2027, 5, 12))) == (
        True,
        False,
    )


def test_the_summer_that_ends_a_year_counts_to_that_year(school: School) -> None:
    assert "Zomervakantie" in replaceable(school.region, date(2027, 6, 20))


def test_an_import_adds_what_is_new_and_tells_what_was_there(session: Session, school: School) -> None:
    add_closure(session, school.id, study_day(), **TOLD)
    rows = [
        row("Studiedag", date(2026, 12, 7), date(2026, 12, 7)),
        row("Studiedag", date(2027, 1, 27), date(2027, 1, 27)),
    ]

    told = import_closures(session, school.id, rows, **TOLD)

    assert (len(told.new), len(told.unchanged)) == (1, 1)
    assert [c.source for c in closures_of(session, school.id)] == [
        ClosureSource.OWN,
        ClosureSource.IMPORTED,
    ]


def test_the_same_list_twice_adds_nothing(session: Session, school: School) -> None:
    rows = [row("Studiedag", date(2027, 1, 27), date(2027, 1, 27))]
    import_closures(session, school.id, rows, **TOLD)

    told = import_closures(session, school.id, rows, **TOLD)

    assert (told.new, len(closures_of(session, school.id))) == ((), 1)


def test_an_imported_holiday_takes_the_place_of_the_official_one(session: Session, school: School) -> None:
    own = row("Voorjaarsvakantie", date(2027, 2, 13), date(2027, 2, 21))

    import_closures(session, school.id, [own], **TOLD)

    calendar = frame_of(session, school, "2026-2027").calendar
    assert (calendar.is_school_day(date(2027, 2, 15)), calendar.is_school_day(date(2027, 2, 22))) == (
        False,
        True,
    )


def test_an_imported_holiday_that_is_the_official_one_is_no_news(session: Session, school: School) -> None:
    official = row("Voorjaarsvakantie", date(2027, 2, 20), date(2027, 2, 28))

    told = import_closures(session, school.id, [official], **TOLD)

    assert (told.new, closures_of(session, school.id)) == ((), [])


def test_one_wrong_row_keeps_the_whole_list_out(session: Session, school: School) -> None:
    add_closure(session, school.id, study_day(last=date(2026, 12, 9)), **TOLD)
    rows = [
        row("Margedag", date(2027, 3, 1), date(2027, 3, 1)),
        row("Studiedag", date(2026, 12, 8), date(2026, 12, 8)),
    ]

    with pytest.raises(ClosuresRefusedError) as refused:
        import_closures(session, school.id, rows, **TOLD)

    assert refused.value.problems == [
        "Studiedag (8 december) valt samen met Studiedag (7 t/m 9 december 2026)."
    ]
    assert [c.name for c in closures_of(session, school.id)] == ["Studiedag"]
