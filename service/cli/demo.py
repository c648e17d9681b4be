"""`demo load`, `demo clock` and `demo logins`: the example school."""

import tomllib
from typing import Annotated

import typer
from sqlmodel import select

from models import Person
from models.database import connect, reading, unit_of_work
from service import clock
from service.demo.afresh import RealDataError, start_afresh
from service.demo.load import FILES, FOLDER, LABEL, PASSWORD, load
from service.settings import settings
from service.year.frame import label_on

app = typer.Typer(no_args_is_help=True, help="De voorbeeldschool.")
_WORDS = {
    "ib": "IB'er",
    "teacher": "leerkracht",
    "director": "directeur",
    "administrator": "beheerder",
    "isb": "ISB'er",
    "coordinator": "bouwcoördinator",
    "administration": "administratie",
    "rt": "RT'er",
    "outsider": "andere school",
}
_START = "2027-01-13T06:30"


@app.command("load")
def load_(
    at: Annotated[str, typer.Option("--at", help="Zet eerst de klok, bijvoorbeeld 2027-01-11T06:30.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin opnieuw, met een lege database.")] = False,
    with_logins: Annotated[bool, typer.Option("--logins", help="Laat daarna de inlogs zien.")] = False,
) -> None:
    """Laad de voorbeeldscholen en leef hun jaar tot nu."""
    if at:
        clock_(at)
    if fresh:
        try:
            start_afresh(settings().database_url)
        except RealDataError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
    if label_on(clock.today()) != LABEL:
        clock.set_to(_START, settings().home)
        typer.echo(f"De voorbeeldschool leeft in {LABEL}; de klok staat daarom op {_START}.")
    with unit_of_work(connect(settings().database_url)) as session:
        new = load(session, clock.now())
    typer.echo("De voorbeeldschool is geladen." if new else "De voorbeeldschool stond er al.")
    if with_logins:
        typer.echo()
        logins()


@app.command("clock")
def clock_(moment: Annotated[str, typer.Argument(help="Bijvoorbeeld 2027-01-11T06:30.")]) -> None:
    """Zet de klok van de demo op een tijd in Amsterdam; daarna loopt zij door."""
    try:
        found = clock.set_to(moment, settings().home)
    except clock.ClockError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"De klok staat op {clock.local(found):%d-%m-%Y %H:%M}.")


@app.command()
def logins() -> None:
    """Laat per rol één inlog zien."""
    typer.echo(f"  Inloggen (overal met wachtwoord {PASSWORD}):")
    with reading(connect(settings().database_url)) as session:
        for name in FILES:
            wanted = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
            people = {p["key"]: p["email"] for p in wanted["person"]}
            for role, key in wanted.get("demo", {}).items():
                person = session.exec(select(Person).where(Person.email == people[key])).one()
                typer.echo(f"    {_WORDS[role]:16} {person.email:44} {person.name}")
    local = clock.local(clock.now())
    typer.echo(f"\n  De klok van de demo: {local:%d-%m-%Y %H:%M} (Amsterdam).")
    if local.weekday() > 4:  # noqa: PLR2004 -- Friday
        typer.echo("  Het is weekend: vandaag gaan er geen herinneringen uit. Probeer bijvoorbeeld")
        typer.echo("  ./jaarritme demo --fresh --at 2026-11-25T06:30")
