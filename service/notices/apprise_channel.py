"""Carry a reminder through a channel that a person chose, by way of the process that runs Apprise."""

import json
import os
import select
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from models import ChannelKind
from service.notices.channels import GoneError
from service.notices.parcel import LaterError, NotSentError, Parcel, RefusedError, UncertainError
from service.notices.push import payload
from service.notices.push_keys import key_file

_ROOT = Path(__file__).parents[2]
_START = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from service.notices.apprise_process import main; main(sys.argv[2])"
)
# No settings, no proxy; a school may have an authority of its own for certificates.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "REQUESTS_CA_BUNDLE")
_PATIENCE = 30  # seconds
_LATER = (408, 409, 425, 429)  # of the answers 4xx, those that may be better another time (RFC 9110 §15.5)
_GONE = (404, 410)  # a push service knows the device no more (RFC 8030 §7.3)
_LONGEST_PUSH = timedelta(days=1)

_WORDS = {
    "unknown": (RefusedError, "Het adres van dit kanaal klopt niet voor deze dienst."),
    "several": (RefusedError, "Het adres noemt meer ontvangers. Maak voor elke ontvanger een eigen kanaal."),
    "insecure": (RefusedError, "Dit kanaal is niet versleuteld en wordt niet gebruikt."),
    "private": (RefusedError, "Dit kanaal wijst naar een besloten netwerk en wordt niet benaderd."),
    "certificate": (LaterError, "Het certificaat van deze dienst klopt niet."),
    "unreachable": (LaterError, "Deze dienst is niet bereikbaar."),
    "uncertain": (UncertainError, "De dienst achter dit kanaal antwoordde niet op tijd."),
    "failed": (LaterError, "De dienst achter dit kanaal nam het bericht niet aan."),
}
_CODES = {
    401: "De dienst kent de sleutel in het adres niet (401).",
    403: "De dienst laat dit adres niet toe (403).",
    404: "De dienst kent dit adres niet (404).",
    410: "De dienst kent dit adres niet meer (410).",
    413: "De dienst vindt het bericht te groot (413).",
    429: "De dienst kreeg te veel berichten achter elkaar (429).",
}


class AppriseCarrier:
    """Sends one message to one channel at a time; ``allow_private`` opens this machine for demo and tests.

    ``home`` is where the key for push messages is kept, ``more`` what a text ends with that is too long.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        patience: float = _PATIENCE,
        home: Path | None = None,
        more: str = "",
    ) -> None:
        self._options = json.dumps({"here": allow_private, "patience": patience})
        self._patience, self._home, self._more = patience, home, more
        self._process: subprocess.Popen[str] | None = None

    def carry(self, parcel: Parcel, address: str) -> None:
        """Send a message by the kind of its channel; ``address`` is a URL or a browser's subscription."""
        if parcel.channel_kind == ChannelKind.PUSH:
            lasts = parcel.expires_at - parcel.made_at
            self.push(address, payload(parcel), mailbox=parcel.mailbox, lasts=lasts)
        else:
            self.send(address, title=parcel.subject, body=parcel.body)

    def send(self, url: str, *, title: str, body: str) -> None:
        """Send, or raise why it did not arrive; no error holds the address, which is a secret."""
        self._order({"do": "send", "url": url, "title": title, "body": body, "more": self._more})

    def check(self, url: str) -> None:
        """Raise ``RefusedError`` for an address that can't be right; nothing is sent."""
        self._order({"do": "check", "url": url})

    def push(self, subscription: str, payload: str, *, mailbox: str, lasts: timedelta) -> None:
        """Send to the browser that made a subscription; raise ``GoneError`` when it withdrew."""
        if self._home is None:
            raise RefusedError("Meldingen op een apparaat zijn hier niet ingericht.")
        order = {
            "do": "push",
            "subscription": json.loads(subscription),
            "key": str(key_file(self._home)),
            "mailbox": mailbox,
            "ttl": max(0, int(min(lasts, _LONGEST_PUSH).total_seconds())),
            "body": payload,
        }
        self._order(order)

    def close(self) -> None:
        """End the process, also one that hangs."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _order(self, order: dict[str, Any]) -> None:
        answer = self._ask(json.dumps(order))
        if answer["outcome"] == "uncertain":
            self.close()  # else what hangs could still arrive, after it was reported that it didn't
        if answer["outcome"] != "sent":
            raise _error(answer, push=order["do"] == "push")

    def _ask(self, order: str) -> dict[str, Any]:
        process = self._running()
        assert process.stdin  # noqa: S101 -- a pipe, see _running
        assert process.stdout  # noqa: S101
        try:
            process.stdin.write(order + "\n")
            process.stdin.flush()
            answered, _, _ = select.select([process.stdout], [], [], self._patience)
            line = process.stdout.readline() if answered else ""
        except OSError:
            line = ""
        # A line cut short is of a process that died while it was sending.
        answer: dict[str, Any] = json.loads(line if line.endswith("\n") else '{"outcome": "uncertain"}')
        return answer

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(  # noqa: S603 -- our own program
                [sys.executable, "-I", "-c", _START, str(_ROOT), self._options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT if name in os.environ} | {"NETRC": os.devnull},
                text=True,
            )
        return self._process


def _error(answer: dict[str, Any], *, push: bool) -> NotSentError:
    """Say why a message did not arrive, as far as the answer of the service tells."""
    code = answer.get("code") or 0
    if push and code in _GONE:
        return GoneError("Dit apparaat ontvangt geen meldingen meer; zet ze daar opnieuw aan.")
    if answer["outcome"] != "failed" or code < 300:  # noqa: PLR2004 -- 2xx: refused in words, not by a code
        kind, words = _WORDS[answer["outcome"]]
        return kind(words)
    if code < 400:  # noqa: PLR2004
        return RefusedError(f"De dienst verwijst naar een ander adres, en dat wordt niet gevolgd ({code}).")
    later = code >= 500 or code in _LATER  # noqa: PLR2004
    words = (
        _CODES.get(code) or f"De dienst {'heeft een storing' if later else 'weigert het bericht'} ({code})."
    )
    return LaterError(words) if later else RefusedError(words)
