"""Keep the addresses of channels secret at rest: AES-256-GCM under a key file of this installation."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.notices.secret_file import kept

_VERSION = "v1:"
_NONCE = 12  # bytes (NIST SP 800-38D §8.2.1)


class VaultError(Exception):
    """Een geheim kan niet meer worden gelezen; voer het opnieuw in."""


class Vault:
    """Seals short texts; ``about`` binds each to the row it was made for, so that none can be moved."""

    def __init__(self, home: Path) -> None:
        self._path = home / "secrets" / "key"

    def seal(self, text: str, *, about: str) -> str:
        """Return a text as something to keep in a table."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._key()).encrypt(nonce, text.encode(), about.encode())
        return _VERSION + urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, *, about: str) -> str:
        """Return the text again; raise ``VaultError`` for another key, another row or a changed byte."""
        try:
            raw = urlsafe_b64decode(sealed.removeprefix(_VERSION))
            return AESGCM(self._key()).decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise VaultError(VaultError.__doc__) from error

    def _key(self) -> bytes:
        return kept(self._path, lambda: AESGCM.generate_key(bit_length=256)).read_bytes()
