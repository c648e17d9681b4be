"""What a school says in its year plan: items, each with what, for whom, by whom, when and how strictly.

The file is TOML; ``docs/rules.md`` explains it to a school. An item holds rules, never the dates of one year.
"""

from collections import Counter
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, model_validator

from calendars.rules import EACH_TIME, Amount, EachTime, Event, Legal, Open, Ref, Strict
from calendars.schoolyear import is_year_label
from calendars.yearplan.happened import FAMILIES, flat
from calendars.yearplan.item_parts import Clocktime, Condition, Pupils
from calendars.yearplan.owners import Owner

__all__ = [
    "GROUPS",
    "Clocktime",
    "Condition",
    "Kind",
    "Label",
    "Need",
    "OwnClosure",
    "PlanItem",
    "Pupils",
    "RuleFile",
    "TriedPupil",
]

Kind = Literal[
    "test",
    "observation",
    "discussion",
    "meeting",
    "parent-talk",
    "report",
    "deadline",
    "plan-write",
    "plan-evaluate",
    "consent",
    "transfer",
    "referral-step",
    "other",
]
Need = Literal["required", "target", "preferred", "optional", "on-request"]
_OBLIGES = {"required", "target", "preferred"}
GROUPS = ("1", "2", "3", "4", "5", "6", "7", "8")


def _checked_label(value: str) -> str:
    if not is_year_label(value):
        raise ValueError(f"{value!r} is geen schooljaar; schrijf bijvoorbeeld '2026-2027'")
    return value


