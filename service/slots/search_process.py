"""Seek the best hours in a process of its own: numbers in, numbers out; no database, no names, no settings.

The first line in is the effort, the second the puzzle; anything after it, or the end, is a request to stop.
Each line out is a better answer; the last one says that it is.
"""

import json
import resource
import sys
import threading
import time

from calendars.slotting.puzzle import from_json
from calendars.slotting.solver import Effort, Progress, Search

_MEMORY = 3 * 1024**3  # octets of addresses; what is used is far less
_AGAIN = 0.5  # seconds
_SPARE_SECONDS = 30  # of the processor, for reading and building


def main() -> None:
    """Seek once."""
    told = json.loads(sys.stdin.readline())
    effort = Effort(seconds=float(told["seconds"]), workers=int(told["workers"]), steps=told.get("steps"))
    _bound(effort)
    search = Search(from_json(sys.stdin.readline()), effort)
    threading.Thread(target=_listen, args=(search,), daemon=True).start()
    best = search.run(lambda progress: _say(progress, done=False))
    if best is None:
        _write({"done": True})
    else:
        _say(best, done=True)


def _bound(effort: Effort) -> None:
    """Let the system end this process when it eats too much memory or time."""
    seconds = int(effort.seconds * max(1, effort.workers)) + _SPARE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _listen(search: Search) -> None:
    sys.stdin.readline()  # a word, or the end of who asked
    while True:  # a word in the blink before the solver begins is lost on it, so it is said again
        search.stop()
        time.sleep(_AGAIN)


def _say(progress: Progress, *, done: bool) -> None:
    _write(
        {
            "answer": progress.answer,
            "score": progress.score,
            "bound": progress.bound,
            "seconds": round(progress.seconds, 2),
            "proven": progress.proven,
            "done": done,
        }
    )


def _write(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
