"""Tell the person at the terminal what is happening, and stop for a reason they can read."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Problem(Exception):  # noqa: N818 -- it is shown to a person as a sentence, not as an error class
    """Stop the launcher with a sentence for the person who started it."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Voice:
    """Print steps with the seconds they took; a terminal that is gone is no reason to fail."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.unfinished = False

    def say(self, text: str = "") -> None:
        """Print one line, below a step that is still going on."""
        self._write("\n" + text + "\n" if self.unfinished else text + "\n")
        self.unfinished = False

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print the title at once, and the seconds when it is done."""
        begun = time.monotonic()
        self._write(f"  {title} …")
        self.unfinished = True
        yield
        seconds = f"{time.monotonic() - begun:.1f}".replace(".", ",")
        self._write(f" klaar ({seconds} s)\n" if self.unfinished else f"  {title}: klaar ({seconds} s)\n")
        self.unfinished = False

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:  # the terminal was closed, or the pipe's reader left
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
