"""Lists that are narrowed by what a query string says, and shown a page at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from acagraph.errors import NotFound, ParameterError, Phrase

UNKNOWN = "unknown"
_IGNORED = "utm_"
_ROWS = 100
_LONGEST = 200
T = TypeVar("T")
# What a thing is found by: none where nothing is known.
Facet = Callable[[T], tuple[str, ...]]


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list: which page of how many, and how many rows were found in all."""

    rows: tuple[T, ...]
    number: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """The number of the first row, counted from one; zero where there is none."""
        return (self.number - 1) * _ROWS + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row."""
        return (self.number - 1) * _ROWS + len(self.rows)


class Catalogue(Generic[T]):
    """A list in its order, with what it can be narrowed by; how often each value occurs is counted once."""

    def __init__(self, items: Sequence[T], facets: Mapping[str, Facet[T]]) -> None:
        self.items = tuple(items)
        self.facets = tuple(facets)
        self._values = {
            name: [facet(item) or (UNKNOWN,) for item in self.items] for name, facet in facets.items()
        }
        self.counts: Mapping[str, Counter[str]] = {
            name: Counter(value for values in found for value in values)
            for name, found in self._values.items()
        }

    def asked(self, parameters: QueryParams) -> dict[str, str]:
        """Return what a query string narrows by; empty fields, which a form sends too, are left out.

        Raises ParameterError for what is unknown or given twice.
        """
        given: dict[str, str] = {}
        for name, value in parameters.multi_items():
            if name.startswith(_IGNORED) or not value:
                continue
            if name not in self.facets:
                there = ", ".join(self.facets) or "none"
                message = Phrase(
                    "there is no filter {name} here; there are {names}", name=repr(name[:50]), names=there
                )
                raise ParameterError(message, parameter=name[:50])
            if name in given:
                raise ParameterError(Phrase("{name} is given twice; give it once", name=name), parameter=name)
            if value not in self.counts[name]:
                message = Phrase(
                    "nothing here has the {name} {value}; choose one of the list",
                    name=name,
                    value=repr(value[:_LONGEST]),
                )
                raise ParameterError(message, parameter=name)
            given[name] = value
        return {name: given[name] for name in self.facets if name in given}

    def narrowed(self, asked: Mapping[str, str]) -> tuple[T, ...]:
        """Return the items that have all that is asked, in order."""
        places: Sequence[int] = range(len(self.items))
        for name, value in asked.items():
            known = self._values[name]
            places = [place for place in places if value in known[place]]
        return tuple(self.items[place] for place in places)

    def page(self, asked: Mapping[str, str], number: int) -> Page[T]:
        """Return a page of what is asked. Raises NotFound where there is no such page."""
        found = self.narrowed(asked)
        pages = max(-(-len(found) // _ROWS), 1)
        if not 1 <= number <= pages:
            raise NotFound(
                Phrase("there is no page {number}; the last one is {last}", number=number, last=pages)
            )
        rows = found[(number - 1) * _ROWS : number * _ROWS]
        return Page(rows, number, pages, len(found))


def encoded(asked: Mapping[str, str]) -> str:
    """Return a query string with its question mark, or nothing."""
    return f"?{urlencode(asked)}" if asked else ""
