import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from service.roster import RosterFileError, parse
from tests.roster.edex_builder import Edex, P

MB = 1024 * 1024
SECONDS = 15  # far above what is needed, for a machine that is busy
HEAD = "<EDEX><school><schooljaar>2026-2027</schooljaar><brincode>99XX</brincode></school><leerlingen>"


def refusal(data: bytes) -> str:
    started = time.monotonic()

    with pytest.raises(RosterFileError) as refused:
        parse(data)

    assert time.monotonic() - started < SECONDS
    return str(refused.value)


def xml(inside: str) -> bytes:
    return f"{HEAD}{inside}".encode()


def laughs() -> bytes:
    entities = '<!ENTITY a "ha">' + "".join(f'<!ENTITY a{n} "{"&a;" * 10}">' for n in range(9))
    return f"<!DOCTYPE EDEX [{entities}]>{HEAD}&a8;".encode()


def external() -> bytes:
    secret = '<!DOCTYPE EDEX [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return f'{secret}{HEAD}<leerling key="1"><roepnaam>&x;</roepnaam></leerling></leerlingen></EDEX>'.encode()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (laughs, "DOCTYPE"),
        (external, "DOCTYPE"),
        (lambda: b'<!DOCTYPE EDEX SYSTEM "http://dtd.example/x.dtd"><EDEX/>', "DOCTYPE"),
        (lambda: laughs().decode().encode("utf-16"), "DOCTYPE"),
        (lambda: xml('<leerling key="1"><roepnaam>&x;</roepnaam></leerling>'), "geen geldige XML"),
        (lambda: xml("<a>" * 200_000), "dieper genest"),
        (lambda: b"<EDEX>" * 200_000, "dieper genest"),
        (lambda: b" " * 30 * MB, "groter dan 20 MB"),
        (lambda: xml("<leerling/>" * 1_500_000), "tienduizenden leerlingen"),
        (lambda: xml("<toevoegingen>" + "<x/>" * 2_000_000), "meer dan 1000000 elementen"),
        (lambda: xml(f'<leerling key="{"k" * 19 * MB}"><roepnaam>A</roepnaam></leerling>'), "halverwege"),
        (lambda: xml("<leerling " + " ".join(f"a{n}='x'" for n in range(300_000)) + "/>"), "halverwege"),
        (lambda: xml(f'<leerling key="1"><roepnaam>{"A" * 19 * MB}'), "veel te lang"),
        (lambda: xml(f'<leerling key="1"><roepnaam>{"A&#10;" * 2 * MB}'), "veel te lang"),
        (lambda: xml(f"<!--{'-x' * 9 * MB}--></leerlingen></EDEX>"), "geen enkele leerling"),
        (lambda: Edex().bytes()[:-20], "halverwege"),
        (lambda: Edex().bytes().replace(b"Anna", b"An\0na"), "tekens"),
        (lambda: Edex().bytes().replace(b"Anna", b"An&#0;na"), "geen geldige XML"),
        (lambda: Edex().bytes().replace(b"Anna", b"An\xfcna"), "tekens"),
        (lambda: Edex().bytes() + b"<EDEX/>", "geen geldige XML"),
        (lambda: bytes(range(256)) * 100, "geen XML"),
        (lambda: b"", "leeg"),
        (lambda: b"\xef\xbb\xbf \n", "geen XML"),
        (lambda: b"PK\x03\x04rest", "ingepakt"),
        (lambda: b"naam;groep\n", "geen XML"),
        (lambda: b"<html/>", "geen EDEXML"),
        (lambda: b"<edex/>", "geen EDEXML"),
        (lambda: b'<e:EDEX xmlns:e="urn:x"/>', "geen EDEXML"),
        (lambda: b'<EDEX xmlns="urn:x"/>', "naamruimte"),
        (lambda: b'<soap:Envelope xmlns:soap="urn:x"/>', "UWLR"),
        (lambda: b'<leerlinggegevens_antwoord xmlns="urn:x"/>', "UWLR"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_time_with_a_reason(
    make: Callable[[], bytes], told: str
) -> None:
    assert told in refusal(make())


@pytest.mark.parametrize("encoding", ["klingon", "utf-7", "idna", "hex", "rot13", "unicode_escape"])
def test_an_encoding_that_we_do_not_read_is_refused(encoding: str) -> None:
    assert "tekenset" in refusal(f'<?xml version="1.0" encoding="{encoding}"?><EDEX/>'.encode())


def test_a_secret_file_is_never_read() -> None:
    hostname = Path("/etc/hostname").read_text(encoding="utf-8").strip() if os.name == "posix" else "?"

    assert hostname not in refusal(external())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252", "iso-8859-1", "iso-8859-15"])
def test_a_file_may_have_another_encoding_if_it_says_so(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    file = Edex(pupils=(P("1001", "Zoë", "Müller"),)).xml().replace("UTF-8", declared)

    [pupil] = parse(file.encode(encoding)).pupils

    assert (pupil.first_name, pupil.last_name) == ("Zoë", "Müller")


SECRETS = {
    "geslacht": "geheim-x",
    "bsn": "123456782",
    "sofinummer": "123456783",
    "onderwijsnummer": "123456784",
    "bsn_ondwnr-4": "6785",
    "rijksregisternummer": "85073003328",
    "etniciteit": "geheim-e",
    "land": "geheim-l",
    "land_vader": "geheim-v",
    "land_moeder": "geheim-m",
    "gewicht": "geheim-g",
    "gewicht_nieuw": "geheim-n",
    "postcodenl": "1234AB",
    "postnummerbe": "9876",
    "postcodeoverig": "geheim-p",
    "fotourl": "https://foto.example/anna.jpg",
    "gebruikersnaam": "anna.geheim",
    "emailadres": "anna@geheim.example",
}


def test_what_the_school_may_not_keep_is_neither_read_nor_shown() -> None:
    extra = "".join(f"<{name}>{value}</{name}>" * 2 for name, value in SECRETS.items())

    roster = parse(Edex(pupils=(P("1001", group="g5", extra=extra),)).bytes())

    told = f"{roster!r} {[str(warning) for warning in roster.warnings]}"
    assert [value for value in SECRETS.values() if value in told] == []
    held = [getattr(roster.pupils[0], name) for name in roster.pupils[0].__slots__]
    assert [value for value in SECRETS.values() if value in map(str, held)] == []


@pytest.mark.parametrize("name", SECRETS)
def test_a_refusal_repeats_no_value_and_no_name_of_a_pupil(name: str) -> None:
    secret = SECRETS[name]
    extra = f"<{name}>{secret}<x>{secret}</x></{name}><uitstroomdatum>{secret}</uitstroomdatum>"
    pupil = P("1001", "Rozemarijn", "Geheimenaar", born=secret, year="77", group="g9", extra=extra)

    told = refusal(Edex(pupils=(pupil, pupil)).bytes())

    assert "'1001'" in told
    assert [word for word in (secret, "Rozemarijn", "Geheimenaar", "77") if word in told] == []


def test_a_roster_shows_no_name_when_it_is_printed() -> None:
    roster = parse(Edex(pupils=(P("1001", "Rozemarijn", "Geheimenaar", born="2017-03-04"),)).bytes())

    assert [
        word for word in ("Rozemarijn", "Geheimenaar", "2017", "date(2017") if word in repr(roster.pupils)
    ] == []
