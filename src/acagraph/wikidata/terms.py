"""Wikidata's own names: namespaces of its RDF, and the items and properties that are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from acagraph.vocab import PREFIXES

ITEM = PREFIXES["wd"]
DIRECT = "http://www.wikidata.org/prop/direct/"

# What is declared in each query, so that it can be tried by hand at any endpoint with Wikidata's data.
HEAD = f"""PREFIX owl: <{PREFIXES["owl"]}>
PREFIX rdfs: <{PREFIXES["rdfs"]}>
PREFIX skos: <{PREFIXES["skos"]}>
PREFIX wd: <{ITEM}>
PREFIX wdt: <{DIRECT}>
"""

ADMINISTRATIVE = "Q56061"
SETTLEMENT = "Q486972"
COUNTRY = "Q6256"
METROPOLIS = "Q1907114"
REGION = "Q82794"
GOVERNMENT = "Q7188"
ORGANISATION = "Q43229"
BUSINESS = "Q4830453"
HUMAN = "Q5"
DISAMBIGUATION = "Q4167410"
ROOTS = (
    *(ADMINISTRATIVE, SETTLEMENT, COUNTRY, METROPOLIS, REGION),
    *(GOVERNMENT, ORGANISATION, BUSINESS, HUMAN, DISAMBIGUATION),
)

INSTANCE_OF = DIRECT + "P31"
IN_COUNTRY = DIRECT + "P17"
POSITION = DIRECT + "P625"
ABOLISHED = DIRECT + "P576"
MEMBER_OF = "P463"

# Properties whose values are identifiers that we hold too, and what identifiers of the kind begin with here.
IDENTIFIERS = {
    DIRECT + "P297": "iso3166-1",
    DIRECT + "P300": "iso3166-2",
    DIRECT + "P1566": "geonames",
    DIRECT + "P1278": "lei",
    DIRECT + "P213": "isni",
    DIRECT + "P6782": "ror",
}

_ITEM = re.compile(rf"{re.escape(ITEM)}(Q[1-9][0-9]*)")
_POINT = re.compile(r"(?:<[^>]*>\s*)?POINT\s*\(\s*(\S+)\s+(\S+?)\s*\)", re.IGNORECASE)
_EARTH = "<http://www.wikidata.org/entity/Q2>"


def number_of(iri: str) -> str | None:
    """Return the number of an item by its IRI, None for the IRI of anything else.

    >>> number_of("http://www.wikidata.org/entity/Q38283"), number_of("https://sws.geonames.org/1/")
    ('Q38283', None)
    """
    found = _ITEM.fullmatch(iri)
    return found[1] if found else None


def items(numbers: Iterable[str]) -> str:
    """Return items for a VALUES block; only what is a number of an item may be in it.

    >>> items(["Q2", "Q1"])
    'wd:Q2 wd:Q1'
    """
    return " ".join(f"wd:{number}" for number in numbers)


def point(text: str) -> tuple[float, float] | None:
    """Return latitude and longitude, in degrees, of a WKT point as Wikidata writes it: longitude first.

    None for a point that is not on Earth, or not on a sphere at all.

    >>> point("Point(139.638055555 35.444166666)")
    (35.444166666, 139.638055555)
    """
    found = _POINT.fullmatch(text.strip())
    if found is None or (text.startswith("<") and not text.startswith(_EARTH)):
        return None
    try:
        longitude, latitude = float(found[1]), float(found[2])
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
