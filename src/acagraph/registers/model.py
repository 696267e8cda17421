"""What CSVW metadata says about tables: a group of tables, each with its columns and dialect."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Number = int | float | str


@dataclass(frozen=True)
class Datatype:
    """A datatype: its CSVW name, the IRI that literals carry, its format and its constraints."""

    base: str = "string"
    iri: str = "http://www.w3.org/2001/XMLSchema#string"
    format: str | None = None
    decimal_char: str | None = None
    group_char: str | None = None
    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_inclusive: Number | None = None
    max_inclusive: Number | None = None
    min_exclusive: Number | None = None
    max_exclusive: Number | None = None


@dataclass(frozen=True)
class Dialect:
    """How the text of a table is cut into rows and cells."""

    delimiter: str = ","
    quote_char: str | None = '"'
    double_quote: bool = True
    comment_prefix: str | None = None
    encoding: str = "utf-8"
    header_rows: int = 1
    skip_rows: int = 0
    skip_columns: int = 0
    skip_blank_rows: bool = False
    trim: str = "false"


@dataclass(frozen=True)
class Column:
    """A column: how its cells are read and which triples they make.

    `lang` is None where the metadata names no language: such strings become plain literals.
    """

    name: str
    titles: tuple[str, ...] = ()
    virtual: bool = False
    suppress: bool = False
    about: str | None = None
    property: str | None = None
    value: str | None = None
    datatype: Datatype = Datatype()
    default: str = ""
    lang: str | None = None
    null: tuple[str, ...] = ("",)
    ordered: bool = False
    required: bool = False
    separator: str | None = None


@dataclass(frozen=True)
class ForeignKey:
    """Columns of a table whose values stand in columns of tables: all of them, by the index in the group."""

    columns: tuple[str, ...]
    tables: tuple[int, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: its file, its address, its dialect and its columns; no column means those of the header."""

    path: Path
    url: str
    columns: tuple[Column, ...]
    pattern: Column
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    suppress: bool = False
    dialect: Dialect = Dialect()
    metadata: Path | None = None


@dataclass(frozen=True)
class TableGroup:
    """The tables of one metadata file, in its order.

    `placed` is true where the caller said at which address the file stands: only then may an IRI be relative,
    a property or a subject left out.
    """

    path: Path
    tables: tuple[Table, ...]
    placed: bool = False
