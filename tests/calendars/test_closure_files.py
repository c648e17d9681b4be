from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calendars.closure_files import ClosureFileError, ClosureRow, read_csv, read_ics

AUTUMN = ClosureRow(name="Herfstvakantie", first_day=date(2026, 10, 17), last_day=date(2026, 10, 25))
STUDY_DAY = ClosureRow(name="Studiedag", first_day=date(2026, 11, 4), last_day=date(2026, 11, 4))
HEAD = "naam;eerste dag;laatste dag\r\n"


def csv_problems(rows: str) -> list[str]:
    with pytest.raises(ClosureFileError) as refused:
        read_csv((HEAD + rows).encode())
    return refused.value.problems


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT\r\n"])


def ics(*events: str) -> bytes:
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//School//NL\r\n"
    return f"{head}{''.join(events)}END:VCALENDAR\r\n".encode()


def ics_problems(*events: str) -> list[str]:
    with pytest.raises(ClosureFileError) as refused:
        read_ics(ics(*events))
    return refused.value.problems


def outcome(read: Callable[[bytes], list[ClosureRow]], data: bytes) -> list[ClosureRow] | list[str]:
    try:
        return read(data)
    except ClosureFileError as refused:
        return refused.problems


ICS_AUTUMN = event("SUMMARY:Herfstvakantie", "DTSTART;VALUE=DATE:20261017", "DTEND;VALUE=DATE:20261026")
CSV_AUTUMN = f"{HEAD}Herfstvakantie;17-10-2026;25-10-2026\r\n".encode()


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}Herfstvakantie;17-10-2026;25-10-2026\r\nStudiedag;4-11-2026;\r\n",
        "naam,eerste dag,laatste dag\nHerfstvakantie,2026-10-17,2026-10-25\nStudiedag,2026-11-04,\n",
        "Laatste dag;Naam;Eerste dag\n25-10-2026;Herfstvakantie;zaterdag 17-10-2026\n;Studiedag;wo 4-11-2026",
        f"{HEAD}\n\n Herfstvakantie ;17-10-2026; 25-10-2026\n;;\nStudiedag;4-11-2026;4-11-2026",
        f"{HEAD}Herfstvakantie;17-10-2026;25-10-2026\nStudiedag;4-11-2026\nStudiedag;4-11-2026;\n",
    ],
)
def test_a_csv_may_be_written_the_way_schools_write_it(text: str) -> None:
    assert read_csv(text.encode()) == [AUTUMN, STUDY_DAY]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_may_come_from_any_excel(encoding: str) -> None:
    data = f'{HEAD}"Kerst; én oud en nieuw";21-12-2026;1-1-2027\r\n'.encode(encoding)

    [closure] = read_csv(data)

    assert closure.name == "Kerst; én oud en nieuw"


def test_every_problem_of_a_csv_is_told_with_its_line() -> None:
    problems = csv_problems(
        "Goed;4-11-2026;\n"
        "A;31-2-2027;\n"
        "B;di 4-11-2026;\n"
        ";4-11-2026;\n"
        "C;4-11-2026;;x\n"
        "D;17-10-2026;18-10-2026\n"
        "E;4-11-26;\n"
        "F;1-1-2027;1-1-2037\n"
        "G;5-11-2026;4-11-2026\n"
        "H;4-11-1926;\n"
        f"{'I' * 121};4-11-2026;\n"
        "J\n"
    )

    assert problems == [
        "Regel 3: 31-2-2027 bestaat niet.",
        "Regel 4: di 4-11-2026 is een wo.",
        "Regel 5: de naam ontbreekt.",
        "Regel 6: er staan meer velden dan kolommen.",
        "Regel 7: 17-10-2026 valt in het weekend; klopt de datum?",
        "Regel 8: '4-11-26' is geen datum; schrijf dd-mm-jjjj.",
        "Regel 9: langer dan 70 dagen; klopt het jaartal?",
        "Regel 10: de laatste dag ligt voor de eerste dag.",
        "Regel 11: het jaartal kan niet kloppen.",
        "Regel 12: de naam is langer dan 120 tekens.",
        "Regel 13: '' is geen datum; schrijf dd-mm-jjjj.",
    ]


def test_a_csv_without_its_columns_is_refused() -> None:
    with pytest.raises(ClosureFileError, match="Regel 1: de kolommen moeten zijn"):
        read_csv(b"Studiedag;4-11-2026;\n")


def test_a_quote_that_never_closes_is_refused_with_its_line() -> None:
    assert csv_problems('Goed;4-11-2026;\n"A;4-11-2026;\n') == ["Regel 3: de aanhalingstekens kloppen niet."]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "Het bestand is leeg."),
        (b"\xef\xbb\xbf \r\n", "Het bestand is leeg."),
        (b"PK\x03\x04\x00\x00", "Dit is geen tekstbestand. Sla het op als CSV of als .ics."),
        (b"\x81\x8d", "De letters zijn niet te lezen. Sla het bestand op als UTF-8."),
        (b"a" * 500_001, "Het bestand is te groot: hooguit 500 kB."),
    ],
)
def test_what_is_no_text_of_a_fair_size_is_refused(data: bytes, problem: str) -> None:
    for read in (read_csv, read_ics):
        with pytest.raises(ClosureFileError) as refused:
            read(data)

        assert refused.value.problems == [problem]


