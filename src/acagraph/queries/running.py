"""Running saved queries: check the arguments against the store, bind, ask, and write as asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from acagraph.queries import binding, lookup, resultset
from acagraph.queries.saved import SavedQuery
from acagraph.stores import ANY, Answer, Limits, Store
from acagraph.stores.media import (
    GRAPHS,
    JSON_LD,
    N_TRIPLES,
    RDF_XML,
    RESULTS,
    TURTLE,
    Format,
    negotiate,
)

_NO_REDIRECTS: Mapping[str, str] = MappingProxyType({})
_TABLE_AS_GRAPH = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)


def formats(query: SavedQuery) -> tuple[Format, ...]:
    """Return the formats in which a query can be answered, the default first."""
    if query.form == "construct":
        return GRAPHS
    return (*RESULTS, *_TABLE_AS_GRAPH) if query.form == "select" else RESULTS


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
    found = binding.read(query, arguments)
    return binding.insert(query.text, lookup.choose(store, query.parameters, found, redirects=redirects))


def run(
    store: Store,
    query: SavedQuery,
    arguments: Mapping[str, str],
    *,
    accept: str = ANY,
    limits: Limits | None = None,
    redirects: Mapping[str, str] = _NO_REDIRECTS,
) -> Answer:
    """Answer a saved query. A SELECT asked as RDF is answered as `resultset` says.

    Raises ParameterError as `resolve` does, NotAcceptable, and what the store raises.
    """
    form = negotiate(accept, formats(query))
    text = resolve(store, query, arguments, redirects=redirects)
    if query.form == "select" and form in _TABLE_AS_GRAPH:
        return Answer(form.media_type, (resultset.as_rdf(store, text, form, limits=limits),))
    return store.answer(text, accept=form.media_type, limits=limits)
