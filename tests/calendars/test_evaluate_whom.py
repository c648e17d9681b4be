"""Whom an item is about, and in which years: groups, pupils, their own clock, and other items instead."""

from datetime import date

import pytest

from tests.calendars.tried_rules import item, only, said, span, tried, world_of

CHAIN = """
[[item]]
key = "screening"
title = "Screening"
when = { rule = "offset", after = "pupil.start", calendar_weeks = 4 }
outcomes = ["zorg", "goed"]
[[item]]
key = "bespreking"
title = "Bespreking"
when = { rule = "offset", after = "item.screening", calendar_weeks = 6 }
[[item]]
key = "plan"
title = "Plan"
when = { rule = "within", after = "item.bespreking", school_days = 10 }
only_if = [{ item = "screening", outcome = "zorg" }]
[[item]]
key = "overzicht"
title = "Overzicht voor de school"
per = "school"
when = { rule = "after", day = "item.plan" }
[[pupil]]
key = "een"
started = 2026-09-01
[[pupil]]
key = "twee"
started = 2026-10-05
"""


def test_an_item_that_counts_from_an_item_of_a_pupil_has_a_day_for_each_pupil() -> None:
    found = tried(CHAIN)

    assert {name: only(found[name]).first for name in found if name.startswith("bespreking")} == {
        "bespreking/een": date(2026, 11, 10),
        "bespreking/twee": date(2026, 12, 14),
    }
    assert found["overzicht"].status == "to-plan"


def test_what_was_done_for_one_pupil_changes_only_that_pupils_days() -> None:
    found = tried(f'{CHAIN}[done]\n"screening.een" = 2026-10-12\n"screening.twee" = "zorg"')

    assert only(found["bespreking/een"]).first == date(2026, 11, 23)
    assert only(found["bespreking/twee"]).first == date(2026, 12, 14)
    assert [found[f"screening/{who}"].status for who in ("een", "twee")] == ["done", "done"]
    assert found["plan/een"].conditions == ("als \"Screening\" de uitkomst 'zorg' heeft",)
    assert found["plan/twee"].conditions == ()


def test_an_outcome_for_one_pupil_stops_what_follows_for_that_pupil() -> None:
    done = 'een = "goed"\ntwee.on = 2026-11-02\ntwee.outcome = "zorg"'

    found = tried(f"{CHAIN}[done.screening]\n{done}")

    assert [found[f"plan/{who}"].status for who in ("een", "twee")] == ["not-now", "planned"]
    assert only(found["bespreking/twee"]).first == date(2026, 12, 14)


def test_one_time_of_one_pupil_is_done_on_its_own() -> None:
    text = """
    [[item]]
    key = "gesprek"
    title = "Gesprek"
    per = "pupil"
    when = { rule = "dates", days = ["10-05", "12-07"] }
    [[pupil]]
    key = "een"
    [[pupil]]
    key = "twee"
    [done]
    "gesprek.een.1" = 2026-10-05
    """

    found = tried(text, world_of(today=date(2027, 1, 11)))

    assert [p.status for p in found["gesprek/een"].placed] == ["done", "missed"]
    assert [p.status for p in found["gesprek/twee"].placed] == ["missed", "missed"]


def test_what_follows_is_only_for_whom_the_first_is() -> None:
    found = tried("""
    [[item]]
    key = "start"
    title = "Startgesprek"
    groups = ["1"]
    when = { rule = "offset", after = "pupil.start", calendar_weeks = 6 }
    [[item]]
    key = "daarna"
    title = "Daarna"
    when = { rule = "after", day = "item.start" }
    [[pupil]]
    key = "kleuter"
    group = "1"
    started = 2026-09-01
    [[pupil]]
    key = "groot"
    group = "6"
    started = 2026-09-01
    """)

    assert [*found] == ["start/kleuter", "daarna/kleuter"]


def test_nobody_known_yet_is_said_with_whom_it_is_about() -> None:
    found = item('"02-01"', 'per = "pupil"\npupils = { flagged_in = "ding", newcomers = true }')

    assert found.why_not == (
        "per leerling (wie opviel bij 'ding' en nieuwe leerlingen), zodra bekend is om wie het gaat"
    )


