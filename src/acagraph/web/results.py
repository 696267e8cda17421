"""The answer of a query as a page shows it: a table, a truth value or Turtle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acagraph.stores import Answer, Row, Store
from acagraph.stores.media import JSON
from acagraph.stores.terms import read_table
from acagraph.web.views import labels

_MOST = 1_000


@dataclass(frozen=True)
class Result:
    """What to show; `kind` says which of the fields is meant."""

    kind: str
    variables: Sequence[str] = ()
    rows: Sequence[Row] = ()
    total: int = 0
    truth: bool = False
    turtle: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


NOTHING = Result("nothing")


def show(store: Store, answer: Answer) -> Result:
    """Return an answer, given as JSON results or Turtle, for a page; of a long table only the beginning."""
    body = answer.read()
    if answer.media_type != JSON.media_type:
        return Result("turtle", turtle=body.decode())
    if b'"results"' not in body:
        return Result("truth", truth=bool(json.loads(body)["boolean"]))
    table = read_table(body)
    shown = table.rows[:_MOST]
    named = labels(store, (term for row in shown for term in row.values()))
    return Result("table", table.variables, shown, len(table.rows), labels=named)
