"""Whatever comes in, in whatever order and however often: the meeting ends the same."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from sqlmodel import select

from models import CounterProposal
from tests.replies import shapes as s
from tests.replies.conftest import ANSWERED, Talk
from tests.replies.corpus import counter
from tests.replies.shapes import JORIS, LAILA, Told

SHAPES = (s.outlook, s.google, s.apple, s.thunderbird, s.zimbra, s.nextcloud, s.proton)
ANSWER = st.tuples(
    st.sampled_from(SHAPES),
    st.sampled_from([LAILA, JORIS]),
    st.sampled_from(["ACCEPTED", "TENTATIVE", "DECLINED"]),
)


def mails(told: Told, answers: list[tuple[object, str, str]]) -> list[bytes]:
    """Write each answer a minute after the one before it."""
    return [
        s.alternative(
            shape(replace(told, who=who, partstat=partstat, stamp=told.later(minute / 60))),  # type: ignore[operator]
            sender=who,
        )
        for minute, (shape, who, partstat) in enumerate(answers)
    ]


@tries(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(ANSWER, min_size=1, max_size=6), data=st.data())
def test_the_last_answer_of_each_counts_in_any_order_and_however_often(
    light_talk: Talk, answers: list[tuple[object, str, str]], data: st.DataObject
) -> None:
    written = mails(light_talk.told(), answers)
    extra = data.draw(st.lists(st.sampled_from(written), max_size=3))
    order = data.draw(st.permutations([*written, *extra]))
    looking = light_talk.cast.session.begin_nested()
    for raw in order:
        light_talk.comes_in(raw)

    found = {who: light_talk.attendee(name).partstat for who, name in ((LAILA, "laila"), (JORIS, "joris"))}

    last = dict.fromkeys((LAILA, JORIS), "NEEDS-ACTION") | {who: partstat for _, who, partstat in answers}
    looking.rollback()
    light_talk.cast.session.expire_all()
    assert found == last


@tries(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(1, 20), min_size=1, max_size=4), again=st.booleans())
def test_no_proposal_ever_moves_a_meeting(light_talk: Talk, days: list[int], again: bool) -> None:
    told = replace(light_talk.told(), partstat="TENTATIVE")
    before = light_talk.meeting.starts_at, light_talk.meeting.sequence
    looking = light_talk.cast.session.begin_nested()
    written = [
        s.single(
            s.google(replace(counter(told, day), stamp=told.later(at)), method="COUNTER"), method="COUNTER"
        )
        for at, day in enumerate(days)
    ]
    for turn, raw in enumerate(written * (1 + again)):
        light_talk.comes_in(raw, ANSWERED + timedelta(minutes=turn))

    session = light_talk.cast.session
    open_ones = [p for p in session.exec(select(CounterProposal)) if p.state == "open"]

    after = light_talk.meeting.starts_at, light_talk.meeting.sequence
    looking.rollback()
    session.expire_all()
    assert after == before
    assert len(open_ones) == 1
