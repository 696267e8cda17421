"""Where the tables of a group say something: the row and the cell of each triple."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from acagraph.registers.compiling import Compiler
from acagraph.registers.model import Dialect, Table, TableGroup
from acagraph.registers.rows import Row, read_rows


class Traced(NamedTuple):
    """A triple of a table: subject and property by IRI, its value, its row's line, the cell that makes it.

    `cell` counts from 0; None where a virtual column makes the triple. A subject whose row is all that is
    asked for has no property and no value.
    """

    subject: str
    property: str
    value: ox.NamedNode | ox.Literal | None
    table: Table
    line: int
    cell: int | None = None


def locate(group: TableGroup, subjects: Collection[str]) -> dict[str, tuple[Path, int]]:
    """Return the file and the line of the first row that describes each of some IRIs.

    The tables are read again until all are found, so nothing has to be kept for a million rows; an IRI that
    no row describes is left out. Tables with suppressed output do not count. Raises SourceError as
    acagraph.registers.convert does for files, headers and rows, not for cells.
    """
    wanted = {f"<{iri}> ".encode(): iri for iri in subjects}
    found: dict[str, tuple[Path, int]] = {}
    for reader in _readers(group):
        for row in reader.rows if wanted else ():
            for name in reader.names(row):
                iri = wanted.pop(name, None)
                if iri is not None:
                    found[iri] = (reader.table.path, row.line)
            if not wanted:
                break
    return found


def trace(group: TableGroup, subjects: Collection[str]) -> Iterator[Traced]:
    """Yield where the tables say something of some IRIs, table by table, row by row.

    First that a row describes the IRI, then its triples. Memory does not grow with the rows. Raises
    SourceError as `locate` does; what is wrong with a cell is left out.
    """
    wanted = {f"<{iri}> ".encode() for iri in subjects}
    for reader in _readers(group):
        for row in reader.rows:
            for about, name in enumerate(reader.names(row)):
                if name in wanted:
                    yield Traced(_iri(name), "", None, reader.table, row.line)
                    yield from reader.triples(row, about, name)


def index(group: TableGroup, known: set[bytes]) -> Iterator[Traced]:
    """Yield the first row of each subject, and of later rows what they say beyond their first ones.

    `known` holds the subjects, as `<iri> `, whose place is known already: all that rows say of them is told.
    It takes up what is found, so that several groups can be indexed one after the other. Order: tables, rows,
    columns. Raises SourceError as `locate` does.
    """
    for reader in _readers(group):
        before: list[bytes] = []
        said: set[tuple[str, str, str]] = set()
        previous: Row | None = None
        for row in reader.rows:
            names = reader.names(row)
            if names != before:
                said.clear()
            elif previous is not None and not said:
                # Only now: most subjects have one row, whose triples nobody needs.
                said.update(map(_key, reader.all_triples(previous, names)))
            before, previous = names, row
            for about, name in enumerate(names):
                if name not in known:
                    known.add(name)
                    yield Traced(_iri(name), "", None, reader.table, row.line)
                    continue
                for item in reader.triples(row, about, name):
                    if _key(item) not in said:
                        said.add(_key(item))
                        yield item


@dataclass(frozen=True)
class _Reader:
    """The rows of one table, and what each says of each of its subjects."""

    table: Table
    compiler: Compiler
    rows: Iterator[Row]

    def names(self, row: Row) -> list[bytes]:
        """Return the subjects of a row as N-Triples begins with them, a space at the end."""
        return [name(row) for name in self._subjects]

    def triples(self, row: Row, about: int, name: bytes) -> Iterator[Traced]:
        """Yield what a row says of one of its subjects, column by column; lists are left out."""
        lines, cells = [], []
        for position, tails in self._columns[about]:
            made = [name + tail for tail in tails(row) if not tail.startswith(b"_:")]
            lines += made
            cells += [None if self.compiler.columns[position].virtual else position] * len(made)
        self.compiler.complaints.clear()
        subject, quads = _iri(name), ox.parse(b"".join(lines), format=ox.RdfFormat.N_TRIPLES)
        for quad, cell in zip(quads, cells, strict=True):
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                yield Traced(subject, quad.predicate.value, quad.object, self.table, row.line, cell)

    def all_triples(self, row: Row, names: Iterable[bytes]) -> Iterator[Traced]:
        """Yield what a row says of all of its subjects."""
        return (item for about, name in enumerate(names) for item in self.triples(row, about, name))

    @cached_property
    def _abouts(self) -> list[str | None]:
        columns = self.compiler.columns
        return list(dict.fromkeys(column.about for column in columns if not column.suppress))

    @cached_property
    def _subjects(self) -> list[Callable[[Row], bytes]]:
        return [self.compiler.subject(about) for about in self._abouts]

    @cached_property
    def _columns(self) -> list[list[tuple[int, Callable[[Row], Iterable[bytes]]]]]:
        """The columns that make triples, by the subject that they are about."""
        found: list[list[tuple[int, Callable[[Row], Iterable[bytes]]]]] = [[] for _ in self._abouts]
        for position, column in enumerate(self.compiler.columns):
            slow = self.compiler.rows(position)
            if slow is not None and not column.suppress:
                memo = self.compiler.texts(position)
                make = slow if memo is None else _looked_up(memo, position)
                found[self._abouts.index(column.about)].append((position, make))
        return found


def _looked_up(memo: Mapping[str, Iterable[bytes]], position: int) -> Callable[[Row], Iterable[bytes]]:
    return lambda row: memo[row.cells[position]]


def _readers(group: TableGroup) -> Iterator[_Reader]:
    for number, table in enumerate(group.tables):
        if not table.suppress:
            columns, rows = read_rows(table)
            yield _Reader(table, Compiler(table, columns, None, f"t{number}", group.placed, []), rows)


def _iri(name: bytes) -> str:
    return name[1:-2].decode()


def _key(item: Traced) -> tuple[str, str, str]:
    return item.subject, item.property, str(item.value)


def cell_places(table: Table, cells: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return line and column, both from 1, of where cells begin; a cell is the line of its row, its number.

    The file is read once. Columns count characters; a quoted cell begins at its quotation mark. A cell that
    is not there is left out.
    """
    dialect = table.dialect
    wanted: dict[int, set[int]] = defaultdict(set)
    for line, number in cells:
        wanted[line].add(number)
    found: dict[tuple[int, int], tuple[int, int]] = {}
    encoding = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    with table.path.open(encoding=encoding, newline="\n") as stream:
        lines = enumerate(stream, start=1)
        for line, text in lines:
            numbers = wanted.get(line, ())
            for number, place in enumerate(
                cell_starts(chain([(line, text)], lines), dialect) if numbers else ()
            ):
                if number - dialect.skip_columns in numbers:
                    found[line, number - dialect.skip_columns] = place
    return found


def cell_starts(lines: Iterable[tuple[int, str]], dialect: Dialect) -> Iterator[tuple[int, int]]:
    """Yield line and column of each cell of the record that begins with the first of some numbered lines."""
    marks = [r"\\.", re.escape(dialect.delimiter), re.escape(dialect.quote_char or "")]
    pattern = re.compile("|".join(mark for mark in marks[dialect.double_quote :] if mark))
    trimmed = dialect.trim in ("true", "start")
    inside, begin, closed = False, 0, -1
    for line, text in lines:
        if not inside:
            yield line, 1
        for found in pattern.finditer(text):
            blank = not text[begin : found.start()].strip(" " if trimmed else "")
            if found[0] == dialect.quote_char:
                # A quotation mark opens a cell at its beginning only; doubled, it stands for itself.
                inside, closed = not inside and (blank or closed == found.start()), found.end()
            elif found[0] == dialect.delimiter and not inside:
                begin = found.end()
                yield line, begin + 1
        if not inside:
            return
        begin, closed = 0, -1
