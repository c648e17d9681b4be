import json
import time
from datetime import timedelta
from threading import Timer

import pytest
from sqlalchemy import Engine

from models import Channel, ChannelChoice, MessageState
from models.database import unit_of_work
from service.notices.apprise_channel import AppriseCarrier
from service.notices.channels import add_channel
from service.notices.delivery import Delivered, deliver
from service.notices.parcel import LaterError, RefusedError, UncertainError
from service.notices.post_office import PostOffice
from service.notices.trials import PREFIX
from tests.notices.hook import SECRET, Hook
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World


def channel_for(world: World, url: str) -> Channel:
    with unit_of_work(world.engine) as session:
        return add_channel(
            session, world.vault, school_id=world.school.id, person_id=world.person.id, name="chat", url=url
        )


def test_a_reminder_goes_by_the_channel_it_was_posted_for_and_not_by_mail(
    world: World, engine: Engine, sink: Sink, office: Office, hook: Hook
) -> None:
    world.post("chat", channel_id=channel_for(world, hook.url).id)
    world.post("mail")

    done = deliver(engine, AT, office())

    assert done == Delivered(2, 0, 0, 0, 0)
    assert [(g["title"], g["message"]) for g in hook.got] == [
        ("Vandaag: chat", "Er staan drie dingen klaar.")
    ]
    assert [mail["Subject"] for mail in sink.mails] == ["Vandaag: mail"]


def test_channels_go_on_when_the_mail_server_is_gone(world: World, engine: Engine, hook: Hook) -> None:
    for key in "ab":
        world.post(f"mail{key}")
        world.post(f"chat{key}", channel_id=channel_for_name(world, hook.url, key))

    done = deliver(engine, AT, world.post_office("smtp://127.0.0.1:1"))

    assert (done.sent, done.waiting, len(hook.got)) == (2, 2, 2)


def channel_for_name(world: World, url: str, name: str) -> object:
    with unit_of_work(world.engine) as session:
        ids = {"school_id": world.school.id, "person_id": world.person.id}
        return add_channel(session, world.vault, name=name, url=url, **ids).id


def test_a_channel_that_is_switched_off_hears_nothing(
    world: World, engine: Engine, office: Office, hook: Hook
) -> None:
    channel = channel_for(world, hook.url)
    world.post("a", channel_id=channel.id)
    world.change(channel, active=False)

    done = deliver(engine, AT, office())

    assert (done.suppressed, hook.got) == (1, [])
    assert world.told("a") == ("suppressed", "Dit kanaal staat uit.")


def test_a_channel_of_the_school_that_its_reader_left_meanwhile_hears_nothing_of_her(
    world: World, engine: Engine, office: Office, hook: Hook
) -> None:
    ids = {"school_id": world.school.id, "person_id": None}
    with unit_of_work(engine) as session:
        chats = [add_channel(session, world.vault, name=name, url=hook.url, **ids) for name in ("in", "out")]
        session.add(ChannelChoice(channel_id=chats[0].id, person_id=world.person.id))
    for chat in chats:
        world.post(chat.name, channel_id=chat.id)
    world.post(f"{PREFIX}{chats[1].id}", kind="notice", channel_id=chats[1].id)

    done = deliver(engine, AT, office())

    assert (done.sent, done.suppressed) == (2, 1)
    assert world.told("out") == ("suppressed", "Dit kanaal is niet meer gekozen.")


