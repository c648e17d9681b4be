"""Keep passwords as argon2id hashes, and check them without eating the machine."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 128
# 46 MiB and one pass is OWASP's advice that costs the least time; two at once keep a small server alive.
_HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_SLOTS = BoundedSemaphore(2)
# Checked when nobody has that address, so that the answer takes as long as for somebody.
_NOBODY = "$argon2id$v=19$m=47104,t=1,p=1$bm9ib2R5LWxpdmVzLWhlcmU$Ek0m8vfr0v1aPqNEvgkMMlEGVe0wtYVY2Cqp8z6pGg4"
_TOO_COMMON = frozenset(
    "123456789012 wachtwoord12 wachtwoord123 welkom123456 qwertyuiopas password1234 geheim123456".split()
)


class WeakPasswordError(Exception):
    """Kies een wachtwoord van 12 tot en met 128 tekens dat niet voor de hand ligt."""

    def __str__(self) -> str:
        """Return the message for the screen."""
        return (self.__doc__ or "").strip()


def hash_password(password: str) -> str:
    """Return the hash under which a password is kept; it holds its own salt and cost."""
    with _SLOTS:
        return _HASHER.hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Tell whether a password is the kept one; equally slow when nothing is kept."""
    with _SLOTS:
        try:
            return _HASHER.verify(kept or _NOBODY, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def check_strength(password: str) -> None:
    """Refuse a new password that is too short, too long or known to everyone (ASVS 6.2)."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH or password.lower() in _TOO_COMMON:
        raise WeakPasswordError
