"""The things of a release with their names, as the index of names holds them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyoxigraph as ox

from acagraph.graph.hierarchy import reached
from acagraph.graph.terms import Value, text_of
from acagraph.reconciliation.model import Thing
from acagraph.vocab import ACA, BASE, PREFIXES

Role = Literal["label", "alternative", "acronym", "former", "hidden", "territory"]

_THINGS = f"{BASE}id/"
_NO_THINGS = ("statement", "evidence")
_SKOS, _RDF, _RDFS = (PREFIXES[name] for name in ("skos", "rdf", "rdfs"))
_GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_LABELS: tuple[tuple[str, Role], ...] = (
    (f"{_SKOS}prefLabel", "label"),
    (f"{_SKOS}altLabel", "alternative"),
    (f"{ACA}acronym", "acronym"),
    (f"{_SKOS}hiddenLabel", "hidden"),
)
_FORMER: tuple[str, Role] = (f"{ACA}formerName", "former")
_ROLES: tuple[Role, ...] = ("label", "alternative", "acronym", "former", "hidden", "territory")
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
_CODES: Mapping[str, str] = {
    f"{ACA}isin": "isin",
    f"{ACA}unLocode": "unlocode",
    f"{ACA}subdivisionCode": "iso3166-2",
    f"{ACA}iso3166Alpha2": "iso3166-1",
    f"{ACA}iso3166Alpha3": "iso3166-1",
    f"{ACA}m49Code": "m49",
    f"{PREFIXES['dcterms']}identifier": "gcom",
}
# So many things at one point stand for the middle of a country or region, not for a town.
_CROWD = 3


@dataclass(frozen=True)
class Name:
    """A name of a thing with its language ("" where none is told) and what it is to the thing."""

    text: str
    language: str
    role: Role


@dataclass(frozen=True)
class Entry:
    """A thing of the index; `family` is the IRI that a territory and those who govern it have in common."""

    thing: Thing
    names: tuple[Name, ...]
    identifiers: frozenset[str] = frozenset()
    family: str = ""


@dataclass
class _Read:
    """What was read of the store, by thing."""

    names: dict[str, list[Name]] = field(default_factory=lambda: defaultdict(list))
    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    countries: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    governs: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    positions: dict[str, tuple[float, float]] = field(default_factory=dict)
    identifiers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    codes: dict[str, str] = field(default_factory=dict)


def entries(store: ox.Store) -> list[Entry]:
    """Return the things of a release that have a label and are no statement or evidence, sorted by IRI."""
    read = _read(store)
    depths, words = _classes(store)
    labels = {iri: _label(names) for iri, names in read.names.items()}
    found = []
    for iri in sorted(read.names):
        areas = sorted(read.governs.get(iri, ()))
        kinds = tuple(sorted(read.kinds.get(iri, ()), key=lambda kind: (-depths.get(kind, 0), kind)))
        country = _country(iri, read)
        thing = Thing(
            iri,
            labels[iri],
            _description(kinds, words, _only(read.countries.get(iri, set()), labels), iri),
            kinds,
            country,
            next((read.positions[item] for item in (iri, *areas) if item in read.positions), None),
            _wikidata(read.identifiers.get(iri, set())),
        )
        names = (*read.names[iri], *_territory(areas, read))
        family = areas[0] if len(areas) == 1 else iri
        found.append(Entry(thing, names, frozenset(read.identifiers.get(iri, ())), family))
    return found


def _read(store: ox.Store) -> _Read:
    read = _Read()
    _read_names(store, read)
    for iri, value in _values(store, f"{_RDF}type"):
        if text_of(value).startswith(ACA):
            read.kinds[iri].add(text_of(value).removeprefix(ACA))
    for relation, into in (("country", read.countries), ("governs", read.governs)):
        for iri, value in _values(store, ACA + relation):
            into[iri].add(text_of(value))
    for iri, value in _values(store, f"{ACA}iso3166Alpha2"):
        read.codes[iri] = text_of(value)
    _read_identifiers(store, read)
    read.positions = _positions(store)
    for names in read.names.values():
        names.sort(key=_order)
    return read


def _read_names(store: ox.Store, read: _Read) -> None:
    """Note the names of things; a former one stands at the event by which it was given up."""
    renamed = {event: text_of(value) for event, value in _values(store, f"{ACA}renamingOf")}
    for predicate, role in (*_LABELS, _FORMER):
        for iri, value in _values(store, predicate):
            thing = renamed.get(iri) if role == "former" else iri
            if thing is not None and isinstance(value, ox.Literal) and value.value.strip():
                language = value.language or ""
                name = Name(value.value, "" if language == "und" else language, role)
                read.names[thing].append(name)


def _read_identifiers(store: ox.Store, read: _Read) -> None:
    for predicate, kind in _CODES.items():
        for iri, value in _values(store, predicate):
            read.identifiers[iri].add(f"{kind}:{text_of(value)}")
    for iri, value in _values(store, f"{_SKOS}exactMatch"):
        target = text_of(value)
        for start, kind in _TARGETS.items():
            if target.startswith(start):
                read.identifiers[iri].add(f"{kind}:{target.removeprefix(start).strip('/')}")


def _positions(store: ox.Store) -> dict[str, tuple[float, float]]:
    """Return where things are, without the points that three or more have in common."""
    longitudes = {iri: float(text_of(value)) for iri, value in _sorted(store, f"{_GEO}long")}
    found = {
        iri: (float(text_of(value)), longitudes[iri])
        for iri, value in _sorted(store, f"{_GEO}lat")
        if iri in longitudes
    }
    crowds = Counter(found.values())
    return {iri: position for iri, position in found.items() if crowds[position] < _CROWD}


def _values(store: ox.Store, predicate: str) -> Iterator[tuple[str, Value]]:
    """Yield the things that have a property, with its values; statements and evidence are none."""
    for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, None):
        iri = text_of(quad.subject)
        if iri.startswith(_THINGS) and iri[len(_THINGS) :].partition("/")[0] not in _NO_THINGS:
            value = quad.object
            if not isinstance(value, ox.Triple):
                yield iri, value


def _sorted(store: ox.Store, predicate: str) -> list[tuple[str, Value]]:
    """Return the same in an order that does not depend on the store: the last of several values is taken."""
    return sorted(_values(store, predicate), key=lambda item: (item[0], text_of(item[1])))


def _classes(store: ox.Store) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """Return how many superclasses the classes of acagraph have, and what they are called in English."""
    above: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, ox.NamedNode(f"{_RDFS}subClassOf"), None, None):
        lower, upper = text_of(quad.subject), text_of(quad.object)
        if lower.startswith(ACA) and upper.startswith(ACA) and lower != upper:
            above[lower.removeprefix(ACA)].add(upper.removeprefix(ACA))
    words = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(f"{_SKOS}prefLabel"), None, None):
        name = text_of(quad.subject)
        if name.startswith(ACA) and isinstance(quad.object, ox.Literal) and quad.object.language == "en":
            words[name.removeprefix(ACA)] = quad.object.value
    return {kind: len(reached([kind], above)) for kind in above}, words


def _order(name: Name) -> tuple[int, int, str, str]:
    return (_ROLES.index(name.role), {"en": 0, "": 1}.get(name.language, 2), name.language, name.text)


def _only(countries: set[str], labels: Mapping[str, str]) -> str | None:
    """Return the name of the one country that a thing is of; None when there are two."""
    return labels.get(next(iter(countries))) if len(countries) == 1 else None


def _label(names: list[Name]) -> str:
    return names[0].text


def _country(iri: str, read: _Read) -> str | None:
    found = {read.codes[place] for place in read.countries.get(iri, ()) if place in read.codes}
    return found.pop() if len(found) == 1 else None


def _territory(areas: list[str], read: _Read) -> list[Name]:
    return [
        Name(name.text, name.language, "territory") for area in areas for name in read.names.get(area, ())
    ]


def _wikidata(identifiers: set[str]) -> str | None:
    found = sorted(name.removeprefix("wikidata:") for name in identifiers if name.startswith("wikidata:"))
    return found[0] if found else None


def _description(kinds: tuple[str, ...], words: Mapping[str, str], country: str | None, iri: str) -> str:
    kind = words.get(kinds[0], "") if kinds else ""
    kind = kind or iri.removeprefix(_THINGS).partition("/")[0]
    phrase = kind[:1].upper() + kind[1:]
    return f"{phrase} in {country}" if country and kinds[:1] != ("Country",) else phrase
