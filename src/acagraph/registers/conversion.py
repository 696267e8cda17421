"""Tables to RDF: csv2rdf in minimal mode, streamed as lines of N-Quads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from acagraph.errors import SourceError
from acagraph.registers.compiling import Compiler
from acagraph.registers.keys import KeyCheck, key_checks
from acagraph.registers.model import Table, TableGroup
from acagraph.registers.rows import Row, read_rows

Warn = Callable[[SourceError], None]


def convert(group: TableGroup, *, graph: str | None, warn: Warn | None = None) -> Iterator[bytes]:
    """Yield the triples of a group of tables as lines of N-Quads in a named graph; N-Triples without one.

    Literals are canonical as acagraph.graph.literals has them, escapes as RDFC-1.0 has them; rows that follow
    each other with one subject do not repeat a line. Order: tables, rows, and columns, those last whose IRIs
    depend on other columns. Deterministic; memory does not grow with the rows but for the keys of one table.
    Raises SourceError, with file and line, for a cell that does not fit its datatype, an IRI that is none, a
    row of another length, a key that stands twice or is not found. With `warn`, cells that do not fit become
    strings, as csv2rdf has it, IRIs that are none are left out, and `warn` gets the errors of cells and keys.
    "Generating RDF from Tabular Data on the Web" (W3C 2015), section 4.2, minimal mode.
    """
    for index, table in enumerate(group.tables):
        columns, rows = read_rows(table)
        complaints: list[str] = []
        compiler = Compiler(table, columns, graph, f"t{index}", group.placed, complaints)
        checks = key_checks(group, table, columns)
        for lines in _streamed(rows, compiler, checks):
            # Nothing of a row is handed out before all of it was judged.
            if complaints:
                _report(complaints, table, lines.row, warn)
            if not table.suppress:
                yield from lines.fresh


class _Lines(NamedTuple):
    """A row, and its lines without those that the row before had already."""

    row: Row
    fresh: Iterable[bytes]


def _streamed(rows: Iterator[Row], compiler: Compiler, checks: list[KeyCheck]) -> Iterator[_Lines]:
    """Yield the lines of each row; what is wrong with it stands in the compiler's complaints by then."""
    # The hot loop: what depends on the text of one cell only is looked up by that text.
    columns = compiler.columns
    abouts = list(dict.fromkeys(column.about for column in columns))
    subjects = [compiler.subject(about) for about in abouts]
    memos = [
        (index, abouts.index(column.about), compiler.texts(index)) for index, column in enumerate(columns)
    ]
    quick = [(index, about, memo) for index, about, memo in memos if memo is not None]
    others = [(about, compiler.rows(index)) for index, about, memo in memos if memo is None]
    slow = [(about, tails) for about, tails in others if tails is not None]
    last: list[bytes] = []
    before: dict[bytes, None] = {}
    for row in rows:
        cells = row.cells
        names = [subject(row) for subject in subjects]
        lines = [names[about] + tail for index, about, memo in quick for tail in memo[cells[index]]]
        for about, tails in slow:
            lines += [tail if tail.startswith(b"_:") else names[about] + tail for tail in tails(row)]
        for check in checks:
            check(row, compiler.complaints)
        unique = dict.fromkeys(lines)
        if names == last:
            unique = {line: None for line in unique if line not in before}
            before |= unique
        else:
            before, last = dict(unique), names
        yield _Lines(row, unique)


def _report(complaints: list[str], table: Table, row: Row, warn: Warn | None) -> None:
    for message in complaints:
        error = SourceError(message, path=table.path, line=row.line)
        if warn is None:
            raise error
        warn(error)
    complaints.clear()
