"""Tables of a year plan, made for the tests, and what they come to."""

import io
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from calendars.legal import legal_dates
from calendars.official import official_closures
from calendars.plan import Frame
from calendars.schoolyear import SchoolCalendar
from service.school.pupil_names import names_of
from service.yearplan.columns import header_at, parts_of
from service.yearplan.draft import Draft, sheets_of
from service.yearplan.review import Entry, Review, review
from service.yearplan.table import read_table

YEAR = "2026-2027"
HEAD = "Wanneer;Wat;Groepen;Wie;Opmerking\n"
NAMES = names_of([("Quirijn", "", "Zeewuster"), ("Mei", "van", "Dam")], ["Ineke Bergsma"])


def frame(label: str = YEAR) -> Frame:
    starts = int(label[:4])
    official = official_closures("midden", starts, starts + 2)
    calendar = SchoolCalendar(date(starts, 7, 1), date(starts + 2, 7, 1), official)
    return Frame(UUID(int=1), calendar, calendar.year(label), legal_dates(label))


def draft_of(data: bytes, file_name: str = "plan.csv") -> Draft:
    sheets = read_table(data)
    made = Draft(sheets=sheets_of(sheets), sheet=sheets[0].name, file_name=file_name)
    made.head = header_at(made.rows())
    made.parts = parts_of(made.rows(), made.head)
    return made


def drafted(*rows: str, head: str = HEAD) -> Draft:
    return draft_of((head + "\n".join(rows) + "\n").encode())


def looked(draft: Draft, label: str = YEAR) -> Review:
    return review(draft, frame(label), names=NAMES)


def reviewed(*rows: str, label: str = YEAR) -> Review:
    return looked(drafted(*rows), label)


def entry(found: Review, title: str) -> Entry:
    [one] = [e for e in found.entries if e.item.title == title]
    return one


def codes(found: Review, title: str) -> list[str]:
    return [question.code for question in entry(found, title).questions]


def workbook(*rows: Sequence[object], title: str = "Plan") -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return book, sheet


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
