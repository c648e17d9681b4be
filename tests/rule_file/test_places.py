"""On which line each value of a TOML text stands."""

import tomllib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendars.rulefile.places import Place, Places

TEXT = '''title = "Jaarplan"  # met een [[haak]] en een = teken
[facts]
ingediend = 2026-10-05

[[item]]
key = "een"
note = """
drie "regels"
tekst"""
when = { rule = "earliest", of = [
  "03-24", # de ene dag
  { rule = "week", number = 3 },
] }
when_in."2026-2027" = 'recht \\'

[[item]]
key = "twee"
[item.time]
at = "13:00"
'''


def test_every_key_stands_on_its_own_line() -> None:
    places = Places(TEXT)

    lines = {
        ("title",): 1,
        ("facts", "ingediend"): 3,
        ("item", 0): 5,
        ("item", 0, "key"): 6,
        ("item", 0, "note"): 7,
        ("item", 0, "when"): 10,
        ("item", 0, "when", "of", 0): 11,
        ("item", 0, "when", "of", 1, "number"): 12,
        ("item", 0, "when_in", "2026-2027"): 14,
        ("item", 1): 16,
        ("item", 1, "key"): 17,
        ("item", 1, "time"): 18,
        ("item", 1, "time", "at"): 19,
    }

    assert {path: places.line(path) for path in lines} == lines


def test_what_has_no_line_falls_back_on_what_is_around_it() -> None:
    places = Places(TEXT)

    assert places.line(("item", 1, "when")) == 16
    assert places.line(("item", 0, "when", "of", 1, "weekday")) == 12
    assert places.line(("nergens",)) == 1


VALUES = st.recursive(
    st.integers() | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab-c", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


def written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[\n" + ",\n".join(written(one) for one in value) + "\n]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(one)}" for key, one in value.items()) + "}"
    return str(value) if isinstance(value, int) else quoted(value)


def quoted(text: str) -> str:
    plain = "".join(
        sign if sign.isprintable() and sign not in '"\\' else f"\\U{ord(sign):08x}" for sign in text
    )
    return f'"{plain}"'


def paths(value: Any, above: tuple[Place, ...] = ()) -> list[tuple[Place, ...]]:
    found = [above] if above else []
    inside: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, one in inside:
        found += paths(one, (*above, key))
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.text("xyz_", min_size=1), VALUES, max_size=3), max_size=4))
def test_the_line_of_a_key_is_one_on_which_that_key_is_typed(items: list[dict[str, Any]]) -> None:
    rows = []
    for item in items:
        rows += ["[[item]]", *(f"{key} = {written(value)}" for key, value in item.items())]
    text = "\n".join(rows)
    lines = text.split("\n")

    places = Places(text)

    for path in paths(tomllib.loads(text)):
        line = lines[places.line(path) - 1]
        name = next(part for part in reversed(path) if isinstance(part, str))
        assert isinstance(path[-1], int) or name in line
