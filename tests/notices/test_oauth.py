import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import pytest
from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, Session
from sqlalchemy import Engine

from service.notices.delivery import deliver
from service.notices.oauth import NoTokenError, access_token
from service.notices.parcel import UnreachableError
from service.notices.post_office import mail_carrier
from service.settings import Settings
from tests.notices.sink import Sink
from tests.notices.world import AT, World

USER = "zorg@wilgenhof.example"
MAIL = b"Subject: proef\r\n\r\nhallo\r\n"


class TokenServer:
    """A real token endpoint on this machine: hands out token-1, token-2 … and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.error = ""
        self.lasts: float = 3600
        self.newer_refresh = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append({key: value[0] for key, value in parse_qs(body).items()})
                self._answer(*outer.answer())

            def _answer(self, status: int, facts: dict[str, Any]) -> None:
                data = json.dumps(facts).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def answer(self) -> tuple[int, dict[str, Any]]:
        if self.error:
            return 400, {"error": self.error, "error_description": "geheim-van-de-school"}
        token = {"access_token": f"token-{len(self.asked)}", "token_type": "Bearer", "expires_in": self.lasts}
        return 200, token | ({"refresh_token": self.newer_refresh} if self.newer_refresh else {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/token"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class TokenSink(Sink):
    """A mail server that lets in whoever shows the token it wants, as Microsoft's and Google's do."""

    def __init__(self) -> None:
        super().__init__(auth_require_tls=False)
        self.wants = "token-1"
        self.shown: list[str] = []

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd names its hooks
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 -- aiosmtpd
        said = b64decode(args[1]).decode()
        self.shown.append(said)
        if said == f"user={USER}\x01auth=Bearer {self.wants}\x01\x01":
            return AuthResult(success=True, auth_data=USER)
        told = b64encode(b'{"status":"401","schemes":"Bearer"}').decode()
        answer = await server.challenge_auth(told, encode_to_b64=False)
        assert answer in (b"", MISSING)
        return AuthResult(success=False, handled=False)


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


@pytest.fixture
def guarded() -> Iterator[TokenSink]:
    with TokenSink() as sink:
        yield sink


def ours(tokens: TokenServer, home: Path, sink: Sink | None = None, **changes: str) -> Settings:
    user = USER.replace("@", "%40")
    address = f"smtp://{user}@127.0.0.1:{sink.port}?auth=xoauth2" if sink else ""
    facts: dict[str, Any] = {
        "home": home,
        "smtp_url": address,
        "oauth_token_url": tokens.url,
        "oauth_client_id": "jaarritme",
        "oauth_client_secret": "geheim-van-de-school",
        "oauth_scope": "https://mail.example/.default",
    }
    return Settings(**(facts | changes))


def hand_in(settings: Settings) -> None:
    carrier = mail_carrier(settings)
    try:
        carrier.send(MAIL, sender=USER, to="ineke@wilgenhof.example", alive=lambda: None)
    finally:
        carrier.close()


def test_mail_goes_with_a_token_of_the_application(
    tokens: TokenServer, guarded: TokenSink, tmp_path: Path
) -> None:
    settings = ours(tokens, tmp_path, guarded)

    hand_in(settings)
    hand_in(settings)

    assert len(guarded.accepted) == 2
    assert tokens.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "jaarritme",
            "client_secret": "geheim-van-de-school",
            "scope": "https://mail.example/.default",
        }
    ]


def test_a_token_that_the_server_no_longer_accepts_is_renewed_at_once(
    tokens: TokenServer, guarded: TokenSink, tmp_path: Path
) -> None:
    settings = ours(tokens, tmp_path, guarded)
    hand_in(settings)
    guarded.wants = "token-2"

    hand_in(settings)

    assert len(guarded.accepted) == 2
    assert len(tokens.asked) == 2


def test_a_token_is_renewed_before_its_end(tokens: TokenServer, tmp_path: Path) -> None:
    tokens.lasts = 100  # seconds, fewer than it takes to be safe

    got = [access_token(ours(tokens, tmp_path)) for _ in range(2)]

    assert got == ["token-1", "token-2"]


def test_a_token_that_stays_refused_is_told_in_dutch_without_a_secret(
    tokens: TokenServer, guarded: TokenSink, tmp_path: Path
) -> None:
    guarded.wants = "another"

    with pytest.raises(UnreachableError, match=r"token niet \(535\).*XOAUTH2") as caught:
        hand_in(ours(tokens, tmp_path, guarded))

    assert "token-" not in str(caught.value)
    assert len(guarded.shown) == 2


def test_a_refresh_token_is_used_and_its_successor_kept_sealed(tokens: TokenServer, tmp_path: Path) -> None:
    tokens.newer_refresh = "tweede"
    settings = ours(tokens, tmp_path, oauth_refresh_token="eerste")

    for _ in range(2):
        access_token(settings, fresh=True)

    assert [asked["refresh_token"] for asked in tokens.asked] == ["eerste", "tweede"]
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"tweede" in data for data in kept)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("invalid_client", "JAARRITME_OAUTH_CLIENT_SECRET"),
        ("invalid_grant", "JAARRITME_OAUTH_REFRESH_TOKEN"),
        ("<script>", "onbekend"),
    ],
)
def test_why_there_is_no_token_is_told_without_the_words_of_the_service(
    tokens: TokenServer, tmp_path: Path, error: str, advice: str
) -> None:
    tokens.error = error

    with pytest.raises(NoTokenError, match=advice) as caught:
        access_token(ours(tokens, tmp_path))

    assert "geheim" not in str(caught.value)


def test_a_secret_is_not_sent_over_the_net_unencrypted(tokens: TokenServer, tmp_path: Path) -> None:
    settings = ours(tokens, tmp_path)
    object.__setattr__(settings, "oauth_token_url", "http://login.school.example/token")

    with pytest.raises(NoTokenError, match="https"):
        access_token(settings)

    assert tokens.asked == []


def test_without_a_token_mail_waits_and_the_run_says_why(
    tokens: TokenServer, guarded: TokenSink, world: World, engine: Engine, tmp_path: Path
) -> None:
    tokens.error = "invalid_client"
    world.post("a")

    done = deliver(engine, AT, world.office_of(mail_carrier(ours(tokens, tmp_path, guarded))))

    assert (done.sent, done.waiting) == (0, 1)
    assert "invalid_client" in str(done.problem)
    assert guarded.accepted == []
