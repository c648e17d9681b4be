"""Which groups and which people a cell names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from calendars.phrases.words import tidy
from calendars.yearplan.items import GROUPS

_UNITS = {
    "onderbouw": ("1", "2"),
    "kleuters": ("1", "2"),
    "kleuterbouw": ("1", "2"),
    "kleutergroepen": ("1", "2"),
    "middenbouw": ("3", "4", "5"),
    "bovenbouw": ("6", "7", "8"),
    "ob": ("1", "2"),
    "mb": ("3", "4", "5"),
    "bb": ("6", "7", "8"),
    "schoolverlaters": ("8",),
}
_ALL = {
    "alle",
    "allen",
    "iedereen",
    "school",
    "hele school",
    "alle groepen",
    "allemaal",
    "schoolbreed",
    "team",
    "1-8",
}
_SPAN = re.compile(r"\b([1-8])[a-d]?\s?(?:t/m|-|tot)\s?([1-8])[a-d]?\b")
_FROM = re.compile(r"\bvanaf (?:groep |gr )?([1-8])\b")
_UP_TO = re.compile(r"\b(?:t/m|tot en met) (?:groep |gr )?([1-8])\b")
_ONE = re.compile(r"(?<!\d)([1-8])[a-d]?(?!\d)")
_FILLER = re.compile(
    r"\b(?:groepen|groep|gr|leerlingen|lln|leerjaar|jaar|van|de|en|t/m|tot|vanaf|uit)\b|[\s,;/+&.()-]+|"
    r"\b[a-d]\b"
)
_ROLES: tuple[tuple[str, str], ...] = (
    ("nieuwe-leerkracht", r"(?:nieuwe|volgende) (?:leerkracht|lk)|leerkracht (?:van )?volgend jaar"),
    ("team", r"\bteam\b|alle leerkrachten|^iedereen$|^allen$"),
    ("ib", r"\bib\b|\bib'?er|intern begeleid|\bkc\b|kwaliteitscoord|\bzorgcoord"),
    ("directie", r"\bdir\b|directie|directeur|schoolleid|\bmt\b"),
    (
        "leerkracht",
        (
            r"\blk\b|\blkr\b|\bll?krn\b|leerkracht|\bleraar|\bleraren|groepsleerkracht|\bjuf|\bmeester|\bgrl\b|"
            r"docent|\bteam\b"
        ),
    ),
    ("bouwcoordinator", r"bouwco|\bboco\b|\bco.?rdinator|bouwleider"),
    ("rt", r"\brt\b|\brt'?er|remedial"),
    ("isb", r"\bisb\b|isb'er"),
    ("administratie", r"administrati|secretariaat|\badm\b"),
)
_SPLIT = re.compile(r"\s*(?:,|;|/|\+|&| en | met |\n)\s*")


@dataclass(frozen=True, slots=True)
class GroupsSaid:
    """The year groups that a cell names; ``sure`` when nothing else stood in it."""

    groups: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class WhoSaid:
    """The roles that a cell names, and others by their own words, who join or are told."""

    owner: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Tell whether someone is named who can have work."""
        return bool(self.owner)


def groups_of(text: str) -> GroupsSaid:
    """Read "gr 3 t/m 8", "3,4", "alle" and "bovenbouw"; nothing is the whole school."""
    even = re.sub(r"\bgr(?=\d)", "gr ", tidy(text))
    even = re.sub(r"\b(\d)e\b", r"\1", even)
    if not even or even in _ALL:
        return GroupsSaid(("school",), sure=True)
    found, rest = _found(even)
    sure = bool(found) and not _FILLER.sub("", rest)
    if set(found) == set(GROUPS):
        return GroupsSaid(("school",), sure)
    return GroupsSaid(tuple(group for group in GROUPS if group in found) or ("school",), sure)


def _found(even: str) -> tuple[set[str], str]:
    found: set[str] = set()
    for word, groups in _UNITS.items():
        if re.search(rf"\b{word}\b", even):
            found.update(groups)
            even = re.sub(rf"\b{word}\b", " ", even)
    for pattern in (_SPAN, _FROM, _UP_TO):
        for match in pattern.finditer(even):
            numbers = [int(n) for n in match.groups()]
            first = 1 if pattern is _UP_TO else numbers[0]
            found.update(str(n) for n in range(first, (8 if pattern is _FROM else numbers[-1]) + 1))
        even = pattern.sub(" ", even)
    for match in _ONE.finditer(even):
        found.add(match[1])
    return found, _ONE.sub(" ", even)


def who_of(text: str) -> WhoSaid:
    """Read "lk + IB", "leerkrachten en ib'er" and "ouders"; who has no role is kept by name."""
    owner: list[str] = []
    also: list[str] = []
    for part in _SPLIT.split(text.replace("\0", " ").strip()[:200]):
        even = tidy(part)
        roles = [role for role, pattern in _ROLES if re.search(pattern, even)]
        roles = roles[:1] if roles[:1] in (["nieuwe-leerkracht"], ["team"]) else roles
        owner += roles
        if even and not roles and even not in _ALL:
            also.append(part.strip()[:60])
    return WhoSaid(tuple(dict.fromkeys(owner)), tuple(dict.fromkeys(also)))


def spans_nl(groups: Iterable[str]) -> str:
    """Write year groups as "3 t/m 7" or "1, 2 en 8"."""
    numbers = sorted(int(group) for group in groups if group in GROUPS)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = [word for run in runs for word in _run_nl(run)]
    return f"{', '.join(told[:-1])} en {told[-1]}" if len(told) > 1 else "".join(told)


def _run_nl(run: list[int]) -> list[str]:
    """Return three or more in a row as one span."""
    if len(run) <= len(("first", "last")):
        return [str(number) for number in run]
    return [f"{run[0]} t/m {run[-1]}"]
