"""dataset.ttl and dataset.jsonld: the dataset for catalogues, in DCAT 3 with schema.org beside it.

The release is a version of the dataset of all releases; its graphs are parts of it (void:subset) and no
datasets of a catalogue of their own here: who harvests this gets two entries and not fifty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from acagraph.graph.terms import text_of
from acagraph.release.descriptions.authorities import STABLE, entries
from acagraph.release.descriptions.distributions import Distribution
from acagraph.release.descriptions.facts import Facts
from acagraph.release.descriptions.questions import countries
from acagraph.release.descriptions.terms import (
    DATASET,
    Fact,
    Value,
    english,
    graph_part,
    named,
    of_release,
    part,
    plain,
    quads,
    release_iri,
    typed,
    value,
)
from acagraph.release.descriptions.whole import SERVICE, catalog_iri, landing, period_iri
from acagraph.release.files import File
from acagraph.sources import DatasetInfo
from acagraph.validation.labels import label
from acagraph.vocab import ONTOLOGY, expand, graph_iri

CONTACT = part("contact")
_SHA256 = "spdx:checksumAlgorithm_sha256"
_PARTITIONS = frozenset(map(expand, ("void:classPartition", "void:propertyPartition")))
_OF_A_GRAPH = frozenset(
    expand(f"{prefix}:{name}")
    for prefix, names in (
        ("dcat", ("isVersionOf",)),
        ("dcterms", ("title", "license", "publisher")),
        ("void", ("triples", "dataDump")),
    )
    for name in names
)


def document(
    facts: Facts,
    metadata: Iterable[ox.Quad],
    files: Sequence[Distribution],
    *,
    author: str,
    store: ox.Store,
) -> list[ox.Quad]:
    """Return the description of a release for catalogues, its files with their sizes and checksums."""
    info = facts.info
    this = release_iri(info.version)
    told = list(_of_the_whole(metadata, info))
    licences = {graph: one.value for graph, predicate, one in told if predicate == expand("dcterms:license")}
    known = {file.path: file for file in facts.files}
    for one in files:
        graph = this if one.graph is None else graph_part(graph_iri(one.graph), info.version)
        told += named(graph, "dcat:distribution", one.iri(info.version))
        told += one.facts(info, licence=licences.get(graph, ""))
        told += _file(one, known[one.path], info)
        if one.graph is None:
            told += [*named(DATASET, "dcat:distribution", one.iri()), *one.newest(info)]
            told += named(one.iri(), "dcatap:availability", STABLE)
    told += named(catalog_iri(info.version), "dcterms:spatial", *_values(told, this, "dcterms:spatial"))
    told += [*_contact(info), *_schema_org(told, facts), *_publisher(info, author, store)]
    for country, name in countries(store):
        told += [*typed(country, "aca:Place"), *english(country, "rdfs:label", name)]
    return sorted(set(quads([*told, *entries(told)], graph_iri("metadata"))), key=str)


def _of_the_whole(metadata: Iterable[ox.Quad], info: DatasetInfo) -> Iterator[Fact]:
    """Yield what the metadata graph says of the dataset, the release and their catalogue; of graphs less."""
    version, this = info.version, release_iri(info.version)
    about = {DATASET, SERVICE, this, catalog_iri(version), period_iri(version)}
    known = [
        (text_of(q.subject), q.predicate.value, q.object)
        for q in of_release(metadata, version)
        if isinstance(q.object, Value)
    ]
    graphs = {one.value for subject, name, one in known if (subject, name) == (this, expand("void:subset"))}
    for subject, predicate, one in known:
        if (subject in about and predicate not in _PARTITIONS) or (
            subject in graphs and predicate in _OF_A_GRAPH
        ):
            yield subject, predicate, one
    for graph in sorted(graphs):
        yield from typed(graph, "void:Dataset")


def _file(one: Distribution, file: File, info: DatasetInfo) -> Iterator[Fact]:
    """Yield what is known of a file once it is written."""
    name, checksum = one.iri(info.version), part(f"sha256/{one.path}", info.version)
    yield value(name, "dcat:byteSize", str(file.bytes), "nonNegativeInteger")
    yield from named(name, "spdx:checksum", checksum)
    yield from typed(checksum, "spdx:Checksum")
    yield from named(checksum, "spdx:algorithm", _SHA256)
    yield from typed(expand(_SHA256), "spdx:ChecksumAlgorithm")
    yield value(checksum, "spdx:checksumValue", file.sha256, "hexBinary")
    yield from named(name, "dcatap:availability", STABLE)
    if one.graph is not None:
        return
    yield from typed(name, "schema:DataDownload")
    yield from english(name, "schema:name", one.title)
    yield from named(name, "schema:contentUrl", release_iri(info.version) + one.path)
    yield from plain(name, "schema:encodingFormat", one.media_type)


def _contact(info: DatasetInfo) -> Iterator[Fact]:
    """Yield where to turn to: the project's page, no person's address."""
    yield from typed(CONTACT, "vcard:Kind", "vcard:Organization")
    yield from english(CONTACT, "vcard:fn", info.title)
    yield from named(CONTACT, "vcard:hasURL", landing(info))
    for subject in (DATASET, release_iri(info.version), SERVICE):
        yield from named(subject, "dcat:contactPoint", CONTACT)


def _publisher(info: DatasetInfo, author: str, store: ox.Store) -> Iterator[Fact]:
    """Yield who publishes the dataset; of which type is what the ontology calls it."""
    yield from typed(info.publisher, "foaf:Agent")
    yield from plain(info.publisher, "foaf:name", author)
    kind = expand("aca:Organisation")
    yield from named(info.publisher, "dcterms:type", kind)
    yield from typed(kind, "skos:Concept")
    yield from english(kind, "skos:prefLabel", label(store, ox.NamedNode(kind)) or "Organisation")
    yield from named(kind, "skos:inScheme", ONTOLOGY)


def _schema_org(told: Sequence[Fact], facts: Facts) -> Iterator[Fact]:
    """Yield the same of the release, and the hash of what it holds, in the words of schema.org."""
    info = facts.info
    this, name = release_iri(info.version), catalog_iri(info.version)
    digest = part("rdfc10-sha256", info.version)
    yield from typed(this, "schema:Dataset")
    yield from english(this, "schema:name", f"{info.title}, version {info.version}")
    yield from english(this, "schema:description", info.description)
    yield from plain(this, "schema:version", info.version)
    yield value(this, "schema:datePublished", info.date.isoformat(), "date")
    yield value(this, "schema:isAccessibleForFree", "true", "boolean")
    yield from named(this, "schema:url", landing(info))
    yield from named(this, "schema:license", info.licence)
    for role in ("schema:creator", "schema:publisher"):
        yield from named(this, role, info.publisher)
    yield from named(this, "schema:identifier", digest)
    yield from typed(digest, "schema:PropertyValue")
    yield from plain(digest, "schema:propertyID", "RDFC-1.0 SHA-256")
    yield from plain(digest, "schema:value", facts.sha256)
    yield from named(this, "schema:exampleOfWork", DATASET)
    yield from named(this, "schema:includedInDataCatalog", name)
    yield from named(this, "schema:distribution", *_values(told, this, "dcat:distribution"))
    yield from typed(name, "schema:DataCatalog")


def _values(told: Iterable[Fact], subject: str, predicate: str) -> list[str]:
    return sorted({one.value for s, p, one in told if (s, p) == (subject, expand(predicate))})
