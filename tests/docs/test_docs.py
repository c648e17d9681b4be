"""The documentation is held against the code: what it names exists, and what exists is named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from deploy.launch.main import HELP
from service.__main__ import build
from service.rhythm.slots import Daily
from service.rhythm.timers import TIMERS
from service.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "deploy").rglob("*.md")],
    key=lambda path: path.relative_to(ROOT).as_posix(),
)
ADMINISTRATOR = (DOCS / "administrator.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
DECISIONS = sorted((DOCS / "adr").glob("[0-9]*.md"))
PARTS = ["Context", "Decision", "Consequences", "Alternatives", "References"]
MACHINE_PATHS = re.compile(r"(?<![\w$~.])/(?:root|home|work|tmp|Users|mnt|opt)/")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def headings(text: str) -> list[str]:
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [line.lstrip("#").strip() for line in prose.splitlines() if line.startswith("#")]


def anchor(heading: str) -> str:
    """Write a heading as the fragment that leads to it."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def links(path: Path) -> Iterator[str]:
    """Return where the links and pictures of a page lead, those on the web left out."""
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            yield target


def typed(text: str) -> list[list[str]]:
    """Return the words of every command that a page tells to type, prompts and comments left out."""
    return [found.split() for found in re.findall(r"\./jaarritme((?: [^\s`#|()]+)+)", text)]


def words_of_the_launcher() -> set[str]:
    return set(re.findall(r"^  \./jaarritme (\w+)", HELP, flags=re.MULTILINE))


def words_of_the_application() -> Iterator[tuple[str, ...]]:
    """Return every command of the application as its words: ("roster", "import")."""
    open_groups: list[tuple[tuple[str, ...], object]] = [((), get_command(build([])))]
    while open_groups:
        words, command = open_groups.pop()
        if commands := getattr(command, "commands", None):
            open_groups += [((*words, name), one) for name, one in commands.items()]
        else:
            yield words


def begins(command: list[str], words: tuple[str, ...]) -> bool:
    return tuple(command[: len(words)]) == words


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_has_a_heading_for_the_administrator(name: str) -> None:
    assert f"\n### {PREFIX}{name.upper()}\n" in ADMINISTRATOR


def test_every_setting_that_is_documented_exists() -> None:
    documented = {h for h in headings(ADMINISTRATOR) if h.startswith(PREFIX)}

    assert documented == {PREFIX + name.upper() for name in Settings.model_fields}


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}

    named = {
        (name_of(page), setting)
        for page in PAGES
        for setting in re.findall(rf"\b{PREFIX}[A-Z_]+\b", page.read_text("utf-8"))
    }

    assert {(page, setting) for page, setting in named if setting not in known} == set()


@pytest.mark.parametrize("name", list(TIMERS))
def test_the_administrator_reads_of_every_timer_what_it_is_called_and_when_it_runs(name: str) -> None:
    timer = TIMERS[name]
    schedule = timer.schedule
    when = f"{schedule.at:%H:%M}" if isinstance(schedule, Daily) else "elke"

    row = next(line for line in ADMINISTRATOR.splitlines() if f"| `{name}` |" in line)

    assert row.startswith(f"| {timer.title} | `{name}` | {when}")


def test_every_word_of_the_launcher_is_documented() -> None:
    known = {command[0] for command in typed(README + ADMINISTRATOR)}

    assert words_of_the_launcher() - known == set()


@pytest.mark.parametrize("words", sorted(words_of_the_application()), ids=" ".join)
def test_every_command_of_the_application_is_documented(words: tuple[str, ...]) -> None:
    assert any(begins(command, words) for command in typed(README + ADMINISTRATOR))


def test_no_page_tells_to_type_a_command_that_does_not_exist() -> None:
    nouns = {words[0] for words in words_of_the_application()}
    known = words_of_the_launcher() | nouns | {"--help"}

    unknown = {
        (name_of(page), command[0])
        for page in PAGES
        for command in typed(page.read_text("utf-8"))
        if command[0] not in known
    }

    assert unknown == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        file, _, fragment = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        there = target.exists() and target.is_relative_to(ROOT)
        if not there or (fragment and anchor_missing(target, fragment)):
            broken.append(link)

    assert broken == []


def anchor_missing(target: Path, fragment: str) -> bool:
    return fragment not in {anchor(heading) for heading in headings(target.read_text("utf-8"))}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    assert MACHINE_PATHS.findall(page.read_text("utf-8")) == []


def test_every_decision_is_in_the_index_with_its_title() -> None:
    index = (DOCS / "adr" / "README.md").read_text("utf-8")

    listed = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$", index, flags=re.MULTILINE)

    assert listed == [(page.name[:4], page.name, title_of(page)) for page in DECISIONS]


def title_of(decision: Path) -> str:
    return decision.read_text("utf-8").splitlines()[0].partition(". ")[2]


@pytest.mark.parametrize("decision", DECISIONS, ids=name_of)
def test_a_decision_has_its_number_and_its_five_parts(decision: Path) -> None:
    first, *others = headings(decision.read_text("utf-8"))

    assert first.startswith(f"{decision.name[:4]}. ")
    assert others == PARTS


def test_the_numbers_of_the_decisions_have_no_gap() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_every_page_is_reached_from_the_readme_or_the_index_of_the_docs() -> None:
    entrances = [ROOT / "README.md", DOCS / "README.md", DOCS / "adr" / "README.md"]

    reached = {(page.parent / link.partition("#")[0]).resolve() for page in entrances for link in links(page)}

    assert {name_of(page) for page in DOCS.rglob("*.md")} - {
        name_of(page) for page in {*reached, *entrances} if page.is_relative_to(ROOT)
    } == set()
