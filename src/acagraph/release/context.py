"""The JSON-LD context: our prefixes, and a name with a type for each property of the ontology.

The name is short, `memberOf`, but where a prefix has it: `metric` stands before metric:population, so the
property is `aca:metric`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from acagraph.vocab import ACA, PREFIXES, XSD, compact

_TYPE = PREFIXES["rdf"] + "type"
_RANGE = PREFIXES["rdfs"] + "range"
_OBJECT = PREFIXES["owl"] + "ObjectProperty"
_DATATYPE = PREFIXES["owl"] + "DatatypeProperty"


def context(quads: Iterable[ox.Quad]) -> bytes:
    """Return context.jsonld for the properties that an ontology declares, sorted.

    A property with a datatype takes strings: a JSON number 9.46 would become the ill-typed "9.46E0".
    """
    kinds: dict[str, str] = {}
    ranges: dict[str, str] = {}
    for quad in quads:
        subject = quad.subject
        if not (isinstance(subject, ox.NamedNode) and subject.value.startswith(ACA)):
            continue
        if isinstance(quad.object, ox.NamedNode):
            if quad.predicate.value == _TYPE and quad.object.value in (_OBJECT, _DATATYPE):
                kinds[subject.value] = quad.object.value
            elif quad.predicate.value == _RANGE:
                ranges[subject.value] = quad.object.value
    terms: dict[str, object] = dict(sorted(PREFIXES.items()))
    for iri in sorted(kinds):
        name = iri.removeprefix(ACA)
        terms[compact(iri) if name in PREFIXES else name] = _term(iri, kinds[iri], ranges)
    body = {"@context": {"@version": 1.1, "id": "@id", "type": "@type", **terms}}
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()


def _term(iri: str, kind: str, ranges: Mapping[str, str]) -> dict[str, str]:
    datatype = ranges.get(iri, "")
    if kind == _OBJECT:
        return {"@id": compact(iri), "@type": "@id"}
    if datatype.startswith(XSD) and datatype != XSD + "string":
        return {"@id": compact(iri), "@type": compact(datatype)}
    return {"@id": compact(iri)}
