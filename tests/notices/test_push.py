"""Push messages through a push service on this machine that decrypts them as a browser does."""

import json
import logging
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from models import Channel, ChannelKind, MessageState
from models.database import reading, unit_of_work
from service.notices.apprise_channel import AppriseCarrier
from service.notices.channels import GoneError, add_channel
from service.notices.delivery import deliver
from service.notices.parcel import LaterError, RefusedError
from service.notices.post_office import PostOffice
from service.notices.push import SubscriptionError, read_subscription
from service.notices.push_keys import key_file, public_key
from tests.notices.push_service import Browser, PushService, decoded
from tests.notices.world import AT, World

# RFC 8291, appendix A: what a user agent got, and what it held to read it.
RFC_BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
    "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
RFC_KEY, RFC_AUTH = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "BTBZMqHH6r4Tts7J_aSIgg"
RFC_TEXT = "When I grow up, I want to be a watermelon"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    service = PushService(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(service.authority))
    yield service
    service.close()


@pytest.fixture
def phone(service: PushService) -> Browser:
    return Browser(f"{service.origin}/wpush/v2/fluisterwoord")


@pytest.fixture
def device(light_world: World, phone: Browser) -> Channel:
    kept = read_subscription(phone.subscription, allow_private=True)
    ids = {"school_id": light_world.school.id, "person_id": light_world.person.id}
    with unit_of_work(light_world.engine) as session:
        return add_channel(
            session, light_world.vault, name="telefoon", url=kept, kind=ChannelKind.PUSH, **ids
        )


def send(world: World, home: Path, minutes: int = 0) -> None:
    office = PostOffice(None, AppriseCarrier(allow_private=True, home=home), world.vault)
    deliver(world.engine, AT + timedelta(minutes=minutes), office)


def now(world: World, device: Channel) -> Channel:
    with reading(world.engine) as session:
        return session.get_one(Channel, device.id)


def test_the_reader_of_these_tests_reads_the_example_of_the_standard() -> None:
    secret = int.from_bytes(decoded(RFC_KEY))
    browser = Browser("", ec.derive_private_key(secret, ec.SECP256R1()), decoded(RFC_AUTH))

    assert browser.read(decoded(RFC_BODY)) == RFC_TEXT


def test_a_reminder_reaches_the_device_encrypted_and_says_nothing_of_its_content(
    light_world: World, service: PushService, phone: Browser, device: Channel, tmp_path: Path
) -> None:
    light_world.post("a", channel_id=device.id, body="Zorgteam over groep 5.")

    send(light_world, tmp_path)

    [pushed] = service.got
    shown = json.loads(phone.read(pushed.body))
    assert light_world.message("a").state == MessageState.SENT
    assert shown == {
        "title": "Vandaag: a",
        "body": "Open Jaarritme om te zien wat er klaarstaat.",
        "url": "/vandaag",
        "tag": light_world.message("a").message_id,
    }
    assert b"Vandaag" not in pushed.body


def test_the_push_service_can_check_that_it_was_us(
    light_world: World, service: PushService, device: Channel, tmp_path: Path
) -> None:
    light_world.post("a", channel_id=device.id)

    send(light_world, tmp_path)

    [pushed] = service.got
    claims = service.claims(pushed, public_key(tmp_path))
    assert (claims["aud"], claims["sub"]) == (service.origin, "mailto:zorg@wilgenhof.example")
    assert pushed.headers["content-encoding"] == "aes128gcm"
    assert pushed.headers["ttl"] == str(24 * 3600)  # as long as the message means something, at most a day


@pytest.mark.parametrize("answer", [404, 410])
def test_a_device_that_withdrew_is_switched_off_and_hears_no_more(
    light_world: World, service: PushService, device: Channel, tmp_path: Path, answer: int
) -> None:
    for key in "ab":
        light_world.post(key, channel_id=device.id)
    service.answer = answer

    send(light_world, tmp_path)
    send(light_world, tmp_path, minutes=30)

    told = {light_world.told(key) for key in "ab"}
    assert not now(light_world, device).active
    assert {state for state, _ in told} == {"suppressed"}
    assert (
        "suppressed",
        "Dit apparaat ontvangt geen meldingen meer; zet ze daar opnieuw aan.",
    ) in told


