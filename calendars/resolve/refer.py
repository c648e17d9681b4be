"""From a rule, a day or a name to what it means; the one place where rules ask for each other."""

from collections.abc import Callable
from typing import Any

from calendars.derivation import Step
from calendars.resolve.dated import Context, Dated, NoDateYetError
from calendars.rules import OnDate, Ref, Rule, is_day

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
    anchor = context.anchors.get(said)
    if anchor is None:
        raise NoDateYetError(f"{said!r} staat nog niet vast")
    first = anchor.day if anchor.first is None else anchor.first
    return Dated.span(first, anchor.day, (Step("anchor", anchor.title, anchor.day),))
