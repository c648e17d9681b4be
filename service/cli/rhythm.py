"""``jaarritme rhythm``: run the timers by hand, or see how they stand."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from models import RunState, RunVia, TimerRun
from models.database import connect, reading
from service.clock import AMSTERDAM, local, now
from service.rhythm.overview import TimerRow, overview
from service.rhythm.run import TimerBusyError, run_timer
from service.rhythm.timers import TIMERS
from service.settings import settings

app = typer.Typer(no_args_is_help=True, help="De stromen: draai ze met de hand, of bekijk hoe ze lopen.")

AsJson = Annotated[bool, typer.Option("--json", help="Als JSON, voor een ander programma.")]
Moment = Annotated[
    str | None, typer.Option("--now", metavar="TIJD", help="Doe alsof het deze tijd is: 2027-01-11T06:30.")
]
Only = Annotated[str | None, typer.Option("--only", metavar="NAAM", help="Alleen deze stroom.")]


@app.command()
def run(moment: Moment = None, only: Only = None, as_json: AsJson = False) -> None:
    """Draai elke stroom één keer, in volgorde, zonder Prefect."""
    at = _moment(moment)
    engine = connect(settings().database_url)
    runs = [found for name in _names(only) if (found := _run(name, engine, at, as_json))]
    if as_json:
        typer.echo(json.dumps([_run_data(found) for found in runs], indent=2))
    if any(found.state == RunState.FAILED for found in runs):
        raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Laat zien hoe elke stroom ervoor staat."""
    with reading(connect(settings().database_url)) as session:
        rows = overview(session, now())
    if as_json:
        typer.echo(json.dumps([_row_data(row) for row in rows], indent=2))
        return
    for row in rows:
        last = f"{local(row.last_run.started_at):%d-%m %H:%M}" if row.last_run else "nog niet"
        times = f"laatst {last:<11}  volgende {local(row.next_slot):%d-%m %H:%M}"
        typer.echo(f"{row.timer.name:<19} {row.light:<7} {times}  {row.done}/{row.expected}  {row.reason}")


def _moment(text: str | None) -> datetime:
    if text is None:
        return now()
    try:
        wall = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is geen tijd; schrijf bijvoorbeeld 2027-01-11T06:30."
        raise typer.BadParameter(message, param_hint="--now") from error
    return (wall if wall.tzinfo else wall.replace(tzinfo=AMSTERDAM)).astimezone(UTC)


def _names(only: str | None) -> list[str]:
    if only is None:
        return list(TIMERS)
    if only not in TIMERS:
        raise typer.BadParameter(f"kies uit {', '.join(TIMERS)}.", param_hint="--only")
    return [only]


def _run(name: str, engine: Engine, at: datetime, as_json: bool) -> TimerRun | None:
    try:
        found = run_timer(name, engine, at, RunVia.COMMAND)
    except TimerBusyError:
        typer.echo(f"{name:<19} loopt al", err=as_json)
        return None
    if not as_json:
        said = (
            found.error
            or ", ".join(f"{key} {count}" for key, count in found.counts.items())
            or "niets te doen"
        )
        typer.echo(f"{name:<19} {'mislukt' if found.error else 'gedaan':<8} {said}")
    return found


def _run_data(found: TimerRun) -> dict[str, Any]:
    return found.model_dump(mode="json", exclude={"flow_run_id"})


def _row_data(row: TimerRow) -> dict[str, Any]:
    return {
        "timer": row.timer.name,
        "title": row.timer.title,
        "light": row.light.value,
        "reason": row.reason,
        "next": row.next_slot.isoformat(),
        "expected": row.expected,
        "done": row.done,
        "last_run": _run_data(row.last_run) if row.last_run else None,
    }
