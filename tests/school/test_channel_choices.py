"""What a person decides about channels, and through which she then hears."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from models import (
    Channel,
    ChannelChoice,
    ChannelKind,
    Membership,
    Message,
    MessageState,
    Person,
    Role,
    School,
)
from service.notices.choices import channels_for
from service.notices.trials import TrialState, last_trials
from service.notices.vault import Vault
from service.school.channel_choices import choose, offered, own, switch_own, try_own
from service.school.channels import (
    ChannelError,
    add_channel,
    channels_of,
    listeners,
    remove_channel,
    service_of,
    switch_channel,
    try_channel,
)
from service.school.devices import MAX_DEVICES, add_device, devices_of, withdraw_device
from service.school.errors import NotOfThisSchoolError
from service.school.staff import add_person
from tests.notices.push_service import Browser

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
SECRET = "ntfys://fluisterwoord@ntfy.example/kanaal"
PHONE = Browser("https://push.example/wpush/fluisterwoord").subscription


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path)


def teacher(session: Session, school: School, name: str) -> Person:
    return add_person(
        session,
        school.id,
        name=name,
        email=f"{name.lower()}@{school.name.replace(' ', '')}.example",
        role=Role.TEACHER,
        valid_from=date(2026, 8, 1),
        actor_id=None,
        at=AT,
    )


@pytest.fixture
def tom(session: Session, school: School) -> Person:
    return teacher(session, school, "Tom")


@pytest.fixture
def sanne(session: Session, school: School) -> Person:
    return teacher(session, school, "Sanne")


@pytest.fixture
def chat(session: Session, vault: Vault, school: School, tom: Person) -> Channel:
    """A channel of the school."""
    return add_channel(session, vault, school.id, None, name="team", url=SECRET, actor_id=tom.id, at=AT)


def names(session: Session, school: School, person: Person) -> list[str]:
    return [channel.name for channel in channels_for(session, school.id, person.id)]


def device(session: Session, vault: Vault, school: School, person: Person, name: str = "telefoon") -> Channel:
    """Turn on notifications in a browser of its own; the same name is the same browser."""
    browser = (
        PHONE
        if name == "telefoon"
        else Browser(f"https://push.example/{name.replace(' ', '-')}").subscription
    )
    return add_device(session, vault, school.id, person.id, name=name, subscription=browser, at=AT)


def test_a_channel_of_the_school_reaches_only_who_chose_it(
    session: Session, school: School, chat: Channel, tom: Person, sanne: Person
) -> None:
    choose(session, school.id, tom.id, chat.id, on=True, at=AT)
    choose(session, school.id, tom.id, chat.id, on=True, at=AT)

    assert (names(session, school, tom), names(session, school, sanne)) == (["team"], [])
    assert listeners(session, school.id) == {chat.id: 1}

    choose(session, school.id, tom.id, chat.id, on=False, at=AT)

    assert names(session, school, tom) == []


def test_what_reaches_a_person_is_her_own_her_devices_and_what_she_chose_and_only_what_is_on(
    session: Session, vault: Vault, school: School, chat: Channel, tom: Person, sanne: Person
) -> None:
    for person in (tom, sanne):
        add_channel(session, vault, school.id, person.id, name="app", url=SECRET, actor_id=tom.id, at=AT)
    device(session, vault, school, tom)
    choose(session, school.id, tom.id, chat.id, on=True, at=AT)

    before = names(session, school, tom)
    for channel in (chat, *channels_of(session, school.id, tom.id)[:1]):
        switch_channel(session, school.id, channel.id, on=False, actor_id=tom.id, at=AT)

    assert before == ["app", "team", "telefoon"]
    assert names(session, school, tom) == ["telefoon"]
    assert names(session, school, sanne) == ["app"]


def test_a_channel_that_is_off_is_not_offered_and_cannot_be_chosen(
    session: Session, school: School, chat: Channel, tom: Person
) -> None:
    switch_channel(session, school.id, chat.id, on=False, actor_id=tom.id, at=AT)

    with pytest.raises(ChannelError, match="staat uit"):
        choose(session, school.id, tom.id, chat.id, on=True, at=AT)

    assert offered(session, school.id) == []


def test_nobody_chooses_switches_or_tries_what_is_not_hers(
    session: Session,
    vault: Vault,
    school: School,
    other_school: School,
    chat: Channel,
    *,
    tom: Person,
    sanne: Person,
) -> None:
    phone = device(session, vault, school, tom)
    stranger = teacher(session, other_school, "Koert")
    here, there = school.id, other_school.id

    tries = [
        lambda: choose(session, there, stranger.id, chat.id, on=True, at=AT),
        lambda: choose(session, here, stranger.id, chat.id, on=True, at=AT),
        lambda: choose(session, here, sanne.id, phone.id, on=True, at=AT),
        lambda: switch_own(session, here, sanne.id, phone.id, on=False, at=AT),
        lambda: switch_own(session, here, sanne.id, chat.id, on=False, at=AT),
        lambda: try_own(session, here, sanne.id, phone.id, at=AT),
        lambda: try_own(session, here, sanne.id, chat.id, at=AT),
        lambda: withdraw_device(session, here, sanne.id, phone.id, at=AT),
        lambda: withdraw_device(session, there, tom.id, phone.id, at=AT),
        lambda: own(session, there, tom.id, phone.id),
        lambda: device(session, vault, other_school, tom),
        lambda: try_channel(session, there, chat.id, at=AT),
        lambda: remove_channel(session, there, chat.id, actor_id=stranger.id, at=AT),
    ]
    for attempt in tries:
        with pytest.raises(NotOfThisSchoolError):
            attempt()

    assert (chat.active, phone.active) == (True, True)
    assert session.exec(select(Message)).all() == []
    assert session.exec(select(ChannelChoice)).all() == []


def test_a_device_is_kept_sealed(
    session: Session, vault: Vault, school: School, tom: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    phone = device(session, vault, school, tom)

    secrets = ["fluisterwoord", *json.loads(PHONE)["keys"].values()]
    assert phone.kind == ChannelKind.PUSH
    assert [s for s in secrets if s in phone.model_dump_json() or s in caplog.text] == []
    assert service_of(vault, phone) == "melding op een apparaat"


def test_the_same_device_again_takes_the_place_of_what_it_was(
    session: Session, vault: Vault, school: School, tom: Person
) -> None:
    first = device(session, vault, school, tom)
    switch_own(session, school.id, tom.id, first.id, on=False, at=AT)

    again = device(session, vault, school, tom)

    assert [d.id for d in devices_of(session, school.id, tom.id)] == [first.id] == [again.id]
    assert again.active


def test_a_withdrawn_device_is_forgotten_and_its_name_is_free(
    session: Session, vault: Vault, school: School, tom: Person
) -> None:
    phone = device(session, vault, school, tom)

    withdraw_device(session, school.id, tom.id, phone.id, at=AT)

    assert (phone.secret_url, phone.active, names(session, school, tom)) == ("", False, [])
    with pytest.raises(NotOfThisSchoolError):
        switch_own(session, school.id, tom.id, phone.id, on=True, at=AT)
    assert device(session, vault, school, tom).id != phone.id


def test_a_browser_belongs_to_whoever_turned_it_on_last(
    session: Session, vault: Vault, school: School, tom: Person, sanne: Person
) -> None:
    device(session, vault, school, tom)
    other = device(session, vault, school, tom, "laptop")

    device(session, vault, school, sanne)

    assert names(session, school, tom) == ["laptop"]
    assert names(session, school, sanne) == ["telefoon"]
    assert other.active


def test_one_browser_has_one_name_and_may_serve_two_schools(
    session: Session, vault: Vault, school: School, other_school: School, tom: Person
) -> None:
    session.add(
        Membership(
            school_id=other_school.id, person_id=tom.id, role=Role.TEACHER, valid_from=date(2026, 8, 1)
        )
    )
    session.flush()
    for where, name in ((school, "oud"), (other_school, "ander"), (school, "nieuw")):
        add_device(session, vault, where.id, tom.id, name=name, subscription=PHONE, at=AT)

    assert (names(session, school, tom), names(session, other_school, tom)) == (["nieuw"], ["ander"])


def test_devices_have_an_end_and_a_name_is_used_once(
    session: Session, vault: Vault, school: School, tom: Person
) -> None:
    add_channel(session, vault, school.id, tom.id, name="chat", url=SECRET, actor_id=tom.id, at=AT)
    for number in range(MAX_DEVICES):
        device(session, vault, school, tom, f"apparaat {number}")

    with pytest.raises(ChannelError, match="al tien"):
        device(session, vault, school, tom, "nog een")
    with pytest.raises(ChannelError, match="deze naam"):
        device(session, vault, school, tom, "chat")
    with pytest.raises(ChannelError, match="geen bruikbaar adres"):
        add_device(session, vault, school.id, tom.id, name="x", subscription="{}", at=AT)


def test_a_removed_channel_is_gone_for_everyone_who_chose_it(
    session: Session, vault: Vault, school: School, chat: Channel, tom: Person
) -> None:
    choose(session, school.id, tom.id, chat.id, on=True, at=AT)

    remove_channel(session, school.id, chat.id, actor_id=tom.id, at=AT)

    assert (chat.secret_url, names(session, school, tom), offered(session, school.id)) == ("", [], [])
    add_channel(session, vault, school.id, None, name="team", url=SECRET, actor_id=tom.id, at=AT)


def test_two_schools_may_use_one_name(
    session: Session, vault: Vault, other_school: School, chat: Channel, tom: Person
) -> None:
    add_channel(session, vault, other_school.id, None, name=chat.name, url=SECRET, actor_id=tom.id, at=AT)

    with pytest.raises(ChannelError, match="De school heeft al"):
        add_channel(session, vault, other_school.id, None, name=chat.name, url=SECRET, actor_id=tom.id, at=AT)


@pytest.mark.parametrize(
    ("state", "attempts", "shown"),
    [
        (MessageState.READY, 0, TrialState.WAITING),
        (MessageState.LEASED, 0, TrialState.UNDERWAY),
        (MessageState.SENT, 1, TrialState.ARRIVED),
        (MessageState.READY, 1, TrialState.AGAIN),
        (MessageState.DEAD, 3, TrialState.FAILED),
        (MessageState.EXPIRED, 0, TrialState.FAILED),
        (MessageState.SUPPRESSED, 0, TrialState.FAILED),
    ],
)
def test_a_trial_tells_how_far_it_is(
    session: Session,
    school: School,
    chat: Channel,
    tom: Person,
    *,
    state: str,
    attempts: int,
    shown: TrialState,
) -> None:
    try_channel(session, school.id, chat.id, at=AT, actor_id=tom.id)
    [message] = session.exec(select(Message)).all()
    message.state, message.attempts, message.last_error = MessageState(state), attempts, "Dienst stuk."
    session.flush()

    trial = last_trials(session, [chat.id])[chat.id]

    assert trial.state == shown
    assert trial.is_open == (shown in {TrialState.WAITING, TrialState.UNDERWAY, TrialState.AGAIN})
    assert message.person_id == tom.id


def test_one_trial_at_a_time(session: Session, school: School, chat: Channel, tom: Person) -> None:
    try_channel(session, school.id, chat.id, at=AT, actor_id=tom.id)

    with pytest.raises(ChannelError, match="al een proefbericht onderweg"):
        try_channel(session, school.id, chat.id, at=AT, actor_id=tom.id)

    assert len(session.exec(select(Message)).all()) == 1