def test_more_than_500_rows_are_refused() -> None:
    problem = "Het bestand is te groot: hooguit 500 vrije dagen."

    assert csv_problems("A;4-11-2026;\n" * 501) == [problem]
    assert ics_problems(*[ICS_AUTUMN] * 501) == ["Het bestand is te groot: hooguit 500 vrije dagen."]
    assert ics_problems("BEG\r\n IN:VEVENT\r\nEND:VEVENT\r\n" * 1001) == [
        "Het bestand is te groot: hooguit 500 afspraken."
    ]


def test_a_file_without_closures_is_refused() -> None:
    assert csv_problems("") == ics_problems() == ["Er staan geen vrije dagen in dit bestand."]


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART;VALUE=DATE:20261017", "DTEND;VALUE=DATE:20261026"),
        ("DTSTART;VALUE=DATE:20261017", "DURATION:P9D"),
        ("DTSTART:20261016T220000Z", "DTEND:20261025T230000Z"),
        ("DTSTART;TZID=Europe/Amsterdam:20261017T000000", "DTEND:20261026T000000"),
    ],
)
def test_the_end_of_whole_days_is_the_day_after_the_last(lines: tuple[str, ...]) -> None:
    assert read_ics(ics(event("SUMMARY:Herfstvakantie", *lines))) == [AUTUMN]


@pytest.mark.parametrize("end", ["DTEND;VALUE=DATE:20261105", "DTEND;VALUE=DATE:20261104", "X-A:1"])
def test_one_day_may_be_written_in_three_ways(end: str) -> None:
    assert read_ics(ics(event("SUMMARY:Studiedag", "DTSTART;VALUE=DATE:20261104", end))) == [STUDY_DAY]


def test_what_is_cancelled_or_there_twice_is_left_out() -> None:
    cancelled = event("SUMMARY:Weg", "DTSTART;VALUE=DATE:20261104", "STATUS:CANCELLED")

    assert read_ics(ics(ICS_AUTUMN, cancelled, ICS_AUTUMN)) == [AUTUMN]


def test_a_name_is_read_as_one_printable_line() -> None:
    [closure] = read_ics(ics(event("SUMMARY:Studie\\, team\\n\u202e1\x07", "DTSTART;VALUE=DATE:20261104")))

    assert closure.name == "Studie, team 1"


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            ["DTSTART:20261104T183000Z", "DTEND:20261104T200000Z"],
            "begint of eindigt om 19:30; alleen hele dagen worden gelezen.",
        ),
        (
            ["DTSTART;VALUE=DATE:20261104", "RRULE:FREQ=SECONDLY;COUNT=1000000000"],
            "herhalingen worden niet gelezen; zet elke vrije dag er apart in.",
        ),
        (
            ["DTSTART;VALUE=DATE:20261104", "RDATE;VALUE=DATE:20261111"],
            "herhalingen worden niet gelezen; zet elke vrije dag er apart in.",
        ),
        (["DTSTART;VALUE=DATE:20261131"], "de datum is niet te lezen."),
        (["DTSTART;VALUE=DATE:20261104", "DTEND 20261106"], "de datum is niet te lezen."),
        (["DTSTART;VALUE=DATE:99991231"], "de datum is niet te lezen."),
        (["DTSTART;VALUE=DATE:20261104", "DURATION:P99999999999D"], "de datum is niet te lezen."),
        (["X-A:1"], "de datum is niet te lezen."),
        (
            ["DTSTART;VALUE=DATE:20261104", "DTEND;VALUE=DATE:20261102"],
            "de laatste dag ligt voor de eerste dag.",
        ),
        (
            ["DTSTART;VALUE=DATE:20261104", "DTEND;VALUE=DATE:20271104"],
            "langer dan 70 dagen; klopt het jaartal?",
        ),
    ],
)
def test_one_bad_entry_refuses_the_whole_calendar(lines: list[str], problem: str) -> None:
    bad = event("SUMMARY:Studiedag", *lines)

    assert ics_problems(ICS_AUTUMN, bad) == [f"Regel 10: {problem}"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"pyproject.toml", "Dit is geen geldig agendabestand (.ics)."),
        (b"<html>\r\n</html>\r\n", "Dit is geen geldig agendabestand (.ics)."),
        (
            ics("METHOD:CANCEL\r\n", ICS_AUTUMN),
            "Dit bestand trekt afspraken in; het bevat geen vrije dagen.",
        ),
        (
            ics("BEGIN:VEVENT\r\n" * 900, "END:VEVENT\r\n" * 900),
            "Er staan afspraken op een plek waar ze niet horen.",
        ),
        (
            b"BEGIN:VCALENDAR\r\n" * 900 + b"END:VCALENDAR\r\n" * 900,
            "Er staan geen vrije dagen in dit bestand.",
        ),
    ],
)
def test_what_is_no_calendar_of_closures_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(ClosureFileError) as refused:
        read_ics(data)

    assert refused.value.problems == [problem]


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 250))
@example(b",", 111)  # a parameter that becomes a list
def test_a_damaged_file_is_read_or_refused_and_never_crashes(noise: bytes, place: int) -> None:
    damaged = [whole[:place] + noise + whole[place:] for whole in (ics(ICS_AUTUMN), CSV_AUTUMN)]

    outcomes = [outcome(read_ics, damaged[0]), outcome(read_csv, damaged[1])]

    assert all(outcomes)


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(2, 69))
def test_days_come_back_as_they_were_written(first: date, days: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    until = date.fromordinal(last.toordinal() + 1)
    row = ClosureRow(name="Vrij", first_day=first, last_day=last)
    whole = event("SUMMARY:Vrij", f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{until:%Y%m%d}")

    assert read_csv(f"{HEAD}Vrij;{first:%d-%m-%Y};{last}\n".encode()) == [row]
    assert read_ics(ics(whole)) == [row]
