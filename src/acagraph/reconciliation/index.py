"""The index of names of a release: one SQLite file, written once and only read afterwards."""

from __future__ import annotations

import sqlite3
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from acagraph.reconciliation.countries import country_names
from acagraph.reconciliation.folding import fold
from acagraph.reconciliation.inventory import Entry, Name, entries
from acagraph.reconciliation.names import Key, keys_of, other_names
from acagraph.reconciliation.rarity import frequent_words
from acagraph.reconciliation.readings import FORMS, called_as, readings
from acagraph.reconciliation.similarity import bits_of
from acagraph.reconciliation.spellings import Bearer, Memory

NAMES = "names.sqlite"
# Changes with the tables and with how names are read: an index and those who read it have to agree.
FORM = "acagraph-names 9"
LEVELS = ("", "municipality", "upper")
# Longer lists of numbers are written as bits.
_SHORT = 64

_TABLES = (
    "about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    "things (id INTEGER PRIMARY KEY, iri TEXT, label TEXT, description TEXT, kinds TEXT, country TEXT, "
    "latitude REAL, longitude REAL, wikidata TEXT, family INTEGER)",
    "names (id INTEGER PRIMARY KEY, thing INTEGER, text TEXT, folded TEXT, language TEXT, role TEXT)",
    "keys (text TEXT, thing INTEGER, name INTEGER, level INTEGER, form INTEGER, "
    "PRIMARY KEY (text, thing, name, level, form)) WITHOUT ROWID",
    "texts (id INTEGER PRIMARY KEY, text TEXT)",
    "lists (gram TEXT PRIMARY KEY, short INTEGER, numbers BLOB) WITHOUT ROWID",
    "starts (text TEXT, place INTEGER, thing INTEGER, PRIMARY KEY (text, place, thing)) WITHOUT ROWID",
    "identifiers (identifier TEXT, thing INTEGER, PRIMARY KEY (identifier, thing)) WITHOUT ROWID",
    "countries (text TEXT PRIMARY KEY, code TEXT) WITHOUT ROWID",
    "words (word TEXT PRIMARY KEY, names INTEGER) WITHOUT ROWID",
    "iris (iri TEXT PRIMARY KEY, thing INTEGER) WITHOUT ROWID",
    "families (family INTEGER, thing INTEGER, PRIMARY KEY (family, thing)) WITHOUT ROWID",
)
_Row = tuple[object, ...]


def write_index(store: ox.Store, path: Path) -> None:
    """Write the index of all the things of a release's store; a file that is there is replaced.

    Equal stores give equal bytes with one version of SQLite.
    """
    found = [_called(entry) for entry in entries(store)]
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA page_size = 4096")
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("BEGIN")
        for table in _TABLES:
            database.execute(f"CREATE TABLE {table}")
        for name, rows in _contents(found):
            _insert(database, name, rows)
        database.execute("COMMIT")
        database.execute("VACUUM")
    finally:
        database.close()


def _contents(found: Sequence[Entry]) -> Iterator[tuple[str, Iterable[_Row]]]:
    """Yield the rows of each table, sorted by their key."""
    numbers = {entry.thing.iri: number for number, entry in enumerate(found)}
    families = [numbers.get(entry.family, number) for number, entry in enumerate(found)]
    names = [(number, name) for number, entry in enumerate(found) for name in entry.names]
    folded = {fold(name.text) for _, name in names}
    yield "about", [("form", FORM), ("names", str(len(folded))), ("things", str(len(found)))]
    yield "words", frequent_words(folded).items()
    yield "things", (_thing(number, entry, families[number]) for number, entry in enumerate(found))
    yield "iris", sorted(numbers.items())
    yield "families", sorted(zip(families, range(len(found)), strict=True))
    yield "names", ((number, thing, *_named(name)) for number, (thing, name) in enumerate(names))
    keys = sorted(
        {key for number, (thing, name) in enumerate(names) for key in _keys(number, thing, name, found)}
    )
    yield "keys", keys
    yield from _spellings(keys, found)
    yield "starts", sorted({start for thing, name in names for start in _starts(thing, name)})
    yield (
        "identifiers",
        sorted((name, numbers[entry.thing.iri]) for entry in found for name in entry.identifiers),
    )
    yield "countries", sorted(_countries(found))


def _called(entry: Entry) -> Entry:
    """Give a country the names that the table of countries has for it, and its code of three letters."""
    thing = entry.thing
    if "Country" not in thing.kinds or thing.country is None:
        return entry
    codes = sorted(name.partition(":")[2] for name in entry.identifiers if name.startswith("iso3166-1:"))
    names = [Name(code, "", "alternative") for code in codes if len(code) == 3]
    for row in country_names():
        if row["alpha_2"] == thing.country:
            names.append(Name(row["name"], row["language"], "alternative"))
    known = {name.text for name in entry.names}
    return replace(entry, names=(*entry.names, *(name for name in names if name.text not in known)))


def _thing(number: int, entry: Entry, family: int) -> _Row:
    thing = entry.thing
    latitude, longitude = thing.position or (None, None)
    told = (thing.iri, thing.label, thing.description, " ".join(thing.kinds), thing.country)
    return (number, *told, latitude, longitude, thing.wikidata, family)


def _named(name: Name) -> tuple[str, str, str, str]:
    return name.text, fold(name.text), name.language, name.role


def _keys(
    number: int, thing: int, name: Name, found: Sequence[Entry]
) -> Iterator[tuple[str, int, int, int, int]]:
    entry = found[thing]
    kinds = called_as(entry.thing.kinds)
    for reading in readings(name.text, kinds):
        for level in reading.levels:
            yield reading.text, thing, number, LEVELS.index(level), FORMS.index(reading.form)
    for kind in kinds:
        for key in keys_of(name.text, kind):
            for other in other_names(key, entry.thing.country):
                yield other.text, thing, number, LEVELS.index(other.level), 0


def _spellings(
    keys: Iterable[tuple[str, int, int, int, int]], found: Sequence[Entry]
) -> Iterator[tuple[str, Iterable[_Row]]]:
    memory = Memory(
        (Bearer(thing, Key(text, "", full=form == 0), name), found[thing].thing.country)
        for text, thing, name, _, form in keys
    )
    lists = memory.by_gram()
    yield "texts", enumerate(memory.all_texts())
    yield "lists", ((gram, len(lists[gram]) <= _SHORT, packed(lists[gram])) for gram in sorted(lists))


def packed(numbers: array[int]) -> bytes:
    """Return numbers as bytes, the smallest first: four each if they are few, else a bit each.

    Bits are read at once, the bytes of some numbers take less room.
    """
    if len(numbers) > _SHORT:
        bits = bits_of(numbers)
        return bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return struct.pack(f"<{len(numbers)}I", *numbers)


def unpacked(content: bytes, *, short: bool) -> int:
    """Return the numbers that `packed` wrote as bits; `short` tells that they were few."""
    if short:
        return bits_of(struct.unpack(f"<{len(content) // 4}I", content))
    return int.from_bytes(content, "little")


def _starts(thing: int, name: Name) -> Iterator[tuple[str, int, int]]:
    """Yield the name from each of its words on, and which word that is."""
    words = fold(name.text).split(" ")
    return ((" ".join(words[place:]), place, thing) for place in range(len(words)))


def _countries(found: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """Yield what people write for a country, where that is one, and its code."""
    told: dict[str, set[str]] = {}
    for entry in found:
        thing = entry.thing
        if "Country" in thing.kinds and thing.country is not None:
            codes = [name.partition(":")[2] for name in entry.identifiers]
            texts = (*(name.text for name in entry.names), thing.country, *codes, thing.iri)
            names = [row["name"] for row in country_names() if row["alpha_2"] == thing.country]
            for key in {key for text in (*texts, *names) for key in country_texts(text)}:
                told.setdefault(key, set()).add(thing.country)
    return ((text, codes.pop()) for text, codes in told.items() if len(codes) == 1)


@lru_cache(maxsize=1024)  # a list names few countries, many times
def country_texts(text: str) -> tuple[str, ...]:
    """Return how a country's name is looked up: as it is, and without what nations call themselves."""
    stripped = [key.text for key in keys_of(text, "NationalGovernment") if key.full]
    return tuple(sorted({fold(text).replace(" ", ""), *stripped} - {""}))


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[_Row]) -> None:
    for row in (waiting := iter(rows)):
        marks = ", ".join("?" * len(row))
        database.execute(f"INSERT INTO {table} VALUES ({marks})", row)
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", waiting)
