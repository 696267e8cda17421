"""The tables as a workbook for spreadsheets: a sheet to read first, then a sheet for each table."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from acagraph.release.tables.edition import Edition
from acagraph.release.tables.layouts import SEVERAL
from acagraph.release.tables.model import Column, Table
from acagraph.release.tables.rows import read_rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook

PATH = "data/acagraph.xlsx"
# What Excel can hold ("Excel specifications and limits").
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
_READ_ME = "read me"
_CUT = " … [cut; the whole is in the file of comma-separated values]"
_WIDTHS = {"anyURI": 28, "date": 12, "integer": 10, "decimal": 12, "boolean": 9}
# Before it Excel counts a day that never was, 29 February 1900.
_FIRST_DAY = datetime.date(1900, 3, 1)

Write = Callable[[int, int, str], object]


def write_workbook(
    folder: Path,
    tables: Sequence[Table],
    rows: Mapping[str, int],
    edition: Edition,
    *,
    most_rows: int = MOST_ROWS,
) -> list[str]:
    """Write the workbook of a release's folder from its files of comma-separated values; return notices.

    Numbers and days are such, texts are never taken for formulas, and no IRI is a link, of which a sheet may
    hold only 65,530. A table with more than `most_rows` rows, the header counted, has no sheet; the read-me
    sheet and a notice say so. Equal tables and equal versions of XlsxWriter give equal bytes; memory does not
    grow with the tables. Raises ImportError without XlsxWriter, OSError when the file cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    left = {table.name for table in tables if rows[table.name] >= most_rows}
    notices = [
        f"table {name}: {rows[name]} rows are too many for a sheet; the workbook leaves it out"
        for name in sorted(left)
    ]
    # Its drafts stand in the release's folder, which is thrown away when the build dies.
    with TemporaryDirectory(dir=folder, prefix=".workbook-") as drafts:
        book = xlsxwriter.Workbook(folder / PATH, {"constant_memory": True, "tmpdir": drafts})
        created = datetime.datetime.combine(edition.issued, datetime.time())
        book.set_properties({"title": edition.title, "created": created})
        _add_read_me(book, tables, rows, edition, left)
        for table in tables:
            if table.name not in left:
                _add_table(book, folder, table, rows[table.name])
        try:
            book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error
    return notices


def _add_read_me(
    book: Workbook, tables: Sequence[Table], rows: Mapping[str, int], edition: Edition, left: set[str]
) -> None:
    sheet = book.add_worksheet(_READ_ME)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for index, width in enumerate((24, 24, 30, 14, 100)):
        sheet.set_column(index, index, width)
    for row, (kind, cells) in enumerate(_read_me(tables, rows, edition, left)):
        for column, cell in enumerate(cells):
            first = kind == "named" and column == 0
            form = bold if kind == "head" or first else wrapped if column == 4 else None
            if isinstance(cell, int):
                sheet.write_number(row, column, cell)
            elif cell:
                sheet.write_string(row, column, cell, form)


def _add_table(book: Workbook, folder: Path, table: Table, rows: int) -> None:
    sheet = book.add_worksheet(table.name)
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, rows, len(table.columns) - 1)
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, _width(column))
        sheet.write_string(0, index, column.name, bold)
    writers = [_writer(column, sheet, day) for column in table.columns]
    for number, cells in enumerate(read_rows(folder / table.csv), 1):
        for index, cell in enumerate(cells):
            if cell:
                writers[index](number, index, cell)


def _writer(column: Column, sheet: Any, form: Any) -> Write:
    """Return what writes a value that is known."""

    def text(row: int, index: int, cell: str) -> None:
        whole = len(cell) <= MOST_CHARACTERS
        sheet.write_string(row, index, cell if whole else cell[: MOST_CHARACTERS - len(_CUT)] + _CUT)

    def day(row: int, index: int, cell: str) -> None:
        date = datetime.date.fromisoformat(cell)
        if date < _FIRST_DAY:
            sheet.write_string(row, index, cell)
        else:
            sheet.write_datetime(row, index, date, form)

    if column.separator is not None:
        return text
    match column.datatype:
        case "integer":
            return lambda row, index, cell: sheet.write_number(row, index, int(cell))
        case "decimal":
            return lambda row, index, cell: sheet.write_number(row, index, float(cell))
        case "boolean":
            return lambda row, index, cell: sheet.write_boolean(row, index, cell == "true")
        case "date":
            return day
    return text


def _width(column: Column) -> int:
    return max(_WIDTHS.get(column.datatype, 24), min(len(column.name) + 3, 30))


def _read_me(
    tables: Sequence[Table], rows: Mapping[str, int], edition: Edition, left: set[str]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield the rows of the first sheet, each with how it looks."""
    yield "head", (edition.title,)
    yield "plain", (edition.description,)
    yield "plain", ()
    told = (
        ("Version", edition.version),
        ("Date", edition.issued.isoformat()),
        ("Licence", edition.licence),
        ("Cite as", edition.citation),
        ("More", f"{edition.address} has all files of this release and the sources' own licences."),
        (
            "Left out",
            "Only in the dumps are events, documents, positions that people hold, what they say, names and "
            "when they are used, and absences from lists.",
        ),
        ("Unknown", "An empty cell says that the data do not tell."),
        ("Several", SEVERAL),
        ("Days", "Days before 1900-03-01 are texts, because spreadsheets count days from there."),
    )
    for name, value in told:
        yield "named", (name, value)
    yield "plain", ()
    yield "head", ("Sheet", "Title", "Rows", "", "What a row is")
    for table in tables:
        more = f" Too long for a sheet: see {table.csv}." if table.name in left else ""
        yield "plain", (table.name, table.title, rows[table.name], "", table.description + more)
    yield "plain", ()
    yield "head", ("Sheet", "Column", "Title", "Type", "What it tells")
    for table in tables:
        for column in table.columns:
            kind = column.datatype if column.separator is None else f"{column.datatype}, several"
            yield "plain", (table.name, column.name, column.title, kind, column.description)
