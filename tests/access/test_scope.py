"""Who sees and does what, held against a second opinion in random schools."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from models import (
    CLOSED_STATES,
    Case,
    Group,
    Membership,
    Person,
    ProcedureVersion,
    Pupil,
    Role,
    School,
    Task,
    TaskState,
    Teaching,
)
from service.access.actor import Actor, actor_for
from service.access.scope import may_act, sees_whole, visible_cases, visible_tasks

TODAY = date(2027, 1, 13)
LONG_AGO = date(2026, 8, 1)
GUARDS = {Role.IB, Role.DIRECTOR}


@dataclass
class World:
    """Two schools with everything drawn by lot; the opinion reads these lists, not the database."""

    schools: list[School] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    teachings: list[Teaching] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    def roles(self, person: UUID, school: UUID) -> set[Role]:
        return {
            m.role for m in self.memberships if (m.person_id, m.school_id) == (person, school) and holds(m)
        }

    def units(self, person: UUID, school: UUID) -> set[str | None]:
        return {
            m.unit for m in self.memberships if (m.person_id, m.school_id) == (person, school) and holds(m)
        }

    def groups_of(self, person: UUID, school: UUID) -> set[UUID]:
        here = {g.id for g in self.groups if g.school_id == school}
        return {t.group_id for t in self.teachings if t.person_id == person and holds(t)} & here

    def is_mine(self, person: UUID, school: UUID, task: Task) -> bool:
        groups, roles = self.groups_of(person, school), self.roles(person, school)
        is_teaching = task.role == Role.TEACHER
        if task.owner_id == person:
            over = task.state in CLOSED_STATES
            return not (is_teaching and task.group_id and task.group_id not in groups and over)
        if task.owner_id or task.role not in roles:
            return False
        if task.unit and task.unit not in self.units(person, school):
            return False
        return not is_teaching or task.group_id in groups

    def sees_case(self, person: UUID, school: UUID, case: Case) -> bool:
        roles = self.roles(person, school)
        if case.school_id != school or not roles:
            return False
        of_school = case.group_id is None and case.pupil_id is None
        return bool(
            roles & GUARDS
            or case.group_id in self.groups_of(person, school)
            or (of_school and roles - {Role.ADMINISTRATOR})
            or any(self.is_mine(person, school, t) for t in self.tasks if t.case_id == case.id)
        )

    def sees_task(self, person: UUID, school: UUID, task: Task) -> bool:
        roles = self.roles(person, school)
        if task.school_id != school or not roles:
            return False
        case = next(c for c in self.cases if c.id == task.case_id)
        of_school = case.group_id is None and case.pupil_id is None and task.group_id is None
        return bool(
            roles & GUARDS
            or self.is_mine(person, school, task)
            or task.group_id in self.groups_of(person, school)
            or (of_school and roles - {Role.ADMINISTRATOR})
        )


def holds(row: Membership | Teaching) -> bool:
    return row.valid_from <= TODAY and (row.valid_until is None or row.valid_until >= TODAY)


def draw(lot: random.Random) -> World:
    """Draw two schools, nine people, and cases with tasks of every kind."""
    world = World()
    for brin in ("99AA", "99BB"):
        school = School(brin=brin, name=brin, region="midden", mailbox=f"x@{brin.lower()}.example")
        world.schools.append(school)
        for name in "12":
            world.groups.append(Group(school_id=school.id, school_year="2026-2027", key=name, name=name))
    for number in range(9):
        person = Person(name=f"P{number}", email=f"p{number}@school.example")
        world.people.append(person)
        for school in lot.sample(world.schools, lot.choice([0, 1, 1, 2])):
            _employ(world, lot, person, school)
    for _ in range(10):
        _case(world, lot)
    return world


def _employ(world: World, lot: random.Random, person: Person, school: School) -> None:
    for role in lot.sample(list(Role), lot.choice([1, 1, 2])):
        world.memberships.append(
            Membership(
                school_id=school.id,
                person_id=person.id,
                role=role,
                unit=lot.choice([None, "onder", "boven"]),
                valid_from=lot.choice([LONG_AGO, LONG_AGO, TODAY, date(2027, 1, 14)]),
                valid_until=lot.choice([None, None, TODAY, date(2027, 1, 12)]),
            )
        )
    for group in lot.sample([g for g in world.groups if g.school_id == school.id], lot.choice([0, 1])):
        until = lot.choice([None, None, TODAY, date(2027, 1, 12)])
        world.teachings.append(
            Teaching(person_id=person.id, group_id=group.id, valid_from=LONG_AGO, valid_until=until)
        )


def _case(world: World, lot: random.Random) -> None:
    school = lot.choice(world.schools)
    groups = [g for g in world.groups if g.school_id == school.id]
    group = lot.choice([None, *groups])
    case = Case(
        school_id=school.id,
        version_id=uuid4(),
        school_year="2026-2027",
        procedure="p",
        occurrence="o",
        key=str(uuid4()),
        code=str(uuid4()),
        title="t",
        group_id=group.id if group else None,
        pupil_id=uuid4() if group and lot.random() < 0.5 else None,
        opens_on=LONG_AGO,
    )
    world.cases.append(case)
    for number in range(lot.choice([1, 3])):
        where = lot.choice([case.group_id, None, *(g.id for g in groups)])
        owner = lot.choice([None, None, *(p.id for p in world.people)])
        world.tasks.append(
            Task(
                school_id=school.id,
                case_id=case.id,
                key=str(number),
                stage="s",
                title="t",
                role=lot.choice(list(Role)),
                group_id=where,
                unit=lot.choice(["", "", "onder", "boven"]),
                owner_id=owner,
                state=lot.choice([TaskState.PLANNED, TaskState.RESERVED, TaskState.COMPLETED]),
            )
        )


def keep(session: Session, world: World) -> None:
    """Write a world down, with what its rows point at."""
    version = ProcedureVersion(
        key="p", digest="d", definition={}, published_at=datetime(2026, 8, 1, tzinfo=UTC)
    )
    for rows in (world.schools, world.people, world.groups, [version]):
        session.add_all(rows)
        session.flush()
    for case in world.cases:
        case.version_id = version.id
        if case.pupil_id:
            pupil = Pupil(id=case.pupil_id, school_id=case.school_id, key=str(case.id), first_name="Zwaan")
            session.add(pupil)
    session.flush()
    for rows in (world.memberships, world.teachings, world.cases, world.tasks):
        session.add_all(rows)
        session.flush()


@pytest.fixture
def empty(sqlite: Engine) -> Iterator[Session]:
    with Session(sqlite, expire_on_commit=False) as session:
        yield session


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(lot=st.randoms(use_true_random=False))
def test_everyone_sees_exactly_what_is_theirs(empty: Session, lot: random.Random) -> None:
    world = draw(lot)
    keep(empty, world)

    for person in world.people:
        for school in world.schools:
            actor = actor_for(empty, person.id, school.id, TODAY)
            assert (actor is not None) == bool(world.roles(person.id, school.id))
            if actor:
                _compare(empty, world, actor)

    empty.rollback()


def _compare(session: Session, world: World, actor: Actor) -> None:
    who, where = actor.person_id, actor.school_id
    cases = set(session.exec(select(Case.id).where(visible_cases(actor))))
    tasks = set(session.exec(select(Task.id).where(visible_tasks(actor))))
    assert cases == {c.id for c in world.cases if world.sees_case(who, where, c)}
    assert tasks == {t.id for t in world.tasks if world.sees_task(who, where, t)}
    assert {t.case_id for t in world.tasks if t.id in tasks and t.owner_id == who} <= cases
    for task in world.tasks:
        if may_act(actor, task) and task.state not in CLOSED_STATES:
            assert task.id in tasks
    for case in world.cases:
        if sees_whole(actor, case):
            assert case.id in cases
