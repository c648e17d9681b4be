"""A mail server that answers in ways no standard allows; each step of it is one answer, byte for byte."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Thread
from time import monotonic, sleep

import pytest

from service.notices.parcel import (
    LaterError,
    LostClaimError,
    RefusedError,
    UncertainError,
    UnreachableError,
)
from service.notices.smtp import MailCarrier, MailServer

MAIL = b"Subject: proef\r\n\r\nhallo\r\n"
GREET, EHLO, YES, GO = b"220 hi\r\n", b"250 me\r\n", b"250 ok\r\n", b"354 go\r\n"
FOREVER = b"250-en nog een regel\r\n" * 20_000
HAND_IN = (GREET, EHLO, YES, YES, GO, YES)


@contextmanager
def server(answers: Sequence[bytes], drip: float = 0.0, at: Sequence[int] = ()) -> Iterator[str]:
    """Say each answer after a line (the last after a mail), those ``at`` a place byte by byte."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as said:
                for number, answer in enumerate(answers):
                    if number == len(HAND_IN) - 1:
                        while said.readline() not in (b".\r\n", b""):
                            pass
                    elif number:
                        said.readline()
                    size = 1 if number in at else len(answer)
                    for start in range(0, len(answer), size):
                        connection.sendall(answer[start : start + size])
                        sleep(drip if number in at else 0)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        thread.join()


def hand_in(url: str, timeout: float = 0.3, claim: bool = True) -> None:
    carrier = MailCarrier(MailServer.read(url), timeout=timeout, patience=1)
    try:
        carrier.send(MAIL, sender="a@wilgenhof.example", to="b@wilgenhof.example", alive=lambda: claim)
    finally:
        carrier.close()


@pytest.mark.parametrize("place", range(5))
def test_an_answer_that_drips_takes_no_longer_than_one_that_does_not_come(place: int) -> None:
    with server(HAND_IN, drip=0.1, at=[place]) as url:
        begun = monotonic()
        with pytest.raises(LaterError):
            hand_in(url, timeout=0.2)
        took = monotonic() - begun

    assert took < 0.6


@pytest.mark.parametrize("place", range(5))
def test_an_answer_without_an_end_does_not_fill_the_memory(place: int) -> None:
    answers = [*HAND_IN[:place], FOREVER]

    with server(answers) as url, pytest.raises(LaterError):
        hand_in(url)


def test_an_answer_without_an_end_after_the_mail_leaves_us_uncertain() -> None:
    with server([*HAND_IN[:5], FOREVER]) as url, pytest.raises(UncertainError):
        hand_in(url)


def test_after_what_we_do_not_understand_the_connection_is_not_used_again() -> None:
    answers = [GREET, EHLO, b"onzin\r\n250 ok\r\n", YES, GO, YES]

    with server(answers) as url:
        carrier = MailCarrier(MailServer.read(url), timeout=0.2)
        for error in (LaterError, UnreachableError):  # a new connection, and nobody there any more
            with pytest.raises(error):
                carrier.send(MAIL, sender="a@wilgenhof.example", to="b@wilgenhof.example", alive=lambda: None)


def test_a_server_that_does_not_let_us_in_is_quoted_and_not_called_out_of_reach() -> None:
    said = "554 uw adres staat op een lijst"

    with (
        server([said.encode() + b"\r\n"]) as url,
        pytest.raises(UnreachableError, match=f"laat ons niet binnen: {said}"),
    ):
        hand_in(url)


def test_a_mail_that_another_worker_took_over_while_the_server_dawdled_is_not_handed_in() -> None:
    with server(HAND_IN, drip=0.02, at=(1, 2, 3)) as url, pytest.raises(LostClaimError):
        hand_in(url, timeout=0.4, claim=False)


@contextmanager
def patient_server(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Hear a sender, a recipient and the wish to go ahead before answering any of them."""
    listener, heard = socket.create_server(("127.0.0.1", 0)), list[bytes]()

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as said:
                connection.sendall(GREET)
                said.readline()
                connection.sendall(b"250-me\r\n250 PIPELINING\r\n")
                heard.extend(said.readline() for _ in answers)
                connection.sendall(b"".join(answers))
                for line in said:
                    heard.append(line)
                    if line in (b".\r\n", b"rset\r\n", b"quit\r\n"):
                        connection.sendall(YES)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}", heard
    finally:
        listener.close()
        thread.join()


def test_who_takes_commands_in_one_go_gets_them_so() -> None:
    with patient_server(YES, YES, GO) as (url, heard):
        hand_in(url)

    assert heard[3:] == [*MAIL.splitlines(keepends=True), b".\r\n", b"quit\r\n"]


def test_who_goes_ahead_for_a_mail_to_nobody_gets_an_empty_one() -> None:
    nobody = b"550 no such user\r\n"

    with patient_server(YES, nobody, GO) as (url, heard), pytest.raises(RefusedError, match="no such user"):
        hand_in(url)

    assert heard[3:] == [b".\r\n", b"rset\r\n", b"quit\r\n"]


def test_who_says_goodbye_to_the_first_of_three_is_heard() -> None:
    with (
        patient_server(b"421 4.7.0 too busy\r\n", b"", b"") as (url, heard),
        pytest.raises(LaterError, match="too busy"),
    ):
        hand_in(url)

    assert len(heard) == 3
