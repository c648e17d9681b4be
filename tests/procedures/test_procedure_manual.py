"""What the manual for schools shows is what the product accepts."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from calendars.procedure import Gate, Meet, Occurrence, Outcome, Remind, TaskRule
from calendars.rules import (
    UNITS,
    Earliest,
    IsoWeek,
    Latest,
    Legal,
    NthWeekday,
    Offset,
    OnDate,
    Rule,
    SchoolWeek,
    Span,
    YearEdge,
)

MANUAL_FILE = Path(__file__).parents[2] / "docs" / "procedures.md"
MANUAL = re.findall(r"```toml\n(.*?)```", MANUAL_FILE.read_text("utf-8"), flags=re.DOTALL)
RULES = (OnDate, YearEdge, Legal, Offset, IsoWeek, SchoolWeek, NthWeekday, Earliest, Latest)
PARTS: dict[str, TypeAdapter[Any]] = {
    "occurrence": TypeAdapter(Occurrence),
    "task": TypeAdapter(TaskRule),
    "due": TypeAdapter(Rule),
    "latest": TypeAdapter(Rule),
    "window": TypeAdapter(Span),
    "meeting": TypeAdapter(Meet),
    "gate": TypeAdapter(Gate),
    "outcome": TypeAdapter(Outcome),
    "remind": TypeAdapter(Remind),
}


@pytest.mark.parametrize("block", MANUAL)
def test_every_example_in_the_manual_is_one_that_the_product_accepts(block: str) -> None:
    parts = tomllib.loads(block)
    law = parts.pop("law", None)

    for name, value in parts.items():
        for one in value if isinstance(value, list) else [value]:
            PARTS[name].validate_python(one)
    assert ("latest" in parts) is (law is not None)


def test_the_manual_has_an_example_of_every_rule_and_every_unit() -> None:
    text = "\n".join(MANUAL)

    rules = set(re.findall(r'rule +?= "([a-z-]+)"', text))
    units = {unit for unit in UNITS if re.search(rf"\b{unit} += \d", text)}

    assert rules == {get_args(kind.model_fields["rule"].annotation)[0] for kind in RULES}
    assert units == set(UNITS)
