"""The rows of all tables, written as comma-separated values in one pass over the dataset."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from acagraph.release.tables.layouts import INSTEAD, SEPARATOR, Field, Layout
from acagraph.release.tables.lookups import NEEDED, RDF_TYPE, Lookups
from acagraph.release.tables.subjects import Subject, subjects
from acagraph.vocab import PREFIXES

_STATEMENT = PREFIXES["stmt"]
_TYPE = f"<{RDF_TYPE}>".encode()


class Rows:
    """Makes rows of things, and counts what a table could not show."""

    def __init__(self, layouts: Sequence[Layout], look: Lookups) -> None:
        self._look = look
        self._by_class: dict[str, list[Layout]] = {}
        for layout in layouts:
            for each in sorted(layout.classes):
                self._by_class.setdefault(each, []).append(layout)
        self._left: Counter[tuple[str, str]] = Counter()
        self._written: Counter[tuple[str, str]] = Counter()

    def of(self, subject: Subject) -> Iterator[tuple[str, list[str]]]:
        """Yield the rows of a thing, each with the name of its table."""
        found = {
            layout.table.name: layout
            for each in subject.iris(_TYPE)
            for layout in self._by_class.get(each, ())
            if layout.has(subject)
        }
        for name, layout in found.items():
            yield (
                name,
                [
                    self._cell(name, each, subject)
                    if not each.properties or each.properties[0] in subject.said
                    else ""
                    for each in layout.fields
                ],
            )

    def notices(self) -> list[str]:
        """Return what a reader must know: where a value is left out, where it is not as it is in the data."""
        found = (
            ("of several values only the first is shown", self._left),
            (f"{SEPARATOR} within a value is written {INSTEAD}", self._written),
        )
        return [
            f"table {table}, column {column}: {told}, rows: {count}"
            for told, counts in found
            for (table, column), count in sorted(counts.items())
        ]

    def _cell(self, table: str, field: Field, subject: Subject) -> str:
        values = field.make(subject, self._look)
        if not values:
            return ""
        if field.column.separator is None:
            if len(values) > 1:
                self._left[table, field.column.name] += 1
            return values[0]
        if not any(values):
            return ""
        joined = SEPARATOR.join(values)
        if joined.count(SEPARATOR) >= len(values):
            self._written[table, field.column.name] += 1
            return SEPARATOR.join(value.replace(SEPARATOR, INSTEAD) for value in values)
        return joined


def write_rows(
    lines: Iterable[bytes], layouts: Sequence[Layout], look: Lookups, folder: Path
) -> tuple[Mapping[str, int], list[str]]:
    """Write the tables' files of comma-separated values below a release's folder, in the order of the lines.

    Returns how many rows each table has, by name, and notices. Texts stand as they are in the data, also
    those that a spreadsheet would take for a formula (RFC 4180 knows none); unknown is empty. Deterministic.
    """
    rows = Rows(layouts, look)
    below = sorted({beginning for layout in layouts for beginning in layout.below})
    counts = {layout.table.name: 0 for layout in layouts}
    with ExitStack() as open_files:
        writers = {}
        for layout in layouts:
            path = folder / layout.table.csv
            path.parent.mkdir(parents=True, exist_ok=True)
            file = open_files.enter_context(path.open("w", encoding="utf-8", newline=""))
            writers[layout.table.name] = csv.writer(file)
            writers[layout.table.name].writerow(column.name for column in layout.table.columns)
        needed = NEEDED.union(*(each.properties for layout in layouts for each in layout.fields))
        for subject in subjects(lines, tuple(f"<{each}".encode() for each in below), needed):
            if not subject.iri.startswith(_STATEMENT):
                look.see(subject)
            for name, row in rows.of(subject):
                writers[name].writerow(row)
                counts[name] += 1
    return counts, rows.notices()


def read_rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a table that `write_rows` wrote, the header left out."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        yield from rows
