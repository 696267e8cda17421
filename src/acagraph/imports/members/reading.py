"""A list as a file has it: which sheet, encoding and separator, and which row names the columns."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.imports import workbook
from acagraph.imports.encodings import encoding_of
from acagraph.imports.members import words
from acagraph.imports.workbook import Row, Sheet

_HEADINGS_WITHIN = 20
_MOST_ROWS = 200_000
_LARGEST_UNPACKED = 512 * 1024 * 1024
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class Choice:
    """What a person said about the file; what is None is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    heading_row: int | None = None


@dataclass(frozen=True)
class Listing:
    """The rows of a list: the one with the column names, and those below; `found` is what was found out."""

    sheet: Sheet
    heading: Row
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    found: str

    @property
    def path(self) -> Path:
        """The file."""
        return self.sheet.path


def read_list(path: Path, choice: Choice, wanted: Mapping[str, str]) -> Listing:
    """Return the rows of a list.

    wanted gives the column of each field that a person named; the row with the names of columns has them.
    Raises SourceError for a file that is no table, or has several sheets with content and none was chosen.
    """
    sheet = _sheet(path, choice)
    if not sheet.rows:
        raise SourceError("is empty; give a list with column names and a row for each member", path=path)
    if len(sheet.rows) > _MOST_ROWS:
        message = f"has {len(sheet.rows):,} rows, more than {_MOST_ROWS:,}; split the list"
        raise SourceError(message, path=path)
    heading = _heading(sheet, choice.heading_row, wanted)
    rows = tuple(row for row in sheet.rows if row.line > heading.line)
    if not rows:
        raise sheet.fail("has column names and no members below them", line=heading.line)
    width = max(len(heading.cells), *(len(row.cells) for row in rows))
    return Listing(sheet, heading, rows, _columns(heading, width), _found(sheet, choice, heading))


def _sheet(path: Path, choice: Choice) -> Sheet:
    if path.suffix.lower() not in workbook.WORKBOOKS:
        encoding = choice.encoding or encoding_of(path)
        return workbook.read_sheet(path, sheet=choice.sheet, encoding=encoding, delimiter=choice.delimiter)
    for name, value in (("encoding", choice.encoding), ("delimiter", choice.delimiter)):
        if value is not None:
            raise SourceError(f"is a workbook, which has no {name}; leave --{name} out", path=path)
    _refuse_unpacked(path)
    if choice.sheet is not None:
        return workbook.read_sheet(path, sheet=choice.sheet)
    filled = [sheet for sheet in workbook.read_sheets(path) if sheet.rows]
    if len(filled) > 1:
        there = ", ".join(f'"{sheet.name}" ({len(sheet.rows)} rows)' for sheet in filled)
        raise SourceError(f"has several sheets: {there}; say which has the members: --sheet NAME", path=path)
    if not filled:
        raise SourceError("is empty: no sheet has a row; give the workbook that has the members", path=path)
    return filled[0]


def _refuse_unpacked(path: Path) -> None:
    """Refuse a workbook that would fill the memory when it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        return  # an old workbook, or a damaged one, of which reading it tells
    if size > _LARGEST_UNPACKED:
        message = f"unpacks to {size:,} bytes, more than 512 MiB; save the sheet with the members as CSV"
        raise SourceError(message, path=path)


def _heading(sheet: Sheet, line: int | None, wanted: Mapping[str, str]) -> Row:
    """Return the row that names the columns: the one told, else the first with the most known names."""
    if line is not None:
        found = next((row for row in sheet.rows if row.line == line), None)
        if found is None:
            raise sheet.fail("is empty; say which line has the column names: --heading-row", line=line)
        return found
    known = words.meanings("headings.csv", "field").keys() | {words.key_of(name) for name in wanted.values()}
    first = sheet.rows[:_HEADINGS_WITHIN]
    return max(
        first, key=lambda row: (sum(words.key_of(cell) in known for cell in row.cells if cell), -row.line)
    )


def _columns(heading: Row, width: int) -> tuple[str, ...]:
    """Return a name for each column; one without a name, or with that of another, is told by its number."""
    names: list[str] = []
    for place in range(width):
        cell = " ".join(heading.cells[place].split()) if place < len(heading.cells) else ""
        names.append(cell if cell and cell not in names else f"{cell} (column {place + 1})".strip())
    return tuple(names)


def _found(sheet: Sheet, choice: Choice, heading: Row) -> str:
    if sheet.name:
        parts = [f'sheet "{sheet.name}"']
    else:
        separator = _SEPARATORS.get(sheet.delimiter, f'"{sheet.delimiter}"')
        parts = [
            f"encoding {sheet.encoding}" + ("" if choice.encoding else " (found out)"),
            f"separator {separator}" + ("" if choice.delimiter else " (found out)"),
        ]
    return ", ".join([*parts, f"column names in line {heading.line}"])
