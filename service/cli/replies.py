"""`replies`: read what came back by mail, take in one piped mail, and list what waits for a person."""

import sys
from collections import Counter
from datetime import datetime
from typing import Annotated, NoReturn

import typer
from sqlmodel import Session, col, select

from models import InboundMail, InboundState, School
from models.database import connect, reading, unit_of_work
from service.clock import local, now
from service.mishap import told
from service.notices.vault import Vault
from service.replies.kinds import WORDS, Kind
from service.replies.limits import MAX_OCTETS
from service.replies.receive import receive
from service.replies.sources import read_mailbox
from service.rhythm.words import in_words
from service.settings import settings

_TRY_LATER = 75  # EX_TEMPFAIL: the mail server keeps the mail and tries again
_SHOWN = 100

app = typer.Typer(help="Antwoorden op uitnodigingen en teruggekomen mail lezen.", no_args_is_help=True)


@app.command()
def read() -> None:
    """Lees nu de mailbox van JAARRITME_REPLIES_URL."""
    if not settings().replies_url:
        _fail("Er is nog geen mailbox ingesteld: zet JAARRITME_REPLIES_URL.", 1)
    counts, problem = read_mailbox(connect(settings().database_url), settings(), now())
    typer.echo(
        "\n".join(f"{count:>5}  {in_words(key)}" for key, count in counts.items()) or "Geen nieuwe mail."
    )
    if problem:
        _fail(problem, 1)


@app.command()
def pipe() -> None:
    """Neem één mail aan van de standaardinvoer, zoals een mailserver die doorgeeft."""
    raw = sys.stdin.buffer.read(MAX_OCTETS + 1)
    if not raw.strip():
        _fail("Er kwam geen mail binnen.", 1)
    try:
        with unit_of_work(connect(settings().database_url)) as session:
            row = receive(session, raw, source="pipe", at=now(), vault=Vault(settings().home))
    except Exception as error:  # noqa: BLE001 -- whatever it was, the mail server must keep the mail
        _fail(f"Nu niet aangenomen: {told(error)}", _TRY_LATER)
    state = "wacht op een mens" if row.state == InboundState.OPEN else "verwerkt"
    typer.echo(f"{row.id}  {WORDS[Kind(row.kind)]}: {state}")


@app.command(name="list")
def list_open(
    everything: Annotated[bool, typer.Option("--all", help="Ook wat al is verwerkt.")] = False,
) -> None:
    """Toon wat nog op een mens wacht: wanneer, wat voor mail en waarom; nooit de inhoud."""
    with reading(connect(settings().database_url)) as session:
        rows = _rows(session, everything=everything)
        schools = {school.id: school.name for school in session.exec(select(School))}
    for row in rows[:_SHOWN]:
        where = schools.get(row.school_id, "zonder school") if row.school_id else "zonder school"
        typer.echo(f"{_when(row.received_at)}  {where}  {WORDS[Kind(row.kind)]}  {_why(row)}")
    tally = Counter(row.state for row in rows)
    typer.echo(f"{tally[InboundState.OPEN]} wachten op een mens.")


def _rows(session: Session, *, everything: bool) -> list[InboundMail]:
    query = select(InboundMail).order_by(col(InboundMail.received_at).desc())
    if not everything:
        query = query.where(InboundMail.state == InboundState.OPEN)
    return list(session.exec(query.limit(10 * _SHOWN)))


def _why(row: InboundMail) -> str:
    """Say why a mail waits or what became of it; what a person wrote about it is theirs."""
    return "weggelegd" if row.state == InboundState.DISMISSED else row.reason or "verwerkt"


def _when(moment: datetime) -> str:
    return f"{local(moment):%d-%m-%Y %H:%M}"


def _fail(why: str, code: int) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(code)
