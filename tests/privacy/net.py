"""A net for names: whatever leaves is looked at as it is and as any reader would decode it."""

import gzip
import html
import re
import unicodedata
import zlib
from base64 import b64decode, urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.policy import default
from quopri import decodestring
from typing import Self
from urllib.parse import unquote_plus

from models import Pupil

_DEEPEST = 5
_SURE = 7  # letters; so long a name does not come about by chance, not even inside another word
_ENCODED_WORDS = re.compile(r"(?:=\?[^?\s]+\?[bq]\?[^?\s]*\?=\s*)+", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_WHOLE_LINES = re.compile(r"(?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/]{0,76}={0,2}")
_NOISE = re.compile(r"[A-Za-z0-9+/=_-]{40,}")
_FOLD = re.compile(r"\r?\n[ \t]")
_MAIL = re.compile(rb"(?:[!-9;-~]+:[ \t][^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3,}\r?\n")
_QUOTED = re.compile(rb"=(?:[0-9A-F]{2}|\r?\n)")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_ACE = re.compile(r"xn--[a-z0-9-]+", re.IGNORECASE)
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_DOTLESS = {0x131: "i"}  # whose capital is I, so that its case can't be told


@dataclass(frozen=True, slots=True)
class Net:
    """The names that must stay inside: as words, and the long ones anywhere in a text."""

    words: re.Pattern[str]
    parts: re.Pattern[str]
    initials: re.Pattern[str]

    @classmethod
    def of(cls, pupils: Iterable[Pupil]) -> Self:
        """Make the net for first names, surnames and initials, in any case and without accents too."""
        known = list(pupils)
        names = {_bare(name) for p in known for name in (p.first_name, p.last_name, p.name) if name}
        initials = {_initials(p) for p in known if p.first_name and p.last_name}
        long = {name for name in names if sum(c.isalpha() for c in name) >= _SURE}
        return cls(
            re.compile(rf"(?<![^\W\d_])(?:{'|'.join(_longest(names))})(?![^\W\d_])"),
            re.compile("|".join(_longest(long)) or r"(?!)"),
            re.compile(rf"(?<!\w)(?:{'|'.join(sorted(initials))})(?!\w)"),  # "o.a." is nobody
        )

    def names_in(self, *left: bytes | str | None) -> list[str]:
        """Return every name that can be read in what left."""
        items = {item.encode() if isinstance(item, str) else item for item in left if item}
        return sorted({name for item in items for name in self._in_one(item)})

    def _in_one(self, item: bytes) -> Iterator[str]:
        for text in readings(item):
            calm, bare = _NOISE.sub(" ", text), _bare(text)
            yield from (hit[0] for hit in self.parts.finditer(bare))
            yield from (hit[0] for hit in self.words.finditer(bare if calm == text else _bare(calm)))
            yield from (hit[0] for hit in self.initials.finditer(calm))


def readings(data: bytes) -> Iterator[str]:
    """Yield a text in every way in which it may be read, each once."""
    seen: set[bytes] = set()
    waiting = [(data, 0)]
    while waiting:
        piece, depth = waiting.pop()
        if piece in seen or depth > _DEEPEST:
            continue
        seen.add(piece)
        if unpacked := [*_unpacked(piece)]:  # packed bytes spell two letters by chance; no reader sees them
            waiting += [(inner, depth + 1) for inner in unpacked]
            continue
        text = _text(piece)
        yield text
        waiting += [(inner, depth + 1) for inner in _inside(piece, text)]


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _inside(data: bytes, text: str) -> Iterator[bytes]:
    """Yield what one step of decoding gives."""
    if _MAIL.match(data):
        yield from _of_mail(data)
        return  # its headers, its parts and what is in them
    if _FOLD.search(text):
        yield _FOLD.sub("", text).encode()
        yield _FOLD.sub(" ", text).encode()
    if "\\" in text:
        yield text.replace("\\n", "\n").replace("\\N", "\n").replace("\\", "").encode()
    if "&" in text:
        yield html.unescape(text).encode()
    if "%" in text:
        yield unquote_plus(text).encode()
    if "\\u" in text:
        yield _ESCAPED.sub(lambda hit: chr(int(hit[1], 16)), text).encode("utf-8", "replace")
    if _QUOTED.search(data):
        yield decodestring(data)
    yield from (_decoded_words(hit[0]) for hit in _ENCODED_WORDS.finditer(text))
    yield from (_of_ace(hit[0]) for hit in _ACE.finditer(text))
    yield from _of_base64(text)


def _unpacked(data: bytes) -> Iterator[bytes]:
    try:
        if data.startswith(b"\x1f\x8b"):
            yield gzip.decompress(data)
        elif data[:1] == b"\x78":
            yield zlib.decompress(data)
    except (OSError, EOFError, zlib.error):
        return


def _of_mail(data: bytes) -> Iterator[bytes]:
    for part in message_from_bytes(data, policy=default).walk():
        yield "\n".join(f"{name}: {value}" for name, value in part.items()).encode("utf-8", "replace")
        yield (part.get_filename() or "").encode()
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield payload


def _decoded_words(text: str) -> bytes:
    try:
        return str(make_header(decode_header(text))).encode()
    except (HeaderParseError, LookupError, UnicodeError):
        return b""


def _of_ace(text: str) -> bytes:
    try:
        return text.lower().encode().decode("idna").encode()
    except UnicodeError:
        return b""


def _of_base64(text: str) -> Iterator[bytes]:
    whole = [re.sub(r"\s", "", hit[0]) for hit in _WHOLE_LINES.finditer(text)]
    runs = [hit[0] for hit in _BASE64.finditer(text)]
    steps = [step for run in runs if "/" in run for step in run.split("/") if step]  # of an address
    for run in [*whole, *runs, *steps]:
        bare = run.rstrip("=")
        padded = bare + "=" * (-len(bare) % 4)
        try:
            found = urlsafe_b64decode(padded) if {"-", "_"} & set(bare) else b64decode(padded)
        except NotBase64:
            continue
        if found.startswith((b"\x1f\x8b", b"\x78")) or _is_text(found):
            yield found


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\r\n\t" for c in text)


def _bare(text: str) -> str:
    """Return a text without case, accents and signs that nobody sees."""
    if not text.isascii():
        even = unicodedata.normalize("NFKD", text.translate(_INVISIBLE | _DOTLESS))
        text = "".join(c for c in even if not unicodedata.combining(c))
    return " ".join(text.casefold().split())


def _longest(names: Iterable[str]) -> list[str]:
    return [re.escape(name) for name in sorted(names, key=len, reverse=True)]


def _initials(pupil: Pupil) -> str:
    first, last = pupil.first_name[0].upper(), pupil.last_name[0].upper()
    return rf"{re.escape(first)}\. ?{re.escape(last)}\."
