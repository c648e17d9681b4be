"""``jaarritme school``: make a school, load its file, and keep its closed days."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from sqlmodel import Session, select

from calendars.closure_files import MAX_OCTETS, ClosureFileError, read_csv, read_ics
from models import School
from models.database import connect, reading, unit_of_work
from service import clock
from service.cli.typed import day_typed
from service.school.closures import (
    ClosuresRefusedError,
    Preview,
    Wanted,
    add_closure,
    closures_of,
    import_closures,
    preview_closures,
)
from service.school.errors import SchoolError
from service.school.file import SchoolFileError, parse_school_file, read_school_file
from service.school.load import ensure_school, find_school, load_school
from service.settings import settings

app = typer.Typer(no_args_is_help=True, help="De school: aanmaken, inladen, vrije dagen.")
closures = typer.Typer(no_args_is_help=True, help="De eigen vrije dagen van de school.")
app.add_typer(closures, name="closures")

AsJson = Annotated[bool, typer.Option("--json", help="Als JSON, voor een ander programma.")]
Brin = Annotated[str | None, typer.Option("--school", metavar="BRIN", help="Welke school, als er meer zijn.")]
_DAY = "%Y-%m-%d"


@app.command()
def create(
    brin: Annotated[str, typer.Option(help="Twee cijfers en twee letters.")],
    name: Annotated[str, typer.Option(help="De naam van de school.")],
    region: Annotated[str, typer.Option(help="noord, midden of zuid.")],
    mailbox: Annotated[str, typer.Option(help="Het postvak dat uitnodigt.")],
    dependance: Annotated[str, typer.Option(help="De locatie; 00 is de hoofdlocatie.")] = "00",
) -> None:
    """Maak een school aan, of werk haar naam, regio en postvak bij."""
    told = {"brin": brin.upper(), "dependance": dependance, "name": name, "region": region.lower()}
    # A file has a year too; the table has not.
    raw = {"school": {**told, "mailbox": mailbox, "year": "2026-2027"}}
    with _told(), _writing() as session:
        school = ensure_school(session, parse_school_file(raw).school)
        label = f"{school.name} ({school.brin}{school.dependance})"
    typer.echo(f"{label} staat klaar. Lees nu het leerlingbestand in: jaarritme roster import EDEX.XML")


@app.command("list")
def list_schools(as_json: AsJson = False) -> None:
    """Noem de scholen."""
    with _reading() as session:
        schools = [
            school.model_dump(mode="json") for school in session.exec(select(School).order_by(School.name))
        ]
    if as_json:
        _print_json(schools)
    for school in [] if as_json else schools:
        number = school["brin"] + school["dependance"]
        typer.echo(f"{number}  {school['region']:<7} {school['name']}  <{school['mailbox']}>")
    if not schools and not as_json:
        typer.echo("Er is nog geen school. Maak er een aan: jaarritme school create --help")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="Zie deploy/example-school/school.toml.")],
    as_json: AsJson = False,
) -> None:
    """Laad een school uit haar bestand: vrije dagen, mensen, rollen en werkdagen. Twee keer mag."""
    with _told():
        read = read_school_file(file)
        with _writing() as session:
            loaded = asdict(load_school(session, read, at=clock.now()))
    if as_json:
        _print_json({**loaded, "school_id": str(loaded["school_id"])})
        return
    typer.echo(
        f"{read.school.name}: {loaded['closures']} vrije dagen, {loaded['people']} mensen, "
        f"{loaded['roles']} rollen, {loaded['patterns']} weekpatronen en {loaded['groups']} groepen "
        "nieuw of veranderd."
    )


@closures.command("list")
def list_closures(brin: Brin = None, as_json: AsJson = False) -> None:
    """Noem de eigen vrije dagen."""
    with _told(), _reading() as session:
        rows = closures_of(session, _school(session, brin).id)
    if as_json:
        _print_json([row.model_dump(mode="json") for row in rows])
        return
    for row in rows:
        groups = f"  (alleen groep {', '.join(row.groups)})" if row.groups else ""
        typer.echo(f"{row.first_day:{_DAY}} t/m {row.last_day:{_DAY}}  {row.name}{groups}")
    if not rows:
        typer.echo("Er zijn nog geen eigen vrije dagen; de officiële vakanties gelden vanzelf.")


@closures.command()
def add(
    name: Annotated[str, typer.Argument(help="Bijvoorbeeld Studiedag.")],
    first: Annotated[str, typer.Argument(metavar="EERSTE", help="jjjj-mm-dd")],
    last: Annotated[str, typer.Argument(metavar="LAATSTE", help="jjjj-mm-dd; leeg is één dag")] = "",
    group: Annotated[list[str] | None, typer.Option(help="Alleen voor deze groep; mag vaker.")] = None,
    replaces: Annotated[str | None, typer.Option(help="De officiële vakantie die dit vervangt.")] = None,
    brin: Brin = None,
) -> None:
    """Voeg een vrije dag of periode toe."""
    wanted = Wanted(
        name=name,
        first_day=day_typed(first),
        last_day=day_typed(last or first),
        groups=tuple(group or ()),
        replaces=replaces,
    )
    with _told(), _writing() as session:
        add_closure(session, _school(session, brin).id, wanted, actor_id=None, at=clock.now())
    typer.echo(f"Toegevoegd: {wanted.name}.")


@closures.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Een .ics- of .csv-bestand.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Toon wat er verandert; schrijf niets.")] = False,
    brin: Brin = None,
    as_json: AsJson = False,
) -> None:
    """Neem een lijst vrije dagen over: alles, of bij een fout niets."""
    with file.open("rb") as stream:
        data = stream.read(MAX_OCTETS + 1)
    with _told():
        rows = read_ics(data) if file.suffix.lower() == ".ics" else read_csv(data)
        if dry_run:
            with _reading() as session:
                preview = preview_closures(session, _school(session, brin).id, rows)
        else:
            with _writing() as session:
                school = _school(session, brin)
                preview = import_closures(session, school.id, rows, actor_id=None, at=clock.now())
    _show(preview, dry_run=dry_run, as_json=as_json)


def _show(preview: Preview, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        kinds = {"new": preview.new, "unchanged": preview.unchanged}
        _print_json({kind: [_plain(wanted) for wanted in found] for kind, found in kinds.items()})
        return
    for wanted in preview.new:
        typer.echo(f"  {wanted.first_day:{_DAY}} t/m {wanted.last_day:{_DAY}}  {wanted.name}")
    verb = "zouden erbij komen" if dry_run else "kwamen erbij"
    typer.echo(f"{len(preview.new)} {verb}; {len(preview.unchanged)} stonden er al.")


def _plain(wanted: Wanted) -> dict[str, Any]:
    return asdict(wanted) | {
        "first_day": wanted.first_day.isoformat(),
        "last_day": wanted.last_day.isoformat(),
    }


@contextmanager
def _told() -> Iterator[None]:
    """Say what is wrong and where, and end with 1; nothing has changed then."""
    try:
        yield
    except (SchoolFileError, ClosureFileError, ClosuresRefusedError) as error:
        _fail(error.problems)
    except SchoolError as error:
        _fail([str(error)])


def _fail(problems: list[str]) -> NoReturn:
    typer.echo("Er is niets veranderd.", err=True)
    for problem in problems:
        typer.echo(f"  - {problem}", err=True)
    raise typer.Exit(1)


def _school(session: Session, brin: str | None) -> School:
    schools = list(session.exec(select(School)).all())
    if brin:
        found = find_school(session, brin.upper()[:4], brin[4:] or "00")
        schools = [found] if found else []
    if len(schools) != 1:
        raise SchoolError(
            "Noem de school met --school BRIN."
            if schools
            else f"School {brin} is er niet; zie jaarritme school list."
            if brin
            else "Er is nog geen school. Maak er een aan: jaarritme school create --help"
        )
    return schools[0]


@contextmanager
def _writing() -> Iterator[Session]:
    engine = connect(settings().database_url)
    try:
        with unit_of_work(engine) as session:
            yield session
    finally:
        engine.dispose()


@contextmanager
def _reading() -> Iterator[Session]:
    engine = connect(settings().database_url)
    try:
        with reading(engine) as session:
            yield session
    finally:
        engine.dispose()


def _print_json(told: Any) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
