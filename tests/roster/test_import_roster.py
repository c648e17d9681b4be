from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, SQLModel, col, func, select

from models import (
    Group,
    LoginSession,
    Membership,
    Person,
    Placement,
    Presence,
    Pupil,
    RosterImport,
    School,
    StaffKey,
    Teaching,
)
from service.roster import RosterFileError, apply, check, diff, parse
from tests.roster.conftest import Import
from tests.roster.edex_builder import Edex, G, P, S

MONDAY = date(2026, 9, 7)
FULL = Edex(
    pupils=(
        P("1", "Anna", year="3", group="g34", composites=("plus",)),
        P("2", "Bram", "Berg", group="g5", enrolled="2026-08-24"),
        P("3", "Cato", "Dijk", group="g5"),
    ),
    staff=(S("lk1", email="nicole@vuurtoren.example", groups=("g34", "g5")),),
)


def pupil(session: Session, key: str) -> Pupil:
    return session.exec(select(Pupil).where(Pupil.key == key)).one()


def placements(session: Session, key: str) -> list[tuple[str, date, date | None]]:
    query = select(Group.name, Placement.valid_from, Placement.valid_until)
    mine = query.join_from(Placement, Group).join(Pupil).where(Pupil.key == key)
    found = session.exec(mine.order_by(col(Placement.valid_from), col(Group.name)))
    return [(name, begins, ends) for name, begins, ends in found]


def rows(session: Session) -> dict[str, list[tuple[object, ...]]]:
    session.flush()
    return {
        name: sorted(map(tuple, session.connection().execute(table.select())), key=repr)
        for name, table in SQLModel.metadata.tables.items()
    }


def refused(take: Import, file: Edex, on: date = MONDAY) -> str:
    with pytest.raises(RosterFileError) as refusal:
        take(file, on)
    return str(refusal.value)


def test_a_first_file_brings_everyone_in(session: Session, take: Import) -> None:
    done = take(FULL)

    assert done.counts()["pupils"] == {"new": 3, "changed": 0, "left": 0, "returned": 0, "moved": 0}
    assert sorted(session.exec(select(Group.key)).all()) == ["g34", "g5", "plus"]
    assert (pupil(session, "1").year_group, pupil(session, "2").year_group) == ("3", "5")
    assert session.exec(select(StaffKey.key, StaffKey.name, StaffKey.active)).all() == [
        ("lk1", "Nicole Bakker", True)
    ]


def test_a_first_placement_begins_on_1_august_or_on_the_day_of_enrolment(
    session: Session, take: Import
) -> None:
    take(FULL, on=date(2026, 10, 12))

    assert placements(session, "1") == [
        ("Groep 3/4", date(2026, 8, 1), None),
        ("Plus", date(2026, 8, 1), None),
    ]
    assert placements(session, "2") == [("Groep 5", date(2026, 8, 24), None)]


def test_the_same_file_again_writes_nothing_at_all(session: Session, take: Import) -> None:
    take(FULL)
    before = rows(session)

    again = take(FULL, on=date(2026, 12, 1))

    assert again.empty
    assert rows(session) == before


def test_a_look_ahead_tells_the_same_and_writes_nothing(
    session: Session, school: School, take: Import
) -> None:
    before = rows(session)

    ahead = diff(session, school, parse(FULL.bytes()), MONDAY)

    assert rows(session) == before
    assert ahead.to_json() == take(FULL, MONDAY).to_json()


def test_an_import_is_in_the_journal_with_counts_and_no_names(session: Session, take: Import) -> None:
    take(FULL)

    [line] = session.exec(select(RosterImport)).all()

    assert (line.school_year, line.digest, line.at.date()) == ("2026-2027", "d", date(2026, 9, 1))
    assert line.counts["pupils"]["new"] == 3


def test_a_pupil_who_moves_ends_one_placement_and_begins_another(session: Session, take: Import) -> None:
    take(FULL)

    done = take(replace(FULL, pupils=(*FULL.pupils[:2], replace(FULL.pupils[2], group="g34"))), MONDAY)

    [moved] = done.pupils.moved
    assert (moved.key, moved.from_groups, moved.to_groups) == ("3", ("Groep 5",), ("Groep 3/4",))
    assert placements(session, "3") == [
        ("Groep 5", date(2026, 8, 1), date(2026, 9, 6)),
        ("Groep 3/4", MONDAY, None),
    ]


