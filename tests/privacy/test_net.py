"""The net itself must catch: a check that can't fail protects nobody."""

import gzip
import html
import json
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from quopri import encodestring
from unicodedata import normalize
from urllib.parse import quote, quote_plus
from uuid import uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calendars.ics_writer import _folded
from models import Pupil
from tests.privacy.net import Net

LETTERS = st.text("abcdefghijklmnoprstuvwzëéïöüçñčă\u0131", min_size=4, max_size=14)
NAMES = st.builds(lambda first, last: (first.capitalize(), last.capitalize()), LETTERS, LETTERS)


def pupil(first: str, last: str, prefix: str = "") -> Pupil:
    return Pupil(school_id=uuid4(), key="1", first_name=first, prefix=prefix, last_name=last)


def mail(subject: str, text: str, *, cte: str = "base64", file: str = "brief.txt") -> bytes:
    letter = EmailMessage(policy=SMTP)
    letter["Subject"], letter["To"] = subject, "laila@wilgen.example"
    letter.set_content(text, cte=cte)
    letter.add_attachment(b"leeg", maintype="text", subtype="plain", filename=file)
    return letter.as_bytes()


def in_calendar(text: str) -> bytes:
    escaped = f"SUMMARY:Gesprek\\, {'x' * 55} {text}\\; en verder"
    return b"BEGIN:VCALENDAR\r\n" + _folded(escaped) + b"END:VCALENDAR\r\n"


WAYS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: f"Dag, {text} is er.".encode(),
    "in capitals": lambda text: text.upper().encode(),
    "latin-1": lambda text: (
        normalize("NFKD", text.replace("\u0131", "i")).encode("latin-1", "ignore") + b" \xff"
    ),
    "base64": lambda text: b64encode(f"over {text}".encode()),
    "base64 for addresses": lambda text: b"/f/" + urlsafe_b64encode(f"ÿ over {text} ÿ".encode()),
    "quoted-printable": lambda text: encodestring(f"{'x' * 70} {text}".encode()),
    "html": lambda text: "".join(f"&#{ord(c)};" for c in text).encode(),
    "html names": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
    "json": lambda text: json.dumps({"title": text}).encode(),
    "an address": lambda text: f"https://school.example/leerlingen?q={quote_plus(text)}".encode(),
    "a path": lambda text: f"/bestanden/{quote(text)}.pdf".encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zlib": lambda text: zlib.compress(text.encode()),
    "gzip in base64": lambda text: b64encode(gzip.compress(text.encode())),
    "a calendar": in_calendar,
    "a subject": lambda text: mail(text, "niets"),
    "a mail": lambda text: mail("niets", f"over {text}"),
    "a mail, quoted": lambda text: mail("niets", f"{'x' * 60} over {text}", cte="quoted-printable"),
    "an attachment": lambda text: mail("niets", "niets", file=f"{text}.txt"),
    "a calendar in a mail": lambda text: mail("niets", in_calendar(text).decode()),
}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=15)
@given(NAMES)
@example(("Zoë", "Özdemir"))
@example(("Jo", "Bos"))
def test_a_name_is_seen_however_it_is_written(way: str, name: tuple[str, str]) -> None:
    net = Net.of([pupil(*name, prefix="van der")])

    found = net.names_in(WAYS[way](f"{name[0]} van der {name[1]}"))

    assert found


@pytest.mark.parametrize("which", [0, 1])
@settings(max_examples=15)
@given(NAMES)
def test_half_a_name_is_a_name(which: int, name: tuple[str, str]) -> None:
    net = Net.of([pupil(*name)])

    assert net.names_in(mail("niets", f"over {name[which]}"))


@pytest.mark.parametrize(
    "text", ["gesprek Z. Buitengaats", "Z.B. komt", "Z. B., groep 6", "buitengaats_2027.pdf"]
)
def test_initials_and_files_are_seen(text: str) -> None:
    assert Net.of([pupil("Zwaantje", "Buitengaats")]).names_in(text)


@pytest.mark.parametrize("text", ["o.a. groep 6", "Obo en Aart zijn er", "oboist", b64encode(b"obo" * 99)])
def test_what_is_no_name_is_left_alone(text: str | bytes) -> None:
    assert Net.of([pupil("Bo", "Art"), pupil("Olga", "Appelman")]).names_in(text) == []
