"""``jaarritme person``: who can log in, and a new password or mail address for someone."""

import json
import sys
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models import Membership, Person, School
from models.database import connect, reading, unit_of_work
from service import clock
from service.access.actor import holds_on
from service.access.passwords import WeakPasswordError, check_strength, hash_password
from service.access.sessions import end_all
from service.school.errors import SchoolError
from service.school.mail_address import change_mail_address
from service.settings import settings

app = typer.Typer(
    no_args_is_help=True, help="De mensen: wie kan inloggen, een nieuw wachtwoord, een ander mailadres."
)


@app.command("list")
def list_people(
    as_json: Annotated[bool, typer.Option("--json", help="Als JSON, voor een ander programma.")] = False,
) -> None:
    """Noem de mensen, met hun rollen van vandaag."""
    with reading(connect(settings().database_url)) as session:
        people = [_told(session, person) for person in session.exec(select(Person).order_by(Person.name))]
    if as_json:
        typer.echo(json.dumps(people, ensure_ascii=False, indent=2))
        return
    for person in people:
        roles = ", ".join(f"{role} {brin}" for brin, role in person["roles"]) or "geen rol vandaag"
        login = "" if person["has_password"] else "  (nog geen wachtwoord)"
        typer.echo(f"{person['email']:<45} {person['name']}: {roles}{login}")
    if not people:
        typer.echo("Er is nog niemand. Laad een school: jaarritme school load --help")


@app.command()
def password(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Het mailadres van de persoon.")],
) -> None:
    """Geef iemand een nieuw wachtwoord; het wordt gevraagd, of gelezen van de invoer."""
    engine = connect(settings().database_url)
    with reading(engine) as session:
        if _find(session, email) is None:
            _fail(f"{email} is hier niet bekend; zie jaarritme person list.")
    new = _ask()
    try:
        check_strength(new)
    except WeakPasswordError as error:
        _fail(str(error))
    _keep(engine, email, new)
    typer.echo(f"{email} heeft een nieuw wachtwoord en is overal uitgelogd.")


@app.command()
def address(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Het mailadres van nu.")],
    new: Annotated[str, typer.Argument(metavar="NIEUW", help="Het nieuwe mailadres.")],
    keep_old: Annotated[
        bool, typer.Option("--keep-old", help="Antwoorden vanaf het oude adres blijven tellen.")
    ] = False,
) -> None:
    """Geef iemand een ander mailadres, ook wie op twee scholen werkt; overleggen gaan er opnieuw heen."""
    try:
        with unit_of_work(connect(settings().database_url)) as session:
            heard = _readdress(session, email, new, keep_old=keep_old)
    except SchoolError as error:
        _fail(str(error))
    typer.echo(f"{email} is voortaan {new}. Opnieuw uitgenodigd voor overleggen: {heard}.")


def _readdress(session: Session, email: str, new: str, *, keep_old: bool) -> int:
    person = _find(session, email)
    school_id = _school_of(session, person) if person else None
    if person is None or school_id is None:
        _fail(f"{email} is hier niet bekend; zie jaarritme person list.")
    return change_mail_address(
        session, school_id, person.id, new, keep_old=keep_old, actor_id=None, at=clock.now()
    )


def _school_of(session: Session, person: Person) -> UUID | None:
    latest = select(Membership.school_id).where(Membership.person_id == person.id)
    return session.exec(latest.order_by(col(Membership.valid_from).desc())).first()


def _ask() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Nieuw wachtwoord", hide_input=True, confirmation_prompt="Nog een keer"))
    return sys.stdin.readline().rstrip("\r\n")


def _keep(engine: Engine, email: str, new: str) -> None:
    hashed = hash_password(new)
    with unit_of_work(engine) as session:
        person = _find(session, email)
        if person is None:
            _fail(f"{email} is hier niet bekend.")
        person.password_hash = hashed
        end_all(session, person.id)


def _find(session: Session, email: str) -> Person | None:
    wanted = email.strip().casefold()
    return session.exec(select(Person).where(Person.email == wanted)).one_or_none()


def _told(session: Session, person: Person) -> dict[str, Any]:
    roles = session.exec(
        select(School.brin, Membership.role)
        .join(Membership, col(Membership.school_id) == School.id)
        .where(
            Membership.person_id == person.id,
            holds_on(col(Membership.valid_from), col(Membership.valid_until), clock.today()),
        )
        .order_by(School.brin, col(Membership.role))
    ).all()
    return {
        "email": person.email,
        "name": person.name,
        "active": person.active,
        "has_password": person.password_hash is not None,
        "roles": [[brin, str(role)] for brin, role in roles],
    }


def _fail(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)
