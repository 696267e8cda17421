"""Mappings as triples: a link for each confirmed one, and a record of each, as SSSOM 1.1 has it in RDF.

The record is an owl:Axiom with owl:annotatedSource and so on ("SSSOM/RDF"). It is also typed sssom:Mapping,
for readable queries, and adms:status tells a candidate from a link.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.literals import canonical
from acagraph.links.model import (
    STATUS_PROPERTY,
    STATUS_SLOT,
    STATUSES,
    Mapping,
    MappingSet,
    kind_of,
    values_of,
)
from acagraph.links.reading import read_set
from acagraph.links.slots import MAPPING, PROPERTIES, SEVERAL, SSSOM, WORDS
from acagraph.sources import Project
from acagraph.vocab import PREFIXES, XSD, graph_iri

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_TYPES = (ox.NamedNode(PREFIXES["owl"] + "Axiom"), ox.NamedNode(SSSOM + "Mapping"))
_GRAPH = ox.NamedNode(graph_iri("links"))

Triple = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


@dataclass(frozen=True)
class Links:
    """The mappings of a project as quads of graph/links, sorted, and the place of each record."""

    quads: tuple[ox.Quad, ...]
    origin: abc.Mapping[str, tuple[Path, int | None]]


def read_links(project: Project, *, about: Collection[str] | None = None) -> Links:
    """Read the SSSOM tables of a project: a record for each row, and a triple for each that is a link.

    With `about`, only the rows of these subjects are read: most are about things of registers.

    Raises SourceError with file and line for a table that is not as it should be (see read_set), and for a
    mapping that two tables hold.
    """
    quads: set[ox.Quad] = set()
    origin: dict[str, tuple[Path, int | None]] = {}
    for file in project.files:
        if file.role != "links":
            continue
        found = read_set(file.path, about=about)
        for mapping in found.mappings:
            record = mapping.record
            if record in origin:
                path, before = origin[record]
                message = f"this mapping is in {path}:{before} already; keep one of the two rows"
                raise SourceError(message, path=file.path, line=mapping.line)
            origin[record] = (file.path, mapping.line)
            quads |= {ox.Quad(*triple, _GRAPH) for triple in triples_of(mapping, found)}
    return Links(tuple(sorted(quads, key=str)), origin)


def triples_of(mapping: Mapping, found: MappingSet) -> Iterator[Triple]:
    """Yield the triples of a mapping of a set: the link itself only when it is confirmed, then its record."""
    standing = found.standing(mapping)
    subject, predicate = ox.NamedNode(mapping.subject), ox.NamedNode(mapping.predicate)
    if standing == "confirmed":
        yield subject, predicate, ox.NamedNode(mapping.object)
    record = ox.NamedNode(mapping.record)
    for each in _TYPES:
        yield record, _TYPE, each
    yield record, ox.NamedNode(STATUS_PROPERTY), ox.NamedNode(STATUSES + standing)
    yield record, ox.NamedNode(PROPERTIES["subject_id"]), subject
    yield record, ox.NamedNode(PROPERTIES["predicate_id"]), predicate
    yield record, ox.NamedNode(PROPERTIES["object_id"]), ox.NamedNode(mapping.object)
    yield record, ox.NamedNode(SSSOM + "mapping_justification"), ox.NamedNode(mapping.justification)
    extensions = {extension.name: extension for extension in found.extensions}
    for name, text in mapping.slots.items():
        if name == STATUS_SLOT:
            continue
        if name in extensions:
            kind, told = kind_of(extensions[name]), extensions[name].property
        else:
            kind, told = MAPPING[name], PROPERTIES.get(name, SSSOM + name)
        for value in values_of(text) if kind in SEVERAL else (text,):
            yield record, ox.NamedNode(told), _term(SEVERAL.get(kind, kind), value)


def _term(kind: str, text: str) -> ox.NamedNode | ox.Literal:
    if kind in ("entity", "iri"):
        return ox.NamedNode(text)
    if kind == "date":
        return ox.Literal(text, datatype=ox.NamedNode(XSD + "date"))
    if kind in ("share", "agreement"):
        return canonical(ox.Literal(text, datatype=ox.NamedNode(XSD + "double")))
    if kind == "decimal":
        return canonical(ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal")))
    meaning = WORDS.get(kind, {}).get(text)
    return ox.NamedNode(meaning) if meaning else ox.Literal(text)
