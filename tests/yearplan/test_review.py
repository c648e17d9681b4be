import pytest

from service.yearplan.dates import dates_nl
from service.yearplan.draft import Answer
from service.yearplan.imports import accept_all, choose_style, choose_year, reword, settle
from service.yearplan.review import Entry
from tests.yearplan.tables import YEAR, codes, drafted, entry, looked, reviewed

TEST_WEEKS = "week 3-5;M-toetsen;3-7;lk;"


def choices(one: Entry, code: str) -> list[str]:
    [question] = [question for question in one.questions if question.code == code]
    return [fix.key for fix in question.fixes]


def test_clear_rows_are_ready_with_their_dates() -> None:
    found = reviewed("week 44;Herfstsignalering;3;lk;", "uiterlijk 29 januari;Dossiers op orde;alle;IB;")

    assert [e.status for e in found.entries] == ["ready", "ready"]
    assert dates_nl(entry(found, "Herfstsignalering").result) == "26 t/m 30 oktober"
    assert dates_nl(entry(found, "Dossiers op orde").result) == "uiterlijk vrijdag 29 januari"


def test_an_item_has_its_groups_people_kind_and_remark() -> None:
    item = entry(
        reviewed("week 44;Groepsbespreking;gr 3 t/m 5;lk + IB, ouders;neem koffie mee"), "Groepsbespreking"
    ).item

    assert (item.key, item.groups, item.owner, item.also) == (
        "groepsbespreking",
        ("3", "4", "5"),
        ("leerkracht", "ib"),
        ("ouders",),
    )
    assert (item.kind, item.note) == ("discussion", "neem koffie mee")


def test_a_month_alone_on_a_row_holds_for_what_is_below_it() -> None:
    found = reviewed("November;;;;", ";Rapport schrijven;alle;lk;", "December;;;;", ";Toetsen nakijken;3;lk;")

    assert [e.line.when for e in found.entries] == ["November", "December"]
    assert [e.line.under for e in found.entries] == ["November", "December"]


@pytest.mark.parametrize(
    ("row", "title", "code", "fix"),
    [
        ("uiterlijk 31 januari;Overzicht maken;8;lk;", "Overzicht maken", "day-off", "day-before"),
        ("uiterlijk 25 februari;Overzicht maken;8;lk;", "Overzicht maken", "day-off", "day-before"),
        ("week 43;Luizencontrole;alle;ouders;", "Luizencontrole", "holiday", "week-before"),
        ("week 53;Toets;6;lk;", "Toets", "holiday", "week-before"),
        ("week 7-9;Toetsen spelling;4;lk;", "Toetsen spelling", "test-holiday", "end-before"),
        ("uiterlijk 20 juli;Opruimen;alle;lk;", "Opruimen", "outside-year", "year-last"),
        ("vanaf 25 januari 2027;Aanmelden VO;8;ouders;", "Aanmelden VO", "before-advice", "legal"),
        ("29 februari;Toets lezen;6;lk;", "Toets lezen", "no-such-day", "day-2027-01-29"),
        ("maandag 4 juni;Studiedag;alle;dir;", "Studiedag", "weekday", "day-2027-06-07"),
        ("20 t/m 16 nov;Gesprekken;alle;lk;", "Gesprekken", "end-before-start", "swap"),
        ("12-11-2024;Bespreking;alle;IB;", "Bespreking", "other-year", "same-week"),
        ("eind mei t/m begin mei;Toneel;8;lk;", "Toneel", "end-before-start", "swap"),
    ],
)
def test_a_mistake_is_a_question_with_its_correction(row: str, title: str, code: str, fix: str) -> None:
    draft = drafted(row)
    draft.style = "date"
    draft.written_for = YEAR

    found = looked(draft)
    settle(draft, entry(found, title), code, fix)
    after = looked(draft)

    assert codes(found, title)[0] == code
    assert choices(entry(found, title), code)[0] == fix
    assert entry(after, title).status == "ready"


@pytest.mark.parametrize(
    "row", ["uiterlijk 31 januari;Overzicht;8;lk;", "maandag 4 juni;Studiedag;alle;dir;"]
)
def test_a_mistake_may_be_left_as_it_is(row: str) -> None:
    draft = drafted(row)
    draft.style = "date"
    [one] = looked(draft).entries

    settle(draft, one, one.questions[0].code, "keep")

    [after] = looked(draft).entries
    assert (after.status, after.item.when) == ("ready", one.item.when)


