"""The metadata graph: each named graph, and the dataset of all of them, described for DCAT and VoID."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.graph import Origin
from acagraph.graph.terms import text_of
from acagraph.sources import DatasetInfo, Project
from acagraph.vocab import BASE, ONTOLOGY, PREFIXES, XSD, expand, graph_iri

DATASET = BASE + "dataset"

_SELF = graph_iri("metadata")
_REGISTER = graph_iri("register/")
_OF_SOURCE = graph_iri("source/")
_SOURCES = "SELECT ?source ?property ?value { ?source a aca:Source ; ?property ?value }"
_CITED = """SELECT DISTINCT ?graph ?source {
  { GRAPH ?graph { ?evidence aca:inSource ?source } }
  UNION { GRAPH ?graph { ?statement aca:evidence ?evidence } ?evidence aca:inSource ?source }
}"""
_TRIPLES = PREFIXES["void"] + "triples"
_OWN_TITLES = {
    graph_iri("derived"): "What follows from the other graphs by rules",
    graph_iri("links"): "Links to other datasets",
    graph_iri("metadata"): "Descriptions of the graphs and of the dataset",
    graph_iri("ontology"): "The ontology, with its concept schemes and alignments",
    graph_iri("shared"): "Things that sources speak of, and what several sources state",
}
# A register's graph is the register's own table in RDF, so it keeps what the register asks for.
_OF_REGISTER = tuple(
    expand(name)
    for name in (
        "dcat:version",
        "dcterms:bibliographicCitation",
        "dcterms:description",
        "dcterms:issued",
        "dcterms:license",
        "dcterms:publisher",
    )
)

_Value = ox.NamedNode | ox.Literal
_Fact = tuple[str, str, _Value]


@dataclass(frozen=True)
class Stated:
    """What the other graphs hold, as far as descriptions are made from it; graphs and sources by IRI."""

    counts: Mapping[str, int]
    sources: Mapping[str, Mapping[str, list[_Value]]]
    cited: Mapping[str, frozenset[str]]

    def title(self, source: str) -> str:
        """Return the English name of a source, else the first it has."""
        told = self.sources.get(source, {}).get(PREFIXES["skos"] + "prefLabel", ())
        names = [value for value in told if isinstance(value, ox.Literal)]
        names.sort(key=lambda name: (name.language != "en", name.language or "", name.value))
        return names[0].value if names else ""


def ask(store: ox.Store, counts: Mapping[str, int]) -> Stated:
    """Return what a store holds that descriptions are made from; `counts` has the triples of each graph."""
    sources: dict[str, dict[str, list[_Value]]] = defaultdict(lambda: defaultdict(list))
    for source, predicate, value in sorted(_rows(store, _SOURCES), key=str):
        assert isinstance(value, _Value)
        sources[text_of(source)][text_of(predicate)].append(value)
    cited: dict[str, set[str]] = defaultdict(set)
    for graph, source in _rows(store, _CITED):
        cited[text_of(graph)].add(text_of(source))
    return Stated(counts, sources, {graph: frozenset(found) for graph, found in cited.items()})


def describe(stated: Stated, info: DatasetInfo) -> list[ox.Quad]:
    """Return the graph that describes all graphs, itself and the dataset; equal data give equal triples."""
    names = sorted({_SELF, *stated.counts})
    facts = [fact for name in names for fact in _graph(name, names, stated, info)]
    facts += _dataset(names, info)
    # Each graph and the dataset get one count more, which are triples of this graph themselves.
    counts = {**stated.counts, _SELF: len(facts) + len(names) + 1}
    facts += [(name, _TRIPLES, _integer(counts[name])) for name in names]
    facts.append((DATASET, _TRIPLES, _integer(sum(counts.values()))))
    home = ox.NamedNode(_SELF)
    return [ox.Quad(ox.NamedNode(s), ox.NamedNode(p), value, home) for s, p, value in facts]


def places(stated: Stated, project: Project, origin: Origin) -> dict[str, tuple[Path, int | None]]:
    """Return where each description can be mended: at the graph's one source, else in data/dataset.toml."""
    general: tuple[Path, int | None] = (project.root / "data" / "dataset.toml", None)
    found = {name: origin.get(_source_of(name, stated) or "", general) for name in (*stated.counts, _SELF)}
    return {**found, DATASET: general}


