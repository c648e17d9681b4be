"""Whatever is wrong with a file of rules is told in Dutch: file, line, item and what to write instead."""

import re

import pytest

from calendars.rulefile.problems import RulesError
from calendars.rulefile.reading import read_rules

ITEM = '[[item]]\nkey = "rapport"\ntitle = "Rapport"\n'
OTHER = ITEM.replace("rapport", "toets")
# English of the parser (tomllib) and of the checker (pydantic) that may not reach a screen.
ENGLISH = re.compile(
    r"\b(input|should|valid|field required|value error|string|tuple|tag|extra|integer|expected|invalid|"
    r"at line|column|unclosed|cannot|newline|dictionary|permitted|boolean|datetime|match|pattern|document)\b",
    re.IGNORECASE,
)
# What is typed below an item's title (on line 4), what is told of it, and what to write instead.
IN_AN_ITEM = [
    ('when = "maart"', "'maart' is geen dag", '{ rule = "month", month = 3 }'),
    ('when = "24-03"', "'24-03' is geen dag", '"03-24"'),
    ('when = "week 12"', "'week 12' is geen dag", '{ rule = "week", number = 12 }'),
    ('when = "herfstvakantie"', "'herfstvakantie' is geen dag", 'name = "herfstvakantie"'),
    ('when = "na de voorjaarsvakantie"', "is geen dag", 'at = "week-after"'),
    ('when = "vrijdag"', "'vrijdag' is geen dag", 'weekday = "vrijdag"'),
    ('when = "op verzoek"', "'op verzoek' is geen dag", 'need = "on-request"'),
    ('when = "rapport"', "'rapport' is geen dag", '"item.rapport"'),
    ('when = "zo rond Pasen"', "'zo rond Pasen' is geen dag", 'een dag ("03-24")'),
    ('when = "02-30"', "30 februari bestaat niet", "Schrijf een dag"),
    ('when = ""', "'' is geen dag", "laat when dan weg"),
    ("when = 5", "'5' kan niet bij when", 'when = { rule = "week", number = 5 }'),
    ("when = true", "'true' kan niet bij when", "when = { rule ="),
    ("when = [1]", "kan niet bij when", "when = { rule ="),
    ("when = { number = 3 }", "hier ontbreekt rule", 'rule = "week"'),
    ('when = { rule = "woche", number = 3 }', "bedoelde je 'week'?", 'rule = "week", number = 3'),
    ('when = { rule = "school_week", number = 3 }', "bedoelde je 'school-week'?", 'rule = "school-week"'),
    ('when = { rule = "wek", number = 3 }', "bedoelde je 'week'", 'rule = "week"'),
    ('when = { rule = "xyzzy" }', "rule = 'xyzzy' bestaat niet", "Kies uit: date, dates, week"),
    ("when = { rule = 5 }", "rule = '5' bestaat niet", "Kies uit: date"),
    ('when = { rule = "week" }', "'number' ontbreekt bij rule = 'week'", "number = 46"),
    ('when = { rule = "week", nummer = 3 }', "bedoelde je 'number'?", '{ rule = "week", number = 3 }'),
    ('when = { rule = "week", number = "drie" }', "'drie' kan niet bij number", "number = 3"),
    ('when = { rule = "week", number = 2.5 }', "'2.5' kan niet bij number", "heel getal"),
    ('when = { rule = "week", number = 54 }', "'54' is te groot voor number", "Hooguit 53"),
    ('when = { rule = "week", number = 0 }', "'0' is te klein voor number", "Minstens 1"),
    ('when = { rule = "school-week", number = 0 }', "schoolweek 0 bestaat niet", "Tel vanaf 1"),
    ('when = { rule = "week", number = 2, until = 3, weekday = "maandag" }', "niet allebei", ""),
    ('when = { rule = "date", day = 5 }', "'5' kan niet bij day", "aanhalingstekens"),
    ('when = { rule = "date", day = "24-03" }', "'24-03' is geen dag", '"03-24"'),
    ('when = { rule = "dates", days = ["13-01"] }', "'13-01' is geen dag", '"01-13"'),
    (
        'when = { rule = "offset", after = "fact.x", school_days = 1, calendar_weeks = 2 }',
        "school_days en calendar_weeks staan door elkaar",
        "precies één",
    ),
    ('when = { rule = "offset", after = "fact.x" }', "er is geen eenheid genoemd", "school_days"),
    (
        'when = { rule = "offset", after = "fact.x", weken = 2 }',
        "bedoelde je 'calendar_weeks' of 'school_weeks'?",
        'after = "fact.x", calendar_weeks = 2',
    ),
    ('when = { rule = "offset", school_days = 2 }', "precies één van after en before", 'after = "item.'),
    ('when = { rule = "offset", after = { rule = "week" }, school_days = 1 }', "'number' ontbreekt", "46"),
    ('when = { rule = "earliest", of = ["03-24"] }', "of noemt er te weinig", 'when = "03-24"'),
    ('when = { rule = "earliest", of = "03-24" }', "of is een lijst", 'when = "03-24"'),
    (
        'when = { rule = "weekday", weekday = "Maandag", month = 3 }',
        "bedoelde je 'maandag'?",
        'weekday = "maandag"',
    ),
    (
        'when = { rule = "weekday", weekday = "wednesday", month = 3 }',
        "bedoelde je 'woensdag'?",
        'weekday = "woensdag"',
    ),
    ('when = { rule = "weekday", weekday = "vrijdag" }', "precies één van month", 'rule = "weekday"'),
    ('when = { rule = "phase", phase = "lente" }', "'lente' kan niet bij phase", "voorjaar"),
    ('when = { rule = "times" }', "'count' ontbreekt bij rule = 'times'", "count = 2"),
    ('when = { rule = "times", count = 2, apart = { weken = 3 } }', "'weken' bestaat niet", "school_weeks"),
    (
        'when = { rule = "clock", after = "fact.x", months = 6, extend = { when = "fact.y", months = 4 } }',
        "'why' ontbreekt",
        'why = "',
    ),
    ("margin = { weeks = 1 }", "bedoelde je 'calendar_weeks'", "margin = { calendar_weeks = 1 }"),
    ('owner = "ib"', "owner is een lijst", 'owner = ["ib"]'),
    ("groups = [3]", "'3' kan niet bij groups", 'groups = ["3"]'),
    ('groups = ["9"]', "zijn geen leerjaren", "'1' tot en met '8'"),
    ('only_if = { fact = "x" }', "only_if is een lijst", "only_if = [{ fact"),
    ('only_if = [{ fact = "x", item = "rapport" }]', "precies één van fact", "only_if = [{ fact"),
    ('only_if = [{ judgement = "nodig?" }]', "judgement en by horen bij elkaar", 'by = "ib"'),
    ('only_if = [{ item = "nergens" }]', "'nergens' is er niet", "rapport"),
    ('pupils = { flagged_in = "raport" }', "'raport' is er niet", 'Bedoelde je "rapport"'),
    ("pupils = { turns = 6 }", "turns en by horen bij elkaar", ""),
    ('pupils = { fact = "dyslexie" }', "fact is een lijst", 'fact = ["dyslexie"]'),
    ('instead_of = "nergens"', "'nergens' is er niet", "rapport"),
    ("time = { at = 13 }", "13 is geen tijd", 'at = "13:00"'),
    ('time = { at = "25:00" }', "'25:00' kan niet bij at", 'at = "13:00"'),
    ('time = { part = "nacht" }', "'nacht' kan niet bij part", "na-schooltijd"),
    ('together = "ja"', "'ja' kan niet bij together", "together = true"),
    ('every_years = "twee"', "'twee' kan niet bij every_years", "every_years = 2"),
    ("every_years = 2", "every_years en since_year horen bij elkaar", "since_year"),
    ('when_in."2026" = "03-24"', "'2026' is geen schooljaar", "2026-2027"),
    ('when_in."2026-2027" = { rule = "week" }', "'number' ontbreekt", "46"),
    ('only_years = "2026-2027"', "only_years is een lijst", 'only_years = ["2026-2027"]'),
    ('kind = "toets"', "bedoelde je 'test'?", "observation"),
    ('need = "verplicht"', "bedoelde je 'required'?", "on-request"),
    ('datum = "03-24"', "'datum' bestaat niet; bedoelde je 'when'?", 'when = "03-24"'),
    ('groepen = ["3"]', "'groepen' bestaat niet; bedoelde je 'groups'?", 'groups = ["3"]'),
    ('when = "item.nergens"', "'item.nergens' is er niet", "rapport"),
    ('when = "year.begin"', "'year.begin' is er niet", "'year.first' of 'year.last'"),
    ('when = "facts.x"', "'facts.x' is er niet", '"fact.x"'),
    ('when = "iets.anders"', "'iets.anders' is er niet", '"item.<key>"'),
    # What isn't TOML at all.
    ("when = 03-24", "de dag 03-24 staat niet tussen aanhalingstekens", '"03-24"'),
    ("when = 2027-02-30", "2027-02-30 bestaat niet op de kalender", "een dag die bestaat"),
    ("when = maart", "maart staat niet tussen aanhalingstekens", '"maart"'),
    ("when =", "achter = staat niets", "Vul een waarde in"),
    ("when: maart", "er staat : in plaats van =", 'when = "maart"'),
    ('when = { rule = "week", number = 3, }', "er staat een komma vóór }", "Haal die komma weg"),
    ('when = { rule = "week",\nnumber = 3 }', "loopt door op de volgende regel", "op één regel"),
    ('when = { rule = "week" number = 3 }', "ontbreekt een komma", "{ rule ="),
    ('when = { rule = "week", number = 3, number = 4 }', "'number' staat er dubbel", "Laat er één staan"),
    ('when = { rule = "week", number = 03 }', "begint niet met een nul", "Schrijf 3"),
    ("time = { at = 13:00 }", "de tijd 13:00 staat niet tussen aanhalingstekens", '"13:00"'),
    ("when = \u201c03-24\u201d", "gekrulde aanhalingstekens", 'rechte aanhalingstekens: "zo"'),
    ("together = ja", "ja kan hier niet", "Schrijf true"),
    ("together = False", "False kan hier niet", "Schrijf false"),
    ('owner = ["ib", "rt"', "ontbreekt een komma, of ] ontbreekt", '["3", "4"]'),
    ('note = "open', "aanhalingsteken aan het eind ontbreekt", "Sluit de tekst af"),
    ('note = "C:\\pad"', "een \\ kan hier niet zo", "Schrijf /"),
    ('note = "a" owner = ["ib"]', "achter de waarde staat nog iets", "eigen regel"),
    ('title = "Nog een"', "'title' staat er dubbel", "[[item]]"),
    ("- lijst", "hoort = en een waarde", "title ="),
]
# Whole files: on which line the problem is.
FILES: list[tuple[str | bytes, int, str, str]] = [
    ("", 1, "het bestand is leeg", "een voorbeeld"),
    ("\ufeff \r\n", 1, "het bestand is leeg", "een voorbeeld"),
    ("# nog niets\n", 1, "er staat geen enkel item in", "[[item]]"),
    ('[item]\nkey = "a"\n', 1, "[item] hoort met dubbele haken", "[[item]]"),
    ('[item]\nkey = "a"\n[item]\n', 3, "[item] staat er twee keer", "[[item]]"),
    (ITEM + "[[item]\n", 4, "de haken van deze kop kloppen niet", "[[item]]"),
    ("item = 5", 1, "[item] hoort met dubbele haken", "[[item]]"),
    ('title = "x"\n\n[[items]]\nkey = "a"', 3, "'items' bestaat niet; bedoelde je 'item'?", "Dit kan: title"),
    ('[[item]]\ntitle = "Rapport"\n', 1, "'key' ontbreekt", 'key = "rapport"'),
    ('[[item]]\nkey = "rapport"\n', 1, "'title' ontbreekt", "title ="),
    (
        '[[item]]\nkey = "Eerste rapport"\ntitle = "Rapport"',
        2,
        "'Eerste rapport' kan niet bij key",
        'key = "eerste-rapport"',
    ),
    ('[[item]]\nkey = "a"\ntitle = 5', 3, "'5' kan niet bij title", "aanhalingstekens"),
    ('[[item]]\nkey = "a"\ntitle = "R"', 3, "'R' is te kort voor title", "Minstens 2"),
    ('[[item]]\nkey = "a"\ntitle = "' + "R" * 201 + '"', 3, "is te lang voor title", "Hooguit 200"),
    (ITEM + ITEM, 5, "er is al een item met key 'rapport'", '"rapport-2"'),
    (ITEM + '[facts]\nx = "gisteren"', 5, "'gisteren' kan niet bij x", "2026-10-05"),
    (ITEM + "[facts]\nx = 5", 5, "'5' is geen dag", "2026-10-05"),
    (ITEM + "[facts]\nX = 2026-10-05", 5, "'X' is geen goede naam", "kleine letters"),
    (ITEM + "[facts]\nx = 2026-10-05T10:00:00", 5, "kan niet bij x", "2026-10-05"),
    (ITEM + "[done]\nrapport = true", 5, "'true' is geen dag", "2026-10-05"),
    (ITEM + "[done]\nraport = 2026-10-05", 5, "'raport' is geen item", 'Bedoelde je "rapport"?'),
    (ITEM + '[presence]\nib = "ma"', 5, "ib is een lijst", "ib = ["),
    (ITEM + '[presence]\nib = ["maa"]', 5, "'maa' is geen dagdeel", "di-middag"),
    (ITEM + '[presence]\nib = ["za"]', 5, "'za' is geen dagdeel", "di-middag"),
    (ITEM + '[[closure]]\nname = "Studiedag"', 4, "'first' ontbreekt", "first = 2026-11-20"),
    (ITEM + '[[closure]]\nname = "Nu"\nfirst = "2026-02-30"', 6, "'2026-02-30' kan niet bij first", "2026-"),
    (ITEM + '[[closure]]\nname = "Nu"\nfirst = 2027-01-02\nlast = 2027-01-01', 7, "vóór de eerste", "om"),
    (ITEM + '[[pupil]]\nkey = "p"\nborn = "toen"', 6, "'toen' kan niet bij born", "2026-10-05"),
    (ITEM + '[[pupil]]\nkey = "p"\nnaam = "x"', 6, "'naam' bestaat niet", "Dit kan: key, born"),
    ('layer = "land"\n' + ITEM, 1, "'land' kan niet bij layer; bedoelde je 'nation'?", "region"),
    (ITEM + 'when = { rule = "week"', 4, "ontbreekt een komma, of } ontbreekt", "{ rule ="),
    (f"x = {'[' * 5000}", 1, "te diep in elkaar", "eigen item"),
    (
        ITEM + "when = " + '{ rule = "on", day = ' * 30 + '"03-24"' + " }" * 30,
        1,
        "te diep in elkaar",
        "eigen item",
    ),
    ("a." * 200_000 + "b = 1", 1, "te diep in elkaar", "eigen item"),
    (ITEM + "[facts]\ndecision.Toelating = 2026-10-05", 5, "is geen goede naam", "kleine letters"),
    (ITEM + "[facts]\nstart = 2026-10-05\ndecision.start = 5", 6, "'5' is geen dag", "2026-10-05"),
    (ITEM + 'owner = ["directeur"]', 4, "'directeur' is geen rol", 'owner = ["directie"]'),
    (f"x = {'9' * 5000}", 1, "veel te lang getal", "kleiner"),
    (b"PK\x03\x04 en meer", 1, "dit is een Excel- of Word-bestand", "gewone tekst"),
    (b"\xff\xfe[\0", 1, "het bestand is bewaard als UTF-16", "UTF-8"),
    (b"[[item]]\0", 1, "dit is geen tekstbestand", ".toml"),
    (b'title = "ok"\nnote = "caf\xe9"', 2, "is geen UTF-8", "UTF-8"),
    (b"x" * 10_000_000, 1, "het bestand is te groot", "Verdeel"),
]


