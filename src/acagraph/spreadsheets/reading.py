"""Lists of any size read row by row, each row with its line and its text as it stands in the file."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from acagraph.errors import SourceError
from acagraph.imports.encodings import encoding_of, refuse_no_table
from acagraph.imports.workbook import WORKBOOKS, delimiter_of, read_sheet
from acagraph.spreadsheets.workbook import left_out

_MARK = "\ufeff"
_STANDARD_INPUT = Path("standard input")
_PIECE = 1 << 20
_LOOKED_AT = 50
# Longer than any cell or row of a list; what is longer is no table, or has an unclosed quotation mark.
_LONGEST_CELL = 1_000_000
_LONGEST_LINE = 16_000_000
_UTF_8 = "utf-8"
_NUL = "\x00"
_NO_NUL = "no text has one: take it out, or save the list again as CSV"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_NOTHING = b"\xef\xbb\xbf\xff\xfe"
# What spreadsheets write, and read, to name the separator.
_SEPARATOR_LINE = re.compile(r"\"?sep=([^\r\n\"])\"?(?:\r\n|\r|\n)", re.I)


@dataclass(frozen=True)
class Choice:
    """What the user said of a file; what is None is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Line:
    """A row: its line in the file, its cells, and its text as it stands there ("" of a workbook)."""

    number: int
    cells: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True)
class Table:
    """A list that is being read: `rows` are those below the heading, to be iterated over once.

    `has_mark` tells that a byte order mark is to be written too, `part` how much of the list has been read,
    from 0 to 1, or None where nobody knows. `notes` say what of a workbook is not in it.
    """

    path: Path | None
    heading: Line
    before: tuple[Line, ...]
    rows: Iterator[Line]
    delimiter: str
    end: str
    has_mark: bool
    part: Callable[[], float | None]
    notes: tuple[str, ...] = ()

    def fail(self, message: str, *, line: int | None = None, column: str = "") -> SourceError:
        """Return an error that names the file, the line and the column."""
        return _fault(message, self.path, line=line, column=column)


@contextmanager
def open_table(path: Path | None, choice: Choice = Choice()) -> Iterator[Table]:
    """Open a CSV file or a workbook, or the standard input (None, UTF-8 unless an encoding is given).

    Raises SourceError for what cannot be read, then and while its rows are iterated over.
    """
    if path is not None and path.suffix.lower() in WORKBOOKS:
        yield _of_workbook(path, choice)
        return
    if choice.sheet is not None:
        raise _fault(f"is no workbook, so it has no sheet {choice.sheet}; leave the sheet out", path)
    try:
        with _opened(path) as file:
            text = io.TextIOWrapper(file, encoding=_codec(path, choice), newline="")
            try:
                yield _of_text(path, text, choice, file)
            finally:
                text.detach()
    except OSError as error:
        if path is None or error.filename != str(path):
            raise
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from error


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdin.buffer
    else:
        with path.open("rb") as file:
            yield file


def _codec(path: Path | None, choice: Choice) -> str:
    """Return the name of the encoding; a byte order mark of UTF-8 is looked for in any case."""
    name = choice.encoding or (_UTF_8 if path is None else _encoding(path))
    try:
        codec = codecs.lookup(name)
        # Only so does Python tell base64, rot13 and the like from encodings of texts.
        if not codec._is_text_encoding:
            raise LookupError
    except (LookupError, ValueError):
        raise _fault(f"{name[:50]} is no encoding of texts; use utf-8 or cp1252", path) from None
    found = codec.name
    return _UTF_8 if found == "utf-8-sig" else found


def _of_text(path: Path | None, text: io.TextIOWrapper, choice: Choice, file: BinaryIO) -> Table:
    lines = _lines(text, path)
    head = list(itertools.islice(lines, _LOOKED_AT))
    marked = bool(head) and head[0].startswith(_MARK)
    head = [head[0].removeprefix(_MARK), *head[1:]] if head else []
    if path is None:
        refuse_no_table("".join(head).encode("utf-8", "replace"), _STANDARD_INPUT)
    told = _SEPARATOR_LINE.fullmatch(head[0]) if head else None
    first = (Line(1, (), head.pop(0)),) if told is not None else ()
    delimiter = choice.delimiter or (told[1] if told is not None else delimiter_of("".join(head)))
    records = _records(itertools.chain(head, lines), delimiter, path, start=1 + len(first))
    before, heading = _heading(records, path)
    size = 0 if path is None else path.stat().st_size
    return Table(
        path,
        heading,
        (*first, *before),
        records,
        delimiter,
        ending(heading.text) or "\r\n",
        # What becomes UTF-8 only here has a mark, so that a spreadsheet sees it.
        has_mark=marked or text.encoding != _UTF_8,
        part=lambda: min(file.tell() / size, 1.0) if size else None,
    )


