"""A connection to a mail server whose answers are bounded in time and in size."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

GO_AHEAD = 354
CLOSING = 421
_DOT = re.compile(rb"^\.", re.MULTILINE)
_MOST = 64 * 1024  # bytes of one answer, all its lines together
Answer = tuple[int, bytes]


class _Answers:
    """Reads lines; one answer is there within ``timeout`` seconds, however slowly its bytes drip."""

    def __init__(self, sock: socket.socket, timeout: float) -> None:
        self._sock, self._timeout, self._rest = sock, timeout, b""
        self.begin()

    def begin(self) -> None:
        """Give the answer that comes now its time and its size."""
        self._end, self._left = monotonic() + self._timeout, _MOST

    def readline(self, most: int) -> bytes:
        """Return one line, or as much of it as may be."""
        while b"\n" not in self._rest[:most] and len(self._rest) < most:
            self._sock.settimeout(max(0.001, self._end - monotonic()))
            more = self._sock.recv(4096)
            self._rest += more
            if not more:
                break
        cut = self._rest.find(b"\n", 0, most) + 1 or min(len(self._rest), most)
        line, self._rest = self._rest[:cut], self._rest[cut:]
        self._left -= len(line)
        if self._left < 0 or monotonic() > self._end:
            raise TimeoutError
        return line

    def close(self) -> None:
        """Let go of what was not read; the socket is the connection's own."""
        self._rest = b""


@dataclass(frozen=True, slots=True)
class Offer:
    """A mail that is offered: from whom, to whom and how large (bytes)."""

    sender: str
    to: str
    size: int

    def commands(self, *, sized: bool) -> tuple[str, ...]:
        """Return what a server is told of it, up to the wish to go ahead."""
        size = f" size={self.size}" if sized else ""
        return (
            f"mail FROM:{smtplib.quoteaddr(self.sender)}{size}",
            f"rcpt TO:{smtplib.quoteaddr(self.to)}",
            "data",
        )


class _Bounded(smtplib.SMTP):
    """The standard library waits anew for each byte, and reads an answer that never ends."""

    begun: Offer | None = None  # its answers are not yet read
    _commands: tuple[str, ...] = ()  # of that offer

    def getreply(self) -> Answer:
        """Read one whole answer."""
        answers: Any = self.file
        if answers is None and self.sock:
            answers = self.file = _Answers(self.sock, self.timeout)
        if answers:
            answers.begin()
        try:
            return super().getreply()
        finally:
            if self.sock:
                self.sock.settimeout(self.timeout)

    def begin(self, offer: Offer) -> None:
        """Send the first command of an offer; all of them to who takes several in one go (RFC 2920)."""
        commands = offer.commands(sized=self.has_extn("size"))
        if any(sign in command for command in commands for sign in smtplib.CRLF):
            raise ValueError("a command is one line")
        given = commands if self.has_extn("pipelining") else commands[:1]
        self.send("".join(f"{command}{smtplib.CRLF}" for command in given))
        self.begun, self._commands = offer, commands

    def answers(self) -> Iterator[Answer]:
        """Give the answer to each command of the offer that was begun."""
        self.begun = None
        if self.has_extn("pipelining"):
            yield from self._all_at_once()
        else:
            yield self.getreply()
            yield from map(self.docmd, self._commands[1:])

    def _all_at_once(self) -> list[Answer]:
        answers = []
        for _ in self._commands:
            answers.append(self.getreply())
            if answers[-1][0] == CLOSING:
                return answers
        refused = any(code // 100 != 2 for code, _ in answers[:-1])  # noqa: PLR2004 -- 2yz is a yes
        if refused and answers[-1][0] == GO_AHEAD:
            self.docmd(".")  # it waits for a mail to nobody: let that be empty (RFC 2920 §3.1)
        return answers


class Line(_Bounded):
    """A connection that begins in the clear."""


class SecureLine(_Bounded, smtplib.SMTP_SSL):
    """A connection that is encrypted from the start."""


def connected(security: str, host: str, port: int, timeout: float) -> Line | SecureLine:
    """Connect and encrypt as asked; an unencrypted second choice does not exist."""
    context = ssl.create_default_context()
    if security == "smtps":
        return SecureLine(host, port, timeout=timeout, context=context)
    smtp = Line(host, port, timeout=timeout)
    if security == "smtp+starttls":
        try:
            smtp.starttls(context=context)
        except BaseException:
            smtp.close()
            raise
    return smtp


def with_final_dot(data: bytes) -> bytes:
    """Double each dot that begins a line and end with the dot that ends a mail (RFC 5321 §4.5.2)."""
    end = b"" if data.endswith(b"\r\n") else b"\r\n"
    return _DOT.sub(b"..", data) + end + b".\r\n"
