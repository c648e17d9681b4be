"""What is read in a calendar that came by mail: times in every zone, people in every writing."""

from datetime import UTC, date, datetime

import pytest

from calendars.itip.address import address_of, plain_mailbox, sender_of
from calendars.itip.parts import Event
from calendars.itip.reading import read_calendar
from calendars.itip.zones import zone_named

ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE
"""


def event(*lines: str, around: str = "", method: str = "METHOD:REPLY") -> Event:
    text = "\n".join(
        ["BEGIN:VCALENDAR", method, around, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]
    )
    (found,) = read_calendar(text.replace("\n", "\r\n").encode()).events
    return found


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("DTSTART:20261201T120000Z", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("DTSTART:20261201T130000", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("DTSTART:20260701T130000", datetime(2026, 7, 1, 11, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Amsterdam:20261201T130000", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("DTSTART;TZID=W. Europe Standard Time:20260701T130000", datetime(2026, 7, 1, 11, tzinfo=UTC)),
        ('DTSTART;TZID="Romance Standard Time":20261201T130000', datetime(2026, 12, 1, 12, tzinfo=UTC)),
        (
            "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlijn:20261201T130000",
            datetime(2026, 12, 1, 12, tzinfo=UTC),
        ),
        ("DTSTART;TZID=GMT Standard Time:20261201T130000", datetime(2026, 12, 1, 13, tzinfo=UTC)),
        (
            'DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome":20260701T130000',
            datetime(2026, 7, 1, 11, tzinfo=UTC),
        ),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Amsterdam:20261201T130000",
            datetime(2026, 12, 1, 12, tzinfo=UTC),
        ),
        ("DTSTART;TZID=UTC+02:00:20261201T130000", datetime(2026, 12, 1, 11, tzinfo=UTC)),
        ('DTSTART;TZID="UTC+02:00":20261201T130000', datetime(2026, 12, 1, 11, tzinfo=UTC)),
        ("DTSTART;TZID=UTC:20261201T130000", datetime(2026, 12, 1, 13, tzinfo=UTC)),
        ("DTSTART;VALUE=DATE:20261201", date(2026, 12, 1)),
        ("DTSTART:morgen", None),
        ("DTSTART:99990101T000000Z", None),
        ("DTSTART:20261301T000000Z", None),
    ],
)
def test_a_time_is_read_in_the_zone_that_it_names(line: str, wanted: datetime | date | None) -> None:
    assert event("UID:a", line).starts_at == wanted


def test_an_hour_in_a_zone_that_nobody_knows_is_not_trusted() -> None:
    found = event("UID:a", "DTSTART;TZID=Maan/Krater:20261201T130000")

    assert found.strange_zone == "Maan/Krater"


def test_a_zone_of_one_mail_means_nothing_in_the_next() -> None:
    line = "DTSTART;TZID=Customized Time Zone:20261201T130000"
    first = event("UID:a", line, around=ZONE.format(name="Customized Time Zone", offset="+0500"))
    second = event("UID:a", line, around=ZONE.format(name="Customized Time Zone", offset="-0300"))
    third = event("UID:a", line)

    assert (first.starts_at, first.strange_zone) == (datetime(2026, 12, 1, 8, tzinfo=UTC), "")
    assert second.starts_at == datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert third.strange_zone == "Customized Time Zone"


def test_a_mail_cannot_say_where_amsterdam_is() -> None:
    around = ZONE.format(name="Europe/Amsterdam", offset="+0900")

    found = event("UID:a", "DTSTART;TZID=Europe/Amsterdam:20261201T130000", around=around)

    assert found.starts_at == datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_a_length_stands_in_for_an_end() -> None:
    found = event("UID:a", "DTSTART:20261201T120000Z", "DURATION:PT45M")

    assert found.ends_at == datetime(2026, 12, 1, 12, 45, tzinfo=UTC)


def test_people_are_read_with_who_they_stand_in_for() -> None:
    found = event(
        "UID:a",
        'ATTENDEE;PARTSTAT=delegated;CN="Tahiri, Laila";DELEGATED-TO="mailto:B@x.example":MAILTO:A@x.example',
        'ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:a@x.example";SENT-BY="mailto:c@x.example":mailto:b@x.example',
    )

    first, second = found.attendees
    assert (first.address, first.partstat, first.delegated_to) == (
        "a@x.example",
        "DELEGATED",
        ("b@x.example",),
    )
    assert (second.delegated_from, second.sent_by) == (("a@x.example",), "c@x.example")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("MAILTO:Laila@X.example", "laila@x.example"),
        (" mailto: laila@x.example ", "laila@x.example"),
        ("mailto:laila%40x.example?subject=ja", "laila@x.example"),
        ("'laila@x.example'", "laila@x.example"),
        ("invalid:nomail", ""),
        ("urn:uuid:1e71", ""),
        ("a@b@c", ""),
        ("laila@x.example\x00", ""),
        ("x" * 300 + "@x.example", ""),
    ],
)
def test_an_address_is_read_in_one_form(written: str, wanted: str) -> None:
    assert address_of(written) == wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("Laila Tahiri <laila@x.example>", "laila@x.example"),
        ('"Tahiri, Laila (groep 5)" <laila@x.example>', "laila@x.example"),
        ("laila@x.example", "laila@x.example"),
        ("laila@x.example <laila@x.example>", "laila@x.example"),
        ('"laila@x.example" <kwaad@y.example>', "kwaad@y.example"),
        ("laila@x.example <kwaad@y.example>", ""),
        ("laila@x.example, joris@x.example", ""),
        ("<laila@x.example> <kwaad@y.example>", ""),
        ("", ""),
        ("Laila", ""),
    ],
)
def test_a_sender_is_one_clear_address(header: str, wanted: str) -> None:
    assert sender_of(header) == wanted


def test_a_tag_is_the_same_mailbox_and_another_name_is_not() -> None:
    assert plain_mailbox("laila+agenda@x.example") == "laila@x.example"
    assert plain_mailbox("la.ila+x@googlemail.com") == "laila@gmail.com"
    assert plain_mailbox("la.ila@x.example") == "la.ila@x.example"


def test_a_zone_has_many_names() -> None:
    assert zone_named("w. europe standard time") is not None
    assert zone_named("Nergens") is None
    assert zone_named("UTC+99:00") is None


@pytest.mark.parametrize(
    "raw", ["COMMENT:E\u00e9n uur".encode().replace(b"\xc3", b"\xc3\r\n "), b"COMMENT:E\xc3\xa9n\r\nuur"]
)
def test_what_was_said_survives_a_fold_in_a_letter_and_a_bare_new_line(raw: bytes) -> None:
    (found,) = read_calendar(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + raw + b"\r\nUID:a\r\n").events

    assert (found.comment, found.uid) == ("E\u00e9n uur", "a")
