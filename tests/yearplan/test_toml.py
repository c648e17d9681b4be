import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.phrases import rule_of
from calendars.yearplan.items import PlanItem, RuleFile
from service.yearplan.items import fields_of, item_of
from service.yearplan.toml import as_toml

YEAR = "2026-2027"
PHRASES = (
    "week 44|week 3-5|uiterlijk 31 januari|2x per jaar|tussen herfst- en kerstvakantie|week 6, 12 en 24|"
    "12 november 19:00-21:00|5 weken voor 4e verjaardag|op verzoek|rond mei|bij voorkeur in mei"
).split("|")


def read(text: str) -> tuple[PlanItem, ...]:
    return RuleFile.model_validate(tomllib.loads(text)).item


def test_every_item_is_read_back_as_it_was() -> None:
    items = tuple(
        item_of(
            f"item-{n}",
            fields_of(phrase, rule_of(phrase, label="2026-2027"), groups="3-8", who="lk + ouders"),
        )
        for n, phrase in enumerate(PHRASES)
    )

    assert read(as_toml(items, "Jaarplan")) == items


LETTERS = st.characters(exclude_characters="\0", codec="utf-8")  # an item refuses the rest


@given(st.text(LETTERS, min_size=2, max_size=60), st.text(LETTERS, max_size=60))
@settings(max_examples=200)
def test_any_text_is_read_back_as_it_was(title: str, note: str) -> None:
    item = PlanItem(key="proef", title=title, note=note, outcomes=(note, title))

    assert read(as_toml([item], note)) == (item,)


def test_a_plan_without_items_is_a_file_too() -> None:
    assert read(as_toml([])) == ()
