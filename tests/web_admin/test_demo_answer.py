"""In the demo a caught invitation is answered with a button, and comes in as a real mail."""

from email import message_from_bytes

from icalendar import Calendar

from service.demo.answering import ANSWERS, reply_mail
from service.notices.caught import CaughtMail
from tests.cast import moment
from tests.web_admin.test_demo_mail import INVITATION, NAME, House, demo

__all__ = ["demo"]
AT = moment("2026-11-25", 9)
MAIL = CaughtMail(
    id=NAME,
    subject="Uitnodiging: Bespreek de groep",
    sender="planning@proef.example",
    to="tom@proef.example",
    date=None,
    plain="",
    html="",
    calendar=INVITATION,
)


def answered(raw: bytes) -> Calendar:
    mail = message_from_bytes(raw)
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return Calendar.from_ical(payload)


def test_the_answer_is_what_a_calendar_program_sends() -> None:
    for said, partstat in ANSWERS.items():
        calendar = answered(reply_mail(MAIL, said, comment="tot dan", at=AT))
        (event,) = calendar.walk("VEVENT")

        assert calendar["METHOD"] == "REPLY"
        assert (event["UID"], event["SEQUENCE"], event["COMMENT"]) == ("1@proef.example", 2, "tot dan")
        assert (str(event["ATTENDEE"]), event["ATTENDEE"].params["PARTSTAT"]) == (
            "mailto:tom@proef.example",
            partstat,
        )


def test_another_hour_is_as_long_as_the_meeting() -> None:
    calendar = answered(reply_mail(MAIL, "voorstel", starts_at=moment("2026-12-03", 14), at=AT))
    (event,) = calendar.walk("VEVENT")

    assert calendar["METHOD"] == "COUNTER"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (
        moment("2026-12-03", 14),
        moment("2026-12-03", 14, 45),
    )


def test_a_button_answers_and_tells_how_it_came_in(demo: House) -> None:
    client = demo.client("ib")

    page = client.get(f"/demo/mail/{NAME}")
    answer = client.post(f"/demo/mail/{NAME}/antwoord", data={"reply": "ja"})
    told = client.get(f"/demo/mail/{NAME}").text
    wrong = client.post(f"/demo/mail/{NAME}/antwoord", data={"reply": "voorstel", "day": "", "hour": ""})

    assert "Antwoord als de ontvanger" in page.text
    assert answer.status_code == 303
    assert "Dit overleg is hier niet bekend." in told
    assert (wrong.status_code, "Kies een dag en een tijd." in wrong.text) == (422, True)


def test_outside_the_demo_nobody_can_answer_so(house: House) -> None:
    answer = house.client("ib").post(f"/demo/mail/{NAME}/antwoord", data={"reply": "ja"})

    assert answer.status_code == 404


def test_in_english_it_is_told_in_english_and_what_was_typed_stays(demo: House) -> None:
    client = demo.client("ib")
    client.post("/taal", data={"language": "en"})

    wrong = client.post(
        f"/demo/mail/{NAME}/antwoord", data={"reply": "voorstel", "comment": "later", "hour": "15:00"}
    )
    client.post(f"/demo/mail/{NAME}/antwoord", data={"reply": "ja"})
    told = client.get(f"/demo/mail/{NAME}").text

    assert ('value="later"' in wrong.text, 'value="15:00"' in wrong.text) == (True, True)
    assert "The answer has been sent and read (answer)" in told
