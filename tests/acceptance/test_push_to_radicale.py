"""Write a calendar to a Radicale server, which is not ours, with `caldav`: found, filled and emptied."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from caldav.davclient import DAVClient
from icalendar import Calendar
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models import Attendee, CaldavTarget, Meeting, Person
from models.database import unit_of_work
from service.access.actor import actor_for
from service.feeds.caldav_door import WORDS, CaldavDoor
from service.feeds.publish import person_calendar
from service.feeds.push import push_calendars
from service.feeds.targets import TargetError, checked, keep_target, tried, withdraw_target
from service.notices.vault import Vault
from tests.acceptance.judges import radicale_server
from tests.cast import moment

pytestmark = pytest.mark.acceptance

NOW = moment("2026-11-25")
MAIL = "laila.tahiri@wilgenhof.example"
DOOR = CaldavDoor(allow_private=True)


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Radicale of this test alone, that knows Laila and her password."""
    home = tmp_path_factory.mktemp("radicale")
    users = home / "users"
    users.write_text("laila:app-geheim\n", encoding="utf-8")
    rules = {
        "--auth-type": "htpasswd",
        "--auth-htpasswd-filename": str(users),
        "--auth-htpasswd-encryption": "plain",
    }
    with radicale_server(home, rules) as address:
        yield address


def stands_there(radicale: str) -> dict[str, str]:
    """Return the titles in the calendar by UID, read over the wire by another client's session."""
    client = DAVClient(url=radicale, username="laila", password="app-geheim", enable_rfc6764=False)
    with client:
        [calendar] = client.principal().get_calendars()
        assert calendar.get_display_name() == "Jaarritme"
        found = [Calendar.from_ical(event.data) for event in calendar.get_events()]
    events = [event for each in found for event in each.walk("VEVENT")]
    assert [each for each in found if "METHOD" in each] == []
    return {str(event["UID"]): str(event["SUMMARY"]) for event in events}


def wanted(engine: Engine, person: Person) -> dict[str, str]:
    with Session(engine) as session:
        feed = Calendar.from_ical(person_calendar(session, session.get_one(Person, person.id), NOW))
    return {str(event["UID"]): str(event["SUMMARY"]) for event in feed.walk("VEVENT")}


def test_a_calendar_is_found_filled_changed_and_emptied(
    radicale: str, opened_light: Engine, tmp_path: Path
) -> None:
    vault, engine = Vault(tmp_path), opened_light
    account = tried(DOOR, checked(radicale, "laila", "app-geheim", plain=True))
    with unit_of_work(engine) as session:
        laila = session.exec(select(Person).where(Person.email == MAIL)).one()
        school = session.exec(select(Meeting.school_id).join(Attendee).where(Attendee.person_id == laila.id))
        actor = actor_for(session, laila.id, next(iter(school)), NOW.date())
        assert actor
        kept = keep_target(session, vault, actor, "Cloud", account, NOW)

    filled = push_calendars(engine, DOOR, vault, NOW)
    assert filled["pushed"] == len(wanted(engine, laila)) > 5
    assert stands_there(radicale) == wanted(engine, laila)

    with unit_of_work(engine) as session:
        mine = select(Meeting).join(Attendee).where(Attendee.person_id == laila.id, Meeting.starts_at > NOW)
        meetings = session.exec(mine.order_by(col(Meeting.starts_at))).all()
        meetings[0].title, meetings[0].modified_at = "Groepsbespreking op een ander uur", NOW
    changed = push_calendars(engine, DOOR, vault, NOW + timedelta(minutes=15))
    assert changed == {"pushed": 1, "taken_away": 0, "failed": 0}
    assert stands_there(radicale) == wanted(engine, laila)

    with unit_of_work(engine) as session:
        withdraw_target(session, session.get_one(CaldavTarget, kept.id))
    push_calendars(engine, DOOR, vault, NOW + timedelta(minutes=30))
    assert stands_there(radicale) == {}


def test_a_wrong_password_is_told_in_plain_words(radicale: str) -> None:
    with pytest.raises(TargetError, match=WORDS["refused"]):
        tried(DOOR, checked(radicale, "laila", "fout", plain=True))
