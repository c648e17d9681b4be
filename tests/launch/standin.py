"""Play Prefect, the service and the flows for the launcher, in a few lines."""

import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlparse

HOME = Path(os.environ["JAARRITME_HOME"])


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._say(b"fine")

    def do_POST(self) -> None:
        self._say(b"5")

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


def note(word: str) -> None:
    with (HOME / "story").open("a") as story:
        story.write(f"{word} {os.getpid()}\n")


def serve(name: str, port: int) -> None:
    note(name)
    signal.signal(signal.SIGTERM, lambda *_: (note(f"{name}-stops"), os._exit(0)))
    ThreadingHTTPServer(("127.0.0.1", port), Answer).serve_forever()


def flows() -> None:
    """Leave a grandchild in a session of its own, as a run in flight might; it can be stubborn."""
    deaf = "signal.signal(15, signal.SIG_IGN);" if "STANDIN_DEAF" in os.environ else ""
    code = f"import signal, time; {deaf} time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)  # noqa: S603 -- our own
    with (HOME / "story").open("a") as story:
        story.write(f"grandchild {child.pid}\n")
    note("flows")
    signal.signal(signal.SIGTERM, lambda *_: (note("flows-stops"), os._exit(0)))
    while True:
        time.sleep(1)


def main(words: list[str]) -> None:
    if words[:2] == ["server", "start"]:
        if "STANDIN_BROKEN_PREFECT" in os.environ:
            sys.exit("kapot")
        serve("prefect", int(words[words.index("--port") + 1]))
    if words == ["web"]:
        serve("web", int(os.environ["JAARRITME_PORT"]))
    if words == ["mail", "catch"]:
        serve("mail", urlparse(os.environ["JAARRITME_SMTP_URL"]).port)
    if words == ["flows"]:
        flows()
    note("-".join(words))
    if "--at" in words and not words[words.index("--at") + 1].startswith("20"):
        sys.stdout.write(f"{words[words.index('--at') + 1]} is geen moment\n")
        sys.exit(2)
    if "--logins" in words:
        sys.stdout.write("Geladen.\n\n  ib'er    ineke@school.example    geheim\n")


main(sys.argv[1:])
