"""What the lists of others say of their entries that DCAT-AP asks a description to name.

A catalogue that harvests the description then needs no list at hand to see what each IRI is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from acagraph.release.descriptions.attributions import licence_id
from acagraph.release.descriptions.formats import FILE_TYPES
from acagraph.release.descriptions.terms import Fact, english, named, typed
from acagraph.release.descriptions.whole import THEMES
from acagraph.vocab import expand

_EU = "http://publications.europa.eu/resource/authority/"
STABLE = f"{_EU}planned-availability/STABLE"
_LICENCE_TYPES = "http://purl.org/adms/licencetype/1.0"
_LICENCE_TYPE = "http://purl.org/adms/licencetype/"
_THEME_NAMES = {
    "AGRI": "Agriculture, fisheries, forestry and food",
    "ECON": "Economy and finance",
    "EDUC": "Education, culture and sport",
    "ENER": "Energy",
    "ENVI": "Environment",
    "GOVE": "Government and public sector",
    "HEAL": "Health",
    "INTR": "International issues",
    "JUST": "Justice, legal system and public safety",
    "OP_DATPRO": "Provisional data",
    "REGI": "Regions and cities",
    "SOCI": "Population and society",
    "TECH": "Science and technology",
    "TRAN": "Transport",
}
_CLASSES = {
    "dcat:compressFormat": "dcterms:MediaType",
    "dcat:landingPage": "foaf:Document",
    "dcat:mediaType": "dcterms:MediaType",
    "dcterms:accessRights": "dcterms:RightsStatement",
    "dcterms:accrualPeriodicity": "dcterms:Frequency",
    "dcterms:conformsTo": "dcterms:Standard",
    "dcterms:format": "dcterms:MediaTypeOrExtent",
    "dcterms:language": "dcterms:LinguisticSystem",
    "dcterms:license": "dcterms:LicenseDocument",
    "foaf:homepage": "foaf:Document",
}
_LISTS = {
    "dcterms:accrualPeriodicity": f"{_EU}frequency",
    "dcterms:accessRights": f"{_EU}access-right",
    "dcterms:format": FILE_TYPES,
    "dcterms:language": f"{_EU}language",
}


def entries(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Yield the classes, names and lists of what facts name from the lists of others, each once."""
    told = {(predicate, value.value) for _, predicate, value in facts}
    for name, kind in _CLASSES.items():
        for predicate, iri in sorted(told):
            if predicate == expand(name):
                yield from typed(iri, kind)
                if name in _LISTS and iri.startswith(f"{_LISTS[name]}/"):
                    yield from named(iri, "skos:inScheme", _LISTS[name])
                if name == "dcterms:license":
                    yield from _licence(iri)
    for predicate, iri in sorted(told):
        if predicate == expand("dcat:theme"):
            yield from _concept(iri, _THEME_NAMES.get(iri.removeprefix(f"{THEMES}/"), iri), THEMES)
    yield from typed(THEMES, "skos:ConceptScheme")
    yield from english(THEMES, "dcterms:title", "Data theme")
    yield from _concept(STABLE, "stable", f"{_EU}planned-availability")


def _licence(iri: str) -> Iterator[Fact]:
    """Yield of which kind a licence is, in the words of ADMS."""
    known = licence_id(iri) or ""
    kind, words = "UnknownIPR", "Unknown IPR"
    if known.startswith(("CC0", "PDDL")):
        kind, words = "PublicDomain", "Work is not protected by IPR"
    elif known.startswith(("CC-BY-", "ODC-By")) and "-N" not in known and "-SA" not in known:
        kind, words = "Attribution", "Attribution"
    yield from named(iri, "dcterms:type", _LICENCE_TYPE + kind)
    yield from _concept(_LICENCE_TYPE + kind, words, _LICENCE_TYPES)


def _concept(iri: str, name: str, scheme: str) -> Iterator[Fact]:
    yield from typed(iri, "skos:Concept")
    yield from english(iri, "skos:prefLabel", name)
    yield from named(iri, "skos:inScheme", scheme)
