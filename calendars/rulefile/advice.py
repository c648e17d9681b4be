"""What to write instead, in the words and with the values of the one who wrote it, as TOML to copy."""

from collections.abc import Mapping, Sequence
from typing import Any

from calendars.derivation import joined
from calendars.rulefile.item_mending import field_mended, item_moment, key_meant, loose_in, year_meant
from calendars.rulefile.mending import is_right, mended
from calendars.rulefile.moments import is_no_moment, unreal
from calendars.rulefile.places import Place
from calendars.rulefile.problems import Source, value_at
from calendars.rulefile.words import meant
from calendars.rulefile.writing import written
from calendars.rules.words import WEEKDAYS
from calendars.yearplan.items import PlanItem

_MOMENTS = {"when", "latest", "overflow"}
_AN_ITEM = 2  # parts of the path of an item
_LONGEST = 220  # characters of a line that somebody copies


def titles_of(source: Source) -> dict[str, str]:
    """Return the titles of the items of a file as it was typed, by key."""
    items = source.data.get("item")
    rows = items if isinstance(items, list) else []
    named = [row for row in rows if isinstance(row, dict) and isinstance(row.get("key"), str)]
    return {row["key"]: str(row.get("title", row["key"])) for row in named}


def part_at(path: Sequence[Place]) -> tuple[Place, ...]:
    """Return the key of an item that a path is in, with its year if it has one; or the path itself."""
    if len(path) <= _AN_ITEM or path[0] != "item":
        return tuple(path)
    return tuple(path[:4] if path[2] == "when_in" else path[:3])


def advice(path: Sequence[Place], source: Source) -> str:
    """Return how to write what stands at a path of an item; empty when it can't be told."""
    if len(path) <= _AN_ITEM or path[0] != "item" or not isinstance(path[1], int):
        return ""
    item = value_at(source.data, path[:2])
    if not isinstance(item, dict) or len(repr(item.get(str(path[2])))) > _LONGEST:
        return ""
    titles = titles_of(source)
    key = str(path[2])
    if key not in PlanItem.model_fields:
        return _of_unknown(key, item, titles)
    if key == "when_in" and len(path) > _AN_ITEM + 1:
        return _line(f'when_in."{year_meant(path[3])}"', mended(value_at(source.data, path[:4]), titles))
    return _of_key(key, item, titles)


def _of_key(key: str, item: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """Return what to write for a key of an item itself, also when it is missing."""
    if key not in item:
        title = item.get("title")
        return _line("key", key_meant(title)) if key == "key" and isinstance(title, str) else ""
    if key == "pupils" and (groups := _groups_in(item[key])):
        return _line("groups", groups)
    return _line(key, field_mended(key, item.get(key), titles) or _overflow(key, item))


def _groups_in(pupils: Any) -> Any:
    """Return the year groups that were written where pupils are chosen."""
    said = pupils if isinstance(pupils, dict) else {}
    found = next((said[key] for key in ("groep", "groepen", "group", "groups") if key in said), None)
    return None if found is None else field_mended("groups", found, {})


def _overflow(key: str, item: Mapping[str, Any]) -> Any:
    """Return the usual catch-up time, where it was written out ("week erna")."""
    said, own = str(item.get(key)).casefold(), f"item.{item.get('key')}"
    if key != "overflow" or not isinstance(item.get("key"), str):
        return None
    if "week" in said or item.get(key) is True:
        return {"rule": "week-of", "day": own, "shift": 1}
    return {"rule": "offset", "after": own, "school_days": 1} if "dag" in said else None


def loose_keys(path: Sequence[Place], source: Source) -> str:
    """Say of keys of a rule that stand loose in an item that they belong in ``when``; empty for others."""
    item = value_at(source.data, path[:_AN_ITEM])
    if len(path) != _AN_ITEM + 1 or path[0] != "item" or not isinstance(item, dict) or "when" in item:
        return ""
    if str(path[2]) in PlanItem.model_fields or item_moment(item, titles_of(source)) is None:
        return ""
    names = [repr(key) for key in loose_in(item)]
    return f"{joined(names)} {'hoort' if len(names) == 1 else 'horen'} in when"


def _of_unknown(key: str, item: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """Return what to write for a key that no item has."""
    if key == "unless":
        return 'Schrijf only_if = [{ fact = "…", unless = true }].'
    if (found := item_moment(item, titles)) is not None and "when" not in item:
        return _line("when", found)
    value = item[key]
    for likely in meant(key, [f for f in PlanItem.model_fields if f not in item], "key"):
        right = value if likely == "when" and is_right(value) else field_mended(likely, value, titles)
        if right is None and likely in {"title", "note", "law"} and isinstance(value, str):
            right = value
        if right is not None:
            return _line(likely, right)
    return ""


def _line(key: str, value: Any) -> str:
    text = f"{key} = {written(value)}"
    return f"Schrijf {text}." if value is not None and len(text) <= _LONGEST else ""


def about_moment(text: str, key: str) -> tuple[str, str]:
    """Return what is wrong with a text that is no moment and can't be read as one, and what to write."""
    if day := unreal(text):
        return f"{day} bestaat niet", "Schrijf een dag die bestaat, met eerst de maand: " + '"03-24".'
    said = text.strip().casefold()
    if said in WEEKDAYS:
        return "", f'Schrijf {{ rule = "weekday", weekday = "{said}", nth = 1, month = 11 }}.'
    if said.startswith(("op verzoek", "op afroep", "op aanvraag", "zo nodig", "indien nodig", "bij twijfel")):
        return "", 'Laat when weg en schrijf need = "on-request" of need = "optional".'
    if is_no_moment(text) or not any(sign.isalnum() for sign in said):
        return "", f"Is het moment nog niet bekend, laat when dan weg of schrijf {_open(text)}."
    more = f" Is het moment nog niet bekend, schrijf dan when = {_open(text)}." if key == "when" else ""
    return "", (
        'Schrijf een dag ("03-24"), een naam ("item.<key>", "fact.<naam>") of een regel ({ rule = "week", '
        f"number = 46 }}).{more}"
    )


def _open(text: str) -> str:
    why = text.strip() if any(sign.isalnum() for sign in text) else "nog niet bekend"
    return written({"rule": "open", "why": why[:80]})