def told(said: str | bytes) -> RulesError:
    with pytest.raises(RulesError) as caught:
        read_rules(said, "plan.toml")
    return caught.value


@pytest.mark.parametrize(("typed", "text", "write"), IN_AN_ITEM, ids=[row[0] for row in IN_AN_ITEM])
def test_what_is_wrong_in_an_item_is_told_with_its_line_and_what_to_write(
    typed: str, text: str, write: str
) -> None:
    error = told(ITEM + typed)

    (problem,) = error.problems
    assert (problem.file, problem.where) == ("plan.toml", "item 'rapport'")
    assert problem.line in {1, 4}  # of a whole item that doesn't hang together its first line
    assert text in problem.text
    assert write in f"{problem.write} {problem.text}"
    assert str(error).startswith(f"plan.toml, regel {problem.line}, item 'rapport': ")
    assert not ENGLISH.search(_own_words(str(error), typed))


@pytest.mark.parametrize(("said", "line", "text", "write"), FILES, ids=[row[2] for row in FILES])
def test_what_is_wrong_with_a_whole_file_is_told_with_its_line_and_what_to_write(
    said: str | bytes, line: int, text: str, write: str
) -> None:
    error = told(said)

    problem = error.problems[-1]
    assert (problem.file, problem.line) == ("plan.toml", line)
    assert text in problem.text
    assert write in problem.write
    assert not ENGLISH.search(_own_words(str(error), ""))


