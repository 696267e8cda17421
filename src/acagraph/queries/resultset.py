"""The rows of a SELECT as RDF: the table itself and what is known of the things in it.

The table is written in the W3C result-set vocabulary (RESULTS below), so that nothing of the answer is
lost; each thing that a row names is described with its own triples, so that loading the file gives facts.
docs/decisions/0004-query-results-as-rdf.md says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from acagraph.queries.binding import serialise
from acagraph.stores import Limits, Row, Store, Table, Term
from acagraph.stores.media import N_TRIPLES, Format
from acagraph.stores.rdf import write
from acagraph.vocab import BASE, EXTERNAL, XSD

RESULTS = EXTERNAL["rs"]
_TYPE = f"<{EXTERNAL['rdf']}type>"
_BATCH = 500


def as_rdf(store: Store, table: Table, form: Format, *, limits: Limits | None = None) -> bytes:
    """Return the rows of a SELECT as an RDF document; equal rows give equal bytes."""
    things = sorted(
        {term for row in table.rows for term in row.values() if term.value.startswith(f"{BASE}id/")}
    )
    described = b"".join(
        _describe(store, things[start : start + _BATCH], limits) for start in range(0, len(things), _BATCH)
    )
    rows = "".join(f"{line} .\n" for line in _lines(table)).encode()
    return write(described + rows, form)


def _describe(store: Store, things: Sequence[Term], limits: Limits | None) -> bytes:
    values = " ".join(serialise(thing) for thing in things if thing.kind == "iri")
    query = f"CONSTRUCT {{ ?thing ?p ?o }} WHERE {{ VALUES ?thing {{ {values} }} ?thing ?p ?o }}"
    return store.answer(query, accept=N_TRIPLES.media_type, limits=limits, form="CONSTRUCT").read()


def _lines(table: Table) -> Iterator[str]:
    results = "_:results"
    yield _triple(results, _TYPE, f"<{RESULTS}ResultSet>")
    yield _triple(results, f"<{RESULTS}size>", _integer(len(table.rows)))
    for name in table.variables:
        yield _triple(results, f"<{RESULTS}resultVariable>", serialise(Term("literal", name)))
    for index, row in enumerate(table.rows, 1):
        yield _triple(results, f"<{RESULTS}solution>", f"_:row{index:07}")
        yield from _solution(f"_:row{index:07}", index, row)


def _solution(node: str, index: int, row: Row) -> Iterator[str]:
    yield _triple(node, _TYPE, f"<{RESULTS}ResultSolution>")
    yield _triple(node, f"<{RESULTS}index>", _integer(index))
    for number, (name, term) in enumerate(row.items(), 1):
        binding = f"{node}b{number:02}"
        yield _triple(node, f"<{RESULTS}binding>", binding)
        yield _triple(binding, f"<{RESULTS}variable>", serialise(Term("literal", name)))
        yield _triple(binding, f"<{RESULTS}value>", serialise(term))


def _triple(subject: str, predicate: str, obj: str) -> str:
    return f"{subject} {predicate} {obj}"


def _integer(number: int) -> str:
    return serialise(Term("literal", str(number), "", XSD + "integer"))
