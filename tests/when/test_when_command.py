"""`when`: files of rules in, dates with their derivation out; no database, no school."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.__main__ import build

PLAN = """
title = "Toetsen"

[[item]]
key = "toets"
title = "Middentoetsen"
kind = "test"
groups = ["3", "4"]
when = { rule = "week", number = 2, until = 4 }

[[item]]
key = "analyse"
title = "Analyse"
owner = ["ib"]
also = ["leerkracht"]
when = { rule = "offset", after = "item.toets", school_days = 15 }
tolerance = { school_days = 2 }

[[item]]
key = "advies"
title = "Definitief advies"
groups = ["8"]
when = { rule = "until", day = "03-28" }
latest = { rule = "legal", key = "definitief-advies" }
law = "WPO, artikel 42"

[[item]]
key = "wens"
title = "Extra gesprek"
need = "on-request"

[[item]]
key = "vier"
title = "Kennismaking"
when = { rule = "offset", before = { rule = "age", years = 4 }, calendar_weeks = 5 }

[presence]
ib = ["ma-middag", "di"]

[[pupil]]
key = "p1"
born = 2023-03-05
"""
ONE = '[[item]]\nkey = "rapport"\ntitle = "Rapport"\n'
PLANNED = {"status": "planned"}
WINDOW = """
[[item]]
key = "toets"
title = "Toetsen"
when = { rule = "period", first = "01-11", last = "02-01" }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(build(["when"]), ["when", *words])


def when(text: str, *words: str, region: str = "noord", year: str = "2026-2027") -> Result:
    Path("plan.toml").write_text(text, "utf-8")
    return run("plan.toml", "--region", region, "--year", year, *words)


def data(text: str, *words: str, year: str = "2026-2027") -> dict[str, Any]:
    found = when(text, "--json", *words, year=year)
    assert found.exit_code == 0, found.output
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


def warned(text: str, year: str = "2026-2027") -> list[str]:
    return [one["text"] for one in data(text, year=year)["warnings"]]


def test_an_item_is_told_with_its_days_its_people_and_why() -> None:
    said = when(PLAN).stdout

    assert "Toetsen: schooljaar 2026-2027, regio noord" in said
    assert "Middentoetsen  [toets]" in said
    assert "maandag 11 januari t/m vrijdag 29 januari 2027 (plannen op vrijdag 29 januari)" in said
    assert "groep 3 en 4" in said
    assert "ib; ook: leerkracht" in said
    assert "15 schooldagen na" in said


def test_the_legal_day_and_the_day_to_plan_on_are_both_there() -> None:
    item = by_key(data(PLAN))["advies"]

    assert item["legal_on"] == "2027-03-24"
    assert days_of(item) == [period(None, "2027-03-24", "2027-03-24")]
    assert item["law"] == "WPO, artikel 42"
    assert "uiterlijk woensdag 24 maart 2027 (WPO, artikel 42)" in when(PLAN).stdout


def test_what_nobody_dated_is_to_plan_and_has_no_day() -> None:
    item = by_key(data(PLAN))["wens"]

    assert (item["status"], item["status_nl"], item["periods"]) == ("to-plan", "nog te plannen", [])
    assert item["why_not"]
    assert item["explanation"].startswith("Nog te plannen (")


def test_a_pupil_is_a_key() -> None:
    item = by_key(data(PLAN))["vier"]

    assert item["pupil"] == "p1"
    assert item["periods"][0]["first"] == "2027-01-29"


def test_who_does_it_is_planned_on_a_day_of_presence_and_told_how_far_it_may_move() -> None:
    item = by_key(data(PLAN))["analyse"]

    (only,) = item["periods"]
    assert (only["first"], only["plan_on"]) == ("2027-02-19", "2027-03-01")
    assert (only["from"], only["until"]) == ("2027-02-18", "2027-03-03")


def test_the_json_has_the_documented_keys() -> None:
    answer = data(PLAN)

    assert list(answer) == ["file", "title", "region", "year", "items", "warnings"]
    assert list(answer["items"][0]) == [
        *("key", "title", "kind", "groups", "pupils", "owner", "together", "also", "asked_by", "need"),
        "next_year",
        *("status", "status_nl", "pupil", "overflow", "periods", "choice", "legal_on", "law", "conditions"),
        *("why_not", "time", "place", "note", "explanation", "derivation"),
    ]
    assert list(answer["items"][0]["periods"][0]) == [
        "first",
        "last",
        "plan_on",
        "label",
        "from",
        "until",
        "status",
        "derivation",
    ]
    assert {step["kind"] for step in answer["items"][0]["derivation"]} <= {"rule", "window", "open", "roll"}


def test_the_same_file_gives_the_same_answer_again() -> None:
    assert when(PLAN, "--json").stdout == when(PLAN, "--json").stdout


