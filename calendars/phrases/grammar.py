"""How phrases are read: patterns, tried in turn, that may ask for each other."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from calendars.phrases.proposal import Found, Tree

_DEEPEST = 6
_MOST = 400  # parts that are tried of one phrase; a real one needs a few dozen
Builder = Callable[["re.Match[str]", "Reader"], "Found | Tree | None"]
Pattern = tuple["re.Pattern[str]", Builder]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads parts of a phrase; ``items`` are the titles of what else is in the plan, by key."""

    patterns: tuple[Pattern, ...]
    items: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0
    known: dict[tuple[str, int], Found | None] = field(default_factory=dict)

    def read(self, text: str) -> Found | None:
        """Return what a whole text means, or nothing."""
        text = text.strip(" ,.;:")
        if not text or self.depth > _DEEPEST:
            return None
        at = (text, self.depth)
        if at not in self.known:
            if len(self.known) > _MOST:
                return None
            self.known[at] = None
            self.known[at] = self._read(text)
        return self.known[at]

    def _read(self, text: str) -> Found | None:
        deeper = replace(self, depth=self.depth + 1)
        for pattern, build in self.patterns:
            match = pattern.fullmatch(text)
            found = build(match, deeper) if match else None
            if found is not None:
                return found if isinstance(found, Found) else Found(found)
        return None

    def tree(self, text: str) -> Tree | None:
        """Return the rule of a part of a phrase, if that part is sure."""
        found = self.read(text)
        return found.tree if found and found.sure and not found.extra else None


def written(pattern: str) -> Callable[[Builder], Pattern]:
    """Make a pattern of a function that says what a matching text means."""
    compiled = re.compile(pattern)
    return lambda build: (compiled, build)


def around(found: Found, tree: Tree, **more: Any) -> Found:
    """Return a larger rule around one that was found, with everything else that was said."""
    return replace(found, tree=tree, **more)
