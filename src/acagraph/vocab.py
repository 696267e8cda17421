"""Names of things: namespaces, prefixes, graph names and minted slugs."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

BASE = "https://w3id.org/acagraph/"
ACA = BASE + "ontology#"
ONTOLOGY = BASE + "ontology"
SHAPES = BASE + "shapes#"

KINDS = ("coalition", "agent", "place", "person", "statement", "evidence", "source", "event", "document")

SCHEMES = (
    "activity",
    "actor-type",
    "basis",
    "characterisation",
    "commitment-scope",
    "conditionality",
    "country-group",
    "emission-scope",
    "goal",
    "link-set",
    "link-status",
    "metric",
    "name-type",
    "participation-role",
    "participation-status",
    "qualifier",
    "sector",
    "target-basis",
    "target-status",
    "target-wording",
    "unit",
    "validation",
)

EXTERNAL = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qudt-unit": "http://qudt.org/vocab/unit/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rs": "http://www.w3.org/2001/sw/DataAccess/tests/result-set#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "sssom": "https://w3id.org/sssom/",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "wd": "http://www.wikidata.org/entity/",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

XSD = EXTERNAL["xsd"]

PREFIXES: dict[str, str] = {
    "aca": ACA,
    **{("stmt" if kind == "statement" else kind): f"{BASE}id/{kind}/" for kind in KINDS},
    **{scheme: f"{BASE}scheme/{scheme}/" for scheme in SCHEMES},
    **EXTERNAL,
}

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda item: (-len(item[1]), item[0]))


def expand(curie: str) -> str:
    """Return the IRI that a prefixed name stands for; an IRI is returned as it is.

    Raises KeyError when the prefix is not one of PREFIXES.

    >>> expand("coalition:jci")
    'https://w3id.org/acagraph/id/coalition/jci'
    """
    prefix, colon, local = curie.partition(":")
    if not colon or local.startswith("//"):
        if colon:
            return curie
        raise KeyError(curie)
    return PREFIXES[prefix] + local


@lru_cache(maxsize=65_536)
def compact(iri: str) -> str:
    """Return the shortest prefixed name for an IRI, or the IRI when none is safe in Turtle.

    >>> compact("https://w3id.org/acagraph/id/coalition/jci")
    'coalition:jci'
    """
    for prefix, namespace in _LONGEST_FIRST:
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def graph_iri(name: str) -> str:
    """Return the IRI of a named graph such as `shared` or `source/002`."""
    return f"{BASE}graph/{name}"


def slug(*key: str) -> str:
    """Return the 16-character slug of an identity key: base32 of its SHA-256, lower case.

    Equal keys give equal slugs, so a rebuild gives equal IRIs.
    """
    digest = hashlib.sha256("\x1f".join(key).encode()).digest()
    return base64.b32encode(digest[:10]).decode().lower()
