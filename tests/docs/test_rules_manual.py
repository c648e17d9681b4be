"""What the manual of rules shows is what the product makes of it, and it names all that there is.

``python -m tests.docs.test_rules_manual`` writes what comes out into the page again.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from calendars.legal import known_years, legal_dates
from calendars.rulefile.examples import EXAMPLES
from calendars.rulefile.reading import read_all, read_rules, typed
from calendars.rulefile.world import world_of
from calendars.rules import UNITS, Rule
from calendars.rules.words import Amount
from calendars.yearplan.evaluate import evaluate
from calendars.yearplan.happened import FAMILIES
from calendars.yearplan.items import RuleFile
from calendars.yearplan.owners import OUTSIDE, ROLES
from service.cli.when_text import outcome

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
TEXT = PAGE.read_text("utf-8") if PAGE.exists() else ""
BLOCK = re.compile(r"```toml\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)
ROW = re.compile(r"^\| (?P<said>[^|]+?) \| (?P<code>`[^|]+`) \| (?P<out>[^|]*?) ?\|$", re.MULTILINE)
TABLE = "## Zo schrijf je wat er in je jaarplan staat"
YEAR, REGION = "2026-2027", "noord"
RULES = get_args(get_args(Rule)[0])
NAMES = {get_args(kind.model_fields["rule"].annotation): kind for kind in RULES}


def base() -> str:
    """Return the items that the examples refer to: the first block below the heading of the table."""
    found = BLOCK.search(TEXT, TEXT.index(TABLE))
    assert found
    return found[1]


def results(code: str) -> list[str]:
    """Return what an example comes to: one line per item, or per pupil that it is about."""
    is_file = "[[item]]" in code
    if is_file:
        file = read_rules(code, "voorbeeld.toml")
    else:
        named = "".join(
            line
            for key, line in (("key", 'key = "voorbeeld"\n'), ("title", 'title = "Voorbeeld"\n'))
            if not re.search(rf"^{key} *=", code, re.MULTILINE)
        )
        one = typed(f"[[item]]\n{named}{code}", "voorbeeld.toml")
        file = read_all([typed(base(), "basis.toml"), one])
    found = evaluate(file, world_of(file, "noord", YEAR).world)
    mine = [r for r in found if is_file or r.item.key.startswith("voorbeeld")]
    many = len({r.item.key for r in mine}) > 1
    return [f"{r.item.title}: {outcome(r)}" if many else outcome(r) for r in mine]


def filled(page: str) -> str:
    """Return the page with what every example comes to."""
    page = BLOCK.sub(_block, page)
    start = page.index(TABLE)
    return page[:start] + ROW.sub(_row, page[start:])


def _block(found: re.Match[str]) -> str:
    if found[2] is None:
        return found[0]
    told = "\n".join(results(found[1]))
    return f"```toml\n{found[1]}```\n\n```text\n{told}\n```\n"


def _row(found: re.Match[str]) -> str:
    return f"| {found['said']} | {found['code']} | {'; '.join(results(code_of(found['code'])))} |"


def code_of(cell: str) -> str:
    return "\n".join(re.findall(r"`([^`]+)`", cell)) + "\n"


def blocks() -> list[tuple[str, str | None]]:
    return [(found[1], found[2]) for found in BLOCK.finditer(TEXT)]


def rows() -> list[re.Match[str]]:
    return list(ROW.finditer(TEXT, TEXT.index(TABLE)))


@pytest.mark.parametrize(("code", "told"), blocks())
def test_every_example_is_one_that_the_product_reads_and_it_comes_to_what_the_page_says(
    code: str, told: str | None
) -> None:
    assert results(code)
    assert told is None or told.splitlines() == results(code)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["said"])
def test_every_phrase_of_a_school_comes_to_what_the_page_says(row: re.Match[str]) -> None:
    assert row["out"] == "; ".join(results(code_of(row["code"])))


def test_the_table_holds_at_least_eighty_phrases_each_once() -> None:
    said = [row["said"] for row in rows()]

    assert len(said) >= 80
    assert len(set(said)) == len(said)


def test_every_rule_has_a_heading_and_an_example_with_what_comes_out() -> None:
    named = set(re.findall(r"^### (.+)$", TEXT, re.MULTILINE))
    headings = {rule for heading in named for rule in re.findall(r"`([a-z-]+)`", heading)}
    shown = {rule for code, told in blocks() if told for rule in re.findall(r'rule = "([a-z-]+)"', code)}

    assert names_of_rules() <= headings
    assert names_of_rules() <= shown


def names_of_rules() -> set[str]:
    return {name for names in NAMES for name in names}


def test_every_rule_has_an_example_for_an_error() -> None:
    assert set(EXAMPLES) == names_of_rules()


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_example_that_an_error_shows_is_right(rule: str) -> None:
    text = f'[[item]]\nkey = "voorbeeld"\ntitle = "Voorbeeld"\nwhen = {EXAMPLES[rule]}\n'
    others = "".join(
        f'[[item]]\nkey = "{key}"\ntitle = "Ander"\n'
        for key in {*re.findall(r"item\.([a-z-]+)", EXAMPLES[rule])}
    )

    assert read_rules(text + others).item[0].when


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
def test_every_key_of_a_rule_is_named_below_its_heading(kind: type[BaseModel]) -> None:
    names = get_args(kind.model_fields["rule"].annotation)
    parts = re.split(r"^### ", TEXT, flags=re.MULTILINE)
    section = next(part for part in parts if f"`{names[0]}`" in part.partition("\n")[0])
    keys = set(kind.model_fields) - {"rule"} - set(Amount.model_fields)

    assert {key for key in keys if f"`{key}`" not in section} == set()


def test_every_key_of_a_file_an_item_and_their_parts_is_named() -> None:
    parts = {kind for kind in models_in(RuleFile) if kind not in RULES}

    missing = {(kind.__name__, key) for kind in parts for key in kind.model_fields if f"`{key}`" not in TEXT}

    assert missing == set()


def test_every_word_that_may_be_chosen_is_named() -> None:
    words = {word for kind in models_in(RuleFile) for word in words_of(kind)}

    assert {word for word in words if f"`{word}`" not in TEXT} == set()


def test_every_unit_has_a_row_and_an_example() -> None:
    assert {unit for unit in UNITS if f"| `{unit}` |" not in TEXT} == set()
    assert {unit for unit in UNITS if not re.search(rf"\b{unit} = \d", TEXT)} == set()


def test_every_legal_date_is_named() -> None:
    keys = {key for label in known_years() for key in legal_dates(label)}

    assert {key for key in keys if f"`{key}`" not in TEXT} == set()


def test_every_kind_of_moment_and_every_role_is_named() -> None:
    roles = {word for word in ROLES if ROLES[word] != word or word in {"ib", "isb", "rt", "team"}}

    assert {family for family in FAMILIES if f"`{family}." not in TEXT} == set()
    assert {word for word in (*roles, *OUTSIDE) if f"`{word}`" not in TEXT} == set()


def models_in(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Return a model with every model that its fields are made of."""
    found: set[type[BaseModel]] = set()
    waiting = [model]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [inner for field in one.model_fields.values() for inner in _models(field.annotation)]
    return found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if (
        isinstance(annotation, type)
        and not isinstance(annotation, UnionType)
        and issubclass(annotation, BaseModel)
    ):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def words_of(kind: type[BaseModel]) -> Iterator[str]:
    for name, field in kind.model_fields.items():
        if name != "rule":
            yield from _literals(field.annotation)


def _literals(annotation: Any) -> Iterator[str]:
    for inner in get_args(annotation):
        if isinstance(inner, str):
            yield inner
        elif not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            yield from _literals(inner)


if __name__ == "__main__":
    PAGE.write_text(filled(TEXT), "utf-8")
