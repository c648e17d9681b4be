"""Carry a reminder through a channel that a person chose, by way of the process that runs Apprise."""

import json
import os
import select
import subprocess
import sys
from pathlib import Path

from service.notices.parcel import LaterError, RefusedError, UncertainError

_PROGRAM = Path(__file__).with_name("apprise_process.py")
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")  # no settings, no proxy
_PATIENCE = 30  # seconds

_ERRORS = {
    "unknown": (RefusedError, "Dit kanaal heeft een adres dat Apprise niet kent."),
    "private": (RefusedError, "Dit kanaal wijst naar een besloten netwerk en wordt niet benaderd."),
    "failed": (LaterError, "De dienst achter dit kanaal nam het bericht niet aan."),
    "timeout": (UncertainError, "De dienst achter dit kanaal antwoordde niet op tijd."),
}


class AppriseCarrier:
    """Sends one message to one channel at a time; ``allow_private`` opens this machine for demo and tests."""

    def __init__(self, *, allow_private: bool = False, patience: float = _PATIENCE) -> None:
        self._allow_private, self._patience = allow_private, patience
        self._process: subprocess.Popen[str] | None = None

    def send(self, url: str, *, title: str, body: str) -> None:
        """Send, or raise why it did not arrive; no error holds the address, which is a secret."""
        order = {"url": url, "title": title, "body": body, "allow_private": self._allow_private}
        outcome = self._ask(json.dumps(order))
        if outcome != "sent":
            kind, why = _ERRORS[outcome]
            raise kind(why)

    def close(self) -> None:
        """End the process, also one that hangs."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, order: str) -> str:
        process = self._running()
        assert process.stdin  # noqa: S101 -- a pipe, see _running
        assert process.stdout  # noqa: S101
        try:
            process.stdin.write(order + "\n")
            process.stdin.flush()
            answered, _, _ = select.select([process.stdout], [], [], self._patience)
            outcome = process.stdout.readline().strip() if answered else ""
        except OSError:
            outcome = ""
        if not outcome:
            self.close()
        return outcome or "timeout"

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(  # noqa: S603 -- our own program
                [sys.executable, "-I", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
                text=True,
            )
        return self._process
