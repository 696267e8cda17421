"""Tables that others made: workbooks and CSV files in every spelling, and what cannot be read."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.errors import SourceError
from acagraph.imports import workbook

NAMES = "name;country\nMünchen;de\nGenève;ch\n"
CONTENT = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/></Types>"""
RELATIONS = """<?xml version="1.0"?>\
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
<Relationship Id="{id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{type}" \
Target="{target}"/>{more}</Relationships>"""
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BOOK = f"""<?xml version="1.0"?><workbook {MAIN} \
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">\
<sheets><sheet name="About" sheetId="1" r:id="r1"/><sheet name="1" sheetId="2" r:id="r2"/></sheets>\
</workbook>"""
STYLES = f"""<?xml version="1.0"?><styleSheet {MAIN}><cellXfs count="2"><xf numFmtId="0"/>\
<xf numFmtId="14"/></cellXfs></styleSheet>"""
ABOUT = f"""<?xml version="1.0"?><worksheet {MAIN}><sheetData><row r="1"><c r="A1" t="inlineStr"><is>\
<t>Read me</t></is></c></row></sheetData></worksheet>"""
DATA = f"""<?xml version="1.0"?><worksheet {MAIN}><sheetData>\
<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>when</t></is></c>\
<c r="C1" t="inlineStr"><is><t>flag</t></is></c><c r="D1" t="inlineStr"><is><t>small</t></is></c></row>\
<row r="4"><c r="A4"><v>20493</v></c><c r="B4" s="1"><v>40204</v></c><c r="C4" t="b"><v>1</v></c>\
<c r="D4"><v>-0.00004129</v></c></row></sheetData></worksheet>"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    second = RELATIONS.partition("<Relationship ")[2].partition("{more}")[0]
    parts = {
        "[Content_Types].xml": CONTENT,
        "_rels/.rels": RELATIONS.format(id="r1", type="officeDocument", target="xl/workbook.xml", more=""),
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            id="r1",
            type="worksheet",
            target="worksheets/a.xml",
            more="<Relationship "
            + second.format(id="r2", type="worksheet", target="worksheets/b.xml")
            + "<Relationship "
            + second.format(id="r3", type="styles", target="styles.xml"),
        ),
        "xl/styles.xml": STYLES,
        "xl/worksheets/a.xml": ABOUT,
        "xl/worksheets/b.xml": DATA,
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return path


def test_cells_of_a_workbook_are_text_with_the_line_that_a_spreadsheet_shows(book: Path) -> None:
    (record,) = workbook.sheet_with(book, ["id", "flag"])
    assert record.line == 4
    assert record.values == {"id": "20493", "when": "2010-01-26", "flag": "true", "small": "-0.00004129"}


def test_the_first_sheet_is_read_and_an_unknown_one_is_told(book: Path) -> None:
    assert workbook.read_sheet(book).rows == (workbook.Row(1, ("Read me",)),)
    assert workbook.read_sheet(book, sheet="1").rows[1].cells[0] == "20493"
    with pytest.raises(SourceError, match="has no sheet 2; its sheets are About, 1"):
        workbook.read_sheet(book, sheet="2")
    with pytest.raises(SourceError, match="has no sheet with the columns name"):
        workbook.sheet_with(book, ["name"])


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"no zip")
    with pytest.raises(SourceError, match="is no workbook that can be read"):
        workbook.read_sheet(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_and_the_separator_are_found_out(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes((NAMES * 20).encode(encoding))
    sheet = workbook.read_sheet(path)
    assert sheet.delimiter == ";"
    assert sheet.rows[1].cells == ("München", "de")
    assert sheet.rows[2].cells == ("Genève", "ch")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Łódź", "cp1250"),
        ("Ville de Genève", "cp1252"),
        ("Москва и Санкт-Петербург", "cp1251"),
        ("株式会社と横浜市役所", "shift_jis"),
    ],
)
def test_names_in_an_older_encoding_are_read(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(f"name;kind\n{name};x\n".encode(encoding) * 10)
    assert workbook.read_sheet(path).rows[1].cells == (name, "x")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_separator_inside_quotes_divides_nothing(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f'name{delimiter}where\n"a,b;c|d\te"{delimiter}here\n', encoding="utf-8")
    (record,) = workbook.read_sheet(path).records()
    assert record.values == {"name": "a,b;c|d\te", "where": "here"}


def test_a_given_encoding_that_does_not_fit_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"name\nok\nM\xfcnchen\n")
    assert workbook.read_sheet(path, encoding="cp1252").rows[2].cells == ("München",)
    with pytest.raises(SourceError, match=r"x\.csv:3: is not utf-8"):
        workbook.read_sheet(path, encoding="utf-8")
    with pytest.raises(SourceError, match="klingon is no encoding"):
        workbook.read_sheet(path, encoding="klingon")


def test_lines_are_those_of_an_editor(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('name,where\n\n"two\nlines",a\n,\nlast,b\n', encoding="utf-8")
    assert [(record.line, record.values["name"]) for record in workbook.read_sheet(path).records()] == [
        (3, "two\nlines"),
        (6, "last"),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a,a\n1,2\n", ":1: column a is there 2 times"),
        ("a,,b\n1,2,3\n", ":1: a column has no name"),
        ("a,b\n1,2,3\n", ":2: 3 cells, but 2 columns"),
        ('a,b\n"1,2\n', ":2: .*close the quotation mark"),
        ("", ": is empty; give a list"),
    ],
)
def test_a_table_that_is_none_is_told_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=fault):
        workbook.read_sheet(path, delimiter=",").records()


def test_a_missing_column_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="has no column c; its columns are a, b"):
        workbook.read_sheet(path).records().require(["a", "c"])


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(SourceError):
        assert all(row.cells and row.cells[-1] for row in workbook.read_sheet(path).rows)
