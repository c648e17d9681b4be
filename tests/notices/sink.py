"""A real mail server that answers by script: the next word decides about the next mail."""

# ruff: noqa: N802 -- aiosmtpd names its hooks

import asyncio
import socket
from collections import deque
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """Words: a code with where it is said ("rcpt 450", "data 421"), "drop" or "drop-before" the last answer,
    "late" for an answer after half a second, "hang" for none; no word left means 250. Like most servers it
    takes commands in one go, unless told otherwise."""

    def __init__(self, *, pipelining: bool = True, **options: Any) -> None:
        self.pipelining = pipelining
        self.script: deque[str] = deque()
        self.accepted: list[bytes] = []
        self.senders: list[tuple[str, ...]] = []
        self.connections = 0
        self.pace = 0.0  # seconds for each mail
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port(), **options)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._controller.port

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(data, policy=default) for data in self.accepted]

    @property
    def message_ids(self) -> list[str]:
        return [BytesHeaderParser().parsebytes(data)["Message-ID"] for data in self.accepted]

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return [responses[0], "250-PIPELINING", *responses[1:]] if self.pipelining else responses

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._next("mail"):
            return self._code()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._next("rcpt"):
            return self._code()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self._next("data"):
            return self._code()
        word = self.script.popleft() if self.script else "ok"
        await asyncio.sleep(self.pace)
        if word == "drop-before":
            server.transport.abort()
            await asyncio.sleep(0.05)
            return "451 gone"
        if word == "late":
            await asyncio.sleep(0.5)
        self.accepted.append(envelope.original_content)
        self.senders.append((envelope.mail_from, *envelope.rcpt_tos))
        if word == "hang":
            await asyncio.sleep(3600)
        if word == "drop":
            server.transport.abort()
        return "250 OK"

    def _next(self, stage: str) -> bool:
        return bool(self.script) and self.script[0].startswith(f"{stage} ")

    def _code(self) -> str:
        return f"{self.script.popleft().partition(' ')[2]} by script"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
