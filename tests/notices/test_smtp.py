import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.notices.parcel import (
    LaterError,
    NotNowError,
    RefusedError,
    SilentError,
    SpentError,
    UnreachableError,
)
from service.notices.smtp import MailCarrier, MailServer
from tests.notices.sink import Sink

MAIL = b"Subject: proef\r\n\r\nhallo\r\n"


@pytest.fixture(params=[True, False], ids=["in one go", "step by step"])
def sink(request: pytest.FixtureRequest) -> Iterator[Sink]:
    """A mail server that takes commands in one go, and one that wants to answer each."""
    with Sink(pipelining=request.param) as sink:
        yield sink


def hand_in(url: str, data: bytes = MAIL, to: str = "ineke@wilgenhof.example") -> None:
    carrier = MailCarrier(MailServer.read(url), timeout=5)
    try:
        carrier.send(data, sender="zorg@wilgenhof.example", to=to, alive=lambda: None)
    finally:
        carrier.close()


def test_lines_that_begin_with_a_dot_and_a_missing_last_line_end_arrive_whole(sink: Sink) -> None:
    data = b"Subject: proef\r\n\r\n.\r\n..twee\r\n.drie"

    hand_in(sink.url, data)

    assert sink.accepted == [data + b"\r\n"]


def test_a_connection_the_server_closed_between_two_mails_is_opened_again(sink: Sink) -> None:
    carrier = MailCarrier(MailServer.read(sink.url), timeout=5)
    for word in ("ok", "mail 421", "ok"):
        sink.script.append(word)

    for _ in range(2):
        carrier.send(MAIL, sender="a@wilgenhof.example", to="b@wilgenhof.example", alive=lambda: None)
    carrier.close()

    assert (len(sink.accepted), sink.connections) == (2, 2)


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("rcpt 550", RefusedError),
        ("rcpt 451", NotNowError),
        ("mail 451", LaterError),
        ("mail 552", RefusedError),
        ("data 552", RefusedError),
        ("data 421", LaterError),
        ("data 550 5.4.5", SpentError),
    ],
)
def test_after_a_refusal_the_next_mail_still_leaves(sink: Sink, word: str, error: type[Exception]) -> None:
    carrier = MailCarrier(MailServer.read(sink.url), timeout=5)
    sink.script.append(word)

    with pytest.raises(error):
        carrier.send(MAIL, sender="a@wilgenhof.example", to="b@wilgenhof.example", alive=lambda: None)
    carrier.send(MAIL, sender="a@wilgenhof.example", to="b@wilgenhof.example", alive=lambda: None)
    carrier.close()

    assert len(sink.accepted) == 1


PEOPLE = {"sender": "a@wilgenhof.example", "to": "b@wilgenhof.example"}
NEXT = b"Subject: de volgende\r\n\r\nhallo\r\n"


def with_a_next(sink: Sink, *words: str) -> MailCarrier:
    """Hand in a mail and offer the next; from there the server obeys the script."""
    carrier = MailCarrier(MailServer.read(sink.url), timeout=5)
    carrier.send(MAIL, **PEOPLE, alive=lambda: None)
    sink.script.extend(words)
    carrier.begin(NEXT, **PEOPLE)
    return carrier


def test_what_was_offered_ahead_leaves_in_its_turn_on_the_same_connection(sink: Sink) -> None:
    carrier = with_a_next(sink)
    assert sink.accepted == [MAIL]

    carrier.send(NEXT, **PEOPLE, alive=lambda: None)
    carrier.close()

    assert (sink.accepted, sink.connections) == ([MAIL, NEXT], 1)


def test_another_mail_than_was_offered_leaves_alone(sink: Sink) -> None:
    carrier = with_a_next(sink)

    carrier.send(MAIL, sender=PEOPLE["sender"], to="c@wilgenhof.example", alive=lambda: None)
    carrier.close()

    assert sink.accepted == [MAIL, MAIL]
    assert sink.senders[-1] == ("a@wilgenhof.example", "c@wilgenhof.example")


def test_an_offer_that_is_not_followed_delivers_nothing(sink: Sink) -> None:
    with_a_next(sink).close()

    hand_in(sink.url)  # what comes after it is dealt with after it
    assert sink.accepted == [MAIL, MAIL]


@pytest.mark.parametrize(
    ("word", "error"), [("mail 451", LaterError), ("rcpt 550", RefusedError), ("data 552", RefusedError)]
)
def test_a_refusal_of_what_was_offered_ahead_is_told_in_its_turn(
    sink: Sink, word: str, error: type[Exception]
) -> None:
    carrier = with_a_next(sink, word)

    with pytest.raises(error):
        carrier.send(NEXT, **PEOPLE, alive=lambda: None)
    carrier.send(NEXT, **PEOPLE, alive=lambda: None)
    carrier.close()

    assert sink.accepted == [MAIL, NEXT]