def test_what_is_over_today_and_not_done_is_missed() -> None:
    statuses = {key: item["status"] for key, item in by_key(data(PLAN, "--today", "2027-02-10")).items()}

    assert (statuses["toets"], statuses["analyse"]) == ("missed", "planned")


def test_a_region_may_be_written_with_a_capital() -> None:
    assert when(PLAN, region="Noord").exit_code == 0


def test_lines_fit_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    assert max(len(line) for line in when(PLAN).stdout.splitlines()) <= 60


def test_a_closure_with_the_name_of_a_holiday_comes_in_its_place() -> None:
    closed = '[[closure]]\nname = "Herfstvakantie"\nfirst = 2026-10-19\nlast = 2026-10-23\n'
    rule = 'when = { rule = "holiday", name = "herfst" }\n'

    (item,) = data(ONE + rule + closed)["items"]

    assert (item["periods"][0]["first"], item["periods"][0]["last"]) == ("2026-10-19", "2026-10-23")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["nergens.toml", "--region", "noord", "--year", "2026-2027"], "nergens.toml is er niet"),
        ([".", "--region", "noord", "--year", "2026-2027"], "is geen bestand"),
        (["plan.toml", "--year", "2026-2027"], "Noem de regio"),
        (["plan.toml", "--region", "oost", "--year", "2026-2027"], "'oost' is geen regio. Kies uit: noord"),
        (["plan.toml", "--region", "noord"], "Noem het schooljaar"),
        (["plan.toml", "--region", "noord", "--year", "2026"], "'2026' is geen schooljaar"),
        (["plan.toml", "--region", "noord", "--year", "2026-2028"], "'2026-2028' is geen schooljaar"),
        (["plan.toml", "--region", "noord", "--year", "2026-2027", "--today", "nu"], "'nu' is geen dag"),
    ],
)
def test_wrong_use_is_told_in_dutch_with_code_2(words: list[str], text: str) -> None:
    Path("plan.toml").write_text(ONE, "utf-8")

    done = run(*words)

    assert done.exit_code == 2
    assert text in done.stderr


def test_problems_in_a_file_are_told_with_code_1() -> None:
    done = when(ONE + 'when = "maart"\n')

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("plan.toml, regel 4, item 'rapport': ")


def test_a_file_can_be_checked_without_a_region() -> None:
    Path("plan.toml").write_text(PLAN, "utf-8")

    done = run("plan.toml", "--check")

    assert (done.exit_code, done.stdout) == (0, "plan.toml: dit klopt, 5 items.\n")


def test_it_runs_without_a_home_and_makes_none(folder: Path) -> None:
    (folder / "plan.toml").write_text(PLAN, "utf-8")
    command = [
        sys.executable,
        "-m",
        "service",
        "when",
        "plan.toml",
        "--region",
        "zuid",
        "--year",
        "2027-2028",
    ]
    bare = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "HOME": str(folder / "no"),
    }

    done = subprocess.run(  # noqa: S603 -- our own command
        command, capture_output=True, text=True, env=bare, cwd=folder, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in folder.iterdir()] == ["plan.toml"]


# Years that nobody has published.


def test_of_a_year_without_published_holidays_absolute_rules_still_work() -> None:
    answer = data(ONE + 'when = "03-24"\n', year="2032-2033")

    assert days_of(answer["items"][0]) == [period("2033-03-24", "2033-03-24", "2033-03-24")]
    assert [one["key"] for one in answer["warnings"]] == [None]
    assert "de zomervakantie van 2032 en 2033 is niet bekend" in answer["warnings"][0]["text"]


def test_the_file_may_say_the_summers_that_nobody_has_published() -> None:
    summers = "".join(
        f'[[closure]]\nname = "Zomervakantie"\nfirst = {y}-07-10\nlast = {y}-08-21\n' for y in (2032, 2033)
    )

    answer = data(ONE + 'when = "year.first"\n' + summers, year="2032-2033")

    assert answer["items"][0]["periods"][0]["first"] == "2032-08-23"
    assert answer["warnings"] == []


def test_a_holiday_that_nobody_has_published_is_to_plan() -> None:
    (item,) = data(ONE + 'when = { rule = "holiday", name = "herfst" }\n', year="2012-2013")["items"]

    assert item["status"] == "to-plan"


# What is odd, though not wrong.


def test_a_day_of_another_year_is_warned_of() -> None:
    assert any('schrijf "03-24" voor elk jaar' in text for text in warned(ONE + 'when = "2024-03-24"\n'))


def test_29_february_in_an_ordinary_year_is_warned_of() -> None:
    assert warned(ONE + 'when = "02-29"\n') == ["2027 heeft geen 29 februari; gerekend is met 28 februari"]
    assert warned(ONE + 'when = "02-29"\n', year="2027-2028") == []


