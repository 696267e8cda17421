"""Which columns of a list say what, and what a row asks by them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from acagraph.reconciliation.model import Query
from acagraph.reconciliation.placeholders import is_placeholder
from acagraph.spreadsheets.reading import Line, Table

# What people paste as an identifier, and what it is called in the index.
_IDENTIFIERS = tuple(
    (re.compile(pattern, re.I), kind)
    for pattern, kind in (
        (r"(?:https?://(?:www\.)?wikidata\.org/(?:wiki|entity)/|wd:|wikidata:)?(Q[1-9]\d*)", "wikidata"),
        (r"(?:https?://ror\.org/|ror:)?(0[a-z0-9]{6}\d\d)", "ror"),
        (r"(?:https?://(?:www\.)?isni\.org/(?:isni/)?|isni:)(\d{15}[\dX])", "isni"),
        (r"(?:https?://(?:sws|www)\.geonames\.org/|geonames:)(\d+)/?(?:[a-z0-9-]+\.html)?", "geonames"),
        (r"(?:https?://lei\.info/|lei:)?([A-Z0-9]{18}\d\d)", "lei"),
        (r"(?:iso3166-2:)?([A-Z]{2}-[A-Z0-9]{1,3})", "iso3166-2"),
        (r"unlocode:([A-Z]{2}[A-Z2-9]{3})", "unlocode"),
        (r"gcom:(.+)", "gcom"),
    )
)
_UPPER = ("wikidata", "lei", "isni", "iso3166-2", "unlocode")
_SEPARATORS = re.compile(r"[\s;,|]+")
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:[.,]\d*)?")

Report = Callable[[str, Line, str, str], None]


@dataclass(frozen=True)
class Columns:
    """The names of the columns that are read; only that of names has to be there."""

    name: str
    country: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    identifier: str | None = None

    def places(self, table: Table) -> Places:
        """Return where the columns stand. Raises SourceError naming the columns that are there."""
        given = (self.name, self.country, self.latitude, self.longitude, self.identifier)
        return Places(table, *(None if name is None else _place(table, name) for name in given))


@dataclass(frozen=True)
class Places:
    """The places of columns in the rows of a table, from 0; what is not read is None."""

    table: Table
    name: int | None
    country: int | None
    latitude: int | None
    longitude: int | None
    identifier: int | None

    def query(
        self, line: Line, *, kinds: tuple[str, ...], countries: tuple[str, ...], report: Report
    ) -> Query:
        """Return what a row asks; `report` is told what was not understood in which column.

        A word such as "total" or "n/a" is a name only in a row that says more of its own.
        """
        name, country = _cell(line, self.name), _cell(line, self.country)
        position, identifiers = self._position(line, report), self._identifiers(line, report)
        if is_placeholder(name) and not (country or position or identifiers):
            report("a word that is no name, so nothing is filled in", line, self.called(self.name), name)
            name = ""
        return Query(
            name,
            kinds=kinds,
            strict=bool(kinds),
            countries=(country,) if country else countries,
            position=position,
            identifiers=identifiers,
        )

    def called(self, place: int | None) -> str:
        """Return the name of the column at a place."""
        return "" if place is None else self.table.heading.cells[place].strip()

    def _position(self, line: Line, report: Report) -> tuple[float, float] | None:
        found = []
        for place, most in ((self.latitude, 90.0), (self.longitude, 180.0)):
            text = _cell(line, place)
            if not text:
                return None
            number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else 1_000.0
            if not -most <= number <= most:
                report("coordinates that are not degrees", line, self.called(place), text)
                return None
            found.append(number)
        return found[0], found[1]

    def _identifiers(self, line: Line, report: Report) -> tuple[str, ...]:
        found = []
        for text in filter(None, _SEPARATORS.split(_cell(line, self.identifier))):
            identifier = identifier_of(text)
            if identifier is None:
                report("an identifier that is not known", line, self.called(self.identifier), text)
            else:
                found.append(identifier)
        return tuple(found)


def identifier_of(text: str) -> str | None:
    """Return an identifier as the index of names has it, None for what is none.

    >>> identifier_of("http://www.wikidata.org/entity/Q490"), identifier_of("it-mi"), identifier_of("Milano")
    ('wikidata:Q490', 'iso3166-2:IT-MI', None)
    """
    for pattern, kind in _IDENTIFIERS:
        match = pattern.fullmatch(text)
        if match is not None:
            value = match[1].upper() if kind in _UPPER else match[1]
            return f"{kind}:{value}"
    return None


def _cell(line: Line, place: int | None) -> str:
    return line.cells[place].strip() if place is not None and place < len(line.cells) else ""


def _place(table: Table, name: str) -> int:
    names = [cell.strip() for cell in table.heading.cells]
    for wanted, there in ((name.strip(), names), (name.strip().casefold(), [n.casefold() for n in names])):
        places = [place for place, each in enumerate(there) if each == wanted]
        if len(places) > 1:
            message = f"is there {len(places)} times; give each column a name of its own"
            raise table.fail(message, line=table.heading.number, column=name)
        if places:
            return places[0]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f": did you mean {near[0]}?" if near else ""
    shown = ", ".join(each or "(no name)" for each in names[:30])
    raise table.fail(f"has no column {name}; its columns are {shown}{hint}", line=table.heading.number)
