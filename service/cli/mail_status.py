"""`mail status`, `again` and `restored`: how the outgoing post stands, for who has no browser at hand."""

from datetime import timedelta
from typing import Annotated

import typer
from sqlmodel import Session, col, func, select

from models import DeliveryGate, Message, MessageState
from models.database import connect, reading, unit_of_work
from service.cli.schools import chosen_school
from service.clock import local, now
from service.notices.gates import FAILURES
from service.notices.journal import Journal
from service.notices.restored import PAUSED, Choice, NotPausedError, paused_since, release
from service.notices.retry import Stuck, retry_all, stuck_of
from service.notices.waiting import count_waiting, dwell, oldest_waiting
from service.settings import settings

_CHOICES = {"stuur": Choice.SEND, "sla-over": Choice.SKIP}


def status() -> None:
    """Zeg wat er wacht, hoe lang berichten erover doen, en wat er stilstaat."""
    at = now()
    engine = connect(settings().database_url)
    with reading(engine) as session:
        oldest, stayed = oldest_waiting(session, at), dwell(session, at)
        typer.echo(
            f"Wacht: {count_waiting(session, at)}" + (f", het langst {_span(oldest)}" if oldest else "")
        )
        typer.echo(f"Vastgelopen: {_count(session, MessageState.DEAD)}")
        typer.echo(f"Teruggekomen: {_count(session, MessageState.BOUNCED)}")
        if stayed:
            parts = ", ".join(
                f"{name} {_span(timedelta(seconds=value))}"
                for name, value in (("p50", stayed.p50), ("p99", stayed.p99), ("langst", stayed.most))
            )
            typer.echo(f"Laatste 24 uur verstuurd: {stayed.count} ({parts})")
        for gate in session.exec(
            select(DeliveryGate).where(DeliveryGate.failures >= FAILURES, col(DeliveryGate.open_until) > at)
        ):
            if gate.open_until:
                typer.echo(f"Rust tot {local(gate.open_until):%H:%M}: {gate.account}. {gate.reason or ''}")
        if since := paused_since(session):
            typer.echo(f"Staat stil sinds {local(since):%d-%m-%Y %H:%M}. {PAUSED}")
    engine.dispose()


def again(
    everything: Annotated[bool, typer.Option("--all", help="Zet dit allemaal weer klaar.")] = False,
    school: Annotated[str, typer.Option(help="BRIN, als er meer scholen zijn.")] = "",
) -> None:
    """Toon wat vastliep, per oorzaak; met --all krijgt alles een nieuwe kans."""
    engine, at = connect(settings().database_url), now()
    try:
        with (unit_of_work if everything else reading)(engine) as session:
            here = chosen_school(session, school).id
            found = [
                (stuck, retry_all(session, here, stuck.key, actor_id=None, at=at) if everything else None)
                for stuck in stuck_of(session, here, at)
            ]
    finally:
        engine.dispose()
    for stuck, done in found:
        typer.echo(_cause(stuck) + (f" (weer klaar: {done.ready}, verlopen: {done.expired})" if done else ""))
    if not found:
        typer.echo("Er is niets vastgelopen.")


def _cause(stuck: Stuck) -> str:
    way = stuck.way.channel or ("eigen kanalen" if stuck.way.own else "mail")
    return f"{stuck.count:>5}  {way}: {stuck.words or 'onbekend'}"


def restored(
    choice: Annotated[str, typer.Argument(help="stuur (wat nog zin heeft) of sla-over (wat wachtte).")],
) -> None:
    """Laat de bezorging weer lopen nadat een reservekopie is teruggezet."""
    if choice not in _CHOICES:
        typer.echo("Kies stuur of sla-over.", err=True)
        raise typer.Exit(1)
    engine = connect(settings().database_url)
    try:
        with unit_of_work(engine) as session:
            done = release(session, Journal(settings().home), _CHOICES[choice], actor_id=None, at=now())
    except NotPausedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    finally:
        engine.dispose()
    skipped = done.skipped + done.expired
    typer.echo(f"Loopt weer. Al weg: {done.known}, overgeslagen: {skipped}, gaat mee: {done.left}.")


def _count(session: Session, state: MessageState) -> int:
    return session.exec(select(func.count(col(Message.id))).where(Message.state == state)).one()


def _span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 120:  # noqa: PLR2004 -- below it a person counts in seconds
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} uur"  # noqa: PLR2004 -- the same
