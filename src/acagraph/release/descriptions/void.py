"""void.ttl: the dataset and its graphs for crawlers, with the partitions of each graph (VoID)."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from acagraph.release.descriptions.facts import Facts
from acagraph.release.descriptions.terms import (
    day,
    english,
    graph_part,
    named,
    of_release,
    quads,
    release_iri,
    typed,
)
from acagraph.release.descriptions.whole import partitions
from acagraph.vocab import expand, graph_iri

_LEFT_OUT = frozenset(
    ox.NamedNode(expand(f"dcat:{name}")) for name in ("Catalog", "DataService", "Distribution")
)
_TYPE = ox.NamedNode(expand("rdf:type"))


def document(facts: Facts, metadata: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return what VoID says of a release: its metadata graph but for files, catalogue and service, and more.

    The metadata graph itself has the partitions of the whole only: those of all graphs are many more.
    """
    info, home = facts.info, graph_iri("metadata")
    this = release_iri(info.version)
    known, about = of_release(metadata, info.version), f"{this}void.ttl"
    left_out = {quad.subject for quad in known if quad.predicate == _TYPE and quad.object in _LEFT_OUT}
    kept = [quad for quad in known if quad.subject not in left_out and quad.object not in left_out]
    told = [
        *typed(about, "void:DatasetDescription"),
        *english(about, "dcterms:title", f"Description of {info.title}, version {info.version}"),
        *named(about, "dcterms:creator", info.publisher),
        day(about, "dcterms:modified", info.date),
        *named(about, "foaf:primaryTopic", this),
    ]
    for name, measure in facts.tallies.graphs.items():
        told += partitions(graph_part(name, info.version), measure)
    return [*kept, *quads(told, home)]
