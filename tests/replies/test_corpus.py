"""Every shape in which programs answer, and what it leads to."""

import pytest

from models import InboundState, MessageState
from tests.replies.conftest import Talk
from tests.replies.corpus import ANSWERS, FOR_A_PERSON, Sample
from tests.replies.corpus_machines import BOUNCES, MACHINES
from tests.replies.corpus_odd import BENT


def named(samples: list[Sample]) -> list[object]:
    return [pytest.param(sample, id=sample.name) for sample in samples]


@pytest.mark.parametrize("sample", named([*ANSWERS, *FOR_A_PERSON, *BENT, *MACHINES, *BOUNCES]))
def test_what_programs_send_is_understood(light_talk: Talk, sample: Sample) -> None:
    ours = light_talk.mail_to("laila").message_id

    row = light_talk.comes_in(sample.make(light_talk.told(), ours))

    assert (row.kind, row.state.value, row.reason if row.state != sample.state else "") == (
        sample.kind,
        sample.state,
        "",
    )
    assert light_talk.attendee("laila").partstat == sample.partstat
    assert light_talk.attendee("joris").partstat == "NEEDS-ACTION"
    assert bool(row.secret_body) is (sample.state == InboundState.OPEN)
    assert bool(row.reason) is (sample.state == InboundState.OPEN)


@pytest.mark.parametrize("sample", named(BOUNCES[:6]))
def test_a_mail_that_came_back_is_known_by_its_own_name(light_talk: Talk, sample: Sample) -> None:
    ours = light_talk.mail_to("laila")

    row = light_talk.comes_in(sample.make(light_talk.told(), ours.message_id))

    light_talk.cast.session.refresh(ours)
    assert row.message_id == ours.id
    assert (ours.state == MessageState.BOUNCED) is (row.kind == "bounce")
