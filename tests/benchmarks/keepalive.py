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
    """What came of asking for some seconds: per answer its milliseconds, and how often which status."""

    seconds: float
    milliseconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    octets: int = 0

    @property
    def per_second(self) -> float:
        """Return answers per second."""
        return len(self.milliseconds) / self.seconds

    def at(self, part: float) -> float:
        """Return the milliseconds within which a part of the answers came."""
        ordered = sorted(self.milliseconds)
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
        self._head, self._size, self._left = b"", 0, -1
        self.socket.sendall(request)

    def read(self) -> tuple[int, int] | None:
        """Read a piece; return the status and the octets of the body when the answer is whole."""
        piece = self.socket.recv(_PIECE)
        if self._left < 0:
            self._head += piece
            end = self._head.find(b"\r\n\r\n")
            if end < 0 and piece:
                return None
            self._begin_body(end)
        else:
            self._left -= len(piece)
        return (int(self._head[9:12]), self._size) if self._left == 0 else None

    def _connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closes = False

    def _begin_body(self, end: int) -> None:
        if end < 0:
            raise ConnectionError("the server hung up")
        found = _LENGTH.search(self._head, 0, end + 2)
        self._size = int(found[1]) if found else 0
        self._left = self._size - (len(self._head) - end - 4)
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
                _enter(asked, *whole, perf_counter() - key.data.begin)
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


def _enter(asked: Asked, status: int, octets: int, seconds: float) -> None:
    asked.milliseconds.append(1000 * seconds)
    asked.statuses[status] = asked.statuses.get(status, 0) + 1
    asked.octets += octets


def get(path: str, **headers: str) -> bytes:
    """Return a GET as it travels."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
