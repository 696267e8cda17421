"""What a store is asked for descriptions of what it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from acagraph.graph.terms import text_of
from acagraph.release.descriptions.terms import DATASET, Value
from acagraph.vocab import PREFIXES

_SOURCES = "SELECT ?source ?property ?value { ?source a aca:Source ; ?property ?value }"
_CITED = """SELECT DISTINCT ?graph ?source {
  { GRAPH ?graph { ?evidence aca:inSource ?source } }
  UNION { GRAPH ?graph { ?statement aca:evidence ?evidence } ?evidence aca:inSource ?source }
}"""
_COUNTRIES = """SELECT DISTINCT ?country ?name {
  <DATASET> dcterms:spatial ?country . ?country skos:prefLabel ?name FILTER(LANG(?name) = "en")
}""".replace("DATASET", DATASET)


def rows(store: ox.Store, query: str) -> ox.QuerySolutions:
    """Return the answers of a SELECT query with our prefixes, over the union of all graphs."""
    solutions = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    return solutions


def pairs(store: ox.Store, query: str) -> list[tuple[str, str]]:
    """Return the answers of a query for two things as texts, sorted."""
    return sorted((text_of(first), text_of(second)) for first, second in rows(store, query))


def sources(store: ox.Store) -> Mapping[str, Mapping[str, list[Value]]]:
    """Return what is said of each source, by IRI and by the IRI of the property; values are sorted."""
    found: dict[str, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for source, predicate, value in sorted(map(tuple, rows(store, _SOURCES)), key=str):
        assert isinstance(value, Value)
        found[text_of(source)][text_of(predicate)].append(value)
    return found


def cited(store: ox.Store) -> Mapping[str, frozenset[str]]:
    """Return the sources that each named graph takes its evidence from; all by IRI."""
    found: dict[str, set[str]] = defaultdict(set)
    for graph, source in rows(store, _CITED):
        found[text_of(graph)].add(text_of(source))
    return {graph: frozenset(taken) for graph, taken in found.items()}


def countries(store: ox.Store) -> list[tuple[str, str]]:
    """Return the countries that the dataset is about with their English names, sorted by IRI."""
    return pairs(store, _COUNTRIES)


def preferred(values: Iterable[Value]) -> str:
    """Return the text in English, else one without a language, else the first by language; "" for none."""
    return min(map(_rank, values), default=(True, "", ""))[2]


def _rank(value: Value) -> tuple[bool, str, str]:
    language = (value.language or "") if isinstance(value, ox.Literal) else ""
    return language != "en", language, value.value
