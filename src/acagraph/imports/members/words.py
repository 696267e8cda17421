"""Words that lists use, in tables beside this module: headings, kinds, months, what stands for nothing."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from acagraph.reconciliation.folding import fold

# No word of words.csv is longer, and most cells are.
_LONGEST = 24


def rows_of(table: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of one of the tables, in its order."""
    text = files(__package__).joinpath(table).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=65_536)
def key_of(word: str) -> str:
    """Return a word as it is looked up: without case, accents and punctuation, unless it consists of that.

    >>> key_of("  Fecha de Adhesión: "), key_of("#")
    ('fecha de adhesion', '#')
    """
    return fold(word) or " ".join(word.split()).casefold()


@cache
def meanings(table: str, column: str) -> Mapping[str, tuple[str, ...]]:
    """Return what each word of a table means, by its key; a word with several meanings says nothing."""
    found: dict[str, list[str]] = {}
    word, *_ = rows_of(table)[0]
    for row in rows_of(table):
        meant = found.setdefault(key_of(row[word]), [])
        if row[column] not in meant:
            meant.append(row[column])
    return {key: tuple(meant) for key, meant in found.items()}


def means(word: str, meaning: str) -> bool:
    """Tell whether a cell says `nothing`, as a hyphen does, or begins a `total`."""
    return len(word) < _LONGEST and meaning in meanings("words.csv", "meaning").get(key_of(word), ())
