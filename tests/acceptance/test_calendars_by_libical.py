"""Judge our calendars with libical (Debian: libical-dev, gcc, pkg-config), which is not ours."""

import subprocess
from pathlib import Path

import pytest

from tests.acceptance.emitted import HARD, lived, methods
from tests.acceptance.judges import missing, program, said
from tests.cast import Cast

pytestmark = pytest.mark.acceptance

SOURCE = Path(__file__).with_name("libical_check.c")


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    checker = tmp_path_factory.mktemp("libical") / "libical_check"
    asked = [program("pkg-config"), "--cflags", "--libs", "libical"]
    found = subprocess.run(asked, check=False, capture_output=True, text=True)  # noqa: S603 -- a fixed command
    if found.returncode:
        missing("libical-dev")
    flags = found.stdout.split()
    said([program("gcc"), "-Wall", "-Wextra", "-Werror", "-o", checker, SOURCE, *flags])
    return checker


def judged(checker: Path, folder: Path, data: bytes) -> tuple[int, str]:
    file = folder / "calendar.ics"
    file.write_bytes(data)
    verdict = subprocess.run([checker, file], check=False, capture_output=True, text=True)  # noqa: S603 -- our own program
    return verdict.returncode, verdict.stdout


@pytest.mark.parametrize("name", HARD)
def test_libical_has_no_complaint(name: str, checker: Path, tmp_path: Path) -> None:
    data = HARD[name]

    code, said = judged(checker, tmp_path, data)

    events = data.count(b"BEGIN:VEVENT")
    assert (code, said) == (0, f"events={events} complaints=0 restrictions_met=1\n")


def test_libical_has_no_complaint_about_what_a_school_sends(
    light: Cast, checker: Path, tmp_path: Path
) -> None:
    sent = lived(light)

    verdicts = {name: judged(checker, tmp_path, data) for name, data in sent.items()}

    assert methods(sent) == {"REQUEST", "CANCEL", "DECLINECOUNTER", "PUBLISH"}
    assert {name: said for name, (code, said) in verdicts.items() if code} == {}


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        (b"DTSTAMP:20261201T070000Z\r\n", b""),
        (b"UID:meeting-1@wilgen.example\r\n", b""),
        (b"ORGANIZER;", b"X-ORGANIZER;"),
        (b"ATTENDEE;", b"X-ATTENDEE;"),
        (b"DTSTART:20270113T123000Z\r\n", b"DTSTART:tomorrow\r\n"),
        (b"STATUS:CONFIRMED\r\n", b"STATUS:CANCELLED\r\n"),
        (b"CLASS:PRIVATE\r\n", b"MADE-UP:PRIVATE\r\n"),
        (b"METHOD:REQUEST\r\n", b"METHOD:PUBLISH\r\n"),
    ],
)
def test_libical_sees_what_an_invitation_lacks(
    line: bytes, instead: bytes, checker: Path, tmp_path: Path
) -> None:
    whole = HARD["request"]
    broken = whole.replace(line, instead)

    code, said = judged(checker, tmp_path, broken)

    assert broken != whole
    assert (code, "complaints=0" in said) == (1, False)
