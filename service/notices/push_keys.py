"""The key by which push services know that a message is ours (VAPID, RFC 8292), made once."""

from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from service.notices.secret_file import kept


def key_file(home: Path) -> Path:
    """Return where the private key is; a browser's subscription holds for this key alone."""
    return kept(home / "secrets" / "push.pem", _new_key)


def public_key(home: Path) -> str:
    """Return the public half as a browser wants it (RFC 8292 §3.2)."""
    private = load_pem_private_key(key_file(home).read_bytes(), password=None)
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def _new_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
