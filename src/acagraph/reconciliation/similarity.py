"""Names that are nearly equal, by rapidfuzz where it is installed; grams tell which to compare."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

# Of 100. Below it nearly all pairs are different places: "Castelnuovo" and "Castelvecchio".
_LEAST = 88.0
_SHORTEST = 5
_DIGITS = re.compile(r"\d+")
# "三井商事" is not nearly "三菱商事": letters that are syllables or words.
_SYLLABLES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_SYLLABLE = 2.5
# Whatever is sent, so many letters and grams are looked at.
_LONGEST = 64
_GRAMS = 16
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


def likenesses(text: str, others: Sequence[str]) -> list[float]:
    """Return how alike a text is to each of the others, from 0 to 1: the share of letters that stay.

    A letter left out, added, exchanged, or two neighbours in the wrong order are one change (optimal string
    alignment). A Chinese, Japanese or Korean letter is a syllable or a word, and counts for several. Without
    rapidfuzz it is 1 for equal texts and 0 for others.
    """
    try:
        from rapidfuzz.distance import OSA
    except ImportError:
        return [float(text == other) for other in others]
    weight = _SYLLABLE if _SYLLABLES.search(text) else 1.0
    found = (OSA.normalized_distance(text, other) for other in others)
    return [max(0.0, 1.0 - weight * changed) for changed in found]


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


def likely(lists: Iterable[int], *, most: int) -> list[int]:
    """Return the numbers that stand in most of the lists, at most so many; equals by number.

    The lists are those of the grams of a name, each number a bit. Of many the shortest are read.
    """
    chosen = sorted(lists, key=int.bit_count)[:_GRAMS]
    least = math.ceil(_COMMON * len(chosen)) or 1
    found: list[int] = []
    for numbers in _by_count(_added(chosen), range(len(chosen), least - 1, -1)):
        found += numbers_of(numbers, most - len(found))
        if len(found) >= most:
            break
    return found


def _added(lists: Iterable[int]) -> list[int]:
    """Return in how many lists each number stands: the ones, twos, fours … of all counts, a bit for each."""
    planes: list[int] = []
    for numbers in lists:
        carried = numbers
        for place, plane in enumerate(planes):
            if not carried:
                break
            planes[place], carried = plane ^ carried, plane & carried
        if carried:
            planes.append(carried)
    return planes


def _by_count(planes: Sequence[int], counts: Iterable[int]) -> Iterator[int]:
    """Yield the numbers that have each of the counts, in their order."""
    every = 0
    for plane in planes:
        every |= plane
    for count in counts:
        having = every if count >> len(planes) == 0 else 0
        for place, plane in enumerate(planes):
            having &= plane if count >> place & 1 else ~plane
        yield having


def bits_of(numbers: Sequence[int]) -> int:
    """Return numbers as the bits of one, so that many lists are added up at once."""
    content = bytearray((max(numbers, default=0) >> 3) + 1)
    for number in numbers:
        content[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(content, "little")


def numbers_of(bits: int, most: int) -> list[int]:
    """Return the least numbers whose bits are set, at most so many."""
    found: list[int] = []
    start = 0
    while bits and len(found) < most:
        step = (bits & -bits).bit_length()
        start += step
        found.append(start - 1)
        bits >>= step
    return found


def words_within(some: Collection[str], others: Collection[str]) -> bool:
    """Tell whether words are all among others, and are more than an article."""
    return set(some) <= set(others) and sum(map(len, some)) >= _SHORTEST
