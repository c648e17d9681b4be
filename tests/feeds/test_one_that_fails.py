"""A calendar that can't be rendered stops no other, and is counted."""

import logging
from datetime import timedelta

import pytest
from sqlmodel import col, select

from models import Attendee, Meeting
from models.database import unit_of_work
from service.feeds.publish import publish_feeds
from tests.feeds.conftest import NOW, World


def test_others_are_rendered_and_the_log_names_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.subscribe("hanneke")
    world.subscribe("laila")
    with unit_of_work(world.engine) as session:
        mine = Attendee.person_id == world.wilgenhof.id("laila")
        query = select(Meeting).join(Attendee, col(Attendee.meeting_id) == Meeting.id)
        broken = session.exec(query.where(mine)).first()
        assert broken
        broken.ends_at = broken.starts_at - timedelta(hours=1)  # as no page allows
        for meeting in session.exec(select(Meeting)):
            meeting.location = "Kamer 7"

    with caplog.at_level(logging.ERROR), unit_of_work(world.engine) as session:
        counts = publish_feeds(session, NOW)

    assert counts == {"changed": 1, "unchanged": 0, "failed": 1}
    assert "can't be rendered" in caplog.text
    assert not [name for name in ("Laila", "Tahiri", broken.uid) if name in caplog.text]
