"""What a client knows of a thing besides its name, read from the properties of a query."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from acagraph.web.reconcile.identifiers import local

_MOST_VALUES = 10
_LONGEST = 200
_NUMBER = r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?"
_PAIR = re.compile(rf"\s*({_NUMBER})\s*[,;\s]\s*({_NUMBER})\s*")
_POINT = re.compile(
    rf"\s*(?:<[^<>\s]{{1,100}}>\s*)?POINT\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)\s*", re.IGNORECASE
)
_LATITUDES = ("latitude", "lat")
_LONGITUDES = ("longitude", "lon", "lng", "long")
_COUNTRIES = frozenset(("country", "countrycode"))
_KINDS = frozenset(("kind", "type"))
_PLACES = frozenset(("coordinates", "position", "location"))
# What is understood as an identifier, and what such identifiers begin with in the index of names.
IDENTIFIERS: Mapping[str, str] = {
    "wikidata": "wikidata",
    "lei": "lei",
    "isni": "isni",
    "ror": "ror",
    "geonames": "geonames",
    "dbpedia": "dbpedia",
    "osm": "osm",
    "isin": "isin",
    "unlocode": "unlocode",
    "iso3166alpha2": "iso3166-1",
    "iso3166alpha3": "iso3166-1",
    "iso3166-1": "iso3166-1",
    "subdivisioncode": "iso3166-2",
    "iso3166-2": "iso3166-2",
    "m49code": "m49",
    "m49": "m49",
}
_SPELT: Mapping[str, Callable[[str], str]] = {
    "wikidata": str.upper,
    "lei": str.upper,
    "isni": lambda text: text.replace(" ", "").replace("-", "").upper(),
    "ror": str.lower,
    "isin": str.upper,
    "unlocode": lambda text: text.replace(" ", "").upper(),
    "iso3166-1": str.upper,
    "iso3166-2": str.upper,
    "m49": lambda text: text.zfill(3),
}


@dataclass
class Conditions:
    """What the properties of a query say; those that are not understood are left out."""

    countries: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    position: tuple[float, float] | None = None


def conditions(properties: object, find_kind: Callable[[str], str | None]) -> Conditions:
    """Return what the `properties` of a reconciliation query say of the thing; nothing is raised.

    `find_kind` returns the identifier of a kind by what people write for it.
    """
    found = Conditions()
    if not isinstance(properties, list):
        return found
    halves: dict[str, float] = {}
    for one in properties:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str):
            continue
        name = local(one["pid"]).casefold()
        given = one.get("v")
        if name in _COUNTRIES:
            found.countries.extend(_texts(given))
        elif name in _KINDS:
            found.kinds.extend(kind for text in _texts(given) if (kind := find_kind(text)) is not None)
        elif name in _PLACES:
            found.position = found.position or _position(given)
        elif name in IDENTIFIERS:
            found.identifiers.extend(_identifier(IDENTIFIERS[name], text) for text in _texts(given))
        elif name in (*_LATITUDES, *_LONGITUDES):
            _keep_half(halves, "latitude" if name in _LATITUDES else "longitude", given)
    if found.position is None and len(halves) == 2:
        found.position = _on_earth(halves["latitude"], halves["longitude"])
    return found


def clean(text: str) -> str:
    """Return a text without what is no character: half a surrogate pair becomes a question mark."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _texts(given: object) -> Iterator[str]:
    """Yield the values of a property as texts, of other things their identifiers."""
    for value in (given if isinstance(given, list) else [given])[:_MOST_VALUES]:
        item = value.get("id") if isinstance(value, dict) else value
        if isinstance(item, bool):
            continue
        if isinstance(item, int | float):
            item = repr(item)
        if isinstance(item, str) and item.strip():
            yield clean(item.strip()[:_LONGEST])


def _identifier(kind: str, text: str) -> str:
    """Return an identifier as the index has it; its IRI and its prefixed name stand for it too."""
    name = text.rstrip("/")
    if "://" in name:
        parts = name.split("/")
        name = "/".join(parts[-2:]) if kind == "osm" else parts[-1].rpartition("#")[2]
    elif ":" in name:
        name = name.partition(":")[2]
    name = name.strip()
    return f"{kind}:{_SPELT[kind](name) if kind in _SPELT else name}"


def _position(given: object) -> tuple[float, float] | None:
    """Return latitude and longitude of `lat,lon`, a WKT point, [lat, lon] or an object with both."""
    if isinstance(given, list) and len(given) == 2:
        latitude, longitude = map(_number, given)
        if latitude is not None and longitude is not None:
            return _on_earth(latitude, longitude)
    for value in (given if isinstance(given, list) else [given])[:_MOST_VALUES]:
        found = _one_position(value)
        if found is not None:
            return found
    return None


def _one_position(value: object) -> tuple[float, float] | None:
    if isinstance(value, dict):
        halves: dict[str, float] = {}
        for key, item in value.items():
            name = key.casefold()
            if name in _LATITUDES or name in _LONGITUDES:
                _keep_half(halves, "latitude" if name in _LATITUDES else "longitude", item)
        if len(halves) == 2:
            return _on_earth(halves["latitude"], halves["longitude"])
        value = value.get("id")
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    if point := _POINT.fullmatch(value):  # WKT has the longitude first
        return _on_earth(float(point[2]), float(point[1]))
    pair = _PAIR.fullmatch(value)
    return _on_earth(float(pair[1]), float(pair[2])) if pair else None


def _keep_half(halves: dict[str, float], name: str, given: object) -> None:
    number = _number(given[0] if isinstance(given, list) and given else given)
    if number is not None:
        halves.setdefault(name, number)


def _number(value: object) -> float | None:
    if isinstance(value, str) and re.fullmatch(rf"\s*{_NUMBER}\s*", value):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 180:
        return float(value)
    return None


def _on_earth(latitude: float, longitude: float) -> tuple[float, float] | None:
    within = math.isfinite(latitude + longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if within else None
