"""`replan`: what moves when the year changes, from the terminal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer
from sqlmodel import Session, select

from calendars.schoolyear import is_year_label
from models import Replan
from models.database import connect, unit_of_work
from service import clock
from service.cli.schools import chosen_school
from service.cli.typed import day_typed, id_typed
from service.replan import changes as c
from service.replan.apply import apply_change
from service.replan.copy import Copied, changes_in, copy_year, preview_copy
from service.replan.letters import text_for
from service.replan.preview import Preview, is_open, preview_change
from service.replan.shifts import Shift, when
from service.replan.undo import undo_replan
from service.school.errors import SchoolError
from service.settings import settings

app = typer.Typer(no_args_is_help=True, help="Het jaar herplannen: eerst zien wat schuift, dan toepassen.")

Label = Annotated[str, typer.Argument(metavar="JAAR", help="Bijvoorbeeld 2026-2027.")]
File = Annotated[Path | None, typer.Argument(metavar="CHANGE.json", help="Een wijziging als JSON.")]
Days = Annotated[
    tuple[str, str, str] | None,
    typer.Option("--closure", metavar="NAAM EERSTE LAATSTE", help="Een vrije dag of periode; jjjj-mm-dd."),
]
Brin = Annotated[str, typer.Option("--school", help="BRIN; alleen nodig bij meer dan één school.")]
AsJson = Annotated[bool, typer.Option("--json", help="Als JSON, voor een ander programma.")]


@app.command()
def preview(
    label: Label, file: File = None, closure: Days = None, school: Brin = "", as_json: AsJson = False
) -> None:
    """Laat zien wat er schuift. Er verandert niets en niemand krijgt bericht."""
    change = _change(file, closure)
    with _told(), _working() as session:
        found = chosen_school(session, school)
        _require_open(session, found.id, label)
        seen = preview_change(session, found, label, change, actor_id=None, at=clock.now())
    _print_json(_data(seen)) if as_json else _print(seen)


@app.command()
def apply(
    label: Label, file: File = None, closure: Days = None, school: Brin = "", as_json: AsJson = False
) -> None:
    """Pas een wijziging toe: alles schuift mee en ieder krijgt één bericht."""
    change = _change(file, closure)
    with _told(), _working() as session:
        found = chosen_school(session, school)
        _require_open(session, found.id, label)
        done = apply_change(session, found, label, change, actor_id=None, at=clock.now())
        told = {"id": str(done.id), "reason": done.reason, "moved": _moved(done)}
    if as_json:
        _print_json(told)
    else:
        typer.echo(f"Toegepast: {told['reason']}. Verschoven: {told['moved']}.")
        typer.echo(f"Terugdraaien: ./jaarritme replan undo {told['id']}")


@app.command()
def undo(
    replan: Annotated[str, typer.Argument(metavar="ID", help="Zie replan list.")], school: Brin = ""
) -> None:
    """Draai terug wat is toegepast; wat mensen intussen zelf veranderden, blijft."""
    wanted = id_typed(replan, "replan list")
    with _told(), _working() as session:
        found = chosen_school(session, school)
        undone = undo_replan(session, found, wanted, actor_id=None, at=clock.now())
        reason, stays, count = undone.replan.reason, undone.stays, len(undone.shifts)
    typer.echo(f"Ongedaan gemaakt: {reason}. Terug: {count}.")
    for text in stays:
        typer.echo(f"  Blijft: {text}.")


@app.command("list")
def list_(school: Brin = "", as_json: AsJson = False) -> None:
    """Noem wat is toegepast, het laatste eerst."""
    with _told(), _working() as session:
        found = chosen_school(session, school)
        kept = session.exec(select(Replan).where(Replan.school_id == found.id)).all()
        rows = [
            {
                "id": str(row.id),
                "year": row.school_year,
                "at": f"{clock.local(row.made_at):%Y-%m-%d %H:%M}",
                "reason": row.reason,
                "moved": _moved(row),
                "undone": row.undone_at is not None,
            }
            for row in sorted(kept, key=lambda row: row.made_at, reverse=True)
        ]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        gone = " (ongedaan gemaakt)" if row["undone"] else ""
        typer.echo(f"{row['id']}  {row['at']}  {row['year']}  {row['reason']}: {row['moved']}{gone}")
    if not rows:
        typer.echo("Er is nog niets herpland.")


@app.command("copy")
def copy_(
    old: Annotated[str, typer.Argument(metavar="VAN")],
    new: Annotated[str, typer.Argument(metavar="NAAR")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Alleen laten zien, niets bewaren.")] = False,
    school: Brin = "",
    as_json: AsJson = False,
) -> None:
    """Neem over wat alleen voor een jaar gold: regels, nooit datums. Twee keer is één keer."""
    with _told(), _working() as session:
        found = chosen_school(session, school)
        verb = preview_copy if dry_run else copy_year
        copied = verb(session, found, old, new, actor_id=None, at=clock.now())
    _print_json(_copy_data(copied)) if as_json else _print_copy(copied, new, dry_run=dry_run)


def _data(seen: Preview) -> dict[str, Any]:
    outcome = seen.outcome
    return {
        "change": json.loads(c.as_json(outcome.change)),
        "year": outcome.label,
        "reason": outcome.reason,
        "digest": outcome.digest,
        "moves": [_shift(shift) for shift in outcome.shifts],
        "stopped_by_law": [f"{held.title} ({held.case}): {held.text}" for held in outcome.stops],
        "pinned": [f"{held.title} ({held.case}): {held.text}" for held in outcome.pins],
        "to_solve": [f"{held.title} ({held.case}): {held.text}" for held in outcome.stuck],
        "done": outcome.done,
        "told": [{"name": h.name, "items": h.items, "meetings": h.meetings} for h in seen.hearings],
    }


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "task": str(shift.task_id),
        "what": shift.what,
        "title": shift.title,
        "case": shift.case,
        "old": when(shift.old) if shift.old.open else None,
        "new": when(shift.new) if shift.new.open else None,
        "latest": shift.new.latest.isoformat() if shift.new.latest else None,
        "differs": shift.differs,
        "explanation": shift.why,
    }


def _print(seen: Preview) -> None:
    outcome = seen.outcome
    typer.echo(f"{outcome.reason}: {len(outcome.shifts)} dingen schuiven. Er is niets veranderd.")
    for shift in outcome.shifts:
        typer.echo(f"  {shift.title} ({shift.case}): {text_for(None, shift)}")
        if shift.differs:
            typer.echo(f"      {shift.differs}")
    for head, held in (("Wet", outcome.stops), ("Vast", outcome.pins), ("Los zelf op", outcome.stuck)):
        for each in held:
            typer.echo(f"  {head}: {each.title} ({each.case}): {each.text}")
    for hearing in seen.hearings:
        typer.echo(f"  Bericht voor {hearing.name}: {hearing.items}")


def _copy_data(copied: Copied) -> dict[str, Any]:
    rows = [
        {
            "procedure": row.procedure,
            "title": row.title,
            "case": row.case,
            "group": row.group,
            "old": row.old.isoformat() if row.old else None,
            "new": row.new.isoformat() if row.new else None,
            "what": row.what,
            "shift": row.shift,
        }
        for row in copied.beside
    ]
    return {"goes": list(copied.goes), "look": list(copied.look), "items": rows}


def _print_copy(copied: Copied, new: str, *, dry_run: bool) -> None:
    for text in copied.goes:
        typer.echo(f"  Mee: {text}")
    for text in copied.look:
        typer.echo(f"  Kijk hiernaar: {text}")
    for row in copied.beside:
        if row.what != "same":
            days = f"{row.old or '-'} -> {row.new or '-'}"
            typer.echo(f"  {days}  {row.procedure}, {row.case}: {row.title}")
    counts = changes_in(copied.beside)
    told = {"anders": "shift", "erbij": "new", "weg": "gone", "gelijk": "same"}
    total = ", ".join(f"{counts[what]} {word}" for word, what in told.items())
    typer.echo(f"{new}: {total}." + (" Er is niets bewaard." if dry_run else ""))


def _change(file: Path | None, closure: tuple[str, str, str] | None) -> c.Change:
    if (file is None) == (closure is None):
        raise typer.BadParameter("Geef een bestand met een wijziging, of --closure NAAM EERSTE LAATSTE.")
    if closure:
        name, first, last = closure
        return c.ClosureAdded(name=name, first_day=day_typed(first), last_day=day_typed(last))
    try:
        return c.read_change(file.read_bytes() if file else b"")
    except (c.ChangeError, OSError) as error:
        _fail(str(error) if isinstance(error, c.ChangeError) else f"{file} is niet te lezen.")


def _require_open(session: Session, school_id: UUID, label: str) -> None:
    if not is_year_label(label) or not is_open(session, school_id, label):
        raise SchoolError(f"Schooljaar {label} is niet geopend; er is dan niets te herplannen.")


def _moved(replan: Replan) -> int:
    return sum(move["kind"] == "shift" for move in replan.moves)


@contextmanager
def _told() -> Iterator[None]:
    """Say what is wrong, and end with 1; nothing has changed then."""
    try:
        yield
    except SchoolError as error:
        _fail(str(error))


def _fail(text: str) -> NoReturn:
    typer.echo(f"Er is niets veranderd. {text}", err=True)
    raise typer.Exit(1)


@contextmanager
def _working() -> Iterator[Session]:
    engine = connect(settings().database_url)
    try:
        with unit_of_work(engine) as session:
            yield session
    finally:
        engine.dispose()


def _print_json(told: Any) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
