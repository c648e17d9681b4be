"""What a person called off stays off, also when a rule leaves the work out for a while and lets it back."""

import pytest
from sqlmodel import select

from models import LayerRule, Meeting, MeetingState, TaskState
from service.meetings.call_off import call_off_meeting
from service.replan import changes as c
from tests.cast import Cast
from tests.replan.year import NOW, apply


@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "by the rule"])
def test_only_what_the_rule_left_out_comes_back_with_it(cast: Cast, by_hand: object) -> None:
    task = cast.task(cast.case("didactisch-m:g5"), "bespreking")
    meeting = cast.meeting(task)
    if by_hand:
        call_off_meeting(cast.session, meeting.id, actor=cast.actor("ineke", NOW), at=NOW, reason="we bellen")
    about = {"layer": "school", "scope": str(cast.school.id), "procedure": "group-discussions"}
    off = {"task": "bespreking", "occurrence": "didactisch-m", "definition": {"off": True}}

    apply(cast, c.RuleAdded.model_validate(about | off))
    assert (task.state, meeting.state) == (TaskState.CANCELLED, MeetingState.CANCELLED)
    rule = cast.session.exec(select(LayerRule)).one()
    apply(cast, c.RuleSwitched(rule_id=rule.id, active=False))

    now = cast.session.exec(select(Meeting).where(Meeting.id == meeting.id)).one()
    assert (task.state == TaskState.CANCELLED, now.state == MeetingState.CANCELLED) == (by_hand, by_hand)
