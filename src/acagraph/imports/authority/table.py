"""A table of entries, CSV or TSV: which column holds what, and its rows as entries."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.imports.authority.entries import Authority, Entry
from acagraph.imports.authority.geonames import position
from acagraph.links.collection import dataset_of
from acagraph.links.forms import NAMESPACES, form_named, form_of
from acagraph.links.kinds import KINDS, kind_of
from acagraph.links.spellings import identifier, usual
from acagraph.links.values import is_iri

# What a column holds, and how it is called by files that say so.
ROLES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "identifier", "iri", "uri", "item", "qid", "geonameid", "wikidata", "ror", "lei", "isni"),
    "name": ("name", "label", "title", "itemlabel", "legalname"),
    "names": ("names", "othernames", "alternatenames", "aliases", "altlabels", "altlabel", "alt"),
    "country": ("country", "countrycode", "iso2", "alpha2", "countryiso2"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "long", "longitude"),
    "kind": ("kind", "type", "class", "category"),
    "population": ("population", "pop", "inhabitants"),
}
_NAMED = {"qid": "wikidata", "wikidata": "wikidata", "geonameid": "geonames"} | {
    name: name for name in ("ror", "lei", "isni")
}
_ITEM = re.compile(r"Q[1-9][0-9]*")


@dataclass(frozen=True)
class Reading:
    """How a table is to be read.

    `columns` gives the column of a role where its name does not say it; `dataset` is the one that identifiers
    without a namespace belong to, `kind` the class of entries that do not say theirs. `country` returns the
    alpha-2 code of a country as people write it.
    """

    country: Callable[[str], str | None]
    columns: Mapping[str, str]
    dataset: str = ""
    kind: str = ""


def read_table(path: Path, reading: Reading) -> Authority:
    """Return the entries of a table.

    Rows without a name, with an unknown country or kind, or an identifier whose form or check digits are
    wrong are left out and counted. Raises SourceError, with the line, for a table without a needed column, a
    row of another length, a position or population that is none.
    """
    lines = read_text(path).splitlines(keepends=True)
    header = lines[0] if lines else ""
    if not header.strip():
        message = "is empty, or its first line is; begin it with the names of the columns"
        raise SourceError(message, path=path, line=1)
    reader = csv.reader(lines, delimiter=max("\t;,", key=header.count), strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise SourceError(f"{error}; correct the names of the columns", path=path, line=1) from error
    columns = _columns(names, reading.columns, path)
    dataset = reading.dataset or _NAMED.get(_simple(names[columns["id"]]), "")
    told: Counter[str] = Counter()
    rows = _Rows(path, columns, reading, dataset, told)
    return Authority(dataset, rows.entries(reader, len(names)), told)


def _columns(names: list[str], given: Mapping[str, str], path: Path) -> dict[str, int]:
    """Return the place of each role's column."""
    found: dict[str, int] = {}
    for role, wanted in given.items():
        if role not in ROLES:
            message = f"{role} is nothing that a column holds; write one of {', '.join(ROLES)}"
            raise SourceError(message, path=path)
        if wanted not in names:
            raise SourceError(f"has no column {wanted}; it has {', '.join(names)}", path=path, line=1)
        found[role] = names.index(wanted)
    simple = [_simple(name) for name in names]
    for role, words in ROLES.items():
        if role not in found:
            places = [simple.index(name) for name in words if name in simple]
            if places and places[0] not in found.values():
                found[role] = places[0]
    missing = [role for role in ("id", "name") if role not in found]
    if missing:
        message = (
            f"which column holds the {missing[0]}? It has {', '.join(names)}; "
            f"say it with --column {missing[0]}=COLUMN"
        )
        raise SourceError(message, path=path, line=1)
    return found


