"""Rewrite what stands at a key of an item into what was most likely meant; checked against the language."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from calendars.phrases import groups_of, who_of
from calendars.rulefile.mending import mended
from calendars.rulefile.words import meant, number_meant, same_word
from calendars.rules import UNITS
from calendars.yearplan.items import PlanItem
from calendars.yearplan.owners import ROLES

_Titles = Mapping[str, str]
_ANY_ITEM = {"key": "een", "title": "Een"}
_MOMENTS = ("when", "latest", "overflow")


def field_mended(key: str, value: Any, items: _Titles) -> Any:
    """Return what to write at a key of an item; nothing when it can't be told."""
    if key in _MOMENTS:
        return mended(value, items)
    mend = _MENDS.get(key)
    found = mend(value) if mend else None
    return found if found is not None and _is_right(key, found) else None


def item_moment(item: Mapping[str, Any], items: _Titles) -> Any:
    """Return the moment that was written as keys of an item itself (``week = 44``); nothing when it isn't."""
    named = loose_in(item)
    return mended(named, items) if named else None


def loose_in(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in an item and is no key of one, nor another word for such a key."""
    loose = {key: value for key, value in item.items() if key not in PlanItem.model_fields}
    return {key: value for key, value in loose.items() if not _is_a_field(key)}


def _is_a_field(key: str) -> bool:
    return key != "rule" and bool(same_word(key, [f for f in PlanItem.model_fields if f != "key"], "key"))


def _is_right(key: str, value: Any) -> bool:
    try:
        PlanItem.model_validate({**_ANY_ITEM, key: value})
    except ValidationError as error:
        return not any(one["loc"][:1] == (key,) for one in error.errors(include_url=False))
    return True


def _groups(value: Any) -> list[str] | None:
    texts = [str(one) for one in _listed(value)]
    read = [groups_of(text) for text in texts]
    if not read or not all(one.sure for one in read):
        return None
    found = {group for one in read for group in one.groups}
    return ["school"] if "school" in found else sorted(found)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _people(value: Any) -> list[str] | None:
    found = [role for one in _listed(value) for role in _roles(str(one))]
    return list(dict.fromkeys(found)) or None


def _roles(text: str) -> list[str]:
    said = who_of(text)
    plain = re.sub(r"[^a-z-]+", "-", text.casefold()).strip("-")
    return [plain] if plain in ROLES else [*said.owner, *(also.casefold() for also in said.also)]


def _words(value: Any) -> list[str] | None:
    parts = [part for one in _listed(value) for part in re.split(r"\s*(?:/|,| of )\s*", str(one)) if part]
    return parts or None


_HOURS = re.compile(r"(?:om |van |vanaf )?(\d{1,2})(?:[:.u](\d{2})?)?(?: ?uur)?")


def _clock(value: Any) -> str | None:
    found = _HOURS.fullmatch(str(value).strip().casefold())
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else None


_HALVES = ["ochtend", "middag", "avond", "na-schooltijd"]


def _time(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str) and (part := meant(value, _HALVES, "value")):
        return {"part": part[0]}
    if isinstance(value, str):
        hours = [_clock(one) for one in re.split(r"\s*(?:-|–|tot|t/m)\s*", value)]
        return dict(zip(("at", "until"), hours, strict=False)) if all(hours) else None
    if not isinstance(value, dict):
        return None
    keys = {key: next(iter(meant(key, ["at", "until", "part", "minutes"], "key")), key) for key in value}
    return {keys[key]: _of_time(keys[key], one) for key, one in value.items()}


def _of_time(key: str, value: Any) -> Any:
    if key in {"at", "until"}:
        return _clock(value) or value
    if key == "part":
        return next(iter(meant(str(value), _HALVES, "value")), value)
    return number_meant(re.sub(r" ?(?:minuten|min)$", "", value) if isinstance(value, str) else value)


_AMOUNT = re.compile(r"(?:ongeveer |\+-? ?|± ?)?(\w+) (\w+)")
_UNIT_NL = {"dag": "dagen", "week": "weken", "maand": "maanden", "schooldag": "schooldagen"}


def _amount(value: Any) -> dict[str, int] | None:
    said = value if isinstance(value, dict) else {}
    if isinstance(value, str) and (found := _AMOUNT.fullmatch(value.strip().casefold())):
        said = {_UNIT_NL.get(found[2], found[2]): found[1]}
    elif isinstance(value, int) and not isinstance(value, bool):
        return {"calendar_weeks": value}
    table = {
        (key if key in UNITS else next(iter(meant(key, [*UNITS], "key")), key)): number_meant(one)
        for key, one in said.items()
    }
    return table or None


def _conditions(value: Any) -> list[dict[str, Any]] | None:
    found = [_condition(one) for one in _listed(value)]
    return [one for one in found if one] if found and all(found) else None


def _condition(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str):
        plain = re.sub(r"[^a-z0-9]+", "-", value.casefold()).strip("-")
        return {"judgement": value.strip(), "by": "ib"} if value.strip().endswith("?") else {"fact": plain}
    if not isinstance(value, dict):
        return None
    allowed = ["fact", "item", "outcome", "judgement", "by", "unless"]
    table = {next(iter(meant(key, allowed, "key")), key): one for key, one in value.items()}
    if "judgement" in table and "by" not in table:
        table["by"] = "ib"
    return table


def _years(value: Any) -> list[Any] | None:
    return [year_meant(one) for one in _listed(value)] or None


def year_meant(value: Any) -> Any:
    """Return a school year that was written in another way ("2026/2027", 2026); else the same."""
    found = re.fullmatch(r"(20\d\d)(?:[-/ ]+(?:20)?(\d\d))?", str(value))
    return f"{found[1]}-{int(found[1]) + 1}" if found else value


def _name(value: Any) -> str | None:
    one = value[0] if isinstance(value, list) and len(value) == 1 else value
    return one.removeprefix("item.") if isinstance(one, str) else None


def _pupils(value: Any) -> dict[str, Any] | None:
    texts = [str(one).casefold() for one in _listed(value)]
    if isinstance(value, dict):
        fact = value.get("fact")
        return {**value, "fact": [fact]} if isinstance(fact, str) else None
    if any(text.startswith(("nieuw", "instroom", "zij-instrom")) for text in texts):
        return {"newcomers": True}
    if any("gekozen" in text or "selectie" in text for text in texts):
        return {"chosen": True}
    return {"fact": [re.sub(r"[^a-z0-9]+", "-", text).strip("-") for text in texts]}


def _yes(value: Any) -> bool | None:
    return {"ja": True, "nee": False, "true": True, "false": False}.get(str(value).casefold())


def _one_of(*choices: str) -> Callable[[Any], str | None]:
    said = {True: "ja", False: "nee"}
    return lambda value: next(iter(meant(said.get(value, str(value)), [*choices], "value")), None)


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def key_meant(value: Any) -> str | None:
    """Return a text as a key: small letters, digits and dashes."""
    plain = str(value).casefold().translate(str.maketrans("éèëïóöüáà", "eeeioouaa"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or None


_MENDS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("groups", "except_groups"), _groups),
    **dict.fromkeys(("owner", "also", "asked_by"), _people),
    **dict.fromkeys(("margin", "tolerance"), _amount),
    **dict.fromkeys(("only_years", "not_in_years"), _years),
    **dict.fromkeys(("together", "next_year"), _yes),
    **dict.fromkeys(("note", "title", "law"), _text),
    "time": _time,
    "pupils": _pupils,
    "only_if": _conditions,
    "outcomes": _words,
    "since_year": year_meant,
    "instead_of": _name,
    "every_years": number_meant,
    "key": key_meant,
    "roll": _one_of("next", "previous", "keep"),
    "per": _one_of("school", "group", "pupil"),
}
