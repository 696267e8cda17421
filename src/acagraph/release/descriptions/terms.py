"""What descriptions are made of: facts of a subject, a predicate and a value, without blank nodes."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import pyoxigraph as ox

from acagraph.graph.terms import text_of
from acagraph.vocab import BASE, PREFIXES, XSD, compact, expand, graph_iri

DATASET = BASE + "dataset"

Value = ox.NamedNode | ox.Literal
Fact = tuple[str, str, Value]


def part(name: str, version: str | None = None) -> str:
    """Return the IRI of a part of the description of a release, or of the dataset of all releases.

    It is a fragment, so that the page of the release answers for it, or /dataset. What one release says of
    such a part of its own, no other release says of the same.
    """
    return f"{DATASET if version is None else release_iri(version)}#{name}"


def graph_part(graph: str, version: str) -> str:
    """Return the IRI of a named graph as it is in one release: the graph's own IRI is that of all."""
    return part(graph.removeprefix(BASE), version)


def short(iri: str) -> str:
    """Return a name for an IRI that can stand in a fragment: its prefixed name, else the IRI itself."""
    return compact(iri).replace("#", "%23")


def release_iri(version: str) -> str:
    """Return the address of a release, which never means another one."""
    return f"{BASE}releases/{version}/"


def named(subject: str, predicate: str, *values: str) -> list[Fact]:
    """Return facts whose values are things, by IRI or prefixed name."""
    return [(subject, expand(predicate), ox.NamedNode(_iri(value))) for value in values]


def typed(subject: str, *classes: str) -> list[Fact]:
    """Return the classes of a thing."""
    return named(subject, "rdf:type", *classes)


def english(subject: str, predicate: str, *texts: str) -> list[Fact]:
    """Return facts whose values are texts in English."""
    return [(subject, expand(predicate), ox.Literal(text, language="en")) for text in texts]


def plain(subject: str, predicate: str, *texts: str) -> list[Fact]:
    """Return facts whose values are plain strings."""
    return [(subject, expand(predicate), ox.Literal(text)) for text in texts]


def value(subject: str, predicate: str, lexical: str, datatype: str) -> Fact:
    """Return a fact whose value is of an XML Schema datatype, by its local name."""
    return subject, expand(predicate), ox.Literal(lexical, datatype=ox.NamedNode(XSD + datatype))


def number(subject: str, predicate: str, amount: int) -> Fact:
    """Return a fact whose value is an integer."""
    return value(subject, predicate, str(amount), "integer")


def day(subject: str, predicate: str, date: datetime.date) -> Fact:
    """Return a fact whose value is the first instant of a day, as dates stand in the whole dataset."""
    return value(subject, predicate, f"{date.isoformat()}T00:00:00Z", "dateTime")


def quads(facts: Iterable[Fact], graph: str) -> list[ox.Quad]:
    """Return facts as quads of a named graph."""
    home = ox.NamedNode(graph)
    return [ox.Quad(ox.NamedNode(s), ox.NamedNode(p), one, home) for s, p, one in facts]


def of_release(metadata: Iterable[ox.Quad], version: str) -> list[ox.Quad]:
    """Return a metadata graph with each named graph of the release called by its name in that release.

    In a store a graph's own IRI means the graph as it is there; beside other releases that would tell of it
    as many sizes as there are releases.
    """
    known, this = list(metadata), ox.NamedNode(release_iri(version))
    subset, version_of = (ox.NamedNode(expand(name)) for name in ("void:subset", "dcat:isVersionOf"))
    graphs = {text_of(q.object): q.object for q in known if (q.subject, q.predicate) == (this, subset)}
    names = {graph: ox.NamedNode(graph_part(iri, version)) for iri, graph in graphs.items()}
    renamed = [
        ox.Quad(names.get(q.subject, q.subject), q.predicate, names.get(q.object, q.object), q.graph_name)
        for q in known
    ]
    home = ox.NamedNode(graph_iri("metadata"))
    return [*renamed, *(ox.Quad(name, version_of, graph, home) for graph, name in names.items())]


def _iri(name: str) -> str:
    return expand(name) if name.partition(":")[0] in PREFIXES else name