def _source_of(name: str, stated: Stated) -> str | None:
    """Return the IRI of the source that a named graph is taken from, or None where it has no single one."""
    if name.startswith(_OF_SOURCE):
        return PREFIXES["source"] + name.removeprefix(_OF_SOURCE)
    cited = stated.cited.get(name, frozenset())
    return min(cited) if name.startswith(_REGISTER) and len(cited) == 1 else None


def _graph(name: str, names: Iterable[str], stated: Stated, info: DatasetInfo) -> Iterator[_Fact]:
    yield from _typed(name)
    yield from _titled(name, _title(name, stated))
    if name.startswith(_REGISTER) and stated.cited.get(name):
        yield from ((name, predicate, value) for predicate, value in _agreed(stated.cited[name], stated))
    else:
        yield from _published(name, info)
    for one in sorted(_sources(name, stated)):
        yield name, expand("dcterms:source"), ox.NamedNode(one)
    # The rules and this module read every graph that is written before theirs.
    later = {_SELF: {_SELF}, graph_iri("derived"): {_SELF, graph_iri("derived")}}
    if name in later:
        for other in names:
            if other not in later[name]:
                yield name, expand("prov:wasDerivedFrom"), ox.NamedNode(other)


def _agreed(sources: Iterable[str], stated: Stated) -> Iterator[tuple[str, _Value]]:
    """Yield what all sources of a register say of themselves, as the editions of a list do."""
    first, *others = (stated.sources.get(source, {}) for source in sorted(sources))
    for predicate in _OF_REGISTER:
        for value in first.get(predicate, ()):
            if all(value in other.get(predicate, ()) for other in others):
                yield predicate, value


def _dataset(names: Iterable[str], info: DatasetInfo) -> Iterator[_Fact]:
    """Describe the whole; the graphs are its subsets."""
    yield from _typed(DATASET)
    yield from _titled(DATASET, info.title)
    yield from _published(DATASET, info)
    yield DATASET, expand("dcterms:description"), ox.Literal(info.description, language="en")
    day = ox.Literal(f"{info.date.isoformat()}T00:00:00Z", datatype=ox.NamedNode(XSD + "dateTime"))
    yield DATASET, expand("dcterms:issued"), day
    yield DATASET, expand("dcat:version"), ox.Literal(info.version)
    for name in names:
        yield DATASET, expand("void:subset"), ox.NamedNode(name)


def _typed(name: str) -> Iterator[_Fact]:
    for kind in ("dcat:Dataset", "void:Dataset"):
        yield name, expand("rdf:type"), ox.NamedNode(expand(kind))


def _titled(name: str, title: str) -> Iterator[_Fact]:
    for predicate in ("dcterms:title", "rdfs:label") if title else ():
        yield name, expand(predicate), ox.Literal(title, language="en")


def _published(name: str, info: DatasetInfo) -> Iterator[_Fact]:
    yield name, expand("dcterms:license"), ox.NamedNode(info.licence)
    yield name, expand("dcterms:publisher"), ox.NamedNode(info.publisher)


def _title(name: str, stated: Stated) -> str:
    source = _source_of(name, stated)
    title = "" if source is None else stated.title(source)
    if name.startswith(_REGISTER):
        return title if source is not None else f"Register {name.removeprefix(_REGISTER)}"
    if name.startswith(_OF_SOURCE):
        return title and f"What a source states: {title}"
    return _OWN_TITLES.get(name, "")


def _sources(name: str, stated: Stated) -> set[str]:
    if name == graph_iri("ontology"):
        return {ONTOLOGY}
    own = _source_of(name, stated)
    return {*stated.cited.get(name, ()), *([own] if own in stated.sources else [])}


def _rows(store: ox.Store, query: str) -> Iterator[tuple[Any, ...]]:
    solutions = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        yield tuple(solution)


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))
