"""What was done, missed or decided, and what is known outside the plan, changes what items come to."""

from datetime import date

import pytest

from calendars.resolve import Anchor
from calendars.yearplan.evaluate import RuleFileError, evaluate
from tests.calendars.tried_rules import file_of, item, only, said, span, tried, world_of

THRICE = """
[[item]]
key = "gesprek"
title = "Gesprek"
when = { rule = "dates", days = ["10-05", "12-07", "03-01"] }
[[item]]
key = "verslag"
title = "Verslag"
when = { rule = "offset", after = "item.gesprek.2", calendar_weeks = 1 }
"""
AND_ITS_JUDGEMENT = """
[[item]]
key = "a"
title = "Aa"
only_if = [{ judgement = "nodig", by = "ib" }]
[[item]]
key = "a-oordeel"
title = "Bb"
"""
CIRCLE = """
[[item]]
key = "a"
title = "Aa"
when = { rule = "after", day = "item.b" }
[[item]]
key = "b"
title = "Bb"
when = { rule = "after", day = "item.a" }
"""
LATER = world_of(today=date(2027, 1, 11))


def statuses(text: str) -> tuple[str, list[str]]:
    found = tried(text, LATER)["gesprek"]
    return found.status, [placed.status for placed in found.placed]


def test_each_time_is_missed_on_its_own() -> None:
    assert statuses(THRICE) == ("planned", ["missed", "missed", "planned"])


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ('"gesprek.1" = 2026-10-06', ("planned", ["done", "missed", "planned"])),
        ('gesprek.2 = "ja"', ("planned", ["missed", "done", "planned"])),
        ("gesprek = 2026-12-01", ("done", ["done", "done", "done"])),
        ('gesprek.on = 2026-12-01\ngesprek.outcome = "goed"', ("done", ["done", "done", "done"])),
    ],
)
def test_what_was_done_is_not_missed(done: str, expected: tuple[str, list[str]]) -> None:
    assert statuses(f"{THRICE}[done]\n{done}") == expected


def test_all_of_it_missed_is_missed() -> None:
    found = item('{ rule = "dates", days = ["10-05", "12-07"] }', world=LATER)

    assert found.status == "missed"


def test_a_day_that_moved_is_not_missed_before_the_day_it_moved_to() -> None:
    on_monday = world_of(today=date(2027, 1, 4), ib="di")
    on_wednesday = world_of(today=date(2027, 1, 6), ib="di")

    before = item('"01-02"', 'owner = ["ib"]', on_monday)
    after = item('"01-02"', 'owner = ["ib"]', on_wednesday)

    assert only(before).plan_on == date(2027, 1, 5)
    assert (before.status, after.status) == ("planned", "missed")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('need = "target"', "missed"),
        ('need = "preferred"', "missed"),
        ('need = "optional"', "planned"),
        ('need = "on-request"\nasked_by = ["ouders", "leerkracht"]', "planned"),
        ('only_if = [{ fact = "zorg" }]', "planned"),
    ],
)
def test_only_what_obliges_can_be_missed_but_its_days_are_shown(more: str, expected: str) -> None:
    found = item('"10-05"', more, LATER)

    assert (found.status, only(found).plan_on) == (expected, date(2026, 10, 5))


@pytest.mark.parametrize(("done", "expected"), [("", "missed"), ("[done]\n'ding.1' = 2026-10-06", "done")])
def test_of_a_choice_one_will_do(done: str, expected: str) -> None:
    found = item('{ rule = "one-of", of = ["10-06", "10-08"] }', done, LATER)

    assert (found.choice, found.status) == (True, expected)


def test_counting_from_one_time_counts_from_the_day_it_was_done() -> None:
    planned = tried(THRICE)["verslag"]
    happened = tried(f'{THRICE}[done]\n"gesprek.2" = 2026-12-09')["verslag"]

    assert only(planned).plan_on == date(2026, 12, 14)
    assert only(happened).plan_on == date(2026, 12, 16)


def test_counting_from_what_is_done_counts_from_that_day() -> None:
    found = tried("""
    [[item]]
    key = "toets"
    title = "Toets"
    when = { rule = "week", number = 2, until = 4 }
    [[item]]
    key = "analyse"
    title = "Analyse"
    when = { rule = "offset", after = "item.toets", school_days = 5 }
    [done]
    toets = 2027-01-20
    """)

    assert only(found["analyse"]).plan_on == date(2027, 1, 27)
    assert said(found["analyse"].steps).startswith('5 schooldagen na de dag waarop "Toets" klaar was (')


def test_something_without_a_day_of_its_own_that_was_done_can_be_counted_from() -> None:
    found = tried("""
    [[item]]
    key = "overleg"
    title = "Overleg"
    [[item]]
    key = "verslag"
    title = "Verslag"
    when = { rule = "offset", after = "item.overleg", calendar_weeks = 1 }
    [done]
    overleg = 2026-10-05
    """)

    assert (found["overleg"].status, found["overleg"].why_not) == ("done", "er is geen moment genoemd")
    assert only(found["verslag"]).plan_on == date(2026, 10, 12)


