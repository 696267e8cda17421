"""The metadata graph: each named graph, and the dataset of all of them, described for DCAT and VoID."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from acagraph.graph import Origin
from acagraph.graph.terms import text_of
from acagraph.release.content import serialise
from acagraph.release.descriptions import linksets, whole
from acagraph.release.descriptions.distributions import Distribution, certain
from acagraph.release.descriptions.linksets import Links
from acagraph.release.descriptions.measures import Measures, Meter
from acagraph.release.descriptions.questions import cited, preferred, rows, sources
from acagraph.release.descriptions.terms import (
    DATASET,
    Fact,
    Value,
    english,
    named,
    quads,
    release_iri,
    typed,
)
from acagraph.release.tables.model import Table
from acagraph.sources import DatasetInfo, Project
from acagraph.vocab import BASE, ONTOLOGY, PREFIXES, expand, graph_iri

_SELF = graph_iri("metadata")
_REGISTER = graph_iri("register/")
_OF_SOURCE = graph_iri("source/")
_COUNTRIES = (
    "SELECT DISTINCT ?country { ?agent aca:country ?country FILTER(isIRI(?country)) } ORDER BY ?country"
)
_ROOTS = (
    "SELECT DISTINCT ?coalition { ?coalition a aca:Coalition FILTER(isIRI(?coalition)) } ORDER BY ?coalition"
)
# One thing of each kind that people ask about, the first by name.
_EXAMPLES = """SELECT (MIN(?thing) AS ?example) {
  VALUES ?kind { aca:Coalition aca:Commitment aca:Figure aca:Government aca:Membership aca:Source }
  ?thing a ?kind FILTER(isIRI(?thing) && STRSTARTS(STR(?thing), "BASEid/"))
} GROUP BY ?kind ORDER BY ?example""".replace("BASE", BASE)
# A description changes the counts of what it is itself part of; three rounds settle them but for odd cases.
_ROUNDS = 20
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


@dataclass(frozen=True)
class Stated:
    """What the other graphs hold, as far as descriptions are made from it; graphs and sources by IRI."""

    meter: Meter
    sources: Mapping[str, Mapping[str, list[Value]]]
    cited: Mapping[str, frozenset[str]]
    links: Sequence[Links]
    countries: tuple[str, ...]
    roots: tuple[str, ...]
    examples: tuple[str, ...]

    def title(self, source: str) -> str:
        """Return the English name of a source, else the first it has."""
        told = self.sources.get(source, {}).get(PREFIXES["skos"] + "prefLabel", ())
        return preferred(value for value in told if isinstance(value, ox.Literal))


@dataclass(frozen=True)
class Description:
    """The metadata graph, and how much each graph and the whole hold now that it is one of them."""

    quads: list[ox.Quad]
    measures: Measures


def ask(store: ox.Store, meter: Meter) -> Stated:
    """Return what a store holds that descriptions are made from; `meter` has measured each of its graphs."""
    return Stated(
        meter,
        sources(store),
        cited(store),
        linksets.ask(store),
        *(
            tuple(text_of(row[0]) for row in rows(store, query) if row[0] is not None)
            for query in (_COUNTRIES, _ROOTS, _EXAMPLES)
        ),
    )


def describe(stated: Stated, info: DatasetInfo, tables: Iterable[Table] = ()) -> Description:
    """Return the graph that describes all graphs, itself and the dataset; equal data give equal triples."""
    names = sorted({_SELF, *stated.meter.graphs})
    files = certain((name.removeprefix(graph_iri("")) for name in names), tables)
    facts = [fact for name in names for fact in _graph(name, names, stated, info)]
    for told in (whole.dataset, whole.release):
        facts += told(info, stated.countries, files)
    facts += [*whole.catalog(info), *_dumps(files, info)]
    facts += named(release_iri(info.version), "void:subset", *names)
    facts += linksets.facts(stated.links, info.version) if linksets.LINKS in names else ()
    return _settled(facts, stated, info.version)


def _settled(facts: Sequence[Fact], stated: Stated, version: str) -> Description:
    """Add the counts of all graphs, which count these very facts too.

    A count is an object itself, so a distinct object more or less can depend on the number that tells of it:
    where that never comes to rest, the number of distinct objects is left out of this graph and of the whole.
    """
    others = stated.meter.with_last(_SELF, ()).graphs
    known = (whole.counts(name, measure) for name, measure in others.items() if name != _SELF)
    fixed = quads([*facts, *chain.from_iterable(known)], _SELF)
    lines, counted = _lines(fixed), frozenset[bytes]()
    seen, restless = {counted}, False
    for _ in range(2 * _ROUNDS):
        measures = stated.meter.with_last(_SELF, lines | counted)
        told = [
            *whole.held(version, measures, stated.examples, stated.roots),
            *whole.counts(_SELF, measures.graphs[_SELF]),
        ]
        if restless:
            objects, odd = expand("void:distinctObjects"), (release_iri(version), _SELF)
            told = [fact for fact in told if fact[0] not in odd or fact[1] != objects]
        described = quads(told, _SELF)
        now = _lines(described)
        if now == counted:
            return Description([*fixed, *described], measures)
        # What comes again comes for ever.
        restless = restless or now in seen or len(seen) > _ROUNDS
        seen.add(now)
        counted = now
    raise AssertionError(f"the counts of version {version} do not settle")


def _lines(described: Iterable[ox.Quad]) -> frozenset[bytes]:
    return frozenset(serialise(described, ox.RdfFormat.N_QUADS).splitlines(keepends=True))


def _dumps(files: Iterable[Distribution], info: DatasetInfo) -> Iterator[Fact]:
    """Yield where each graph, and the whole, can be had as a file; the address never means other bytes."""
    here = release_iri(info.version)
    for one in files:
        if one.path.endswith(".csv"):
            continue
        subject = here if one.graph is None else graph_iri(one.graph)
        yield from named(subject, "void:dataDump", here + one.path)


def places(stated: Stated, project: Project, origin: Origin) -> dict[str, tuple[Path, int | None]]:
    """Return where each description can be mended: at the graph's one source, else in data/dataset.toml."""
    general: tuple[Path, int | None] = (project.root / "data" / "dataset.toml", None)
    found = {
        name: origin.get(_source_of(name, stated) or "", general) for name in (*stated.meter.graphs, _SELF)
    }
    return {**found, DATASET: general, release_iri(project.dataset.version): general}


