"""From a row of a year plan to an item: its key, what kind of work it is, for whom and by whom."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from calendars.phrases import Proposal, groups_of, who_of
from calendars.yearplan.items import PlanItem
from calendars.yearplan.owners import Owner
from service.school.errors import SchoolError

MAX_TITLE, _MAX_KEY = 200, 60
_KINDS: tuple[tuple[str, str], ...] = (
    (
        "parent-talk",
        r"oudergesprek|10-?minuten|tien-?minuten|adviesgesprek|rapportgesprek|kindgesprek|startgesprek|gesprek.*ouders",
    ),
    ("deadline", r"invoer|inlever|aanlever|deadline|insturen|verwerk|aanmelden|aanmelding|registr"),
    ("consent", r"toestemming"),
    ("report", r"rapport|portfolio"),
    ("plan-evaluate", r"evaluatie|evalueren|evalueer"),
    (
        "plan-write",
        r"groepsplan|handelingsplan|groepsoverzicht|\bopp\b|plan (?:maken|schrijven|bijstellen|opstellen)",
    ),
    ("discussion", r"bespreking|bespreken|leerlingbespr|groepsbespr|analyse"),
    ("meeting", r"overleg|vergadering|zorgteam|\bot\b|ondersteuningsteam|commissie|bijeenkomst|studiedag"),
    ("observation", r"observ|kijk!?|zien!?\b|vragenlijst|sociogram|signaler|leerlijn"),
    ("transfer", r"overdracht|warme overdracht|schoolverlater|onderwijskundig rapport|\bokr\b"),
    ("referral-step", r"verwijz|\btlv\b|\bpcl\b"),
    (
        "test",
        r"toets|cito|\bdmt\b|\bavi\b|\biep\b|\blvs\b|drempelonderzoek|entree|doorstroom|screening|spelling|rekenen",
    ),
)

_OWNER: TypeAdapter[str] = TypeAdapter(Owner)


class ItemError(SchoolError):
    """Dit item kan niet zo worden bewaard."""


def kind_of(title: str) -> str:
    """Return what kind of work a title seems to name."""
    even = title.casefold()
    return next((kind for kind, pattern in _KINDS if re.search(pattern, even)), "other")


def key_of(title: str, taken: Collection[str] = frozenset()) -> str:
    """Return a key from a title, one that isn't taken yet."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[a-z0-9]+", plain)
    stem = "-".join(words)[: _MAX_KEY - 4].strip("-") or "item"
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key


def fields_of(
    title: str, proposal: Proposal, *, groups: str = "", who: str = "", note: str = ""
) -> dict[str, Any]:
    """Return the fields of an item, but for its key; who has no role here comes along by name."""
    said, people = groups_of(groups), who_of(who)
    also, others = _parties(people.also)
    notes = [
        note,
        proposal.rest if proposal.recognised else "",
        f"met: {', '.join(others)}" if others else "",
    ]
    fields: dict[str, Any] = {
        "title": " ".join(title.split())[:MAX_TITLE],
        "kind": kind_of(title),
        "groups": said.groups,
        "owner": people.owner,
        "also": also,
        "when": proposal.rule,
        "note": "; ".join(part for part in notes if part)[:1000],
    }
    extra = dict(proposal.extra)
    if groups.strip():
        extra.pop("groups", None)
    return fields | extra


def _parties(words: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return who can come along by those words, and who can't: a word that is nearly a role is a slip."""
    known, others = [], []
    for word in words:
        try:
            _OWNER.validate_python(word)
        except ValidationError:
            others.append(word)
        else:
            known.append(word)
    return tuple(known), others


def item_of(key: str, fields: Mapping[str, Any]) -> PlanItem:
    """Return an item; raise ``ItemError`` in Dutch when it can't be one."""
    try:
        return PlanItem.model_validate({"key": key, **fields})
    except ValidationError as error:
        first = error.errors()[0]
        if first["loc"][:1] == ("title",):
            raise ItemError("Geef het item een naam van minstens twee letters.") from error
        raise ItemError(
            f"Dit kan niet zo worden bewaard: {first['msg'].removeprefix('Value error, ')}"
        ) from error


def definition_of(item: PlanItem) -> dict[str, Any]:
    """Return an item as it is kept."""
    return item.model_dump(mode="json", exclude_defaults=True)
