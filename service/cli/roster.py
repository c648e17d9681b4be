"""Import a roster from the command line."""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from sqlalchemy import Engine
from sqlmodel import Session, select

from models import School
from models.database import connect, reading, unit_of_work
from service import clock
from service.cli.roster_text import described
from service.roster import (
    MAX_BYTES,
    Problem,
    Roster,
    RosterDiff,
    RosterFileError,
    apply,
    diff,
    fingerprint,
    parse,
)
from service.settings import settings

app = typer.Typer(help="Het rooster: leerlingen, groepen en medewerkers uit de leerlingadministratie.")

_REFUSED = 1


@app.callback()
def roster() -> None:
    """Het rooster: leerlingen, groepen en medewerkers uit de leerlingadministratie."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="EDEX.XML")],
    school: Annotated[str | None, typer.Option(help="BRIN, met of zonder dependancecode")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Toon wat er verandert; schrijf niets")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Als gegevens, zonder namen van mensen")] = False,
    force: Annotated[bool, typer.Option("--force", help="Ook als er een bezwaar tegen is")] = False,
) -> None:
    """Lees een EDEXML-bestand in (2.1, 2.0 of 1.03) en toon wat er verandert."""
    engine = connect(settings().database_url)
    try:
        data = _bytes(file)
        ours, difference = _run(engine, data, school, dry_run=dry_run, force=force)
    except RosterFileError as error:
        _refuse(error, as_json=as_json)
    finally:
        engine.dispose()
    refused = bool(difference.objections) and not force
    if as_json:
        _print_json({"ok": not refused, "dry_run": dry_run, "school": ours, **difference.to_json()})
    else:
        typer.echo(described(ours, difference, dry_run=dry_run))
    if refused:
        raise typer.Exit(_REFUSED)


def _bytes(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)  # one more, so that too large is seen without reading it all


def _run(
    engine: Engine, data: bytes, brin: str | None, *, dry_run: bool, force: bool
) -> tuple[str, RosterDiff]:
    roster_of_file = parse(data)
    if dry_run:
        with reading(engine) as session:
            ours = _school(session, brin, roster_of_file)
            return _label(ours), diff(session, ours, roster_of_file, clock.today())
    with unit_of_work(engine) as session:
        ours = _school(session, brin, roster_of_file)
        label = _label(ours)
        done = apply(
            session,
            ours,
            roster_of_file,
            actor_id=None,
            at=clock.now(),
            digest=fingerprint(data),
            force=force,
        )
        return label, done


def _school(session: Session, brin: str | None, roster_of_file: Roster) -> School:
    """Return the school that was asked for; else the only one; else the one the file names."""
    schools = session.exec(select(School)).all()
    if brin:
        wanted = brin.strip().upper()
        found = [one for one in schools if wanted in (one.brin, one.brin + (one.dependance or "00"))]
        if len(found) != 1:
            raise typer.BadParameter(f"geen of meer dan één school met {wanted}", param_hint="--school")
        return found[0]
    if not schools:
        raise RosterFileError(
            [Problem(0, "", "Er is nog geen school. Maak er een aan: jaarritme school create --help")]
        )
    theirs = (roster_of_file.brin, roster_of_file.dependance)
    named = [one for one in schools if (one.brin, one.dependance or "00") == theirs]
    if len(schools) > 1 and not named and roster_of_file.brin:  # without a BRIN no school takes it
        text = f"Dit bestand is van school {''.join(theirs)}, en die staat hier niet."
        raise RosterFileError([Problem(0, "EDEX/school", text)])
    return (named or [*schools])[0]


def _label(school: School) -> str:
    return f"{school.name} ({school.brin}{school.dependance or '00'})"


def _refuse(error: RosterFileError, *, as_json: bool) -> NoReturn:
    if as_json:
        _print_json({"ok": False, "problems": [problem.to_json() for problem in error.problems]})
    else:
        typer.echo("Niet ingelezen; er is niets veranderd.", err=True)
        for problem in error.problems:
            typer.echo(f"  - {problem}", err=True)
    raise typer.Exit(_REFUSED)


def _print_json(told: dict[str, Any]) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
