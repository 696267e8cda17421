"""The tables of a register, read for what tells actors apart."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.reconciliation.descriptions import Descriptions

_Row = Mapping[str, str]
_PREFERRED = ("label", "label_en", "label_ar", "label_es", "label_fr", "label_ru", "label_zh")
_FURTHER = ("alt", "alt_en", "pref_ar", "pref_es", "pref_fr", "pref_ru", "pref_zh")
# Properties of an actor that tell its country, at once or by a place.
LOCATED = ("country", "locatedIn")
_POPULATION = ("inhabitants", "population")
_COUNT = "http://qudt.org/vocab/unit/NUM"


def read_register(folder: Path, described: Descriptions) -> None:
    """Add what the tables of a register say about actors and places.

    Read are actors, places, names, figures and relations, each as one file or in parts (`actors-it.csv`); a
    table that is not there says nothing. The identifier of an actor belongs to the register:
    `jrc-covenant:IT0012`. Raises SourceError, with file and line, for a missing column and for a number
    that is none.
    """
    for table, columns, read in _TABLES:
        for path in _parts(folder, table):
            for line, row in _rows(path, columns):
                try:
                    read(row, described)
                except ValueError as error:
                    raise SourceError(f"{error}; write a number", path=path, line=line) from error
    for path in _parts(folder, "actors"):
        for _, row in _rows(path, ("actor", "identifier")):
            if row["identifier"]:
                described.identifiers[row["actor"]].add(f"{folder.name}:{row['identifier']}")


def _parts(folder: Path, table: str) -> list[Path]:
    whole = folder / f"{table}.csv"
    return [*([whole] if whole.is_file() else []), *sorted(folder.glob(f"{table}-*.csv"))]


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, _Row]]:
    """Yield the line in which each row begins, and its cells in the needed columns."""
    reader = csv.DictReader(read_text(path).splitlines(keepends=True), restval="", strict=True)
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        message = f"has no column {' and no column '.join(missing)}; import the register again"
        raise SourceError(message, path=path, line=1)
    line = reader.line_num + 1
    try:
        for row in reader:
            yield line, {name: row[name] for name in columns}
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"{error}; close the quotation mark, and double one inside a cell"
        raise SourceError(message, path=path, line=line) from error


def _actor(row: _Row, described: Descriptions) -> None:
    thing = row["actor"]
    described.kinds[thing].add(row["class"])
    _names(thing, row, _PREFERRED[:2], described)
    if row["governs"]:
        described.governs[thing].add(row["governs"])
    if row["isin"]:
        described.identifiers[thing].add(f"isin:{row['isin']}")


def _place(row: _Row, described: Descriptions) -> None:
    thing = row["place"]
    described.kinds[thing].add(row["class"])
    _names(thing, row, _PREFERRED, described)
    if row["within"]:
        described.within[thing].add(row["within"])
    if row["alpha_2"]:
        described.countries[thing] = row["alpha_2"]
    if row["subdivision_code"]:
        described.identifiers[thing].add(f"iso3166-2:{row['subdivision_code']}")
    if row["latitude"] and row["longitude"]:
        described.positions[thing] = (float(row["latitude"]), float(row["longitude"]))


def _further(row: _Row, described: Descriptions) -> None:
    for column in _FURTHER:
        if row[column]:
            form, _, language = column.partition("_")
            described.add_name(row["thing"], row[column], language=language, preferred=form == "pref")


def _figure(row: _Row, described: Descriptions) -> None:
    if row["metric"] in _POPULATION and row["unit"] == _COUNT and row["value"]:
        described.add_population(row["subject"], float(row["value"]), row["as_of_not_after"])


def _relation(row: _Row, described: Descriptions) -> None:
    if row["property"] in LOCATED and row["object"]:
        described.located[row["subject"]].add(row["object"])


def _names(thing: str, row: _Row, columns: tuple[str, ...], described: Descriptions) -> None:
    for column in columns:
        if row[column]:
            described.add_name(thing, row[column], language=column.partition("_")[2], preferred=True)


_TABLES: tuple[tuple[str, tuple[str, ...], Callable[[_Row, Descriptions], None]], ...] = (
    ("actors", ("actor", "class", "label", "label_en", "governs", "isin"), _actor),
    (
        "places",
        ("place", "class", *_PREFERRED, "within", "alpha_2", "subdivision_code", "latitude", "longitude"),
        _place,
    ),
    ("names", ("thing", *_FURTHER), _further),
    ("figures", ("subject", "metric", "value", "unit", "as_of_not_after"), _figure),
    ("relations", ("subject", "property", "object"), _relation),
)
