"""The index file open for reading: connections for threads, and what is asked of its tables."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from acagraph.errors import ReleaseError
from acagraph.reconciliation.index import FORM, LEVELS, unpacked
from acagraph.reconciliation.model import Thing
from acagraph.reconciliation.names import Key
from acagraph.reconciliation.rarity import Rarity
from acagraph.reconciliation.readings import FORMS, Form
from acagraph.reconciliation.spellings import Bearer

_MAPPED = 1 << 28
# Of the most frequent names, such as that of a saint, no more bearers are looked at.
_BEARERS = 400
_COLUMNS = "iri, label, description, kinds, country, latitude, longitude, wikidata"


@dataclass(frozen=True)
class Borne:
    """A name as its key is borne: `form` tells how much of it the key is, `role` what it is to the thing."""

    bearer: Bearer
    form: Form
    name: str
    folded: str
    role: str


class Database:
    """An index file; each thread that asks has a connection of its own as long as it asks.

    `rarity` is what the words of its names weigh.
    """

    rarity: Rarity

    def __init__(self, path: Path) -> None:
        """Open the file. Raises ReleaseError when there is none or it is of another form."""
        self._path = path
        self._free: list[sqlite3.Connection] = []
        self._process = os.getpid()
        try:
            with self.connection() as database:
                found = database.execute("SELECT value FROM about WHERE name = 'form'").fetchone()
                if found == (FORM,):
                    self.rarity = _rarity(database)
        except sqlite3.Error as error:
            self.close()
            raise ReleaseError(f"{path}: is no index of names ({error}); build the release again") from error
        if found != (FORM,):
            self.close()
            raise ReleaseError(f"{path}: is an index of another version; build the release again")

    def close(self) -> None:
        """Close all connections that nobody uses."""
        while self._free:
            self._free.pop().close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection; a process that was forked off opens its own."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self.close()
        try:
            database = self._free.pop()
        except IndexError:
            # Nobody writes it any more, so SQLite need not look whether somebody does.
            address = f"file:{quote(str(self._path.absolute()))}?mode=ro&immutable=1"
            # As many are kept as there are questions times numbers of values that they are asked with.
            database = sqlite3.connect(
                address, uri=True, check_same_thread=False, isolation_level=None, cached_statements=1024
            )
            database.execute(f"PRAGMA mmap_size = {_MAPPED}")
        try:
            yield database
        finally:
            self._free.append(database)


class Tables:
    """What is asked of the tables, over one connection; they are Spellings too."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Ask over a connection."""
        self._database = database

    def bearers(self, texts: Sequence[str]) -> list[Bearer]:
        """Return who bears a key with one of the texts, sorted by text, thing and name."""
        return [borne.bearer for borne in self.borne(texts)]

    def borne(self, texts: Sequence[str]) -> list[Borne]:
        """Return who bears a key with one of the texts, with the name that it is of, in the same order."""
        query = (
            "SELECT k.text, k.thing, k.name, k.level, k.form, n.text, n.folded, n.role FROM keys k "
            "JOIN names n ON n.id = k.name WHERE k.text IN ({}) ORDER BY k.text, k.thing, k.name"
        )
        return [
            Borne(
                Bearer(thing, Key(text, LEVELS[level], full=form == 0), name),  # type: ignore[arg-type]
                FORMS[form],
                *named,
            )
            for text, thing, name, level, form, *named in self._in(query, texts, _BEARERS)
        ]

    def lists(self, countries: Sequence[str], grams: Sequence[str]) -> list[int]:
        """Return, for each gram, the texts that have it and are borne in the countries, as bits."""
        wanted = [country + gram for country in countries for gram in grams]
        rows = self._in("SELECT gram, short, numbers FROM lists WHERE gram IN ({})", wanted)
        known = {gram: unpacked(numbers, short=bool(short)) for gram, short, numbers in rows}
        found = []
        for gram in grams:
            numbers = 0
            for country in countries:
                numbers |= known.get(country + gram, 0)
            found.append(numbers)
        return found

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Return the texts with these numbers, in their order."""
        return [text for (text,) in self._in("SELECT text FROM texts WHERE id IN ({}) ORDER BY id", numbers)]

    def things(self, numbers: Sequence[int]) -> dict[int, tuple[Thing, int]]:
        """Return things by their numbers, each with the number of its family."""
        rows = self._in(f"SELECT id, family, {_COLUMNS} FROM things WHERE id IN ({{}})", numbers)
        return {row[0]: (_thing(row[2:]), row[1]) for row in rows}

    def with_identifiers(self, identifiers: Sequence[str]) -> list[int]:
        """Return the numbers of the things that have one of the identifiers, sorted."""
        rows = self._in("SELECT DISTINCT thing FROM identifiers WHERE identifier IN ({})", identifiers)
        return sorted(number for (number,) in rows)

    def starting(self, text: str, kinds: Sequence[str], most: int) -> list[int]:
        """Return things of some kinds with a name in which a word begins so.

        First come those whose first word it is, then whole words, short names, and the order of the alphabet.
        """
        wanted = " OR ".join(["instr(' ' || kinds || ' ', ' ' || ? || ' ')"] * len(kinds)) or "TRUE"
        tables = "starts JOIN things ON id = thing" if kinds else "starts"
        found = self._database.execute(
            f"SELECT thing FROM {tables} WHERE text >= ? AND text < ? AND ({wanted}) GROUP BY thing "
            "ORDER BY min(place * 100000 + (text != ? AND substr(text, ?, 1) != ' ') * 10000 "
            "+ min(length(text), 9999)), min(text), thing LIMIT ?",
            (text, f"{text}\U0010ffff", *kinds, text, len(text) + 1, most),
        )
        return [number for (number,) in found]

    def country(self, texts: Sequence[str]) -> str | None:
        """Return the code of the country that is called by one of the texts, None when it is not one."""
        found = {code for (code,) in self._in("SELECT code FROM countries WHERE text IN ({})", texts)}
        return str(found.pop()) if len(found) == 1 else None

    def regions(self, texts: Sequence[str]) -> frozenset[str]:
        """Return the codes of the countries that have a region (of the first level) called so."""
        query = (
            "SELECT DISTINCT t.country FROM keys k JOIN things t ON t.id = k.thing WHERE k.text IN ({}) "
            "AND k.form = 0 AND t.country IS NOT NULL AND t.kinds LIKE 'FirstLevelDivision %'"
        )
        return frozenset(code for (code,) in self._in(query, texts))

    def borne_in(self, texts: Sequence[str], country: str) -> bool:
        """Tell whether a thing of a country has one of the texts as the key of a whole name."""
        rows = self._in(
            "SELECT DISTINCT t.country FROM keys k JOIN things t ON t.id = k.thing "
            "WHERE k.text IN ({}) AND k.form = 0",
            texts,
        )
        return (country,) in rows

    def number(self, iri: str) -> int | None:
        """Return the number of a thing, None of one that is not in the index."""
        row = self._database.execute("SELECT thing FROM iris WHERE iri = ?", (iri,)).fetchone()
        return None if row is None else int(row[0])

    def _in(self, query: str, values: Sequence[str | int], most: int = -1) -> list[Any]:
        if not values:
            return []
        marks = ", ".join("?" * len(values))
        return self._database.execute(f"{query.format(marks)} LIMIT {most}", values).fetchall()


def _rarity(database: sqlite3.Connection) -> Rarity:
    (names,) = database.execute("SELECT value FROM about WHERE name = 'names'").fetchone()
    return Rarity(dict(database.execute("SELECT word, names FROM words")), int(names))


def _thing(row: Sequence[Any]) -> Thing:
    iri, label, description, kinds, country, latitude, longitude, wikidata = row
    position = None if latitude is None else (latitude, longitude)
    return Thing(iri, label, description, tuple(kinds.split()), country, position, wikidata)
