import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models import Channel, MessageState
from models.database import unit_of_work
from service.notices.apprise_channel import AppriseCarrier
from service.notices.channels import add_channel
from service.notices.delivery import Delivered, deliver
from service.notices.parcel import RefusedError, UncertainError
from service.notices.reach import is_public
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World

SECRET = "geheim-8Fz"


class Hook:
    """A web hook that keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[dict[str, str]] = []
        self.answer, self.location, self.pause = 200, "", 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://zorg:{SECRET}@127.0.0.1:{self._server.server_port}/{SECRET}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(hook) -> type[BaseHTTPRequestHandler]:  # noqa: N805 -- self is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                time.sleep(hook.pause)
                self.send_response(hook.answer)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


@pytest.fixture
def carrier() -> Iterator[AppriseCarrier]:
    carrier = AppriseCarrier(allow_private=True)
    yield carrier
    carrier.close()


@pytest.fixture
def outside() -> Iterator[AppriseCarrier]:
    """A carrier as a school has it."""
    carrier = AppriseCarrier()
    yield carrier
    carrier.close()


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


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "2130706433", "10.1.2.3", "169.254.169.254"],
)
def test_no_address_inside_the_building_is_reached(outside: AppriseCarrier, hook: Hook, host: str) -> None:
    url = hook.url.replace("127.0.0.1", host).replace("json://", "jsons://")

    with pytest.raises(RefusedError, match="besloten netwerk") as caught:
        outside.send(url, title="t", body="b")

    assert hook.got == []
    assert SECRET not in str(caught.value)


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


def test_a_service_that_hangs_leaves_us_uncertain_and_the_next_one_is_served(hook: Hook) -> None:
    carrier = AppriseCarrier(allow_private=True, patience=10)  # its own start takes seconds on a busy machine
    hook.pause = 30
    with pytest.raises(UncertainError):
        carrier.send(hook.url, title="t", body="b")
    hook.pause = 0

    carrier.send(hook.url, title="u", body="b")
    carrier.close()

    assert [g["title"] for g in hook.got] == ["t", "u"]


def test_a_local_program_or_file_is_no_channel(carrier: AppriseCarrier, tmp_path: Path) -> None:
    for url in (
        "syslog://",
        "dbus://",
        "glib://",
        "gnome://",
        "macosx://",
        "windows://",
        f"file://{tmp_path}/x",
    ):
        with pytest.raises(RefusedError, match="klopt niet"):
            carrier.send(url, title="t", body="b")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("203.0.114.7", True),
        ("2a00:1450::1", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 -- an address, not a door
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("wilgenhof.example", False),
    ],
)
def test_only_an_address_on_the_internet_is_public(host: str, public: bool) -> None:
    assert is_public(host) == public
