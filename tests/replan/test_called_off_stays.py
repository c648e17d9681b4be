"""What a person called off stays off, also when a file leaves the work out for a while and lets it back."""

import json
from uuid import UUID

import pytest

from calendars.procedure import Procedure
from models import MeetingState, TaskState
from service import procedures
from service.meetings.arrange import Wish, arrange
from service.meetings.call_off import call_off_meeting
from service.replan import changes as c
from tests.cast import Cast, moment
from tests.replan.year import NOW, apply

NEWEST = c.NewestVersion(procedure="group-discussions")
TALK = {
    "key": "napraten",
    "title": {"nl": "Praat na", "en": "Talk it over"},
    "role": "ib",
    "only": ["didactisch-m"],
    "required": False,
    "meeting": {
        "minutes": 30,
        "by_hand": True,
        "within": {
            "first": {"rule": "offset", "after": "window.first", "calendar_days": 0},
            "last": {"rule": "year", "edge": "last"},
        },
    },
}


@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "by the file"])
def test_only_what_the_file_left_out_comes_back_with_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, by_hand: object
) -> None:
    files = procedures.current()
    with_talk = tuple(_with_talk(p) if p.key == "group-discussions" else p for p in files)
    ineke = cast.actor("ineke", NOW)
    monkeypatch.setattr(procedures, "current", lambda: with_talk)
    apply(cast, NEWEST)
    task = cast.task(cast.case("didactisch-m:g5"), "napraten")
    wish = Wish(
        occurrence="", task_id=task.id, starts_at=moment("2027-03-09", 14), minutes=30, staff=_joris(cast)
    )
    [meeting] = arrange(cast.session, wish, actor=ineke, at=NOW)
    if by_hand:
        call_off_meeting(cast.session, meeting.id, actor=ineke, at=NOW, reason="we bellen")

    monkeypatch.setattr(procedures, "current", lambda: files)
    apply(cast, NEWEST)
    assert (task.state, meeting.state) == (TaskState.CANCELLED, MeetingState.CANCELLED)
    monkeypatch.setattr(procedures, "current", lambda: with_talk)
    apply(cast, NEWEST)

    off = (task.state == TaskState.CANCELLED, meeting.state == MeetingState.CANCELLED)
    assert off == (bool(by_hand), bool(by_hand))


def _with_talk(procedure: Procedure) -> Procedure:
    data = json.loads(procedure.model_dump_json(exclude_defaults=True))
    data["stage"][-1]["task"].append(TALK)
    return Procedure.model_validate(data)


def _joris(cast: Cast) -> frozenset[UUID]:
    return frozenset({cast.id("joris")})
