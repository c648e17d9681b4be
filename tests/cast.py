"""The cast of the tests: a small invented school with its people and pupils, and one next door.

De Wilgenhof has group 5 (a duo) and group 8; Het Kompas has group 6. Ineke is IB'er at both, on other days.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlmodel import Session, col, select

from models import (
    Case,
    CaseEvent,
    Group,
    Half,
    LedgerEntry,
    Meeting,
    Membership,
    Message,
    Person,
    Placement,
    Presence,
    Pupil,
    Role,
    School,
    Task,
    Teaching,
)
from service.access.actor import Actor, actor_for
from service.clock import AMSTERDAM, local

YEAR = "2026-2027"
START = date(2026, 8, 1)
WEEK = "ma di wo do vr"
_DAYS = "ma di wo do vr za zo".split()


def moment(day: date | str, hour: int = 9, minute: int = 0) -> datetime:
    """Turn a day and an hour on the school's wall into a moment."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(on, time(hour, minute), AMSTERDAM).astimezone(UTC)


OPENED = moment("2026-08-31")  # the first school day of region Midden


@dataclass
class Cast:
    """One school: its people, groups and pupils by a short name."""

    session: Session
    school: School
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    pupils: dict[str, Pupil] = field(default_factory=dict)

    def add_person(
        self,
        name: str,
        roles: Iterable[Role],
        week: str = WEEK,
        *,
        unit: str | None = None,
        groups: str = "",
        person: Person | None = None,
    ) -> Person:
        """Add someone with roles, working days ("di-pm wo") and groups, from the first of August on."""
        if person is None:
            mail = name.lower().replace(" ", ".")
            person = Person(name=name, email=f"{mail}@{self.school.mailbox.rpartition('@')[2]}")
            self.session.add(person)
            self.session.flush()
        for role in roles:
            row = Membership(
                school_id=self.school.id, person_id=person.id, role=role, unit=unit, valid_from=START
            )
            self.session.add(row)
        self.works(person, week)
        for group in groups.split():
            self.teaches(person, group)
        self.people[name.split(maxsplit=1)[0].lower()] = person
        self.session.flush()
        return person

    def works(self, person: Person, week: str, since: date = START) -> None:
        """Give someone half days of the week."""
        for word in week.split():
            day, _, half = word.partition("-")
            for kept in [Half(half)] if half else list(Half):
                row = Presence(
                    school_id=self.school.id,
                    person_id=person.id,
                    weekday=_DAYS.index(day),
                    half=kept,
                    valid_from=since,
                )
                self.session.add(row)

    def teaches(self, person: Person, group: str, since: date = START) -> None:
        """Let someone teach a group from a day on."""
        row = Teaching(person_id=person.id, group_id=self.groups[group].id, valid_from=since)
        self.session.add(row)
        self.session.flush()

    def stops_teaching(self, name: str, group: str, on: date) -> None:
        """Let a day be someone's last with a group."""
        query = select(Teaching).where(
            Teaching.person_id == self.id(name), Teaching.group_id == self.groups[group].id
        )
        for teaching in self.session.exec(query):
            teaching.valid_until = on
        self.session.flush()

    def role(self, name: str, role: Role) -> Membership:
        """Return the row of someone's role at this school."""
        query = select(Membership).where(
            Membership.person_id == self.id(name),
            Membership.school_id == self.school.id,
            Membership.role == role,
        )
        return self.session.exec(query).one()

    def leaves(self, name: str, on: date) -> None:
        """Let a day be someone's last at this school; presence and groups are left as they were."""
        mine = select(Membership).where(
            Membership.person_id == self.id(name), Membership.school_id == self.school.id
        )
        for row in self.session.exec(mine):
            row.valid_until = on
        self.session.flush()

    def add_group(self, name: str, year_group: str | None = None) -> Group:
        """Add a group of one year."""
        group = Group(
            school_id=self.school.id,
            school_year=YEAR,
            key=f"g{name}",
            name=name,
            year_group=year_group or name,
        )
        self.session.add(group)
        self.session.flush()
        self.groups[name] = group
        return group

    def add_pupil(self, key: str, name: str, group: str, since: date = START) -> Pupil:
        """Add a pupil to a group."""
        first, _, last = name.partition(" ")
        pupil = Pupil(
            school_id=self.school.id,
            key=key,
            first_name=first,
            last_name=last,
            year_group=self.groups[group].year_group,
        )
        self.session.add(pupil)
        self.session.flush()
        place = Placement(pupil_id=pupil.id, group_id=self.groups[group].id, valid_from=since)
        self.session.add(place)
        self.session.flush()
        self.pupils[key] = pupil
        return pupil

    def move_pupil(self, key: str, group: str, on: date) -> None:
        """Let a pupil go to another group on a day."""
        self.session.flush()
        here = select(Placement).where(
            Placement.pupil_id == self.pupils[key].id, col(Placement.valid_until).is_(None)
        )
        for place in self.session.exec(here):
            place.valid_until = on
        self.session.add(
            Placement(pupil_id=self.pupils[key].id, group_id=self.groups[group].id, valid_from=on)
        )
        self.session.flush()

    def actor(self, name: str, on: date | datetime | None = None) -> Actor:
        """Return someone of the cast as they are at this school on a day."""
        self.session.flush()
        day = local(on).date() if isinstance(on, datetime) else on or date(2026, 9, 1)
        actor = actor_for(self.session, self.people[name].id, self.school.id, day)
        assert actor, f"{name} does not work here on {day}"
        return actor

    def case(self, key: str, procedure: str | None = None) -> Case:
        """Return a case by its key."""
        query = select(Case).where(Case.school_id == self.school.id, Case.key == key)
        if procedure:
            query = query.where(Case.procedure == procedure)
        return self.session.exec(query).one()

    def cases(self, procedure: str) -> list[Case]:
        """Return the cases of a procedure."""
        here = select(Case).where(Case.school_id == self.school.id, Case.procedure == procedure)
        return list(self.session.exec(here.order_by(Case.key)))

    def task(self, case: Case, key: str, group: str | None = None, unit: str = "") -> Task:
        """Return a task of a case."""
        query = select(Task).where(Task.case_id == case.id, Task.key == key, Task.unit == unit)
        if group:
            query = query.where(Task.group_id == self.groups[group].id)
        return self.session.exec(query).one()

    def tasks(self, case: Case) -> list[Task]:
        """Return all tasks of a case."""
        return list(self.session.exec(select(Task).where(Task.case_id == case.id).order_by(Task.key)))

    def meeting(self, task: Task) -> Meeting:
        """Return the meeting of a task."""
        return self.session.exec(select(Meeting).where(Meeting.task_id == task.id)).one()

    def history(self, subject: Case | Task) -> list[CaseEvent]:
        """Return the history of a case or of one task, oldest first."""
        which = CaseEvent.task_id if isinstance(subject, Task) else CaseEvent.case_id
        self.session.flush()
        query = select(CaseEvent).where(which == subject.id).order_by(col(CaseEvent.at))
        return list(self.session.exec(query))

    def post(self, kind: str | None = None, person: str | None = None) -> list[Message]:
        """Return what is in the outbox of this school, oldest first."""
        query = select(Message).where(Message.school_id == self.school.id)
        if kind:
            query = query.where(Message.kind == kind)
        if person:
            query = query.where(Message.person_id == self.people[person].id)
        return list(self.session.exec(query.order_by(col(Message.made_at), col(Message.to_address))))

    def ledger(self, person: str) -> list[LedgerEntry]:
        """Return what was told, or not, to someone."""
        mine = LedgerEntry.person_id == self.people[person].id
        return list(self.session.exec(select(LedgerEntry).where(mine).order_by(col(LedgerEntry.at))))

    def id(self, name: str) -> UUID:
        """Return the id of someone."""
        return self.people[name].id


