"""The spellings of names, and what bears them: in memory for a list, in a file for a release."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from acagraph.reconciliation.names import Key
from acagraph.reconciliation.similarity import anagram, bits_of, grams, likely, numbers_of

# Of the names that have most in common with another so many are compared with it letter by letter.
_COMPARED = 48
# In front of grams: that of things of no known country, and that of all things.
NOWHERE = "??"
ANYWHERE = ""


@dataclass(frozen=True)
class Bearer:
    """Something by its number, a key that it is known under, and the number of the name behind the key."""

    number: int
    key: Key
    name: int = 0


class Spellings(Protocol):
    """What can be asked of spellings, wherever they are kept."""

    def bearers(self, texts: Sequence[str]) -> list[Bearer]:
        """Return who bears a key with one of the texts."""

    def lists(self, countries: Sequence[str], grams: Sequence[str]) -> list[int]:
        """Return, for each gram, the texts that have it and are borne in the countries, as bits."""

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Return the texts with these numbers, in their order."""


def alike(spellings: Spellings, text: str, countries: Sequence[str]) -> list[str]:
    """Return the texts borne in the countries that have most in common with a text, itself with them.

    `countries` are alpha-2 codes, NOWHERE for things of no known country, or ANYWHERE alone. Sorted by their
    numbers.
    """
    *lists, turned = spellings.lists(countries, [*grams(text), anagram(text)])
    return spellings.texts(sorted({*likely(lists, most=_COMPARED), *numbers_of(turned, _COMPARED)}))


class Memory:
    """Spellings in memory; numbers of texts follow their order."""

    def __init__(self, borne: Iterable[tuple[Bearer, str | None]]) -> None:
        """Keep who bears what, and in which country."""
        self._bearers: dict[str, list[Bearer]] = defaultdict(list)
        countries: dict[str, set[str]] = defaultdict(set)
        for bearer, country in borne:
            self._bearers[bearer.key.text].append(bearer)
            if bearer.key.full:
                countries[bearer.key.text].add(country or NOWHERE)
        self._texts = sorted(countries)
        self._countries = countries
        self._lists: Mapping[str, array[int]] | None = None

    def bearers(self, texts: Sequence[str]) -> list[Bearer]:
        """Return who bears a key with one of the texts, in the order in which they were told."""
        return [bearer for text in texts for bearer in self._bearers.get(text, ())]

    def lists(self, countries: Sequence[str], grams: Sequence[str]) -> list[int]:
        """Return, for each gram, the texts that have it and are borne in the countries, as bits."""
        known = self.by_gram()
        return [
            bits_of([number for country in countries for number in known.get(country + gram, ())])
            for gram in grams
        ]

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Return the texts with these numbers, sorted by number."""
        return [self._texts[number] for number in sorted(numbers)]

    def all_texts(self) -> list[str]:
        """Return the texts by their numbers."""
        return self._texts

    def by_gram(self) -> Mapping[str, array[int]]:
        """Return the numbers of the texts by gram, with each country in front of it and with none."""
        if self._lists is None:  # a list of which all is known never asks for it
            lists: dict[str, array[int]] = defaultdict(lambda: array("I"))
            for number, text in enumerate(self._texts):
                starts = (ANYWHERE, *sorted(self._countries[text]))
                for gram in (*grams(text), anagram(text)):
                    for start in starts:
                        lists[start + gram].append(number)
            self._lists = dict(lists)
        return self._lists