def test_a_move_that_is_taken_back_on_the_same_day_leaves_no_trace(session: Session, take: Import) -> None:
    take(FULL)
    before = placements(session, "3")
    take(replace(FULL, pupils=(*FULL.pupils[:2], replace(FULL.pupils[2], group="g34"))), MONDAY)

    take(FULL, MONDAY)

    assert placements(session, "3") == before


def test_a_composite_group_comes_and_goes_beside_the_base_group(session: Session, take: Import) -> None:
    take(FULL)
    without = replace(FULL, pupils=(replace(FULL.pupils[0], composites=()), *FULL.pupils[1:]))

    take(without, MONDAY)
    take(FULL, date(2026, 10, 5))

    assert placements(session, "1") == [
        ("Groep 3/4", date(2026, 8, 1), None),
        ("Plus", date(2026, 8, 1), date(2026, 9, 6)),
        ("Plus", date(2026, 10, 5), None),
    ]


def test_what_changed_about_a_pupil_is_named_by_field(session: Session, take: Import) -> None:
    take(FULL)
    renamed = replace(FULL.pupils[2], last="van Dijk-Smit", year="6")

    done = take(replace(FULL, pupils=(*FULL.pupils[:2], renamed)), MONDAY)

    assert [(c.key, c.fields) for c in done.pupils.changed] == [("3", ("last_name", "year_group"))]
    assert (pupil(session, "3").last_name, pupil(session, "3").year_group) == ("van Dijk-Smit", "6")


def test_a_pupil_who_is_no_longer_named_is_made_inactive_and_kept(session: Session, take: Import) -> None:
    take(FULL)

    done = take(replace(FULL, pupils=FULL.pupils[:2]), MONDAY)

    assert [(c.key, c.last_day) for c in done.pupils.left] == [("3", date(2026, 9, 6))]
    assert (pupil(session, "3").active, pupil(session, "3").left_on) == (False, date(2026, 9, 6))
    assert placements(session, "3") == [("Groep 5", date(2026, 8, 1), date(2026, 9, 6))]


@pytest.mark.parametrize(
    ("asked", "made"), [("2026-10-01", "2026-08-01T08:00:00"), ("", "2026-10-01T08:00:00")]
)
def test_a_pupil_whose_last_day_is_before_that_of_the_file_has_left(
    session: Session, take: Import, asked: str, made: str
) -> None:
    take(FULL)
    leaving = replace(FULL.pupils[2], left="2026-09-30")

    take(replace(FULL, pupils=(*FULL.pupils[:2], leaving), asked=asked, made=made), date(2026, 9, 15))

    assert (pupil(session, "3").active, pupil(session, "3").left_on) == (False, date(2026, 9, 30))
    assert placements(session, "3") == [("Groep 5", date(2026, 8, 1), date(2026, 9, 30))]


def test_a_pupil_who_will_leave_is_here_until_that_day_has_passed(session: Session, take: Import) -> None:
    leaving = replace(FULL, pupils=(*FULL.pupils[:2], replace(FULL.pupils[2], left="2026-10-02")))

    take(leaving, MONDAY)
    here = pupil(session, "3").active
    last_day = take(leaving, date(2026, 10, 2))
    take(leaving, date(2026, 10, 3))

    assert (here, last_day.empty, pupil(session, "3").active) == (True, True, False)


def test_a_pupil_who_left_and_was_never_known_is_not_taken_over(take: Import) -> None:
    gone = P("9", "Daan", "Oud", left="2026-08-15")

    done = take(replace(FULL, pupils=(*FULL.pupils, gone)))

    assert len(done.pupils.new) == 3
    assert [str(w) for w in done.warnings if "niet overgenomen" in w.text] == [
        "EDEX/leerlingen: Al vertrokken en hier niet bekend, dus niet overgenomen: 1."
    ]


def test_a_historic_pupil_has_left(session: Session, take: Import) -> None:
    take(FULL)

    take(replace(FULL, pupils=(*FULL.pupils[:2], replace(FULL.pupils[2], year="H"))), MONDAY)

    assert pupil(session, "3").active is False


