"""Measure mail to a server far away: one that takes commands in one go against the same one step by step.

Run it from the top of the tree: ``python -m tests.benchmarks.bench_far [mails] [rounds]``. There and back
takes 20 ms. Both servers get the same mails in turns, each on one kept connection; the ratio of their best
rounds counts, not seconds.
"""

import asyncio
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from service.notices.smtp import MailCarrier, MailServer
from tests.notices.sink import Sink

JOURNEY = 0.020  # seconds, there and back
GOAL = 1.8
MAIL = b"Subject: Vandaag\r\n\r\n" + b"Vandaag staan er drie dingen voor je klaar.\r\n" * 60


def main(mails: int = 60, rounds: int = 3) -> int:
    """Print both speeds and their ratio; return 1 when it misses its goal."""
    in_one_go, by_step = [], []
    for _ in range(rounds):
        in_one_go.append(seconds(mails, pipelining=True) / mails)
        by_step.append(seconds(mails, pipelining=False) / mails)
    ratio = min(by_step) / min(in_one_go)
    lines = (
        f"step by step {1 / min(by_step):6.1f} mails/s (20 ms there and back, one connection)",
        f"in one go    {1 / min(in_one_go):6.1f} mails/s",
        f"ratio        {ratio:6.2f} x (goal: at least {GOAL})",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if ratio >= GOAL else 1


def seconds(mails: int, *, pipelining: bool) -> float:
    """Return how long some mails take on a connection that stands already."""
    with Sink(pipelining=pipelining) as sink, far_from(sink.port) as port:
        carrier = MailCarrier(MailServer.read(f"smtp://127.0.0.1:{port}"))
        _send(carrier)
        started = time.perf_counter()
        for _ in range(mails):
            _send(carrier)
        taken = time.perf_counter() - started
        carrier.close()
    return taken


def _send(carrier: MailCarrier) -> None:
    people = {"sender": "zorg@wilgenhof.example", "to": "ineke@wilgenhof.example"}
    carrier.send(MAIL, **people, alive=lambda: None)


@contextmanager
def far_from(port: int) -> Iterator[int]:
    """Give a port behind which another port lies half a journey away, each way."""
    loop, ready = asyncio.new_event_loop(), Event()
    ports: list[int] = []

    async def carry(reader: StreamReader, writer: StreamWriter) -> None:
        while data := await reader.read(65536):
            loop.call_later(JOURNEY / 2, writer.write, data)
        loop.call_later(JOURNEY / 2, writer.close)

    async def meet(reader: StreamReader, writer: StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, there[1]), carry(there[0], writer))

    async def serve() -> None:
        server = await asyncio.start_server(meet, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = Thread(target=run)
    thread.start()
    ready.wait()
    try:
        yield ports[0]
    finally:
        time.sleep(2 * JOURNEY)  # let goodbyes arrive
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
