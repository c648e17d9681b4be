"""What the manual for schools shows is what the product accepts."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from calendars.layers import TaskChange
from calendars.procedure import Gate, Meet, Occurrence, Outcome, TaskRule
from calendars.rules import Rule, Span, anchors_of
from calendars.rungs import Remind
from service.procedures import read_all

MANUAL_FILE = Path(__file__).parents[2] / "docs" / "procedures.md"
MANUAL = re.findall(r"```toml\n(.*?)```", MANUAL_FILE.read_text("utf-8"), flags=re.DOTALL)
# Every kind of thing that a task of a procedure can count from, each with how its name begins or ends.
ANCHORS = ("opening", "window.", "task.", "decision.", "stage.", ".first", ".last")
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
    "rule": TypeAdapter(TaskChange),
}
ABOUT_A_RULE = {"layer", "scope", "procedure", "task", "school_year", "reason"}


@pytest.mark.parametrize("block", MANUAL)
def test_every_example_in_the_manual_is_one_that_the_product_accepts(block: str) -> None:
    parts = tomllib.loads(block)
    law = parts.pop("law", None)

    for name, value in parts.items():
        for one in value if isinstance(value, list) else [value]:
            said = {k: v for k, v in one.items() if k not in ABOUT_A_RULE} if name == "rule" else one
            PARTS[name].validate_python(said)
    assert ("latest" in parts) is (law is not None)


def test_the_manual_names_and_shows_everything_that_a_procedure_can_count_from() -> None:
    named = MANUAL_FILE.read_text("utf-8")
    counted = {name for block in MANUAL for rule in rules_in(block) for name in anchors_of(rule)}

    assert [part for part in ANCHORS if f"`{part}" not in named and f"{part}`" not in named] == []
    assert [part for part in ANCHORS[:5] if not any(name.startswith(part) for name in counted)] == []


def test_what_the_procedures_count_from_is_of_a_kind_that_the_manual_names() -> None:
    names = {
        name
        for procedure in read_all()
        for occurrence in procedure.occurrence
        for task in procedure.tasks_of(occurrence.key)
        for rule in task.rules(occurrence.key)
        for name in anchors_of(rule)
    }

    assert [
        n for n in names if not n.startswith((*ANCHORS[:5], "year.", "fact.")) and n.count(".") != 2
    ] == []


def test_the_rules_themselves_are_explained_in_one_place() -> None:
    assert "(rules.md#de-regels)" in MANUAL_FILE.read_text("utf-8")


def rules_in(block: str) -> list[Rule]:
    due = tomllib.loads(block).get("due")
    return [TypeAdapter(Rule).validate_python(due)] if due else []
