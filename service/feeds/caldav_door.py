"""Order the process that writes to calendar servers about, and tell in plain words what came of it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
_START = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from service.feeds.caldav_process import main; main(sys.argv[2])"
)
# No settings, no proxy; a school may have an authority of its own for certificates.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "REQUESTS_CA_BUNDLE")
_PATIENCE = 30  # seconds for one calendar
_REFUSED_FROM = 300  # statuses of HTTP

WORDS = {
    "private": "Dit adres ligt in een besloten netwerk en wordt niet benaderd.",
    "insecure": "Dit adres is niet versleuteld. Gebruik een adres dat met https:// begint.",
    "certificate": "Het certificaat van deze server klopt niet.",
    "unreachable": "Deze server is niet bereikbaar.",
    "slow": "Deze server antwoordde niet op tijd.",
    "busy": "Deze server heeft het te druk. Jaarritme probeert het later opnieuw.",
    "broken": "Deze server heeft een storing. Jaarritme probeert het later opnieuw.",
    "full": "De agenda op de server is vol.",
    "refused": "De server kent deze naam met dit wachtwoord niet. Gebruik een app-wachtwoord van de server.",
    "denied": "De server laat niet toe dat Jaarritme hier schrijft.",
    "nothing": "Op dit adres is geen agenda gevonden. Kopieer het adres dat de server bij de agenda toont.",
    "failed": "De server gaf een antwoord dat Jaarritme niet begrijpt.",
}
_SOME_REFUSED = "De server nam niet alles aan."
# The server, not the calendar, is in trouble: others on it need not be tried now.
OF_THE_SERVER = ("private", "insecure", "certificate", "unreachable", "slow", "busy", "broken")


@dataclass(frozen=True, slots=True)
class Account:
    """Where a calendar stands and by whom it may be written; ``calendar`` once it was found."""

    url: str
    user: str
    password: str
    calendar: str = ""


@dataclass(slots=True)
class Outcome:
    """How far an order came; ``trouble`` is a key of ``WORDS``, or nothing."""

    calendar: str = ""
    written: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    refused: int = 0
    trouble: str = ""

    @property
    def problem(self) -> str | None:
        """Return what went wrong in plain words, or nothing."""
        return WORDS[self.trouble] if self.trouble else _SOME_REFUSED if self.refused else None


class CaldavDoor:
    """Writes to calendar servers; ``allow_private`` opens this machine for demo and tests."""

    def __init__(self, *, allow_private: bool = False, patience: float = _PATIENCE) -> None:
        self._options, self._patience = json.dumps({"here": allow_private}), patience

    def attempt(self, account: Account, trial: bytes) -> Outcome:
        """Find the calendar, write an entry and take it away again."""
        return self._order(account, trial=trial.decode())

    def write(self, account: Account, put: Mapping[str, bytes], delete: Sequence[str]) -> Outcome:
        """Write entries under their names, and delete others."""
        texts = {name: body.decode() for name, body in put.items()}
        return self._order(account, put=texts, delete=list(delete))

    def _order(self, account: Account, **order: Any) -> Outcome:
        whole = {"put": {}, "delete": [], "trial": ""} | order
        whole |= {
            "url": account.url,
            "user": account.user,
            "password": account.password,
            "calendar": account.calendar,
        }
        return _outcome(self._said(json.dumps(whole)))

    def _said(self, order: str) -> str:
        """Return what the process said, also when it had to be ended."""
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-I", "-c", _START, str(_ROOT), self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            text=True,
        )
        try:
            return process.communicate(order, timeout=self._patience)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            return process.communicate()[0]


def _outcome(said: str) -> Outcome:
    outcome, ready = Outcome(), False
    for text in said.splitlines():
        with suppress(json.JSONDecodeError):  # the last line may be half
            line = json.loads(text)
            ready |= _enter(outcome, line)
    if not ready and not outcome.trouble:
        outcome.trouble = "slow"
    return outcome


def _enter(outcome: Outcome, line: Mapping[str, Any]) -> bool:
    """Add one line of the process; tell whether it was the last of an order that was carried out."""
    outcome.calendar = line.get("calendar", outcome.calendar)
    outcome.trouble = line.get("trouble", outcome.trouble)
    for key, names in (("written", outcome.written), ("deleted", outcome.deleted)):
        if key in line and line["status"] < _REFUSED_FROM:
            names.add(line[key])
        elif key in line:
            outcome.refused += 1
    return "ready" in line