@pytest.mark.parametrize(
    ("done", "status", "conditions"),
    [
        ("", "planned", ("als 'gesprek' de uitkomst 'zorg' heeft",)),
        ('[done]\ngesprek = "zorg"', "planned", ()),
        ('[done]\ngesprek = "goed"', "not-now", ()),
        ("[done]\ngesprek = 2026-10-05", "planned", ("als 'gesprek' de uitkomst 'zorg' heeft",)),
        ('[done]\ngesprek.on = 2026-10-05\ngesprek.outcome = "zorg"', "planned", ()),
    ],
)
def test_an_item_hangs_on_how_another_ended(done: str, status: str, conditions: tuple[str, ...]) -> None:
    found = tried(f"""
    [[item]]
    key = "gesprek"
    title = "Gesprek"
    when = "10-05"
    outcomes = ["zorg", "goed"]
    [[item]]
    key = "vervolg"
    title = "Vervolg"
    when = {{ rule = "offset", after = "item.gesprek", calendar_weeks = 6 }}
    only_if = [{{ item = "gesprek", outcome = "zorg" }}]
    {done}
    """)

    assert found["vervolg"].status == status
    assert [words.replace('"Gesprek"', "'gesprek'") for words in found["vervolg"].conditions] == [*conditions]


@pytest.mark.parametrize(
    ("condition", "known", "status"),
    [
        ('{ fact = "zorg" }', "[facts]\nzorg = 2026-10-01", "planned"),
        ('{ fact = "zorg", unless = true }', "[facts]\nzorg = 2026-10-01", "not-now"),
        ('{ fact = "decision.zorg", unless = true }', "[facts]\ndecision.zorg = 2026-10-01", "not-now"),
        (
            '{ fact = "project", unless = true }',
            "[facts.project]\nfirst = 2026-10-01\nlast = 2026-10-09",
            "not-now",
        ),
        ('{ item = "ding", unless = true }', "[done]\nding = 2026-10-01", "not-now"),
    ],
)
def test_a_condition_that_is_known_settles_it(condition: str, known: str, status: str) -> None:
    assert item('"11-12"', f"only_if = [{condition}]\n{known}").status == status


def test_a_judgement_is_work_of_its_own_and_each_of_two_has_its_key() -> None:
    text = """
    [[item]]
    key = "toets"
    title = "Toets"
    when = "02-01"
    only_if = [{ judgement = "kan meedoen", by = "leerkracht" }, { judgement = "is hersteld", by = "ib" }]
    """

    unknown = tried(text)
    one_no = tried(f'{text}[done]\ntoets-oordeel = "ja"\ntoets-oordeel-2 = "nee"')

    assert [*unknown] == ["toets-oordeel", "toets-oordeel-2", "toets"]
    assert [unknown[key].item.owner for key in [*unknown][:2]] == [("leerkracht",), ("ib",)]
    assert only(unknown["toets-oordeel"]).plan_on == date(2027, 1, 29)
    assert len(unknown["toets"].conditions) == 2
    assert (one_no["toets"].status, one_no["toets-oordeel"].status) == ("not-now", "done")


def test_a_judgement_about_what_is_not_this_year_is_not_asked() -> None:
    found = item('"02-01"', 'only_if = [{ judgement = "nodig", by = "ib" }]\nnot_in_years = ["2026-2027"]')

    assert (found.status, found.why_not) == ("not-this-year", "dit jaar niet")


def test_a_long_key_leaves_room_for_the_judgement() -> None:
    key = "a-" * 28 + "b"
    text = f'[[item]]\nkey = "{key}"\ntitle = "Aa"\nonly_if = [{{ judgement = "nodig", by = "ib" }}]'

    found = tried(text)

    assert all(len(name) <= 60 for name in found)


@pytest.mark.parametrize(
    ("fact", "when", "expected"),
    [
        ("ingediend = 2026-10-05", "fact.ingediend", (date(2026, 10, 5), date(2026, 10, 5))),
        ("decision.toelating = 2026-10-05", "decision.toelating", (date(2026, 10, 5), date(2026, 10, 5))),
        ('"milestone.advies" = 2026-10-05', "milestone.advies", (date(2026, 10, 5), date(2026, 10, 5))),
        (
            "window.inzage = { first = 2026-10-05, last = 2026-10-09 }",
            "window.inzage",
            (date(2026, 10, 5), date(2026, 10, 9)),
        ),
        (
            "stage.intake = { first = 2026-10-05, last = 2026-10-09 }",
            "stage.intake.last",
            (date(2026, 10, 9), date(2026, 10, 9)),
        ),
        (
            "project = { first = 2026-10-05, last = 2026-10-09 }",
            "fact.project",
            (date(2026, 10, 5), date(2026, 10, 9)),
        ),
    ],
)
def test_days_outside_the_plan_have_names(fact: str, when: str, expected: tuple[date, date]) -> None:
    assert span(item(f'"{when}"', f"[facts]\n{fact}")) == expected