def _checked_groups(value: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := [g for g in value if g not in {*GROUPS, "school"}]:
        raise ValueError(f"{wrong} zijn geen leerjaren; schrijf '1' tot en met '8', of 'school'")
    return value


def _with_values(said: object) -> object:
    """Read a list of facts as facts without a day."""
    return dict.fromkeys(said, True) if isinstance(said, list | tuple) else said


Label = Annotated[str, AfterValidator(_checked_label)]
Groups = Annotated[tuple[str, ...], AfterValidator(_checked_groups)]
_KEY = r"[a-z0-9]+(?:-[a-z0-9]+)*"
Key = Annotated[str, Field(pattern=rf"^{_KEY}$", max_length=60)]
FactName = Annotated[
    str, Field(pattern=rf"^(?:(?:{'|'.join(FAMILIES)})\.)?{_KEY}(?:\.(?:first|last))?$", max_length=120)
]
Fact = date | StrictBool
DoneName = Annotated[
    str, Field(pattern=rf"^{_KEY}(?:\.{_KEY})?(?:\.[0-9]+)?(?:\.(?:on|outcome))?$", max_length=200)
]


class PlanItem(Strict):
    """One item of a year plan.

    ``owner`` does it (several: either of them; ``together``: all of them); ``also`` join or are told, with
    or without an account (``calendars.yearplan.owners``). ``margin`` is "ongeveer": so much earlier or later;
    ``tolerance`` how far it may be moved without asking. ``overflow`` is a catch-up day or window after it,
    counted from its own key. Optional items, and those on request (of ``asked_by``), have dates but oblige
    nobody. ``latest`` is the last calendar day that a law allows; ``law`` names it, unless it is a legal date
    of the year, which names its own. ``next_year`` is about the groups of next school year, and may lie in
    it; of its pupils ``by`` and ``since`` are days of that year. Of several places each is used in turn.
    """

    key: Key
    title: str = Field(min_length=2, max_length=200)
    kind: Kind = "other"
    groups: Groups = ("school",)
    except_groups: Groups = ()
    pupils: Pupils | None = None
    per: Literal["school", "group", "pupil"] | None = None
    owner: tuple[Owner, ...] = ()
    together: bool = False
    also: tuple[Owner, ...] = ()
    asked_by: tuple[Owner, ...] = ()
    when: Ref = Open(rule="open")
    when_in: dict[Label, Ref] = Field(default_factory=dict)
    latest: Ref | None = None
    law: str | None = None
    need: Need = "required"
    only_if: tuple[Condition, ...] = ()
    margin: Amount | None = None
    tolerance: Amount | None = None
    roll: Literal["next", "previous", "keep"] | None = None
    time: Clocktime | None = None
    place: tuple[str, ...] = ()
    overflow: Ref | None = None
    instead_of: str | None = None
    only_years: tuple[Label, ...] = ()
    not_in_years: tuple[Label, ...] = ()
    every_years: int = Field(default=1, ge=1, le=8)
    since_year: Label | None = None
    next_year: bool = False
    outcomes: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _has_a_law_for_its_limit(self) -> Self:
        names_itself = isinstance(self.latest, Legal)
        if (self.latest is None) != (self.law is None) and not names_itself:
            raise ValueError("latest en law horen bij elkaar: welke wet stelt deze grens?")
        return self

    @model_validator(mode="after")
    def _hangs_on_times_that_are_there(self) -> Self:
        if any(c.item == EACH_TIME for c in self.only_if) and self.each_time_of is None:
            raise ValueError(
                'item = "each.time" hoort bij when = { rule = "each-time", of = "item.<key>", … }: welk item?'
            )
        return self

    @model_validator(mode="after")
    def _asks_on_request(self) -> Self:
        if self.asked_by and self.need != "on-request":
            raise ValueError("asked_by hoort bij need = 'on-request': op verzoek van wie?")
        return self

    @model_validator(mode="after")
    def _counts_its_years(self) -> Self:
        if (self.every_years > 1) != (self.since_year is not None):
            raise ValueError("every_years en since_year horen bij elkaar: om de hoeveel jaar, sinds wanneer?")
        return self

    @property
    def each_time_of(self) -> str | None:
        """Return the key of the item after each time of which this one comes."""
        for rule in (self.when, *self.when_in.values()):
            of = rule.of if isinstance(rule, EachTime) else None
            name = of.name if isinstance(of, Event) else of
            if isinstance(name, str) and name.startswith("item.") and name.count(".") == 1:
                return name.removeprefix("item.")
        return None

    @property
    def obliges(self) -> bool:
        """Tell whether it is missed when nobody does it."""
        return self.need in _OBLIGES

    def rule(self, label: str) -> Ref:
        """Return the rule in one school year: that year's own, or the usual one."""
        return self.when_in.get(label, self.when)

    def is_in(self, label: str) -> bool:
        """Tell whether this item is of a school year at all."""
        if label in self.not_in_years or (self.only_years and label not in self.only_years):
            return False
        return self.since_year is None or (int(label[:4]) - int(self.since_year[:4])) % self.every_years == 0


class TriedPupil(Strict):
    """An invented pupil to try rules on: no name, only what a rule looks at.

    ``facts`` are a list, or a table with their days ("pupil.fact.<name>").
    """

    key: Key
    born: date | None = None
    started: date | None = None
    reading_since: date | None = None
    group: str | None = None
    flagged_in: tuple[str, ...] = ()
    chosen_for: tuple[str, ...] = ()
    facts: Annotated[dict[str, Fact], BeforeValidator(_with_values)] = Field(default_factory=dict)


class OwnClosure(Strict):
    """Days without school for pupils, first and last included; ``open_for`` are those who work on them."""

    name: str = Field(min_length=2)
    first: date
    last: date | None = None
    replaces: str | None = None
    open_for: tuple[Owner, ...] = ()


class RuleFile(Strict):
    """A file of rules, with what is needed to try them.

    ``facts`` are days of things outside the plan ("fact.<name>", "decision.<name>"), or yes or no; ``done``
    are days on which items were done, or their outcome (``calendars.yearplan.happened`` tells their names);
    ``presence`` the half days of who does something ("ib" = ["di-middag", "wo"]).
    """

    title: str = ""
    layer: Literal["nation", "region", "board", "school", "group", "pupil"] = "school"
    item: tuple[PlanItem, ...] = ()
    facts: Annotated[dict[FactName, Fact], BeforeValidator(flat)] = Field(default_factory=dict)
    done: Annotated[dict[DoneName, date | str], BeforeValidator(flat)] = Field(default_factory=dict)
    presence: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    closure: tuple[OwnClosure, ...] = ()
    pupil: tuple[TriedPupil, ...] = ()

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Self:
        counted = Counter(item.key for item in self.item)
        if twice := sorted(key for key, times in counted.items() if times > 1):
            raise ValueError(f"items met dezelfde key: {twice}")
        return self
