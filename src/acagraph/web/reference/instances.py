"""An example of a term in the data: the thing that its example names, else the first that there is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from acagraph.errors import QueryError, StoreTimeout
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
    """Return an example of a term in the data; None where there is none."""
    for pattern in (*map(_pattern, (text.value for text in entry.examples)), ""):
        try:
            found = rows(store, _query(entry, pattern), limits=_LIMITS)
        except (QueryError, StoreTimeout):  # an example need not be one that can be asked
            continue
        if found:
            return Instance(found[0]["x"], found[0].get("value"))
    return None


def _pattern(example: str) -> str:
    """Return an example in Turtle as a graph pattern: with ?x for what it leaves without a name."""
    if _UNNAMED.match(example):
        return _UNNAMED.sub("?x ", example)
    subject, _, rest = example.strip().partition(" ")
    return f"BIND({subject} AS ?x) {subject} {rest}"


def _query(entry: Entry, pattern: str) -> str:
    """Return a query for one example; of many the engine takes the first it meets, which sorts nothing."""
    iri = f"<{entry.term.value}>"
    if entry.is_class:
        return f"SELECT ?x {{ {pattern} ?x a {iri} }} LIMIT 1"
    return f"SELECT ?x ?value {{ {pattern} ?x {iri} ?value FILTER(ISIRI(?x)) }} LIMIT 1"
