"""Catch mail instead of sending it on, so that a demo can show it and nobody gets it."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.notices.caught import folder

_LIMIT = 32 * 1024 * 1024  # bytes of one message


class Catcher:
    """A mail server on this machine that accepts everything and sends nothing on."""

    def __init__(self, home: Path, port: int) -> None:
        self._folder = folder(home)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._numbers = count(1)
        self._controller = Controller(self, hostname="127.0.0.1", port=port, data_size_limit=_LIMIT)

    def start(self) -> None:
        """Listen, in a thread of its own."""
        self._controller.start()

    def stop(self) -> None:
        """Listen no longer."""
        self._controller.stop()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd
        """Keep a message as it came, under the envelope it came in, whole or not at all."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{next(self._numbers):04}"
        head = "".join(f"X-Envelope-To: {to}\r\n" for to in envelope.rcpt_tos)
        fresh = self._folder / f"{name}.new"
        fresh.write_bytes(head.encode("utf-8", "replace") + (envelope.original_content or b""))
        fresh.replace(self._folder / f"{name}.eml")
        return "250 OK"
