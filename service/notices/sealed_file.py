"""A short secret that outlives the process, sealed in a file of its own."""

import os
from pathlib import Path

from service.notices.vault import Vault, VaultError


class SealedFile:
    """One secret under ``JAARRITME_HOME/secrets``; what was sealed about something else counts as absent."""

    def __init__(self, home: Path, name: str, *, about: str) -> None:
        self._vault, self._about = Vault(home), about
        self._path = home / "secrets" / name

    def read(self) -> str:
        """Return the secret, or nothing."""
        try:
            return self._vault.unseal(self._path.read_text(encoding="ascii"), about=self._about)
        except (FileNotFoundError, VaultError):
            return ""

    def write(self, text: str) -> None:
        """Keep the secret, whole or not at all."""
        sealed = self._vault.seal(text, about=self._about)
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
