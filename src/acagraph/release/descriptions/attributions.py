"""What a release is taken from: its sources, with their licences as far as they are known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from acagraph.graph.terms import text_of
from acagraph.vocab import PREFIXES, expand, graph_iri

_SOURCES = "SELECT ?source ?property ?value { ?source a aca:Source ; ?property ?value }"
_CITED = """SELECT DISTINCT ?source ?graph {
  { GRAPH ?graph { ?evidence aca:inSource ?source } }
  UNION { GRAPH ?graph { ?statement aca:evidence ?evidence } ?evidence aca:inSource ?source }
}"""
_NAME = """SELECT ?name ?thing { ?thing skos:prefLabel ?name }
ORDER BY (LANG(?name) != "en") LANG(?name) ?name LIMIT 1"""
_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/(?:licenses/(?P<kind>[a-z-]+)|publicdomain/(?P<zero>zero))"
    r"/(?P<number>[0-9.]+)(?:/(?P<port>[a-z]+))?/?"
)
_OPEN_DATA_COMMONS = re.compile(r"https?://opendatacommons\.org/licenses/(?P<kind>[a-z]+)/(?P<number>1-0)/?")
_ODC = {"by": "ODC-By-1.0", "odbl": "ODbL-1.0", "pddl": "PDDL-1.0"}


@dataclass(frozen=True)
class Attribution:
    """A source: what it asks to be named with, and the graphs that hold what it states; all by IRI or text.

    `licence` is "" where it is not known: then nothing says under which terms the source itself can be used.
    """

    source: str
    title: str
    publisher: str
    edition: str
    licence: str
    citation: str
    page: str
    graphs: tuple[str, ...]

    @property
    def credit(self) -> str:
        """The citation that the source asks for, else its title, publisher, edition and page."""
        told = (self.title, self.publisher, self.edition, self.page)
        return self.citation or ", ".join(part for part in told if part) + "."


def ask(store: ox.Store) -> list[Attribution]:
    """Return the sources of a release, sorted by IRI."""
    told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for source, predicate, value in _rows(store, _SOURCES):
        # An English text comes before one in another language.
        last = isinstance(value, ox.Literal) and value.language not in (None, "en")
        told[text_of(source)][text_of(predicate)].append(f"{int(last)}{text_of(value)}")
    graphs: dict[str, set[str]] = defaultdict(set)
    for source, graph in _rows(store, _CITED):
        graphs[text_of(source)].add(text_of(graph))
    own = graph_iri("source/")
    return [
        _attribution(store, source, facts, {*graphs[source], *_own(store, own, source)})
        for source, facts in sorted(told.items())
    ]


def name_of(store: ox.Store, thing: str) -> str:
    """Return the English name of a thing, else the first it has, else ""."""
    solutions = store.query(
        _NAME,
        prefixes=PREFIXES,
        use_default_graph_as_union=True,
        substitutions={ox.Variable("thing"): ox.NamedNode(thing)},
    )
    assert isinstance(solutions, ox.QuerySolutions)
    return next((text_of(row[0]) for row in solutions), "")


def licence_id(iri: str) -> str | None:
    """Return the identifier of a licence in the list of SPDX, for those of Creative and Open Data Commons."""
    if match := _CREATIVE_COMMONS.fullmatch(iri):
        kind = "CC0" if match["zero"] else f"CC-{match['kind'].upper()}"
        return "-".join(filter(None, (kind, match["number"], (match["port"] or "").upper())))
    match = _OPEN_DATA_COMMONS.fullmatch(iri)
    return _ODC.get(match["kind"]) if match else None


def _attribution(
    store: ox.Store, source: str, facts: Mapping[str, list[str]], graphs: set[str]
) -> Attribution:
    def one(name: str) -> str:
        return min(facts.get(expand(name), ()), default=" ")[1:]

    publisher = one("dcterms:publisher")
    return Attribution(
        source=source,
        title=one("skos:prefLabel"),
        publisher=publisher and name_of(store, publisher),
        edition=one("dcat:version"),
        licence=one("dcterms:license"),
        citation=one("dcterms:bibliographicCitation"),
        page=one("foaf:page"),
        graphs=tuple(sorted(graphs)),
    )


def _own(store: ox.Store, start: str, source: str) -> list[str]:
    """Return the graph that is named after a source, where there is one."""
    name = start + source.removeprefix(PREFIXES["source"])
    return [name] if store.contains_named_graph(ox.NamedNode(name)) else []


def _rows(store: ox.Store, query: str) -> ox.QuerySolutions:
    solutions = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    return solutions
