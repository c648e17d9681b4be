"""Write own items as a file of rules (TOML), which ``jaarritme when`` and a person can read."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from calendars.yearplan.items import PlanItem

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def as_toml(items: Iterable[PlanItem], title: str = "") -> str:
    """Return a file of rules with these items, as ``calendars.yearplan.items.RuleFile`` reads it."""
    parts = [f"title = {_value(title)}"] if title else []
    for item in items:
        fields = item.model_dump(mode="json", exclude_defaults=True)
        lines = [f"{_key(name)} = {_value(value)}" for name, value in fields.items() if value is not None]
        parts.append("\n".join(["[[item]]", *lines]))
    return "\n\n".join(parts) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(_value(each) for each in value)}]"
    return str(value)


def _key(name: str) -> str:
    return name if name and set(name) <= _BARE else _text(name)


def _text(text: str) -> str:
    # A basic string of TOML 1.0 is one of JSON, but for the one control character that JSON lets through.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
