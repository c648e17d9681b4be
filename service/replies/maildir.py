"""A maildir: every file in ``new`` is a mail that nobody saw; what was read goes to ``cur``, marked seen."""

from collections.abc import Iterator
from pathlib import Path

from service.replies.fetched import Fetched, MailboxError
from service.replies.limits import HEAD_OCTETS, MAX_OCTETS

_SEEN = ":2,S"


class Maildir:
    """A maildir that a mail server delivers in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"maildir:{folder}"
        self.trouble = ""

    def fetch(self, most: int) -> Iterator[Fetched]:
        """Yield the mails that nobody saw, the oldest first; one that can't be read holds up no other."""
        try:
            files = sorted((self._folder / "new").iterdir(), key=_arrived)
        except OSError as error:
            raise MailboxError(f"De maildir kan niet worden gelezen: {error.strerror}.") from error
        for file in files:
            if most and (mail := self._read(file)):
                most -= 1
                yield mail

    def done(self, key: str) -> None:
        """Put a mail that was taken in with those that were read."""
        file = self._folder / "new" / key
        read = self._folder / "cur"
        try:
            read.mkdir(exist_ok=True, mode=0o700)
            file.rename(read / f"{key.partition(':')[0]}{_SEEN}")
        except OSError as error:
            self.trouble = f"Gelezen mail kan niet naar {read.name!r}: {error.strerror}."

    def _read(self, file: Path) -> Fetched | None:
        try:
            if not file.is_file():
                return None
            size = file.stat().st_size
            with file.open("rb") as opened:
                raw = opened.read(HEAD_OCTETS if size > MAX_OCTETS else MAX_OCTETS)
        except FileNotFoundError:
            return None  # another took it away meanwhile
        except OSError as error:
            self.trouble = f"De mail {file.name!r} in de maildir kan niet worden gelezen: {error.strerror}."
            return None
        return Fetched(file.name, raw, size if size > MAX_OCTETS else 0)


def _arrived(file: Path) -> tuple[int, str]:
    try:
        return file.stat().st_mtime_ns, file.name
    except OSError:
        return 0, file.name
