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

    def fetch(self, most: int) -> Iterator[Fetched]:
        """Yield the mails that nobody saw, the oldest first."""
        try:
            files = [file for file in (self._folder / "new").iterdir() if file.is_file()]
            files.sort(key=lambda file: (file.stat().st_mtime_ns, file.name))
        except OSError as error:
            raise MailboxError(f"De maildir kan niet worden gelezen: {error.strerror}.") from error
        for file in files[:most]:
            yield _read(file)

    def done(self, key: str) -> None:
        """Put a mail that was taken in with those that were read."""
        file = self._folder / "new" / key
        read = self._folder / "cur"
        read.mkdir(exist_ok=True, mode=0o700)
        file.rename(read / f"{key.partition(':')[0]}{_SEEN}")


def _read(file: Path) -> Fetched:
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            raw = opened.read(HEAD_OCTETS if size > MAX_OCTETS else MAX_OCTETS)
    except OSError as error:
        raise MailboxError(f"Een mail in de maildir kan niet worden gelezen: {error.strerror}.") from error
    return Fetched(file.name, raw, size if size > MAX_OCTETS else 0)
