"""The form of one own item: what is typed, what that becomes, and the item that it makes."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Form
from sqlmodel import Session

from calendars.phrases import Choice, Proposal, in_words, rule_of
from calendars.plan import Frame
from calendars.yearplan.items import GROUPS, PlanItem
from calendars.yearplan.owners import role_of
from models import OwnItem
from service.school.errors import SchoolError
from service.yearplan.dates import dated, dates_nl, why_nl
from service.yearplan.items import item_of, kind_of
from service.yearplan.own import own_rows, plan_items

# The words of a rules file for who does something, and what they are called on the screen.
OWNERS = {
    "ib": "IB'er",
    "leerkracht": "leerkracht",
    "nieuwe-leerkracht": "leerkracht van volgend jaar",
    "directie": "directie",
    "bouwcoordinator": "bouwcoördinator",
    "isb": "ISB'er",
    "rt": "RT'er",
    "administratie": "administratie",
    "team": "het team",
}
_WORD_OF = {role_of(word): word for word in OWNERS}
Words = Annotated[str, Form(max_length=200)]
Several = Annotated[list[str] | None, Form()]


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone typed about one item, to show it again."""

    title: str = ""
    when: str = ""
    groups: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    also: str = ""
    note: str = ""
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What typed words become: the rule in words, its days this year, why, and what is still asked."""

    proposal: Proposal
    words: str
    dates: str
    why: str
    choices: tuple[Choice, ...] = ()
    chosen: str = ""

    @property
    def asks(self) -> bool:
        """Tell whether an answer is needed before this can be kept."""
        return bool(self.choices) and not self.chosen


def _typed(
    title: Words = "",
    when: Words = "",
    *,
    groups: Several = None,
    owner: Several = None,
    also: Words = "",
    note: Annotated[str, Form(max_length=1000)] = "",
    choice: Annotated[str, Form(max_length=40)] = "",
) -> Typed:
    known_groups = tuple(group for group in GROUPS if group in (groups or ()))
    return Typed(
        title, when, known_groups, tuple(r for r in OWNERS if r in (owner or ())), also, note, choice
    )


AsTyped = Annotated[Typed, Depends(_typed)]


def typed_of(item: PlanItem, titles: dict[str, str]) -> Typed:
    """Return an item as its form shows it."""
    return Typed(
        title=item.title,
        when=in_words(_rule_of(item), titles),
        groups=tuple(group for group in item.groups if group in GROUPS),
        owner=tuple(known for word in item.owner if (known := _WORD_OF.get(role_of(word)))),
        also=", ".join(item.also),
        note=item.note,
    )


def titles_of(session: Session, row: OwnItem | None, school_id: Any) -> dict[str, str]:
    """Return the titles of the items that another one may count from."""
    items = plan_items(own_rows(session, school_id))
    return {item.key: item.title for item in items if row is None or item.key != row.key}


def meaning_of(
    session: Session, school_id: Any, typed: Typed, frame: Frame, was: OwnItem | None = None
) -> Meaning:
    """Return what the typed words become in a school year; unchanged words keep the rule that there was."""
    titles = titles_of(session, was, school_id)
    before = _kept(was, typed, titles)
    proposal = rule_of(typed.when, label=frame.year.label, items=titles)
    if before is not None:
        proposal = Proposal(_rule_of(before), sure=True)
    choices = _choices(proposal)
    chosen = next((choice for choice in choices if choice.key == typed.choice), None)
    if chosen:
        proposal = replace(proposal, rule=chosen.rule, extra={**proposal.extra, **chosen.extra})
    trial = item_of("proef", {"title": "Proef", "when": proposal.rule, **_extra(proposal, before)})
    others = [item for item in plan_items(own_rows(session, school_id)) if was is None or item.key != was.key]
    result = dated([*others, trial], frame).get("proef")
    words = in_words(proposal.rule, titles)
    return Meaning(proposal, words, dates_nl(result), why_nl(result), choices, chosen.key if chosen else "")


def _choices(proposal: Proposal) -> tuple[Choice, ...]:
    """Return every answer that an unsure proposal offers; the first correction is what is proposed."""
    if proposal.sure:
        return ()
    fixes = [fix for problem in proposal.problems for fix in problem.fixes]
    # A wrong day first: what it is in other years can be said of a day that is right.
    found = {choice.key: choice for choice in fixes or proposal.alternatives}
    if all(choice.rule != proposal.rule for choice in found.values()):
        found["keep"] = Choice("keep", f"zo laten: {in_words(proposal.rule)}", proposal.rule)
    return tuple(found.values())


def _kept(was: OwnItem | None, typed: Typed, titles: dict[str, str]) -> PlanItem | None:
    if was is None:
        return None
    before = PlanItem.model_validate(was.definition)
    return before if typed.when.strip() == in_words(_rule_of(before), titles) else None


def _rule_of(item: PlanItem) -> dict[str, Any]:
    data = item.model_dump(mode="json", exclude_defaults=True).get("when", {"rule": "open"})
    return data if isinstance(data, dict) else {"rule": "on", "day": data}


def _extra(proposal: Proposal, before: PlanItem | None) -> dict[str, Any]:
    """Return what a phrase says besides its rule; when it didn't change, what the item had."""
    if before is None:
        return dict(proposal.extra)
    data = before.model_dump(mode="json", exclude_defaults=True)
    return {key: data[key] for key in _BESIDES if key in data}


_BESIDES = ("need", "margin", "time", "only_years", "every_years", "since_year", "only_if")
_SAID_IN_FORM = ("title", "when", "groups", "owner", "also", "note", "kind")


def item_from(key: str, typed: Typed, meaning: Meaning, was: PlanItem | None = None) -> PlanItem:
    """Return the item that was typed; raise ``SchoolError`` while something must still be chosen."""
    if not typed.title.strip():
        raise SchoolError("Geef het item een naam.")
    if meaning.asks:
        raise SchoolError("Kies eerst wat je met het moment bedoelt.")
    kept: dict[str, Any] = {}
    if was is not None:  # what the form doesn't show stays as it was
        data = was.model_dump(mode="json", exclude_defaults=True)
        gone = set(_SAID_IN_FORM) | {"key"} | (set(_BESIDES) if meaning.proposal.extra else set())
        kept = {name: value for name, value in data.items() if name not in gone}
    title = " ".join(typed.title.split())
    fields = {
        "title": title,
        "kind": was.kind if was and was.title == title else kind_of(title),
        "when": meaning.proposal.rule,
        "owner": typed.owner,
        "also": tuple(part.strip() for part in typed.also.split(",") if part.strip()),
        "note": " ".join(typed.note.split()),
        **meaning.proposal.extra,
        "groups": typed.groups or tuple(meaning.proposal.extra.get("groups", ("school",))),
    }
    return item_of(key, kept | fields)
