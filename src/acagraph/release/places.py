"""A release's index of places: in which file, line and column of its sources each thing is described."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from acagraph.errors import ReleaseError
from acagraph.graph import Origin
from acagraph.graph.turtle import read_text
from acagraph.registers import TableGroup
from acagraph.registers.location import index
from acagraph.release.dumps.packing import write
from acagraph.validation.places import Statement, seen_from, turtle_files, turtle_statements

COLUMNS = ("thing", "property", "value", "file", "line", "column")


class Places(NamedTuple):
    """What an index tells of some things: where each is described first, and where its triples stand.

    Paths are as seen from the folder of the project that was published.
    """

    origin: Origin
    stated: tuple[Statement, ...]


def write_places(path: Path, origin: Origin, *, root: Path, groups: Iterable[TableGroup] = ()) -> None:
    """Write the places of all subjects of a dataset as gzipped CSV, sorted by thing, file, line and column.

    A row without property is the place of the thing; curated triples have a row each, and so have those of
    tables that stand in another row than their thing. `value` is a term of N-Triples, lines and columns count
    from 1. Equal inputs give equal bytes. Memory: the rows. Raises SourceError for an unreadable file.
    """
    rows = sorted(_rows(origin, root, groups), key=_order)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row[:6] for row in rows)
    write(path, [text.getvalue().encode()])


def read_places(path: Path, wanted: Collection[str]) -> Places:
    """Return what an index tells of some things; the rest is passed over, so memory is that of the answer.

    Raises ReleaseError when the index is missing or damaged.
    """
    origin: dict[str, tuple[Path, int | None]] = {}
    stated: list[Statement] = []
    names = frozenset(wanted)
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = csv.reader(_chosen(file, names))
            if tuple(next(rows, ())) != COLUMNS:
                raise ValueError("its first row is not that of an index")
            for thing, predicate, value, name, line, column in rows:
                if thing not in names:
                    continue
                place = (int(line) if line else None, int(column) if column else None)
                if not predicate:
                    origin.setdefault(thing, (Path(name), place[0]))
                stated.append(Statement(thing, predicate, value, name, *place))
    except FileNotFoundError:
        raise ReleaseError(f"{path}: the release has no index of places; build it again") from None
    except (OSError, EOFError, ValueError, csv.Error) as error:
        raise ReleaseError(f"{path}: the index of places is damaged ({error}); build it again") from None
    return Places(origin, tuple(stated))


def _rows(origin: Origin, root: Path, groups: Iterable[TableGroup]) -> Iterator[Statement]:
    told: set[str] = set()
    for path in sorted(turtle_files({path for path, _ in origin.values()}, root)):
        for item in turtle_statements(read_text(path), file=seen_from(path, root)):
            # Blank nodes have other names in the dataset.
            if not item.subject.startswith("_:") and (item.property or item.subject not in told):
                yield item
            told.add(item.subject)
    for thing, (path, line) in origin.items():
        if thing not in told:
            yield Statement(thing, "", "", seen_from(path, root), line, None)
    known = {f"<{thing}> ".encode() for thing in origin}
    for group in groups:
        for row in index(group, known):
            value = "" if row.value is None else str(row.value)
            yield Statement(row.subject, row.property, value, seen_from(row.table.path, root), row.line, None)


def _order(row: Statement) -> tuple[str, bool, str, int, int, str, str]:
    return (
        row.subject,
        bool(row.property),
        row.file,
        row.line or 0,
        row.column or 0,
        row.property,
        row.value,
    )


def _chosen(lines: Iterable[str], names: Collection[str]) -> Iterator[str]:
    """Yield the rows of some things, those with a quoted name and the first, without cutting the others."""
    for number, line in enumerate(lines):
        if number == 0 or line.startswith('"') or line[: line.find(",")] in names:
            yield line
