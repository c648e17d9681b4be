"""A week off, a copy put back and the nights when the clock changes, by the commands that a person types."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.desk import Desk, digests, identities
from tests.notices.sink import Sink

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Sink() as sink:
        yield Desk(tmp_path / "home", sink)


def test_after_a_week_off_nobody_gets_more_than_one_mail(desk: Desk) -> None:
    desk.load("2027-01-12T06:00")
    before = desk.run("2027-01-13T08:45")

    after = desk.run("2027-01-20T08:45")
    again = desk.run("2027-01-20T08:50")

    assert len(digests(before)) >= 5
    assert len(digests(after)) >= 5
    assert max(Counter(f"{mail['To']} {mail['From']}" for mail in after).values()) == 1
    assert again == []
    assert len(identities(before + after + again)) == len(before + after + again)


def test_a_copy_that_was_put_back_sends_nothing_again(desk: Desk, tmp_path: Path) -> None:
    desk.load("2027-01-12T06:00")
    first = desk.run("2027-01-13T08:45")
    desk.type(str(tmp_path / "copies"), program="deploy/backup")
    second = desk.run("2027-01-14T08:45")
    (copy,) = (tmp_path / "copies").iterdir()
    desk.type(str(copy), program="deploy/restore")

    after = desk.run("2027-01-14T09:00") + desk.run("2027-01-15T08:45")

    assert digests(first)
    assert digests(second)
    assert after == []


@pytest.mark.parametrize(
    ("loaded", "night", "monday"),
    [
        (
            "2026-10-24T06:00",
            [
                "2026-10-25T01:45+02:00",
                "2026-10-25T02:30+02:00",
                "2026-10-25T02:30+01:00",
                "2026-10-25T03:15",
            ],
            "2026-10-26T08:45",
        ),
        (
            "2027-03-27T06:00",
            ["2027-03-28T01:45+01:00", "2027-03-28T03:00+02:00"],
            "2027-03-29T08:45",
        ),
    ],
)
def test_the_night_when_the_clock_changes_is_quiet_and_the_morning_after_is_as_always(
    desk: Desk, loaded: str, night: list[str], monday: str
) -> None:
    desk.load(loaded)

    quiet = [desk.run(moment, "remind", "deliver") for moment in night]
    morning = desk.run(monday)
    again = desk.run(monday.replace("08:45", "08:50"), "remind", "deliver")

    assert [digests(mails) for mails in quiet] == [{}] * len(night)
    assert max(digests(morning).values(), default=0) <= 1
    assert digests(again) == {}
