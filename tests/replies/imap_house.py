"""Dovecot, started for one test: a real IMAP server on this machine, with a place that gives out tokens."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

USER, PASSWORD, TOKEN = "planning@wilgenhof.example", "gehéim/wachtwoord", "verzonnen-token"
NOBODY = 65534  # Dovecot reads no mail as root
CONFIG = """
base_dir = {folder}/state
state_dir = {folder}/state
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
log_path = {folder}/log
mail_location = maildir:{folder}/mail
auth_mechanisms = plain login xoauth2 oauthbearer
first_valid_uid = 1
first_valid_gid = 1
mail_uid = 65534
mail_gid = 65534
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class ImapHouse:
    """A mailbox; ``tokens`` are what its token place gave out, newest last."""

    folder: Path
    port: int
    web: int
    tokens: list[str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def new(self) -> Path:
        return self.folder / "mail" / "new"

    def put(self, name: str, raw: bytes) -> None:
        """Deliver a mail."""
        self.new.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / "mail" / "tmp" / name
        fresh.parent.mkdir(exist_ok=True)
        fresh.write_bytes(raw)
        os.chown(fresh, NOBODY, NOBODY)
        fresh.rename(self.new / name)

    def start(self) -> None:
        command = [shutil.which("dovecot") or "", "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = subprocess.Popen(command)  # noqa: S603 -- our own words
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


def available() -> bool:
    return shutil.which("dovecot") is not None and os.getuid() == 0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def imap_house() -> Iterator[ImapHouse]:
    """Run Dovecot and its token place until the test is done."""
    folder = Path(tempfile.mkdtemp(prefix="jaarritme-imap-"))
    folder.chmod(0o755)  # it reads mail as nobody, who may not come where pytest keeps its folders
    house = ImapHouse(folder, free_port(), 0, [])
    for name in ("mail/new", "mail/cur", "mail/tmp", "state"):
        (folder / name).mkdir(parents=True)
    with _token_place(house) as web:
        house.web = web
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (folder / "dovecot.conf").write_text(CONFIG.format(folder=folder, port=house.port))
        (folder / "oauth2.conf").write_text(
            f"tokeninfo_url = http://127.0.0.1:{web}/who?access_token=\nintrospection_mode = auth\n"
            f"introspection_url = http://127.0.0.1:{web}/who\nusername_attribute = email\n"
            "active_attribute = active\nactive_value = true\n"
        )
        _give_away(folder / "mail")
        house.start()
        try:
            yield house
        finally:
            house.stop()
            shutil.rmtree(folder)


def _give_away(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


@contextmanager
def _token_place(house: ImapHouse) -> Iterator[int]:
    class Place(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            house.tokens.append(f"{TOKEN}-{len(house.tokens)}")
            self._say({"access_token": house.tokens[-1], "token_type": "Bearer", "expires_in": 3600})

        def do_GET(self) -> None:
            given = f"{self.path} {self.headers.get('Authorization') or ''}"
            known = bool(house.tokens) and house.tokens[-1] in given
            self._say({"email": USER, "active": "true" if known else "false"}, 200 if known else 401)

        def _say(self, answer: dict[str, object], code: int = 200) -> None:
            body = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its own name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Place)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
