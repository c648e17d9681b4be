from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from models import Group, Placement, Pupil, RosterImport, School
from models.database import connect
from service.roster import RosterDiff, apply, parse
from tests.roster.edex_builder import Edex, G, P, S

DAY = date(2026, 10, 5)
YEARS = ("2025-2026", "2026-2027")
names = st.sampled_from(["Anna", "Bram", "Çelik", "O'Neil", "de <Wit> & Co"])
group_keys = st.lists(st.sampled_from("abcd"), unique=True, min_size=1)
days = st.sampled_from(["", "2025-08-18", "2026-08-24", "2026-10-01", "2026-10-05", "2027-01-04"])


@st.composite
def files(draw: st.DrawFn, year: str | None = None) -> Edex:
    # A key is one group in a year, of one kind: a and b are classes, c and d are visited beside one's own.
    kinds = {"a": ["3", "C"], "b": ["3", "C"], "c": [None], "d": [None]}
    groups = tuple(G(key, draw(names), draw(st.sampled_from(kinds[key]))) for key in draw(group_keys))
    base = ["", *(group.key for group in groups if group.year)]
    composite = [group.key for group in groups if not group.year]
    pupils = []
    for number in draw(st.lists(st.integers(0, 9), unique=True, min_size=1)):
        dummy = draw(st.booleans())
        pupils.append(
            P(
                f"#{number}" if dummy else str(number),
                f"{draw(names)}{number}",
                born=f"2016-05-{number + 1:02}",
                year=draw(st.sampled_from(["", "3", "4", "H"])),
                group=draw(st.sampled_from(base)),
                composites=tuple(
                    draw(st.lists(st.sampled_from(composite), unique=True)) if composite else ()
                ),
                enrolled=draw(days),
                left=draw(days),
            )
        )
    staff = tuple(S(f"lk{n}", draw(names)) for n in draw(st.lists(st.integers(0, 3), unique=True)))
    return Edex(
        tuple(pupils),
        groups,
        draw(st.sampled_from([staff, None])),
        year=year or draw(st.sampled_from(YEARS)),
        made=draw(st.sampled_from(["", "2026-09-01T08:00:00", "2026-10-05T08:00:00"])),
    )


@pytest.fixture(scope="module")
def memory() -> Iterator[Engine]:
    engine = connect("sqlite://")
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


@contextmanager
def empty_school(memory: Engine) -> Iterator[tuple[Session, School]]:
    """Give a school that is gone again afterwards: nothing here is committed."""
    with Session(memory, expire_on_commit=False) as session:
        school = School(brin="99XX", name="De Vuurtoren", region="noord", mailbox="s@vuurtoren.example")
        session.add(school)
        session.flush()
        yield session, school


def take(session: Session, school: School, file: Edex, on: date = DAY) -> RosterDiff:
    at = datetime.combine(on, time(9), UTC)
    return apply(session, school, parse(file.bytes()), actor_id=None, at=at, digest="d", force=True)


def active(session: Session) -> set[tuple[date | None, str]]:
    """Name who is active by birth date, which is each pupil's own here, whatever their key."""
    return {(p.born_on, p.last_name) for p in session.exec(select(Pupil).where(Pupil.active)).all()}


def placed(session: Session) -> set[tuple[date | None, str]]:
    query = select(Pupil.born_on, Group.key).join_from(Pupil, Placement).join(Group)
    return {(born, key) for born, key in session.exec(query.where(col(Placement.valid_until).is_(None)))}


def assert_whole(session: Session) -> None:
    """Check that nobody is in two base groups, or twice in one group, on one day."""
    spans: dict[object, list[tuple[date, date]]] = {}
    for placement, group in session.exec(select(Placement, Group).join(Group)).all():
        until = placement.valid_until or date.max
        assert placement.valid_from <= until
        what = "base" if group.kind == "base" else group.id
        spans.setdefault((placement.pupil_id, what), []).append((placement.valid_from, until))
    for mine in spans.values():
        mine.sort()
        assert all(one[1] < other[0] for one, other in pairwise(mine))


@given(file=files())
@settings(deadline=None)
def test_any_file_a_second_time_changes_nothing(memory: Engine, file: Edex) -> None:
    with empty_school(memory) as (session, school):
        first = take(session, school, file)

        second = take(session, school, file)

        assert second.empty
        assert len(session.exec(select(RosterImport)).all()) == (not first.empty)
        assert_whole(session)


@given(one=files("2026-2027"), other=files("2026-2027"))
@settings(deadline=None)
def test_there_and_back_again_gives_the_same_pupils_in_the_same_groups(
    memory: Engine, one: Edex, other: Edex
) -> None:
    with empty_school(memory) as (session, school):
        take(session, school, one)
        before = active(session), placed(session)
        take(session, school, other)

        take(session, school, one)

        assert (active(session), placed(session)) == before
        assert_whole(session)


@given(steps=st.lists(st.tuples(files(), st.integers(0, 40)), min_size=2, max_size=5))
@settings(deadline=None, max_examples=40)
def test_any_row_of_files_leaves_a_whole_school_that_says_what_it_did(
    memory: Engine, steps: list[tuple[Edex, int]]
) -> None:
    on, year = DAY, YEARS[0]
    with empty_school(memory) as (session, school):
        for file, later in steps:
            on, year = on + timedelta(days=later), max(year, file.year)
            lines = len(session.exec(select(RosterImport)).all())

            done = take(session, school, replace(file, year=year), on)

            assert len(session.exec(select(RosterImport)).all()) - lines == (not done.empty)
            assert take(session, school, replace(file, year=year), on).empty
            assert_whole(session)
