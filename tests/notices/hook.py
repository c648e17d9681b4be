"""A chat service on this machine that keeps what it gets and answers as it is told."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "geheim-8Fz"


class Hook:
    """Takes posts over http; ``drop`` hangs up instead of answering, ``pause`` waits first (seconds)."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answer, self.location, self.pause, self.drop = 200, "", 0.0, False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"json://zorg:{SECRET}@127.0.0.1:{self.port}/{SECRET}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(hook) -> type[BaseHTTPRequestHandler]:  # noqa: N805 -- self is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append(json.loads(body))
                hook.headers.append({name.lower(): value for name, value in self.headers.items()})
                time.sleep(hook.pause)
                if hook.drop:
                    self.close_connection = True
                    return
                self.send_response(hook.answer)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler
