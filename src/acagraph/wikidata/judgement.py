"""How far an item of Wikidata fits a thing of ours: its kind, its country, its place on the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from acagraph.reconciliation.evidence import distance
from acagraph.wikidata.items import Item
from acagraph.wikidata.subjects import Subject
from acagraph.wikidata.terms import (
    ADMINISTRATIVE,
    BUSINESS,
    COUNTRY,
    DISAMBIGUATION,
    GOVERNMENT,
    HUMAN,
    METROPOLIS,
    ORGANISATION,
    REGION,
    SETTLEMENT,
)

Fit = Literal["fits", "settlement", "unknown", "other"]

# Kilometres between two points that stand for one place; of a large one, hardly two people take the same.
NEAR = 15.0
FAR = 50.0
_WIDE = {"Country": 1_500.0, "FirstLevelDivision": 300.0, "GeographicRegion": 1_000.0, "County": 100.0}

_FITTING = {
    "Country": frozenset({COUNTRY, ADMINISTRATIVE}),
    "MetropolitanArea": frozenset({METROPOLIS, ADMINISTRATIVE}),
    "GeographicRegion": frozenset({REGION}),
    "AdministrativeArea": frozenset({ADMINISTRATIVE}),
    "Settlement": frozenset({ADMINISTRATIVE}),
    "Government": frozenset({GOVERNMENT}),
    "Business": frozenset({ORGANISATION, BUSINESS}),
    "Organisation": frozenset({ORGANISATION, BUSINESS}),
}
_TERRITORIES = frozenset({ADMINISTRATIVE, SETTLEMENT, COUNTRY})


@dataclass(frozen=True)
class View:
    """What an item has in common with a thing; `apart` in kilometres, None where a position is missing."""

    fit: Fit
    country: bool | None
    apart: float | None
    far: bool


def view(subject: Subject, item: Item, roots: Mapping[str, frozenset[str]]) -> View:
    """Compare a thing with an item; `roots` are the root classes above each class."""
    apart = None
    if subject.position is not None and item.positions:
        apart = min(distance(subject.position, place) for place in item.positions)
    countries = bool(subject.country and item.countries)
    return View(
        fit=fit(subject, item, roots),
        country=subject.country in item.countries if countries else None,
        apart=apart,
        far=apart is not None and apart > reach(subject),
    )


def fit(subject: Subject, item: Item, roots: Mapping[str, frozenset[str]]) -> Fit:
    """Say whether an item is of a kind that a thing can be.

    A place that is governed is an administrative unit (Q56061): a human settlement (Q486972) of the same
    name is not it, although many lists link to it. A government is no territory, nor a company one.
    """
    above = frozenset().union(*(roots.get(number, frozenset()) for number in item.classes))
    if above & {DISAMBIGUATION, HUMAN}:
        return "other"
    wanted = _wanted(subject)
    place = "Place" in subject.kinds
    if above & wanted and (place or not above & _TERRITORIES):
        return "fits"
    if place and SETTLEMENT in above:
        return "settlement"
    return "other" if above else "unknown"


def reach(subject: Subject) -> float:
    """Return how many kilometres two points may be apart that stand for a thing."""
    return max((_WIDE[kind] for kind in subject.kinds if kind in _WIDE), default=FAR)


def contradictions(subject: Subject, item: Item) -> tuple[str, ...]:
    """Return the kinds of identifiers of which both have some and share none, sorted.

    GeoNames has several entries for one place, so a different one says nothing.
    """
    found = set()
    for kind in ("iso3166-1", "iso3166-2", "isni", "lei", "ror"):
        ours, theirs = (
            {name for name in names if name.startswith(f"{kind}:")}
            for names in (subject.identifiers, item.identifiers)
        )
        if ours and theirs and not ours & theirs:
            found.add(kind)
    return tuple(sorted(found))


def _wanted(subject: Subject) -> frozenset[str]:
    """Return the root classes of which one is above whatever the thing can be, by its first kind."""
    return next((roots for kind, roots in _FITTING.items() if kind in subject.kinds), frozenset())