def _simple(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@dataclass(frozen=True)
class _Rows:
    path: Path
    columns: Mapping[str, int]
    reading: Reading
    dataset: str
    told: Counter[str]
    wrong: dict[str, str] = field(default_factory=dict)

    def entries(self, reader: Iterator[list[str]], width: int) -> Iterator[Entry]:
        line = 2
        try:
            for cells in reader:
                if cells and len(cells) != width:
                    message = f"{len(cells)} cells, but {width} columns; correct the row"
                    raise SourceError(message, path=self.path, line=line)
                entry = self._entry([cell.strip() for cell in cells], line) if cells else "empty row"
                if isinstance(entry, str):
                    self.told[entry] += 1
                else:
                    yield entry
                line = getattr(reader, "line_num", line) + 1
        except csv.Error as error:
            message = f"{error}; close the quotation mark, and double one inside a cell"
            raise SourceError(message, path=self.path, line=line) from error
        except (ValueError, OverflowError) as error:
            raise SourceError(f"{error}; write a number", path=self.path, line=line) from error

    def _cell(self, cells: list[str], role: str) -> str:
        return cells[self.columns[role]] if role in self.columns else ""

    def _entry(self, cells: list[str], line: int) -> Entry | str:
        """Return the entry of a row, or why there is none."""
        told = {role: self._cell(cells, role) for role in ROLES}
        if not told["id"] or not told["name"]:
            return f"no {'name' if told['id'] else 'id'}"
        iri = iri_of(told["id"], self.dataset)
        if iri is None:
            return f"identifier of no known dataset, such as {told['id']}: say it with --dataset"
        form = form_of(iri)
        wrong = form.check(iri) if form is not None else None
        if form is not None and wrong:
            return self.wrong.setdefault(
                form.name, f"malformed identifier of {form.name}, first in line {line}: {wrong}"
            )
        if form is None and not urlsplit(iri).path.strip("/") and "#" not in iri:
            return f"address of a whole site, such as {iri} in line {line}: an entry needs its own"
        country = self.reading.country(told["country"]) if told["country"] else None
        if told["country"] and country is None:
            return f"unknown country {told['country']}"
        kind = kind_of(told["kind"]) if told["kind"] else self.reading.kind or _usual(dataset_of(iri))
        if not kind:
            return f"unknown kind {told['kind']}" if told["kind"] else "no kind: say it with --kind"
        others = (name.strip() for name in re.split(r"[|;]", told["names"]))
        return Entry(
            iri,
            tuple(dict.fromkeys(filter(None, (told["name"], *others)))),
            kind,
            told["kind"],
            country,
            position(told["lat"], told["lon"]) if told["lat"] and told["lon"] else None,
            round(float(told["population"].replace(",", ""))) or None if told["population"] else None,
        )


def _usual(dataset: str) -> str:
    """Return the class of the entries of a dataset that has but one sort."""
    return {"lei": "Business", "ror": "Organisation", "geonames": "Settlement"}.get(dataset, "")


def iri_of(text: str, dataset: str) -> str | None:
    """Return the IRI of an identifier as tables have it; `dataset` is its dataset by name or namespace.

    Other spellings of an IRI, such as that of a page about an entry, become the usual one.

    >>> iri_of("Q490", ""), iri_of("3173435", "geonames")
    ('http://www.wikidata.org/entity/Q490', 'https://sws.geonames.org/3173435/')
    """
    prefix, _, local = text.partition(":")
    if prefix in NAMESPACES:
        return form_named(prefix).iri(identifier(prefix, local))
    if local.startswith("//"):
        found = usual(text)
        return found if is_iri(found) else None
    if dataset in NAMESPACES:
        return form_named(dataset).iri(identifier(dataset, text))
    if dataset:
        return dataset + text if is_iri(dataset + text) else None
    return form_named("wikidata").iri(text) if _ITEM.fullmatch(text) else None


def known_kind(text: str) -> str:
    """Return a class by its name or a word for it. Raises ValueError for one that is not known."""
    kind = kind_of(text)
    if text and not kind:
        raise ValueError(f"{text} is no kind of things that links are proposed for: use {', '.join(KINDS)}")
    return kind
