"""How a table is made: for each of its columns what gives the values, and which things are its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from acagraph.release.tables.lookups import RDF_TYPE, Lookups
from acagraph.release.tables.model import Column, Table
from acagraph.release.tables.subjects import Subject
from acagraph.vocab import BASE, expand

# Stands between the values of a cell that holds several; no IRI can hold it.
SEPARATOR = "|"
# Stands for it within a text of such a cell.
INSTEAD = "¦"
SEVERAL = (
    f"Where a column says so, a cell holds several values with {SEPARATOR} between them; "
    f"a {SEPARATOR} within a value is written {INSTEAD} there."
)

Make = Callable[[Subject, Lookups], Sequence[str]]

_TYPE = f"<{RDF_TYPE}>".encode()


@dataclass(frozen=True)
class Field:
    """A column and what makes its values, which need what is said by `properties`, as N-Triples writes them.

    Where nothing is said by the first of them the cell is empty. `base` and a cell make the IRI that a code
    stands for; `links` says that a cell is the IRI of a thing, not a literal.
    """

    column: Column
    make: Make
    properties: tuple[bytes, ...] = ()
    base: str | None = None
    links: bool = False


@dataclass(frozen=True)
class Layout:
    """A table and its fields: a row for each thing below `below` that has one of `classes` and none of `but`.

    All three are IRIs, or their beginnings; the first field is the IRI of the row's thing.
    """

    table: Table
    fields: tuple[Field, ...]
    below: tuple[str, ...]
    classes: frozenset[str]
    but: frozenset[str]

    def has(self, subject: Subject) -> bool:
        """Say whether a thing is a row of the table."""
        if not subject.iri.startswith(self.below):
            return False
        classes = subject.iris(_TYPE)
        return not self.classes.isdisjoint(classes) and self.but.isdisjoint(classes)


def layout(
    table: tuple[str, str, str],
    fields: Sequence[Field],
    *,
    below: Sequence[str],
    classes: Sequence[str],
    but: Sequence[str] = (),
    refers: Mapping[str, str] | None = None,
) -> Layout:
    """Make a table of its name, title and description and of fields; the first field is the key.

    `below` are beginnings of IRIs after the base, `classes` and `but` prefixed names.
    """
    columns = tuple(each.column for each in fields)
    return Layout(
        Table(*table, columns, (columns[0].name,), refers or {}),
        tuple(fields),
        tuple(BASE + each for each in below),
        frozenset(expand(each) for each in classes),
        frozenset(expand(each) for each in but),
    )
