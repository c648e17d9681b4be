"""What the flows log of their event loop: what broke, and not that something was cancelled."""

import asyncio
import logging

import pytest

from flows.__main__ import say_unless_cancelled


def said_of(broken: BaseException, caplog: pytest.LogCaptureFixture) -> str:
    """Let a callback break in a loop, and return what is logged about it."""

    def breaks() -> None:
        raise broken

    async def turn() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(say_unless_cancelled)
        loop.call_soon(breaks)
        await asyncio.sleep(0)

    with caplog.at_level(logging.ERROR, logger="asyncio"):
        asyncio.run(turn())
    return caplog.text


def test_a_task_that_was_cancelled_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    assert said_of(asyncio.CancelledError(), caplog) == ""


def test_what_broke_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert "the disk is full" in said_of(OSError("the disk is full"), caplog)
