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
    def do_GET(self):
        self._say(b"fine")

    def do_POST(self):
        self._say(b"5")

    def _say(self, body):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


def note(word):
    with (HOME / "story").open("a") as story:
        story.write(f"{word} {os.getpid()}\n")


def serve(name, port):
    note(name)
    signal.signal(signal.SIGTERM, lambda *_: (note(f"{name}-stops"), os._exit(0)))
    ThreadingHTTPServer(("127.0.0.1", port), Answer).serve_forever()


def flows():
    """Leave a grandchild in a session of its own that ignores SIGTERM, as a run in flight might."""
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", stubborn], start_new_session=True)
    with (HOME / "story").open("a") as story:
        story.write(f"grandchild {child.pid}\n")
    note("flows")
    signal.signal(signal.SIGTERM, lambda *_: (note("flows-stops"), os._exit(0)))
    while True:
        time.sleep(1)


def main(words):
    if words[:2] == ["server", "start"]:
        serve("prefect", int(words[words.index("--port") + 1]))
    if words == ["web"]:
        serve("web", int(os.environ["JAARRITME_PORT"]))
    if words == ["mail", "catch"]:
        serve("mail", urlparse(os.environ["JAARRITME_SMTP_URL"]).port)
    if words == ["flows"]:
        flows()
    note("-".join(words))
    if words == ["demo", "logins"]:
        print("  ib'er    ineke@school.example    geheim")
    if words[:2] == ["demo", "clock"] and not words[2].startswith("20"):
        print(f"{words[2]} is geen moment")
        sys.exit(2)


main(sys.argv[1:])
