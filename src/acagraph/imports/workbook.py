"""Tables that others made: rows of a workbook or a CSV file, each with its line, all cells as text."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.imports.encodings import encoding_of

# The endings of files that have sheets.
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 50

# Longer than any description, short enough that an unclosed quotation mark is found before memory is full.
_LONGEST_CELL = 1_000_000


@dataclass(frozen=True)
class Row:
    """The cells of a row; `line` is its number as a spreadsheet or an editor shows it, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet that are not empty, in their order; `name` is empty for a CSV file."""

    path: Path
    name: str
    rows: tuple[Row, ...]
    encoding: str = ""
    delimiter: str = ""

    def fail(self, message: str, *, line: int | None = None, column: str = "") -> SourceError:
        """Return an error that names the file, the line and the column."""
        where = f"column {column}: " if column else ""
        return SourceError(where + message, path=self.path, line=line)

    def records(self, *, heading: int = 1) -> Records:
        """Return the rows below the heading at a line, as records by column name.

        Raises SourceError when the line has no cells, a name is empty or stands there twice, or a row has
        more cells than the heading.
        """
        header = next((row for row in self.rows if row.line == heading), None)
        if header is None:
            raise self.fail("has no column names here; name the line that has them", line=heading)
        names = _without_end(header.cells)
        for name, number in Counter(names).items():
            if not name or number > 1:
                fault = f"column {name} is there {number} times" if name else "a column has no name"
                raise self.fail(f"{fault}; give each column a name of its own", line=heading)
        below = (row for row in self.rows if row.line > heading)
        return Records(self, names, tuple(self._record(row, names) for row in below))

    def _record(self, row: Row, names: Sequence[str]) -> Record:
        if len(row.cells) > len(names):
            message = f"{len(row.cells)} cells, but {len(names)} columns; quote cells that hold a separator"
            raise self.fail(message, line=row.line)
        padded = (*row.cells, *[""] * (len(names) - len(row.cells)))
        return Record(row.line, dict(zip(names, padded, strict=True)))


@dataclass(frozen=True)
class Record:
    """A row by column name; an empty cell is an empty string."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Records:
    """The rows below the column names of a sheet."""

    sheet: Sheet
    columns: tuple[str, ...]
    records: tuple[Record, ...]

    @cached_property
    def column_set(self) -> frozenset[str]:
        """The names of the columns."""
        return frozenset(self.columns)

    def __iter__(self) -> Iterator[Record]:
        """Iterate over the records in the order of the file."""
        return iter(self.records)

    def require(self, columns: Sequence[str]) -> None:
        """Raise SourceError when columns are missing; it names them and those that are there."""
        missing = [name for name in columns if name not in self.column_set]
        if missing:
            there = ", ".join(self.columns)
            message = f"has no column {', no column '.join(missing)}; its columns are {there}"
            raise self.sheet.fail(f"{message}: give the file that has them")


def read_sheet(
    path: Path, *, sheet: str | None = None, encoding: str | None = None, delimiter: str | None = None
) -> Sheet:
    """Return the rows of a workbook's sheet (the first without a name) or of a CSV file.

    Every cell is text without white space at its ends: a number in its shortest spelling and without an
    exponent, `true` or `false`, a day as 2010-01-26, an instant as 2010-01-26T10:00:00. The encoding and the
    separator of a CSV file are found out when they are not given. Raises SourceError for a file that cannot
    be read and for an unknown sheet.
    """
    if path.suffix.lower() not in WORKBOOKS:
        if sheet is not None:
            raise SourceError(f"is no workbook, so it has no sheet {sheet}; leave the sheet out", path=path)
        text, found = _decoded(path, encoding)
        separator = delimiter or delimiter_of(text)
        return Sheet(path, "", tuple(_csv_rows(text, separator, path)), found, separator)
    return next(_workbook_sheets(path, sheet))


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """Return all the sheets of a workbook, in its order, empty ones too; see `read_sheet`."""
    return tuple(_workbook_sheets(path, None))


def sheet_with(path: Path, columns: Sequence[str]) -> Records:
    """Return the records of the first sheet, or of a CSV file, whose first line has these columns.

    Raises SourceError as `read_sheet` does, and when no sheet has them.
    """
    sheets = _workbook_sheets(path, None) if path.suffix.lower() in WORKBOOKS else iter([read_sheet(path)])
    for sheet in sheets:
        if sheet.rows and sheet.rows[0].line == 1 and set(columns) <= set(sheet.rows[0].cells):
            return sheet.records()
    message = f"has no sheet with the columns {', '.join(columns)}; give the file that has them"
    raise SourceError(message, path=path)


def _workbook_sheets(path: Path, only: str | None) -> Iterator[Sheet]:
    """Yield the sheets of a workbook, or the one of a name; there is at least one."""
    try:
        import python_calamine as calamine
    except ImportError as error:
        message = "reading a workbook needs more packages: pip install 'acagraph[import]'"
        raise SourceError(message, path=path) from error
    try:
        workbook = calamine.CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names if only is None else [only]
        if not names or only not in (None, *workbook.sheet_names):
            there = ", ".join(workbook.sheet_names) or "none"
            raise SourceError(f"has no sheet {only or ''}; its sheets are {there}", path=path)
        for name in names:
            grid = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            rows = ([_text(cell) for cell in row] for row in grid)
            yield Sheet(path, name, tuple(_filled(enumerate(rows, start=1))))
    except (calamine.CalamineError, OSError) as error:
        message = f"is no workbook that can be read ({error}); save it again as .xlsx or as CSV"
        raise SourceError(message, path=path) from error


def _text(cell: object) -> str:
    """Return a cell of a workbook as text; see `read_sheet`."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{Decimal(repr(cell)):f}"
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(timespec="seconds")
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    return str(cell).strip()


def _decoded(path: Path, encoding: str | None) -> tuple[str, str]:
    """Return a file's text and encoding."""
    name = encoding or encoding_of(path)
    try:
        text = path.read_bytes().decode(name)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from error
    except LookupError as error:
        raise SourceError(f"{name} is no encoding; use utf-8 or cp1252", path=path) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"is not {name}; name its encoding, or save it as UTF-8"
        raise SourceError(message, path=path, line=line) from error
    return text.removeprefix("\ufeff"), name


def delimiter_of(text: str) -> str:
    """Return the separator that divides the first lines into the most columns, and always as many."""
    start = io.StringIO(text, newline="")
    lines = [line for line, _ in zip(start, range(_LOOKED_AT), strict=False)]

    def fit(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row))
        except csv.Error:
            return 0.0, 0
        width, rows = widths.most_common(1)[0] if widths else (1, 0)
        return (rows / sum(widths.values()) if width > 1 else 0.0), width

    return max(_DELIMITERS, key=fit)


def _csv_rows(text: str, delimiter: str, path: Path) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)

    def numbered() -> Iterator[tuple[int, list[str]]]:
        line = 1
        try:
            for cells in reader:
                yield line, [cell.strip() for cell in cells]
                line = reader.line_num + 1
        except csv.Error as error:
            message = f"{error}; close the quotation mark, and double one inside a cell"
            raise SourceError(message, path=path, line=line) from error

    return _filled(numbered())


def _filled(rows: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    """Yield the rows that have a cell with something in it, without the empty cells at their ends."""
    for line, cells in rows:
        kept = _without_end(cells)
        if kept:
            yield Row(line, kept)


def _without_end(cells: Sequence[str]) -> tuple[str, ...]:
    length = max((place for place, cell in enumerate(cells, start=1) if cell), default=0)
    return tuple(cells[:length])
