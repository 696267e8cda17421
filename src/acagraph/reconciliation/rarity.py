"""How much the words of names tell: "Bank" and "City" little, "Milano" much."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from acagraph.reconciliation.similarity import likenesses

# A word of fewer names is as good as unique.
FREQUENT = 5
_LIKE = 0.6


class Rarity:
    """What words weigh, from 0 to 1, by the number of names that they stand in."""

    def __init__(self, frequent: Mapping[str, int], names: int) -> None:
        """Take the words that stand in FREQUENT names or more, and how many names there are."""
        scale = math.log(max(names, 2))
        self._weights = {word: (1 - math.log(count) / scale) ** 2 for word, count in frequent.items()}
        self._rare = (1 - math.log(2) / scale) ** 2

    def weight(self, word: str) -> float:
        """Return what a word weighs."""
        return self._weights.get(word, self._rare)

    def missing(self, some: Sequence[str], others: Sequence[str]) -> float:
        """Return the share of some words, as they weigh, that is not among others nor like one of them.

        A word with a slip is missing by the share of its letters that changed.
        """
        there = set(others)
        total = lost = 0.0
        for word in some:
            weight = self.weight(word)
            total += weight
            if word not in there:
                best = max(likenesses(word, others), default=0.0)
                lost += weight * (1 - best if best >= _LIKE else 1.0)
        return lost / total if total else 0.0


def frequent_words(names: Iterable[str]) -> dict[str, int]:
    """Return the words that stand in FREQUENT of the folded names or more, sorted, with how many do."""
    counts = Counter(word for name in names for word in set(name.split(" ")))
    return {word: counts[word] for word in sorted(counts) if counts[word] >= FREQUENT}
