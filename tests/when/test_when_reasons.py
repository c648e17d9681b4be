"""Why an item has its days: a series is told once with its exceptions; wrong use is told in Dutch."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.__main__ import build

SERIES = """
[[item]]
key = "overleg"
title = "Overleg"
owner = ["ib"]
when = { rule = "dates", days = ["10-20", "11-17", "12-15"] }

[presence]
ib = ["di", "do"]

[[closure]]
name = "Studiedag"
first = 2026-11-17
"""
ONE = '[[item]]\nkey = "rapport"\ntitle = "Rapport"\n'
ANSWER = ("--region", "noord", "--year", "2026-2027")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(build(["when"]), ["when", *words])


def data(text: str) -> dict[str, Any]:
    Path("plan.toml").write_text(text, "utf-8")
    answer: dict[str, Any] = json.loads(run("plan.toml", *ANSWER, "--json").stdout)
    return answer


def test_of_a_series_only_the_times_that_differ_are_explained_apart() -> None:
    (item,) = data(SERIES)["items"]

    assert item["explanation"].count("Studiedag") + item["explanation"].count("studiedag") == 1
    assert "Keer 2: " in item["explanation"]
    assert "Keer 3: " not in item["explanation"]


def test_the_json_keeps_every_step_of_every_time() -> None:
    (item,) = data(SERIES)["items"]

    kinds = [[step["kind"] for step in one["derivation"]] for one in item["periods"]]
    assert [("roll" in one) for one in kinds] == [False, True, False]


@pytest.mark.parametrize(
    ("typed", "why_not"),
    [
        ('every_years = 4\nsince_year = "2023-2024"', "dit jaar niet: eens per 4 jaar, weer in 2027-2028"),
        ('not_in_years = ["2026-2027"]', "dit jaar niet: het vervalt in 2026-2027, weer in 2027-2028"),
        ('only_years = ["2028-2029"]', "dit jaar niet: alleen in 2028-2029"),
        (
            'outcomes = ["goed"]\n[done]\nrapport.on = 2027-03-25\nrapport.outcome = "goed"',
            "klaar op donderdag 25",
        ),
    ],
)
def test_the_reason_that_the_file_gives_is_told(typed: str, why_not: str) -> None:
    (item,) = data(f'{ONE}when = "03-24"\n{typed}\n')["items"]

    assert item["why_not"].startswith(why_not)


def test_a_rule_of_this_year_only_says_so() -> None:
    (item,) = data(f'{ONE}when = "03-24"\nwhen_in."2026-2027" = "03-25"\n')["items"]

    assert "anders dan in andere jaren" in item["explanation"]


def test_a_warning_names_its_file_its_line_and_what_to_write() -> None:
    (warning,) = data(f'{ONE}when = {{ rule = "holiday", name = "krokus" }}\n')["warnings"]

    assert (warning["file"], warning["line"]) == ("plan.toml", 4)
    assert 'name = "voorjaar"' in warning["text"]


def test_a_fact_by_almost_the_same_name_is_warned_of() -> None:
    texts = [
        one["text"]
        for one in data(f'{ONE}when = "fact.ingediend"\n[facts]\ningedient = 2026-10-05\n')["warnings"]
    ]

    assert texts == ["'fact.ingediend' heeft geen dag in [facts]; bedoelde je 'fact.ingedient'?"]


def test_a_law_that_is_a_legal_date_is_named_when_a_file_is_looser() -> None:
    law = 'latest = { rule = "legal", key = "definitief-advies" }\n'
    Path("wet.toml").write_text(ONE + 'when = "03-20"\n' + law, "utf-8")
    Path("school.toml").write_text(ONE + 'when = { rule = "until", day = "03-31" }\n', "utf-8")

    done = run("wet.toml", "school.toml", *ANSWER)

    assert done.exit_code == 1
    assert "None" not in done.stderr
    assert "Definitief schooladvies" in done.stderr


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "Noem een bestand met regels"),
        (["plan.toml", "--regio", "noord"], "--regio bestaat niet. Bedoelde je --region?"),
        (["plan.toml", "--region"], "Achter --region hoort een waarde."),
    ],
)
def test_wrong_words_are_told_in_dutch_with_code_2(words: list[str], text: str) -> None:
    done = run(*words)

    assert done.exit_code == 2
    assert text in done.stderr
    assert "Usage" not in done.stderr
