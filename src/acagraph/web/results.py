"""The answer of a query as a page shows it: a table, a truth value or Turtle."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acagraph.errors import QueryError
from acagraph.stores import Answer, Row, Term
from acagraph.stores.media import JSON, TURTLE
from acagraph.stores.rdf import read, write
from acagraph.stores.terms import read_table
from acagraph.web.labels import Labels


@dataclass(frozen=True)
class Result:
    """What to show; `kind` says which of the fields is meant, `total` how many rows or triples there are.

    Of a graph, `rows` are its triples and `turtle` is how they are written; of a table, `raw` is its JSON.
    """

    kind: str
    variables: Sequence[str] = ()
    rows: Sequence[Row] = ()
    total: int = 0
    shown: int = 0
    truth: bool = False
    turtle: str = ""
    raw: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


NOTHING = Result("nothing")
TRIPLE = ("subject", "predicate", "object")
# In N-Triples (RDF 1.2), before any literal. To write it as Turtle recurses as deeply as it nests.
_TRIPLE_TERM = re.compile(rb'^[^"\n]*<<', re.MULTILINE)


def show(labels: Labels, answer: Answer, *, most: int) -> Result:
    """Return an answer, given as JSON results or N-Triples, for a page: at most so many rows or triples."""
    body = answer.read()
    if answer.media_type != JSON.media_type:
        return _graph(labels, body, most=most)
    if b'"results"' not in body:
        return Result("truth", truth=bool(json.loads(body)["boolean"]), raw=_pretty(body, most=most))
    table = read_table(body, most=most)
    return Result(
        "table",
        table.variables,
        table.rows,
        table.total,
        len(table.rows),
        raw=_pretty(body, most=most),
        labels=_labels(labels, table.rows),
    )


def _graph(labels: Labels, body: bytes, *, most: int) -> Result:
    if _TRIPLE_TERM.search(body):
        raise QueryError("a triple about triples cannot be shown on a page; take it as a file")
    lines = body.splitlines(keepends=True)
    part = b"".join(lines[:most])
    triples = [Row(TRIPLE, dict(zip(TRIPLE, triple, strict=True))) for triple in read(part)]
    return Result(
        "turtle",
        TRIPLE,
        triples,
        len(lines),
        min(most, len(lines)),
        turtle=write(part, TURTLE).decode(),
        labels=_labels(labels, triples),
    )


def _labels(labels: Labels, found: Sequence[Row]) -> Mapping[str, str]:
    terms: set[Term] = {term for row in found for term in row.values()}
    return labels.of(terms)


def _pretty(body: bytes, *, most: int) -> str:
    document = json.loads(body)
    if "results" in document:
        document["results"]["bindings"] = document["results"]["bindings"][:most]
    return json.dumps(document, ensure_ascii=False, indent=1)
