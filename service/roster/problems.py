"""What is wrong with a roster file, in words for the school; never with a value from the file but a key."""

from dataclasses import dataclass

MOST = 50
_SHOWN = 40


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the line (0: the file as a whole), the element's path, and what to do."""

    line: int
    path: str
    text: str

    def __str__(self) -> str:
        place = [f"regel {self.line}"] * bool(self.line) + [self.path] * bool(self.path)
        return ": ".join([", ".join(place)] * bool(place) + [self.text])

    def to_json(self) -> dict[str, object]:
        """Return the problem as plain data."""
        return {"line": self.line, "path": self.path, "text": self.text}


class RosterFileError(Exception):
    """The file is refused; nothing has changed."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


def refusal(text: str, *, line: int = 0, path: str = "") -> RosterFileError:
    """Return the refusal of a file for one reason."""
    return RosterFileError([Problem(line, path, text)])


def shown(key: str) -> str:
    """Return a key as a message shows it, not longer than fits a line."""
    return f"'{key}'" if len(key) <= _SHOWN else f"'{key[:_SHOWN]}…'"


class Report:
    """Collects problems and warnings while a file is read."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._warned: dict[tuple[str, str], tuple[int, int]] = {}

    def refuse(self, line: int, path: str, text: str) -> None:
        """Note a problem; the last one that fits ends the reading."""
        self._problems.append(Problem(line, path, text))
        if len(self._problems) >= MOST:
            self.settle()

    def warn(self, line: int, path: str, text: str) -> None:
        """Note something odd that does no harm; the same thing in more places is noted once."""
        first, times = self._warned.get((path, text), (line, 0))
        if times or len(self._warned) < MOST:
            self._warned[path, text] = (first, times + 1)

    def settle(self) -> None:
        """Refuse the file if there was a problem."""
        if self._problems:
            raise RosterFileError(self._problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Return the warnings by line, each with the number of places."""
        return tuple(
            Problem(line, path, text if times == 1 else f"{text} (op {times} plaatsen)")
            for (path, text), (line, times) in sorted(self._warned.items(), key=lambda item: item[1])
        )
