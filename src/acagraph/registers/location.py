"""Where a subject stands in the tables of a group: file and line."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from acagraph.registers.compiling import Compiler
from acagraph.registers.model import TableGroup
from acagraph.registers.rows import read_rows


def locate(group: TableGroup, subjects: Collection[str]) -> dict[str, tuple[Path, int]]:
    """Return the file and the line of the first row that describes each of some IRIs.

    The tables are read again until all are found, so nothing has to be kept for a million rows; an IRI that
    no row describes is left out. Tables with suppressed output do not count. Raises SourceError as
    acagraph.registers.convert does for files, headers and rows, not for cells.
    """
    wanted = {f"<{iri}> ".encode(): iri for iri in subjects}
    found: dict[str, tuple[Path, int]] = {}
    for index, table in enumerate(group.tables):
        if table.suppress or not wanted:
            continue
        columns, rows = read_rows(table)
        compiler = Compiler(table, columns, None, f"t{index}", group.placed, [])
        abouts = dict.fromkeys(column.about for column in columns if not column.suppress)
        names = [compiler.subject(about) for about in abouts]
        for row in rows:
            for name in names:
                iri = wanted.pop(name(row), None)
                if iri is not None:
                    found[iri] = (table.path, row.line)
            if not wanted:
                break
    return found
