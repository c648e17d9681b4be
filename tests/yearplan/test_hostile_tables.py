import io
import zipfile

import pytest

from service.yearplan.table import MAX_OCTETS, TableError, read_pasted, read_table
from tests.yearplan.tables import drafted, looked, saved, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


def changed(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook of which one part holds something else."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            part = before.read(entry)
            if entry.filename == name:
                assert old in part
                part = part.replace(old, new)
            after.writestr(entry.filename, part)
    return out.getvalue()


def plan() -> bytes:
    return saved(workbook(("Week", "Wat"), (44, "Toets"))[0])


SHEET = "xl/worksheets/sheet1.xml"


def test_a_bomb_is_measured_before_it_is_unpacked() -> None:
    data = packed(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=b"0" * 70_000_000)

    with pytest.raises(TableError, match="uitgepakt veel te groot"):
        read_table(data)


@pytest.mark.timeout(60)
def test_a_bomb_that_lies_about_its_size_breaks_nothing_here() -> None:
    data = bytearray(packed(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=b"0" * 70_000_000))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")  # the size after unpacking, as it is told

    with pytest.raises(TableError):
        read_table(bytes(data))


@pytest.mark.timeout(60)
def test_a_cell_in_the_farthest_corner_does_not_fill_the_memory() -> None:
    far = changed(
        plan(), SHEET, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )

    with pytest.raises(TableError):
        read_table(far)


def test_an_entity_is_not_resolved() -> None:
    evil = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet'
    data = changed(plan(), SHEET, b"<worksheet", evil)
    data = changed(
        data,
        SHEET,
        b"</sheetData>",
        b'<row r="9"><c r="A9" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData>',
    )

    try:
        text = str(read_table(data))
    except TableError:
        text = ""

    assert "root:" not in text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "leeg"),
        (b" \n\t ", "leeg"),
        (b";;;\n;;\n", "Er staat niets"),
        (b"%PDF-1.7 \x00\x01", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "plaatje"),
        (b"\xff\xd8\xff\xe0JFIF", "foto"),
        (b"<html><table><tr><td>week 44", "webpagina"),
        (b"<!DOCTYPE html><html>", "webpagina"),
        (b"{\\rtf1 week 44}", "tekstdocument"),
        (packed(word__document_xml=b"<w/>"), "Word-bestand"),
        (packed(iets=b"anders"), "geen rekenblad"),
        (b"PK\x03\x04 kapot", "niet te lezen"),
        (OLE + b"kapot", "niet te lezen"),
        (b"MZ\x00\x01\x02\x00\x00\x03", "geen tabel"),
        (b"x" * (MAX_OCTETS + 1), "te groot"),
        (("Week;Wat\n" + "44;Toets\n" * 2_100).encode(), "2000 regels"),
        ((";".join(["Wat"] * 61) + "\n").encode(), "60 kolommen"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_is_no_table_is_told_in_plain_words(data: bytes, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read_table(data)


def test_a_spreadsheet_of_too_many_rows_is_refused() -> None:
    book, _ = workbook(("Week", "Wat"), *((44, f"Toets {n}") for n in range(2_100)))

    with pytest.raises(TableError, match="2000 regels"):
        read_table(saved(book))


def test_what_a_file_is_called_does_not_matter() -> None:
    assert read_table(plan())[0].rows == read_table(b"Week;Wat\n44;Toets\n")[0].rows


def test_text_that_a_spreadsheet_would_run_stays_text() -> None:
    found = looked(drafted("week 44;=CMD|' /C calc'!A0;3;lk;@SUM(1)"))

    assert [(e.item.title, e.item.note) for e in found.entries] == [("=CMD|' /C calc'!A0", "@SUM(1)")]


def test_an_enormous_cell_is_cut() -> None:
    [sheet] = read_table(b"Week;Wat\n44;" + b"a" * 100_000 + b"\n")

    assert len(sheet.rows[1][1]) == 500


def test_nothing_pasted_is_asked_for() -> None:
    with pytest.raises(TableError, match="Plak eerst"):
        read_pasted("  ")
