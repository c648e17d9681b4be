"""From what a school writes in a cell to a proposal: a rule, how sure it is, and what to ask."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from calendars.phrases import besides, days, months, often, relations, schoolyear
from calendars.phrases.checks import problems_of
from calendars.phrases.grammar import Reader
from calendars.phrases.leaves import day_of, finished, leaves
from calendars.phrases.proposal import OPEN, STYLES, Choice, Found, Proposal, Style, Tree
from calendars.phrases.who import groups_of
from calendars.phrases.words import tidy
from calendars.schoolyear import SATURDAY

_PATTERNS = (
    *besides.FIRST,
    *days.PATTERNS,
    *months.PATTERNS,
    *schoolyear.PATTERNS,
    *often.PATTERNS,
    *relations.PATTERNS,
    *besides.PATTERNS,
    relations.bare,
    *relations.LAST,
)
_ASIDE = re.compile(r"\(([^()]*)\)")
_CUT = re.compile(r"; | \| |, | - |: |\. |\n")
_ABOUT = re.compile(r"geboren|wordt |wie |als ")  # says whom, not when
_STYLE_NL: dict[Style, str] = {
    "date": "elk jaar op deze datum",
    "week": "elk jaar in deze week, op deze weekdag",
    "month-weekday": "elk jaar op deze weekdag van de maand",
    "once": "alleen dit jaar",
}


def rule_of(
    text: str,
    *,
    label: str,
    style: Style | None = None,
    items: Mapping[str, str] | None = None,
) -> Proposal:
    """Return what a phrase seems to mean in a school year; ``items`` are the titles it may count from.

    ``style`` says what fixed dates are in another year; without it that is asked.
    """
    text = text.replace("\0", " ")  # no database keeps it, and a note would hold it
    even = tidy(text)
    if not even:
        return Proposal({**OPEN}, sure=False, question="Er staat geen moment bij. Wanneer is dit?")
    found = None if _ABOUT.match(even) else _found(even, Reader(_PATTERNS, items or {}))
    if found is None:
        note = " ".join(text.split())[:200]
        asked = "Dit is geen moment dat ik ken. Wanneer is dit?"
        return Proposal({**OPEN, "why": note}, sure=False, recognised=False, question=asked, rest=note)
    if found.tree.get("why"):
        found = replace(found, tree={**found.tree, "why": " ".join(text.split())[:200]})
    return _proposal(found, label, style)


def _found(even: str, reader: Reader) -> Found | None:
    whole = reader.read(even)
    if whole and not whole.question.startswith("Wat is"):
        return whole
    asides = " ".join(_ASIDE.findall(even))
    plain = " ".join(_ASIDE.sub(" ", even).split())
    if plain != even:
        for part, rest in ((plain, asides), (asides, plain)):
            found = reader.read(part)
            if found and not found.question.startswith("Wat is"):
                return _with_rest(found, rest, reader)
    return _first_part(plain, reader) or whole


def _with_rest(found: Found, rest: str, reader: Reader) -> Found:
    """Return what was found; an aside that only says the same again (a week beside a date) is no rest."""
    again = reader.read(rest)
    known = again is not None and again.tree["rule"] in {"_day", "_week", "period", "week-of"}
    return found if known else _joined(found, rest, reader)


def _first_part(even: str, reader: Reader) -> Found | None:
    for cut in _CUT.finditer(even):
        first, rest = even[: cut.start()], even[cut.end() :]
        for part, other in ((first, rest), (rest, first)):
            found = reader.read(part)
            if found and not found.question.startswith("Wat is") and found.tree["rule"] != "open":
                return _joined(found, other, reader)
    return None


def _joined(found: Found, other: str, reader: Reader) -> Found:
    """Return what was found with what follows it: the moments of a frequency, how far apart, from when."""
    tree, more = found.tree, reader.read(other)
    if tree["rule"] == "times" and more and more.sure and more.tree["rule"] in {"months", "each", "_days"}:
        return more
    apart = re.fullmatch(
        r"(?:minstens|minimaal|met) (\d{1,2}) weken (?:ertussen|er tussen|tussentijd)", other
    )
    if tree["rule"] == "times" and apart:
        return replace(found, tree={**tree, "apart": {"school_weeks": int(apart[1])}})
    if tree["rule"] == "every" and more and more.tree["rule"] == "from":
        return replace(found, tree={**tree, "start": more.tree["day"]})
    return Found(tree, found.extra, found.question, found.others, other)


def _proposal(found: Found, label: str, style: Style | None) -> Proposal:
    tree, named = found.tree, list(leaves(found.tree))
    dated = any(_is_fixed(leaf, tree) for leaf in named)
    fixed = style is None and dated
    use = _use(style, named, label) if style and dated else "date"
    problems = tuple(problems_of(tree, label, lambda new: finished(new, use, label)))
    question = found.question or (f'Wat betekent "{found.rest}" hierbij?' if found.rest else "")
    others = tuple(
        Choice(f"other-{n}", words, finished(rule, use, label))
        for n, (words, rule) in enumerate(found.others)
    )
    extra = _extra(found.extra, label)
    if use == "once":
        extra["only_years"] = [label]
    styles = _styles(tree, label) if fixed else ()
    asked = question or (_FIXED if len(styles) > 1 else "")
    return Proposal(
        finished(tree, use, label),
        sure=not asked and not problems,
        question=asked,
        alternatives=others or (styles if asked == _FIXED else ()),
        problems=problems,
        extra=extra,
        rest=found.rest,
        fixed=dated,
    )


def _use(style: Style, named: list[Tree], label: str) -> Style:
    """Return how to write days; one in a weekend can't be a school day of a week, so then all are dates."""
    days = [day_of(leaf, label) for leaf in named if leaf["rule"] == "_day"]
    weekend = any(day and day.weekday() >= SATURDAY for day in days)
    return "date" if weekend and style in {"week", "month-weekday"} else style


_ANCHORED = frozenset({"until", "before", "from", "after", "within", "offset", "weekday", "every"})
_FIXED = "Is dit elk jaar op deze datum, in deze week, of alleen dit jaar?"


def _is_fixed(leaf: Tree, tree: Tree) -> bool:
    """Tell whether a day is one of this calendar; a bare last day ("uiterlijk 1 juni") is of every year."""
    if leaf["rule"] == "_week":
        return False
    bare = not leaf["year"] and not leaf["weekday"]
    return not (bare and tree["rule"] in _ANCHORED)


def _styles(tree: Tree, label: str) -> tuple[Choice, ...]:
    found: list[Choice] = []
    for style in STYLES:
        rule = finished(tree, style, label)
        if rule not in [choice.rule for choice in found]:
            extra = {"only_years": [label]} if style == "once" else {}
            found.append(Choice(style, _STYLE_NL[style], rule, extra))
    return tuple(found)


def _extra(said: Mapping[str, Any], label: str) -> dict[str, Any]:
    extra = {key: value for key, value in said.items() if key != "groups_text"}
    if "groups_text" in said:
        extra["groups"] = list(groups_of(said["groups_text"]).groups)
    if "every_years" in said:
        extra["since_year"] = label
    return extra
