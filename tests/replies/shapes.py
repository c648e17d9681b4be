"""Replies written after the shapes in which calendar programs send them; the people in them are invented."""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from quopri import encodestring

from service.clock import local

SCHOOL = "planning@wilgenhof.example"
LAILA = "laila.tahiri@wilgenhof.example"
JORIS = "joris.kamphuis@wilgenhof.example"
_CRLF = "\r\n"


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


@dataclass(frozen=True, kw_only=True)
class Told:
    """The facts that every shape tells in its own way."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    who: str = LAILA
    partstat: str = "ACCEPTED"
    sequence: int | None = 0
    stamp: datetime | None = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    comment: str = ""
    extra: tuple[str, ...] = field(default=())

    def later(self, hours: float) -> datetime:
        return (self.stamp or datetime(2026, 11, 25, 9, 30, tzinfo=UTC)) + timedelta(hours=hours)


def versions(told: Told) -> list[str]:
    number = [] if told.sequence is None else [f"SEQUENCE:{told.sequence}"]
    stamp = [f"DTSTAMP:{utc(told.stamp)}"] if told.stamp else []
    return [*number, *stamp]


def hours(told: Told) -> list[str]:
    return [f"DTSTART:{utc(told.starts_at)}", f"DTEND:{utc(told.ends_at)}"]


def calendar(
    *lines: str, method: str | None = "REPLY", prodid: str = "-//Voorbeeld//NL", around: str = ""
) -> str:
    head = ["BEGIN:VCALENDAR", f"PRODID:{prodid}", "VERSION:2.0", *([f"METHOD:{method}"] if method else [])]
    zone = around.splitlines() if around else []
    return _CRLF.join([*head, *zone, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])


WINDOWS_ZONE = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def wall(moment: datetime) -> str:
    return f"{local(moment):%Y%m%dT%H%M%S}"


def outlook(told: Told, *, method: str = "REPLY") -> str:
    """No ORGANIZER, Windows zones, a comment of one line break, MAILTO in capitals."""
    return calendar(
        f'ATTENDEE;PARTSTAT={told.partstat};CN="Laila Tahiri":MAILTO:{told.who}',
        f"COMMENT;LANGUAGE=nl-NL:{told.comment}\\n",
        f"UID:{told.uid}",
        "SUMMARY;LANGUAGE=nl-NL:Geaccepteerd: Bespreking groep 5",
        f"DTSTART;TZID=W. Europe Standard Time:{wall(told.starts_at)}",
        f"DTEND;TZID=W. Europe Standard Time:{wall(told.ends_at)}",
        "CLASS:PUBLIC",
        "PRIORITY:5",
        *versions(told)[::-1],
        "TRANSP:OPAQUE",
        "STATUS:CONFIRMED",
        "LOCATION;LANGUAGE=nl-NL:",
        f"X-MICROSOFT-CDO-APPT-SEQUENCE:{told.sequence}",
        "X-MICROSOFT-CDO-OWNERAPPTID:-1208839413",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
        "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE",
        "X-MICROSOFT-CDO-IMPORTANCE:1",
        "X-MICROSOFT-CDO-INSTTYPE:0",
        "X-MICROSOFT-DISALLOW-COUNTER:FALSE",
        *told.extra,
        method=method,
        prodid="Microsoft Exchange Server 2010",
        around=WINDOWS_ZONE,
    )


def google(told: Told, *, method: str = "REPLY", others: bool = False) -> str:
    """Everything in UTC, guests counted in the ATTENDEE line, the comment within it."""
    said = f';X-RESPONSE-COMMENT="{told.comment}"' if told.comment else ""
    other = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
    everyone = [f"{other};CN={JORIS};X-NUM-GUESTS=0:mailto:{JORIS}"]
    return calendar(
        *hours(told),
        *versions(told)[::-1],
        f"ORGANIZER;CN=De Wilgenhof:mailto:{SCHOOL}",
        f"UID:{told.uid}",
        *(everyone if others else []),
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={told.partstat};CN={told.who}",
        f" ;X-NUM-GUESTS=0{said}:mailto:{told.who}",
        "CREATED:20261101T080000Z",
        "LAST-MODIFIED:20261125T093000Z",
        "STATUS:CONFIRMED",
        "SUMMARY:Bespreking groep 5",
        "TRANSP:OPAQUE",
        *told.extra,
        method=method,
        prodid="-//Google Inc//Google Calendar 70.9054//EN",
    ).replace("\r\n ;", ";")


def apple(told: Told) -> str:
    """A principal in place of an address, which stands beside it; METHOD after CALSCALE."""
    return calendar(
        f"ATTENDEE;CN=Laila;CUTYPE=INDIVIDUAL;EMAIL={told.who};PARTSTAT={told.partstat}:/aMTQ1Mw/principal/",
        f"UID:{told.uid}",
        f"DTEND;TZID=Europe/Amsterdam:{wall(told.ends_at)}",
        f"DTSTART;TZID=Europe/Amsterdam:{wall(told.starts_at)}",
        *versions(told),
        f'ORGANIZER;CN="De Wilgenhof";EMAIL={SCHOOL}:mailto:{SCHOOL}',
        "X-CALENDARSERVER-ACCESS:PUBLIC",
        "REQUEST-STATUS:2.0;Success",
        *told.extra,
        prodid="-//Apple Inc.//iOS 19.1//EN",
    )


def thunderbird(told: Told) -> str:
    """Two lines of CATEGORIES, a caret in the name, the organizer's sender."""
    return calendar(
        "CREATED:20261125T090000Z",
        "LAST-MODIFIED:20261125T093000Z",
        *versions(told),
        f"UID:{told.uid}",
        "SUMMARY:Bespreking groep 5",
        "CATEGORIES:Overleg",
        "CATEGORIES:Groep 5",
        f"ORGANIZER;CN=De Wilgenhof:mailto:{SCHOOL}",
        f"ATTENDEE;CN=\"Laila ^'de tweede^' Tahiri\";PARTSTAT={told.partstat}:mailto:{told.who}",
        *hours(told),
        "X-MOZ-SEND-INVITATIONS:TRUE",
        *told.extra,
        prodid="-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
    )