def test_a_corrected_deadline_follows_the_holiday_in_other_years() -> None:
    draft = drafted("uiterlijk 25 februari;Overzicht maken;8;lk;")
    settle(draft, looked(draft).entries[0], "day-off", "day-before")

    [this_year], [next_year] = looked(draft).entries, looked(draft, "2027-2028").entries
    assert dates_nl(this_year.result) == "uiterlijk vrijdag 19 februari"
    assert dates_nl(next_year.result) == "uiterlijk vrijdag 25 februari"


def test_results_that_are_due_while_the_test_still_runs_come_after_it() -> None:
    draft = drafted(TEST_WEEKS, "uiterlijk 29 januari;Invoer M-toetsen;3-7;lk;")

    found = looked(draft)
    settle(draft, entry(found, "Invoer M-toetsen"), "deadline-in-window", "within-5")
    after = entry(looked(draft), "Invoer M-toetsen")

    assert codes(found, "Invoer M-toetsen") == ["deadline-in-window"]
    assert dates_nl(after.result) == "5 t/m 12 februari"


@pytest.mark.parametrize(
    "row", ["uiterlijk 12 februari;Invoer M-toetsen;3-7;lk;", "uiterlijk 29 januari;Invoer M-toetsen;8;lk;"]
)
def test_results_after_the_test_or_of_other_groups_are_no_problem(row: str) -> None:
    assert codes(reviewed(TEST_WEEKS, row), "Invoer M-toetsen") == []


def test_forms_before_the_talks_that_they_follow_come_after_them() -> None:
    draft = drafted("week 4;Formulieren uitdelen;8;lk;", "week 6;Adviesgesprekken;8;lk;")

    found = looked(draft)
    settle(draft, entry(found, "Formulieren uitdelen"), "forms-first", "next-day")

    assert codes(found, "Formulieren uitdelen") == ["forms-first"]
    assert dates_nl(entry(looked(draft), "Formulieren uitdelen").result) == "maandag 15 februari"


def test_a_registration_may_also_wait_for_the_advice_in_the_plan_itself() -> None:
    found = reviewed(
        "vanaf week 5;Aanmelden VO;8;ouders;", "uiterlijk 26 februari 2027;Definitief advies;8;lk;"
    )

    assert choices(entry(found, "Aanmelden VO"), "before-advice") == ["legal", "after-advice"]


@pytest.mark.parametrize(
    "title", ["Aanmelden doorstroomtoets", "Aanmelden kleuters", "Aanmeldformulier ophalen"]
)
def test_other_registrations_have_nothing_to_do_with_the_advice(title: str) -> None:
    assert "before-advice" not in codes(reviewed(f"week 41;{title};8;lk;"), title)


def test_a_row_that_stands_there_twice_is_asked_about_once() -> None:
    draft = drafted(TEST_WEEKS, TEST_WEEKS)
    found = looked(draft)

    settle(draft, found.entries[1], "duplicate", "drop")

    assert [[q.code for q in e.questions] for e in found.entries] == [[], ["duplicate"]]
    assert [e.status for e in looked(draft).entries] == ["ready", "dropped"]


def test_a_week_and_a_date_beside_each_other_must_agree() -> None:
    draft = drafted("44;12-11-2026;Toets;3", "46;12-11-2026;Dictee;3", head="Week;Datum;Wat;Groep\n")
    draft.style = "date"

    found = looked(draft)

    assert (codes(found, "Toets"), codes(found, "Dictee")) == (["week-mismatch"], [])


def test_week_53_is_asked_about_in_a_year_without_one() -> None:
    assert codes(reviewed("week 53;Toets;6;lk;", label="2027-2028"), "Toets") == ["week-53"]


def test_a_deadline_in_its_own_column_ends_the_work() -> None:
    draft = drafted("week 44;Toets;3;6 november", head="Wanneer;Wat;Groep;Uiterlijk\n")

    [one] = looked(draft).entries

    assert (one.line.deadline, dates_nl(one.result)) == ("6 november", "26 oktober t/m 6 november")


