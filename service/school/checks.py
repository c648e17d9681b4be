"""What is missing or odd in how a school is set up, in words; no pupil is named."""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, col, select

from calendars.people import Member, People
from calendars.presence import WEEKDAYS_NL
from models import Group, Person, Role, School, Year
from service.year.frame import label_on, year_without_holidays
from service.year.people import people_of

_NEEDED = {
    Role.IB: "IB'er",
    Role.DIRECTOR: "directie",
    Role.ADMINISTRATION: "administratie",
    Role.ADMINISTRATOR: "beheerder",
}
_WORKDAYS = range(5)


def checks(session: Session, school: School, on: date, *, has_mail: bool) -> list[str]:
    """Return what an administrator should look at, the gravest first."""
    label = label_on(on)
    people = people_of(session, school, label)
    return [
        *_school(session, school, on, has_mail=has_mail),
        *_roles(people, on),
        *_groups(people, on),
        *_days(session, people, on),
    ]


def _school(session: Session, school: School, on: date, *, has_mail: bool) -> Iterator[str]:
    label = label_on(on)
    if not has_mail:
        yield "Er is geen mailserver ingesteld: berichten blijven wachten (JAARRITME_SMTP_URL)."
    if "@" not in school.mailbox:
        yield "De school heeft geen postvak: niemand kan op een uitnodiging antwoorden."
    if session.exec(select(Group.id).where(Group.school_id == school.id)).first() is None:
        yield "Er is nog geen leerlingbestand ingelezen."
    if unknown := year_without_holidays(session, school, on):
        yield (
            f"Van schooljaar {unknown} zijn nog geen vakanties bekend: dat jaar is niet te plannen. "
            'Vul ze in bij Vrije dagen, de "Zomervakantie" voorop.'
        )
    opened = select(Year.opened_at).where(Year.school_id == school.id, Year.label == label)
    if session.exec(opened).first() is None:
        yield f"Schooljaar {label} is nog niet geopend; de IB'er of directie doet dat in de jaarplanner."


def _roles(people: People, on: date) -> Iterator[str]:
    for role, words in _NEEDED.items():
        if not any(member.has_role(role.value, on) for member in people.members):
            yield f"Niemand heeft de rol {words}: taken daarvoor blijven liggen."


def _groups(people: People, on: date) -> Iterator[str]:
    for group in people.groups:
        teachers = [member for member in people.members if member.teaches(group.id, on)]
        if not teachers:
            yield f"Groep {group.name} heeft geen leerkracht."
            continue
        without = [day for day in _WORKDAYS if not _covered(teachers, day, on)]
        if without:
            days = " en ".join(WEEKDAYS_NL[day] for day in without)
            yield f"Groep {group.name} heeft op {days} geen leerkracht."


def _covered(teachers: list[Member], weekday: int, on: date) -> bool:
    day = date.fromordinal(on.toordinal() - on.weekday() + weekday)
    return any(member.presence.halves_on(day) for member in teachers)


def _days(session: Session, people: People, on: date) -> Iterator[str]:
    here = [member for member in people.members if any(member.has_role(r.role, on) for r in member.roles)]
    names = dict(
        session.exec(select(Person.id, Person.name).where(col(Person.id).in_([m.id for m in here]))).all()
    )
    for member in sorted(here, key=lambda m: names[m.id]):
        if not member.presence.halves:
            yield f"Van {names[member.id]} zijn geen werkdagen bekend; dat telt als elke dag aanwezig."
