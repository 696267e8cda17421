"""Our normalised tables in data/registers/REGISTER: written sorted and split, read back whole."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from acagraph.errors import AcagraphError, SourceError
from acagraph.reconciliation.review import separator
from acagraph.vocab import slug

METADATA = "csv-metadata.json"
LARGEST = 3 * 1024 * 1024

# Tables that keep what an import decided; nothing in them becomes RDF, so no schema describes them.
UNPUBLISHED: Mapping[str, tuple[str, ...]] = {
    "matches": ("record", "actor", "method", "score", "reason"),
    "review": ("record", "name", "country", "candidate", "candidate_name", "score", "reason", "decision"),
    "values": ("column", "value", "meaning"),
    "exceptions": ("column", "value", "reason"),
    "left-out": ("record", "column", "value", "reason"),
}

# Tables whose own name has a hyphen; in others what follows a hyphen is the group.
_HYPHENATED = ("left-out", "no-targets")

# Tables that are described by the schema of another.
_SCHEMAS = {"memberships": "participations", "partnerships": "participations"}

Cells = Mapping[str, str]


@dataclass(frozen=True)
class Loss:
    """A value of a record that is not taken over, and why: a row of left-out.csv."""

    record: str
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Import:
    """What an import made and has not written yet: texts by folder and file name, and numbers to tell."""

    files: Mapping[Path, Mapping[str, str]]
    counts: Mapping[str, int]
    left_out: Mapping[str, int]

    @cached_property
    def changed(self) -> tuple[Path, ...]:
        """The files that writing would change, make or remove."""
        return tuple(folder / name for folder, texts in self.files.items() for name in changed(folder, texts))

    def write(self) -> None:
        """Write what is changed."""
        for folder, texts in self.files.items():
            write(folder, texts)


@dataclass(frozen=True)
class Table:
    """Rows of one table, by the group in which they stand when the table has to be split.

    `{"": rows}` cannot be split; `{"it": rows, "other": rows}` becomes a file for each group once one file
    would be larger than 3 MiB. A cell that a row does not give is empty.
    """

    name: str
    parts: Mapping[str, Sequence[Cells]]

    @property
    def size(self) -> int:
        """The number of rows in all parts."""
        return sum(len(rows) for rows in self.parts.values())


def statement_slug(register: str, record_id: str, field: str) -> str:
    """Return the slug of the statement that a field of a record makes; another edition gives the same one.

    record_id is the id as the register writes it, or a slug where the statement is about a name in many rows.
    """
    return slug(register, record_id, field)


def columns_of(schemas: Path, table: str) -> tuple[str, ...]:
    """Return the columns of a table from the schema that describes it, those that a mapping adds left out.

    schemas is data/registers/schemas. Raises SourceError when there is no such schema.
    """
    if table in UNPUBLISHED:
        return UNPUBLISHED[table]
    path = schemas / f"{_SCHEMAS.get(table, table)}.json"
    try:
        described = json.loads(path.read_text(encoding="utf-8"))["columns"]
    except (OSError, ValueError, KeyError) as error:
        message = f"is no table schema that can be read ({error!r}); restore it"
        raise SourceError(message, path=path) from error
    return tuple(column["name"] for column in described if not column.get("virtual"))


def laid_out(schemas: Path, tables: Iterable[Table]) -> dict[str, str]:
    """Return the text of each file of a register by its name: the tables and csv-metadata.json.

    Rows are sorted by all their cells in the order of the columns and stand there once. A table without rows
    has no file. Raises AcagraphError when a row has a column that the table does not know, or a file would be
    larger than 3 MiB though it is split.
    """
    files: dict[str, str] = {}
    described: list[dict[str, str]] = []
    for table in sorted(tables, key=lambda table: table.name):
        for name, text in _files_of(table, columns_of(schemas, table.name)):
            files[name] = text
            if table.name not in UNPUBLISHED:
                schema = _SCHEMAS.get(table.name, table.name)
                described.append({"url": name, "tableSchema": f"../schemas/{schema}.json"})
    files[METADATA] = _metadata(described)
    return files


def changed(folder: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the files that writing would change, make or remove, sorted."""
    different = {name for name, text in files.items() if _bytes(folder / name) != text.encode()}
    return tuple(sorted(different | {path.name for path in _obsolete(folder, files)}))


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of a register, each in one step, and remove parts of tables that are there no more.

    A file that has its text already is left alone. Raises SourceError when a file cannot be written.
    """
    for name in changed(folder, files):
        path = folder / name
        beside = path.with_name(f".{name}.{os.getpid()}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if name in files:
                beside.write_text(files[name], encoding="utf-8", newline="\n")
                beside.replace(path)
            else:
                path.unlink()
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise SourceError(f"cannot be written: {error.strerror}", path=path) from error


def read(folder: Path, table: str) -> tuple[Cells, ...]:
    """Return the rows of a table from all its parts, in the order of their names; none without a file.

    Raises SourceError when a file is not UTF-8, or a row has not as many cells as there are columns.
    """
    parts = [path for path in _tables(folder) if _table_of(path) == table]
    return tuple(row for path in parts for row in _read_part(path))


def _read_part(path: Path) -> Iterator[Cells]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot be read as UTF-8 ({error}); restore it", path=path) from error
    delimiter = separator(text.partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        header = next(reader, [])
        for cells in reader:
            if len(cells) != len(header):
                message = f"{len(cells)} cells, but {len(header)} columns; restore the row"
                raise SourceError(message, path=path, line=reader.line_num)
            yield dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise SourceError(f"{error}; restore the row", path=path, line=reader.line_num) from error


def _files_of(table: Table, columns: Sequence[str]) -> list[tuple[str, str]]:
    """Return the file or files of a table, by name."""
    if not table.size:
        return []
    whole = f"{table.name}.csv"
    text = _csv_text(whole, columns, [row for rows in table.parts.values() for row in rows])
    if len(text.encode()) <= LARGEST:
        return [(whole, text)]
    files = []
    for group, rows in sorted(table.parts.items()):
        name = f"{table.name}-{group}.csv" if group else whole
        text = _csv_text(name, columns, rows)
        size = len(text.encode())
        if size > LARGEST:
            raise AcagraphError(f"{name} would have {size:,} bytes, more than 3 MiB; split it further")
        files += [(name, text)] if rows else []
    return files


def _csv_text(name: str, columns: Sequence[str], rows: Iterable[Cells]) -> str:
    known = set(columns)
    lines = set()
    for row in rows:
        if not row.keys() <= known:
            raise AcagraphError(f"{name} has no column {', '.join(sorted(row.keys() - known))}")
        lines.add(tuple(row.get(column, "") for column in columns))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(sorted(lines))
    return text.getvalue()


def _metadata(described: list[dict[str, str]]) -> str:
    group = {"@context": "http://www.w3.org/ns/csvw", "tables": described}
    return json.dumps(group, indent=2, ensure_ascii=False) + "\n"


def _obsolete(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Return what an earlier split of the written tables left behind."""
    written = {_table_of(Path(name)) for name in files if name != METADATA}
    return [path for path in _tables(folder) if _table_of(path) in written and path.name not in files]


def _tables(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.csv"))


def _table_of(path: Path) -> str:
    """Return the table that a file is, or is a part of."""
    stem = path.stem
    whole = (name for name in _HYPHENATED if stem == name or stem.startswith(f"{name}-"))
    return next(whole, stem.partition("-")[0])


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from error
