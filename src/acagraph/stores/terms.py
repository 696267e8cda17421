"""Rows of typed terms, read from SPARQL 1.1 JSON results."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from acagraph.errors import QueryError
from acagraph.stores.guard import valid_iri
from acagraph.stores.media import JSON
from acagraph.stores.protocol import Limits, Scope, Store
from acagraph.vocab import XSD, compact

Kind = Literal["iri", "literal", "blank"]
Value = str | int | float | bool | Decimal | datetime
_KINDS: dict[str, Kind] = {"uri": "iri", "literal": "literal", "typed-literal": "literal", "bnode": "blank"}
FLOATS = frozenset((XSD + "double", XSD + "float"))
# xsd:integer and what XML Schema derives from it.
INTEGERS = frozenset(
    XSD + name
    for name in (
        *("integer", "long", "int", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)


@dataclass(frozen=True, order=True)
class Term:
    """An IRI, a literal or a blank node; `datatype` is empty for plain strings and IRIs."""

    kind: Kind
    value: str
    language: str = ""
    datatype: str = ""

    def __str__(self) -> str:
        return self.value

    @property
    def short(self) -> str:
        """The prefixed name of an IRI, or the text of a literal."""
        return compact(self.value) if self.kind == "iri" else self.value

    def to_python(self) -> Value:
        """Return the Python value of a number, boolean or dateTime; anything else as text."""
        try:
            if self.datatype in INTEGERS:
                return int(self.value)
            if self.datatype == XSD + "decimal":
                return Decimal(self.value)
            if self.datatype in FLOATS:
                return float(self.value)
            if self.datatype == XSD + "dateTime":
                return datetime.fromisoformat(self.value)
        except (ValueError, InvalidOperation):
            return self.value
        if self.datatype == XSD + "boolean":
            return self.value in ("true", "1")
        return self.value


class Row(Mapping[str, Term]):
    """One solution: `row.members` is a Python value (None where unbound), `row["members"]` its typed term."""

    __slots__ = ("_terms", "_variables")

    def __init__(self, variables: tuple[str, ...], terms: Mapping[str, Term]) -> None:
        self._variables = variables
        self._terms = terms

    def __getitem__(self, name: str) -> Term:
        return self._terms[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._variables if name in self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._variables:
            raise AttributeError(f"no variable {name!r} in the row; it has {', '.join(self._variables)}")
        term = self._terms.get(name)
        return None if term is None else term.to_python()

    def __reduce__(self) -> tuple[type[Row], tuple[tuple[str, ...], Mapping[str, Term]]]:
        return Row, (self._variables, self._terms)

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{name}={term.short!r}' for name, term in self.items())})"


@dataclass(frozen=True)
class Table:
    """The rows of a SELECT, or the first of them, with its variables in the order of the query."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int


def rows(
    store: Store, query: str, *, limits: Limits | None = None, scope: Scope | None = None
) -> tuple[Row, ...]:
    """Return the rows of a SELECT query of our own, without FROM, in the query's order."""
    answer = store.answer(query, accept=JSON.media_type, limits=limits, scope=scope, form="SELECT")
    return read_table(answer.read()).rows


def known_by_query(store: Store, iris: Collection[str], *, limits: Limits | None = None) -> frozenset[str]:
    """Return the IRIs that are subjects, by one query: Store.known where only queries can be asked."""
    valid = sorted(iri for iri in iris if valid_iri(iri))
    if not valid:
        return frozenset()
    values = " ".join(f"<{iri}>" for iri in valid)
    query = f"SELECT ?thing {{ VALUES ?thing {{ {values} }} FILTER EXISTS {{ ?thing ?p ?o }} }}"
    return frozenset(row["thing"].value for row in rows(store, query, limits=limits))


def read_table(body: bytes, *, most: int | None = None) -> Table:
    """Parse SPARQL JSON results (SPARQL 1.1 Query Results JSON Format, section 3), at most so many rows.

    Raises QueryError when the results are an ASK's boolean or hold quoted triples.
    """
    document = json.loads(body)
    if "results" not in document:
        raise QueryError("the query is an ASK: its answer is true or false and has no rows")
    variables = tuple(document["head"]["vars"])
    bindings = document["results"]["bindings"]
    return Table(variables, tuple(_row(variables, binding) for binding in bindings[:most]), len(bindings))


def read_boolean(body: bytes) -> bool:
    """Parse the SPARQL JSON result of an ASK."""
    return bool(json.loads(body)["boolean"])


def _row(variables: tuple[str, ...], binding: Mapping[str, Mapping[str, Any]]) -> Row:
    return Row(variables, {name: _term(name, item) for name, item in binding.items()})


def _term(name: str, item: Mapping[str, Any]) -> Term:
    kind = _KINDS.get(item["type"])
    if kind is None:
        raise QueryError(f"?{name} is a quoted triple; select its subject, predicate and object instead")
    datatype = item.get("datatype", "")
    return Term(kind, item["value"], item.get("xml:lang", ""), "" if datatype == XSD + "string" else datatype)


def columns(table: Table) -> Mapping[str, Sequence[Value | None]]:
    """Return the Python values of a table by variable, None where unbound and decimals as floats."""
    return {name: [_cell(row.get(name)) for row in table.rows] for name in table.variables}


def _cell(term: Term | None) -> Value | None:
    value = None if term is None else term.to_python()
    return float(value) if isinstance(value, Decimal) else value
