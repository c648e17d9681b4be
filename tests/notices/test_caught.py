import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calendars.entries import Mailbox
from service.notices.catcher import Catcher
from service.notices.caught import list_caught, read_caught
from service.notices.mail_message import Envelope, digest_message, invitation_message
from service.notices.parcel import NotSentError
from service.notices.smtp import MailCarrier, MailServer

ROOT = Path(__file__).parents[2]
AT = datetime(2027, 1, 11, 5, 30, tzinfo=UTC)
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:\xc3\xa9\xc3\xa9n\r\nEND:VCALENDAR\r\n"


def test_what_is_handed_to_the_catcher_can_be_listed_and_opened(tmp_path: Path) -> None:
    with catching(tmp_path) as port:
        hand_in(port, digest_message(envelope("Vandaag: één"), text="Hallo", html="<p>Hallo</p>"))
        hand_in(
            port, invitation_message(envelope("Gesprek"), text="Kom", html="<p>Kom</p>", calendar=CALENDAR)
        )

    listed = list_caught(tmp_path)

    opened = read_caught(tmp_path, listed[0].id)
    assert [(c.subject, c.to, c.date, c.has_invitation) for c in listed] == [
        ("Gesprek", "ineke@wilgenhof.example", AT, True),
        ("Vandaag: één", "ineke@wilgenhof.example", AT, False),
    ]
    assert opened
    assert opened.plain.strip() == "Kom"
    assert opened.html.strip() == "<p>Kom</p>"
    assert opened.calendar.encode() == CALENDAR
    assert opened.sender == "De Wilgenhof <zorg@wilgenhof.example>"


def test_the_file_is_the_mail_as_it_came_under_its_envelope(tmp_path: Path) -> None:
    data = digest_message(envelope("Vandaag"), text="Hallo\r\n.punt", html="<p>Hallo</p>")

    with catching(tmp_path) as port:
        hand_in(port, data)

    files = list((tmp_path / "mail").iterdir())
    assert [file.suffix for file in files] == [".eml"]
    assert files[0].read_bytes() == b"X-Envelope-To: ineke@wilgenhof.example\r\n" + data


@pytest.mark.parametrize("name", ["../secrets/key", "x", "20270111T053000.000000Z-0001", ""])
def test_only_a_caught_message_can_be_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "x.eml").write_bytes(b"Subject: x\r\n\r\n")

    assert read_caught(tmp_path, name) is None


def test_without_a_catcher_the_list_is_empty(tmp_path: Path) -> None:
    assert list_caught(tmp_path) == []


def test_a_mail_nobody_can_read_well_is_listed_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    odd = (
        b"Subject: =?onzin?q?x?=\r\nDate: gisteren\r\nContent-Type: text/plain; charset=onzin\r\n\r\n\xff\xfe"
    )
    (tmp_path / "mail" / "20270111T053000.000000Z-0001.eml").write_bytes(odd)

    listed = list_caught(tmp_path)

    opened = read_caught(tmp_path, listed[0].id)
    assert listed[0].date is None
    assert opened
    assert opened.plain == "\N{REPLACEMENT CHARACTER}" * 2


@pytest.mark.acceptance
def test_the_catcher_listens_to_this_machine_only(tmp_path: Path) -> None:
    refused = run_mail(tmp_path, "smtp://mail.wilgenhof.example:2525", "catch")

    assert refused.returncode == 1
    assert "alleen op deze machine" in refused.stderr


@pytest.mark.acceptance
def test_a_trial_mail_says_what_the_server_answered(tmp_path: Path) -> None:
    words = ("test", "ineke@wilgenhof.example", "--from", "zorg@wilgenhof.example")
    with catching_by_command(tmp_path) as port:
        sent = run_mail(tmp_path, f"smtp://127.0.0.1:{port}", *words)

    gone = run_mail(tmp_path, f"smtp://127.0.0.1:{port}", *words)

    assert (sent.returncode, gone.returncode) == (0, 1)
    assert "heeft de proefmail voor ineke@wilgenhof.example aangenomen" in sent.stdout
    assert gone.stderr == "De mailserver is niet bereikbaar.\n"
    assert [c.subject for c in list_caught(tmp_path)] == ["Proefmail van Jaarritme"]


def envelope(subject: str) -> Envelope:
    return Envelope(
        sender=Mailbox(name="De Wilgenhof", mail="zorg@wilgenhof.example"),
        to=Mailbox(name="Ineke de Boer", mail="ineke@wilgenhof.example"),
        subject=subject,
        message_id="<1@wilgenhof.example>",
        sent_at=AT,
    )


def hand_in(port: int, data: bytes) -> None:
    carrier = MailCarrier(MailServer.read(f"smtp://127.0.0.1:{port}"), timeout=5)
    carrier.send(data, sender="zorg@wilgenhof.example", to="ineke@wilgenhof.example", alive=lambda: None)
    carrier.close()


def environment(home: Path, smtp_url: str) -> dict[str, str]:
    ours = {"JAARRITME_HOME": str(home), "JAARRITME_SMTP_URL": smtp_url, "PYTHONPATH": str(ROOT)}
    return {"PATH": os.environ["PATH"]} | ours


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from service.cli.mail import app; app()", *words]


def run_mail(home: Path, smtp_url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- our own program
        command(*words),
        cwd=ROOT,
        env=environment(home, smtp_url),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def catching(home: Path) -> Iterator[int]:
    port = free_port()
    catcher = Catcher(home, port)
    catcher.start()
    try:
        yield port
    finally:
        catcher.stop()


@contextmanager
def catching_by_command(home: Path) -> Iterator[int]:
    """Run the catcher as a demo does; it must end by itself, and well, at SIGTERM."""
    port = free_port()
    env = environment(home, f"smtp://127.0.0.1:{port}")
    with subprocess.Popen(command("catch"), cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            wait_for(port)
            yield port
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        finally:
            process.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the catcher does not listen")


def test_nothing_is_caught_when_nobody_listens(tmp_path: Path) -> None:
    with catching(tmp_path) as port:
        pass

    with pytest.raises(NotSentError):
        hand_in(port, b"Subject: x\r\n\r\n")
