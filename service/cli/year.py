"""`year open`: plan a school year and write it, or only show it."""

import json
from collections import Counter
from typing import Annotated, Any

import typer

from calendars.derivation import as_data, day_nl, sentence
from calendars.plan import Plan
from calendars.schoolyear import is_year_label
from models.database import connect, unit_of_work
from service import clock
from service.cli.schools import chosen_school
from service.settings import settings
from service.year.open import Opened, open_year, preview_year
from service.year.show import item_data

app = typer.Typer(no_args_is_help=True, help="Het schooljaar.")


@app.callback()
def _year() -> None:
    """Het schooljaar."""


@app.command("open")
def open_(
    label: Annotated[str, typer.Argument(help="Schooljaar, bijvoorbeeld 2026-2027.")],
    school: Annotated[str, typer.Option(help="BRIN; alleen nodig bij meer dan één school.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Alleen laten zien, niets bewaren.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Alles als JSON.")] = False,
) -> None:
    """Plan het schooljaar: elke taak, elk overleg en elke periode, met uitleg. Twee keer is één keer."""
    if not is_year_label(label):
        typer.echo(f"{label!r} is geen schooljaar; schrijf bijvoorbeeld 2026-2027.", err=True)
        raise typer.Exit(2)
    with unit_of_work(connect(settings().database_url)) as session:
        found = chosen_school(session, school)
        plan = preview_year(session, found, label)
        added = None if dry_run else open_year(session, found, label, actor_id=None, at=clock.now())
        brin = found.brin
    if as_json:
        typer.echo(json.dumps(_data(plan, brin, label, added), ensure_ascii=False, indent=1))
    else:
        _print(plan, label, added)


def _data(plan: Plan, brin: str, label: str, added: Opened | None) -> dict[str, Any]:
    counts = {"cases": added.cases, "items": added.items, "meetings": added.meetings} if added else None
    return {
        "school": brin,
        "year": label,
        "dry_run": added is None,
        "added": counts,
        "items": [item_data(item) for item in plan.items],
        "warnings": list(plan.warnings),
    }


def _print(plan: Plan, label: str, added: Opened | None) -> None:
    for item in plan.items:
        day = day_nl(item.dates.target_on) if item.dates.target_on else "nog te plannen"
        legal = f" (wettelijk {day_nl(item.dates.latest_on)})" if item.dates.latest_on else ""
        typer.echo(f"{day:24} {item.case.title} > {item.title}{legal}")
        typer.echo(f"{'':24} {sentence(as_data(item.dates.steps))}")
    for warning in plan.warnings:
        typer.echo(f"Let op: {warning}.")
    kinds = Counter(item.case.procedure.title.nl for item in plan.items)
    for title, count in kinds.items():
        typer.echo(f"{count:6} {title}")
    if added is None:
        typer.echo(f"Schooljaar {label}: {len(plan.items)} items gepland. Er is niets bewaard.")
    else:
        new = f"{added.cases} trajecten, {added.items} taken en {added.meetings} overleggen toegevoegd"
        typer.echo(f"Schooljaar {label}: {new}.")
