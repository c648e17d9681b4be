"""A small client that keeps its connections open and asks one thing over and over, for benchmarks."""

import re
import selectors
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PIECE = 1 << 18


@dataclass
class Asked:
    """What came of asking for some seconds: the milliseconds of every answer, by its status."""

    seconds: float
    by_status: dict[int, list[float]] = field(default_factory=dict)

    @property
    def milliseconds(self) -> list[float]:
        """Return how long every answer took."""
        return [taken for each in self.by_status.values() for taken in each]

    @property
    def per_second(self) -> float:
        """Return answers per second."""
        return len(self.milliseconds) / self.seconds

    def at(self, part: float, status: int | None = None) -> float:
        """Return the milliseconds within which a part of the answers came, or of those of one status."""
        ordered = sorted(self.by_status[status] if status else self.milliseconds)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class _Line:
    """One connection: what it still has to read of an answer, and since when."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connect()

    def ask(self, request: bytes) -> None:
        """Send a request; on a new connection when the server closes each after its answer."""
        self._request, self.begin = request, perf_counter()
        if self.closes:
            self.socket.close()
            self._connect()
        self._head, self._left = b"", -1
        self.socket.sendall(request)

    def read(self) -> int | None:
        """Read a piece; return the status when the answer is whole."""
        piece = self.socket.recv(_PIECE)
        if self._left < 0:
            self._head += piece
            end = self._head.find(b"\r\n\r\n")
            if end < 0 and piece:
                return None
            self._begin_body(end)
        else:
            self._left -= len(piece)
        return int(self._head[9:12]) if self._left == 0 else None

    def _connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closes = False

    def _begin_body(self, end: int) -> None:
        if end < 0:
            raise ConnectionError("the server hung up")
        found = _LENGTH.search(self._head, 0, end + 2)
        self._left = (int(found[1]) if found else 0) - (len(self._head) - end - 4)
        head = self._head[:end].lower()
        self.closes = head.startswith(b"http/1.0") or b"\r\nconnection: close" in head


def ask(port: int, requests: Sequence[bytes], seconds: float, connections: int = 1) -> Asked:
    """Ask in turn for each of ``requests`` on every connection, for some seconds."""
    turns, lines = cycle(requests), [_Line(port) for _ in range(connections)]
    asked, selector = Asked(seconds), selectors.DefaultSelector()
    for line in lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.ask(next(turns))
    end = perf_counter() + seconds
    while perf_counter() < end:
        for key, _ in selector.select(1):
            whole = key.data.read()
            if whole:
                taken = 1000 * (perf_counter() - key.data.begin)
                asked.by_status.setdefault(whole, []).append(taken)
                _ask_again(selector, key.data, next(turns))
    selector.close()
    for line in lines:
        line.socket.close()
    return asked


def _ask_again(selector: selectors.BaseSelector, line: _Line, request: bytes) -> None:
    if not line.closes:
        line.ask(request)
        return
    selector.unregister(line.socket)
    line.ask(request)
    selector.register(line.socket, selectors.EVENT_READ, line)


def get(path: str, **headers: str) -> bytes:
    """Return a GET as it travels."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
