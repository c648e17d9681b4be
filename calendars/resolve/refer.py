"""From a rule, a day or a name to what it means; the one place where rules ask for each other."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from calendars.derivation import Step, day_nl
from calendars.resolve.dated import Anchor, Context, Dated, NoDateYetError, Period
from calendars.rules import OnDate, Ref, Rule, is_day

FIXED = "vaste datum"
_EDGES = {"first": "eerste", "last": "laatste"}
_TURN = "08-01"  # the first day of a school year, and the first after it
Answer = Callable[[Any, Context], Dated]
ANSWERS: dict[type, Answer] = {}


def resolve(rule: Rule, context: Context) -> Dated:
    """Return what a rule means; raise ``NoDateYetError`` when something it counts from isn't known yet."""
    return ANSWERS[type(rule)](rule, context)


def refer(said: Ref, context: Context) -> Dated:
    """Return what is said by a rule, a day ("03-24") or the name of something else ("item.rapport")."""
    if not isinstance(said, str):
        return resolve(said, context)
    if is_day(said):
        return resolve(OnDate(rule="date", day=said), context)
    anchor = context.anchors.get(said) or _edge(said, context)
    if anchor is None:
        raise NoDateYetError(f"{said!r} staat nog niet vast")
    first = anchor.day if anchor.first is None else anchor.first
    named = (_named(anchor.title, first, anchor.day),)
    if len(anchor.periods) > 1:
        return Dated(tuple(_occurrences(anchor)), named)
    return Dated(anchor.periods or (Period(first, anchor.day),), named)


def _edge(said: str, context: Context) -> Anchor | None:
    """Return the first or last day of what has days itself ("item.toets.first")."""
    name, _, edge = said.rpartition(".")
    whole = context.anchors.get(name) if edge in _EDGES else None
    if whole is None:
        return None
    found = refer(name, context)
    day = found.anchor_first if edge == "first" else found.anchor_last
    return Anchor(day, f"de {_EDGES[edge]} dag van {whole.title}")


def refer_end(said: Ref, context: Context) -> Dated:
    """Return what something ends on or lies before: then 1 August is the one after the school year."""
    day = said.day if isinstance(said, OnDate) else said
    if day != _TURN:
        return refer(said, context)
    return resolve(OnDate(rule="date", day=f"{context.year.starts_in + 1}-{_TURN}"), context)


def _occurrences(anchor: Anchor) -> list[Period]:
    return [
        replace(p, steps=(_named(f"{anchor.title}, {p.label or f'keer {n}'}", p.first, p.last),))
        for n, p in enumerate(anchor.periods, 1)
    ]


def _named(title: str, first: date | None, last: date | None) -> Step:
    if first is None or last is None or first == last:
        return Step("anchor", title, last or first)
    return Step("anchor", f"{title}, van {day_nl(first)} tot en met {day_nl(last)}")


def edge_of(said: Ref, context: Context, *, back: bool) -> tuple[date, tuple[Step, ...]]:
    """Return the day to count from: the last of something, or its first when counting back; and why."""
    found = refer_end(said, context) if back else refer(said, context)
    first, last = found.anchor_first, found.anchor_last
    day = first if back else last
    anchor = context.anchors.get(said) if isinstance(said, str) else None
    if anchor is None or first == last:
        return day, tuple(telling(found))
    edge = "eerste" if back else "laatste"
    return day, (Step("anchor", f"de {edge} dag van {anchor.title}", day),)


def telling(found: Dated) -> Iterable[Step]:
    """Return the steps that tell more than that a day is written down."""
    return [step for step in found.steps if step.text != FIXED]
