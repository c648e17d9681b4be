"""Fetch a live calendar with vdirsyncer and read it with khal: right local times over both clock changes."""

import os
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from models import Meeting, MeetingState
from models.database import connect, unit_of_work
from service.clock import AMSTERDAM
from service.feeds.publish import publish_feeds
from service.feeds.tokens import create_feed
from service.meetings.call_off import call_off_meeting
from service.meetings.move import give_hour, move_meeting
from tests.acceptance.judges import peer, said
from tests.acceptance.web import served
from tests.cast import moment, read_cast

pytestmark = pytest.mark.acceptance

NOW = moment("2026-10-05", 6, 30)
# On both sides of each change of the clock, at hours on the school's wall.
HOURS = [
    moment("2026-10-23", 13, 15),
    moment("2026-10-26", 13, 15),
    moment("2027-03-26", 8, 30),
    moment("2027-03-30", 8, 30),
]


@pytest.fixture
def told(opened_sqlite: Path, tmp_path: Path) -> tuple[Path, str, list[str]]:
    """A school whose next meetings stand around both clock changes, and a calendar of its IB'er."""
    database = tmp_path / "jaarritme.db"
    shutil.copy(opened_sqlite, database)
    engine = connect(f"sqlite:///{database}")
    with unit_of_work(engine) as session:
        cast = read_cast(session, "99WH")
        coming = select(Meeting).where(
            Meeting.school_id == cast.school.id,
            Meeting.starts_at > NOW,
            Meeting.state == MeetingState.CONFIRMED,
        )
        meetings = session.exec(coming.order_by(col(Meeting.starts_at)).limit(len(HOURS))).all()
        for meeting, starts_at in zip(meetings, HOURS, strict=True):
            give_hour(session, meeting, starts_at, starts_at + timedelta(hours=1), NOW)
        token = create_feed(session, cast.actor("ineke", NOW), "khal", NOW)
        publish_feeds(session, NOW)
        titles = [meeting.title for meeting in meetings]
    engine.dispose()
    return database, token, titles


def write_settings(folder: Path, address: str) -> tuple[Path, Path]:
    """Write the settings of vdirsyncer and of khal for one calendar."""
    sync, show = folder / "vdirsyncer.conf", folder / "khal.conf"
    sync.write_text(
        f"""[general]
status_path = "{folder}/status/"

[pair school]
a = "here"
b = "feed"
collections = null

[storage here]
type = "filesystem"
path = "{folder}/calendar/"
fileext = ".ics"

[storage feed]
type = "http"
url = "{address}"
"""
    )
    show.write_text(
        f"""[calendars]
[[school]]
path = {folder}/calendar/

[locale]
local_timezone = Europe/Amsterdam
default_timezone = Europe/Amsterdam
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M

[sqlite]
path = {folder}/khal.db

[default]
default_calendar = school
"""
    )
    return sync, show


def test_khal_shows_the_hours_of_the_schools_wall_on_both_sides_of_both_clock_changes(
    told: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    database, token, titles = told
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", "TZ": "America/New_York"}
    with served(database, tmp_path / "home") as address:
        sync, show = write_settings(tmp_path, f"{address}/f/{token}.ics")
        (tmp_path / "calendar").mkdir()
        said([peer("vdirsyncer"), "-c", sync, "discover"], env=env, input="y\n" * 4)
        said([peer("vdirsyncer"), "-c", sync, "sync"], env=env)

    shown = []
    walls = [hour.astimezone(AMSTERDAM) for hour in HOURS]
    for hour in walls:
        form = ["--format", "{start-date} {start-time} {end-time} {title}", "--day-format", ""]
        lines = said([peer("khal"), "-c", show, "list", *form, f"{hour:%Y-%m-%d}", "1d"], env=env)
        shown += [line for line in lines.splitlines() if f"{hour:%H:%M}" in line]

    expected = [
        f"{hour:%Y-%m-%d %H:%M} {hour + timedelta(hours=1):%H:%M} {title}"
        for hour, title in zip(walls, titles, strict=True)
    ]
    assert shown == expected


def test_vdirsyncer_takes_a_move_and_a_cancellation_over(
    told: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    database, token, _ = told
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    with served(database, tmp_path / "home") as address:
        sync, _ = write_settings(tmp_path, f"{address}/f/{token}.ics")
        (tmp_path / "calendar").mkdir()
        said([peer("vdirsyncer"), "-c", sync, "discover"], env=env, input="y\n" * 4)
        said([peer("vdirsyncer"), "-c", sync, "sync"], env=env)
        before = kept(tmp_path)
        moved, off = change(database)
        said([peer("vdirsyncer"), "-c", sync, "sync"], env=env)
        after = kept(tmp_path)

    gone, new = before - after, after - before
    assert [text.count("DTSTART:20261029T121500Z") for text in new if moved in text] == [1]
    assert [text.count("STATUS:CANCELLED") for text in new if off in text] == [1]
    assert gone
    assert before & after


def change(database: Path) -> tuple[str, str]:
    """Move the first meeting and call the second off, and render again; return both titles."""
    engine, at = connect(f"sqlite:///{database}"), NOW + timedelta(hours=1)
    with unit_of_work(engine) as session:
        changed = select(Meeting).where(col(Meeting.sequence) > 0)
        first, second = session.exec(changed.order_by(col(Meeting.starts_at)).limit(2)).all()
        ineke, noon = read_cast(session, "99WH").actor("ineke", at), moment("2026-10-29", 13, 15)
        move_meeting(session, first.id, actor=ineke, at=at, starts_at=noon, reason="ziek")
        call_off_meeting(session, second.id, actor=ineke, at=at, reason="staking")
        session.flush()
        publish_feeds(session, at)
        titles = first.title, second.title
    engine.dispose()
    return titles


def kept(folder: Path) -> set[str]:
    """Return the entries that vdirsyncer keeps, unfolded; it gives each a UID of its own making."""
    texts = [file.read_text().replace("\r\n", "\n") for file in (folder / "calendar").glob("*.ics")]
    return {re.sub(r"(?m)^UID:.*\n", "", text.replace("\n ", "")) for text in texts}
