from collections.abc import Iterator

import pytest

from service.settings import settings
from service.web.demo_mail import read_invitation
from tests.web_admin.conftest import House

NAME = "20261125T053000.000000Z-0001"
INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//proef//NL
METHOD:REQUEST
BEGIN:VEVENT
UID:1@proef.example
DTSTAMP:20261101T080000Z
DTSTART:20261202T074500Z
DTEND:20261202T083000Z
SUMMARY:Bespreek de groep
LOCATION:lokaal 5
SEQUENCE:2
ORGANIZER:mailto:planning@proef.example
ATTENDEE:mailto:tom@proef.example
ATTENDEE:mailto:meral@proef.example
END:VEVENT
END:VCALENDAR
"""
MAIL = f"""X-Envelope-To: tom@proef.example
From: De Proef <planning@proef.example>
To: Tom <tom@proef.example>
Subject: Uitnodiging: Bespreek de groep
Date: Wed, 25 Nov 2026 06:30:00 +0100
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="x"

--x
Content-Type: text/plain; charset=utf-8

Dag Tom, dit is de gewone tekst.
--x
Content-Type: text/html; charset=utf-8

<p onclick="alert(1)">Dag Tom</p><script>alert(1)</script>
--x
Content-Type: text/calendar; charset=utf-8; method=REQUEST

{INVITATION}
--x--
"""


@pytest.fixture
def demo(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("JAARRITME_DEMO", "true")
    settings.cache_clear()
    (house.home / "mail").mkdir()
    (house.home / "mail" / f"{NAME}.eml").write_bytes(MAIL.replace("\n", "\r\n").encode())
    yield house
    settings.cache_clear()


@pytest.mark.parametrize("path", ["", f"/{NAME}", f"/{NAME}/html"])
def test_outside_a_demo_there_is_no_such_page(house: House, path: str) -> None:
    assert house.client("administrator").get(f"/demo/mail{path}").status_code == 404


def test_the_caught_mail_is_listed_for_whoever_tries_the_demo(demo: House) -> None:
    page = demo.anonymous().get("/demo/mail")

    assert (page.status_code, "Uitnodiging: Bespreek de groep" in page.text) == (200, True)


@pytest.mark.parametrize(("to", "there"), [("tom@proef.example", True), ("eva@proef.example", False)])
def test_the_list_is_narrowed_to_one_person(demo: House, to: str, there: bool) -> None:
    page = demo.anonymous().get("/demo/mail", params={"aan": to}).text

    assert (f"/demo/mail/{NAME}" in page) is there


def test_one_mail_shows_its_text_and_what_a_calendar_reads(demo: House) -> None:
    page = demo.anonymous().get(f"/demo/mail/{NAME}").text

    assert "dit is de gewone tekst" in page
    assert "wo 2 dec 08:45" in page
    assert "tom@proef.example, meral@proef.example" in page
    assert "onclick" not in page


def test_the_page_of_a_mail_can_do_nothing(demo: House) -> None:
    answer = demo.anonymous().get(f"/demo/mail/{NAME}/html")

    policy = answer.headers["content-security-policy"]
    assert ("<script>" in answer.text, "script-src" in policy, "sandbox" in policy) == (True, False, True)
    assert policy.startswith("default-src 'none'")
    assert "allow-scripts" not in policy


@pytest.mark.parametrize("name", ["x", "..%2f..%2fjaarritme", "20261125T053000.000000Z-0002"])
def test_a_mail_that_is_none_is_not_there(demo: House, name: str) -> None:
    assert demo.anonymous().get(f"/demo/mail/{name}").status_code == 404


def test_an_empty_catch_says_when_something_comes(demo: House) -> None:
    (demo.home / "mail" / f"{NAME}.eml").unlink()

    assert "Er is nog geen mail." in demo.anonymous().get("/demo/mail").text


@pytest.mark.parametrize("text", ["", "geen agenda", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"])
def test_what_is_no_invitation_is_none(text: str) -> None:
    assert read_invitation(text) is None