def test_a_deadline_before_its_own_window_is_asked_about() -> None:
    draft = drafted("week 44;Toets;3;9 oktober", head="Wanneer;Wat;Groep;Uiterlijk\n")

    [one] = looked(draft).entries

    assert [q.code for q in one.questions] == ["end-before-start"]


def test_one_answer_says_what_all_fixed_dates_are() -> None:
    rows = (
        "12-11-2026;Een;3;lk;",
        "13-1-2027;Twee;3;lk;",
        "ma 12 april 2027;Drie;3;lk;",
        "week 44;Vier;3;lk;",
    )
    draft = drafted(*rows)
    before = looked(draft)

    choose_style(draft, "week")
    after = looked(draft)

    assert (before.ask_style, before.fixed, before.counts["question"]) == ("week", 3, 3)
    assert (after.ask_style, after.counts["ready"]) == (None, 4)
    assert entry(after, "Twee").item.model_dump()["when"]["weekday"] == "woensdag"


def test_dates_that_are_often_in_a_weekend_are_rather_dates() -> None:
    rows = ("14-11-2026;Een;3;lk;", "16-1-2027;Twee;3;lk;", "10-4-2027;Drie;3;lk;")

    assert reviewed(*rows).ask_style == "date"


def test_a_correction_that_was_chosen_first_follows_what_dates_are_said_to_be_later() -> None:
    draft = drafted("ma 12 nov;Overleg;alle;IB;")
    settle(draft, looked(draft).entries[0], "weekday", "day-2026-11-09")
    between = looked(draft)

    choose_style(draft, "week")

    [after] = looked(draft).entries
    assert between.ask_style is not None
    assert after.item.model_dump(exclude_defaults=True)["when"] == {
        "rule": "week",
        "number": 46,
        "weekday": "maandag",
    }


LAST_YEAR = ("11-11-2025;Een;3;lk;", "wo 14-1-2026;Twee;3;lk;", "15-4-2026;Drie;3;lk;")


def test_a_whole_plan_of_last_year_is_one_question() -> None:
    draft = drafted(*LAST_YEAR)
    before = looked(draft)

    choose_year(draft, "week", before.ask_year, YEAR)
    after = looked(draft)

    assert before.ask_year == "2025-2026"
    assert [dates_nl(e.result) for e in after.entries] == [
        "dinsdag 10 november",
        "woensdag 20 januari",
        "woensdag 21 april",
    ]
    assert [e.status for e in after.entries] == ["ready", "ready", "ready"]


def test_a_plan_of_last_year_can_keep_its_dates() -> None:
    draft = drafted(*LAST_YEAR)

    choose_year(draft, "date", "2025-2026", YEAR)

    assert dates_nl(entry(looked(draft), "Een").result) == "woensdag 11 november"


def test_a_year_that_was_only_mistyped_is_passed_over() -> None:
    draft = drafted(*LAST_YEAR)

    choose_year(draft, "slip", "2025-2026", YEAR)
    choose_style(draft, "date")

    assert codes(looked(draft), "Twee") == ["weekday"]
    assert dates_nl(entry(looked(draft), "Een").result) == "woensdag 11 november"


def test_a_heading_of_last_year_above_right_dates_is_no_problem() -> None:
    draft = drafted(
        "12-11-2026;Een;3;lk;", head="Jaarplan 2025-2026;;;;\nWanneer;Wat;Groepen;Wie;Opmerking\n"
    )

    assert looked(draft).ask_year == ""


def test_a_heading_of_last_year_above_dates_without_years_is_asked_about() -> None:
    draft = drafted("12 nov;Een;3;lk;", head="Jaarplan 2025-2026;;;;\nWanneer;Wat;Groepen;Wie;Opmerking\n")

    assert looked(draft).ask_year == "2025-2026"


def test_weekdays_that_are_all_of_last_year_are_asked_about() -> None:
    rows = ("wo 12 nov;Een;3;lk;", "do 13 nov;Twee;3;lk;", "vr 14 nov;Drie;3;lk;", "ma 17 nov;Vier;3;lk;")

    assert reviewed(*rows).ask_year == "2025-2026"


