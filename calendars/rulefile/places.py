"""On which line of a TOML text each value stands; for texts that were parsed without an error.

Python's own reader tells no lines, so this walks the same text once more and only looks at its form.
"""

from bisect import bisect_left
from collections.abc import Sequence

Place = str | int
_BARE_ENDS = ",]}#\n"


class Places:
    """The line (from 1) of every table, key and list entry, by its path such as ("item", 0, "when")."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text + "\n", 0
        self._breaks = [n for n, sign in enumerate(self._text) if sign == "\n"]
        self._lines: dict[tuple[Place, ...], int] = {}
        self._counts: dict[tuple[Place, ...], int] = {}
        self._document()

    def line(self, path: Sequence[Place]) -> int:
        """Return the line of what a path leads to, or of the nearest thing around it that has a line."""
        for length in range(len(path), 0, -1):
            if line := self._lines.get(tuple(path[:length])):
                return line
        return 1

    def _document(self) -> None:
        table: tuple[Place, ...] = ()
        while self._skip(" \t\n") < len(self._text):
            if self._sees("["):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> tuple[Place, ...]:
        line, is_list = self._line(), self._text.startswith("[[", self._at)
        self._at += 2 if is_list else 1
        parts = self._key()
        self._at += 2 if is_list else 1
        path = self._inside(parts[:-1])
        path = (*path, parts[-1])
        if is_list:
            number = self._counts[path] = self._counts.get(path, -1) + 1
            self._lines.setdefault(path, line)
            path = (*path, number)
        elif path in self._counts:
            path = (*path, self._counts[path])
        self._lines.setdefault(path, line)
        return path

    def _inside(self, parts: Sequence[str]) -> tuple[Place, ...]:
        """Return the path of a table; inside a list of tables it is the latest of them."""
        path: tuple[Place, ...] = ()
        for part in parts:
            path = (*path, part)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _pair(self, table: tuple[Place, ...]) -> None:
        line, parts = self._line(), self._key()
        for length in range(1, len(parts) + 1):
            self._lines.setdefault((*table, *parts[:length]), line)
        self._at += 1  # the sign between key and value
        self._value((*table, *parts))

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(" \t")
            parts.append(self._name())
            self._skip(" \t")
            if not self._sees("."):
                return parts
            self._at += 1

    def _name(self) -> str:
        start = self._at
        if self._sees('"') or self._sees("'"):
            self._string()
            return self._text[start + 1 : self._at - 1]
        while self._at < len(self._text) and (self._text[self._at].isalnum() or self._text[self._at] in "_-"):
            self._at += 1
        return self._text[start : self._at]

    def _value(self, path: tuple[Place, ...]) -> None:
        self._skip(" \t")
        self._lines.setdefault(path, self._line())
        if self._sees("["):
            self._array(path)
        elif self._sees("{"):
            self._table(path)
        elif self._sees('"') or self._sees("'"):
            self._string()
        else:
            while self._text[self._at] not in _BARE_ENDS:
                self._at += 1

    def _array(self, path: tuple[Place, ...]) -> None:
        self._at += 1
        number = 0
        while self._skip(" \t\n,") and not self._sees("]"):
            self._value((*path, number))
            number += 1
        self._at += 1

    def _table(self, path: tuple[Place, ...]) -> None:
        self._at += 1
        while self._skip(" \t\n,") and not self._sees("}"):
            self._pair(path)
        self._at += 1

    def _string(self) -> None:
        sign = self._text[self._at]
        if self._text.startswith(sign * 3, self._at):
            self._at = self._ends(sign * 3, self._at + 3) + 3
            while self._sees(sign):  # up to two more belong to the text itself
                self._at += 1
        else:
            self._at = self._ends(sign, self._at + 1) + 1

    def _ends(self, sign: str, at: int) -> int:
        while not self._text.startswith(sign, at):
            at += 2 if sign[0] == '"' and self._text[at] == "\\" else 1
        return at

    def _skip(self, signs: str) -> int:
        """Step over these signs, and over remarks; return where that leads."""
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                self._at = self._text.index("\n", self._at)
                if "\n" not in signs:
                    break
            elif self._text[self._at] not in signs:
                break
            else:
                self._at += 1
        return self._at

    def _sees(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)

    def _line(self) -> int:
        return bisect_left(self._breaks, self._at) + 1
