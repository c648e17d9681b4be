"""Judge our calendars with ical.js (Thunderbird's own) and node-ical, and with icalendar beside them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.emitted import HARD, lived, methods
from tests.acceptance.judges import node_packages, program, said
from tests.acceptance.understood import complaints, understood
from tests.cast import Cast

pytestmark = pytest.mark.acceptance

JUDGE = Path(__file__).with_name("judge.mjs")
READERS = ("ical.js", "node-ical")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return node_packages(tmp_path_factory.mktemp("node"))


def judged(packages: Path, folder: Path, calendars: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return what each program understood of each calendar."""
    files = [folder / f"{number}.ics" for number in range(len(calendars))]
    for file, data in zip(files, calendars.values(), strict=True):
        file.write_bytes(data)
    told = json.loads(said([program("node"), JUDGE, packages, *files]))
    return {reader: dict(zip(calendars, told[reader], strict=True)) for reader in READERS}


def in_order(found: dict[str, Any]) -> dict[str, Any]:
    """Return what was understood with its people by address: their order means nothing."""
    events = [
        {**event, "attendees": sorted(event["attendees"], key=lambda one: str(one["mail"]))}
        for event in found.get("events", [])
    ]
    return {**found, "events": sorted(events, key=lambda event: str(event["uid"]))}


@pytest.mark.parametrize("reader", READERS)
def test_other_programs_understand_the_same_of_hard_cases(
    reader: str, packages: Path, tmp_path: Path
) -> None:
    told = judged(packages, tmp_path, HARD)[reader]

    for name, data in HARD.items():
        assert in_order(told[name]) == in_order(understood(data)), name


@pytest.mark.parametrize("reader", READERS)
def test_other_programs_understand_the_same_of_what_a_school_sends(
    reader: str, packages: Path, light: Cast, tmp_path: Path
) -> None:
    sent = lived(light)

    told = judged(packages, tmp_path, sent)[reader]

    assert methods(sent) == {"REQUEST", "CANCEL", "DECLINECOUNTER", "PUBLISH"}
    for name, data in sent.items():
        assert in_order(told[name]) == in_order(understood(data)), name


def test_icalendar_has_no_complaint(light: Cast) -> None:
    calendars = {**HARD, **lived(light)}

    assert {name: wrong for name, data in calendars.items() if (wrong := complaints(data))} == {}


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        (b"DTSTART:20270113T123000Z", b"DTSTART:tomorrow"),
        (b"\r\nSUMMARY", b"\nSUMMARY"),
        (b"STATUS:CONFIRMED", b"X-LONG:" + b"x" * 90),
        (b"END:VEVENT\r\n", b"END:VEVENT\r\nX-LATE:1\r\n"),
    ],
)
def test_a_broken_calendar_is_complained_about(line: bytes, instead: bytes) -> None:
    broken = HARD["request"].replace(line, instead)

    assert broken != HARD["request"]
    assert complaints(broken)
