from datetime import date, datetime, time

import pytest

from service.yearplan.columns import header_at, headers_of, parts_of
from service.yearplan.table import TableError, read_pasted, read_table
from tests.yearplan.tables import draft_of, looked, saved, workbook

TEXT = "Week;Wat;Groep\n44;Toets één;3\n45;Toets twee;4\n"
ROWS = (("Week", "Wat", "Groep"), ("44", "Toets één", "3"), ("45", "Toets twee", "4"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_whatever_its_letters_are_kept_in(encoding: str) -> None:
    [sheet] = read_table(TEXT.encode(encoding))

    assert sheet.rows == ROWS


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_is_read_whatever_separates_its_columns_and_lines(delimiter: str, line_end: str) -> None:
    data = TEXT.replace(";", delimiter).replace("\n", line_end).encode()

    assert read_table(data)[0].rows == ROWS


def test_what_excel_writes_above_a_table_names_the_separator() -> None:
    assert read_table(b"sep=,\nWeek,Wat\n44,Toets\n")[0].rows == (("Week", "Wat"), ("44", "Toets"))


def test_a_cell_may_hold_lines_separators_and_quotes() -> None:
    [sheet] = read_table(b'Week;Wat\n44;"Toets; eerst\nlezen ""AVI"""\n')

    assert sheet.rows[1] == ("44", 'Toets; eerst lezen "AVI"')


def test_quotes_that_do_not_close_are_told_with_their_line() -> None:
    with pytest.raises(TableError, match="Regel 3"):
        read_table(b'Week;Wat\n44;Toets\n45;"Toets\n')


def test_a_pasted_table_is_read_like_a_file() -> None:
    assert read_pasted("Week\tWat\n44\tToets\n")[0].rows == (("Week", "Wat"), ("44", "Toets"))


def test_a_spreadsheet_gives_its_days_as_days() -> None:
    book, _ = workbook(
        ("Datum", "Wat", "Tijd"),
        (date(2026, 11, 12), "Bespreking", time(15, 30)),
        (datetime(2026, 11, 13, 14, 0), "Overleg", ""),  # noqa: DTZ001 -- as Excel keeps it
        (44, "Getal", 1.5),
    )

    [sheet] = read_table(saved(book))

    assert sheet.rows[1:] == (
        ("2026-11-12", "Bespreking", "15:30"),
        ("2026-11-13 14:00", "Overleg", ""),
        ("44", "Getal", "1.5"),
    )


def test_a_merged_cell_holds_for_all_its_rows() -> None:
    book, sheet = workbook(("Week", "Wat"), ("week 44", "Toets"), ("", "Bespreking"), ("week 46", "Rapport"))
    sheet.merge_cells("A2:A3")

    [read] = read_table(saved(book))

    assert [row[0] for row in read.rows] == ["Week", "week 44", "week 44", "week 46"]


def test_a_merged_cell_that_begins_lower_in_the_sheet_is_found_too() -> None:
    book, sheet = workbook()
    for row, words in enumerate(("Week", "week 44", ""), start=4):
        sheet.cell(row, 3, words)
        sheet.cell(row, 4, f"Wat {row}")
    sheet.merge_cells("C5:C6")

    [read] = read_table(saved(book))

    assert [row[0] for row in read.rows] == ["Week", "week 44", "week 44"]


def test_only_sheets_that_are_seen_and_hold_something_are_offered() -> None:
    book, _ = workbook(("Week", "Wat"), (44, "Toets"))
    book.create_sheet("Leeg")
    book.create_sheet("Verborgen")["A1"] = "geheim"
    book["Verborgen"].sheet_state = "hidden"
    book.create_sheet("Bovenbouw")["A1"] = "Week"

    assert [sheet.name for sheet in read_table(saved(book))] == ["Plan", "Bovenbouw"]


def test_a_formula_is_never_calculated() -> None:
    book, _ = workbook(("Week", "Wat"), (44, '=CMD("calc")'), (45, "Toets"))

    assert read_table(saved(book))[0].rows[1] == ("44", "")


def test_titles_and_empty_rows_may_stand_above_the_header() -> None:
    rows = (
        ("Jaarplan 2026-2027", "", ""),
        ("", "", ""),
        ("Wanneer", "Wat", "Groep(en)"),
        ("week 44", "Toets", "3"),
    )

    assert (header_at(rows), parts_of(rows, 2)) == (2, ["when", "what", "groups"])


def test_two_rows_of_headers_are_read_as_one() -> None:
    rows = (
        ("Periode", "Activiteit", "Groepen", ""),
        ("Week", "Omschrijving", "3", "4"),
        ("44", "Toets", "x", ""),
    )

    assert headers_of(rows, 0) == ["Periode Week", "Activiteit Omschrijving", "Groepen 3", "Groepen 4"]


def test_columns_without_words_above_them_are_known_by_what_is_in_them() -> None:
    rows = (
        ("3 t/m 8", "week 44", "Groepsbespreking met de hele bouw", "lk"),
        ("1/2", "november", "Kleutertoetsen taal en rekenen", "IB"),
    )

    assert (header_at(rows), parts_of(rows, -1)) == (-1, ["groups", "when", "what", "who"])


def test_a_grid_of_weeks_by_groups_gives_an_item_for_each_cell() -> None:
    made = draft_of(b"Week;Groep 3;Groep 4\n44;Herfstsignalering;\n45;AVI;Spelling\n")

    found = looked(made)

    assert [(e.item.title, e.item.groups, e.line.when) for e in found.entries] == [
        ("Herfstsignalering", ("3",), "week 44"),
        ("AVI", ("3",), "week 45"),
        ("Spelling", ("4",), "week 45"),
    ]


def test_crosses_below_groups_say_for_whom_it_is() -> None:
    made = draft_of(b"Week;Wat;3;4;5\n44;AVI;x;;x\n45;DMT;x;x;x\n")

    assert [e.item.groups for e in looked(made).entries] == [("3", "5"), ("3", "4", "5")]