def test_a_pupil_comes_back_with_a_later_file(session: Session, take: Import) -> None:
    take(FULL)
    take(replace(FULL, pupils=FULL.pupils[:2]), MONDAY)

    done = take(FULL, date(2026, 11, 2))

    assert [c.key for c in done.pupils.returned] == ["3"]
    assert (pupil(session, "3").active, pupil(session, "3").left_on) == (True, None)
    assert placements(session, "3") == [
        ("Groep 5", date(2026, 8, 1), date(2026, 9, 6)),
        ("Groep 5", date(2026, 11, 2), None),
    ]


def test_a_newcomer_begins_on_the_day_of_enrolment_or_of_the_import(session: Session, take: Import) -> None:
    take(FULL)
    newcomers = (P("4", "Eva", group="g5", enrolled="2026-09-03"), P("5", "Finn", group="g5"))

    take(replace(FULL, pupils=(*FULL.pupils, *newcomers)), MONDAY)

    assert placements(session, "4") == [("Groep 5", date(2026, 9, 3), None)]
    assert placements(session, "5") == [("Groep 5", MONDAY, None)]


def test_groups_are_renamed_end_and_come_back(session: Session, take: Import) -> None:
    take(FULL)
    plus_gone = replace(
        FULL,
        groups=(G("g5", "De Bevers"), G("g34", "Groep 3/4", "C")),
        pupils=(replace(FULL.pupils[0], composites=()), *FULL.pupils[1:]),
    )

    done = take(plus_gone, MONDAY)
    back = take(FULL, date(2026, 10, 5))

    assert [(c.key, c.fields, c.was) for c in done.groups.changed] == [("g5", ("name",), "Groep 5")]
    assert [c.key for c in done.groups.left] == ["plus"]
    assert [c.key for c in back.groups.returned] == ["plus"]
    assert session.exec(select(func.count()).where(col(Group.active))).one() == 3


def test_a_group_may_turn_into_a_composite_one(session: Session, take: Import) -> None:
    take(Edex(pupils=(P("1", group="g5"),), groups=(G("g5"),)))

    done = take(Edex(pupils=(P("1", composites=("g5",)),), groups=(G("g5", year=None),)), MONDAY)

    assert [(c.key, c.fields) for c in done.groups.changed] == [("g5", ("kind", "year_group"))]
    assert placements(session, "1") == [("g5", date(2026, 8, 1), None)]


def test_a_file_without_groups_leaves_the_groups_alone(session: Session, take: Import) -> None:
    take(FULL)
    bare = Edex(
        groups=None, pupils=(P("1", year="3"), P("2", "Bram", "Berg", year="5", enrolled="2026-08-24"))
    )

    done = take(bare, MONDAY)

    assert [c.key for c in done.pupils.left] == ["3"]
    assert not any(done.groups.counts().values())
    assert placements(session, "2") == [("Groep 5", date(2026, 8, 24), None)]


def test_staff_change_leave_and_return(take: Import) -> None:
    take(FULL)
    other = replace(FULL, staff=(S("lk2", "Omar", "Vos"),))

    left = take(other, MONDAY)
    back = take(replace(FULL, staff=(S("lk1", "Nicole", "Bakker-Vos"), S("lk2", "Omar", "Vos"))), MONDAY)

    assert [c.key for c in left.staff.left] == ["lk1"]
    assert [(c.key, c.fields) for c in back.staff.returned] == [("lk1", ("name", "email"))]


def test_a_file_that_is_silent_about_staff_leaves_them_alone(take: Import) -> None:
    take(FULL)

    assert take(replace(FULL, staff=None), MONDAY).empty


def test_a_key_is_linked_to_the_person_with_its_address(session: Session, take: Import) -> None:
    person = Person(name="Nicole Bakker", email="Nicole@Vuurtoren.example")
    session.add(person)

    take(FULL)

    assert session.exec(select(StaffKey.person_id)).all() == [person.id]


def test_a_key_is_linked_later_when_the_person_comes_later(session: Session, take: Import) -> None:
    take(FULL)
    session.add(Person(name="Nicole Bakker", email="nicole@vuurtoren.example"))

    done = take(FULL, MONDAY)

    assert [(c.key, c.fields) for c in done.staff.changed] == [("lk1", ("person_id",))]