def _source_of(name: str, stated: Stated) -> str | None:
    """Return the IRI of the source that a named graph is taken from, or None where it has no single one."""
    if name.startswith(_OF_SOURCE):
        return PREFIXES["source"] + name.removeprefix(_OF_SOURCE)
    cited = stated.cited.get(name, frozenset())
    return min(cited) if name.startswith(_REGISTER) and len(cited) == 1 else None


def _graph(name: str, names: Iterable[str], stated: Stated, info: DatasetInfo) -> Iterator[Fact]:
    yield from typed(name, "dcat:Dataset", "void:Dataset")
    yield from _titled(name, _title(name, stated))
    if name.startswith(_REGISTER) and stated.cited.get(name):
        yield from ((name, predicate, value) for predicate, value in _agreed(stated.cited[name], stated))
    else:
        yield from _published(name, info)
    for one in sorted(_sources(name, stated)):
        yield from named(name, "dcterms:source", one)
    # The rules and this module read every graph that is written before theirs.
    later = {_SELF: {_SELF}, graph_iri("derived"): {_SELF, graph_iri("derived")}}
    if name in later:
        for other in names:
            if other not in later[name]:
                yield from named(name, "prov:wasDerivedFrom", other)


def _agreed(sources: Iterable[str], stated: Stated) -> Iterator[tuple[str, Value]]:
    """Yield what all sources of a register say of themselves, as the editions of a list do."""
    first, *others = (stated.sources.get(source, {}) for source in sorted(sources))
    for predicate in _OF_REGISTER:
        for value in first.get(predicate, ()):
            if all(value in other.get(predicate, ()) for other in others):
                yield predicate, value


def _titled(name: str, title: str) -> Iterator[Fact]:
    for predicate in ("dcterms:title", "rdfs:label") if title else ():
        yield from english(name, predicate, title)


def _published(name: str, info: DatasetInfo) -> Iterator[Fact]:
    yield from named(name, "dcterms:license", info.licence)
    yield from named(name, "dcterms:publisher", info.publisher)


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
