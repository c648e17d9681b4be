"""What is proposed for a phrase from a year plan: a rule, how sure that is, and what to ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Tree = dict[str, Any]
Style = Literal["date", "week", "month-weekday", "once"]
STYLES: tuple[Style, ...] = ("date", "week", "month-weekday", "once")
OPEN: Tree = {"rule": "open"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its words, the rule it leads to, and what else it says about the item."""

    key: str
    words: str
    rule: Tree
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake that real plans make: what is wrong, and the corrections to choose from, best first."""

    code: str
    text: str
    fixes: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a phrase seems to mean.

    ``recognised`` is false when nothing of it is understood: then the rule is "nog te plannen" with the text
    as its note. ``fixed`` tells that it names days of one calendar, so that a person must say what those are
    in another year. ``extra`` holds other fields of ``PlanItem``; ``rest`` is what was not understood.
    """

    rule: Tree
    sure: bool
    recognised: bool = True
    question: str = ""
    alternatives: tuple[Choice, ...] = ()
    problems: tuple[Problem, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    rest: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a pattern makes of a text: the rule before its days are checked, and what else was said."""

    tree: Tree
    extra: Mapping[str, Any] = field(default_factory=dict)
    question: str = ""
    others: tuple[tuple[str, Tree], ...] = ()
    rest: str = ""

    @property
    def sure(self) -> bool:
        """Tell whether nothing has to be asked."""
        return not self.question and not self.rest
