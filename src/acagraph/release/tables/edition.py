"""Which edition of the dataset the tables are of, as the release's own metadata graph tells."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pyoxigraph as ox

from acagraph.release.descriptions.citation import cited
from acagraph.release.descriptions.terms import release_iri
from acagraph.vocab import BASE, EXTERNAL, expand, graph_iri

_DATASET = ox.NamedNode(BASE + "dataset")
_METADATA = ox.NamedNode(graph_iri("metadata"))
_NAMES = (ox.NamedNode(EXTERNAL["foaf"] + "name"), ox.NamedNode(EXTERNAL["rdfs"] + "label"))
# The first day that a file in a zip archive can be of.
_EARLIEST = datetime.date(1980, 1, 1)


@dataclass(frozen=True)
class Edition:
    """A release of the dataset; "" stands for what the metadata do not say."""

    title: str
    description: str
    version: str
    licence: str
    publisher: str
    issued: datetime.date

    @property
    def address(self) -> str:
        """The address that will always be of this release."""
        return release_iri(self.version)

    @property
    def citation(self) -> str:
        """How to cite it."""
        return cited(self.title, self.version, by=self.publisher, year=self.issued.year)


def read_edition(store: ox.Store) -> Edition:
    """Read the edition from a release's store."""
    versions = store.quads_for_pattern(_DATASET, _node("dcat:hasVersion"), None, _METADATA)
    this = next((quad.object for quad in versions if isinstance(quad.object, ox.NamedNode)), _DATASET)
    issued = _text(store, "dcterms:issued", this).partition("T")[0]
    publishers = [
        quad.object
        for quad in store.quads_for_pattern(_DATASET, _node("dcterms:publisher"), None, None)
        if isinstance(quad.object, ox.NamedNode)
    ]
    names = sorted(
        quad.object.value
        for publisher in publishers
        for name in _NAMES
        for quad in store.quads_for_pattern(publisher, name, None, None)
        if isinstance(quad.object, ox.Literal)
    )
    return Edition(
        title=_text(store, "dcterms:title"),
        description=_text(store, "dcterms:description"),
        version=_text(store, "dcat:version", this),
        licence=_text(store, "dcterms:license"),
        publisher=names[0] if names else "",
        issued=datetime.date.fromisoformat(issued) if issued else _EARLIEST,
    )


def _text(store: ox.Store, property: str, subject: ox.NamedNode = _DATASET) -> str:
    """Return the value of a property of the dataset, or its release, the English one first."""
    found = [
        (getattr(quad.object, "language", None) != "en", quad.object.value)
        for quad in store.quads_for_pattern(subject, _node(property), None, _METADATA)
        if isinstance(quad.object, ox.Literal | ox.NamedNode)
    ]
    return min(found, default=(True, ""))[1]


def _node(property: str) -> ox.NamedNode:
    return ox.NamedNode(expand(property))
