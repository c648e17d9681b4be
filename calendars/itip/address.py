"""Mail addresses as calendars and mails write them, in one form to compare."""

import re
from urllib.parse import unquote

_LONGEST = 254  # characters (RFC 5321 §4.5.3.1)
_LETTER = r"[^\s\x00-\x1f\x7f@<>,;:\"()\[\]\\]"
_ADDRESS = re.compile(rf"{_LETTER}{{1,64}}@{_LETTER}{{1,250}}")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ANGLE = re.compile(r"<\s*([^<>]*?)\s*>")


def address_of(text: str) -> str:
    """Return an address in lower case without ``mailto:``; empty when it is none."""
    plain = text.strip()[: _LONGEST * 2].strip("\"'<> ")
    while plain[:7].casefold() == "mailto:":  # some write it twice
        plain = unquote(plain[7:].partition("?")[0]).strip()
    named = _ANGLE.search(plain + ">") if "<" in plain else None
    plain = (named[1] if named else plain).strip("\"'<> ").casefold()
    return plain if len(plain) <= _LONGEST and _ADDRESS.fullmatch(plain) else ""


def sender_of(header: str) -> str:
    """Return the one address of a From header (RFC 5322 §3.6.2); empty when it is none or not clearly one.

    A name may look like an address. One that differs from the address itself is meant to mislead.
    """
    bare = _QUOTED.sub(" ", header[:2000])
    angled = [address_of(found) for found in _ANGLE.findall(bare)]
    loose = {address_of(found) for found in _ADDRESS.findall(_ANGLE.sub(" ", bare))}
    wanted = set(angled) or loose
    return next(iter(wanted)) if len(wanted) == 1 and loose <= wanted else ""


def plain_mailbox(address: str) -> str:
    """Return the mailbox to which a tagged address (``name+tag@``) is delivered; Google also ignores dots."""
    local, _, domain = address.rpartition("@")
    base = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        return f"{base.replace('.', '')}@gmail.com"
    return f"{base}@{domain}"
