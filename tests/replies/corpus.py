"""Sixty answers, bounces and notices as programs send them, and what each must lead to."""

# ruff: noqa: ARG005 -- every sample is made of the same two facts, and most need one

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from service.replies.kinds import Kind
from tests.replies import shapes as s
from tests.replies.shapes import JORIS, LAILA, SCHOOL, Told

OPEN, DONE = "open", "processed"


@dataclass(frozen=True)
class Sample:
    """A mail after a shape, made of what it answers and our Message-ID; how Laila stands afterwards."""

    name: str
    make: Callable[[Told, str], bytes]
    kind: Kind = Kind.REPLY
    state: str = DONE
    partstat: str = "NEEDS-ACTION"


def yes(name: str, make: Callable[[Told, str], bytes], partstat: str = "ACCEPTED") -> Sample:
    return Sample(name, make, partstat=partstat)


def at_a_person(name: str, make: Callable[[Told, str], bytes], kind: Kind = Kind.REPLY) -> Sample:
    return Sample(name, make, kind=kind, state=OPEN)


def _with(told: Told, **changes: object) -> Told:
    return replace(told, **changes)  # type: ignore[arg-type]


ANSWERS = [
    yes("outlook base64", lambda t, _: s.alternative(s.outlook(t), cte="base64")),
    yes("outlook quoted-printable", lambda t, _: s.alternative(s.outlook(t), cte="quoted-printable")),
    yes("outlook declined", lambda t, _: s.alternative(s.outlook(_with(t, partstat="DECLINED"))), "DECLINED"),
    yes(
        "outlook tentative",
        lambda t, _: s.alternative(s.outlook(_with(t, partstat="TENTATIVE"))),
        "TENTATIVE",
    ),
    yes(
        "outlook from a name with a comma",
        lambda t, _: s.alternative(s.outlook(t), sender=f'"Tahiri, Laila" <{LAILA}>'),
    ),
    yes("outlook, method only inside", lambda t, _: s.alternative(s.outlook(t), method=None)),
    yes("google", lambda t, _: s.mixed(s.google(t))),
    yes(
        "google with a comment",
        lambda t, _: s.mixed(s.google(_with(t, comment="Ik kom; tien minuten later, goed?"))),
    ),
    yes("google naming everyone", lambda t, _: s.mixed(s.google(t, others=True))),
    yes("google declined", lambda t, _: s.mixed(s.google(_with(t, partstat="DECLINED"))), "DECLINED"),
    yes("apple with a principal", lambda t, _: s.attached(s.apple(t), kind="text/calendar; method=REPLY")),
    yes(
        "apple alternative in mixed",
        lambda t, _: (
            s.head(LAILA).encode()
            + s.multi(
                "alternative",
                s.part("text/plain", "Laila heeft ja gezegd."),
                s.multi(
                    "mixed", s.part("text/calendar; method=REPLY; charset=utf-8", s.apple(t)), boundary="b2"
                ),
            )
        ),
    ),
    yes("thunderbird", lambda t, _: s.mixed(s.thunderbird(t))),
    yes(
        "thunderbird tentative",
        lambda t, _: s.mixed(s.thunderbird(_with(t, partstat="TENTATIVE"))),
        "TENTATIVE",
    ),
    yes("zimbra", lambda t, _: s.alternative(s.zimbra(t))),
    yes("nextcloud without hours", lambda t, _: s.mixed(s.nextcloud(t))),
    yes("proton", lambda t, _: s.attached(s.proton(t), kind="text/calendar; charset=utf-8; method=REPLY")),
    yes("nothing but a calendar", lambda t, _: s.single(s.proton(t))),
    yes("nothing but a calendar in base64", lambda t, _: s.single(s.proton(t), cte="base64")),
    yes("application/ics", lambda t, _: s.attached(s.proton(t), kind="application/ics")),
    yes("a file without a type", lambda t, _: s.attached(s.proton(t))),
    yes(
        "method only beside the calendar", lambda t, _: s.single(s.proton(t).replace("METHOD:REPLY\r\n", ""))
    ),
    yes(
        "method in lower case and quoted",
        lambda t, _: s.single(s.proton(t).replace("METHOD:REPLY", "METHOD:reply"), method='"reply"'),
    ),
    yes(
        "method twice",
        lambda t, _: s.single(s.proton(t).replace("METHOD:REPLY", "METHOD:REPLY\r\nMETHOD:REPLY")),
    ),
    yes("says request beside, reply inside", lambda t, _: s.single(s.proton(t), method="REQUEST")),
    yes(
        "status twice and organizers in a row",
        lambda t, _: s.single(
            s.proton(
                _with(
                    t,
                    extra=(
                        "STATUS:CONFIRMED",
                        "STATUS:TENTATIVE",
                        "ORGANIZER:mailto:ander@wilgenhof.example",
                    ),
                )
            )
        ),
    ),
    yes(
        "without organizer",
        lambda t, _: s.single(s.proton(t).replace(f"ORGANIZER;CN=De Wilgenhof:mailto:{SCHOOL}\r\n", "")),
    ),
    yes("without sequence", lambda t, _: s.single(s.proton(_with(t, sequence=None)))),
    yes("without a stamp", lambda t, _: s.single(s.proton(_with(t, stamp=None)))),
    yes(
        "address in capitals",
        lambda t, _: s.single(s.proton(_with(t, who=LAILA.upper())), sender=LAILA.title()),
    ),
    yes("address with a tag", lambda t, _: s.single(s.proton(_with(t, who=LAILA.replace("@", "+agenda@"))))),
    yes(
        "mailto with a percent",
        lambda t, _: s.single(s.proton(t).replace(f"mailto:{LAILA}", f"mailto:{LAILA.replace('@', '%40')}")),
    ),
    yes("without mailto", lambda t, _: s.single(s.proton(t).replace(f":mailto:{LAILA}", f":{LAILA}"))),
    yes("bare line feeds", lambda t, _: s.single(s.proton(t)).replace(b"\r\n", b"\n")),
    yes("a mark of byte order", lambda t, _: s.single(b"\xef\xbb\xbf" + s.proton(t).encode(), cte="base64")),
    yes("UTF-16", lambda t, _: s.single(s.proton(t).encode("utf-16"), cte="base64", charset="utf-16")),
    yes(
        "latin-1 that says so",
        lambda t, _: s.single(
            s.zimbra(_with(t, comment="Eén uur graag")).encode("latin-1"), charset="iso-8859-1"
        ),
    ),
    yes(
        "latin-1 that says UTF-8",
        lambda t, _: s.single(s.zimbra(_with(t, comment="Eén uur graag")).encode("latin-1")),
    ),
    yes("a charset that nobody knows", lambda t, _: s.single(s.proton(t), charset="x-mac-dutch")),
    yes("folded in the middle of everything", lambda t, _: s.single(_folded(s.proton(t)))),
    yes("text before the calendar", lambda t, _: s.single("Beste,\r\n\r\n" + s.proton(t))),
    yes(
        "cut off at the end",
        lambda t, _: s.single(s.proton(t).replace("END:VEVENT\r\nEND:VCALENDAR\r\n", "")),
    ),
    yes(
        "a name with quotes that break the line",
        lambda t, _: s.single(
            s.proton(t).replace(";PARTSTAT=ACCEPTED", ';CN="Laila "Lala" Tahiri";PARTSTAT=ACCEPTED')
        ),
    ),
    yes(
        "a room answers too",
        lambda t, _: s.single(
            s.proton(
                _with(t, extra=("ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:lokaal3@wilgenhof.example",))
            )
        ),
    ),
    yes(
        "a colleague for her",
        lambda t, _: s.single(
            s.proton(t).replace(";PARTSTAT", f';SENT-BY="mailto:{JORIS}";PARTSTAT'), sender=JORIS
        ),
    ),
    yes(
        "the office at the same domain for her",
        lambda t, _: s.single(
            s.proton(t).replace(";PARTSTAT", ';SENT-BY="mailto:kantoor@wilgenhof.example";PARTSTAT'),
            sender="kantoor@wilgenhof.example",
        ),
    ),
    yes(
        "signed",
        lambda t, _: (
            s.head(LAILA).encode()
            + s.multi(
                "signed",
                s.part("text/calendar; method=REPLY", s.proton(t)),
                s.part("application/pkcs7-signature", "MIIB", "base64"),
                params='; protocol="application/pkcs7-signature"',
            )
        ),
    ),
    yes(
        "with an alarm and a to-do beside it",
        lambda t, _: s.single(
            s.proton(t).replace(
                "END:VEVENT",
                "BEGIN:VALARM\r\nUID:alarm\r\nTRIGGER:-PT15M\r\nACTION:DISPLAY\r\nEND:VALARM\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nUID:x\r\nEND:VTODO",
            )
        ),
    ),
    yes("the same event twice", lambda t, _: s.single(s.proton(t) + s.proton(t))),
    yes(
        "its only time named",
        lambda t, _: s.single(s.proton(_with(t, extra=(f"RECURRENCE-ID:{s.utc(t.starts_at)}",)))),
    ),
    yes(
        "an automatic reply of a calendar", lambda t, _: s.single(s.proton(t), Auto_Submitted="auto-replied")
    ),
]