def test_a_push_service_in_trouble_is_tried_again(
    light_world: World, service: PushService, device: Channel, tmp_path: Path
) -> None:
    light_world.post("a", channel_id=device.id)
    service.answer = 503

    send(light_world, tmp_path)
    service.answer = 201
    send(light_world, tmp_path, minutes=2)

    assert (light_world.message("a").state, len(service.got)) == (MessageState.SENT, 2)
    assert now(light_world, device).active


def test_an_address_that_leads_inside_is_not_reached(
    service: PushService, phone: Browser, tmp_path: Path
) -> None:
    carrier = AppriseCarrier(home=tmp_path)  # as a school has it

    with pytest.raises(RefusedError, match="besloten netwerk"):
        carrier.push(phone.subscription, "{}", mailbox="zorg@wilgenhof.example", lasts=timedelta(hours=1))
    carrier.close()

    assert service.got == []


def test_a_service_without_a_certificate_we_trust_gets_nothing(
    service: PushService, phone: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    carrier = AppriseCarrier(allow_private=True, home=tmp_path)

    with pytest.raises(LaterError, match="certificaat"):
        carrier.push(phone.subscription, "{}", mailbox="zorg@wilgenhof.example", lasts=timedelta(hours=1))
    carrier.close()

    assert service.got == []


def test_a_withdrawn_device_is_told_apart_from_one_that_refuses(
    service: PushService, phone: Browser, tmp_path: Path
) -> None:
    carrier = AppriseCarrier(allow_private=True, home=tmp_path)
    told = {}
    for answer in (403, 404, 410, 413, 429):
        service.answer = answer
        with pytest.raises((RefusedError, LaterError)) as caught:
            carrier.push(phone.subscription, "{}", mailbox="zorg@wilgenhof.example", lasts=timedelta(hours=1))
        told[answer] = type(caught.value)
    carrier.close()

    assert told == {403: RefusedError, 404: GoneError, 410: GoneError, 413: RefusedError, 429: LaterError}


def test_the_key_is_made_once_and_is_for_nobody_else(tmp_path: Path) -> None:
    made: list[bytes] = []
    threads = [Thread(target=lambda: made.append(key_file(tmp_path).read_bytes())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    again = key_file(tmp_path)

    assert {again.read_bytes()} == set(made)
    assert stat.S_IMODE(again.stat().st_mode) == 0o600
    assert len(decoded(public_key(tmp_path))) == 65


PUBLIC = "https://fcm.googleapis.com/fcm/send/abc"


def test_a_subscription_is_kept_with_only_what_sending_takes() -> None:
    browser = Browser(PUBLIC)

    kept = json.loads(read_subscription(browser.subscription))

    assert set(kept) == {"endpoint", "keys"}
    assert set(kept["keys"]) == {"p256dh", "auth"}


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://0x7f.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:7f00:1]/x",
        "https://8.8.8.8/x",
        "https://intranet/x",
        "https://fcm.googleapis.com:8443/x",
        "https://user:pass@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:x/y",
        "ftp://fcm.googleapis.com/x",
        "https://fcm.googleapis.com/x\ny",
        "//fcm.googleapis.com/x",
        "",
    ],
)
def test_an_address_that_is_no_public_push_service_is_refused(endpoint: str) -> None:
    with pytest.raises(SubscriptionError):
        read_subscription(Browser(endpoint).subscription)


def test_what_is_no_subscription_is_refused() -> None:
    good = json.loads(Browser(PUBLIC).subscription)
    bad = [
        "",
        "null",
        "[]",
        "{}",
        json.dumps(good | {"keys": None}),
        json.dumps(good | {"keys": good["keys"] | {"auth": "kort"}}),
        json.dumps(good | {"keys": good["keys"] | {"p256dh": "A" * 87}}),
        json.dumps(good | {"endpoint": f"{PUBLIC}/{'x' * 2000}"}),
        "[" * 1500,
    ]

    for text in bad:
        with pytest.raises(SubscriptionError):
            read_subscription(text)


def test_no_secret_of_a_device_is_logged_or_kept_in_clear(
    light_world: World,
    service: PushService,
    phone: Browser,
    device: Channel,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    light_world.post("a", channel_id=device.id)
    service.answer = 403

    send(light_world, tmp_path)

    secrets = ["fluisterwoord", *json.loads(phone.subscription)["keys"].values()]
    kept = (tmp_path / "jaarritme.db").read_bytes().decode(errors="replace")
    assert light_world.message("a").state == MessageState.DEAD
    assert [s for s in secrets if s in caplog.text or s in kept] == []
