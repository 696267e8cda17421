"""A thing, and what follows from the things around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["label", "alternative", "acronym", "former", "hidden", "territory"]

_ROLES = get_args(Role)
# Places lie in at most as many: a government, its settlement, county, division, country.
_DEPTH = 7
# What a thing is told by elsewhere, and what identifiers of that kind begin with here.
_TARGETS: Mapping[str, str] = {
    "http://www.wikidata.org/entity/": "wikidata",
    "https://isni.org/isni/": "isni",
    "https://lei.info/": "lei",
    "https://ror.org/": "ror",
    "https://sws.geonames.org/": "geonames",
    "http://dbpedia.org/resource/": "dbpedia",
    "https://www.openstreetmap.org/": "osm",
}


@dataclass(frozen=True, order=True, slots=True)
class Name:
    """A name of a thing with its language ("" where none is told) and what it is to the thing."""

    text: str
    language: str = ""
    role: Role = "label"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing as its source describes it; what it refers to are IRIs, sorted.

    `names` are in the order of `order`. `kinds` are local names of its classes. `within` is what it lies in:
    the next larger places in files, its countries in a release. `code` is ISO 3166-1 alpha-2, of a country
    itself only. `identifiers` are `wikidata:Q490`, `lei:…`, `iso3166-2:US-CA` and the like, `near` those of
    what is nearly the same. `position` is latitude and longitude in degrees, WGS 84.
    """

    iri: str
    names: tuple[Name, ...] = ()
    kinds: frozenset[str] = frozenset()
    within: tuple[str, ...] = ()
    governs: tuple[str, ...] = ()
    code: str | None = None
    identifiers: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    position: tuple[float, float] | None = None
    population: int | None = None


def order(name: Name) -> tuple[int, int, str, str]:
    """Return what puts the name to show first: a label, in English, else without a language."""
    return _ROLES.index(name.role), {"en": 0, "": 1}.get(name.language, 2), name.language, name.text


def country_of(iri: str, things: Mapping[str, Thing]) -> str | None:
    """Return the code of the one country that a thing is, governs or lies in; None when there are two."""
    places, found = {iri}, set[str]()
    for _ in range(_DEPTH):
        met = [things[place] for place in places if place in things]
        found |= {place.code for place in met if place.code}
        places = {outer for place in met if not place.code for outer in place.governs or place.within}
    return found.pop() if len(found) == 1 else None


def identifiers_of(target: str) -> Iterator[str]:
    """Yield the identifier that the IRI of an entry elsewhere holds, if it is one of the known datasets'.

    >>> list(identifiers_of("https://sws.geonames.org/2950159/"))
    ['geonames:2950159']
    """
    for start, kind in _TARGETS.items():
        if target.startswith(start):
            yield f"{kind}:{target.removeprefix(start).strip('/')}"
