"""Our things as they are looked for in Wikidata, read from a release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from acagraph.stores.protocol import UNLIMITED, Store
from acagraph.stores.terms import Row, rows
from acagraph.vocab import ACA, PREFIXES
from acagraph.wikidata.terms import ITEM

# Where exact mappings lead, and what identifiers of that kind begin with here.
_TARGETS = {
    "https://sws.geonames.org/": "geonames",
    "https://isni.org/isni/": "isni",
    "https://lei.info/": "lei",
    "https://ror.org/": "ror",
}
_CODES = {ACA + "subdivisionCode": "iso3166-2", ACA + "iso3166Alpha2": "iso3166-1"}
_HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("aca", "skos", "wgs"))
_EXACT = PREFIXES["skos"] + "exactMatch"
_PREFERRED = PREFIXES["skos"] + "prefLabel"
_UNKNOWN = ("", "und")


@dataclass(frozen=True, order=True)
class Name:
    """A name with its language tag, which is empty where the language is not known."""

    text: str
    language: str = ""


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
    kinds = _gathered(store, "?thing a aca:Agent|aca:Place", "?thing a ?value")
    names = _names(store)
    countries = _single(store, "?thing aca:country/aca:iso3166Alpha2 ?value")
    own = _single(store, "?thing aca:iso3166Alpha2 ?value")
    positions = _positions(store)
    exact, near = _identifiers(store)
    return tuple(
        Subject(
            iri=thing,
            label=_label(names[thing]),
            names=tuple(sorted({name for name, _ in names[thing]})),
            kinds=frozenset(kind.removeprefix(ACA) for kind in kinds[thing] if kind.startswith(ACA)),
            country=own.get(thing) or countries.get(thing),
            position=positions.get(thing),
            identifiers=frozenset(exact[thing]),
            near=frozenset(near[thing]),
        )
        for thing in sorted(kinds)
        if names[thing]
    )


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


def _gathered(store: Store, *patterns: str) -> Mapping[str, set[str]]:
    first, *others = patterns
    subject, _, classes = first.partition(" a ")
    union = " UNION ".join(f"{{ {subject} a {name} }}" for name in classes.split("|"))
    query = f"{_HEAD}SELECT DISTINCT ?thing ?value WHERE {{ {union} {' . '.join(others)} }}"
    found = defaultdict(set)
    for row in rows(store, query, limits=UNLIMITED):
        found[row["thing"].value].add(row["value"].value)
    return found


def _single(store: Store, pattern: str) -> Mapping[str, str]:
    """Return the one value of each thing, the least where there are several."""
    query = f"{_HEAD}SELECT ?thing (MIN(?value) AS ?one) WHERE {{ {pattern} }} GROUP BY ?thing"
    return {
        row["thing"].value: row["one"].value for row in rows(store, query, limits=UNLIMITED) if len(row) == 2
    }


def _names(store: Store) -> Mapping[str, list[tuple[Name, bool]]]:
    query = f"""{_HEAD}SELECT ?thing ?relation ?name WHERE {{
      VALUES ?relation {{ skos:prefLabel skos:altLabel }} ?thing ?relation ?name
    }}"""
    found = defaultdict(list)
    for row in rows(store, query, limits=UNLIMITED):
        language = row["name"].language
        name = Name(row["name"].value, "" if language in _UNKNOWN else language)
        found[row["thing"].value].append((name, row["relation"].value == _PREFERRED))
    return found


def _label(names: list[tuple[Name, bool]]) -> str:
    """Return the name to show: a preferred one, in English, else without a language."""

    def rank(item: tuple[Name, bool]) -> tuple[bool, int, Name]:
        name, preferred = item
        order = ("en", "").index(name.language) if name.language in ("en", "") else 2
        return not preferred, order, name

    return min(names, key=rank)[0].text


def _positions(store: Store) -> Mapping[str, tuple[float, float]]:
    query = f"{_HEAD}SELECT ?thing ?lat ?long WHERE {{ ?thing wgs:lat ?lat ; wgs:long ?long }}"
    found: dict[str, tuple[float, float]] = {}
    for row in rows(store, query, limits=UNLIMITED):
        found[row["thing"].value] = (float(row["lat"].value), float(row["long"].value))
    return found


def _identifiers(store: Store) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """Return the identifiers of each thing, and those of what is nearly the same."""
    query = f"""{_HEAD}SELECT ?thing ?relation ?value WHERE {{
      VALUES ?relation {{ skos:exactMatch skos:closeMatch aca:subdivisionCode aca:iso3166Alpha2 }}
      ?thing ?relation ?value . FILTER(!STRSTARTS(STR(?value), "{ITEM}"))
    }}"""
    exact: dict[str, set[str]] = defaultdict(set)
    near: dict[str, set[str]] = defaultdict(set)
    for row in rows(store, query, limits=UNLIMITED):
        thing, relation, value = (row[name].value for name in ("thing", "relation", "value"))
        if relation in _CODES:
            exact[thing].add(f"{_CODES[relation]}:{value}")
        for start, kind in _TARGETS.items():
            if value.startswith(start):
                held = exact if relation == _EXACT else near
                held[thing].add(f"{kind}:{value.removeprefix(start).rstrip('/')}")
    return exact, near