def wilgenhof(session: Session) -> Cast:
    """Make De Wilgenhof with everyone in it."""
    school = School(brin="99WH", name="De Wilgenhof", region="midden", mailbox="planning@wilgenhof.example")
    session.add(school)
    session.flush()
    cast = Cast(session, school)
    cast.add_group("5")
    cast.add_group("8")
    cast.add_person("Ineke Bergsma", [Role.IB], "di-pm wo")
    cast.add_person("Laila Tahiri", [Role.TEACHER], "ma di", groups="5")
    cast.add_person("Joris Kamphuis", [Role.TEACHER], "wo do vr", groups="5")
    cast.add_person("Hanneke Achterberg", [Role.TEACHER], groups="8")
    cast.add_person("Dirk Elzinga", [Role.DIRECTOR])
    cast.add_person("Amira Haddou", [Role.ADMINISTRATOR], "ma wo do")
    cast.add_person("Ilse Schaik", [Role.ISB], "do")
    cast.add_person("Bram Uitdewilligen", [Role.COORDINATOR], unit="bovenbouw")
    cast.add_person("Ans Mulderij", [Role.ADMINISTRATION], "ma-am di-am wo-am do-am vr-am")
    cast.add_pupil("1001", "Quirijn Zeewuster", "5")
    cast.add_pupil("1002", "Xandra Plofkogel", "5")
    cast.add_pupil("1003", "Wobbe Kraaiepoot", "5")
    cast.add_pupil("1081", "Yfke Dwarsligger", "8")
    cast.add_pupil("1082", "Ubbo Knipoogje", "8")
    return cast


def kompas(session: Session, ineke: Person | None = None) -> Cast:
    """Make Het Kompas, where Ineke works on Thursdays and Koert is the director."""
    school = School(brin="99HK", name="Het Kompas", region="midden", mailbox="planning@kompas.example")
    session.add(school)
    session.flush()
    cast = Cast(session, school)
    cast.add_group("6")
    if ineke:
        cast.add_person(ineke.name, [Role.IB], "do", person=ineke)
    cast.add_person("Koert Vreemdeling", [Role.DIRECTOR, Role.IB] if not ineke else [Role.DIRECTOR])
    cast.add_person("Fenna Overkant", [Role.TEACHER], groups="6")
    cast.add_pupil("2001", "Zwaantje Buitengaats", "6")
    return cast


def read_cast(session: Session, brin: str) -> Cast:
    """Return a school that is there already."""
    school = session.exec(select(School).where(School.brin == brin)).one()
    staff = select(Person).join(Membership).where(Membership.school_id == school.id)
    groups = select(Group).where(Group.school_id == school.id)
    pupils = select(Pupil).where(Pupil.school_id == school.id)
    return Cast(
        session,
        school,
        {person.name.split()[0].lower(): person for person in session.exec(staff)},
        {group.name: group for group in session.exec(groups)},
        {pupil.key: pupil for pupil in session.exec(pupils)},
    )
