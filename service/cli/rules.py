"""`rules`: what the region, the board and the school say beside the law."""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import UUID

import typer
from sqlmodel import Session

import models
from models import Layer, LayerRule
from models.database import connect, reading, unit_of_work
from service import clock
from service.cli.schools import chosen_school
from service.rules.keep import RuleRefusedError, add_rule, switch_rule
from service.rules.look import layer_nl, rules_of, said_nl
from service.rules.said import Said
from service.school.errors import SchoolError
from service.settings import settings

app = typer.Typer(no_args_is_help=True, help="Wat regio, bestuur en school zeggen, naast de wet.")
_OWN = {"layer", "scope", "procedure", "task", "school_year", "reason"}

School = Annotated[str, typer.Option(help="BRIN; alleen nodig bij meer dan één school.")]
AsJson = Annotated[bool, typer.Option("--json", help="Alles als JSON.")]


@app.command("list")
def list_(school: School = "", year: str = "", as_json: AsJson = False) -> None:
    """Laat de regels zien die voor een school gelden of golden."""
    with reading(connect(settings().database_url)) as session:
        found = [_data(rule) for rule in rules_of(session, chosen_school(session, school), year)]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for rule in found:
        state = "" if rule["active"] else " (geldt niet)"
        when = rule["school_year"] or "elk jaar"
        typer.echo(f"{rule['id']}  {rule['who']}, {when}: {rule['procedure']} > {rule['task']}{state}")
        typer.echo(f"  {rule['words']}. {rule['reason']}")
    if not found:
        typer.echo("Er zijn geen eigen regels: alles gaat zoals de procedures het zeggen.")


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="TOML met [[rule]]; zie docs/procedures.md.")],
    school: School = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Alleen nakijken, niets bewaren.")] = False,
) -> None:
    """Neem regels over uit een bestand: alle, of geen. Ruimer dan de wet wordt geweigerd."""
    rows = _rows(file)
    try:
        with unit_of_work(connect(settings().database_url)) as session:
            here = chosen_school(session, school)
            for number, row in enumerate(rows, 1):
                _add(session, here, row, number)
            if dry_run:
                session.rollback()
    except SchoolError as error:
        typer.echo(f"{file.name}: {error} Er is niets veranderd.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{len(rows)} regels {'nagekeken' if dry_run else 'overgenomen'}.")


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("rule")
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(f"{file.name} kan niet worden gelezen.", err=True)
        raise typer.Exit(2) from error
    except tomllib.TOMLDecodeError as error:
        typer.echo(f"{file.name}: geen geldige TOML ({error}).", err=True)
        raise typer.Exit(1) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        typer.echo(f"{file.name}: schrijf elke regel onder [[rule]].", err=True)
        raise typer.Exit(1)
    return cast("list[dict[str, Any]]", rows)


def _add(session: Session, school: models.School, row: dict[str, Any], number: int) -> None:
    try:
        layer = Layer(str(row.get("layer", "school")))
    except ValueError as error:
        words = ", ".join(each.value for each in Layer)
        raise SchoolError(f"Regel {number}: layer is een van {words}.") from error
    scope = str(school.id) if layer == Layer.SCHOOL else str(row.get("scope", ""))
    told = {key: str(row.get(key, "")) for key in ("procedure", "task", "school_year", "reason")}
    definition = {key: value for key, value in row.items() if key not in _OWN}
    try:
        said = Said(layer=layer, scope=scope, definition=definition, **told)
        add_rule(session, school, said, actor_id=None, at=clock.now())
    except RuleRefusedError as error:
        raise SchoolError(f"Regel {number}: {error}") from error


@app.command()
def off(rule: UUID, school: School = "") -> None:
    """Laat een regel niet meer gelden. Zij blijft bewaard."""
    _switch(rule, school, active=False)
    typer.echo("De regel geldt niet meer. Het jaarplan schuift komende nacht mee.")


@app.command()
def on(rule: UUID, school: School = "") -> None:
    """Laat een regel weer gelden."""
    _switch(rule, school, active=True)
    typer.echo("De regel geldt weer. Het jaarplan schuift komende nacht mee.")


def _switch(rule: UUID, school: str, *, active: bool) -> None:
    try:
        with unit_of_work(connect(settings().database_url)) as session:
            here = chosen_school(session, school)
            switch_rule(session, here, rule, active=active, actor_id=None, at=clock.now())
    except SchoolError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _data(rule: LayerRule) -> dict[str, Any]:
    return {
        "id": str(rule.id),
        "layer": rule.layer.value,
        "scope": rule.scope,
        "who": layer_nl(rule.layer, rule.scope),
        "procedure": rule.procedure,
        "task": rule.task,
        "school_year": rule.school_year,
        "active": rule.active,
        "reason": rule.reason,
        "words": said_nl(rule),
        "definition": rule.definition,
    }
