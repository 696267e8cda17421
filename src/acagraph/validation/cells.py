"""Where a value stands in a row of links or redirects: the column of its cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.registers import Dialect
from acagraph.registers.location import cell_starts
from acagraph.validation.findings import Finding
from acagraph.vocab import PREFIXES

_PREFIX = re.compile(r"#\s+([A-Za-z_][A-Za-z0-9_.-]*):\s*(\S+)\s*")
# A row goes on for as many lines at most; a cell with line breaks is rare here.
_MOST = 50


def with_columns(findings: Iterable[Finding], root: Path) -> list[Finding]:
    """Return findings in their order, those in a row of links or redirects with the place of their value.

    A finding without a value, and one whose value no cell writes in that spelling, stays as it is. Each file
    is read once; one that is not there is passed over.
    """
    tables: dict[str, _Table | None] = {}
    found = []
    for finding in findings:
        name = finding.file or ""
        if finding.line is None or finding.column is not None or not _tabular(name):
            found.append(finding)
            continue
        if name not in tables:
            tables[name] = _read(root / name)
        table = tables[name]
        place = table.place(finding.line, finding.value) if table and finding.value else None
        found.append(finding if place is None else replace(finding, line=place[0], column=place[1]))
    return found


@dataclass(frozen=True)
class _Table:
    lines: list[str]
    dialect: Dialect
    prefixes: Mapping[str, str]

    def place(self, line: int, value: str) -> tuple[int, int] | None:
        """Return line and column of the last cell of a row that stands for a value."""
        rest = self.lines[line - 1 : line - 1 + _MOST]
        row = next(csv.reader(rest, delimiter=self.dialect.delimiter), [])
        starts = islice(cell_starts(enumerate(rest, start=line), self.dialect), len(row))
        # A thing that is said to be itself: what is said of it stands behind it.
        matching = [start for start, cell in zip(starts, row, strict=False) if self._says(cell, value)]
        return matching[-1] if matching else None

    def _says(self, cell: str, value: str) -> bool:
        for part in (cell, *cell.split("|")):
            text = part.strip()
            prefix, _, local = text.partition(":")
            if text == value or (local and self.prefixes.get(prefix, ".") + local == value):
                return True
        return False


def _tabular(name: str) -> bool:
    return name.endswith((".sssom.tsv", "redirects.csv"))


def _read(path: Path) -> _Table | None:
    try:
        lines = io.StringIO(read_text(path) if path.is_file() else "", newline="").readlines()
    except SourceError:
        return None
    declared = (_PREFIX.fullmatch(line) for line in lines if line.startswith("#"))
    prefixes = {**PREFIXES, **{found[1]: found[2] for found in declared if found}}
    return _Table(lines, Dialect(delimiter="\t" if path.suffix == ".tsv" else ","), prefixes)
