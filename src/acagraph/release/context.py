"""The JSON-LD context: our prefixes, and a name with a type for each property of the ontology.

The name is short, `memberOf`, but where a prefix has it: `metric` stands before metric:population, so the
property is `aca:metric`. Properties of other vocabularies keep their prefixed names, and have the types that
they are used with here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from acagraph.vocab import ACA, PREFIXES, XSD, compact

# Short names for keywords of JSON-LD.
ALIASES = {"id": "@id", "type": "@type", "graph": "@graph"}
# Texts that have a language.
_TEXTS = (
    "dcat:keyword", "dcterms:bibliographicCitation", "dcterms:description", "dcterms:title", "rdfs:label",
    "skos:altLabel", "skos:definition", "skos:editorialNote", "skos:hiddenLabel", "skos:prefLabel",
    "skos:scopeNote",
)  # fmt: skip
_LINKS = (
    "adms:status",
    "dcat:accessURL", "dcat:compressFormat", "dcat:contactPoint", "dcat:dataset", "dcat:distribution",
    "dcat:downloadURL", "dcat:endpointDescription", "dcat:endpointURL", "dcat:hasVersion",
    "dcat:isVersionOf", "dcat:landingPage", "dcat:mediaType", "dcat:prev", "dcat:previousVersion",
    "dcat:servesDataset", "dcat:service", "dcat:theme", "dcat:themeTaxonomy", "dcterms:accessRights",
    "dcterms:accrualPeriodicity", "dcterms:conformsTo", "dcterms:creator", "dcterms:format",
    "dcterms:hasVersion", "dcterms:isReplacedBy", "dcterms:isVersionOf", "dcterms:license",
    "dcterms:publisher", "dcterms:source", "dcterms:spatial", "dcterms:temporal", "foaf:homepage",
    "foaf:page", "owl:annotatedProperty", "owl:annotatedSource", "owl:annotatedTarget", "owl:disjointWith",
    "owl:inverseOf", "owl:members", "owl:onProperty", "owl:unionOf", "owl:versionIRI",
    "prov:wasDerivedFrom", "rdf:first", "rdf:rest", "rdfs:domain", "rdfs:isDefinedBy", "rdfs:range",
    "rdfs:seeAlso", "rdfs:subClassOf", "rdfs:subPropertyOf", "skos:broadMatch", "skos:broader",
    "skos:closeMatch", "skos:exactMatch", "skos:hasTopConcept", "skos:inScheme", "skos:narrowMatch",
    "skos:narrower", "skos:related", "skos:relatedMatch", "skos:topConceptOf",
    "sssom:mapping_justification", "vcard:hasURL", "void:class", "void:classPartition", "void:dataDump",
    "void:exampleResource", "void:linkPredicate", "void:objectsTarget", "void:property",
    "void:propertyPartition", "void:rootResource", "void:sparqlEndpoint", "void:subjectsTarget",
    "void:subset", "void:target", "void:vocabulary",
)  # fmt: skip
_TYPED = {
    "dcat:endDate": "xsd:date",
    "dcat:startDate": "xsd:date",
    "dcterms:created": "xsd:date",
    "dcterms:issued": "xsd:dateTime",
    "dcterms:modified": "xsd:dateTime",
    "owl:maxCardinality": "xsd:nonNegativeInteger",
    "void:classes": "xsd:integer",
    "void:distinctObjects": "xsd:integer",
    "void:distinctSubjects": "xsd:integer",
    "void:entities": "xsd:integer",
    "void:properties": "xsd:integer",
    "void:triples": "xsd:integer",
    "wgs:lat": "xsd:decimal",
    "wgs:long": "xsd:decimal",
}

_TYPE = PREFIXES["rdf"] + "type"
_RANGE = PREFIXES["rdfs"] + "range"
_OBJECT = PREFIXES["owl"] + "ObjectProperty"
# Ours name terms of an ontology.
_ANNOTATION = PREFIXES["owl"] + "AnnotationProperty"
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
            if quad.predicate.value == _TYPE and quad.object.value in (_OBJECT, _ANNOTATION, _DATATYPE):
                kinds[subject.value] = quad.object.value
            elif quad.predicate.value == _RANGE:
                ranges[subject.value] = quad.object.value
    terms: dict[str, object] = dict(sorted(PREFIXES.items()))
    for iri in sorted(kinds):
        name = iri.removeprefix(ACA)
        terms[compact(iri) if name in PREFIXES else name] = _term(iri, kinds[iri], ranges)
    body = {"@context": {"@version": 1.1, **ALIASES, **terms, **_others()}}
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()


def _term(iri: str, kind: str, ranges: Mapping[str, str]) -> dict[str, str]:
    datatype = ranges.get(iri, "")
    if kind != _DATATYPE:
        return {"@id": compact(iri), "@type": "@id"}
    if datatype.startswith(XSD) and datatype != XSD + "string":
        return {"@id": compact(iri), "@type": compact(datatype)}
    return {"@id": compact(iri)}


def _others() -> dict[str, object]:
    """Return the properties of other vocabularies, sorted."""
    texts = {name: {"@id": name, "@container": "@language"} for name in _TEXTS}
    links = {name: {"@id": name, "@type": "@id"} for name in _LINKS}
    typed = {name: {"@id": name, "@type": kind} for name, kind in _TYPED.items()}
    return dict(sorted({**texts, **links, **typed}.items()))
