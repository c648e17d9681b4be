"""What a mail that came in can turn out to be, in words of the screen."""

from enum import StrEnum


class Kind(StrEnum):
    """What a mail is."""

    REPLY = "reply"
    COUNTER = "counter"
    REFRESH = "refresh"
    DELEGATION = "delegation"
    CALENDAR = "calendar"
    BOUNCE = "bounce"
    DELAY = "delay"
    ABSENCE = "absence"
    RECEIPT = "receipt"
    BULK = "bulk"
    OWN = "own"
    LETTER = "letter"
    SEALED = "sealed"
    UNREADABLE = "unreadable"


WORDS = {
    Kind.REPLY: "antwoord",
    Kind.COUNTER: "ander moment",
    Kind.REFRESH: "vraag om de uitnodiging",
    Kind.DELEGATION: "vervanging",
    Kind.CALENDAR: "agendabericht",
    Kind.BOUNCE: "onbestelbaar",
    Kind.DELAY: "vertraagd",
    Kind.ABSENCE: "afwezigheidsbericht",
    Kind.RECEIPT: "ontvangst- of leesbevestiging",
    Kind.BULK: "lijstbericht",
    Kind.OWN: "eigen bericht",
    Kind.LETTER: "brief",
    Kind.SEALED: "bericht in een eigen vorm",
    Kind.UNREADABLE: "onleesbaar",
}
