"""What no channel may do: reach into the building, send files, weaken its connection, or send to many."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.notices.allowed import SERVICES, AddressError, schema_of
from service.notices.apprise_channel import AppriseCarrier
from service.notices.parcel import LaterError, RefusedError
from service.notices.reach import is_public
from tests.notices.hook import SECRET, Hook
from tests.notices.push_service import PushService

ROOT = str(Path.cwd())
# A name server in a stranger's hands: it answers with whatever address it likes, at the moment of sending.
STRANGER = """
import socket, sys
sys.path.append(sys.argv[1])
real = socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **options: real(sys.argv[3], *more, **options)
from service.notices.apprise_process import main
main(sys.argv[2])
"""
# An address of each service as its makers write them.
EXAMPLES = {
    "workflows": "workflows://prod-1.westeurope.logic.azure.com:443/a1b2c3d4e5f6a7b8c9d0/s1gn4tur3abcdefghij",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "gchat": "gchat://AAAAbbbbCCC/AIzaSyDdI0hCZtE6vySjMm/dDdddEEEfff",
    "nctalks": "nctalks://zorg:geheim-8Fz@cloud.school.example/kamer1",
    "zulip": "zulip://jaarritme@school/a6FoNAP0VKBgqTrFHgVaH0gLabcdefgh/zorg",
    "matrixs": "matrixs://zorg:geheim-8Fz@matrix.school.example/#zorgteam",
    "mmosts": "mmosts://chat.school.example/a1b2c3d4e5f6a7b8c9d0e1f2g3",
    "rockets": "rockets://zorg:geheim-8Fz@chat.school.example/#zorgteam",
    "wxteams": "wxteams://" + "a" * 80,
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "tgram": "tgram://123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr/1234567",
    "signals": "signals://signal.school.example/+31612345678/+31687654321",
    "threema": "threema://*ABCDEFG@geheim-8Fz/ECHOECHO",
    "ntfys": "ntfys://ntfy.school.example/onderwerp",
    "gotifys": "gotifys://push.school.example/A1b2C3d4E5f6G7h",
    "pover": "pover://uQiRzpo4DXghDmr9QzzfQu27cmVRsG@azGDORePK8gMaC0QOYAMyEEuzJnyUi",
    "jsons": "jsons://zorg:geheim-8Fz@hooks.school.example/x",
}
KNOWN = """
import apprise, json
services = apprise.NotificationManager()
services.enable_only()
names = [each.secure_protocol for each in services.plugins()]
print(json.dumps([n for each in names for n in ([each] if isinstance(each, str) else each or [])]))
"""


@pytest.fixture(scope="module")
def outside() -> Iterator[AppriseCarrier]:
    """A carrier as a school has it."""
    carrier = AppriseCarrier()
    yield carrier
    carrier.close()


@pytest.fixture
def fresh() -> Iterator[AppriseCarrier]:
    """A carrier whose process begins within the test, with what that test put in the environment."""
    carrier = AppriseCarrier(allow_private=True)
    yield carrier
    carrier.close()


def test_no_address_inside_the_building_is_reached_however_it_is_written(
    outside: AppriseCarrier, hook: Hook
) -> None:
    hosts = "127.0.0.1 localhost [::1] 2130706433 0x7f000001 0177.0.0.1 127.1 0 10.1.2.3 169.254.169.254"
    wrapped = "[::ffff:127.0.0.1] [::ffff:7f00:1] [64:ff9b::7f00:1] [2002:7f00:1::] [::7f00:1] [fec0::1]"

    told = {}
    for host in f"{hosts} {wrapped}".split():
        try:
            outside.send(f"jsons://zorg:{SECRET}@{host}:{hook.port}/", title="t", body="b")
        except RefusedError as error:
            told[host] = str(error)

    assert set(told) == set(f"{hosts} {wrapped}".split())
    assert all("besloten netwerk" in words or "klopt niet" in words for words in told.values())
    assert hook.got == []
    assert SECRET not in str(told)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"])
def test_a_name_that_turns_out_to_lead_inside_leads_nowhere(hook: Hook, address: str) -> None:
    order = {"do": "send", "url": f"jsons://hooks.wissel.example:{hook.port}/", "title": "t", "body": "b"}
    program = [sys.executable, "-I", "-c", STRANGER, ROOT, '{"here": false, "patience": 6}', address]

    done = subprocess.run(  # noqa: S603 -- our own program
        program, input=json.dumps(order) + "\n", capture_output=True, text=True, timeout=60, check=True
    )

    assert json.loads(done.stdout)["outcome"] == "private"
    assert hook.got == []


def test_a_local_program_or_file_is_no_channel(carrier: AppriseCarrier, tmp_path: Path) -> None:
    kinds = "syslog dbus glib gnome macosx windows growl mqtt rsyslog aprs vapid fcm".split()

    for url in [f"file://{tmp_path}/x", *(f"{kind}://a@b.example/c" for kind in kinds)]:
        with pytest.raises(RefusedError, match="klopt niet"):
            carrier.send(url, title="t", body="b")

    assert list(tmp_path.iterdir()) == []


def test_a_school_uses_no_channel_without_encryption(outside: AppriseCarrier, hook: Hook) -> None:
    for kind in ("json", "ntfy", "gotify", "matrix"):
        with pytest.raises(RefusedError, match="klopt niet"):
            outside.send(f"{kind}://127.0.0.1:{hook.port}/x", title="t", body="b")

    assert hook.got == []


@pytest.mark.parametrize(
    "extra",
    [
        "attach=/etc/hostname",
        "attach=https://x.example/a.pdf",
        "image=yes",
        "template=/etc/hostname",
        "verify=no",
        "redirect=yes",
        "rto=900",
        "retry=10",
        "overflow=split",
        "%61ttach=/etc/hostname",
        "Attach=/etc/hostname",
        "a=b&keyfile=/etc/hostname",
    ],
)
def test_an_address_asks_for_no_more_than_one_plain_message(
    carrier: AppriseCarrier, hook: Hook, extra: str
) -> None:
    url = f"ntfy://127.0.0.1:{hook.port}/onderwerp?{extra}"

    with pytest.raises(AddressError, match="Laat dat deel weg"):
        schema_of(url, plain=True)
    with pytest.raises(RefusedError):
        carrier.send(url, title="t", body="b")

    assert hook.got == []


def test_a_message_carries_no_image_and_no_file(carrier: AppriseCarrier, hook: Hook) -> None:
    carrier.send(f"ntfy://127.0.0.1:{hook.port}/onderwerp", title="t", body="b")
    carrier.send(hook.url, title="t", body="b")

    sent = json.dumps([hook.got, hook.headers])
    assert len(hook.got) == 2
    assert [word for word in ("http://", "https://", "x-icon", "attach-") if word in sent.lower()] == []


def test_a_certificate_that_nobody_vouches_for_stops_the_message(
    carrier: AppriseCarrier, tmp_path: Path
) -> None:
    service = PushService(tmp_path)

    with pytest.raises(LaterError, match="certificaat"):
        carrier.send(service.origin.replace("https://", "jsons://"), title="t", body="b")
    service.close()

    assert service.got == []


def test_one_address_reaches_one_receiver(carrier: AppriseCarrier) -> None:
    with pytest.raises(RefusedError, match="meer ontvangers"):
        carrier.check("tgram://123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr/1234567/7654321")
    carrier.check("tgram://123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr/1234567")


def test_the_process_knows_neither_our_settings_nor_a_password_file(
    fresh: AppriseCarrier, hook: Hook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text(f"machine 127.0.0.1 login zorg password {SECRET}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("JAARRITME_SMTP_URL", f"smtp://{SECRET}@mail.example")

    fresh.send(f"json://127.0.0.1:{hook.port}/?:x=${{JAARRITME_SMTP_URL}}", title="$HOME", body="b")

    assert SECRET not in json.dumps([hook.got, hook.headers])
    assert "authorization" not in hook.headers[0]


def test_apprise_knows_every_service_on_the_list_as_one_over_https() -> None:
    known = subprocess.run(  # noqa: S603 -- apart, for here Apprise would stay loaded for every other test
        [sys.executable, "-c", KNOWN], capture_output=True, text=True, check=True
    )

    assert set(SERVICES) - set(json.loads(known.stdout)) == set()


def test_whatever_a_service_sends_passes_the_guard() -> None:
    orders = "".join(
        json.dumps({"do": "send", "url": EXAMPLES[schema], "title": "t", "body": "b"}) + "\n"
        for schema in SERVICES
    )
    program = [sys.executable, "-I", "-c", STRANGER, ROOT, '{"here": false, "patience": 6}', "127.0.0.1"]

    done = subprocess.run(  # noqa: S603 -- our own program
        program, input=orders, capture_output=True, text=True, timeout=120, check=True
    )

    told = [json.loads(line)["outcome"] for line in done.stdout.splitlines()]
    assert dict(zip(SERVICES, told, strict=True)) == dict.fromkeys(SERVICES, "private")


@pytest.mark.parametrize("schema", ["ntfys", "gotifys", "mmosts", "nctalks", "signals", "jsons"])
def test_a_service_of_the_schools_own_is_reached_over_tls(
    fresh: AppriseCarrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, schema: str
) -> None:
    service = PushService(tmp_path)
    service.answer = 200
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(service.authority))
    host = EXAMPLES[schema].partition("://")[2].partition("/")[0].rpartition("@")[2]

    fresh.send(
        EXAMPLES[schema].replace(host, service.origin.removeprefix("https://")), title="Vandaag", body="drie"
    )
    service.close()

    [got] = service.got
    assert b"drie" in got.body


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("geen adres", "begint met een soort"),
        ("ntfys://met spatie", "begint met een soort"),
        ("mailto://a:b@c.example", "Mail gaat al vanzelf"),
        ("ntfy://onderwerp", "Gebruik ntfys://"),
        ("irc://kanaal", r"Microsoft Teams \(workflows://\), Slack \(slack://\)"),
    ],
)
def test_a_refusal_says_what_may_be_used(address: str, why: str) -> None:
    with pytest.raises(AddressError, match=why):
        schema_of(address)


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("203.0.114.7", True),
        ("2a00:1450::1", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 -- an address, not a door
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("198.18.0.1", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::7f00:1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::7f00:1", False),
        ("2a00:1450::5efe:7f00:1", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
        ("wilgenhof.example", False),
    ],
)
def test_only_an_address_on_the_internet_is_public(host: str, public: bool) -> None:
    assert is_public(host) == public