def _own_words(text: str, typed: str) -> str:
    """Return what an error says without what was typed and without the words of the language itself."""
    for word in re.findall(r"[\w.-]+", typed):
        text = text.replace(word, "")
    return text


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file() -> None:
    error = told(f'{ITEM}when = "maart"\n[[item]]\nkey = "toets"\nkind = "toets"\n')

    assert [problem.line for problem in error.problems] == [4, 5, 7]


def test_a_line_of_a_value_deep_in_a_list_over_several_lines_is_found() -> None:
    error = told(
        f'{ITEM}when = {{ rule = "earliest", of = [\n  "03-24",\n  {{ rule = "week", nummer = 3 }},\n] }}'
    )

    assert [problem.line for problem in error.problems] == [6]


def test_of_many_problems_the_first_twenty_are_named_and_the_rest_is_counted() -> None:
    error = told("".join(f'[[item]]\nkey = "a{n}"\n' for n in range(30)))

    assert len(error.problems) == 30
    assert str(error).splitlines()[-1] == "En nog 10 fouten."


def test_of_one_mistake_that_was_made_very_often_only_some_are_put_into_words() -> None:
    error = told(f"{ITEM}groups = [{'3, ' * 50_000}]")

    assert 20 < len(error.problems) < 1000


def test_items_that_wait_for_each_other_are_told_as_a_circle() -> None:
    error = told(
        f'{ITEM}when = "item.toets"\n[[item]]\nkey = "toets"\ntitle = "Toets"\n'
        'when = { rule = "offset", before = "item.rapport", school_days = 3 }'
    )

    assert "rapport → toets → rapport" in str(error)
    assert error.problems[0].where == "item 'rapport'"


def test_items_that_wait_for_each_other_in_one_year_only_are_told_too() -> None:
    error = told(f'{ITEM}when_in."2027-2028" = "item.toets"\n{OTHER}when = "item.rapport"')

    assert "rapport → toets → rapport" in str(error)


def test_a_name_of_a_procedure_of_the_school_is_no_mistake() -> None:
    file = read_rules(f'{ITEM}when = {{ rule = "offset", after = "test-calendar.M.last", school_days = 8 }}')

    assert file.item[0].key == "rapport"


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistake() -> None:
    file = read_rules(("\ufeff" + ITEM + 'when = "03-24"\n').replace("\n", "\r\n").encode())

    assert file.item[0].when == "03-24"


def test_a_day_without_quotes_is_the_same_day() -> None:
    file = read_rules(f"{ITEM}when = 2027-03-24")

    assert file.item[0].when == "2027-03-24"


def test_the_text_of_an_error_repeats_no_more_than_a_little_of_what_was_typed() -> None:
    error = told(f"{ITEM}kind = '{'x' * 500}'")

    assert "x" * 41 not in str(error)