def zimbra(told: Told) -> str:
    """The name in SENT-BY style, X-ZIMBRA lines, a COMMENT of its own."""
    return calendar(
        f"UID:{told.uid}",
        "SUMMARY:Bespreking groep 5",
        f"ATTENDEE;CN=Laila Tahiri;ROLE=REQ-PARTICIPANT;PARTSTAT={told.partstat}:mailto:{told.who}",
        f"ORGANIZER;CN=De Wilgenhof:mailto:{SCHOOL}",
        f'DTSTART;TZID="Europe/Amsterdam":{wall(told.starts_at)}',
        f'DTEND;TZID="Europe/Amsterdam":{wall(told.ends_at)}',
        *versions(told),
        "CLASS:PUBLIC",
        f"COMMENT:{told.comment}",
        "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
        *told.extra,
        prodid="Zimbra-Calendar-Provider",
    )


def nextcloud(told: Told) -> str:
    """Sabre's: a schedule status, lower-case mailto, no hours at all."""
    return calendar(
        f"UID:{told.uid}",
        *versions(told),
        f"ATTENDEE;PARTSTAT={told.partstat};CN=Laila;LANGUAGE=nl:mailto:{told.who}",
        f"ORGANIZER;CN=De Wilgenhof;SCHEDULE-STATUS=1.1:mailto:{SCHOOL}",
        "REQUEST-STATUS:2.0;Success",
        *told.extra,
        prodid="-//Sabre//Sabre VObject 4.5.6//EN",
    )