@pytest.mark.parametrize(
    ("pupils", "expected"),
    [
        ('flagged_in = "ding"', {"a"}),
        ("newcomers = true", {"b"}),
        ('newcomers = true, since = "12-01"', set()),
        ("chosen = true", {"c"}),
        ('fact = ["dyslexie", "tos"]', {"a", "c"}),
        ('flagged_in = "ding", newcomers = true', {"a", "b"}),
        ('turns = 6, by = "10-01"', {"a"}),
        ('turns = 6, by = "10-01", since = "08-01"', set()),
        ('born_from = "10-01", born_until = "12-31"', {"b"}),
        ('born_from = "10-01", born_until = "02-28"', {"a", "b"}),
        ('born_from = "2020-10-01", born_until = "2020-12-31"', {"b"}),
        ('born_until = "2020-06-30"', {"a"}),
        ('entered_from = "10-01"', {"b"}),
        ('entered_from = "2026-10-01", entered_until = "2027-07-31"', {"b"}),
        ('fact = ["dyslexie"], born_from = "2020-10-01"', set()),
    ],
)
def test_pupils_are_selected_by_what_is_known_of_them(pupils: str, expected: set[str]) -> None:
    found = tried(f"""
    [[item]]
    key = "ding"
    title = "Een ding"
    per = "pupil"
    when = "05-18"
    pupils = {{ {pupils} }}
    [[pupil]]
    key = "a"
    born = 2020-02-28
    flagged_in = ["ding"]
    facts = ["dyslexie"]
    [[pupil]]
    key = "b"
    born = 2020-11-05
    started = 2026-11-02
    [[pupil]]
    key = "c"
    chosen_for = ["ding"]
    facts = ["tos"]
    """)

    assert {result.pupil for result in found.values() if result.pupil} == expected


@pytest.mark.parametrize(
    ("pupils", "words"),
    [
        ("chosen = true", "wie met de hand gekozen is"),
        ('fact = ["extra-zorg"]', "wie extra zorg heeft"),
        ('turns = 6, by = "10-01"', "leerlingen, die 6 tot en met 1 oktober worden"),
        (
            'born_from = "10-01", born_until = "12-31"',
            "leerlingen, geboren van 1 oktober tot en met 31 december",
        ),
        ('entered_until = "06-30"', "leerlingen, ingestroomd tot en met 30 juni"),
    ],
)
def test_whom_it_is_about_is_said_in_words(pupils: str, words: str) -> None:
    assert words in item('"02-01"', f'per = "pupil"\npupils = {{ {pupils} }}').why_not


@pytest.mark.parametrize(
    ("born", "when", "expected"),
    [
        ("2023-02-28", "years = 4", "2027-02-28"),
        ("2020-02-29", "years = 7", "2027-03-01"),  # an ordinary year has no 29 February
        ("2020-02-29", "years = 7, months = 1", "2027-03-29"),
        ("2020-02-29", "years = 8", "2028-02-29"),
        ("2022-08-31", "years = 4, months = 6", "2027-02-28"),
    ],
)
def test_a_pupil_reaches_an_age_on_a_day(born: str, when: str, expected: str) -> None:
    label = "2027-2028" if expected > "2027-07-31" else "2026-2027"
    text = f'roll = "keep"\n[[pupil]]\nkey = "p"\nborn = {born}'

    found = tried(
        f'[[item]]\nkey = "ding"\ntitle = "Een ding"\nwhen = {{ rule = "age", {when} }}\n{text}',
        world_of(label=label),
    )

    assert str(only(found["ding/p"]).first) == expected


def test_between_two_ages_is_until_the_day_before_the_older() -> None:
    found = tried("""
    [[item]]
    key = "onderzoek"
    title = "Onderzoek"
    when = { rule = "age", years = 5, until_years = 5, until_months = 6 }
    [[pupil]]
    key = "p"
    born = 2021-11-12
    """)["onderzoek/p"]

    assert span(found) == (date(2026, 11, 12), date(2027, 5, 11))
    assert said(found.steps).startswith(
        "De leerling is 5 jaar: donderdag 12 november; tot de leerling 5 jaar en 6 maanden is: dinsdag 11 mei"
    )


@pytest.mark.parametrize(
    ("months", "expected"),
    [(1, "2026-09-30"), (5, "2027-01-31"), (10, "2027-06-30")],
)
def test_months_of_reading_instruction_are_ten_a_year(months: int, expected: str) -> None:
    found = tried(f"""
    [[item]]
    key = "dmt"
    title = "DMT"
    roll = "keep"
    when = {{ rule = "instruction", months = {months} }}
    [[pupil]]
    key = "p"
    reading_since = 2026-08-31
    """)

    assert str(only(found["dmt/p"]).first) == expected


