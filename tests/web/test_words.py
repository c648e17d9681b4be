import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from service import i18n
from service.cases import errors
from service.rhythm import words as words_of_flows
from service.rhythm.overview import Light
from service.rhythm.timers import TIMERS
from service.web import page, wording

FOLDER = page.FOLDER / "templates"
CATALOGUES = sorted(Path(i18n.__file__).parent.glob("locale/*/LC_MESSAGES/*.po"))


def singular(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


@cache
def english() -> set[str]:
    """Return every Dutch text that has an English one."""
    found = set()
    for path in CATALOGUES:
        with path.open("rb") as file:
            found |= {singular(message.id) for message in read_po(file) if message.id and message.string}
    return found


def words(template: Path) -> set[str]:
    with template.open("rb") as file:
        found = babel_extract(file, ("_", "ngettext"), [], {})
        texts = [text if isinstance(text, str) else text and text[0] for _, _, text, _ in found]
    return {text for text in texts if text}


@pytest.mark.parametrize("template", sorted(FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_every_word_of_a_page_has_an_english_one(template: Path) -> None:
    assert words(template) - english() == set()


def test_the_closed_lists_and_the_mistakes_have_english_words_too() -> None:
    lists = (wording.TASK_STATES, wording.CASE_STATES, wording.ROLES, wording.PHASES, wording.VERBS)
    texts = {
        text for each in (*lists, wording.PROPOSAL_STATES, words_of_flows.COUNTS) for text in each.values()
    }
    texts |= {light.value for light in Light}
    texts |= {text for timer in TIMERS.values() for text in (timer.title, timer.what)}
    texts |= {
        str(e.__doc__)
        for e in vars(errors).values()
        if isinstance(e, type) and e.__module__ == errors.__name__
    }

    assert texts - english() == set()


@pytest.mark.parametrize(
    "path", sorted(Path(i18n.__file__).parent.glob("locale/*/LC_MESSAGES/*.po")), ids=str
)
def test_a_translation_fills_in_the_same_values(path: Path) -> None:
    def values(text: object) -> set[str]:
        return set(re.findall(r"%\((\w+)\)[sd]", str(text)))

    with path.open("rb") as file:
        catalogue = read_po(file)

    assert [m.id for m in catalogue if m.id and values(m.id) != values(m.string)] == []


def test_an_unknown_language_speaks_dutch() -> None:
    assert i18n.say("xx", "Afronden") == "Afronden"


def test_no_template_carries_a_script_or_a_style_that_the_policy_forbids() -> None:
    forbidden = re.compile(
        r"<style|<script>|\sstyle=|\son[a-z]+=|javascript:|hx-on|hx-vals=.js:", re.IGNORECASE
    )

    assert {t.name for t in FOLDER.glob("*.html") if forbidden.search(t.read_text("utf-8"))} == set()
