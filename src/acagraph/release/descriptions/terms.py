"""What descriptions are made of: facts of a subject, a predicate and a value, without blank nodes."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import pyoxigraph as ox

from acagraph.vocab import BASE, PREFIXES, XSD, compact, expand

DATASET = BASE + "dataset"

Value = ox.NamedNode | ox.Literal
Fact = tuple[str, str, Value]


def part(name: str) -> str:
    """Return the IRI of a part of the dataset's description: a fragment, so that /dataset answers for it."""
    return f"{DATASET}#{name}"


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


def _iri(name: str) -> str:
    return expand(name) if name.partition(":")[0] in PREFIXES else name