def test_instruction_in_a_later_year_is_of_that_year() -> None:
    text = """
    [[item]]
    key = "dmt"
    title = "DMT"
    when = { rule = "instruction", months = 15 }
    [[pupil]]
    key = "p"
    reading_since = 2025-08-25
    [[pupil]]
    key = "later"
    reading_since = 2026-08-31
    [[pupil]]
    key = "onbekend"
    """

    found = tried(text)

    assert only(found["dmt/p"]).first == date(2027, 1, 31)
    assert found["dmt/later"].status == "not-this-year"
    assert found["dmt/onbekend"].why_not == "dit hangt af van wanneer de leerling in groep 3 begon"


@pytest.mark.parametrize(
    ("more", "label", "status"),
    [
        ('only_years = ["2026-2027"]', "2026-2027", "planned"),
        ('only_years = ["2027-2028"]', "2026-2027", "not-this-year"),
        ('not_in_years = ["2026-2027"]', "2026-2027", "not-this-year"),
        ('every_years = 2\nsince_year = "2024-2025"', "2026-2027", "planned"),
        ('every_years = 2\nsince_year = "2025-2026"', "2026-2027", "not-this-year"),
        ('every_years = 4\nsince_year = "2023-2024"', "2027-2028", "planned"),
        ('when_in = { "2026-2027" = "02-08" }', "2026-2027", "planned"),
    ],
)
def test_an_item_may_be_of_some_years_only(more: str, label: str, status: str) -> None:
    assert item('"02-01"', more, world_of(label=label)).status == status


def test_a_full_date_of_another_year_is_not_of_this_one() -> None:
    last_year = item('"2019-03-22"')
    much_later = item('"2029-03-22"')
    next_year = item('"2027-09-14"', "next_year = true")
    by_accident = item('"2027-09-14"')

    assert [last_year.status, much_later.status] == ["not-this-year", "not-this-year"]
    assert last_year.why_not == "valt in een ander schooljaar"
    assert [s.kind for s in next_year.steps if s.kind == "warning"] == []
    assert [s.text for s in by_accident.steps if s.kind == "warning"] == [
        "dit valt in het volgende schooljaar"
    ]


@pytest.mark.parametrize(
    ("groups", "more", "expected"),
    [
        ('["3", "5"]', "", ("3", "5")),
        ('["1", "3", "8"]', 'except_groups = ["8"]', ("1", "3")),
        ('["school"]', 'except_groups = ["1", "2"]', ("3", "4", "5", "6", "7", "8")),
    ],
)
def test_groups_need_not_follow_each_other(groups: str, more: str, expected: tuple[str, ...]) -> None:
    assert item('"02-01"', f"groups = {groups}\n{more}").groups == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ('["8"]', ("7",)),
        ('["7", "8"]', ()),
        ('["school"]', ()),
    ],
)
def test_another_item_instead_takes_groups_away(groups: str, expected: tuple[str, ...]) -> None:
    text = f"""
    [[item]]
    key = "contact"
    title = "Contactmiddag"
    groups = ["7", "8"]
    when = "02-12"
    [[item]]
    key = "eind"
    title = "Eindgesprek"
    groups = {groups}
    instead_of = "contact"
    only_years = ["2026-2027"]
    when = "02-12"
    """

    this_year, later = tried(text)["contact"], tried(text, world_of(label="2027-2028"))["contact"]

    assert this_year.groups == expected
    assert (this_year.status == "not-this-year") is (expected == ())
    assert later.groups == ("7", "8")


CLOCK = """
[[item]]
key = "besluit"
title = "Besluit"
[item.when]
rule = "clock"
after = "fact.aanvraag"
calendar_weeks = 6
then = "tijdelijke plaatsing"
pause = [{ since = "fact.gevraagd", until = "fact.compleet", why = "stukken ontbreken" }]
extend = { when = "fact.verlengd", calendar_weeks = 4, why = "meer onderzoek" }
[facts]
aanvraag = 2026-10-05
"""


@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ("", date(2026, 11, 16)),
        ("gevraagd = 2026-10-12\ncompleet = 2026-10-20", date(2026, 11, 24)),
        ("gevraagd = 2026-10-12\ncompleet = 2026-10-01", date(2026, 11, 16)),
        ("gevraagd = 2026-09-28\ncompleet = 2026-10-01", date(2026, 11, 16)),  # before it began
        ("gevraagd = 2026-09-28\ncompleet = 2026-10-08", date(2026, 11, 19)),
        ("gevraagd = 2026-11-16\ncompleet = 2026-11-18", date(2026, 11, 18)),  # on its last day
        ("gevraagd = 2026-11-17\ncompleet = 2026-12-01", date(2026, 11, 16)),  # too late
        ("verlengd = 2026-11-16", date(2026, 12, 14)),
        ("verlengd = 2026-11-17", date(2026, 11, 16)),
        ("verlengd = 2026-11-02\ngevraagd = 2026-11-23\ncompleet = 2026-11-30", date(2026, 12, 21)),
        ("verlengd = 2026-11-02\ngevraagd = 2026-12-20\ncompleet = 2026-12-30", date(2026, 12, 14)),
        ("gevraagd = 2026-11-10\ncompleet = 2026-11-17\nverlengd = 2026-11-20", date(2026, 12, 21)),
    ],
)
def test_a_term_stands_still_and_is_extended_once(facts: str, last: date) -> None:
    assert only(tried(f"{CLOCK}{facts}")["besluit"]).last == last


