"""Whether two servers say the same: rows and triples compared as sets, whatever their order and spelling."""

from __future__ import annotations

from collections import Counter

import pyoxigraph
from service_load import Reply

_OK = 200
_RESULTS = {
    "application/sparql-results+json": pyoxigraph.QueryResultsFormat.JSON,
    "application/json": pyoxigraph.QueryResultsFormat.JSON,
    "application/sparql-results+xml": pyoxigraph.QueryResultsFormat.XML,
    "application/xml": pyoxigraph.QueryResultsFormat.XML,
}
_GRAPHS = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
}


def difference(ours: Reply, theirs: Reply, *, count_only: bool = False) -> str:
    """Say how two answers differ, or nothing. `count_only` is for engines that rewrite literals."""
    for who, reply in (("ours", ours), ("theirs", theirs)):
        if reply.status != _OK:
            return f"{who} answers {reply.status}: {reply.body[:200].decode(errors='replace')}"
    mine, other = _said(ours), _said(theirs)
    if count_only:
        counts = mine.total(), other.total()
        return "" if counts[0] == counts[1] else f"{counts[0]} rows or triples of ours, {counts[1]} of theirs"
    if mine == other:
        return ""
    lacking, added = other - mine, mine - other
    shown = next(iter(lacking), None) or next(iter(added))
    return f"{lacking.total()} rows or triples are missing, {added.total()} are added, such as {shown}"


def _said(reply: Reply) -> Counter[str]:
    if reply.media_type in _GRAPHS:
        graph = pyoxigraph.Dataset(pyoxigraph.parse(reply.body, format=_GRAPHS[reply.media_type]))
        graph.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        return Counter(str(quad.triple) for quad in graph)
    form = _RESULTS.get(reply.media_type)
    if form is None:
        raise SystemExit(f"an answer came as {reply.media_type!r}, which is not compared here")
    found = pyoxigraph.parse_query_results(reply.body, format=form)
    if isinstance(found, pyoxigraph.QueryBoolean):
        return Counter([str(bool(found))])
    names = sorted(variable.value for variable in found.variables)
    return Counter(" ".join(f"{name}={solution[name]}" for name in names) for solution in found)
