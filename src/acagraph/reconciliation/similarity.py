"""Names that are nearly equal, by rapidfuzz where it is installed; grams tell which to compare."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

# Of 100. Below it nearly all pairs are different places: "Castelnuovo" and "Castelvecchio".
_LEAST = 88.0
_SHORTEST = 5
_DIGITS = re.compile(r"\d+")
# Whatever is sent, so many letters, grams and entries are looked at.
_LONGEST = 64
_GRAMS = 16
_ENTRIES = 20_000
# The share of the grams that a name has to have in common with another one to be compared with it.
_COMMON = 0.25


def nearest(name: str, choices: Sequence[str]) -> list[tuple[int, float]]:
    """Return the positions of the names most like a name, at most three, with their likeness from 0 to 1.

    The best first, equals in the order of `choices`. Names are compared by letters, and numbers in them have
    to be equal. Nothing is similar to a name of less than five letters; nothing is found without rapidfuzz,
    which the extra `import` brings.
    """
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        return []
    if len(name) < _SHORTEST:
        return []
    found = process.extract(name, choices, scorer=fuzz.ratio, score_cutoff=_LEAST, limit=6, processor=None)
    alike = [(place, score / 100) for text, score, place in found if same_numbers(text, name)]
    return sorted(alike, key=lambda item: (-item[1], item[0]))[:3]


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1: the share of letters that need not be changed.

    A letter left out, added, exchanged, or two neighbours in the wrong order are one change (optimal string
    alignment). Without rapidfuzz it is 1 for equal texts and 0 for others.
    """
    try:
        from rapidfuzz.distance import OSA
    except ImportError:
        return float(one == other)
    return OSA.normalized_similarity(one, other)


def same_numbers(one: str, other: str) -> bool:
    """Tell whether two names have the same numbers in them: "District 1" is not "District 2"."""
    return _DIGITS.findall(one) == _DIGITS.findall(other)


def grams(text: str) -> list[str]:
    """Return the threes of neighbouring letters of a text, its ends marked, each once, sorted.

    >>> grams("milan")
    ['^mi', 'ila', 'lan', 'mil', 'n$']
    """
    marked = f"^{text[:_LONGEST]}$"
    threes = {marked[place : place + 3] for place in range(len(marked) - 2)}
    return sorted(threes - {marked[-3:]} | {marked[-2:]})


def anagram(text: str) -> str:
    """Return the letters of a text in order, which two neighbours that changed places do not alter.

    >>> anagram("paris") == anagram("prais")
    True
    """
    return "=" + "".join(sorted(text[:_LONGEST]))


def likely(lists: Iterable[array[int]], *, most: int) -> list[int]:
    """Return the numbers that stand in most of the lists, at most so many; equals by number.

    The lists are those of the grams of a name. Of many the shortest are read, and never more entries than a
    fixed number.
    """
    chosen = sorted(lists, key=len)[:_GRAMS]
    counts: Counter[int] = Counter()
    entries = read = 0
    for numbers in chosen:
        entries += len(numbers)
        if entries > _ENTRIES and read:
            break
        counts.update(numbers)
        read += 1
    least = _COMMON * read
    found = [(-count, number) for number, count in counts.items() if count >= least]
    found.sort()
    return [number for _, number in found[:most]]


def words_within(some: Collection[str], others: Collection[str]) -> bool:
    """Tell whether words are all among others, and are more than an article."""
    return set(some) <= set(others) and sum(map(len, some)) >= _SHORTEST
