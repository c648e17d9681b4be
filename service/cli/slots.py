"""`slots`: seek hours for many meetings at once, from the terminal; nothing is given before `approve`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NoReturn

import typer
from sqlalchemy import Engine
from sqlmodel import Session, select

from calendars.schoolyear import is_year_label
from models import Membership, Person, Role, School, SlotProposal
from models.database import connect, reading, unit_of_work
from service import clock
from service.access.actor import Actor, actor_for, holds_on
from service.access.scope import NotFoundError
from service.cli.schools import chosen_school
from service.cli.typed import day_typed, id_typed
from service.school.errors import SchoolError
from service.settings import settings
from service.slots.approve import StaleDraftError, approve
from service.slots.ask import ask
from service.slots.asked import EVERY_ROUND, Asked, read_asked
from service.slots.look import latest, state_of
from service.slots.search import search
from service.web.wording import PROPOSAL_STATES
from service.year.frame import label_on

app = typer.Typer(no_args_is_help=True, help="Uren zoeken voor veel overleggen tegelijk.")

Brin = Annotated[str, typer.Option("--school", help="BRIN; alleen nodig bij meer dan één school.")]
AsJson = Annotated[bool, typer.Option("--json", help="Als JSON, voor een ander programma.")]
By = Annotated[str, typer.Option("--by", metavar="MAIL", help="Namens wie; anders de IB'er van de school.")]
Rounds = Annotated[
    list[str] | None,
    typer.Option("--round", metavar="PROCEDURE:RONDE", help="Een ronde; mag vaker. Zonder: alle."),
]
Away = Annotated[
    tuple[str, str, str] | None,
    typer.Option("--away", metavar="MAIL EERSTE LAATSTE", help="Iemand die er niet is; jjjj-mm-dd."),
]


@app.command()
def find(
    rounds: Rounds = None,
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Zo min mogelijk verzetten.")] = False,
    since: Annotated[str, typer.Option("--from", metavar="DAG", help="Niet eerder dan; jjjj-mm-dd.")] = "",
    away: Away = None,
    seconds: Annotated[int, typer.Option(min=1, max=60, help="Zoek hoogstens zo lang.")] = 20,
    year: Annotated[str, typer.Option(metavar="JAAR", help="Bijvoorbeeld 2026-2027.")] = "",
    school: Brin = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Zoek uren en toon het voorstel. Er verandert niets en niemand hoort ervan."""
    label = year or label_on(clock.today())
    if not is_year_label(label):
        raise typer.BadParameter(f"{label!r} is geen schooljaar.")
    with _told(), _engine() as engine:
        with unit_of_work(engine) as session:
            found = chosen_school(session, school)
            actor = _actor(session, found, by)
            asked = _asked(session, rounds, since, away, keep=keep, seconds=seconds)
            proposal = ask(
                session,
                found,
                label,
                asked,
                actor_id=actor.person_id,
                at=clock.now(),
                beat=datetime.now(UTC),
            )
        done = search(engine, proposal.id)
        if done is None or "problem" in done.progress:
            raise SchoolError("De zoektocht is afgebroken. Probeer het nog eens.")
        _print_json(_data(done)) if as_json else _print(done)


@app.command("list")
def list_(school: Brin = "", as_json: AsJson = False) -> None:
    """Noem wat is gezocht, het laatste eerst."""
    with _told(), _engine() as engine, reading(engine) as session:
        found = chosen_school(session, school)
        rows = [
            {
                "id": str(row.id),
                "at": f"{clock.local(row.made_at):%Y-%m-%d %H:%M}",
                "title": row.title,
                "state": state_of(row, datetime.now(UTC)).value,
                "changes": len(row.result.get("items", ())),
                "unplaced": len(row.result.get("unplaced", ())),
            }
            for row in latest(session, found.id, 50)
        ]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        typer.echo(
            f"{row['id']}  {row['at']}  {row['state']:9}  {row['title']}: {row['changes']} anders, "
            f"{row['unplaced']} zonder uur"
        )
    if not rows:
        typer.echo("Er is nog niets gezocht.")


