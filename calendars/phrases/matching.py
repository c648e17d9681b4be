"""Which item of a plan a phrase is about: by the words that they share."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]{2,}|\b[bme]\b")
_EMPTY = frozenset(
    "de het een van voor na in op bij en of met aan te om groep groepen gr alle tot door uit naar elke "
    "afname".split()
)
_LONG, _MOST = 4, 5


@lru_cache(maxsize=8192)
def tokens(text: str) -> frozenset[str]:
    """Return the words of a title that tell it apart, cut to their stems."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return frozenset(_stem(word) for word in _WORD.findall(plain) if word not in _EMPTY)


def _stem(word: str) -> str:
    for ending in ("en", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _LONG:
            word = word.removesuffix(ending)
    return word


def alike(one: str, other: str) -> float:
    """Return how much of the words of one text are in another, from 0 to 1."""
    wanted, have = tokens(one), tokens(other)
    if not wanted:
        return 0.0
    return sum(any(_same(word, each) for each in have) for word in wanted) / len(wanted)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= _LONG and short in long


def likely(what: str, items: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the items that a phrase may be about, by key and title, the likeliest first."""
    scored = [(alike(what, title), -n, key, title) for n, (key, title) in enumerate(items.items())]
    found = sorted((score for score in scored if score[0] > 0), reverse=True)
    return [(key, title) for _, _, key, title in found[:_MOST]]