def test_a_server_that_leaves_during_an_offer_is_called_again(sink: Sink) -> None:
    carrier = with_a_next(sink, "mail 421")

    carrier.send(NEXT, **PEOPLE, alive=lambda: None)
    carrier.close()

    assert (sink.accepted, sink.connections) == ([MAIL, NEXT], 2)


def test_an_address_that_cannot_be_offered_ahead_is_refused_in_its_turn(sink: Sink) -> None:
    carrier = MailCarrier(MailServer.read(sink.url), timeout=5)
    carrier.send(MAIL, **PEOPLE, alive=lambda: None)
    wrong = {**PEOPLE, "to": "in\u00e9ke@wilgenhof.example"}

    carrier.begin(NEXT, **wrong)

    with pytest.raises(RefusedError, match="mailadres"):
        carrier.send(NEXT, **wrong, alive=lambda: None)
    carrier.close()
    assert sink.accepted == [MAIL]


def test_a_server_that_falls_silent_is_not_asked_for_the_next_mail(sink: Sink) -> None:
    carrier = MailCarrier(MailServer.read(sink.url), timeout=0.1, patience=0.2)
    sink.script.append("hang")

    with pytest.raises(SilentError, match="mogelijk is het bericht aangekomen") as caught:
        carrier.send(MAIL, sender="a@wilgenhof.example", to="b@wilgenhof.example", alive=lambda: None)

    assert caught.value.closed


@pytest.mark.parametrize(
    "url",
    [
        "smtp://zorg:geheim@mail.school.example",
        "smtps://mail.school.example?auth=xoauth2",
        "smtps://zorg@mail.school.example?auth=plain",
        "smtp://zorg@mail.school.example?auth=xoauth2",
    ],
)
def test_a_secret_never_travels_in_the_clear_and_a_token_is_someones(url: str) -> None:
    with pytest.raises(ValueError, match=r"encrypted|log in") as caught:
        MailServer.read(url)

    assert "geheim" not in str(caught.value)


def test_an_address_of_two_lines_is_refused_and_commands_nothing(sink: Sink) -> None:
    with pytest.raises(RefusedError, match="mailadres"):
        hand_in(sink.url, to="ineke@wilgenhof@example\r\nrset")

    assert sink.accepted == []


def test_an_address_outside_ascii_is_refused_and_not_sent_mangled(sink: Sink) -> None:
    with pytest.raises(RefusedError, match="mailadres"):
        hand_in(sink.url, to="inéke@wilgenhof.example")

    assert sink.accepted == []


def test_a_server_that_wants_a_login_first_is_out_of_reach_for_every_mail(sink: Sink) -> None:
    sink.script.append("mail 530")

    with pytest.raises(UnreachableError, match="530"):
        hand_in(sink.url)


def test_starttls_is_never_skipped_when_the_server_does_not_offer_it(sink: Sink) -> None:
    with pytest.raises(UnreachableError, match="STARTTLS"):
        hand_in(f"smtp+starttls://127.0.0.1:{sink.port}")

    assert sink.accepted == []


def test_mail_goes_encrypted_and_logged_in_over_starttls(trusted: ssl.SSLContext) -> None:
    with Sink(tls_context=trusted, require_starttls=True, authenticator=only_zorg) as sink:
        hand_in(f"smtp+starttls://zorg:p%40ss@127.0.0.1:{sink.port}")

        assert len(sink.accepted) == 1


def test_a_wrong_password_is_told_without_the_password(trusted: ssl.SSLContext) -> None:
    with Sink(tls_context=trusted, require_starttls=True, authenticator=only_zorg) as sink:
        with pytest.raises(UnreachableError, match="inlog") as caught:
            hand_in(f"smtp+starttls://zorg:mis-mis@127.0.0.1:{sink.port}")

        assert "mis-mis" not in str(caught.value)


def test_mail_goes_over_smtps(trusted: ssl.SSLContext) -> None:
    with Sink(ssl_context=trusted) as sink:
        hand_in(f"smtps://127.0.0.1:{sink.port}")

        assert len(sink.accepted) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_certificate_nobody_vouches_for_gets_no_mail(tmp_path: Path, scheme: str) -> None:
    context = certificate(tmp_path)
    options = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context}
    with Sink(**options) as sink:
        with pytest.raises(UnreachableError, match="versleutelde verbinding"):
            hand_in(f"{scheme}://127.0.0.1:{sink.port}")

        assert sink.accepted == []


def test_an_address_without_a_host_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValueError, match="not an address") as caught:
        MailServer.read("smtp://zorg:geheim@")

    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://m.example", 25), ("smtps://m.example", 465), ("smtp+starttls://m.example", 587)],
)
def test_each_kind_of_server_has_its_own_port(url: str, port: int) -> None:
    assert MailServer.read(url).port == port


def only_zorg(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
) -> AuthResult:
    return AuthResult(success=login == LoginPassword(b"zorg", b"p@ss"), handled=False)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """A server's certificate that this process trusts."""
    context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    return context


def certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