@pytest.mark.parametrize("facts", ["gevraagd = 2026-10-12", "verlengd = 2026-11-02\ngevraagd = 2026-11-23"])
def test_a_term_that_stands_still_has_no_date(facts: str) -> None:
    found = tried(f"{CLOCK}{facts}")["besluit"]

    assert found.status == "to-plan"
    assert found.why_not.startswith("de termijn staat stil sinds ")
    assert found.why_not.endswith("(stukken ontbreken)")


def test_a_term_tells_its_pause_its_extension_and_what_happens_then() -> None:
    found = tried(f"{CLOCK}gevraagd = 2026-10-12\ncompleet = 2026-10-20\nverlengd = 2026-11-02")["besluit"]

    assert said(found.steps) == (
        "6 weken na aanvraag (maandag 5 oktober): maandag 16 november; de termijn stond 8 dagen stil vanaf "
        "maandag 12 oktober (stukken ontbreken): dinsdag 24 november; eenmaal verlengd met 4 weken: meer "
        "onderzoek: dinsdag 22 december; daarna: tijdelijke plaatsing; dinsdag 22 december valt in de "
        "kerstvakantie, dus de laatste schooldag ervoor: vrijdag 18 december. Geen wettelijke grens."
    )


def test_a_late_extension_is_told_and_does_not_count() -> None:
    found = tried(f"{CLOCK}verlengd = 2026-12-01")["besluit"]

    assert "toen de termijn al voorbij was: telt niet" in said(found.steps)


def test_several_and_overlapping_pauses_are_given_back_once() -> None:
    found = tried("""
    [[item]]
    key = "besluit"
    title = "Besluit"
    [item.when]
    rule = "clock"
    after = "fact.a"
    school_days = 20
    [[item.when.pause]]
    since = "fact.b"
    until = "fact.d"
    why = "eerst dit"
    [[item.when.pause]]
    since = "fact.c"
    until = "fact.e"
    why = "toen dat"
    [[item.when.pause]]
    since = { rule = "holiday", name = "kerst" }
    until = { rule = "holiday", name = "kerst", at = "first-day-after" }
    [facts]
    a = 2026-11-02
    b = 2026-11-09
    c = 2026-11-12
    d = 2026-11-16
    e = 2026-11-18
    """)["besluit"]

    assert only(found).last == date(2026, 12, 9)
    assert "de termijn stond 7 schooldagen stil vanaf maandag 9 november (eerst dit, toen dat)" in said(
        found.steps
    )


def test_a_round_is_not_for_who_entered_after_it() -> None:
    found = tried("""
    [[item]]
    key = "ronde"
    title = "Ronde van oktober"
    per = "pupil"
    pupils = { entered_from = "2027-01-01" }
    when = { rule = "month", month = 10 }
    [[pupil]]
    key = "p"
    started = 2027-02-01
    """)

    assert found["ronde/p"].why_not == "deze leerling is dan nog niet op school"


def test_another_item_instead_for_some_pupils_leaves_the_usual_one_to_the_rest() -> None:
    found = tried("""
    [[item]]
    key = "gewoon"
    title = "Gewoon"
    per = "pupil"
    when = "11-12"
    [[item]]
    key = "anders"
    title = "Anders"
    per = "pupil"
    instead_of = "gewoon"
    pupils = { fact = ["opp"] }
    when = "11-12"
    [[pupil]]
    key = "a"
    facts = ["opp"]
    [[pupil]]
    key = "b"
    """)

    assert [*found] == ["gewoon/b", "anders/a"]


def test_the_title_of_what_is_judged_stands_for_the_judgement() -> None:
    found = tried("""
    [[item]]
    key = "toets"
    title = "Toets"
    when = "02-01"
    only_if = [{ judgement = "kan meedoen", by = "leerkracht" }]
    [[item]]
    key = "melden"
    title = "Melden"
    when = "02-02"
    only_if = [{ item = "toets-oordeel", outcome = "nee" }]
    """)

    assert found["melden"].conditions == ("als \"kan meedoen\" de uitkomst 'nee' heeft",)
