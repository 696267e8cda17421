"""void.ttl: the dataset and its graphs for crawlers, with the partitions of each graph (VoID)."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from acagraph.release.descriptions.facts import Facts
from acagraph.release.descriptions.terms import DATASET, day, english, named, quads, typed
from acagraph.release.descriptions.whole import partitions
from acagraph.vocab import BASE, expand, graph_iri

DOCUMENT = BASE + "void.ttl"
_LEFT_OUT = frozenset(
    ox.NamedNode(expand(f"dcat:{name}")) for name in ("Catalog", "DataService", "Distribution")
)
_TYPE = ox.NamedNode(expand("rdf:type"))


def document(facts: Facts, metadata: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return what VoID says of a release: its metadata graph but for files, catalogue and service, and more.

    The metadata graph itself has the partitions of the whole only: those of all graphs are many more.
    """
    known = list(metadata)
    left_out = {quad.subject for quad in known if quad.predicate == _TYPE and quad.object in _LEFT_OUT}
    kept = [quad for quad in known if quad.subject not in left_out and quad.object not in left_out]
    info, home = facts.info, graph_iri("metadata")
    told = [
        *typed(DOCUMENT, "void:DatasetDescription"),
        *english(DOCUMENT, "dcterms:title", f"Description of {info.title}, version {info.version}"),
        *named(DOCUMENT, "dcterms:creator", info.publisher),
        day(DOCUMENT, "dcterms:modified", info.date),
        *named(DOCUMENT, "foaf:primaryTopic", DATASET),
    ]
    for name, measure in facts.tallies.graphs.items():
        told += partitions(name, measure)
    return [*kept, *quads(told, home)]
