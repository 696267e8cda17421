"""What else, beside the name, speaks for or against two descriptions being of one actor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from acagraph.reconciliation.actors import Actor

# Kilometres between two points that stand for one town; towns of one name in one country are farther apart.
NEAR = 15.0
# A register counts a city in its limits, another with its surroundings: Barcelona 1.6 and 5.5 million.
_SAME_POPULATION = 2.0
_OTHER_POPULATION = 6.0
# Of these an actor has one: two different ones are two actors. A company has several ISINs.
_SINGLE = ("gcom", "iso3166-1", "iso3166-2", "isni", "lei", "ror", "wikidata")
_RADIUS = 6371.0

Weight = Literal["for", "against", "neutral"]


@dataclass(frozen=True)
class Evidence:
    """The comparison of two actors apart from their names.

    `supports` and `contradicts` are reasons in words; `near` tells that both positions are known and close.
    """

    supports: tuple[str, ...]
    contradicts: tuple[str, ...]
    neutral: tuple[str, ...]
    near: bool

    @property
    def words(self) -> str:
        """All the reasons, those against first."""
        return "; ".join((*self.contradicts, *self.supports, *self.neutral))


def compare(one: Actor, other: Actor) -> Evidence:
    """Compare two actors by position, population and identifiers; the order of the two does not matter."""
    found: dict[Weight, list[str]] = {"for": [], "against": [], "neutral": []}
    near = False
    if one.position is not None and other.position is not None:
        apart = distance(one.position, other.position)
        near = apart <= NEAR
        found["for" if near else "against"].append(f"{apart:.1f} km apart")
    if one.population and other.population:
        small, large = sorted((one.population, other.population))
        ratio = large / small
        weight: Weight = "for" if ratio <= _SAME_POPULATION else "neutral"
        found["against" if ratio > _OTHER_POPULATION else weight].append(f"populations 1 : {ratio:.1f}")
    for kind in _SINGLE:
        ours, theirs = (_of_kind(actor, kind) for actor in (one, other))
        if ours and theirs and not ours & theirs:
            found["against"].append(f"different {identifier_name(kind)}")
    return Evidence(tuple(found["for"]), tuple(found["against"]), tuple(found["neutral"]), near)


def shared_identifiers(one: Actor, other: Actor) -> tuple[str, ...]:
    """Return the identifiers that both actors have, sorted."""
    return tuple(sorted(one.identifiers & other.identifiers))


def identifier_name(kind: str) -> str:
    """Return what people call a kind of identifier.

    >>> identifier_name("isin"), identifier_name("iso3166-2")
    ('ISIN', 'ISO 3166-2 code')
    """
    names = {
        "gcom": "GCoM id",
        "iso3166-1": "ISO 3166-1 code",
        "iso3166-2": "ISO 3166-2 code",
        "wikidata": "Wikidata item",
    }
    return names.get(kind, kind.upper())


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the kilometres between two points given as latitude and longitude in degrees, on a sphere."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _RADIUS * math.asin(math.sqrt(min(1.0, half)))


def _of_kind(actor: Actor, kind: str) -> set[str]:
    return {name for name in actor.identifiers if name.partition(":")[0] == kind}
