"""What an IB'er types by mistake is answered with the line to copy, with what she typed in it."""

import re

import pytest

from calendars.rulefile.problems import RulesError
from calendars.rulefile.reading import read_rules

ITEM = '[[item]]\nkey = "rapport"\ntitle = "Rapport"\n'
OTHER = '\n[[item]]\nkey = "toets"\ntitle = "Toets"\nwhen = "03-24"\n'
# What is typed below an item's title, and the words to write instead.
MENDED = [
    ('when = "item.toets.3"', '"item.toets"'),
    ('rule = "week"\nnumber = 44', 'when = { rule = "week", number = 44 }'),
    (
        'when = { rule = "month", month = 3, part = "einde" }',
        'when = { rule = "month", month = 3, part = "eind" }',
    ),
    ('when = { rule = "phase", phase = "einde" }', 'when = { rule = "phase", phase = "eind" }'),
    ('when = { rule = "phase", phase = "herfst" }', 'when = { rule = "phase", phase = "najaar" }'),
    (
        'when = { rule = "after", day = "item.toets", calendar_weeks = 2 }',
        'when = { rule = "offset", after = "item.toets", calendar_weeks = 2 }',
    ),
    ("week = 44", 'when = { rule = "week", number = 44 }'),
    ("when = { week = 44 }", 'when = { rule = "week", number = 44 }'),
    ('when = { rule = "month", month = "november" }', 'when = { rule = "month", month = 11 }'),
    ('month = "november"', 'when = { rule = "month", month = 11 }'),
    ('when = { rule = "weeknummer", number = 44 }', 'when = { rule = "week", number = 44 }'),
    ('when = { rule = "week", number = [45, 46] }', 'when = { rule = "week", number = 45, until = 46 }'),
    (
        'when = { rule = "week", number = [45, 48] }',
        'when = { rule = "each", of = [{ rule = "week", number = 45 }, { rule = "week", number = 48 }] }',
    ),
    ('when = "02-30"', 'een dag die bestaat, met eerst de maand: "03-24"'),
    ('when = "3 sept"', 'when = "09-03"'),
    ('groups = ["1/2"]', 'groups = ["1", "2"]'),
    ('groups = ["3 t/m 8"]', 'groups = ["3", "4", "5", "6", "7", "8"]'),
    ('groups = ["groep 3"]', 'groups = ["3"]'),
    ('groups = ["kleuters"]', 'groups = ["1", "2"]'),
    ('groups = "3 t/m 8"', 'groups = ["3", "4", "5", "6", "7", "8"]'),
    ("groups = 3", 'groups = ["3"]'),
    ("groups = [3, 4]", 'groups = ["3", "4"]'),
    ("unless = true", 'only_if = [{ fact = "…", unless = true }]'),
    ("when = \"{ rule = 'week', number = 44 }\"", 'when = { rule = "week", number = 44 }'),
    ('when = { rule = "age", years = 3,9 }', "years = 3, months = 9"),
    ('when = { rule = "age", age = "3;9" }', 'when = { rule = "age", years = 3, months = 9 }'),
    ('when = { rule = "age", months = 45 }', 'when = { rule = "age", years = 3, months = 9 }'),
    ('when = { rule = "age", years = "3;9" }', 'when = { rule = "age", years = 3, months = 9 }'),
    ('age = "3;9"', 'when = { rule = "age", years = 3, months = 9 }'),
    ('when = { rule = "instruction", weeks = 10 }', 'when = { rule = "instruction", months = 3 }'),
    (
        'when = { rule = "holiday", name = "herfst", weekday = "maandag" }',
        'when = { rule = "weekday", weekday = "maandag", after = { rule = "holiday", name = "herfst" } }',
    ),
    (
        'when = { rule = "offset", after = "item.toets", calendar_weeks = 8, until = 6 }',
        'when = { rule = "offset", after = "item.toets", calendar_weeks = 6, until = 8 }',
    ),
    ('when = { rule = "each", of = ["03-24"] }', 'when = "03-24"'),
    ('when = { rule = "months", of = [3] }', 'when = { rule = "month", month = 3 }'),
    ('when = ["03-24", "04-12"]', 'when = { rule = "dates", days = ["03-24", "04-12"] }'),
    ('when = { rule = "months", of = ["maart", "juni"] }', 'when = { rule = "months", of = [3, 6] }'),
    ('when = { rule = "date", day = "24 maart" }', 'when = { rule = "date", day = "03-24" }'),
    ('when = "week 44/45"', 'when = { rule = "week", number = 44, until = 45 }'),
    ('when = "3 maart t/m 5 maart"', 'when = { rule = "period", first = "03-03", last = "03-05" }'),
    ('owner = ["IB"]', 'owner = ["ib"]'),
    ('owner = ["intern begeleider"]', 'owner = ["ib"]'),
    ('owner = ["juf"]', 'een rol, zoals "leerkracht"'),
    ('time = "13:00"', 'time = { at = "13:00" }'),
    ('time = { at = "13.00" }', 'time = { at = "13:00" }'),
    ('time = { at = "13u", until = "15u" }', 'time = { at = "13:00", until = "15:00" }'),
    ("time = { duur = 15 }", "time = { minutes = 15 }"),
    ('pupils = ["dyslexie"]', 'pupils = { fact = ["dyslexie"] }'),
    ('pupils = { groep = "3" }', 'groups = ["3"]'),
    ('pupils = "nieuwe leerlingen"', "pupils = { newcomers = true }"),
    ('only_if = "twijfel"', 'only_if = [{ fact = "twijfel" }]'),
    ('only_if = ["dossier-compleet"]', 'only_if = [{ fact = "dossier-compleet" }]'),
    ('only_if = [{ als = "twijfel", wie = "ib" }]', 'only_if = [{ judgement = "twijfel", by = "ib" }]'),
    ("margin = 2", "margin = { calendar_weeks = 2 }"),
    ('margin = "2 weken"', "margin = { calendar_weeks = 2 }"),
    ("tolerance = { dagen = 2 }", "tolerance = { school_days = 2 }"),
    ('roll = "volgende"', 'roll = "next"'),
    ('roll = "niet"', 'roll = "keep"'),
    ('overflow = "week erna"', 'overflow = { rule = "week-of", day = "item.rapport", shift = 1 }'),
    ("overflow = true", 'overflow = { rule = "week-of", day = "item.rapport", shift = 1 }'),
    ("only_years = [2026]", 'only_years = ["2026-2027"]'),
    ('not_in_years = ["2026/2027"]', 'not_in_years = ["2026-2027"]'),
    ('instead_of = ["toets"]', 'instead_of = "toets"'),
    ('outcomes = "ja/nee"', 'outcomes = ["ja", "nee"]'),
    (
        'when = { rule = "offset", after = "item.toets", weken = 2 }',
        'when = { rule = "offset", after = "item.toets", calendar_weeks = 2 }',
    ),
    (
        'when = { rule = "offset", after = "item.toets", dagen = 14 }',
        'when = { rule = "offset", after = "item.toets", school_days = 14 }',
    ),
    (
        'when = { rule = "offset", after = "toets", calendar_weeks = 2 }',
        'when = { rule = "offset", after = "item.toets", calendar_weeks = 2 }',
    ),
    (
        'when = { rule = "offset", after = "item.toets", calendar_weeks = "twee" }',
        'when = { rule = "offset", after = "item.toets", calendar_weeks = 2 }',
    ),
    (
        'when = { rule = "offset", after = "item.toets", calendar_weeks = 1.5 }',
        "een heel getal zonder aanhalingstekens, zoals calendar_weeks = 3",
    ),
    (
        'when = { rule = "offset", after = "item.toets", calendar_weeks = -2 }',
        'when = { rule = "offset", before = "item.toets", calendar_weeks = 2 }',
    ),
    (
        'when = { rule = "period", first = "1 september", last = "5 oktober" }',
        'when = { rule = "period", first = "09-01", last = "10-05" }',
    ),
    (
        'when = { rule = "period", van = "09-01", tot = "10-01" }',
        'when = { rule = "period", first = "09-01", last = "10-01" }',
    ),
    (
        'when = { rule = "weekday", weekday = "woensdag", nth = "tweede", month = 11 }',
        'when = { rule = "weekday", weekday = "woensdag", nth = 2, month = 11 }',
    ),
    (
        'when = { rule = "weekday", weekday = "wo", nth = 2, month = 11 }',
        'when = { rule = "weekday", weekday = "woensdag", nth = 2, month = 11 }',
    ),
    (
        'when = { rule = "weekday", weekday = "woensdag", month = "november" }',
        'when = { rule = "weekday", weekday = "woensdag", month = 11 }',
    ),
    (
        'when = { rule = "holiday", name = "kerst", at = "ervoor" }',
        'when = { rule = "holiday", name = "kerst", at = "week-before" }',
    ),
    (
        'when = { rule = "holiday", name = "kerst", at = "voor" }',
        'when = { rule = "holiday", name = "kerst", at = "week-before" }',
    ),
    (
        'when = { rule = "holiday", name = "kerst", school_weeks = 2 }',
        'when = { rule = "offset", after = { rule = "holiday", name = "kerst" }, school_weeks = 2 }',
    ),
    ('when = { rule = "holiday", naam = "kerst" }', 'when = { rule = "holiday", name = "kerst" }'),
    ('when = { rule = "kerstvakantie" }', 'when = { rule = "holiday", name = "kerstvakantie" }'),
    ('when = { rule = "year", edge = "eerste" }', 'when = { rule = "year", edge = "first" }'),
    ('when = { rule = "every", weeks = 2 }', 'when = { rule = "every", calendar_weeks = 2 }'),
    (
        'when = { rule = "every", school_weeks = 2, weekday = "di" }',
        'when = { rule = "every", school_weeks = 2, weekday = "dinsdag" }',
    ),
    (
        'when = { rule = "every", weekday = "dinsdag" }',
        'when = { rule = "every", school_weeks = 1, weekday = "dinsdag" }',
    ),
    ('when = { rule = "times", count = "3x" }', 'when = { rule = "times", count = 3 }'),
    (
        'when = { rule = "times", count = 3, within = 10 }',
        'when = { rule = "times", count = 3, within = { rule = "week", number = 10 } }',
    ),
    ('when = { rule = "until", date = "01-31" }', 'when = { rule = "until", day = "01-31" }'),
    ('when = { rule = "until", "01-31" }', '{ rule = "until", day = "01-31" }'),
    ("when = { rule = week, number = 44 }", '"week"'),
    ('when = { rule: "week", number: 44 }', 'when = { rule = "week", number = 44 }'),
    ('when = { rule = "event", name = "toets" }', 'when = { rule = "event", name = "item.toets" }'),
    ('when = { rule = "on", day = "toets" }', 'when = { rule = "on", day = "item.toets" }'),
    ('when = "items.toets"', '"item.toets"'),
    ('when = "item.Toets"', '"item.toets"; een keer ervan is "item.toets.2"'),
    ('when = "item.toets.eerste"', '"item.toets.1"'),
    ('when = "item.toets.einde"', '"item.toets"; een keer ervan is "item.toets.2"'),
    ('when = "fact.Ingediend"', '"fact.ingediend"'),
    ('when = "pupil.begin"', "'pupil.start'"),
    ('when = "elke maand"', 'when = { rule = "every", months = 1 }'),
    ('when = "2x per jaar"', 'when = { rule = "times", count = 2 }'),
    ('when = "03/24"', 'when = "03-24"'),
    ('when = "24.03.2027"', 'when = "2027-03-24"'),
    ('when = "1 november 2026"', 'when = "2026-11-01"'),
    ('next_year = "ja"', "next_year = true"),
    ("note = 5", 'note = "5"'),
    ('per = "leerling"', 'per = "pupil"'),
    ('per = "groep"', 'per = "group"'),
    (
        'when = { rule = "clock", after = "fact.x", weeks = 6 }',
        'when = { rule = "clock", after = "fact.x", calendar_weeks = 6 }',
    ),
    (
        'when = { rule = "legal", name = "definitief-advies" }',
        'when = { rule = "legal", key = "definitief-advies" }',
    ),
    (
        'when = { rule = "pick", number = "laatste", of = "item.toets" }',
        'when = { rule = "pick", number = -1, of = "item.toets" }',
    ),
    (
        'when = { rule = "one-of", of = ["29 mei", "30 mei"] }',
        'when = { rule = "one-of", of = ["05-29", "05-30"] }',
    ),
]
# What is read without a word of it being wrong, and still can't do what it seems to say.
SILENT = [
    ('when = { rule = "legal", key = "definitief" }', "geen datum uit de wet", "Kies uit: aanmelden-vo"),
    (
        'only_if = [{ item = "toets", outcome = "goed" }]',
        "nooit de uitkomst",
        'outcomes = ["goed", "anders"]',
    ),
    (
        'when = { rule = "every", months = 1, weekday = "dinsdag" }',
        "meer dan één dinsdag",
        'rule = "each-time"',
    ),
    ('when = "item.toets.3"', '"Toets" komt maar één keer', '"item.toets"'),
    ('when = "item.toets.0"', "er is geen keer 0", '"item.toets.1"'),
    ('when = { rule = "offset", after = "each.time", months = 1 }', "alleen in de do", 'rule = "each-time"'),
    ('owner = ["Juf Marieke"]', "de naam van een mens", '"leerkracht"'),
    ('also = ["Logopedist"]', "heeft een hoofdletter", '"logopedist"'),
    ('only_if = [{ judgement = "nodig?", by = "Kees" }]', "de naam van een mens", "een rol"),
    (
        'outcomes = ["ja", "nee"]\n[done]\nrapport = "misschien"',
        "'misschien' is hier geen uitkomst",
        "Kies uit: ja, nee",
    ),
    ('[[pupil]]\nkey = "p1"\nflagged_in = ["toest"]', "'toest' is geen item", 'Bedoelde je "toets"'),
    ('[facts]\nx = 2026-10-05\nowner = ["ib"]', "owner staat onder [facts]", "onder al je items"),
]


def told(typed: str) -> RulesError:
    with pytest.raises(RulesError) as caught:
        read_rules(f"{OTHER}{ITEM}{typed}\n", "plan.toml")
    return caught.value


@pytest.mark.parametrize(("typed", "write"), MENDED, ids=[row[0] for row in MENDED])
def test_a_mistake_is_answered_with_what_to_write(typed: str, write: str) -> None:
    (problem,) = told(typed).problems

    assert problem.write == f"Schrijf {write}."
    assert (problem.line, problem.where) == (9, "item 'rapport'")


WHOLE = [row[1] for row in MENDED if re.match(r"(when|groups|owner|time|margin|only_if|pupils) = ", row[1])]


@pytest.mark.parametrize("write", [row for row in WHOLE if "…" not in row])
def test_what_an_error_says_to_write_is_right_itself(write: str) -> None:
    assert read_rules(f"{OTHER}{ITEM}{write}\n").item[1]


@pytest.mark.parametrize(("typed", "text", "write"), SILENT, ids=[row[0] for row in SILENT])
def test_what_would_be_read_in_silence_is_told(typed: str, text: str, write: str) -> None:
    (problem,) = told(typed).problems

    assert text in problem.text
    assert write in problem.write
    assert problem.line >= 6
