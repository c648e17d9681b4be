"""Judge our calendars with libical (Debian: libical-dev, gcc, pkg-config), which is not ours."""

import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from calendars.entries import Attendee, DayEntry, Mailbox, Meeting
from calendars.feed import feed
from calendars.invitation import cancel, request

pytestmark = pytest.mark.acceptance

SOURCE = Path(__file__).with_name("libical_check.c")
MEETING = Meeting(
    uid="meeting-1@wilgen.example",
    sequence=0,
    starts_at=datetime(2027, 1, 13, 12, 30, tzinfo=UTC),
    ends_at=datetime(2027, 1, 13, 13, 30, tzinfo=UTC),
    title='Groepsbespreking groep 5; ronde 2, "boven" \\ – 👩🏽‍🏫',
    description="Neem het groepsplan mee.\nDe kamer is open vanaf 13:15, koffie staat klaar; tot dan!",
    location="Kamer 3, boven",
    url="https://jaarritme.wilgen.example/afspraak/7?a=1,2;b=3",
    organizer=Mailbox(name='Jaarritme, "De Wilgen"', mail="jaarritme@wilgen.example"),
    attendees=(
        Attendee(name='Jansen, Jan "ib" ^', mail="jan+ib@wilgen.example"),
        Attendee(name="Zoë", mail="zoe@wilgen.example", partstat="ACCEPTED", rsvp=False),
    ),
    modified_at=datetime(2026, 12, 1, 7, tzinfo=UTC),
)
LATER = replace(MEETING, sequence=1, location="Kamer 4")
HOLIDAY = DayEntry(
    uid="day-1@wilgen.example",
    sequence=2,
    first_day=date(2026, 12, 19),
    last_day=date(2027, 1, 3),
    title="Kerstvakantie",
    url="https://jaarritme.wilgen.example/jaar",
    modified_at=MEETING.modified_at,
)
CALENDARS = {
    "request": request(MEETING),
    "update": request(LATER),
    "cancel": cancel(replace(LATER, sequence=2)),
    "taken off": cancel(replace(LATER, sequence=2), LATER.attendees[:1]),
    "feed": feed("Agenda; groep 5, 6", [MEETING, HOLIDAY, replace(HOLIDAY, uid="2", cancelled=True)]),
    "empty feed": feed("Agenda", []),
}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("libical") / "libical_check"
    asked = ["pkg-config", "--cflags", "--libs", "libical"]
    flags = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603 -- a fixed command
    build = ["gcc", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(SOURCE), *flags]
    subprocess.run(build, check=True)  # noqa: S603 -- our own source
    return program


def judged(checker: Path, folder: Path, data: bytes) -> tuple[int, str]:
    file = folder / "calendar.ics"
    file.write_bytes(data)
    verdict = subprocess.run([checker, file], check=False, capture_output=True, text=True)  # noqa: S603 -- our own program
    return verdict.returncode, verdict.stdout


@pytest.mark.parametrize("name", CALENDARS)
def test_libical_has_no_complaint(name: str, checker: Path, tmp_path: Path) -> None:
    data = CALENDARS[name]

    code, said = judged(checker, tmp_path, data)

    events = data.count(b"BEGIN:VEVENT")
    assert (code, said) == (0, f"events={events} complaints=0 restrictions_met=1\n")


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
    whole = CALENDARS["request"]
    broken = whole.replace(line, instead)

    code, said = judged(checker, tmp_path, broken)

    assert broken != whole
    assert (code, "complaints=0" in said) == (1, False)
