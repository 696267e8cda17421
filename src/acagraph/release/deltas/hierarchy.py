"""Which class, property or datatype holds all that another holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from acagraph.graph.hierarchy import reached
from acagraph.graph.terms import text_of
from acagraph.vocab import PREFIXES, compact

_SUPER = (PREFIXES["rdfs"] + "subClassOf", PREFIXES["rdfs"] + "subPropertyOf")
_UNION = re.compile(r"\[(?:rdf:type owl:Class ; )?owl:unionOf \(([^()\[\]]*)\)(?: ; rdf:type owl:Class)?\]")
# Of the datatypes of XML Schema those that data of ours may have.
_DATATYPES: Mapping[str, tuple[str, ...]] = {
    "xsd:integer": ("xsd:decimal",),
    "xsd:long": ("xsd:integer",),
    "xsd:int": ("xsd:long",),
    "xsd:short": ("xsd:int",),
    "xsd:nonNegativeInteger": ("xsd:integer",),
    "xsd:positiveInteger": ("xsd:nonNegativeInteger",),
    "xsd:dateTimeStamp": ("xsd:dateTime",),
    "xsd:token": ("xsd:normalizedString",),
    "xsd:normalizedString": ("xsd:string",),
    "xsd:string": ("rdf:PlainLiteral",),
    "rdf:langString": ("rdf:PlainLiteral",),
    "rdf:PlainLiteral": ("rdfs:Literal",),
    "xsd:decimal": ("rdfs:Literal",),
    "xsd:dateTime": ("rdfs:Literal",),
    "xsd:date": ("rdfs:Literal",),
    "xsd:boolean": ("rdfs:Literal",),
    "xsd:anyURI": ("rdfs:Literal",),
    "xsd:double": ("rdfs:Literal",),
}
_ALL = ("owl:Thing", "rdfs:Resource")


class Hierarchy:
    """The superclasses and superproperties that two versions of an ontology state, together."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._above: dict[str, set[str]] = defaultdict(set)
        for name, above in _DATATYPES.items():
            self._above[name].update(above)
        for quad in quads:
            if quad.predicate.value in _SUPER and isinstance(quad.object, ox.NamedNode):
                self._above[compact(text_of(quad.subject))].add(compact(quad.object.value))

    def within(self, narrow: str, wide: str) -> bool:
        """Say whether all that is of one is of the other; each a prefixed name or a union as text."""
        wides = _parts(wide)
        return any(part in _ALL for part in wides) or all(
            not {name, *reached([name], self._above)}.isdisjoint(wides) for name in _parts(narrow)
        )


def _parts(text: str) -> list[str]:
    union = _UNION.fullmatch(text)
    return union[1].split() if union else [text]
