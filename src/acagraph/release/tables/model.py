"""What a table of a release is: columns, a key, what it refers to (Model for Tabular Data and Metadata)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Datatype = Literal["string", "integer", "decimal", "boolean", "date", "dateTime", "anyURI"]


@dataclass(frozen=True)
class Column:
    """A column: `property` is the IRI of what it tells, where one property tells it all.

    With a `separator` a cell holds several values; `language` is that of a text, where all cells have one.
    """

    name: str
    title: str
    description: str
    datatype: Datatype = "string"
    property: str | None = None
    separator: str | None = None
    language: str | None = None
    required: bool = False


@dataclass(frozen=True)
class Table:
    """A table: no two rows share what is in `key`; `refers` gives the table that a column's values are in."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    refers: Mapping[str, str] = field(default_factory=dict)

    @property
    def csv(self) -> str:
        """Its file with comma-separated values, by name in the release."""
        return f"data/csv/{self.name}.csv"

    @property
    def parquet(self) -> str:
        """Its file for Parquet, by name in the release."""
        return f"data/parquet/{self.name}.parquet"


@dataclass(frozen=True)
class Counted:
    """A table with the number of its rows, the header not counted."""

    table: Table
    rows: int
