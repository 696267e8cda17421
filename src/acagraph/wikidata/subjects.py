"""Our things as they are looked for in Wikidata, read from a release."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from acagraph.stores.protocol import UNLIMITED, Store
from acagraph.stores.terms import Row, rows
from acagraph.things import Name, Thing, read_store
from acagraph.vocab import PREFIXES
from acagraph.wikidata.terms import IDENTIFIERS, ITEM

__all__ = ["Name", "Subject", "confirmed", "described", "read_subjects"]

_HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("aca", "skos"))
_EXACT = PREFIXES["skos"] + "exactMatch"
_NAMES = ("label", "alternative")
_ASKED = re.compile(rf"iso3166-1:..$|(?!iso3166-1:)({'|'.join(sorted(IDENTIFIERS.values()))}):")


@dataclass(frozen=True)
class Subject:
    """A thing of ours: `kinds` are local names of its classes, `identifiers` `geonames:3164409` and the like.

    `near` are identifiers of what is nearly the same, such as the settlement of a municipality. `country`
    is ISO 3166-1 alpha-2, `position` latitude and longitude in degrees.
    """

    iri: str
    label: str
    names: tuple[Name, ...]
    kinds: frozenset[str]
    country: str | None = None
    position: tuple[float, float] | None = None
    identifiers: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()


def read_subjects(
    store: Store, *, kinds: Collection[str] = (), things: Collection[str] = (), limit: int | None = None
) -> tuple[Subject, ...]:
    """Return the agents and places without an exact match in Wikidata, sorted by IRI.

    Of `kinds`, local names of classes, any will do; `things` are IRIs; nothing given means all. Raises
    StoreError.
    """
    linked = {row["thing"].value for row in _links(store) if row["relation"].value == _EXACT}
    wanted = set(things)
    found = [
        subject
        for subject in described(store)
        if subject.iri not in linked
        and (not wanted or subject.iri in wanted)
        and (not kinds or not subject.kinds.isdisjoint(kinds))
    ]
    return tuple(found[:limit])


def described(store: Store) -> tuple[Subject, ...]:
    """Return all agents and places with a name, sorted by IRI. Raises StoreError."""
    known = {told.iri: told for told in read_store(store)}
    return tuple(
        subject
        for told in known.values()
        if not told.kinds.isdisjoint(("Agent", "Place"))
        for subject in _subject(told, known)
    )


def _subject(told: Thing, known: Mapping[str, Thing]) -> Iterator[Subject]:
    names = [name for name in told.names if name.role in _NAMES]
    if names:
        countries = (known[place].code for place in told.within if place in known)
        yield Subject(
            iri=told.iri,
            label=names[0].text,
            names=tuple(sorted(names)),
            kinds=told.kinds,
            country=told.code or min((code for code in countries if code), default=None),
            position=told.position,
            identifiers=_asked(told.identifiers),
            near=_asked(told.near),
        )


def _asked(identifiers: frozenset[str]) -> frozenset[str]:
    """Return the identifiers that Wikidata has too; of those of a country, the code of two letters."""
    return frozenset(name for name in identifiers if _ASKED.match(name))


def confirmed(store: Store) -> tuple[tuple[str, str, str], ...]:
    """Return the links to Wikidata, sorted: thing, relation and item, by their IRIs. Raises StoreError.

    A government's close match with the item of its territory is left out where it only follows from that of
    the territory.
    """
    return tuple(
        sorted((row["thing"].value, row["relation"].value, row["item"].value) for row in _links(store))
    )


def _links(store: Store) -> tuple[Row, ...]:
    query = f"""{_HEAD}SELECT ?thing ?relation ?item WHERE {{
      VALUES ?relation {{ skos:exactMatch skos:closeMatch }} ?thing ?relation ?item .
      FILTER(STRSTARTS(STR(?item), "{ITEM}"))
      FILTER(?relation = skos:exactMatch || NOT EXISTS {{ ?thing aca:governs/skos:exactMatch ?item }})
    }}"""
    return rows(store, query, limits=UNLIMITED)
