"""A connection to a mail server whose answers are bounded in time and in size."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from time import monotonic
from typing import Any

GO_AHEAD = 354
CLOSING = 421
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


class _Bounded(smtplib.SMTP):
    """The standard library waits anew for each byte, and reads an answer that never ends."""

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

    def offer(self, sender: str, to: str, size: int) -> Iterator[Answer]:
        """Name sender, recipient and size (bytes) and ask to go ahead; give the answer to each.

        A server that can take them in one go gets them so: one journey instead of three (RFC 2920).
        """
        sized = f" size={size}" if self.has_extn("size") else ""
        sender, to = smtplib.quoteaddr(sender), smtplib.quoteaddr(to)
        commands = f"mail FROM:{sender}{sized}", f"rcpt TO:{to}", "data"
        if self.has_extn("pipelining"):
            yield from self._in_one_go(commands)
        else:
            yield from map(self.docmd, commands)

    def _in_one_go(self, commands: tuple[str, ...]) -> list[Answer]:
        if any(sign in command for command in commands for sign in smtplib.CRLF):
            raise ValueError("a command is one line")
        self.send("".join(f"{command}{smtplib.CRLF}" for command in commands))
        answers = []
        for _ in commands:
            answers.append(self.getreply())
            if answers[-1][0] == CLOSING:
                return answers
        if answers[-1][0] == GO_AHEAD and any(code // 100 != 2 for code, _ in answers[:-1]):  # noqa: PLR2004 -- 2yz is a yes
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
