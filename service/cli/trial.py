"""`trial`: a whole year on trial, from the terminal; nothing is sent, and kept only when asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlmodel import Session, col, select

from calendars.derivation import day_nl
from calendars.schoolyear import OutsideCalendarError, is_year_label
from models import Person, School, Trial
from models.database import connect, reading, unit_of_work
from service import clock
from service.cli.schools import chosen_school
from service.school.errors import SchoolError
from service.settings import settings
from service.trial.activate import activate as activate_trial
from service.trial.compare import Alike, Comparison, alike, alike_moves, compare
from service.trial.outcome import Outcome
from service.trial.plan import keep, left_out, outcome_kept, trials_of, try_year
from service.trial.wishes import Wishes

app = typer.Typer(no_args_is_help=True, help="Het proefjaar.")

Brin = Annotated[str, typer.Option("--school", metavar="BRIN", help="Welke school, als er meer zijn.")]
AsJson = Annotated[bool, typer.Option("--json", help="Alles als JSON.")]
_SHOWN = 40
_SEVERITIES = {"law": "wet", "high": "let op", "low": "kijk"}


@app.callback()
def _trial() -> None:
    """Het proefjaar: een heel jaar plannen zonder iets te versturen."""


@app.command()
def run(
    label: Annotated[str, typer.Argument(help="Schooljaar, bijvoorbeeld 2026-2027.")],
    school: Brin = "",
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="KEY", help="Onderdeel dat niet meedoet.")
    ] = None,
    name: Annotated[str, typer.Option("--keep", metavar="NAAM", help="Bewaar het onder deze naam.")] = "",
    as_json: AsJson = False,
) -> None:
    """Plan een heel schooljaar op proef. Twee keer geeft hetzelfde."""
    if not is_year_label(label):
        typer.echo(f"{label!r} is geen schooljaar; schrijf bijvoorbeeld 2026-2027.", err=True)
        raise typer.Exit(2)
    with _told(), (unit_of_work if name else reading)(connect(settings().database_url)) as session:
        found = chosen_school(session, school)
        typer.echo(f"Proefjaar {label} plannen voor {found.name} …", err=True)
        keys = tuple(without) if without else left_out(session, found.id, label)
        wishes = Wishes(name=name[:80], without=keys)
        if name:
            trial = keep(session, found, label, wishes, actor_id=None, at=clock.now())
            outcome, kept = outcome_kept(trial), str(trial.id)
        else:
            outcome, kept = try_year(session, found, label, wishes).outcome, ""
        names = _names(session, outcome)
    if as_json:
        _print_json({"school": found.brin, "kept": kept or None, **outcome.as_data()})
    else:
        _print(outcome, names)
        typer.echo(f"Bewaard als {kept}." if kept else "Er is niets bewaard en niets verstuurd.")


@app.command("list")
def list_(school: Brin = "", as_json: AsJson = False) -> None:
    """Noem de bewaarde proefjaren."""
    with _told(), reading(connect(settings().database_url)) as session:
        found = trials_of(session, chosen_school(session, school).id)
    if as_json:
        rows = [
            {
                "id": str(t.id),
                "year": t.label,
                "name": t.name,
                "made_at": t.made_at.isoformat(),
                "activated_at": t.activated_at.isoformat() if t.activated_at else None,
                "wishes": t.wishes.model_dump(mode="json"),
            }
            for t in found
        ]
        _print_json(rows)
        return
    for t in found:
        state = "geactiveerd" if t.activated_at else "op proef"
        typer.echo(f"{t.id}  {t.label}  {state:<11}  {t.name}")
    if not found:
        typer.echo("Nog geen proefjaar bewaard. Plan er een: jaarritme trial run JAAR --keep NAAM")


@app.command("compare")
def compare_(
    a: Annotated[UUID, typer.Argument(help="Het ene proefjaar (id uit trial list).")],
    b: Annotated[UUID, typer.Argument(help="Het andere proefjaar.")],
    as_json: AsJson = False,
) -> None:
    """Vergelijk twee bewaarde proefjaren."""
    with _told(), reading(connect(settings().database_url)) as session:
        one, other = _find(session, a), _find(session, b)
        if one.school_id != other.school_id:
            raise SchoolError("Deze proefjaren zijn van twee scholen.")
        before, after = outcome_kept(one), outcome_kept(other)
        found = compare(before, after)
    if as_json:
        _print_json(_compared(found))
    else:
        _print_comparison(found, before, after)


@app.command()
def activate(trial: Annotated[UUID, typer.Argument(help="Het proefjaar (id uit trial list).")]) -> None:
    """Maak van een proefjaar het echte jaar: de vrije dagen en werkdagen gaan in en het jaar gaat open."""
    with _told(), unit_of_work(connect(settings().database_url)) as session:
        found = _find(session, trial)
        typer.echo(f"Proefjaar {found.name} activeren …", err=True)
        school = session.get_one(School, found.school_id)
        opened = activate_trial(session, school, found, actor_id=None, at=clock.now())
    new = f"{opened.cases} trajecten, {opened.items} taken en {opened.meetings} overleggen toegevoegd"
    typer.echo(f"Schooljaar {found.school_year} is geopend: {new}.")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (SchoolError, OutsideCalendarError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _find(session: Session, trial_id: UUID) -> Trial:
    found = session.get(Trial, trial_id)
    if found is None:
        raise SchoolError(f"Proefjaar {trial_id} is er niet. Zie: jaarritme trial list")
    return found


def _names(session: Session, outcome: Outcome) -> dict[UUID, str]:
    ids = [t.person for t in outcome.totals if t.person]
    return dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(ids))).all())


def _print(outcome: Outcome, names: dict[UUID, str]) -> None:
    counts = [f"{outcome.count(kind)} {words}" for kind, words in _KINDS]
    typer.echo(f"Schooljaar {outcome.label}: {outcome.cases} trajecten, {', '.join(counts)}.")
    for key, kinds in outcome.per_procedure():
        typer.echo(f"{sum(kinds.values()):6} {outcome.titles[key]}")
    typer.echo(f"\n{'':30} {'taken':>6} {'overleg':>8} {'bericht':>8} {'drukke weken':>13}")
    heavy = {load.person: len(load.heavy) for load in outcome.loads}
    for t in outcome.totals:
        name = names.get(t.person, "?") if t.person else "nog van niemand"
        weeks = heavy.get(t.person, 0) if t.person else 0
        typer.echo(f"{name[:30]:30} {t.tasks + t.windows:6} {t.meetings:8} {t.messages:8} {weeks:13}")
    typer.echo(f"\nBotsingen: {len(outcome.clashes)}")
    for clash in outcome.clashes[:_SHOWN]:
        typer.echo(f"  [{_SEVERITIES[clash.severity]}] {clash.words} {clash.advice}")
    if len(outcome.clashes) > _SHOWN:
        typer.echo(f"  en nog {len(outcome.clashes) - _SHOWN}; zie --json")


_KINDS = (("task", "taken"), ("meeting", "overleggen"), ("window", "perioden"))


def _print_comparison(found: Comparison, before: Outcome, after: Outcome) -> None:
    for side in found.sides:
        typer.echo(f"{side.words:14} {side.before:6} {side.after:6}")
    for one in alike(found.only_before):
        typer.echo(f"- {_line(one, before)}")
    for one in alike(found.only_after):
        typer.echo(f"+ {_line(one, after)}")
    for one in alike_moves(m for m in found.moved if m.is_dated):
        to = day_nl(one.after.day) if one.after and one.after.day else "nog te plannen"
        typer.echo(f"~ {_line(one, before)} -> {to}")
    if found.is_nothing:
        typer.echo("De proefjaren zijn gelijk.")


def _line(one: Alike, outcome: Outcome) -> str:
    day = day_nl(one.line.day) if one.line.day else "nog te plannen"
    groups = f", groep {', '.join(one.groups)}" if one.line.group else ""
    times = f" ({one.count} keer)" if one.count > 1 else ""
    return f"{day:22} {outcome.of(one.line)}{groups} > {one.line.title}{times}"


def _compared(found: Comparison) -> dict[str, Any]:
    return {
        "only_a": [line.model_dump(mode="json") for line in found.only_before],
        "only_b": [line.model_dump(mode="json") for line in found.only_after],
        "moved": [
            {"a": m.before.model_dump(mode="json"), "b": m.after.model_dump(mode="json")} for m in found.moved
        ],
        "same": found.same,
        "totals": [{"words": s.words, "a": s.before, "b": s.after} for s in found.sides],
    }


def _print_json(data: object) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
