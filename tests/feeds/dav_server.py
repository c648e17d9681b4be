"""A calendar server of a stranger, small enough to see what it was asked; it can be in trouble too."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

_KIND = b"""<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>/agenda/</d:href>
<d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype></d:prop>
<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"""


class DavServer:
    """One calendar at ``address``; ``trouble`` is a status for every answer, or "hangs".

    What lies under ``kapot/`` there is broken for good.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.entries: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.trouble: int | str = 0
        self.elsewhere = ""
        self.full_after = 10_000
        self.over = Event()


@contextmanager
def dav_server() -> Iterator[DavServer]:
    """Serve until the block ends."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    server = DavServer(f"http://127.0.0.1:{http.server_port}/agenda/")
    http.dav = server  # type: ignore[attr-defined]
    thread = Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield server
    server.over.set()
    http.shutdown()
    http.server_close()
    thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def dav(self) -> DavServer:
        return self.server.dav  # type: ignore[attr-defined,no-any-return]

    def do_PROPFIND(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))  # or it begins the next request
        self._answer(207, _KIND)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.dav.trouble and len(self.dav.entries) < self.dav.full_after:
            self.dav.entries[self._name()] = body
            self._answer(201)
        else:
            self._answer(507)

    def do_DELETE(self) -> None:
        known = not self.dav.trouble and self.dav.entries.pop(self._name(), None)
        self._answer(204 if known else 404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _name(self) -> str:
        return self.path.rpartition("/")[2]

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.dav.asked.append(f"{self.command} {self._name()}")
        if self.dav.trouble == "hangs":
            self.dav.over.wait(60)
            return
        self.send_response(500 if "/kapot/" in self.path else int(self.dav.trouble) or status)
        if self.dav.elsewhere:
            self.send_header("Location", self.dav.elsewhere)
        if self.dav.trouble == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="agenda"')
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