def test_a_world_may_hold_more_to_count_from() -> None:
    world = world_of()
    anchors = {"test-calendar.M.last": Anchor(date(2027, 1, 29), "de laatste toetsdag")}
    world = type(world)(world.calendar, world.year, world.legal, world.presence, None, anchors)

    found = item('{ rule = "offset", after = "test-calendar.M.last", school_days = 5 }', world=world)

    assert only(found).plan_on == date(2027, 2, 5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[item]]\nkey = "a"\ntitle = "Aa"\nwhen = "item.b"', "item 'a' noemt een item dat er niet is: b"),
        ('[[item]]\nkey = "a"\ntitle = "Aa"\ninstead_of = "b"', "noemt een item dat er niet is"),
        ('[[item]]\nkey = "a"\ntitle = "Aa"\npupils = { flagged_in = "b" }', "noemt een item dat er niet is"),
        ('[[item]]\nkey = "a"\ntitle = "Aa"\nonly_if = [{ item = "b" }]', "noemt een item dat er niet is"),
        ("[done]\nb = 2026-10-05", "'done' noemt een item dat er niet is: b"),
        (
            AND_ITS_JUDGEMENT,
            "voor het werk van wie beoordeelt: a-oordeel",
        ),
        (
            CIRCLE,
            "deze items wachten op elkaar: a, b",
        ),
        ('[[item]]\nkey = "a"\ntitle = "Aa"\nwhen = { rule = "after", day = "item.a" }', "op elkaar: a"),
    ],
)
def test_names_of_nothing_and_circles_are_refused(text: str, words: str) -> None:
    with pytest.raises(RuleFileError, match=words):
        evaluate(file_of(text), world_of())


@pytest.mark.parametrize("status", ["not-this-year", "not-now"])
def test_what_counts_from_something_that_is_not_there_now_is_not_there_either(status: str) -> None:
    why = {
        "not-this-year": 'not_in_years = ["2026-2027"]',
        "not-now": 'only_if = [{ fact = "x", unless = true }]',
    }

    found = tried(f"""
    [[item]]
    key = "toets"
    title = "Toets"
    when = "02-01"
    {why[status]}
    [[item]]
    key = "analyse"
    title = "Analyse"
    when = {{ rule = "after", day = "item.toets" }}
    [facts]
    x = 2026-10-01
    """)

    assert (found["analyse"].status, found["analyse"].why_not) == (status, 'hangt aan "Toets"')


def test_again_for_every_time_of_another_item() -> None:
    found = tried("""
    [[item]]
    key = "kijk"
    title = "KIJK! invullen"
    when = { rule = "months", of = [11, 3] }
    [[item]]
    key = "gesprek"
    title = "Gesprek"
    [item.when]
    rule = "each-time"
    of = "item.kijk"
    do = { rule = "within", after = "each.time", school_weeks = 2 }
    [[item]]
    key = "tweede"
    title = "Na de tweede keer"
    when = { rule = "after", day = "item.gesprek.2" }
    """)

    assert [p.last for p in found["gesprek"].placed] == [date(2026, 12, 14), date(2027, 4, 14)]
    assert only(found["tweede"]).first == date(2027, 4, 15)
    assert 'de laatste dag van "KIJK! invullen", maart (woensdag 31 maart)' in said(
        found["gesprek"].placed[1].steps
    )


def test_again_for_every_time_of_nothing_is_still_to_plan() -> None:
    found = item('{ rule = "each-time", of = { rule = "times", count = 2 }, do = "fact.later" }')

    assert found.status == "to-plan"


def test_one_of_several_times_of_an_item_can_be_picked() -> None:
    found = tried(THRICE.replace('"item.gesprek.2"', '{ rule = "pick", number = -1, of = "item.gesprek" }'))

    assert only(found["verslag"]).plan_on == date(2027, 3, 8)


def test_during_something_that_comes_back_is_every_time() -> None:
    found = tried("""
    [[item]]
    key = "rapport"
    title = "Rapport"
    when = { rule = "months", of = [2, 6] }
    [[item]]
    key = "zelfbeeld"
    title = "Zelfbeeld bij het rapport"
    when = { rule = "event", name = "item.rapport" }
    """)

    assert [p.first for p in found["zelfbeeld"].placed] == [date(2027, 2, 1), date(2027, 6, 1)]


def test_a_choice_of_days_is_one_thing_to_count_from() -> None:
    found = tried("""
    [[item]]
    key = "bijeenkomst"
    title = "Bijeenkomst"
    when = { rule = "one-of", of = ["05-20", "05-21"] }
    [[item]]
    key = "bericht"
    title = "Bericht"
    when = { rule = "event", name = "item.bijeenkomst" }
    """)

    assert span(found["bericht"]) == (date(2027, 5, 20), date(2027, 5, 21))
