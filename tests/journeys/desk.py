"""A Jaarritme that is run by hand from the command line, day by day, with a mail server of its own."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.journeys.house import ROOT
from tests.notices.sink import Sink


class Desk:
    """One installation with the example schools; what a person types, and the mails that it made."""

    def __init__(self, home: Path, sink: Sink) -> None:
        self.home, self.sink = home, sink
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JAARRITME_")}
        self._env: Mapping[str, str] = kept | {
            "JAARRITME_HOME": str(home),
            "JAARRITME_SMTP_URL": sink.url,
            "JAARRITME_DEMO": "1",
        }

    def load(self, at: str) -> None:
        """Load the example schools as they are at a moment."""
        self.type("db", "migrate")
        self.type("demo", "load", "--at", at)

    def run(self, now: str, *only: str) -> list[EmailMessage]:
        """Run every timer, or only some, as if it were a moment; return the mails that went out."""
        before = len(self.sink.accepted)
        for name in only or [""]:
            self.type("rhythm", "run", "--now", now, *(["--only", name] if name else []))
        return [message_from_bytes(data, policy=default) for data in self.sink.accepted[before:]]

    def type(self, *words: str, program: str = "jaarritme") -> str:
        """Type a command and return what it says; it may not fail."""
        command = [sys.executable, str(ROOT / program), *words]
        done = subprocess.run(  # noqa: S603 -- our own programs
            command, cwd=ROOT, env=dict(self._env), capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{program} {' '.join(words)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout


def digests(mails: list[EmailMessage]) -> Counter[str]:
    """Count the digests by who gets them at which school: someone may work at two."""
    return Counter(f"{m['To']} {m['From']}" for m in mails if m["Subject"].startswith("Jaarritme, "))


def identities(mails: list[EmailMessage]) -> set[str]:
    return {str(mail["Message-ID"]) for mail in mails}
