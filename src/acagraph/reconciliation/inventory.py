"""The things of a release with their names, as the index of names holds them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from acagraph import things
from acagraph.graph.hierarchy import reached
from acagraph.graph.terms import text_of
from acagraph.reconciliation.model import Thing
from acagraph.things import Name
from acagraph.vocab import ACA, BASE, PREFIXES

__all__ = ["Entry", "Name", "entries"]

# So many things at one point stand for the middle of a country or region, not for a town.
_CROWD = 3


@dataclass(frozen=True)
class Entry:
    """A thing of the index; `family` is the IRI that a territory and those who govern it have in common."""

    thing: Thing
    names: tuple[Name, ...]
    identifiers: frozenset[str] = frozenset()
    family: str = ""


def entries(store: ox.Store) -> list[Entry]:
    """Return the things of a release that have a label and are no statement or evidence, sorted by IRI."""
    known = {told.iri: told for told in things.read_store(store)}
    depths, words = _classes(store)
    crowds = Counter(each.position for each in known.values())
    return [_entry(each, known, depths, words, crowds) for each in known.values() if each.names]


def _entry(
    told: things.Thing,
    known: Mapping[str, things.Thing],
    depths: Mapping[str, int],
    words: Mapping[str, str],
    crowds: Mapping[tuple[float, float] | None, int],
) -> Entry:
    areas = [known[area] for area in told.governs if area in known]
    kinds = tuple(sorted(told.kinds, key=lambda kind: (-depths.get(kind, 0), kind)))
    positions = (each.position for each in (told, *areas))
    thing = Thing(
        told.iri,
        told.names[0].text,
        _description(kinds, words, _only(told.within, known), told.iri),
        kinds,
        _country(told, known),
        next((position for position in positions if position and crowds[position] < _CROWD), None),
        _wikidata(told.identifiers),
    )
    territory = (replace(name, role="territory") for area in areas for name in area.names)
    family = told.governs[0] if len(told.governs) == 1 else told.iri
    return Entry(thing, (*told.names, *territory), told.identifiers, family)


def _classes(store: ox.Store) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """Return how many superclasses the classes of acagraph have, and what they are called in English."""
    above: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, ox.NamedNode(PREFIXES["rdfs"] + "subClassOf"), None, None):
        lower, upper = text_of(quad.subject), text_of(quad.object)
        if lower.startswith(ACA) and upper.startswith(ACA) and lower != upper:
            above[lower.removeprefix(ACA)].add(upper.removeprefix(ACA))
    words = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(PREFIXES["skos"] + "prefLabel"), None, None):
        name = text_of(quad.subject)
        if name.startswith(ACA) and isinstance(quad.object, ox.Literal) and quad.object.language == "en":
            words[name.removeprefix(ACA)] = quad.object.value
    return {kind: len(reached([kind], above)) for kind in above}, words


def _only(countries: tuple[str, ...], known: Mapping[str, things.Thing]) -> str | None:
    """Return the name of the one country that a thing is of; None when there are two."""
    country = known.get(countries[0]) if len(countries) == 1 else None
    return country.names[0].text if country is not None and country.names else None


def _country(told: things.Thing, known: Mapping[str, things.Thing]) -> str | None:
    found = {known[place].code for place in told.within if place in known} - {None}
    return found.pop() if len(found) == 1 else None


def _wikidata(identifiers: frozenset[str]) -> str | None:
    found = sorted(name.removeprefix("wikidata:") for name in identifiers if name.startswith("wikidata:"))
    return found[0] if found else None


def _description(kinds: tuple[str, ...], words: Mapping[str, str], country: str | None, iri: str) -> str:
    kind = words.get(kinds[0], "") if kinds else ""
    kind = kind or iri.removeprefix(f"{BASE}id/").partition("/")[0]
    phrase = kind[:1].upper() + kind[1:]
    return f"{phrase} in {country}" if country and kinds[:1] != ("Country",) else phrase
