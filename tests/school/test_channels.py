from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from models import Channel, Message, Person, Role, School
from service.notices.vault import Vault
from service.school.channels import (
    ChannelError,
    add_channel,
    channels_of,
    service_of,
    switch_channel,
    try_channel,
)
from service.school.errors import NotOfThisSchoolError
from service.school.staff import add_person

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
SECRET = "ntfys://fluisterwoord@ntfy.example/kanaal"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path)


@pytest.fixture
def person(session: Session, school: School) -> Person:
    return add_person(
        session,
        school.id,
        name="Tom",
        email="tom@proef.example",
        role=Role.TEACHER,
        valid_from=date(2026, 8, 1),
        actor_id=None,
        at=AT,
    )


def add(
    session: Session, vault: Vault, school: School, person: Person, name: str = "chat", url: str = SECRET
) -> Channel:
    return add_channel(session, vault, school.id, person.id, name=name, url=url, actor_id=person.id, at=AT)


def test_a_channel_is_kept_sealed_and_only_its_service_is_shown(
    session: Session, vault: Vault, school: School, person: Person
) -> None:
    channel = add(session, vault, school, person)

    assert "fluisterwoord" not in channel.secret_url
    assert service_of(vault, channel) == "ntfy"


def test_a_lost_key_is_said_so(
    session: Session, vault: Vault, school: School, person: Person, tmp_path: Path
) -> None:
    channel = add(session, vault, school, person)
    (tmp_path / "secrets" / "key").unlink()

    assert service_of(vault, channel) == "niet meer te lezen"


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("", SECRET),
        ("x" * 41, SECRET),
        ("chat", "geen adres"),
        ("chat", "ntfys://met spatie"),
        ("chat", "ntfy://zonder-versleuteling"),
        ("chat", "json://127.0.0.1/x"),
        ("chat", "syslog://"),
        ("chat", "ntfys://ntfy.example/x?attach=/etc/hostname"),
        ("chat", "mailto://iemand:geheim@mail.example"),
        ("chat", "ntfys://" + "x" * 1000),
    ],
)
def test_what_is_no_channel_is_refused(
    session: Session, vault: Vault, school: School, person: Person, name: str, url: str
) -> None:
    with pytest.raises(ChannelError):
        add(session, vault, school, person, name=name, url=url)

    assert channels_of(session, school.id, person.id) == []


def test_a_name_is_used_once_for_a_person(
    session: Session, vault: Vault, school: School, person: Person
) -> None:
    add(session, vault, school, person)

    with pytest.raises(ChannelError, match="al een kanaal"):
        add(session, vault, school, person)


def test_a_trial_waits_in_the_outbox_for_that_channel_without_its_address(
    session: Session, vault: Vault, school: School, person: Person
) -> None:
    channel = add(session, vault, school, person)

    try_channel(session, school.id, channel.id, at=AT)

    [message] = session.exec(select(Message)).all()
    assert (message.channel_id, message.to_address) == (channel.id, "chat")
    assert "fluisterwoord" not in message.model_dump_json()


def test_a_channel_that_is_off_is_not_tried(
    session: Session, vault: Vault, school: School, person: Person
) -> None:
    channel = add(session, vault, school, person)
    switch_channel(session, school.id, channel.id, on=False, actor_id=person.id, at=AT)

    with pytest.raises(ChannelError, match="staat uit"):
        try_channel(session, school.id, channel.id, at=AT)


def test_another_school_reaches_no_channel_here(
    session: Session, vault: Vault, school: School, other_school: School, person: Person
) -> None:
    channel = add(session, vault, school, person)

    with pytest.raises(NotOfThisSchoolError):
        switch_channel(session, other_school.id, channel.id, on=False, actor_id=person.id, at=AT)
    with pytest.raises(NotOfThisSchoolError):
        add(session, vault, other_school, person, name="twee")

    assert channel.active