def test_the_row_that_a_phrase_counts_from_is_chosen_by_its_title() -> None:
    draft = drafted(TEST_WEEKS, "na de M-toetsen;Analyse;3-7;IB;")

    settle(draft, entry(looked(draft), "Analyse"), "phrase", "other-0")

    after = entry(looked(draft), "Analyse")
    assert (after.status, after.item.model_dump(exclude_defaults=True)["when"]) == (
        "ready",
        {"rule": "after", "day": "item.m-toetsen"},
    )


def test_two_rows_that_wait_for_one_another_break_nothing() -> None:
    draft = drafted("na de bespreking;Analyse;3;IB;", "na de analyse;Bespreking;3;IB;")
    found = looked(draft)
    for title in ("Analyse", "Bespreking"):
        settle(draft, entry(found, title), "phrase", "other-0")

    after = looked(draft)

    assert {dates_nl(e.result) for e in after.entries} == {
        "nog te plannen: wacht in een kringetje op zichzelf"
    }


def test_what_is_not_recognised_can_be_said_otherwise() -> None:
    draft = drafted("blabla;Iets;3;lk;")
    [before] = looked(draft).entries

    reword(draft, before.line.id, when="week 12", title="Iets anders", groups="4", who="IB")

    [after] = looked(draft).entries
    assert (before.status, after.status) == ("unknown", "ready")
    assert (after.item.title, after.item.groups, after.item.owner) == ("Iets anders", ("4",), ("ib",))


def test_what_is_not_recognised_may_stay_to_be_planned_with_its_text() -> None:
    draft = drafted("als de vlag uithangt;Feest;alle;dir;")
    settle(draft, looked(draft).entries[0], "phrase", "keep")

    [after] = looked(draft).entries

    assert (after.status, dates_nl(after.result)) == ("ready", "nog te plannen: als de vlag uithangt")


def test_unclear_groups_are_asked_about() -> None:
    assert codes(reviewed("week 44;Toets;plusgroep;lk;"), "Toets") == ["groups"]


def test_the_full_name_of_a_pupil_can_not_stay() -> None:
    draft = drafted("week 44;Gesprek ouders Quirijn Zeewuster;8;lk;")
    [one] = looked(draft).entries

    with pytest.raises(Exception, match="naam van een leerling"):
        settle(draft, one, "pupil", "keep")

    draft.answers[one.line.id] = Answer(title="Gesprek ouders", settled=["pupil"])
    assert [e.status for e in looked(draft).entries] == ["ready"]


@pytest.mark.parametrize(
    "row", ["week 44;Gesprek Quirijn;8;lk;", "week 44;Gesprek;8;lk;met Quirijn", "week 44;Gesprek;8;Quirijn;"]
)
def test_a_first_name_of_a_pupil_is_asked_about_wherever_it_stands(row: str) -> None:
    assert codes(reviewed(row), "Gesprek Quirijn" if "Gesprek Q" in row else "Gesprek") == ["pupil"]


@pytest.mark.parametrize("title", ["Gesprek Ineke", "Rapport Mei", "quirijnse zaken"])
def test_staff_months_and_parts_of_words_are_no_pupils(title: str) -> None:
    assert codes(reviewed(f"week 44;{title};8;lk;"), title) == []


def test_every_proposal_can_be_taken_at_once() -> None:
    draft = drafted(
        TEST_WEEKS,
        "uiterlijk 29 januari;Invoer M-toetsen;3-7;lk;",
        "ma 12 nov;Overleg;alle;IB;",
        "blabla;Iets;3;lk;",
        "week 44;Gesprek Quirijn;8;lk;",
    )
    draft.style = "date"

    count = accept_all(draft, looked)

    found = looked(draft)
    assert (count, found.done, found.total) == (2, 3, 5)
    assert (entry(found, "Iets").status, entry(found, "Gesprek Quirijn").status) == ("unknown", "question")


def test_answers_are_found_back_when_a_row_moves_in_the_table() -> None:
    draft = drafted("ma 12 nov;Overleg;alle;IB;", "week 44;Toets;3;lk;")
    draft.style = "date"
    settle(draft, entry(looked(draft), "Overleg"), "weekday", "day-2026-11-09")

    moved = drafted("week 44;Toets;3;lk;", "week 45;Nieuw;3;lk;", "ma 12 nov;Overleg;alle;IB;")
    moved.style, moved.answers = "date", draft.answers

    assert dates_nl(entry(looked(moved), "Overleg").result) == "maandag 9 november"
