"""An example of a term in the data: the thing that its example names, else the first that there is by IRI."""

from __future__ import annotations

import re
from dataclasses import dataclass

from acagraph.errors import QueryError, StoreTimeout
from acagraph.queries.binding import serialise
from acagraph.stores import Limits, Store, Term, rows
from acagraph.web.reference.terms import Entry

_LIMITS = Limits(timeout_seconds=5.0, max_rows=10)
# What an example in Turtle calls [] is what is looked for.
_UNNAMED = re.compile(r"^\s*\[\s*\]\s")


@dataclass(frozen=True)
class Instance:
    """A thing of a class, or a statement with a property: then with its value."""

    thing: Term
    value: Term | None = None


def instance(store: Store, entry: Entry) -> Instance | None:
    """Return an example of a term in the data, the same from any store; None where there is none."""
    for pattern in (*map(_pattern, (text.value for text in entry.examples)), ""):
        try:
            found = rows(store, _query(entry, pattern), limits=_LIMITS)
        except (QueryError, StoreTimeout):  # an example need not be one that can be asked
            continue
        if found and (thing := found[0].get("first")):
            return Instance(thing, None if entry.is_class else _value(store, thing, entry.term))
    return None


def _pattern(example: str) -> str:
    """Return an example in Turtle as a graph pattern: with ?x for what it leaves without a name."""
    if _UNNAMED.match(example):
        return _UNNAMED.sub("?x ", example)
    subject, _, rest = example.strip().partition(" ")
    return f"BIND({subject} AS ?x) {subject} {rest}"


def _query(entry: Entry, pattern: str) -> str:
    """Return a query for the first example by IRI; sorting all takes ten times as long."""
    iri = f"<{entry.term.value}>"
    used = f"?x a {iri}" if entry.is_class else f"?x {iri} ?told"
    return f"SELECT (MIN(?x) AS ?first) {{ {pattern} {used} FILTER(ISIRI(?x)) }}"


def _value(store: Store, thing: Term, name: Term) -> Term | None:
    query = f"""SELECT ?value {{ {serialise(thing)} {serialise(name)} ?value }}
      ORDER BY STR(?value) LANG(?value) LIMIT 1"""
    return next((row["value"] for row in rows(store, query, limits=_LIMITS)), None)
