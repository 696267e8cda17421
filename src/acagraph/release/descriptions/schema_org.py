"""A release as a Dataset of schema.org, with what search engines for datasets ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from acagraph.release.descriptions.attributions import Attribution
from acagraph.release.descriptions.distributions import Distribution
from acagraph.release.descriptions.facts import Facts
from acagraph.release.descriptions.measures import day_of
from acagraph.release.descriptions.questions import countries, pairs
from acagraph.release.descriptions.terms import DATASET, release_iri
from acagraph.release.descriptions.whole import catalog_iri
from acagraph.release.files import File
from acagraph.sources import DatasetInfo

_METRICS = """SELECT DISTINCT ?metric ?name {
  { SELECT DISTINCT ?metric { ?figure aca:metric ?metric } }
  ?metric skos:prefLabel ?name FILTER(LANG(?name) = "en")
}"""
_PERIOD = """SELECT ?start ?end {
  <DATASET> dcterms:temporal ?period . ?period dcat:startDate ?start ; dcat:endDate ?end
}""".replace("DATASET", DATASET)


def as_json(
    facts: Facts,
    store: ox.Store,
    author: str,
    summary: str,
    files: Iterable[Distribution],
    sources: Sequence[Attribution],
) -> dict[str, object]:
    """Return schema.jsonld; lists are sorted, and what is not known is left out."""
    told: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": release_iri(facts.info.version),
        "exampleOfWork": {"@id": DATASET},
        "name": facts.info.title,
        "description": summary,
        "url": DATASET,
        **_version(facts),
        **_maker(facts.info, author),
        "license": facts.info.licence,
        "isAccessibleForFree": True,
        "inLanguage": "en",
        "keywords": list(facts.info.keywords),
        "temporalCoverage": _period(store),
        "spatialCoverage": [{"@type": "Place", "@id": iri, "name": name} for iri, name in countries(store)],
        "variableMeasured": [
            {"@type": "PropertyValue", "propertyID": iri, "name": name}
            for iri, name in pairs(store, _METRICS)
        ],
        "isBasedOn": [_source(one) for one in sources],
        "distribution": _downloads(facts, files),
    }
    return {name: value for name, value in told.items() if value not in ([], "")}


def _version(facts: Facts) -> dict[str, object]:
    """Return which release this is: its address and its hash name it alone."""
    info, day = facts.info, facts.info.date.isoformat()
    digest = {"@type": "PropertyValue", "propertyID": "RDFC-1.0 SHA-256", "value": facts.sha256}
    return {
        "identifier": [release_iri(info.version), digest],
        "version": info.version,
        "datePublished": day,
        "dateModified": day,
    }


def _maker(info: DatasetInfo, author: str) -> dict[str, object]:
    """Return who makes and publishes it, and the catalogue that it is in."""
    maker = {
        "@type": "Organization",
        "@id": info.publisher,
        "name": author,
        "url": info.homepage or info.publisher,
    }
    catalog = {"@type": "DataCatalog", "@id": catalog_iri(info.version), "name": f"Catalogue of {info.title}"}
    return {"creator": maker, "publisher": maker, "includedInDataCatalog": catalog}


def _downloads(facts: Facts, files: Iterable[Distribution]) -> list[dict[str, object]]:
    known = {file.path: file for file in facts.files}
    whole = [one for one in files if one.graph is None]
    return [_download(one, known[one.path], release_iri(facts.info.version)) for one in whole]


def _download(one: Distribution, file: File, here: str) -> dict[str, object]:
    return {
        "@type": "DataDownload",
        "name": one.title,
        "description": one.description,
        "contentUrl": here + one.path,
        "encodingFormat": file.media_type if file.path.endswith(".gz") else one.media_type,
        "contentSize": f"{file.bytes} B",
        "sha256": file.sha256,
    }


def _source(one: Attribution) -> dict[str, object]:
    told = {
        "@type": "CreativeWork",
        "@id": one.source,
        "name": one.title,
        "publisher": {"@type": "Organization", "name": one.publisher} if one.publisher else "",
        "version": one.edition,
        "license": one.licence,
        "url": one.page,
        "creditText": one.citation,
    }
    return {name: value for name, value in told.items() if value}


def _period(store: ox.Store) -> str:
    """Return the time that the dataset is about, as an interval of ISO 8601, or "" where nothing is dated."""
    return next((f"{day_of(start)}/{day_of(end)}" for start, end in pairs(store, _PERIOD)), "")
