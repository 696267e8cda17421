"""Rows of a table's file: cut as its dialect says, checked against its columns, each with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TextIO

from acagraph.errors import SourceError
from acagraph.registers.columns import header_columns
from acagraph.registers.model import Column, Dialect, Table

_LIMIT = 8
_TRIMMERS = {"true": str.strip, "start": str.lstrip, "end": str.rstrip}


class Row(NamedTuple):
    """A row: the line where it begins, its number among the rows of data and of the file, its cells."""

    line: int
    number: int
    source: int
    cells: list[str]


@dataclass
class _Lines:
    """The lines of a file one by one, counted; comment lines between rows are left out."""

    stream: TextIO
    prefix: str | None
    count: int = 0
    start: int = 0
    comments: int = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self.stream)
        self.count += 1
        while not self.start and self.prefix and line.startswith(self.prefix):
            line = next(self.stream)
            self.count += 1
            self.comments += 1
        self.start = self.start or self.count
        return line


def read_rows(table: Table) -> tuple[tuple[Column, ...], Iterator[Row]]:
    """Return the columns of a table (those of its header where it has no schema) and its rows, streamed.

    Raises SourceError, with file and line, for a missing or undecodable file, a header that is not that of
    the schema, a row of another length, and a quote that is not closed.
    """
    records = _records(table.path, table.dialect)
    for _ in range(table.dialect.skip_rows):
        next(records, None)
    columns = table.columns
    if table.dialect.header_rows:
        row = next(records, None)
        if row is None:
            raise SourceError("no header; write the names of the columns into the first row", path=table.path)
        columns = columns or header_columns([cell.strip() for cell in row.cells], table.pattern)
        _check_header(row, columns, table.path)
    elif not columns:
        first = next(records, None)
        columns = header_columns([""] * len(first.cells if first else ()), table.pattern)
        records = chain([first] if first else [], records)
    return columns, _checked(records, columns, table)


def _checked(records: Iterator[Row], columns: tuple[Column, ...], table: Table) -> Iterator[Row]:
    width = sum(not column.virtual for column in columns)
    number = 0
    for line, _, source, cells in records:
        if not any(cells) and table.dialect.skip_blank_rows:
            continue
        if len(cells) != width:
            what = "an empty line" if cells == [""] else f"{len(cells)} cells"
            message = f"{what}, the table has {width} columns; correct the row"
            raise SourceError(message, path=table.path, line=line)
        number += 1
        yield Row(line, number, source, cells)


def _check_header(row: Row, columns: tuple[Column, ...], path: Path) -> None:
    wanted = [column for column in columns if not column.virtual]
    for index, column in enumerate(wanted):
        cell = row.cells[index].strip() if index < len(row.cells) else None
        titles = column.titles or (column.name,)
        if cell not in titles:
            found = "is missing" if cell is None else f"is called {cell!r}"
            message = f"column {index + 1} {found}, the schema calls it {titles[0]!r}; correct the header"
            raise SourceError(message, path=path, line=row.line)
    if len(row.cells) > len(wanted):
        extra = ", ".join(map(repr, row.cells[len(wanted) :][:_LIMIT]))
        message = f"the schema has no column {extra}; remove it from the table or describe it"
        raise SourceError(message, path=path, line=row.line)


def _records(path: Path, dialect: Dialect) -> Iterator[Row]:
    """Yield every record of a file, header included; blank lines are records of one empty cell."""
    encoding = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    try:
        # Only LF ends a line for us: csv then refuses a lone CR outside of quotes instead of cutting the row.
        with path.open(encoding=encoding, newline="\n") as stream:
            lines = _Lines(stream, dialect.comment_prefix)
            yield from _numbered(lines, path, dialect)
    except UnicodeDecodeError:
        line = _undecodable(path, dialect.encoding)
        message = f"no valid {dialect.encoding}; save the file as UTF-8"
        raise SourceError(message, path=path, line=line) from None
    except FileNotFoundError:
        raise SourceError("no such table; correct its url in the metadata", path=path) from None
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from None


def _numbered(lines: _Lines, path: Path, dialect: Dialect) -> Iterator[Row]:
    reader = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote_char,
        quoting=csv.QUOTE_MINIMAL if dialect.quote_char else csv.QUOTE_NONE,
        doublequote=dialect.double_quote,
        escapechar=None if dialect.double_quote else "\\",
        skipinitialspace=dialect.trim in ("true", "start"),
        strict=True,
    )
    trim, skip, count = _TRIMMERS.get(dialect.trim), dialect.skip_columns, 0
    while True:
        lines.start = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"the row cannot be cut into cells: {error}; correct its quotes"
            raise SourceError(message, path=path, line=lines.start or lines.count) from None
        count += 1
        cells = cells[skip:] or [""]
        if trim is not None:
            cells = [trim(cell) for cell in cells]
        yield Row(lines.start, count, count + lines.comments, cells)


def _undecodable(path: Path, encoding: str) -> int | None:
    """Return the line of the first byte that is not in the encoding."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number
    return None
