"""Answers that programs and servers bent on the way, and what each must lead to all the same."""

# ruff: noqa: ARG005 -- every sample is made of the same two facts, and most need one

from service.replies.kinds import Kind
from tests.replies import shapes as s
from tests.replies.corpus import at_a_person, yes
from tests.replies.shapes import LAILA, SCHOOL, Told

_PACKED = "040000008200E00074C5B7101A82E008" + "0" * 40 + "7643616C2D55696401000000"


def _as(told: Told, value: str, params: str = "") -> str:
    return s.proton(told).replace(f"PARTSTAT=ACCEPTED:mailto:{LAILA}", f"PARTSTAT=ACCEPTED{params}:{value}")


BENT = [
    yes("an address of Exchange's own", lambda t, _: s.single(_as(t, "MAILTO:/O=WILGENHOF/CN=LAILA"))),
    yes("no address that mail goes to", lambda t, _: s.single(_as(t, "invalid:nomail"))),
    yes("mailto twice", lambda t, _: s.single(_as(t, f"mailto:MAILTO:{LAILA}"))),
    yes("a name before the address", lambda t, _: s.single(_as(t, f"mailto:Laila Tahiri <{LAILA}>"))),
    yes(
        "a UID that a phone on Exchange packed",
        lambda t, _: s.single(s.proton(t).replace(t.uid, f"{_PACKED}{t.uid.encode().hex().upper()}00")),
    ),
    yes("a UID in capitals", lambda t, _: s.single(s.proton(t).replace(t.uid, t.uid.upper()))),
    yes(
        "folded without a space",
        lambda t, _: s.single(
            _as(t, f"mailto:{LAILA}", ';CN="Tahiri, Lai\r\nla"').replace("tahiri@", "ta\r\nhiri@")
        ),
    ),
    yes(
        "folded twice over",
        lambda t, _: s.single(_as(t, f"mailto:{LAILA}", ";CN=L\r\n aila").replace("\n", "\r\n")),
    ),
    yes(
        "herself twice, once without an answer",
        lambda t, _: s.single(
            _as(t, f"mailto:{LAILA}\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{LAILA}").replace(
                "ACCEPTED", "NEEDS-ACTION", 1
            )
        ),
    ),
    yes(
        "an encoding with a blank behind it",
        lambda t, _: s.single(s.proton(t), cte="base64").replace(b": base64", b": BASE64 "),
    ),
    yes(
        "the school's own calendar service for her",
        lambda t, _: s.mixed(s.nextcloud(t), sender="Laila <invitations-noreply@cloud.wilgenhof.example>"),
    ),
    at_a_person(
        "a calendar service of nobody's for her",
        lambda t, _: s.mixed(s.nextcloud(t), sender="Laila <noreply@agenda.example>", Reply_To=LAILA),
    ),
    at_a_person(
        "a stranger with no address",
        lambda t, _: s.single(_as(t, "invalid:nomail"), sender="x@elders.example"),
    ),
    at_a_person(
        "a colleague's letter by a list",
        lambda t, _: (
            s.head(LAILA, "Donderdag", List_Id="<team.elders.example>", Precedence="list").encode()
            + s.part("text/plain", "Ik kan toch niet.")
        ),
        Kind.LETTER,
    ),
    at_a_person(
        "a letter to a mailbox that is a list",
        lambda t, _: (
            s.head("ouder@prive.example", "Gesprek", List_Post=f"<mailto:{SCHOOL}>").encode()
            + s.part("text/plain", "Kan het later?")
        ),
        Kind.LETTER,
    ),
    at_a_person(
        "a letter of her own about being away",
        lambda t, _: (
            s.head(LAILA, "Afwezig bij de bespreking", X_Auto_Response_Suppress="DR, OOF").encode()
            + s.part("text/plain", "Ik ben er dan niet.")
        ),
        Kind.LETTER,
    ),
]
