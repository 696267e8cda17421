"""A list written with more columns: what was there stays character for character, ours come behind it."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from acagraph.errors import SourceError
from acagraph.imports.workbook import WORKBOOKS
from acagraph.spreadsheets.reading import Line, Table, ending

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BUFFER = 1 << 16


class Output:
    """Writes the rows of a table, each with cells of ours, or objects as JSON lines; in UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def begin(self, table: Table, columns: Sequence[str]) -> None:
        """Write the byte order mark, if there is one, the empty rows at the beginning, and the heading."""
        if table.has_mark:
            self._file.write(b"\xef\xbb\xbf")
        for line in table.before:
            self._write(line.text or table.end)
        self.add(table, table.heading, columns)

    def add(self, table: Table, line: Line, cells: Sequence[str]) -> None:
        """Write a row with our cells behind its own; one without any cell stays as it is.

        Raises SourceError when it has more cells than there are columns.
        """
        width = len(table.heading.cells)
        if not line.cells:
            self._write(line.text or table.end)
            return
        end = ending(line.text)
        text = line.text.removesuffix(end) if line.text else _joined(line.cells, table.delimiter)
        if len(line.cells) > width:
            if any(cell.strip() for cell in line.cells[width:]):
                message = f"{len(line.cells)} cells, but {width} columns; quote cells that hold a separator"
                raise table.fail(message, line=line.number)
            text = _joined(line.cells[:width], table.delimiter)
        missing = table.delimiter * max(width - len(line.cells), 0)
        ours = _joined([guarded(cell) for cell in cells], table.delimiter)
        self._write(f"{text}{missing}{table.delimiter}{ours}{end if line.text else table.end}")

    def add_object(self, text: str) -> None:
        """Write an object of JSON on a line of its own."""
        self._write(text + "\n")

    def _write(self, text: str) -> None:
        self._file.write(text.encode("utf-8"))


@contextmanager
def open_output(path: Path | None, *, source: Path | None) -> Iterator[Output]:
    """Open a file that appears when all of it is written, or the standard output (None).

    Raises SourceError when the file is the one that is read, or no CSV by its name.
    """
    if path is None:
        yield Output(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    if path.suffix.lower() in WORKBOOKS:
        raise SourceError("would be a CSV file by its content; name it .csv", path=path)
    if source is not None and path.exists() and path.samefile(source):
        raise SourceError("is the list itself; name another file for the result", path=path)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb", buffering=_BUFFER) as file:
            yield Output(file)
        beside.replace(path)
    except OSError as error:
        raise SourceError(f"cannot be written: {error.strerror}", path=path) from error
    finally:
        beside.unlink(missing_ok=True)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: one that might be has an apostrophe before it.

    Only a label can begin so, as a company may be called +Power; addresses, numbers and words do not.
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _joined(cells: Sequence[str], delimiter: str) -> str:
    """Return cells as CSV without an end of line; one empty cell alone is quoted, else it would be no row."""
    text = io.StringIO(newline="")
    # With this end of line a cell with either character of it is quoted.
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n")