@app.command("approve")
def approve_(
    proposal: Annotated[str, typer.Argument(metavar="ID", help="Zie slots list.")],
    tasks: Annotated[
        list[str] | None, typer.Option("--task", metavar="TAAK", help="Alleen deze; mag vaker.")
    ] = None,
    school: Brin = "",
    by: By = "",
) -> None:
    """Neem een voorstel over: nu pas krijgen overleggen hun uur en mensen bericht."""
    wanted, only = (
        id_typed(proposal, "slots list"),
        {id_typed(task, "slots list") for task in tasks or ()} or None,
    )
    with _told(), _engine() as engine, unit_of_work(engine) as session:
        found = chosen_school(session, school)
        actor = _actor(session, found, by)
        done = approve(session, found, wanted, actor=actor, at=clock.now(), only=only)
        told = f"Overgenomen. Overleggen: {done.meetings}. Berichten onderweg: {done.letters}."
    typer.echo(told)


def _asked(
    session: Session,
    rounds: list[str] | None,
    since: str,
    away: tuple[str, str, str] | None,
    *,
    keep: bool,
    seconds: int,
) -> Asked:
    absent = []
    if away:
        mail, first, last = away
        person = session.exec(select(Person).where(Person.email == mail.casefold())).one_or_none()
        if person is None:
            raise SchoolError(f"{mail} werkt hier niet.")
        absent = [{"person": person.id, "first": day_typed(first), "last": day_typed(last)}]
    return read_asked(
        {
            "rounds": tuple(rounds or [EVERY_ROUND]),
            "keep": keep,
            "not_before": day_typed(since) if since else clock.today() + timedelta(days=1),
            "absent": tuple(absent),
            "seconds": seconds,
        }
    )


def _actor(session: Session, school: School, mail: str) -> Actor:
    """Return who this is done for: the named manager, or the school's IB'er."""
    today = clock.today()
    query = (
        select(Person.id)
        .join(Membership)
        .where(Membership.school_id == school.id, holds_on(*_span(), today))
        .order_by(Person.email)
    )
    query = query.where(Person.email == mail.casefold()) if mail else query.where(Membership.role == Role.IB)
    found = session.exec(query).first()
    actor = actor_for(session, found, school.id, today) if found else None
    if actor is None or not actor.is_manager:
        raise SchoolError("Alleen een IB'er of directeur van de school kan dit; noem wie met --by.")
    return actor


def _span() -> tuple[Any, Any]:
    return Membership.valid_from, Membership.valid_until


def _data(done: SlotProposal) -> dict[str, Any]:
    return {"id": str(done.id), "state": done.state.value, "progress": done.progress, **done.result}


def _print(done: SlotProposal) -> None:
    result = done.result
    words = {"proven": "bewezen het beste", "found": "het beste in de tijd", "greedy": "een eerste gok"}
    typer.echo(f"{done.title}: {words[result['by']]}. {PROPOSAL_STATES[done.state]}.")
    for item in result["items"]:
        was = _hour(item["was"]["starts"]) if item["was"] else "nog geen uur"
        where = f", {item['becomes']['location']}" if item["becomes"]["location"] else ""
        typer.echo(f"  {item['title']}: {was} -> {_hour(item['becomes']['starts'])}{where}")
        typer.echo(f"      {item['why']}. taak {item['task']}")
    for item in result["unplaced"]:
        typer.echo(f"  Zonder nieuw uur: {item['title']}: {item['why']}.")
    days = f"{result['was']['days']} -> {result['becomes']['days']}"
    typer.echo(f"Dagen dat een voorzitter nodig is: {days}. Er is niets veranderd.")
    typer.echo(f"Overnemen: ./jaarritme slots approve {done.id}")


def _hour(text: str) -> str:
    return f"{clock.local(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"


@contextmanager
def _told() -> Iterator[None]:
    """Say what is wrong, and end with 1; nothing has changed then."""
    try:
        yield
    except StaleDraftError as error:
        _fail("\n".join([str(error), *(f"  {change}" for change in error.changes)]))
    except SchoolError as error:
        _fail(f"Er is niets veranderd. {error}")
    except NotFoundError:
        _fail("Er is niets veranderd. Dit voorstel is er niet.")


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(1)


@contextmanager
def _engine() -> Iterator[Engine]:
    engine = connect(settings().database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _print_json(told: Any) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
