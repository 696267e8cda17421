"""What a release is taken from: its sources, with their licences as far as they are known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from acagraph.release.descriptions.questions import cited, preferred, sources
from acagraph.release.descriptions.terms import Value
from acagraph.validation.labels import label
from acagraph.vocab import PREFIXES, expand, graph_iri

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
    graphs: dict[str, set[str]] = defaultdict(set)
    for graph, taken in cited(store).items():
        for source in taken:
            graphs[source].add(graph)
    return [
        _attribution(store, source, told, {*graphs[source], *_own(store, source)})
        for source, told in sorted(sources(store).items())
    ]


def licence_id(iri: str) -> str | None:
    """Return the identifier of a licence in the list of SPDX, for those of Creative and Open Data Commons."""
    if match := _CREATIVE_COMMONS.fullmatch(iri):
        kind = "CC0" if match["zero"] else f"CC-{match['kind'].upper()}"
        return "-".join(filter(None, (kind, match["number"], (match["port"] or "").upper())))
    match = _OPEN_DATA_COMMONS.fullmatch(iri)
    return _ODC.get(match["kind"]) if match else None


def _attribution(
    store: ox.Store, source: str, told: Mapping[str, list[Value]], graphs: set[str]
) -> Attribution:
    def one(name: str) -> str:
        return preferred(told.get(expand(name), ()))

    publisher = one("dcterms:publisher")
    return Attribution(
        source=source,
        title=one("skos:prefLabel"),
        publisher=(publisher and label(store, ox.NamedNode(publisher))) or "",
        edition=one("dcat:version"),
        licence=one("dcterms:license"),
        citation=one("dcterms:bibliographicCitation"),
        page=one("foaf:page"),
        graphs=tuple(sorted(graphs)),
    )


def _own(store: ox.Store, source: str) -> list[str]:
    """Return the graph that is named after a source, where there is one."""
    name = graph_iri(f"source/{source.removeprefix(PREFIXES['source'])}")
    return [name] if store.contains_named_graph(ox.NamedNode(name)) else []
