"""What the project says of the things that links are about: read from its files, nothing is built."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.terms import text_of
from acagraph.graph.turtle import parse_turtle, read_text
from acagraph.sources import Project
from acagraph.vocab import ACA, BASE, PREFIXES, compact

_LABELS = {PREFIXES["skos"] + "prefLabel": 1, PREFIXES["skos"] + "altLabel": 2}
_TYPE = PREFIXES["rdf"] + "type"
_NAMES = ("label", "label_en", "label_ar", "label_es", "label_fr", "label_ru", "label_zh")
_FURTHER = ("alt", "alt_en", "pref_ar", "pref_es", "pref_fr", "pref_ru", "pref_zh")
_CODES = {"iso3166Alpha2": "iso3166-1", "iso3166Alpha3": "iso3166-1", "subdivisionCode": "iso3166-2"}
_COLUMNS = {"alpha_2": "iso3166Alpha2", "alpha_3": "iso3166Alpha3", "subdivision_code": "subdivisionCode"}
_POPULATION = ("inhabitants", "population")
# Places lie in at most as many: settlement, county, division, country.
_DEPTH = 6

_Row = Mapping[str, str]


@dataclass(frozen=True)
class Thing:
    """A thing of the project.

    `names` begin with the one to show. `kinds` are the local names of the classes that it is given. `country`
    is ISO 3166-1 alpha-2, for a country itself too; `position` is latitude and longitude in degrees, WGS 84.
    `governs` are the areas of a government, `governed` says whether somebody governs it. `codes` are those of
    ISO 3166, as `iso3166-1:IT`, `iso3166-1:ITA` and `iso3166-2:US-CA`.
    """

    iri: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    country: str | None = None
    position: tuple[float, float] | None = None
    population: int | None = None
    governs: tuple[str, ...] = ()
    governed: bool = False
    codes: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """The name to show: English, else the first."""
        return self.names[0] if self.names else compact(self.iri)

    @property
    def sort(self) -> str:
        """The part of its IRI that says what it is: `place`, `agent`, or the name of a scheme."""
        return self.iri.removeprefix(BASE).removeprefix("id/").removeprefix("scheme/").partition("/")[0]


def read_things(project: Project) -> Mapping[str, Thing]:
    """Read the things of a project's Turtle files and registers, by IRI, sorted.

    Raises SourceError, with file and line, for a file that cannot be read or a table without a column.
    """
    found = _Gathered()
    for file in project.files:
        if file.role in ("data", "scheme"):
            _read_turtle(file.path, found)
    for metadata in project.registers.values():
        for name, read in _TABLES.items():
            folder = metadata.parent
            for path in [folder / f"{name}.csv", *sorted(folder.glob(f"{name}-*.csv"))]:
                if path.is_file():
                    _read_table(path, read, found)
    return {iri: found.thing(iri) for iri in sorted(found.kinds)}


class _Gathered:
    """What files say, whatever order they come in."""

    def __init__(self) -> None:
        self.kinds: dict[str, set[str]] = defaultdict(set)
        self.names: dict[str, set[tuple[int, str]]] = defaultdict(set)
        self.places: dict[str, set[str]] = defaultdict(set)
        self.governs: dict[str, set[str]] = defaultdict(set)
        self.governed: dict[str, set[str]] = defaultdict(set)
        self.countries: dict[str, str] = {}
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.positions: dict[str, tuple[float, float]] = {}
        self.populations: dict[str, tuple[str, int]] = {}

    def add_name(self, thing: str, name: str, rank: int, language: str) -> None:
        self.names[thing].add((0 if rank == 1 and language == "en" else rank, name))

    def add_governed(self, thing: str, area: str) -> None:
        self.governs[thing].add(area)
        self.governed[area].add(thing)

    def add_code(self, thing: str, name: str, code: str) -> None:
        self.codes[thing].add(f"{_CODES[name]}:{code}")
        if name == "iso3166Alpha2":
            self.countries[thing] = code

    def thing(self, iri: str) -> Thing:
        areas = tuple(sorted(self.governs[iri]))
        around = [iri, *areas, *sorted(self.governed[iri])]
        return Thing(
            iri,
            tuple(dict.fromkeys(name for _, name in sorted(self.names[iri]))),
            tuple(sorted(self.kinds[iri])),
            self._country(iri),
            next((self.positions[each] for each in around if each in self.positions), None),
            next((self.populations[each][1] for each in around if each in self.populations), None),
            areas,
            bool(self.governed[iri]),
            frozenset(self.codes[iri]),
        )

    def _country(self, iri: str) -> str | None:
        """Return the one country that a thing is, governs or lies in; None when there are two."""
        places, found = {iri}, set()
        for _ in range(_DEPTH):
            found |= {self.countries[place] for place in places if place in self.countries}
            inner = {place for place in places if place not in self.countries}
            places = {outer for place in inner for outer in self.governs[place] or self.places[place]}
        return found.pop() if len(found) == 1 else None


def _read_turtle(path: Path, found: _Gathered) -> None:
    relations: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in parse_turtle(path)[0]:
        thing, predicate, value = text_of(quad.subject), quad.predicate.value, quad.object
        if thing.startswith(PREFIXES["stmt"]):
            relations[thing][predicate.removeprefix(ACA)] = text_of(value)
        elif predicate == _TYPE:
            found.kinds[thing].add(text_of(value).removeprefix(ACA))
        elif predicate in _LABELS and isinstance(value, ox.Literal):
            found.add_name(thing, value.value, _LABELS[predicate], value.language or "")
        elif predicate == ACA + "governs":
            found.add_governed(thing, text_of(value))
        elif predicate == ACA + "within":
            found.places[thing].add(text_of(value))
        elif predicate.removeprefix(ACA) in _CODES:
            found.add_code(thing, predicate.removeprefix(ACA), text_of(value))
    for relation in relations.values():
        _relate(relation.get("relationSubject", ""), relation.get("relationProperty", ""), relation, found)


def _relate(subject: str, name: str, relation: Mapping[str, str], found: _Gathered) -> None:
    if name.removeprefix(ACA) in ("country", "locatedIn") and relation.get("relationObject"):
        found.places[subject].add(relation["relationObject"])


def _read_table(path: Path, read: Callable[[_Row, _Gathered], None], found: _Gathered) -> None:
    """Add what each row of a table says."""
    reader = csv.DictReader(read_text(path).splitlines(keepends=True), restval="", strict=True)
    try:
        for row in reader:
            read(row, found)
    except csv.Error as error:
        message = f"{error}; close the quotation mark, and double one inside a cell"
        raise SourceError(message, path=path, line=reader.line_num) from error
    except KeyError as error:
        raise SourceError(f"has no column {error}; import the register again", path=path, line=1) from error
    except ValueError as error:
        raise SourceError(f"{error}; write a number", path=path, line=reader.line_num) from error


def _named(row: _Row, iri: str, found: _Gathered) -> None:
    found.kinds[iri].add(row["class"])
    for column in _NAMES:
        if row.get(column):
            found.add_name(iri, row[column], 1, column.partition("_")[2])


def _actor(row: _Row, found: _Gathered) -> None:
    iri = _iri(row["actor"])
    _named(row, iri, found)
    if row["governs"]:
        found.add_governed(iri, _iri(row["governs"]))


def _place(row: _Row, found: _Gathered) -> None:
    iri = _iri(row["place"])
    _named(row, iri, found)
    if row["within"]:
        found.places[iri].add(_iri(row["within"]))
    for column, name in _COLUMNS.items():
        if row[column]:
            found.add_code(iri, name, row[column])
    if row["latitude"] and row["longitude"]:
        found.positions[iri] = (float(row["latitude"]), float(row["longitude"]))


def _further(row: _Row, found: _Gathered) -> None:
    for column in _FURTHER:
        if row.get(column):
            found.add_name(_iri(row["thing"]), row[column], 2, column.partition("_")[2])


def _figure(row: _Row, found: _Gathered) -> None:
    if row["metric"] in _POPULATION and row["unit"].endswith("/NUM") and row["value"]:
        iri = _iri(row["subject"])
        figure = (row["as_of_not_after"], round(float(row["value"])))
        found.populations[iri] = max(found.populations.get(iri, ("", 0)), figure)


def _relation(row: _Row, found: _Gathered) -> None:
    if row["object"]:
        relation = {"relationObject": _iri(row["object"])}
        _relate(_iri(row["subject"]), row["property"], relation, found)


def _iri(thing: str) -> str:
    """Return the IRI of a thing that tables name as `place/tokyo`."""
    return f"{BASE}id/{thing}"


_TABLES = {"actors": _actor, "places": _place, "names": _further, "figures": _figure, "relations": _relation}
