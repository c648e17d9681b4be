from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session, col, select

from models import Pupil, StaffKey
from service.roster import RosterFileError
from tests.roster.conftest import Import
from tests.roster.edex_builder import Edex, G, P, S

MONDAY = date(2026, 9, 7)


def keys(session: Session) -> list[str]:
    return list(session.exec(select(Pupil.key).order_by(col(Pupil.key))).all())


def test_a_pupil_with_a_dummy_key_is_recognised_by_name_and_birth_date(
    session: Session, take: Import
) -> None:
    take(Edex(pupils=(P("#1", "Anna"), P("#2", "Bram"))))
    before = keys(session)

    done = take(Edex(pupils=(P("#2", "ANNA"), P("#1", "Bram"))), MONDAY)

    assert [(c.fields, c.name) for c in done.pupils.changed] == [(("first_name",), "ANNA Voorbeeld")]
    assert done.pupils.new == done.pupils.left == ()
    assert keys(session) == before


def test_a_dummy_key_is_not_kept_for_it_may_be_another_pupils_next_time(
    session: Session, take: Import
) -> None:
    take(Edex(pupils=(P("#1"),)))

    [key] = keys(session)

    assert key.startswith("#")
    assert key != "#1"


def test_a_namesake_with_another_birth_date_is_another_pupil(take: Import) -> None:
    take(Edex(pupils=(P("#1", born="2016-05-01"),)))

    done = take(Edex(pupils=(P("#1", born="2016-05-01"), P("#2", born="2017-05-01"))), MONDAY)

    assert len(done.pupils.new) == 1


def test_a_dummy_key_may_become_a_fixed_one(session: Session, take: Import) -> None:
    take(Edex(pupils=(P("#1"),)))

    done = take(Edex(pupils=(P("1001"),)), MONDAY)

    assert [(c.key, c.fields) for c in done.pupils.changed] == [("1001", ("key",))]
    assert keys(session) == ["1001"]


def test_a_fixed_key_outlasts_a_dummy_one(session: Session, take: Import) -> None:
    take(Edex(pupils=(P("1001"),)))

    assert take(Edex(pupils=(P("#1"),)), MONDAY).empty
    assert keys(session) == ["1001"]


def test_a_fixed_key_is_never_guessed_from_a_name(take: Import) -> None:
    take(Edex(pupils=(P("1001"),)))

    done = take(Edex(pupils=(P("2002"),)), MONDAY)

    assert ([c.key for c in done.pupils.new], [c.key for c in done.pupils.left]) == (["2002"], ["1001"])


def test_a_pupil_is_recognised_by_eckid_when_every_key_is_new(take: Import) -> None:
    take(Edex(pupils=(P("1001", eckid="https://id.example/a"), P("1002", eckid="https://id.example/b"))))

    done = take(
        Edex(pupils=(P("A", eckid="https://id.example/b"), P("B", "Wim", eckid="https://id.example/a"))),
        MONDAY,
    )

    assert [(c.key, c.fields) for c in done.pupils.changed] == [
        ("A", ("key",)),
        ("B", ("key", "first_name")),
    ]


@pytest.mark.parametrize(
    "twins",
    [
        (P("#1"), P("#2")),
        (P("#1"), P("1001")),
        (P("#1", born=""), P("1001")),
        (P("#1"), P("1001", born="")),
    ],
    ids=["two dummies", "one dummy", "without birth date", "other without birth date"],
)
def test_pupils_who_cannot_be_told_apart_are_refused_by_key(
    session: Session, take: Import, twins: tuple[P, ...]
) -> None:
    with pytest.raises(RosterFileError) as refused:
        take(Edex(pupils=twins))

    assert "'#1' is tijdelijk" in str(refused.value)
    assert "Anna" not in str(refused.value)
    assert keys(session) == []


def test_a_dummy_key_that_fits_two_known_pupils_is_refused(take: Import) -> None:
    take(Edex(pupils=(P("1001"), P("1002"))))

    with pytest.raises(RosterFileError, match="'#1' passen meer bekenden"):
        take(Edex(pupils=(P("#1"),)), MONDAY)


def test_groups_and_staff_with_dummy_keys_are_recognised_by_name(session: Session, take: Import) -> None:
    first = Edex(
        pupils=(P("1", group="#1"),),
        groups=(G("#1", "Groep 5"), G("#2", "Groep 6")),
        staff=(S("#1", email="nicole@vuurtoren.example"), S("#2", "Omar")),
    )
    take(first)
    later = replace(
        first,
        pupils=(P("1", group="#9"),),
        groups=(G("#2", "Groep 6"), G("#9", "Groep 5")),
        staff=(S("#1", "Omar"), S("#3", "Nicolette", email="nicole@vuurtoren.example")),
    )

    done = take(later, MONDAY)

    assert not any(done.groups.counts().values())
    assert done.pupils.moved == ()
    assert [(c.name, c.fields) for c in done.staff.changed] == [("Nicolette Bakker", ("name",))]
    assert len(session.exec(select(StaffKey)).all()) == 2


def test_a_group_with_a_dummy_key_is_not_taken_for_one_that_ended(take: Import) -> None:
    old, new = (Edex(pupils=(P("1", group=key),), groups=(G(key, "Groep 5"),)) for key in ("g5", "g5b"))
    take(old)
    take(new, MONDAY)

    done = take(replace(new, pupils=(P("1", group="#1"),), groups=(G("#1", "Groep 5"),)), MONDAY)

    assert done.empty