def proton(told: Told) -> str:
    """The bare minimum, with hours in a named zone."""
    return calendar(
        f"UID:{told.uid}",
        *versions(told),
        f"DTSTART;TZID=Europe/Amsterdam:{wall(told.starts_at)}",
        f"DTEND;TZID=Europe/Amsterdam:{wall(told.ends_at)}",
        f"ORGANIZER;CN=De Wilgenhof:mailto:{SCHOOL}",
        f"ATTENDEE;PARTSTAT={told.partstat}:mailto:{told.who}",
        *told.extra,
        prodid="-//Proton AG//ProtonCalendar 5.0//EN",
    )


def head(sender: str = LAILA, subject: str = "Geaccepteerd: Bespreking groep 5", **more: str) -> str:
    lines = [
        f"From: {sender}" if sender else "",
        f"To: {SCHOOL}",
        f"Subject: {subject}",
        "Date: Wed, 25 Nov 2026 10:30:00 +0100",
        "Message-ID: <4d2c@mail.wilgenhof.example>",
        "MIME-Version: 1.0",
        *(f"{name.replace('_', '-')}: {value}" for name, value in more.items()),
    ]
    return _CRLF.join(line for line in lines if line) + _CRLF


def part(kind: str, text: str | bytes, cte: str = "8bit", **more: str) -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    packed = {"base64": _base64, "quoted-printable": _printable}.get(cte, lambda data: data)(raw)
    lines = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {cte}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return _CRLF.join(lines).encode() + b"\r\n\r\n" + packed


def _base64(data: bytes) -> bytes:
    text = b64encode(data)
    return b"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))


def _printable(data: bytes) -> bytes:
    return encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")


def multi(kind: str, *parts: bytes, boundary: str = "grens", params: str = "") -> bytes:
    body = b"".join(b"\r\n--" + boundary.encode() + b"\r\n" + one for one in parts)
    return (
        f'Content-Type: multipart/{kind}; boundary="{boundary}"{params}\r\n'.encode()
        + body
        + (b"\r\n--" + boundary.encode() + b"--\r\n")
    )


def single(
    text: str | bytes,
    *,
    sender: str = LAILA,
    method: str | None = "REPLY",
    cte: str = "8bit",
    charset: str = "UTF-8",
    **more: str,
) -> bytes:
    """A mail that is nothing but a calendar."""
    says = f"; method={method}" if method else ""
    return head(sender, **more).encode() + part(f"text/calendar{says}; charset={charset}", text, cte)


def alternative(
    text: str | bytes, *, sender: str = LAILA, method: str | None = "REPLY", cte: str = "8bit", **more: str
) -> bytes:
    """Text, hypertext and calendar, as Exchange sends it."""
    says = f"; method={method}" if method else ""
    return head(sender, **more).encode() + multi(
        "alternative",
        part("text/plain; charset=utf-8", "Prima, ik ben erbij."),
        part("text/html; charset=utf-8", "<p>Prima, ik ben erbij.</p>"),
        part(f'text/calendar; charset="utf-8"{says}', text, cte),
    )


def mixed(text: str | bytes, *, sender: str = LAILA, method: str = "REPLY", **more: str) -> bytes:
    """The same calendar twice, as a part and as a file, as Google and Thunderbird send it."""
    return head(sender, **more).encode() + multi(
        "mixed",
        multi(
            "alternative",
            part("text/plain; charset=utf-8", "Laila komt."),
            part(f"text/calendar; charset=UTF-8; method={method}", text),
            boundary="binnen",
        ),
        part(
            'application/ics; name="invite.ics"',
            text,
            "base64",
            Content_Disposition='attachment; filename="invite.ics"',
        ),
    )


def attached(
    text: str | bytes, *, kind: str = "application/octet-stream", sender: str = LAILA, **more: str
) -> bytes:
    """Only a file with the right name."""
    return head(sender, **more).encode() + multi(
        "mixed",
        part("text/plain", "Zie de bijlage."),
        part(kind, text, "base64", Content_Disposition='attachment; filename="Antwoord.ICS"'),
    )
