"""The dataset of all releases, and a release as its version: for catalogues (DCAT 3) and crawlers (VoID).

Descriptions of several releases can be loaded together: whatever one release alone can say, such as a number,
an address of a file, a date or a checksum, is said of the release or of a part named below it. `…/dataset`,
the dataset whichever its version, has what holds for all of them. Hence no dcat:hasCurrentVersion: a release
that never changes cannot know for how long it is the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

SERVICE = part("sparql")
ENGLISH = "http://publications.europa.eu/resource/authority/language/ENG"
PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
THEMES = "http://publications.europa.eu/resource/authority/data-theme"
PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"


def catalog_iri(version: str) -> str:
    """Return the name of the catalogue that comes with a release: it is dated, so it is the release's own."""
    return part("catalog", version)


def period_iri(version: str) -> str:
    """Return the name of the period that a release is about."""
    return part("period", version)


def landing(info: DatasetInfo) -> str:
    """Return where people read about the dataset."""
    return info.homepage or DATASET


def dataset(
    info: DatasetInfo, countries: Sequence[str], distributions: Sequence[Distribution]
) -> Iterator[Fact]:
    """Yield what holds for all releases (DCAT 3, section 11): the dataset with its versions.

    Its files are those at the addresses that always give the newest release, so that who follows the dataset,
    and not one version, gets them; they have no size and no checksum.
    """
    yield from _told(DATASET, info.title, info, countries)
    yield from plain(DATASET, "dcterms:identifier", DATASET)
    yield from named(DATASET, "dcat:hasVersion", release_iri(info.version))
    yield from plain(DATASET, "void:uriSpace", BASE + "id/")
    yield from named(DATASET, "void:sparqlEndpoint", BASE + "sparql")
    if info.frequency:
        yield from named(DATASET, "dcterms:accrualPeriodicity", info.frequency)
    for one in distributions:
        if one.graph is None:
            yield from named(DATASET, "dcat:distribution", one.iri())
            yield from one.newest(info)


def release(
    info: DatasetInfo, countries: Sequence[str], distributions: Sequence[Distribution]
) -> Iterator[Fact]:
    """Yield what is said of a release itself, but for how much it holds; and the one that it follows."""
    this = release_iri(info.version)
    yield from _told(this, f"{info.title}, version {info.version}", info, countries)
    yield from _dated(this, info)
    yield from plain(this, "dcterms:identifier", this)
    yield from plain(this, "dcat:version", info.version)
    yield from named(this, "dcat:isVersionOf", DATASET)
    for one in distributions:
        if one.graph is None:
            yield from named(this, "dcat:distribution", one.iri(info.version))
            yield from one.facts(info)
    if info.previous is not None:
        for predicate in ("dcat:previousVersion", "dcat:prev"):
            yield from named(this, predicate, release_iri(info.previous))


def catalog(info: DatasetInfo) -> Iterator[Fact]:
    """Yield the catalogue of the dataset and this version of it, and the service that answers queries."""
    name = catalog_iri(info.version)
    yield from typed(name, "dcat:Catalog")
    yield from english(name, "dcterms:title", f"Catalogue of {info.title}, version {info.version}")
    yield from _published(name, info)
    yield from _dated(name, info)
    yield from named(name, "dcat:themeTaxonomy", THEMES)
    yield from named(name, "foaf:homepage", landing(info))
    yield from named(name, "dcat:dataset", DATASET, release_iri(info.version))
    yield from named(name, "dcat:service", SERVICE)
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


def held(version: str, measures: Measures, examples: Iterable[str], roots: Iterable[str]) -> Iterator[Fact]:
    """Yield how much a release holds, in which vocabularies, since when, and where to begin (VoID)."""
    this, period = release_iri(version), period_iri(version)
    yield from counts(this, measures.whole)
    yield from partitions(this, measures.whole)
    terms = (*measures.whole.classes, *measures.whole.properties)
    yield from named(this, "void:vocabulary", *sorted({_namespace(term) for term in terms}))
    yield from plain(this, "void:uriSpace", BASE + "id/")
    yield from named(this, "void:sparqlEndpoint", this + "sparql")
    yield from named(this, "void:exampleResource", *examples)
    yield from named(this, "void:rootResource", *roots)
    if measures.since and measures.until:
        for subject in (this, DATASET):
            yield from named(subject, "dcterms:temporal", period)
        yield from typed(period, "dcterms:PeriodOfTime")
        yield value(period, "dcat:startDate", measures.since, "dateTime")
        yield value(period, "dcat:endDate", measures.until, "dateTime")


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
    below = f"{name}{'/' if '#' in name else '#'}{term.removeprefix('void:')}"
    for iri, how_many in counted.items():
        one = f"{below}/{short(iri)}"
        yield from named(name, link, one)
        yield from typed(one, "void:Dataset")
        yield from named(one, term, iri)
        yield number(one, amount, how_many)


def _told(subject: str, title: str, info: DatasetInfo, countries: Iterable[str]) -> Iterator[Fact]:
    """Yield what the dataset and its releases have in common."""
    yield from typed(subject, "dcat:Dataset", "void:Dataset")
    yield from english(subject, "dcterms:title", title)
    yield from english(subject, "rdfs:label", title)
    yield from _published(subject, info)
    yield from named(subject, "dcterms:creator", info.publisher)
    yield from named(subject, "dcterms:accessRights", PUBLIC)
    yield from named(subject, "dcat:landingPage", landing(info))
    yield from named(subject, "dcterms:conformsTo", ONTOLOGY)
    yield from named(subject, "dcterms:spatial", *countries)
    yield from english(subject, "dcat:keyword", *info.keywords)
    yield from named(subject, "dcat:theme", *info.themes)


def _published(subject: str, info: DatasetInfo) -> Iterator[Fact]:
    yield from english(subject, "dcterms:description", info.description)
    yield from named(subject, "dcterms:license", info.licence)
    yield from named(subject, "dcterms:publisher", info.publisher)
    yield from named(subject, "dcterms:language", ENGLISH)


def _dated(subject: str, info: DatasetInfo) -> Iterator[Fact]:
    yield day(subject, "dcterms:issued", info.date)
    yield day(subject, "dcterms:modified", info.date)


def _namespace(iri: str) -> str:
    """Return the vocabulary of a term: what stands before its name, with the sign that separates them."""
    base, fragment = urldefrag(iri)
    return f"{base}#" if fragment else iri[: iri.rindex("/") + 1]
