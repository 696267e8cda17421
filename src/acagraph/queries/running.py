"""Running saved queries: check the arguments against the store, bind, ask, and write as asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

from acagraph.errors import ParameterError
from acagraph.queries import binding, lookup, resultset, writing
from acagraph.queries.paging import Paging
from acagraph.queries.saved import SavedQuery
from acagraph.stores import ANY, Answer, Limits, Store, Table
from acagraph.stores.counting import counter
from acagraph.stores.media import (
    GRAPHS,
    JSON,
    JSON_LD,
    N_TRIPLES,
    RDF_XML,
    RESULTS,
    SIMPLE,
    SPARQL,
    TURTLE,
    Format,
    negotiate,
)
from acagraph.stores.protocol import Form
from acagraph.stores.terms import read_boolean, read_table

_NO_REDIRECTS: Mapping[str, str] = MappingProxyType({})
_TABLE_AS_GRAPH = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)


@dataclass(frozen=True)
class Reply:
    """The answer to a saved query; `cursor` leads to the next page if there is one.

    `rows` are counted where that costs nothing to speak of.
    """

    form: Format
    body: bytes
    rows: int | None = None
    cursor: str = ""


def formats(query: SavedQuery) -> tuple[Format, ...]:
    """Return the formats in which a query can be answered, the default first.

    One that is to be asked elsewhere is answered with its text, ready to be sent there.
    """
    if query.endpoint:
        return (SPARQL,)
    if query.form == "construct":
        return GRAPHS
    return (*RESULTS, SIMPLE, *_TABLE_AS_GRAPH) if query.form == "select" else (*RESULTS, SIMPLE)


def resolve(
    store: Store,
    query: SavedQuery,
    arguments: Mapping[str, str],
    *,
    redirects: Mapping[str, str] = _NO_REDIRECTS,
) -> str:
    """Return the text of a query with its parameters bound to things that the store knows.

    A thing that was merged, a key of `redirects`, is taken for what it became.

    Raises ParameterError for an unknown, missing or ill-typed argument, and, with the nearest names, for one
    that names nothing.
    """
    return query.fill(_terms(store, query, arguments, redirects))


def run(
    store: Store,
    query: SavedQuery,
    arguments: Mapping[str, str],
    *,
    accept: str = ANY,
    limits: Limits | None = None,
    redirects: Mapping[str, str] = _NO_REDIRECTS,
) -> Answer:
    """Answer a saved query as an Accept header asks; see `reply`. Raises NotAcceptable too."""
    form = negotiate(accept, formats(query))
    found = reply(store, query, arguments, form, limits=limits, redirects=redirects)
    return Answer(form.media_type, (found.body,))


def reply(
    store: Store,
    query: SavedQuery,
    arguments: Mapping[str, str],
    form: Format,
    *,
    paging: Paging | None = None,
    limits: Limits | None = None,
    redirects: Mapping[str, str] = _NO_REDIRECTS,
) -> Reply:
    """Answer a saved query, or a page of its rows. A SELECT asked as RDF is answered as `resultset` says.

    Raises ParameterError as `resolve` does, for a cursor that leads nowhere and for pages of what has no
    rows, and what the store raises.
    """
    if paging is not None and not query.paged:
        message = f"{query.name} has no rows to be paged; leave out limit and cursor"
        raise ParameterError(message, parameter="limit")
    terms = _terms(store, query, arguments, redirects)
    text = query.fill(terms)
    if query.endpoint:
        where = f"# To be asked at {query.endpoint}, which has the data and calls acagraph."
        return Reply(form, f"{where}\n{text.strip()}\n".encode())
    if paging is not None:
        start = paging.start(text)
        table = _table(store, query, query.fill(terms, page=paging.bounds(start)), limits)
        more = len(table.rows) > paging.limit
        page = Table(table.variables, table.rows[: paging.limit], min(table.total, paging.limit))
        cursor = paging.next(text, start) if more else ""
        return Reply(form, _written(store, page, form, limits), page.total, cursor)
    if form in (GRAPHS if query.form == "construct" else RESULTS):
        body = _answer(store, query, text, form, limits)
        return Reply(form, body, _count(body, form) if query.form == "select" else None)
    if query.form == "ask":
        return Reply(form, writing.write_truth(read_boolean(_answer(store, query, text, JSON, limits))))
    table = _table(store, query, text, limits)
    return Reply(form, _written(store, table, form, limits), table.total)


def _terms(
    store: Store, query: SavedQuery, arguments: Mapping[str, str], redirects: Mapping[str, str]
) -> dict[str, str]:
    found = binding.read(query, arguments)
    return binding.serialised(lookup.choose(store, query.parameters, found, redirects=redirects))


def _answer(store: Store, query: SavedQuery, text: str, form: Format, limits: Limits | None) -> bytes:
    # A store that is told the form looks for no FROM either.
    kind = None if query.names_graphs else cast(Form, query.form.upper())
    return store.answer(text, accept=form.media_type, limits=limits, form=kind).read()


def _table(store: Store, query: SavedQuery, text: str, limits: Limits | None) -> Table:
    return read_table(_answer(store, query, text, JSON, limits))


def _count(body: bytes, form: Format) -> int | None:
    counted = counter(form)
    if counted is None:
        return None
    counted.add(body)
    return counted.rows


def _written(store: Store, table: Table, form: Format, limits: Limits | None) -> bytes:
    if form in _TABLE_AS_GRAPH:
        return resultset.as_rdf(store, table, form, limits=limits)
    return writing.write(table, form)
