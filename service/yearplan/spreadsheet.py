"""Read a spreadsheet of a stranger, in a process of its own with little memory and time.

Run as a script: the file comes in on stdin, its sheets go out on stdout as JSON. Formulas are never
calculated: a cell is the value that was last kept in it. Imports nothing of ours, to begin quickly.
"""

import datetime as dt
import io
import json
import resource
import sys
from typing import Any

import python_calamine

MEMORY = 1024 * 1024 * 1024  # octets of address space
SECONDS = 20  # of processor time
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS, MAX_CELL = 2_000, 60, 20, 500
_WRONG_PASSWORD = 3


def text_of(cell: Any) -> str:
    """Return a cell as a person would have typed it; days as ISO 8601."""
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == dt.time() else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, dt.time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()[:MAX_CELL]


def _rows(sheet: python_calamine.CalamineSheet) -> list[list[str]]:
    rows = sheet.to_python(skip_empty_area=True, nrows=MAX_ROWS + 1)
    found = [[text_of(cell) for cell in row[: MAX_COLUMNS + 1]] for row in rows]
    top, left = sheet.start or (0, 0)
    for (first_row, first), (last_row, last) in sheet.merged_cell_ranges or []:
        _fill_down(found, (first_row - top, first - left), (last_row - top, last - left))
    return found


def _fill_down(rows: list[list[str]], first: tuple[int, int], last: tuple[int, int]) -> None:
    """Let a cell that was merged over several rows hold for each of them."""
    row, column = first
    if not (0 <= row < len(rows) and 0 <= column < len(rows[row])) or last[0] == row:
        return
    for below in rows[row + 1 : last[0] + 1]:
        if column < len(below) and not below[column]:
            below[column] = rows[row][column]


def read(data: bytes) -> list[dict[str, Any]]:
    """Return the visible sheets that hold anything: name and rows of text."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    seen = [
        meta.name
        for meta in book.sheets_metadata
        if meta.visible == python_calamine.SheetVisibleEnum.Visible
        and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    found = [{"name": name, "rows": _rows(book.get_sheet_by_name(name))} for name in seen[:MAX_SHEETS]]
    return [sheet for sheet in found if any(any(row) for row in sheet["rows"])]


def main() -> int:
    """Read stdin and write stdout, within the limits; return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        sheets = read(sys.stdin.buffer.read())
    except python_calamine.PasswordError:
        return _WRONG_PASSWORD
    except (python_calamine.CalamineError, OSError, ValueError, MemoryError):
        return 1
    json.dump(sheets, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
