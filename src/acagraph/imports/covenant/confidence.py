"""How probable it is that a candidate for a link is right, as far as the file of candidates itself tells.

docs/links.md says what the numbers mean and what they assume. None is above 0.99: nobody looked at a sample.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from acagraph.imports.covenant.candidates import Candidate

NEAR = 5.0
FAR = 15.0

_RINGS = (0.0, 1.0, 2.0, NEAR, FAR)
# Every entry this far away is taken for one that only happens to have the name.
_CHANCE = (10.0, FAR)
# Of fewer rows a share says nothing.
_FEWEST = 30
_HIGHEST = 0.99


@dataclass(frozen=True)
class Confidence:
    """What was measured: by method and what the second file says, and by method and distance.

    Without a number where there are too few rows to measure one.
    """

    items: Mapping[tuple[bool, str], float]
    entries: Mapping[tuple[bool, float], float]

    def of_item(self, candidate: Candidate, *, among: int = 1) -> str:
        """Return how probable it is that the Wikidata item of a candidate is right, "" when unknown.

        among is how many things claim the item: one of them at most is right.
        """
        return _text(self.items.get((candidate.unique, candidate.authority)), among)

    def of_entry(self, candidate: Candidate, *, among: int = 1) -> str:
        """Return how probable it is that the GeoNames entry of a candidate is right, "" when unknown.

        among is how many places claim the entry: one of them at most is right.
        """
        return _text(self.entries.get((candidate.folded, _ring(candidate.distance or 0.0))), among)


def measure(candidates: Iterable[Candidate]) -> Confidence:
    """Measure how far the candidates of one file agree with each other and with a second file."""
    rows = list(candidates)
    return Confidence(_items(rows), _entries(rows))


def _items(rows: Iterable[Candidate]) -> dict[tuple[bool, str], float]:
    """Measure the Wikidata items, by method.

    Two files that are right equally often, and wrong independently and never in the same way, agree in the
    square of the share in which one is right: its root is that share p, and where they differ the first is
    right in p / (1 + p) of all cases. Where they agree, items that two places claim are wrong for one.
    """
    said = [row for row in rows if row.item]
    found = {}
    for unique in (True, False):
        agreed = [row for row in said if row.unique == unique and row.authority == "agree"]
        differing = sum(row.unique == unique and row.authority == "differ" for row in said)
        if len(agreed) + differing < _FEWEST or not agreed:
            continue
        one = math.sqrt(len(agreed) / (len(agreed) + differing))
        claims = Counter(row.item for row in agreed)
        shared = sum(claims[row.item] > 1 for row in agreed)
        found[unique, "agree"] = 1 - shared / len(agreed)
        found[unique, "single"] = one
        found[unique, "differ"] = one / (1 + one)
    return found


def _entries(rows: Iterable[Candidate]) -> dict[tuple[bool, float], float]:
    """Measure the GeoNames entries, by method and distance.

    Entries that only happen to have the name lie everywhere alike: how many there are in each square
    kilometre is at most what is counted farthest off, and so is their share near by.
    """
    said = [row for row in rows if row.geonames and row.distance is not None and row.distance <= FAR]
    found = {}
    for folded in (True, False):
        distances = [row.distance for row in said if row.folded == folded and row.distance is not None]
        inner, outer = _CHANCE
        density = sum(inner < each for each in distances) / _area(inner, outer)
        for start, end in itertools.pairwise(_RINGS):
            count = sum(_ring(each) == end for each in distances)
            if count >= _FEWEST:
                found[folded, end] = max(0.0, 1 - density * _area(start, end) / count)
    return found


def _ring(distance: float) -> float:
    """Return the outer edge of the ring in which a distance lies."""
    return next((end for end in _RINGS[1:] if distance <= end), math.inf)


def _area(inner: float, outer: float) -> float:
    return math.pi * (outer**2 - inner**2)


def _text(share: float | None, among: int) -> str:
    return "" if share is None else f"{min(share, _HIGHEST) / among:.2f}"
