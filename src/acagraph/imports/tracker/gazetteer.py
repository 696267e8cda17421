"""The places that the project describes already, and which actor governs which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from acagraph.graph.files import turtle_files
from acagraph.graph.terms import text_of
from acagraph.graph.turtle import parse_turtle
from acagraph.imports import tables
from acagraph.vocab import ACA, BASE, PREFIXES

_THINGS = f"{BASE}id/"
_TYPE = PREFIXES["rdf"] + "type"
_LABELS = (PREFIXES["skos"] + "prefLabel", PREFIXES["skos"] + "altLabel")
_NAMES = ("label", "alt", "pref")


@dataclass(frozen=True)
class Country:
    """A country by its place (place/slug), English name and alpha-2 code."""

    place: str
    label: str
    alpha_2: str


@dataclass(frozen=True)
class Gazetteer:
    """Known places: countries by alpha-3 code, divisions by ISO 3166-2 code.

    `settlements` are settlements that nobody governs, by name and country; `governed` gives the first place
    that an actor governs, `labels` all names of a thing.
    """

    countries: Mapping[str, Country]
    divisions: Mapping[str, str]
    settlements: Mapping[tuple[str, str], str]
    governed: Mapping[str, str]
    labels: Mapping[str, frozenset[str]]


def read_gazetteer(data: Path, *, registers: Sequence[str]) -> Gazetteer:
    """Return the places of data/**/*.ttl and of the tables of registers, in this order.

    registers are names of folders. The first description of a code or an actor holds. Raises SourceError for
    a file that cannot be read.
    """
    described: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for thing, column, value in _curated(data):
        described[thing][column].append(value)
    for register in registers:
        for thing, column, value in _tabled(data / "registers" / register):
            described[thing][column].append(value)
    return _gazetteer(described)


def _curated(data: Path) -> Iterable[tuple[str, str, str]]:
    columns = {
        ACA + "iso3166Alpha2": "alpha_2",
        ACA + "iso3166Alpha3": "alpha_3",
        ACA + "subdivisionCode": "subdivision_code",
        ACA + "within": "within",
        ACA + "governs": "governs",
        _TYPE: "class",
    }
    for path in turtle_files([folder for folder in (data / "places", data / "agents") if folder.is_dir()]):
        for quad in parse_turtle(path)[0]:
            thing = text_of(quad.subject).removeprefix(_THINGS)
            value = text_of(quad.object).removeprefix(_THINGS).removeprefix(ACA)
            if quad.predicate.value in columns:
                yield thing, columns[quad.predicate.value], value
            elif quad.predicate.value in _LABELS:
                language = getattr(quad.object, "language", None)
                yield thing, f"{'label' if quad.predicate.value == _LABELS[0] else 'alt'}_{language}", value


def _tabled(folder: Path) -> Iterable[tuple[str, str, str]]:
    for table, key in (("places", "place"), ("actors", "actor"), ("names", "thing")):
        for row in tables.read(folder, table):
            yield from ((row[key], column, value) for column, value in row.items() if value)


def _gazetteer(described: Mapping[str, Mapping[str, Sequence[str]]]) -> Gazetteer:
    countries: dict[str, Country] = {}
    divisions: dict[str, str] = {}
    governed = {thing: found["governs"][0] for thing, found in described.items() if found.get("governs")}
    taken = {place for found in described.values() for place in found.get("governs", ())}
    settlements: dict[tuple[str, str], set[str]] = defaultdict(set)
    for thing, found in described.items():
        label = next(iter(found.get("label_en", ())), "")
        for code in found.get("alpha_3", ()):
            countries.setdefault(code, Country(thing, label, found["alpha_2"][0]))
        for code in found.get("subdivision_code", ()):
            divisions.setdefault(code, thing)
        if label and "Settlement" in found.get("class", ()) and thing not in taken:
            for place in found.get("within", ()):
                settlements[label, place].add(thing)
    alone = {key: min(things) for key, things in settlements.items() if len(things) == 1}
    labels = {thing: _names(found) for thing, found in described.items()}
    return Gazetteer(countries, divisions, alone, governed, labels)


def _names(found: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(
        name for column, values in found.items() if column.partition("_")[0] in _NAMES for name in values
    )