def _of_workbook(path: Path, choice: Choice) -> Table:
    sheet = read_sheet(path, sheet=choice.sheet)
    notes = tuple(left_out(path, sheet.name))
    last = sheet.rows[-1].line if sheet.rows else 0
    done = {"line": 0}

    def lines() -> Iterator[Line]:
        for row in sheet.rows:
            for empty in range(done["line"] + 1, row.line):
                yield Line(empty, ())
            done["line"] = row.line
            yield Line(row.line, row.cells)

    records = lines()
    before, heading = _heading(records, path)
    return Table(
        path,
        heading,
        before,
        records,
        ",",
        "\r\n",
        has_mark=True,
        part=lambda: done["line"] / last,
        notes=notes,
    )


def ending(text: str) -> str:
    """Return the end of line with which a text ends, or nothing."""
    return next((end for end in ("\r\n", "\n", "\r") if text.endswith(end)), "")


def _lines(text: io.TextIOWrapper, path: Path | None) -> Iterator[str]:
    """Yield the lines with their ends."""
    number = 1
    while True:
        try:
            line = text.readline(_LONGEST_LINE)
        except UnicodeError as error:
            message = f"is not {text.encoding} here or soon after; name its encoding: --encoding cp1252"
            other = "" if path is not None else "; a workbook has to be given as a file"
            raise _fault(message + other, path, line=number) from error
        if not line:
            return
        if _NUL in line:
            raise _fault(
                f"has a NUL character at character {line.index(_NUL) + 1}; {_NO_NUL}", path, line=number
            )
        if len(line) >= _LONGEST_LINE:
            raise _fault("this line is too long for a table; give a list", path, line=number)
        yield line
        number += 1


def _records(lines: Iterator[str], delimiter: str, path: Path | None, *, start: int) -> Iterator[Line]:
    csv.field_size_limit(_LONGEST_CELL)
    taken: list[str] = []

    def kept() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    reader = csv.reader(kept(), delimiter=delimiter, strict=True)
    number = start
    try:
        for cells in reader:
            yield Line(number, tuple(cells), "".join(taken))
            taken.clear()
            number = start + reader.line_num
    except csv.Error as error:
        message = f"{error}; close the quotation mark, and double one inside a cell"
        raise _fault(message, path, line=number) from error


def _heading(records: Iterator[Line], path: Path | None) -> tuple[tuple[Line, ...], Line]:
    """Return the empty rows at the beginning, and the first that is not empty."""
    before: list[Line] = []
    for record in records:
        if any(cell.strip() for cell in record.cells):
            return tuple(before), record
        before.append(record)
        if len(before) > _LOOKED_AT:
            break
    raise _fault("has no column names; give a list with a row of them and a row for each name", path)


def _encoding(path: Path) -> str:
    """Return UTF-8 for a file of any size that is in it, else what its bytes look like."""
    decoder = codecs.getincrementaldecoder(_UTF_8)()
    with path.open("rb") as file:
        first = file.read(_PIECE)
        if not first.strip(_NOTHING):
            raise _fault("is empty; give a list with a row of column names and a row for each name", path)
        refuse_no_table(first, path)
        piece = first
        try:
            while piece and b"\x00" not in piece and b"\x1b" not in piece:
                decoder.decode(piece)
                piece = file.read(_PIECE)
            if first and not piece:
                decoder.decode(b"", final=True)
                return _UTF_8
        except UnicodeDecodeError:
            pass
    _refuse_zero_bytes(path, first)
    return encoding_of(path)


def _refuse_zero_bytes(path: Path, first: bytes) -> None:
    """Raise SourceError naming the first zero byte of a file, unless it is in an encoding that has many."""
    if first.startswith(_WIDE) or first.count(0) > max(1, len(first) // 50):
        return
    before = lines = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            place = piece.find(b"\x00")
            if place >= 0:
                line = lines + piece.count(b"\n", 0, place) + 1
                message = f"has a NUL byte (byte {before + place + 1:,} of the file); {_NO_NUL}"
                raise _fault(message, path, line=line)
            before, lines = before + len(piece), lines + piece.count(b"\n")


def _fault(message: str, path: Path | None, *, line: int | None = None, column: str = "") -> SourceError:
    where = f"column {column}: " if column else ""
    return SourceError(where + message, path=path or _STANDARD_INPUT, line=line)
