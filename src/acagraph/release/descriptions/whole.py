"""The dataset as a whole: for catalogues (DCAT 3), for crawlers (VoID), its versions and its service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urldefrag

from acagraph.release.descriptions.distributions import Distribution
from acagraph.release.descriptions.measures import Measure, Measures
from acagraph.release.descriptions.terms import (
    DATASET,
    Fact,
    day,
    english,
    named,
    number,
    part,
    plain,
    release_iri,
    short,
    typed,
    value,
)
from acagraph.sources import DatasetInfo
from acagraph.vocab import BASE, ONTOLOGY

CATALOG = part("catalog")
SERVICE = part("sparql")
PERIOD = part("period")
ENGLISH = "http://publications.europa.eu/resource/authority/language/ENG"
PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
THEMES = "http://publications.europa.eu/resource/authority/data-theme"
PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"


def landing(info: DatasetInfo) -> str:
    """Return where people read about the dataset."""
    return info.homepage or DATASET


def dataset(
    info: DatasetInfo, countries: Iterable[str], distributions: Iterable[Distribution]
) -> Iterator[Fact]:
    """Yield what is said of the dataset itself, but for how much it holds."""
    yield from typed(DATASET, "dcat:Dataset", "void:Dataset")
    yield from english(DATASET, "dcterms:title", info.title)
    yield from english(DATASET, "rdfs:label", info.title)
    yield from _told(DATASET, info)
    yield from named(DATASET, "dcterms:creator", info.publisher)
    yield from plain(DATASET, "dcterms:identifier", release_iri(info.version))
    yield from plain(DATASET, "dcat:version", info.version)
    yield from named(DATASET, "dcat:landingPage", landing(info))
    yield from named(DATASET, "dcterms:conformsTo", ONTOLOGY)
    yield from named(DATASET, "dcterms:spatial", *countries)
    for one in distributions:
        if one.graph is None:
            yield from named(DATASET, "dcat:distribution", one.iri)
        yield from one.facts(info) if one.graph is None else ()
    if info.frequency:
        yield from named(DATASET, "dcterms:accrualPeriodicity", info.frequency)


def versions(info: DatasetInfo) -> Iterator[Fact]:
    """Yield this release as a version of the dataset, and the one that it follows (DCAT 3, section 11)."""
    this = release_iri(info.version)
    yield from named(DATASET, "dcat:hasVersion", this)
    yield from typed(this, "dcat:Resource")
    yield from english(this, "dcterms:title", f"{info.title}, version {info.version}")
    yield from plain(this, "dcat:version", info.version)
    yield day(this, "dcterms:issued", info.date)
    yield from named(this, "dcat:isVersionOf", DATASET)
    if info.previous is not None:
        before = release_iri(info.previous)
        for subject in (DATASET, this):
            yield from named(subject, "dcat:previousVersion", before)
        yield from named(this, "dcat:prev", before)


def catalog(info: DatasetInfo) -> Iterator[Fact]:
    """Yield the catalogue that has the dataset as its one entry, and the service that answers queries."""
    yield from typed(CATALOG, "dcat:Catalog")
    yield from english(CATALOG, "dcterms:title", f"Catalogue of {info.title}")
    yield from _told(CATALOG, info, keywords=False)
    yield from named(CATALOG, "dcat:themeTaxonomy", THEMES)
    yield from named(CATALOG, "foaf:homepage", landing(info))
    yield from named(CATALOG, "dcat:dataset", DATASET)
    yield from named(CATALOG, "dcat:service", SERVICE)
    yield from typed(SERVICE, "dcat:DataService")
    yield from english(SERVICE, "dcterms:title", "SPARQL endpoint")
    told = "Answers SPARQL 1.1 queries over the whole dataset; the default graph is the union of all graphs."
    yield from english(SERVICE, "dcterms:description", told)
    yield from named(SERVICE, "dcterms:license", info.licence)
    yield from named(SERVICE, "dcterms:publisher", info.publisher)
    yield from named(SERVICE, "dcterms:conformsTo", PROTOCOL)
    yield from named(SERVICE, "dcat:endpointURL", BASE + "sparql")
    yield from named(SERVICE, "dcat:endpointDescription", BASE + "sparql")
    yield from named(SERVICE, "dcat:servesDataset", DATASET)
    yield from english(SERVICE, "dcat:keyword", *info.keywords)
    yield from named(SERVICE, "dcat:theme", *info.themes)


def held(measures: Measures, examples: Iterable[str], roots: Iterable[str]) -> Iterator[Fact]:
    """Yield how much the dataset holds, in which vocabularies, since when, and where to begin (VoID)."""
    yield from counts(DATASET, measures.whole)
    yield from partitions(DATASET, measures.whole)
    terms = (*measures.whole.classes, *measures.whole.properties)
    yield from named(DATASET, "void:vocabulary", *sorted({_namespace(term) for term in terms}))
    yield from plain(DATASET, "void:uriSpace", BASE + "id/")
    yield from named(DATASET, "void:sparqlEndpoint", BASE + "sparql")
    yield from named(DATASET, "void:exampleResource", *examples)
    yield from named(DATASET, "void:rootResource", *roots)
    if measures.since and measures.until:
        yield from named(DATASET, "dcterms:temporal", PERIOD)
        yield from typed(PERIOD, "dcterms:PeriodOfTime")
        yield value(PERIOD, "dcat:startDate", measures.since, "dateTime")
        yield value(PERIOD, "dcat:endDate", measures.until, "dateTime")


def counts(name: str, measure: Measure) -> Iterator[Fact]:
    """Yield how much a graph or the dataset holds, as numbers."""
    yield number(name, "void:triples", measure.triples)
    yield number(name, "void:entities", measure.entities)
    yield number(name, "void:distinctSubjects", measure.subjects)
    yield number(name, "void:distinctObjects", measure.objects)
    yield number(name, "void:classes", len(measure.classes))
    yield number(name, "void:properties", len(measure.properties))


def partitions(name: str, measure: Measure) -> Iterator[Fact]:
    """Yield how many things there are of each class, and how many triples of each property."""
    for link, term, amount, counted in (
        ("void:classPartition", "void:class", "void:entities", measure.classes),
        ("void:propertyPartition", "void:property", "void:triples", measure.properties),
    ):
        yield from _partitions(name, link, term, amount, counted)


def _partitions(name: str, link: str, term: str, amount: str, counted: Mapping[str, int]) -> Iterator[Fact]:
    kind = term.removeprefix("void:")
    for iri, how_many in counted.items():
        one = f"{name}#{kind}/{short(iri)}"
        yield from named(name, link, one)
        yield from typed(one, "void:Dataset")
        yield from named(one, term, iri)
        yield number(one, amount, how_many)


def _told(subject: str, info: DatasetInfo, *, keywords: bool = True) -> Iterator[Fact]:
    """Yield what the dataset and its catalogue have in common."""
    yield from english(subject, "dcterms:description", info.description)
    yield from named(subject, "dcterms:license", info.licence)
    yield from named(subject, "dcterms:publisher", info.publisher)
    yield from named(subject, "dcterms:language", ENGLISH)
    yield day(subject, "dcterms:issued", info.date)
    yield day(subject, "dcterms:modified", info.date)
    if keywords:
        yield from named(subject, "dcterms:accessRights", PUBLIC)
        yield from english(subject, "dcat:keyword", *info.keywords)
        yield from named(subject, "dcat:theme", *info.themes)


def _namespace(iri: str) -> str:
    """Return the vocabulary of a term: what stands before its name, with the sign that separates them."""
    base, fragment = urldefrag(iri)
    return f"{base}#" if fragment else iri[: iri.rindex("/") + 1]
