"""`mail`: the catcher of the demo, a try of the mail server that is set, and how the post stands."""

import signal
import threading
from hashlib import sha256
from typing import Annotated, NoReturn

import typer

from calendars.entries import Mailbox
from service.cli.mail_status import again, restored, status
from service.clock import local, now
from service.notices.catcher import Catcher
from service.notices.mail_message import Envelope, digest_message
from service.notices.parcel import NotSentError
from service.notices.post_office import mail_carrier
from service.notices.smtp import MailServer
from service.settings import settings

_HERE = ("127.0.0.1", "localhost")

app = typer.Typer(help="Mail proberen en vangen, en zien hoe de post ervoor staat.", no_args_is_help=True)
app.command()(status)
app.command()(again)
app.command()(restored)


@app.command()
def catch() -> None:
    """Vang alle mail op de poort van JAARRITME_SMTP_URL en bewaar die als .eml; er gaat niets weg."""
    server = _server()
    if server.host not in _HERE or server.security != "smtp":
        _fail(
            "De mailvanger luistert alleen op deze machine: zet JAARRITME_SMTP_URL op smtp://127.0.0.1:<poort>."
        )
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    catcher = Catcher(settings().home, server.port)
    try:
        catcher.start()
    except OSError as error:
        _fail(f"Poort {server.port} is niet vrij: {error.strerror}.")
    typer.echo(f"Vangt mail op 127.0.0.1:{server.port}.")
    asked.wait()
    catcher.stop()


@app.command()
def test(
    to: Annotated[str, typer.Argument(help="Mailadres dat de proefmail krijgt.")],
    sender: Annotated[str, typer.Option("--from", help="Afzender: het postvak van de school.")],
) -> None:
    """Stuur een proefmail langs de ingestelde mailserver en zeg wat die antwoordt."""
    _server()
    carrier = mail_carrier(settings())
    try:
        carrier.send(_trial(sender, to), sender=sender, to=to, alive=lambda: None)
    except NotSentError as error:
        _fail(str(error))
    finally:
        carrier.close()
    typer.echo(f"De mailserver heeft de proefmail voor {to} aangenomen.")


def _server() -> MailServer:
    if not settings().smtp_url:
        _fail("Mail is nog niet ingesteld: zet JAARRITME_SMTP_URL.")
    return MailServer.read(settings().smtp_url)


def _trial(sender: str, to: str) -> bytes:
    at = now()
    text = f"Deze proefmail is verstuurd op {local(at):%d-%m-%Y om %H:%M}. De mailserver werkt."
    try:
        envelope = Envelope(
            sender=Mailbox(name="Jaarritme", mail=sender),
            to=Mailbox(name="", mail=to),
            subject="Proefmail van Jaarritme",
            message_id=f"<{sha256(f'{to} {at}'.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>",
            sent_at=at,
        )
    except ValueError:
        _fail("Een van beide mailadressen klopt niet.")
    return digest_message(envelope, text=text, html=f"<p>{text}</p>")


def _fail(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)
