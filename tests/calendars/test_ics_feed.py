from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from calendars.entries import Attendee, DayEntry, Entry, Mailbox, Meeting
from calendars.feed import feed

SCHOOL = Mailbox(name="Jaarritme De Wilgen", mail="jaarritme@wilgen.example")
CHANGED = datetime(2026, 12, 1, 7, tzinfo=UTC)
MEETING = Meeting(
    uid="meeting-1@wilgen.example",
    sequence=0,
    starts_at=datetime(2027, 1, 13, 12, 30, tzinfo=UTC),
    ends_at=datetime(2027, 1, 13, 13, 30, tzinfo=UTC),
    title="Groepsbespreking groep 5",
    organizer=SCHOOL,
    attendees=(Attendee(name="Jan", mail="jan@wilgen.example"),),
    modified_at=CHANGED,
)
HOLIDAY = DayEntry(
    uid="day-1@wilgen.example",
    sequence=2,
    first_day=date(2026, 12, 19),
    last_day=date(2027, 1, 3),
    title="Kerstvakantie",
    modified_at=CHANGED,
)
DEADLINE = replace(
    HOLIDAY,
    uid="day-2@wilgen.example",
    first_day=date(2027, 3, 24),
    last_day=date(2027, 3, 24),
    title="Uiterlijk: definitief advies",
)


def events(data: bytes) -> list[Any]:
    calendar = Calendar.from_ical(data)
    found = calendar.walk("VEVENT")
    assert [part.errors for part in (calendar, *found) if part.errors] == []
    return found


def test_a_feed_has_a_name_and_asks_to_be_fetched_every_hour() -> None:
    calendar: Any = Calendar.from_ical(feed("Zorgagenda groep 5", [MEETING], SCHOOL))

    assert (str(calendar["METHOD"]), calendar["CALSCALE"]) == ("PUBLISH", "GREGORIAN")
    assert str(calendar["X-WR-CALNAME"]) == str(calendar["NAME"]) == "Zorgagenda groep 5"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert calendar["X-WR-TIMEZONE"] == "Europe/Amsterdam"


def test_the_name_of_a_feed_is_escaped_as_text() -> None:
    assert b"\r\nX-WR-CALNAME:Zorg\\; groep 5\\, 6\r\n" in feed("Zorg; groep 5, 6", [])


def test_a_feed_does_not_say_who_is_invited() -> None:
    data = feed("Agenda", [MEETING, HOLIDAY], SCHOOL)

    assert b"ATTENDEE" not in data
    assert b"jan@wilgen.example" not in data
    assert [e["ORGANIZER"] for e in events(data)] == ["mailto:jaarritme@wilgen.example"] * 2


def test_a_deadline_covers_its_days_and_blocks_nobody() -> None:
    holiday, meeting, deadline = events(feed("Agenda", [DEADLINE, MEETING, HOLIDAY]))

    assert (holiday.start, holiday.end) == (date(2026, 12, 19), date(2027, 1, 4))
    assert (deadline.start, deadline.end) == (date(2027, 3, 24), date(2027, 3, 25))
    assert [e["TRANSP"] for e in (holiday, meeting, deadline)] == [
        "TRANSPARENT",
        "OPAQUE",
        "TRANSPARENT",
    ]


def test_everything_in_a_feed_is_private_and_carries_its_version() -> None:
    found = events(feed("Agenda", [DEADLINE, MEETING, HOLIDAY]))

    assert {e["CLASS"] for e in found} == {"PRIVATE"}
    assert {e["DTSTAMP"].dt for e in found} == {e["LAST-MODIFIED"].dt for e in found} == {CHANGED}
    assert [e["SEQUENCE"] for e in found] == [2, 0, 2]


def test_what_is_cancelled_stays_visible_as_cancelled() -> None:
    entries: list[Entry] = [replace(HOLIDAY, cancelled=True), replace(MEETING, cancelled=True), DEADLINE]

    assert [str(e["STATUS"]) for e in events(feed("Agenda", entries))] == [
        "CANCELLED",
        "CANCELLED",
        "CONFIRMED",
    ]


def test_an_empty_feed_is_a_calendar() -> None:
    assert events(feed("Agenda", [])) == []


def test_two_entries_with_one_uid_are_refused() -> None:
    with pytest.raises(ValueError, match="share a UID"):
        feed("Agenda", [MEETING, replace(HOLIDAY, uid=MEETING.uid)])


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        replace(HOLIDAY, last_day=date(2026, 12, 18))


@settings(deadline=None)
@given(st.permutations([MEETING, HOLIDAY, DEADLINE, replace(DEADLINE, uid="day-0@wilgen.example")]))
def test_the_order_of_the_rows_changes_no_byte(entries: list[Entry]) -> None:
    assert feed("Agenda", entries) == feed("Agenda", reversed(entries))


@settings(deadline=None)
@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(0, 400))
def test_whole_days_keep_their_days(first: date, days: int) -> None:
    last = first + timedelta(days=days)

    [event] = events(feed("Agenda", [replace(HOLIDAY, first_day=first, last_day=last)]))

    assert (event.start, event.end) == (first, last + timedelta(days=1))


@settings(deadline=None)
@given(st.text(max_size=120))
def test_the_name_of_a_feed_adds_no_line(name: str) -> None:
    data = feed(f"a{name}", [HOLIDAY])

    lines = data.decode().replace("\r\n ", "").splitlines()
    assert len(lines) == len(feed("a", [HOLIDAY]).decode().splitlines())