def test_a_weekday_that_is_another_one_is_warned_of() -> None:
    rule = 'when = { rule = "date", day = "06-04", weekday = "maandag" }\n'

    assert warned(ONE + rule) == ["4 juni 2027 is een vrijdag, geen maandag"]


def test_a_deadline_before_the_end_of_what_it_hangs_on_is_warned_of() -> None:
    deadline = 'when = { rule = "until", day = "01-29" }\nonly_if = [{ item = "toets" }]\n'

    (text,) = warned(ONE + deadline + WINDOW)

    assert text == 'moet klaar zijn op vrijdag 29 januari, maar "Toetsen" duurt tot en met maandag 1 februari'


def test_a_limit_before_the_end_of_what_it_counts_from_is_warned_of() -> None:
    within = '{ rule = "within", after = "item.toets", school_days = 5 }'
    both = f'when = {{ rule = "earliest", of = [{within}, "01-30"] }}\n'

    assert len(warned(ONE + both + WINDOW)) == 1
    assert warned(ONE + both.replace("01-30", "02-02") + WINDOW) == []


def test_what_moves_over_the_summer_is_warned_of() -> None:
    assert warned(ONE + 'when = "07-28"\n') == [
        "te doen op maandag 23 augustus 2027, en dat is na de laatste schooldag van dit jaar"
    ]


def test_a_day_of_next_year_that_is_asked_for_is_not_odd() -> None:
    assert warned(ONE + 'when = { rule = "year", edge = "first", year = "next" }\n') == []


def test_a_moment_of_a_procedure_is_warned_of_and_to_plan() -> None:
    answer = data(ONE + 'when = { rule = "offset", after = "test-calendar.M.last", school_days = 8 }\n')

    assert answer["items"][0]["status"] == "to-plan"
    assert "komt uit een procedure" in answer["warnings"][0]["text"]


# Layers.

LAW = ONE + (
    'owner = ["directie"]\nwhen = { rule = "until", day = "03-20" }\n'
    'latest = { rule = "legal", key = "definitief-advies" }\nlaw = "WPO, artikel 42"\n'
)


def layers(wide: str, narrow: str, *words: str) -> Result:
    Path("wet.toml").write_text('layer = "nation"\n' + wide, "utf-8")
    Path("school.toml").write_text('layer = "school"\n' + narrow, "utf-8")
    return run("wet.toml", "school.toml", "--region", "noord", "--year", "2026-2027", *words)


def test_a_narrower_file_adds_items_and_overrides_what_it_names() -> None:
    los = '[[item]]\nkey = "los"\ntitle = "Los"\nwhen = "item.rapport"\n'
    more = ONE + 'when = { rule = "until", day = "03-10" }\n' + los

    items = by_key(json.loads(layers(LAW, more, "--json").stdout))

    assert items["rapport"]["periods"][0]["last"] == "2027-03-10"
    assert (items["rapport"]["owner"], items["rapport"]["legal_on"]) == (["directie"], "2027-03-24")
    assert items["los"]["periods"][0]["last"] == "2027-03-10"


def test_a_date_later_than_the_law_of_a_wider_file_is_refused_with_the_laws_name() -> None:
    done = layers(LAW, ONE + 'when = { rule = "until", day = "03-31" }\n')

    assert done.exit_code == 1
    assert done.stderr.startswith("school.toml, regel 5, item 'rapport': ")
    assert "WPO, artikel 42" in done.stderr


def test_a_limit_later_than_that_of_a_wider_file_is_refused_with_the_laws_name() -> None:
    done = layers(LAW, ONE + 'latest = "04-01"\nlaw = "onze afspraak"\n')

    assert done.exit_code == 1
    assert done.stderr.startswith("school.toml, regel 5, item 'rapport': ")
    assert "WPO, artikel 42" in done.stderr


def test_a_stricter_limit_than_that_of_a_wider_file_holds() -> None:
    done = layers(LAW, ONE + 'latest = "03-15"\nlaw = "onze afspraak"\n', "--json")

    item = by_key(json.loads(done.stdout))["rapport"]
    assert (item["legal_on"], item["law"], item["periods"][0]["last"]) == (
        "2027-03-15",
        "onze afspraak",
        "2027-03-15",
    )


def by_key(answer: dict[str, Any]) -> dict[str, Any]:
    return {item["key"]: item for item in answer["items"]}


def days_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: value for key, value in one.items() if key != "derivation"} for one in item["periods"]]


def period(first: str | None, last: str | None, plan_on: str | None) -> dict[str, str | None]:
    return {
        "first": first,
        "last": last,
        "plan_on": plan_on,
        "label": "",
        "from": None,
        "until": None,
        **PLANNED,
    }
