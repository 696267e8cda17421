"""What the index of names says of each row, as cells and as JSON; equal questions are asked once."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from acagraph.reconciliation.model import Match, Query
from acagraph.spreadsheets.columns import Columns
from acagraph.spreadsheets.reading import Line, Table
from acagraph.spreadsheets.tally import Tally, Verdict

# Answers as cells take about a kilobyte each.
_REMEMBERED = 20_000
_NAMES = ("iri", "label", "score", "match", "wikidata", "place_wikidata")
_CANDIDATES = "candidates"
_SHOWN = 5


class Items(Protocol):
    """Tells the items of the territories of governments."""

    def item(self, government: str, /) -> str:
        """Return the item of what a government governs, "" where none is known."""


class Finding(Protocol):
    """What the answers need of a finder."""

    def find(self, query: Query) -> list[Match]:
        """Return the things that a query may mean, the most probable first."""

    def country(self, text: str) -> str | None:
        """Return the code of a country as people write it."""


@dataclass(frozen=True)
class Wishes:
    """What a user wants: which columns, what all rows have in common, and which columns are added.

    With `best` the first candidate is taken though it is doubtful; `candidates` is how many are listed.
    """

    columns: Columns
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    best: bool = False
    candidates: int = 0
    prefix: str = "acagraph_"

    @property
    def added(self) -> tuple[str, ...]:
        """The names of the columns that are added."""
        return tuple(self.prefix + name for name in (*_NAMES, *([_CANDIDATES] if self.candidates else [])))


@dataclass(frozen=True)
class _Answer:
    verdict: Verdict
    cells: tuple[str, ...] = ()
    told: str = ""


class Answers:
    """Answers the rows of a table, and counts them."""

    def __init__(
        self, finder: Finding, items: Items, table: Table, wishes: Wishes, *, as_json: bool = False
    ) -> None:
        """Find the columns. Raises SourceError when one is missing, or one of ours is there already."""
        self._finder = finder
        self._items = items
        self._wishes = wishes
        self._places = wishes.columns.places(table)
        self._as_json = as_json
        self._ask = functools.lru_cache(maxsize=_REMEMBERED)(self._asked)
        self._country = functools.lru_cache(maxsize=_REMEMBERED)(finder.country)
        self.tally = Tally()
        there = {cell.strip() for cell in table.heading.cells} & set(wishes.added)
        if there and not as_json:
            message = (
                f"has a column {min(there)} already: acagraph was here before. Give the list as it was, or "
                "another beginning for the new columns: --prefix new_"
            )
            raise table.fail(message, line=table.heading.number)

    def cells(self, line: Line) -> tuple[str, ...]:
        """Return the cells that a row gets, in the order of the columns that are added."""
        return self._of(line).cells

    def object(self, line: Line) -> str:
        """Return a row with its answer as JSON on one line."""
        start = json.dumps({"line": line.number, "cells": line.cells}, ensure_ascii=False)
        return f"{start[:-1]}, {self._of(line).told[1:]}"

    def _of(self, line: Line) -> _Answer:
        wishes, tally = self._wishes, self.tally
        query = self._places.query(line, kinds=wishes.kinds, countries=wishes.countries, report=tally.report)
        for text in query.countries if self._places.country is not None else ():
            if self._country(text) is None:
                tally.report(
                    "a country that is not known", line, self._places.called(self._places.country), text
                )
        answer = self._ask(replace(query, limit=max(wishes.candidates, _SHOWN if self._as_json else 1)))
        tally.add(answer.verdict)
        return answer

    def _asked(self, query: Query) -> _Answer:
        wishes = self._wishes
        asks = bool(query.name or query.identifiers)
        matches = self._finder.find(query) if asks else []
        first = matches[0] if matches else None
        verdict: Verdict = "nothing" if asks else "unnamed"
        if first is not None:
            verdict = "matched" if first.match else "doubtful"
        taken = first is not None and (first.match or wishes.best)
        item = self._items.item(first.thing.iri) if first is not None and taken else ""
        if self._as_json:
            told = _document(query, matches, taken=taken, item=item)
            return _Answer(verdict, told=json.dumps(told, ensure_ascii=False))
        cells = _cells(first, taken=taken, item=item) if asks else ("",) * len(_NAMES)
        listed = (_listed(matches[: wishes.candidates]),) if wishes.candidates else ()
        return _Answer(verdict, (*cells, *listed))


def _cells(first: Match | None, *, taken: bool, item: str) -> tuple[str, ...]:
    if first is None:
        return "", "", "", "false", "", ""
    thing = first.thing
    return (
        thing.iri if taken else "",
        thing.label,
        f"{first.score:.4f}",
        "true" if first.match else "false",
        (thing.wikidata or "") if taken else "",
        item,
    )


def _listed(matches: Sequence[Match]) -> str:
    """Return candidates in one cell: IRI, score and label of each."""
    return " | ".join(f"{match.thing.iri} {match.score:.4f} {match.thing.label}" for match in matches)


def _document(query: Query, matches: Sequence[Match], *, taken: bool, item: str) -> dict[str, Any]:
    first = matches[0] if matches else None
    return {
        "name": query.name,
        "iri": first.thing.iri if first and taken else None,
        "label": first.thing.label if first else None,
        "score": first.score if first else None,
        "match": first is not None and first.match,
        "wikidata": first.thing.wikidata if first and taken else None,
        "place_wikidata": item or None,
        "candidates": [_candidate(match) for match in matches],
    }


def _candidate(match: Match) -> dict[str, Any]:
    thing = match.thing
    return {
        "iri": thing.iri,
        "label": thing.label,
        "name": match.name,
        "description": thing.description,
        "kinds": thing.kinds,
        "country": thing.country,
        "wikidata": thing.wikidata,
        "score": match.score,
        "match": match.match,
        "features": dict(match.features),
    }
