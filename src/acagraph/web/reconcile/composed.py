"""Properties that are put together from several of the graph, as a table wants them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from acagraph.links.forms import form_named
from acagraph.queries.binding import serialise
from acagraph.stores import Term
from acagraph.vocab import expand
from acagraph.web.reconcile.model import Property

_DATASETS: Mapping[str, tuple[str, str]] = {
    "wikidata": ("Wikidata item", "The item of Wikidata about the same thing, such as Q490."),
    "geonames": ("GeoNames number", "The number of the place in GeoNames."),
    "dbpedia": ("DBpedia resource", "The resource of DBpedia about the same thing."),
    "osm": ("OpenStreetMap object", "The object of OpenStreetMap, such as relation/382313."),
    "ror": ("ROR identifier", "The identifier of the organisation in the Research Organization Registry."),
    "lei": ("LEI", "The Legal Entity Identifier of the organisation (ISO 17442)."),
    "isni": ("ISNI", "The International Standard Name Identifier (ISO 27729)."),
}
# As the saved query members-on-day tells who was a member.
_SPELL_ON_DAY = """?spell aca:participant ?thing ; a aca:Membership ; aca:inCoalition ?coalition .
  FILTER EXISTS {
    ?spell aca:startsNotAfter|aca:asOfNotBefore|aca:statedIn/aca:notAfter ?known . FILTER(?known <= ?asOf)
  }
  FILTER NOT EXISTS { ?later aca:supersedes ?spell }
  FILTER NOT EXISTS { ?spell aca:startsNotBefore ?start . FILTER(?start > ?asOf) }
  FILTER NOT EXISTS { ?spell aca:endsNotBefore|aca:endsNotAfter ?end . FILTER(?end <= ?asOf) }
  FILTER NOT EXISTS {
    ?spell aca:participationStatus ?status ; aca:asOfNotBefore ?said . FILTER(?said <= ?asOf)
    FILTER(?status IN (participation-status:ended, participation-status:suspended))
  }"""
_SPELL = """?thing aca:memberOf ?coalition .
  ?spell aca:participant ?thing ; a aca:Membership ; aca:inCoalition ?coalition ."""
_FIRST = """OPTIONAL { ?spell aca:startsNotAfter|aca:asOfNotBefore ?first }
  BIND(STRDT(SUBSTR(STR(?first), 1, 10), xsd:date) AS ?value) BIND(?coalition AS ?order)"""
_POINT = """{ ?thing wgs:lat ?lat ; wgs:long ?long }
  UNION { ?thing aca:governs ?area . ?area wgs:lat ?lat ; wgs:long ?long }"""
_PLACED = ("wgs:lat", "aca:governs")
_COMMITMENT = """?thing aca:hasCommitment ?commitment . ?commitment a ?kind .
  ?kind skos:prefLabel ?name FILTER(LANG(?name) = "en")
  FILTER NOT EXISTS { ?commitment a/rdfs:subClassOf ?kind }
  OPTIONAL { ?commitment aca:targetYear ?year }
  BIND(CONCAT(STR(?name), IF(BOUND(?year), CONCAT(", ", STR(?year)), "")) AS ?value)"""
_NET_ZERO = """?target aca:committedBy ?thing ; a aca:NetZeroTarget ; aca:targetYear ?value .
  FILTER NOT EXISTS { ?later aca:supersedes ?target }"""
_INHABITANTS = """?thing aca:governedBy?/^aca:figureSubject ?figure .
  ?figure aca:metric <https://w3id.org/acagraph/scheme/metric/inhabitants> ; a aca:LatestFigure ;
    aca:value ?value ."""


@functools.cache
def composed() -> tuple[Property, ...]:
    """Return the properties that are put together here, the ones that are asked for most first."""
    return (*_names(), *_placed(), *_linked(), *_memberships(), *_promised())


def _names() -> Iterator[Property]:
    yield Property(
        "label",
        "name",
        "What the thing is called: in English, or as the setting for the language says.",
        "?thing skos:prefLabel ?value",
    )
    yield Property(
        "altLabel",
        "other names",
        "Other names of the thing, and former ones.",
        "?thing skos:altLabel ?value",
        _needs("skos:altLabel"),
    )
    yield Property(
        "kind",
        "kind",
        "What kind of thing it is. As a condition: a class of the ontology, such as LocalGovernment.",
        "?thing a ?value FILTER NOT EXISTS { ?thing a/rdfs:subClassOf ?value }",
        classes=True,
    )
    yield Property(
        "description",
        "description",
        "What is said of the thing in a sentence.",
        "?thing dcterms:description ?value",
        _needs("dcterms:description"),
    )


def _placed() -> Iterator[Property]:
    yield Property(
        "country",
        "country",
        "The country. As a condition: a code of ISO 3166-1, a name in any language or an IRI.",
        "?thing aca:country ?value",
        _needs("aca:country"),
    )
    yield Property(
        "countryCode",
        "country code",
        "The code of the country in ISO 3166-1, of two letters.",
        "?thing aca:country/aca:iso3166Alpha2 ?value",
        _needs("aca:country"),
    )
    yield Property(
        "coordinates",
        "coordinates",
        "Latitude and longitude in degrees (WGS 84), of a government those of its territory.",
        f'{_POINT} BIND(CONCAT(STR(?lat), ",", STR(?long)) AS ?value)',
        _needs(*_PLACED),
    )
    for name, variable in (("latitude", "lat"), ("longitude", "long")):
        description = f"The {name} in degrees (WGS 84), of a government that of its territory."
        pattern = f"{_POINT} BIND(?{variable} AS ?value)"
        yield Property(name, name, description, pattern, _needs(*_PLACED))


def _linked() -> Iterator[Property]:
    for dataset, (name, description) in _DATASETS.items():
        form = form_named(dataset)
        only = f"FILTER(STRSTARTS(STR(?value), {serialise(Term('literal', form.namespace))}))"
        yield Property(
            dataset,
            name,
            description,
            f"?thing skos:exactMatch ?value {only}",
            frozenset((form.start,)),
            wider=(
                "{ ?thing skos:exactMatch|skos:closeMatch ?value } UNION "
                f"{{ ?thing aca:governs/(skos:exactMatch|skos:closeMatch) ?value }} {only}"
            ),
            dataset=dataset,
        )
    items = serialise(Term("literal", form_named("wikidata").namespace))
    yield Property(
        "placeWikidata",
        "place's Wikidata item",
        "The item of Wikidata about the territory that the government governs, not about the government.",
        f"?thing aca:governs ?order . ?order skos:exactMatch ?value FILTER(STRSTARTS(STR(?value), {items}))",
        _needs("aca:governs"),
        dataset="wikidata",
    )


def _memberships() -> Iterator[Property]:
    needs = _needs("aca:participatesIn")
    yield Property(
        "memberOf",
        "member of",
        "The coalitions of which the thing is a member, or was on the day that the settings name.",
        "?thing aca:memberOf ?value",
        needs,
        dated=f"{_SPELL_ON_DAY} BIND(?coalition AS ?value)",
    )
    yield Property(
        "memberSince",
        "member since",
        "The first day on which each membership is known, in the order of the coalitions.",
        f"{_SPELL} {_FIRST}",
        needs,
        dated=f"{_SPELL_ON_DAY} {_FIRST}",
        first=True,
    )


def _promised() -> Iterator[Property]:
    yield Property(
        "commitments",
        "commitments",
        "What the thing has promised: kinds of commitments with their years.",
        _COMMITMENT,
        _needs("aca:hasCommitment"),
    )
    yield Property(
        "netZeroYear",
        "net zero year",
        "The year in which emissions are to be net zero or the like, as the newest source has it.",
        _NET_ZERO,
        _needs("aca:hasCommitment"),
    )
    yield Property(
        "population",
        "inhabitants",
        "The newest number of inhabitants of the place or of the territory that is governed.",
        _INHABITANTS,
        _needs("aca:governs", "aca:governedBy"),
    )


def _needs(*names: str) -> frozenset[str]:
    return frozenset(map(expand, names))
