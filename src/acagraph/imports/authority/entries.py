"""What a file of another dataset describes, in one form whatever the file's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """An entry of another dataset.

    `kind` is the local name of the class that it would be of; `category` what the dataset itself calls it.
    `country` is ISO 3166-1 alpha-2, `position` latitude and longitude in degrees, WGS 84. `identifiers` are
    as those of an Actor. `populated` tells a town from the area that is governed as one.
    """

    iri: str
    names: tuple[str, ...]
    kind: str
    category: str = ""
    country: str | None = None
    position: tuple[float, float] | None = None
    population: int | None = None
    identifiers: frozenset[str] = frozenset()
    populated: bool = False


@dataclass(frozen=True)
class Authority:
    """The entries of a file, to be read once, and what was left out of it, counted by reason.

    `dataset` is what its entries belong to. The counts are complete when the entries have been read.
    """

    dataset: str
    entries: Iterable[Entry]
    left_out: Counter[str] = field(default_factory=Counter)
