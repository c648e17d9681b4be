"""Stand between a calendar program and our pages, and see which answers it gets."""

from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

_DIRECT = build_opener(ProxyHandler({}))
_PASSED = ("If-None-Match", "If-Modified-Since", "User-Agent", "Accept")
_KEPT = ("Content-Type", "ETag", "Last-Modified", "Cache-Control")


class Relay:
    """A web server that asks another one and keeps the codes of its answers, in order."""

    def __init__(self, behind: str) -> None:
        self.codes: list[int] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pass, behind, self.codes))
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Pass(BaseHTTPRequestHandler):
    def __init__(self, behind: str, codes: list[int], *rest: Any) -> None:
        self.behind, self.codes = behind, codes
        super().__init__(*rest)

    def do_GET(self) -> None:
        head = {name: value for name in _PASSED if (value := self.headers.get(name))}
        asked = Request(self.behind + self.path, headers=head)  # noqa: S310 -- our own pages
        try:
            with _DIRECT.open(asked, timeout=30) as answer:
                code, headers, body = answer.status, answer.headers, answer.read()
        except HTTPError as error:
            code, headers, body = error.code, error.headers, error.read()
        self.codes.append(code)
        self.send_response(code)
        for name in _KEPT:
            if headers[name]:
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
