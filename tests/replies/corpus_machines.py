"""What machines send: notices of absence, receipts, lists, and mails that came back in seven ways."""

# ruff: noqa: ARG005 -- every sample is made of the same two facts, and most need one

from service.replies.kinds import Kind
from tests.replies import shapes as s
from tests.replies.corpus import Sample
from tests.replies.shapes import LAILA, SCHOOL

QMAIL = (
    "Hi. This is the qmail-send program at mx.elders.example.\r\n"
    "I'm afraid I wasn't able to deliver your message.\r\n\r\n"
    "<x@y.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)"
)
EXCHANGE = "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@wilgenhof.example"
BELOW = "--- Below this line is a copy of the message."

MACHINES = [
    Sample(
        "out of office in Outlook",
        lambda t, m: (
            s.head(
                LAILA,
                "Automatisch antwoord: Uitnodiging",
                In_Reply_To=f"<{m}>",
                X_Auto_Response_Suppress="All",
                Auto_Submitted="auto-generated",
            ).encode()
            + s.part("text/plain", "Ik ben er niet.")
        ),
        Kind.ABSENCE,
    ),
    Sample(
        "out of office in Gmail",
        lambda t, m: (
            s.head(
                LAILA, "Out of office Re: Uitnodiging", Auto_Submitted="auto-replied", Precedence="bulk"
            ).encode()
            + s.part("text/plain", "Tot maandag.")
        ),
        Kind.ABSENCE,
    ),
    Sample(
        "vacation, RFC 3834",
        lambda t, m: (
            s.head(LAILA, "Afwezig", Auto_Submitted="auto-replied (vacation)").encode()
            + s.part("text/plain", "Vakantie.")
        ),
        Kind.ABSENCE,
    ),
    Sample(
        "out of office with our invitation in it",
        lambda t, m: s.single(
            s.proton(t).replace("METHOD:REPLY", "METHOD:REQUEST"),
            method="REQUEST",
            Auto_Submitted="auto-replied",
        ),
        Kind.ABSENCE,
    ),
    Sample(
        "opened",
        lambda t, m: (
            s.head(LAILA, "Gelezen: Uitnodiging").encode()
            + s.multi(
                "report",
                s.part("text/plain", "Gelezen."),
                s.part(
                    "message/disposition-notification",
                    f"Final-Recipient: rfc822; {LAILA}\r\n"
                    "Disposition: manual-action/MDN-sent-manually; displayed\r\n",
                    "7bit",
                ),
                params="; report-type=disposition-notification",
            )
        ),
        Kind.RECEIPT,
    ),
    Sample(
        "a newsletter",
        lambda t, m: (
            s.head("nieuws@uitgever.example", "Nieuws", List_Id="<n.uitgever.example>").encode()
            + s.part("text/plain", "Koop.")
        ),
        Kind.BULK,
    ),
]


def dsn(
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    returned: str = "message/rfc822",
    sender: str = "MAILER-DAEMON@mx.wilgenhof.example",
) -> bytes:
    """A report as Postfix, Exchange and Google write it (RFC 3464)."""
    report = (
        f"Reporting-MTA: dns; mx.wilgenhof.example\r\n\r\nFinal-Recipient: rfc822; {LAILA}\r\n"
        f"Action: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} no such user\r\n"
    )
    original = f"From: {SCHOOL}\r\nTo: {LAILA}\r\nMessage-ID: <{message_id}>\r\nSubject: Uitnodiging\r\n\r\n"
    return s.head(sender, "Undelivered Mail Returned to Sender", Return_Path="<>").encode() + s.multi(
        "report",
        s.part("text/plain", "This is the mail system."),
        s.part("message/delivery-status", report, "7bit"),
        s.part(returned, original, "7bit"),
        params="; report-type=delivery-status",
    )


def told_in_words(message_id: str, text: str, **more: str) -> bytes:
    """A bounce without a report, as qmail, Exim and older servers write it."""
    body = f"{text}\r\n\r\n{BELOW}\r\n\r\nMessage-ID: <{message_id}>\r\nSubject: x\r\n"
    return s.head(
        "Mail Delivery System <Mailer-Daemon@mx.elders.example>",
        "Mail delivery failed",
        Return_Path="<>",
        **more,
    ).encode() + s.part("text/plain", body)


BOUNCES = [
    Sample("postfix", lambda t, m: dsn(m), Kind.BOUNCE),
    Sample("only the headers returned", lambda t, m: dsn(m, returned="text/rfc822-headers"), Kind.BOUNCE),
    Sample(
        "exchange",
        lambda t, m: dsn(m, status="5.1.10", sender=EXCHANGE),
        Kind.BOUNCE,
    ),
    Sample(
        "qmail",
        lambda t, m: told_in_words(
            m,
            QMAIL,
        ),
        Kind.BOUNCE,
    ),
    Sample(
        "exim",
        lambda t, m: told_in_words(
            m,
            "A message that you sent could not be delivered.\r\n  550 5.1.1 Unknown user",
            X_Failed_Recipients=LAILA,
        ),
        Kind.BOUNCE,
    ),
    Sample("delayed", lambda t, m: dsn(m, action="delayed", status="4.4.1"), Kind.DELAY),
    Sample(
        "with our invitation in it",
        lambda t, m: dsn(m).replace(
            b"Subject: Uitnodiging\r\n\r\n",
            b"Subject: Uitnodiging\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"
            + s.proton(t).encode(),
        ),
        Kind.BOUNCE,
    ),
]
