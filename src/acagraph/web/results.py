"""The answer of a query as a page shows it: a table, a truth value or Turtle."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acagraph.errors import QueryError
from acagraph.stores import Answer, Row
from acagraph.stores.media import JSON, TURTLE
from acagraph.stores.rdf import write
from acagraph.stores.terms import read_table
from acagraph.web.labels import Labels


@dataclass(frozen=True)
class Result:
    """What to show; `kind` says which of the fields is meant, `total` how many rows or triples there are."""

    kind: str
    variables: Sequence[str] = ()
    rows: Sequence[Row] = ()
    total: int = 0
    shown: int = 0
    truth: bool = False
    turtle: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


NOTHING = Result("nothing")
# In N-Triples (RDF 1.2), before any literal. To write it as Turtle recurses as deeply as it nests.
_TRIPLE_TERM = re.compile(rb'^[^"\n]*<<', re.MULTILINE)


def show(labels: Labels, answer: Answer, *, most: int) -> Result:
    """Return an answer, given as JSON results or N-Triples, for a page: at most so many rows or triples."""
    body = answer.read()
    if answer.media_type != JSON.media_type:
        if _TRIPLE_TERM.search(body):
            raise QueryError("a triple about triples cannot be shown on a page; take it as a file")
        lines = body.splitlines(keepends=True)
        turtle = write(b"".join(lines[:most]), TURTLE).decode()
        return Result("turtle", total=len(lines), shown=min(most, len(lines)), turtle=turtle)
    if b'"results"' not in body:
        return Result("truth", truth=bool(json.loads(body)["boolean"]))
    table = read_table(body, most=most)
    named = labels.of(term for row in table.rows for term in row.values())
    return Result("table", table.variables, table.rows, table.total, len(table.rows), labels=named)
