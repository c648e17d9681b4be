"""Leaving what is served when Prefect's server is gone: it lets go, or the process begins anew."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from threading import Thread
from typing import Any

import pytest

from flows.server_watch import Serving

Work = Coroutine[Any, Any, None]
ROOT = Path(__file__).parents[2]


class Flows:
    """What serves in the main thread, and is left from another; ``happened`` tells what came of it."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.serving = Serving(lambda: self.happened.append("begun anew"), within=0.3)

    def serve(self, work: Work) -> None:
        """Serve until it is left, as ``flows`` does."""

        async def all_of_it() -> None:
            task = asyncio.create_task(work)
            self.serving.kill_runs = lambda: self.happened.append("runs killed")
            self.serving.is_on.set()
            await self.serving.until_left(task)

        try:
            asyncio.run(all_of_it())
        finally:
            self.serving.ended()

    def serve_and_leave(self, work: Work) -> None:
        """Leave as soon as it serves."""
        leaving = Thread(target=self._leave)
        leaving.start()
        self.serve(work)
        leaving.join()

    def _leave(self) -> None:
        self.serving.is_on.wait(5)
        time.sleep(0.05)
        with suppress(PermissionError):
            self.serving.leave()


@pytest.fixture
def flows() -> Flows:
    return Flows()


def test_what_lets_go_is_left_and_nothing_begins_anew(flows: Flows) -> None:
    flows.serve_and_leave(asyncio.sleep(20))

    assert flows.happened == []
    assert not flows.serving.is_on.is_set()


def test_what_does_not_let_go_makes_the_process_begin_anew_after_its_runs_were_killed(flows: Flows) -> None:
    async def holds_on() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(20)
        await asyncio.sleep(0.8)

    flows.serve_and_leave(holds_on())

    assert flows.happened == ["runs killed", "begun anew"]


def test_an_event_loop_that_stands_still_makes_the_process_begin_anew(flows: Flows) -> None:
    async def stands_still() -> None:
        time.sleep(0.8)  # noqa: ASYNC251 -- this is what must be survived

    flows.serve_and_leave(stands_still())

    assert flows.happened == ["runs killed", "begun anew"]


def test_what_breaks_off_by_itself_says_so(flows: Flows) -> None:
    async def breaks() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        flows.serve(breaks())

    assert not flows.serving.is_on.is_set()


def test_leaving_what_is_not_served_does_nothing(flows: Flows) -> None:
    flows.serving.leave()
    flows.serve(asyncio.sleep(0))
    flows.serving.leave()

    assert flows.happened == []


def test_a_run_that_cannot_be_killed_does_not_keep_the_process_from_beginning_anew(flows: Flows) -> None:
    def cannot() -> None:
        raise PermissionError

    async def stands_still() -> None:
        flows.serving.kill_runs = cannot
        time.sleep(0.8)  # noqa: ASYNC251 -- this is what must be survived

    flows.serve_and_leave(stands_still())

    assert flows.happened == ["begun anew"]


@pytest.mark.acceptance
def test_the_watch_survives_what_goes_wrong_and_leaves_again() -> None:
    said = watched(
        """
        class Stumbles(watch.Serving):
            def leave(self):
                print("left", flush=True)
                raise RuntimeError("what is served cannot be left")
        watch.start_watch(Stumbles(print))
        time.sleep(4)
        """
    )

    assert said.count("left") > 1


@pytest.mark.acceptance
def test_what_was_begun_while_nothing_answered_is_left_too() -> None:
    said = watched(
        """
        serving = watch.Serving(print)
        watch.start_watch(serving)
        time.sleep(2.5)
        async def serve():
            await serving.until_left(asyncio.create_task(asyncio.sleep(10)))
            print("left" if time.monotonic() - begun < 8 else "stayed")
        begun = time.monotonic()
        asyncio.run(serve())
        serving.ended()
        """
    )

    assert said == ["left"]


def watched(script: str) -> list[str]:
    """Run lines in a process of their own, in which Prefect never answers; return what they print."""
    head = """
    import asyncio, time
    from flows import server_watch as watch
    watch.prefect_answers, watch.GONE_AFTER = lambda patience: False, 1
    """
    command = (sys.executable, "-c", dedent(head) + dedent(script))
    done = subprocess.run(  # noqa: S603 -- our own lines
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout.split()


def test_a_new_process_takes_the_place_of_the_old_one_under_the_same_number(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = (
        "import os, sys, time; from threading import Thread; from pathlib import Path\n"
        "from flows.server_watch import replace_process\n"
        f"seen = Path({str(seen)!r}); seen.open('a').write(f'{{os.getpid()}} {{sys.argv[1:]}}\\n')\n"
        "if len(seen.read_text().splitlines()) == 1:\n"
        "    Thread(target=replace_process).start(); time.sleep(20)\n"
    )

    command = (sys.executable, "-c", script, "een")
    with subprocess.Popen(command, cwd=ROOT) as process:  # noqa: S603 -- our own script
        code = process.wait(20)

    assert code == 0
    assert seen.read_text().splitlines() == [f"{process.pid} ['een']"] * 2