FOR_A_PERSON = [
    at_a_person("another uid", lambda t, _: s.single(s.proton(_with(t, uid="onbekend@elders.example")))),
    at_a_person(
        "an address that was not asked",
        lambda t, _: s.single(
            s.proton(_with(t, who="l.tahiri@prive.example")), sender="l.tahiri@prive.example"
        ),
    ),
    at_a_person("somebody else sends it", lambda t, _: s.single(s.proton(t), sender="kwaad@elders.example")),
    at_a_person(
        "somebody else with her name",
        lambda t, _: s.single(s.proton(t), sender=f'"{LAILA}" <kwaad@elders.example>'),
    ),
    at_a_person("two senders", lambda t, _: s.single(s.proton(t), sender=f"{LAILA}, kwaad@elders.example")),
    at_a_person("no sender", lambda t, _: s.single(s.proton(t), sender="")),
    at_a_person(
        "a stranger says to be sent",
        lambda t, _: s.single(
            s.proton(t).replace(";PARTSTAT", ';SENT-BY="mailto:kwaad@elders.example";PARTSTAT'),
            sender="kwaad@elders.example",
        ),
    ),
    at_a_person("no partstat", lambda t, _: s.single(s.proton(t).replace(";PARTSTAT=ACCEPTED", ""))),
    at_a_person("still to answer", lambda t, _: s.single(s.proton(_with(t, partstat="NEEDS-ACTION")))),
    at_a_person("a word of their own", lambda t, _: s.single(s.proton(_with(t, partstat="X-MISSCHIEN")))),
    at_a_person(
        "nobody in it",
        lambda t, _: s.single(s.proton(t).replace(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{LAILA}\r\n", "")),
    ),
    at_a_person(
        "one of a series",
        lambda t, _: s.single(s.proton(_with(t, extra=("RECURRENCE-ID:20270101T090000Z",)))),
    ),
    at_a_person(
        "sent on by a colleague",
        lambda t, _: (
            s.head(JORIS).encode()
            + s.multi(
                "mixed",
                s.part("text/plain", "Dit kreeg ik."),
                s.part("message/rfc822", s.single(s.proton(t))),
            )
        ),
    ),
    at_a_person(
        "an invitation by another",
        lambda t, _: s.single(
            s.proton(_with(t, uid="feest@elders.example")).replace("METHOD:REPLY", "METHOD:REQUEST"),
            method="REQUEST",
        ),
        Kind.CALENDAR,
    ),
    at_a_person(
        "an answer to a proposal that we never made",
        lambda t, _: s.single(
            s.proton(t).replace("METHOD:REPLY", "METHOD:DECLINECOUNTER"), method="DECLINECOUNTER"
        ),
        Kind.CALENDAR,
    ),
    at_a_person(
        "a file without method",
        lambda t, _: s.attached(s.proton(t).replace("METHOD:REPLY\r\n", "")),
        Kind.CALENDAR,
    ),
    at_a_person(
        "winmail.dat",
        lambda t, _: (
            s.head(LAILA).encode()
            + s.multi(
                "mixed",
                s.part("text/plain", "ja"),
                s.part("application/ms-tnef; name=winmail.dat", b'x\x9f>"', "base64"),
            )
        ),
        Kind.SEALED,
    ),
    at_a_person(
        "a letter",
        lambda t, m: (
            s.head(LAILA, "Re: Uitnodiging", In_Reply_To=f"<{m}>").encode()
            + s.part("text/plain", "Ik kom graag.")
        ),
        Kind.LETTER,
    ),
    at_a_person("a calendar from a file, no mail", lambda t, _: s.proton(t).encode()),
    at_a_person(
        "the delegate answers",
        lambda t, _: s.single(
            s.proton(_with(t, who="inval@pool.example")).replace(
                ";PARTSTAT", f';DELEGATED-FROM="mailto:{LAILA}";PARTSTAT'
            ),
            sender="inval@pool.example",
        ),
        Kind.DELEGATION,
    ),
]


def _folded(text: str) -> str:
    return "\r\n".join(
        "\r\n ".join(line[at : at + 20] for at in range(0, len(line), 20)) for line in text.split("\r\n")
    )


def counter(told: Told, days: int = 1) -> Told:
    return replace(
        told, starts_at=told.starts_at + timedelta(days=days), ends_at=told.ends_at + timedelta(days=days)
    )