def test_no_right_ever_comes_from_a_file(session: Session, take: Import) -> None:
    session.add(Person(name="Nicole Bakker", email="nicole@vuurtoren.example"))
    people = tuple(
        S(f"lk{n}", email="nicole@vuurtoren.example", groups=("g5",), role="DIR") for n in range(3)
    )

    take(replace(FULL, staff=people))

    given = [session.exec(select(func.count()).select_from(table)).one() for table in (Membership, Teaching)]
    assert given == [0, 0]
    assert session.exec(select(func.count()).select_from(LoginSession)).one() == 0
    assert session.exec(select(func.count()).select_from(Presence)).one() == 0
    assert session.exec(select(func.count()).select_from(Person)).one() == 1


@pytest.mark.parametrize(
    "file",
    [replace(FULL, brin="99YY"), replace(FULL, dependance="01"), replace(FULL, brin="")],
    ids=["another school", "another location", "no school"],
)
def test_a_file_of_another_school_changes_nothing(session: Session, take: Import, file: Edex) -> None:
    before = rows(session)

    told = refused(take, file)

    assert "school" in told
    assert rows(session) == before


@pytest.mark.parametrize(("ours", "theirs"), [("00", ""), ("", "00"), ("00", "00")])
def test_no_dependance_and_00_are_the_same_location(ours: str, theirs: str) -> None:
    school = School(brin="99XX", dependance=ours, name="De Vuurtoren", region="noord", mailbox="s@v.example")

    roster = parse(replace(FULL, dependance=theirs).bytes())

    check(roster, school)

    with pytest.raises(RosterFileError):
        check(replace(roster, dependance="01"), school)


def test_another_school_with_the_same_keys_is_not_touched(session: Session, take: Import) -> None:
    take(FULL)
    other = School(brin="99ZZ", name="Het Baken", region="zuid", mailbox="s@baken.example")
    session.add(other)
    session.flush()
    theirs = parse(replace(FULL, brin="99ZZ", pupils=FULL.pupils[:1]).bytes())

    apply(session, other, theirs, actor_id=None, at=datetime(2026, 9, 7, tzinfo=UTC), digest="e")

    assert take(FULL, MONDAY).empty
    assert session.exec(select(func.count()).select_from(Pupil)).one() == 4


def crowd(many: int, of: int = 30) -> Edex:
    return Edex(pupils=tuple(P(str(n), f"Kind{n}", group="g5") for n in range(of))[:many])


def test_a_file_without_more_than_half_of_the_pupils_is_refused(session: Session, take: Import) -> None:
    take(crowd(30))
    before = rows(session)

    told = refused(take, crowd(14))

    assert "16 van de 30 leerlingen" in told
    assert rows(session) == before


def test_such_a_file_can_be_insisted_on(take: Import) -> None:
    take(crowd(30))

    done = take(crowd(14), MONDAY, force=True)

    assert len(done.pupils.left) == 16


@pytest.mark.parametrize(("before", "after"), [(30, 15), (19, 9)], ids=["half", "ten"])
def test_half_of_the_pupils_or_ten_of_them_may_leave(take: Import, before: int, after: int) -> None:
    take(crowd(before))

    assert len(take(crowd(after), MONDAY).pupils.left) == before - after


def test_a_program_hears_keys_kinds_and_group_names_but_no_names_of_people(take: Import) -> None:
    take(FULL)
    moved = replace(FULL.pupils[2], last="Geheim", year="5", group="g34")

    told = take(replace(FULL, pupils=(FULL.pupils[0], moved), staff=()), MONDAY).to_json()

    assert told["pupils"]["left"] == [{"key": "2", "fields": ["left_on"], "last_day": "2026-09-06"}]
    assert told["pupils"]["changed"] == [{"key": "3", "fields": ["last_name"]}]
    assert told["pupils"]["moved"] == [{"key": "3", "from": ["Groep 5"], "to": ["Groep 3/4"]}]
    assert [name for name in ("Bram", "Cato", "Geheim", "Nicole", "Bakker") if name in repr(told)] == []
