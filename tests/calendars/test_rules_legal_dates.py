"""Legal dates are data of a school year: each with its source, checked on a day, and the same every year."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from calendars.legal import LegalDate, known_years, legal_dates

LABELS = known_years()
YEARS = Path(__file__).parents[2] / "calendars" / "years"
ROWS = [(label, found) for label in LABELS for found in legal_dates(label).values()]
WINDOWS = {
    # Domain notes §2.4: months and days are the same every year, or follow from February.
    "doorstroomtoets-aanmelden": ("10-01", "11-15"),
    "voorlopig-advies": ("01-10", "01-31"),
    "aanmelden-vo": ("03-25", "03-31"),
    "opp-evaluatie": ("08-01", "07-31"),
}
LAST_DAYS = {
    "voorlopig-advies-rod": "02-14",
    "uitslag-doorstroomtoets": "03-15",
    "uitslag-doorstroomtoets-rod": "03-29",
    "definitief-advies": "03-24",
    "definitief-advies-rod": "04-07",
    "uitschrijven": "07-31",
}


def test_two_years_ship() -> None:
    assert LABELS == ("2026-2027", "2027-2028")


@pytest.mark.parametrize("label", LABELS)
def test_every_year_knows_the_same_dates(label: str) -> None:
    assert {*legal_dates(label)} == {*WINDOWS, *LAST_DAYS, "doorstroomtoets", "doorstroomtoets-inhalen"}


@pytest.mark.parametrize(("label", "found"), ROWS, ids=lambda part: getattr(part, "key", part))
def test_every_date_has_a_title_a_source_and_a_day_on_which_it_was_checked(
    label: str, found: LegalDate
) -> None:
    starts = int(label[:4])

    assert len(found.title) > 10
    assert len(found.source) > 3
    assert date(2026, 1, 1) <= found.checked_on <= date(starts + 2, 1, 1)


@pytest.mark.parametrize(("label", "found"), ROWS, ids=lambda part: getattr(part, "key", part))
def test_every_date_lies_in_its_school_year_and_ends_after_it_begins(label: str, found: LegalDate) -> None:
    starts = int(label[:4])

    assert date(starts, 8, 1) <= (found.first or found.last) <= found.last <= date(starts + 1, 7, 31)


@pytest.mark.parametrize("label", LABELS)
def test_a_file_names_its_own_year_and_no_key_twice(label: str) -> None:
    said = tomllib.loads((YEARS / f"{label}.toml").read_text(encoding="utf-8"))

    keys = [row["key"] for row in said["legal"]]
    assert (said["label"], sorted(keys)) == (label, sorted(legal_dates(label)))


@pytest.mark.parametrize("label", LABELS)
def test_the_dates_are_those_of_the_timeline(label: str) -> None:
    found = legal_dates(label)

    windows = {key: (f"{found[key].first:%m-%d}", f"{found[key].last:%m-%d}") for key in WINDOWS}
    last_days = {key: (found[key].first, f"{found[key].last:%m-%d}") for key in LAST_DAYS}

    assert windows == WINDOWS
    assert last_days == {key: (None, day) for key, day in LAST_DAYS.items()}


@pytest.mark.parametrize("label", LABELS)
def test_the_test_is_taken_in_the_first_two_full_weeks_of_february_until_sunday(label: str) -> None:
    found = legal_dates(label)["doorstroomtoets"]
    monday = date(int(label[:4]) + 1, 2, 1)
    while monday.isoweekday() != 1:
        monday += timedelta(days=1)

    assert (found.first, found.last) == (monday, monday + timedelta(days=13))


@pytest.mark.parametrize("label", LABELS)
def test_the_sick_can_make_up_for_it_until_three_weeks_later(label: str) -> None:
    test, later = (legal_dates(label)[key] for key in ("doorstroomtoets", "doorstroomtoets-inhalen"))

    assert (later.first, later.last) == (test.last + timedelta(days=1), test.last + timedelta(days=21))
