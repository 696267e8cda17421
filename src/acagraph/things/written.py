"""The things of a project, read from its Turtle files and the tables of its registers; nothing is built."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.terms import text_of
from acagraph.graph.turtle import parse_turtle, read_text
from acagraph.things.model import Role
from acagraph.things.notes import Notes
from acagraph.vocab import ACA, BASE, PREFIXES

_Row = Mapping[str, str]

_LABELS: Mapping[str, Role] = {
    f"{PREFIXES['skos']}prefLabel": "label",
    f"{PREFIXES['skos']}altLabel": "alternative",
}
_CODES = {
    "iso3166Alpha2": "iso3166-1",
    "iso3166Alpha3": "iso3166-1",
    "subdivisionCode": "iso3166-2",
    "isin": "isin",
}
_COLUMNS = {"alpha_2": "iso3166-1", "alpha_3": "iso3166-1", "subdivision_code": "iso3166-2"}
_PREFERRED = ("label", "label_en", "label_ar", "label_es", "label_fr", "label_ru", "label_zh")
_FURTHER = ("alt", "alt_en", "pref_ar", "pref_es", "pref_fr", "pref_ru", "pref_zh")
# Properties of an actor that tell its country, at once or by a place.
_LOCATED = ("country", "locatedIn")
_POPULATION = ("inhabitants", "population")
_COUNT = "http://qudt.org/vocab/unit/NUM"


def read_turtle(path: Path, notes: Notes) -> None:
    """Note what a Turtle file says of things. Raises SourceError, with file and line."""
    relations: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in parse_turtle(path)[0]:
        iri, predicate, value = text_of(quad.subject), quad.predicate.value, quad.object
        name = predicate.removeprefix(ACA)
        if iri.startswith(PREFIXES["stmt"]):
            relations[iri][name] = text_of(value)
        elif predicate == PREFIXES["rdf"] + "type":
            notes.kinds[iri].add(text_of(value).removeprefix(ACA))
        elif name in ("governs", "within"):
            (notes.governs if name == "governs" else notes.within)[iri].add(text_of(value))
        elif name in _CODES:
            notes.add_code(iri, _CODES[name], text_of(value))
        elif predicate in _LABELS and isinstance(value, ox.Literal):
            notes.add_name(iri, value.value, value.language or "", _LABELS[predicate])
    for relation in relations.values():
        if relation.get("relationProperty", "").removeprefix(ACA) in _LOCATED:
            notes.within[relation["relationSubject"]].add(relation["relationObject"])


def read_register(folder: Path, notes: Notes) -> None:
    """Note what the tables of a register say of actors and places.

    Read are actors, places, names, figures and relations, each as one file or in parts (`actors-it.csv`); a
    table that is not there says nothing. The identifier of an actor belongs to the register:
    `jrc-covenant:IT0012`. Raises SourceError, with file and line, for a missing column and for a number
    that is none.
    """
    for table, (columns, read) in _TABLES.items():
        for path in _parts(folder, table):
            for line, row in _rows(path, columns):
                try:
                    read(row, notes)
                except (ValueError, OverflowError) as error:
                    raise SourceError(f"{error}; write a number", path=path, line=line) from error
                if table == "actors" and row["identifier"]:
                    notes.identifiers[_iri(row["actor"])].add(f"{folder.name}:{row['identifier']}")


def _parts(folder: Path, table: str) -> list[Path]:
    whole = folder / f"{table}.csv"
    return [*([whole] if whole.is_file() else []), *sorted(folder.glob(f"{table}-*.csv"))]


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, _Row]]:
    """Yield the rows of a table that has the columns, each with the line in which it begins."""
    reader = csv.DictReader(read_text(path).splitlines(keepends=True), restval="", strict=True)
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        message = f"has no column {' and no column '.join(missing)}; import the register again"
        raise SourceError(message, path=path, line=1)
    line = reader.line_num + 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"{error}; close the quotation mark, and double one inside a cell"
        raise SourceError(message, path=path, line=line) from error


def _iri(thing: str) -> str:
    """Return the IRI of a thing that tables name as `place/tokyo`."""
    return f"{BASE}id/{thing}"


def _actor(row: _Row, notes: Notes) -> None:
    iri = _described(row["actor"], row, _PREFERRED[:2], notes)
    if row["governs"]:
        notes.governs[iri].add(_iri(row["governs"]))
    if row["isin"]:
        notes.add_code(iri, "isin", row["isin"])


def _place(row: _Row, notes: Notes) -> None:
    iri = _described(row["place"], row, _PREFERRED, notes)
    if row["within"]:
        notes.within[iri].add(_iri(row["within"]))
    for column, kind in _COLUMNS.items():
        if row[column]:
            notes.add_code(iri, kind, row[column])
    if row["latitude"] and row["longitude"]:
        notes.positions[iri] = (float(row["latitude"]), float(row["longitude"]))


def _described(thing: str, row: _Row, columns: tuple[str, ...], notes: Notes) -> str:
    iri = _iri(thing)
    notes.kinds[iri].add(row["class"])
    for column in columns:
        if row[column]:
            notes.add_name(iri, row[column], column.partition("_")[2], "label")
    return iri


def _further(row: _Row, notes: Notes) -> None:
    for column in _FURTHER:
        if row[column]:
            form, _, language = column.partition("_")
            role: Role = "label" if form == "pref" else "alternative"
            notes.add_name(_iri(row["thing"]), row[column], language, role)


def _figure(row: _Row, notes: Notes) -> None:
    if row["metric"] in _POPULATION and row["unit"] == _COUNT and row["value"]:
        notes.add_population(_iri(row["subject"]), float(row["value"]), row["as_of_not_after"])


def _relation(row: _Row, notes: Notes) -> None:
    if row["property"] in _LOCATED and row["object"]:
        notes.within[_iri(row["subject"])].add(_iri(row["object"]))


_TABLES: Mapping[str, tuple[tuple[str, ...], Callable[[_Row, Notes], None]]] = {
    "actors": (("actor", "class", "label", "label_en", "governs", "isin", "identifier"), _actor),
    "places": (("place", "class", *_PREFERRED, "within", "latitude", "longitude", *_COLUMNS), _place),
    "names": (("thing", *_FURTHER), _further),
    "figures": (("subject", "metric", "value", "unit", "as_of_not_after"), _figure),
    "relations": (("subject", "property", "object"), _relation),
}