def test_a_failing_channel_is_tried_again_and_its_address_stays_secret(
    world: World, engine: Engine, office: Office, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    channel = channel_for(world, hook.url)
    world.post("a", channel_id=channel.id)
    hook.answer = 500

    failed = deliver(engine, AT, office())
    why = world.told("a")
    hook.answer = 200
    again = deliver(engine, AT + timedelta(minutes=2), office())

    assert (failed.failed, again.sent) == (1, 1)
    assert why == ("ready", "De dienst heeft een storing (500).")
    assert SECRET not in channel.secret_url
    assert SECRET not in caplog.text


def test_an_address_moved_to_another_row_opens_nothing(
    world: World, engine: Engine, office: Office, hook: Hook
) -> None:
    channel = channel_for(world, hook.url)
    with unit_of_work(engine) as session:
        other = Channel(
            school_id=world.school.id, person_id=world.person.id, name="x", secret_url=channel.secret_url
        )
        session.add(other)
    world.post("a", channel_id=other.id)

    deliver(engine, AT, office())

    assert world.message("a").state == MessageState.DEAD
    assert hook.got == []


def test_an_address_apprise_does_not_know_is_refused(carrier: AppriseCarrier) -> None:
    with pytest.raises(RefusedError, match="klopt niet"):
        carrier.send("onzin", title="t", body="b")


def test_a_redirect_is_not_followed(carrier: AppriseCarrier, hook: Hook) -> None:
    hook.answer, hook.location = 307, hook.url.replace("json://", "http://")

    with pytest.raises(RefusedError, match="wordt niet gevolgd"):
        carrier.send(hook.url, title="t", body="b")

    assert len(hook.got) == 1


def test_an_address_can_read_no_settings_from_our_environment(
    carrier: AppriseCarrier, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAARRITME_SMTP_URL", f"smtp://{SECRET}@mail.example")

    carrier.send(f"{hook.url}?:x=${{JAARRITME_SMTP_URL}}", title="$JAARRITME_SMTP_URL", body="b")

    assert "mail.example" not in json.dumps(hook.got)


@pytest.mark.parametrize(
    ("answer", "state", "why"),
    [
        (401, "dead", "De dienst kent de sleutel in het adres niet (401)."),
        (404, "dead", "De dienst kent dit adres niet (404)."),
        (418, "dead", "De dienst weigert het bericht (418)."),
        (429, "ready", "De dienst kreeg te veel berichten achter elkaar (429)."),
        (503, "ready", "De dienst heeft een storing (503)."),
    ],
)
def test_what_a_service_answers_is_the_reason_that_is_told(
    light_world: World, hook: Hook, answer: int, state: str, why: str
) -> None:
    light_world.post("a", channel_id=channel_for(light_world, hook.url).id)
    hook.answer = answer

    deliver(light_world.engine, AT, light_world.post_office(""))

    assert light_world.told("a") == (state, why)
    assert len(hook.got) == 1


def test_a_service_that_is_not_there_is_told_apart_from_one_that_refuses(carrier: AppriseCarrier) -> None:
    with pytest.raises(LaterError, match="niet bereikbaar"):
        carrier.send(f"json://zorg:{SECRET}@127.0.0.1:1/", title="t", body="b")


@pytest.mark.parametrize("how", [pytest.param("silent", marks=pytest.mark.acceptance), "hangs up"])
def test_a_message_that_may_have_arrived_is_not_sent_again_at_once(
    light_world: World, hook: Hook, how: str
) -> None:
    light_world.post("a", channel_id=channel_for(light_world, hook.url).id)
    hook.pause, hook.drop = (30, False) if how == "silent" else (0, True)

    for minute in range(3):
        office = PostOffice(None, AppriseCarrier(allow_private=True, patience=6), light_world.vault)
        deliver(light_world.engine, AT + timedelta(minutes=minute), office)

    message = light_world.message("a")
    assert len(hook.got) == 1
    assert message.next_try_at >= AT + timedelta(minutes=10)


@pytest.mark.acceptance
def test_one_that_hangs_costs_the_next_ones_nothing(hook: Hook) -> None:
    carrier = AppriseCarrier(allow_private=True, patience=4)
    hook.pause = 60
    for _ in range(2):
        with pytest.raises(UncertainError):
            carrier.send(hook.url, title="hangt", body="b")
    hook.pause = 0

    began = time.monotonic()
    for title in "abcdefgh":
        carrier.send(hook.url, title=title, body="b")
    carrier.close()

    assert [got["title"] for got in hook.got[2:]] == list("abcdefgh")
    assert time.monotonic() - began < 8


def test_twenty_messages_do_not_wait_for_each_other(carrier: AppriseCarrier, hook: Hook) -> None:
    url = f"ntfy://127.0.0.1:{hook.port}/onderwerp"  # Apprise itself would wait 5.5 seconds after each
    carrier.send(url, title="eerst", body="b")
    began = time.monotonic()

    for number in range(20):
        carrier.send(url, title=f"bericht {number}", body="b")

    assert len(hook.got) == 21
    assert time.monotonic() - began < 10


def test_a_text_too_long_for_the_service_ends_with_where_the_rest_is(hook: Hook) -> None:
    carrier = AppriseCarrier(allow_private=True, more="Alles op een rij: https://school.example/vandaag")
    body = "\n".join(f"- taak {number} die vandaag af moet zijn" for number in range(200))

    carrier.send(f"mmost://127.0.0.1:{hook.port}/{'a1b2c3d4' * 3}", title="Vandaag", body=body)
    carrier.close()

    [text] = [got["text"] for got in hook.got]
    assert len(text) <= 4000
    assert "Vandaag" in text
    assert "- taak 3 " in text
    assert text.endswith("af moet zijn\n…\nAlles op een rij: https://school.example/vandaag")


def test_a_title_too_long_for_the_service_is_cut(carrier: AppriseCarrier, hook: Hook) -> None:
    carrier.send(f"ntfy://127.0.0.1:{hook.port}/onderwerp", title="lang " * 100, body="b")

    assert len(hook.got[0]["title"]) <= 200
    assert hook.got[0]["message"] == "b"


@pytest.mark.acceptance
def test_a_process_that_dies_while_sending_leaves_us_uncertain_and_is_replaced(hook: Hook) -> None:
    carrier = AppriseCarrier(allow_private=True)
    carrier.send(hook.url, title="eerst", body="b")
    hook.pause = 20
    process = carrier._process  # noqa: SLF001 -- what a machine short of memory would kill
    assert process
    Timer(1, process.kill).start()

    with pytest.raises(UncertainError):
        carrier.send(hook.url, title="onderweg", body="b")
    hook.pause = 0
    carrier.send(hook.url, title="daarna", body="b")
    carrier.close()

    assert [got["title"] for got in hook.got] == ["eerst", "onderweg", "daarna"]
