"""One mail as a mailbox gives it."""

from dataclasses import dataclass


class MailboxError(Exception):
    """De mailbox met antwoorden kan niet worden gelezen."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail with its number or name in the mailbox; of one that is too large ``raw`` is the start only.

    ``problem`` (Dutch) says why the mailbox did not give it.
    """

    key: str
    raw: bytes
    cut_from: int = 0
    problem: str = ""
