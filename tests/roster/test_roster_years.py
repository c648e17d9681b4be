from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session, col, select

from models import Group, Placement, Pupil
from service.roster import RosterFileError
from tests.roster.conftest import Import
from tests.roster.edex_builder import Edex, G, P

OLD = Edex(
    pupils=tuple(
        P(str(n), f"Kind{n}", group="a" if n < 15 else "b", enrolled="2020-08-17") for n in range(30)
    ),
    groups=(G("a", "7A", "7"), G("b", "8A", "8")),
)
# Who was in group 8 is gone; the same key names another group this year.
NEW = Edex(
    year="2027-2028",
    made="2027-08-20T08:00:00",
    pupils=(*(replace(pupil, group="b") for pupil in OLD.pupils[:13]), P("40", "Nieuw", group="a")),
    groups=(G("a", "1A", "1"), G("b", "8A", "8")),
)
AUTUMN, SUMMER, NEXT_AUTUMN = date(2026, 9, 1), date(2027, 7, 5), date(2027, 8, 23)


def state(session: Session, key: str) -> tuple[bool, date | None, str]:
    pupil = session.exec(select(Pupil).where(Pupil.key == key)).one()
    return pupil.active, pupil.left_on, pupil.year_group


def placements(session: Session, key: str) -> list[tuple[str, str, date, date | None]]:
    query = select(Group.school_year, Group.name, Placement.valid_from, Placement.valid_until)
    mine = query.join_from(Placement, Group).join(Pupil).where(Pupil.key == key)
    found = session.exec(mine.order_by(col(Placement.valid_from)))
    return [(year, name, begins, ends) for year, name, begins, ends in found]


def test_a_new_year_makes_new_groups_and_keeps_last_years_in_history(session: Session, take: Import) -> None:
    take(OLD, AUTUMN)

    done = take(NEW, NEXT_AUTUMN)

    assert done.first_of_year
    assert len(done.pupils.moved) == 13
    assert sorted(session.exec(select(Group.school_year, Group.key, Group.name, Group.active)).all()) == [
        ("2026-2027", "a", "7A", True),
        ("2026-2027", "b", "8A", True),
        ("2027-2028", "a", "1A", True),
        ("2027-2028", "b", "8A", True),
    ]
    assert placements(session, "0") == [
        ("2026-2027", "7A", date(2026, 8, 1), date(2027, 7, 31)),
        ("2027-2028", "8A", date(2027, 8, 1), None),
    ]
    assert state(session, "0") == (True, None, "8")


def test_who_is_not_in_the_new_year_left_on_31_july_however_many(session: Session, take: Import) -> None:
    take(OLD, AUTUMN)

    done = take(NEW, NEXT_AUTUMN)

    assert len(done.pupils.left) == 17
    assert done.objections == ()
    assert state(session, "29") == (False, date(2027, 7, 31), "8")
    assert placements(session, "29") == [("2026-2027", "8A", date(2026, 8, 1), date(2027, 7, 31))]


def test_the_second_file_of_the_new_year_is_guarded_again(take: Import) -> None:
    take(OLD, AUTUMN)
    take(replace(NEW, pupils=OLD.pupils), NEXT_AUTUMN)

    with pytest.raises(RosterFileError, match="26 van de 30"):
        take(replace(NEW, pupils=OLD.pupils[:4]), NEXT_AUTUMN)


def test_the_new_years_file_again_writes_nothing(take: Import) -> None:
    take(OLD, AUTUMN)
    take(NEW, NEXT_AUTUMN)

    assert take(NEW, date(2027, 10, 1)).empty


def test_next_years_file_before_the_summer_lets_this_year_end(session: Session, take: Import) -> None:
    take(OLD, AUTUMN)

    done = take(NEW, SUMMER)

    assert [warning.path for warning in done.warnings] == ["EDEX/school/schooljaar"]
    assert state(session, "29") == (True, date(2027, 7, 31), "8")
    assert state(session, "0") == (True, None, "7")
    assert placements(session, "0")[0][3] == date(2027, 7, 31)
    assert take(NEW, SUMMER).empty


def test_next_years_file_read_again_after_the_summer_settles_who_left(session: Session, take: Import) -> None:
    take(OLD, AUTUMN)
    take(NEW, SUMMER)

    done = take(NEW, NEXT_AUTUMN)

    assert len(done.pupils.left) == 17
    assert state(session, "29") == (False, date(2027, 7, 31), "8")
    assert state(session, "0") == (True, None, "8")
    assert done.pupils.moved == ()


def test_a_year_that_is_far_away_is_only_read_when_insisted_on(take: Import) -> None:
    take(OLD, AUTUMN)

    with pytest.raises(RosterFileError, match="begint pas op 01-08-2027"):
        take(NEW, date(2026, 11, 21))

    assert len(take(NEW, date(2026, 11, 21), force=True).groups.new) == 2


def test_an_older_year_is_refused_once_a_newer_one_is_known(take: Import) -> None:
    take(OLD, AUTUMN)
    take(NEW, NEXT_AUTUMN)

    with pytest.raises(RosterFileError, match="2027-2028 is al ingelezen"):
        take(OLD, NEXT_AUTUMN, force=True)

    assert take(NEW, NEXT_AUTUMN).empty


def test_an_old_year_is_read_when_nothing_newer_is_known(session: Session, take: Import) -> None:
    take(replace(OLD, year="2019-2020"), AUTUMN)

    assert placements(session, "0") == [("2019-2020", "7A", date(2020, 8, 17), None)]


def test_a_move_in_the_new_year_leaves_last_year_as_it_was(session: Session, take: Import) -> None:
    take(OLD, AUTUMN)
    take(NEW, NEXT_AUTUMN)

    take(replace(NEW, pupils=(replace(NEW.pupils[0], group="a"), *NEW.pupils[1:])), date(2027, 10, 4))

    assert placements(session, "0") == [
        ("2026-2027", "7A", date(2026, 8, 1), date(2027, 7, 31)),
        ("2027-2028", "8A", date(2027, 8, 1), date(2027, 10, 3)),
        ("2027-2028", "1A", date(2027, 10, 4), None),
    ]
