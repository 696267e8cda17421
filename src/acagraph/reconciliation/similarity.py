"""Names that are nearly equal, by rapidfuzz where it is installed."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Of 100. Below it nearly all pairs are different places: "Castelnuovo" and "Castelvecchio".
_LEAST = 88.0
_SHORTEST = 5
_DIGITS = re.compile(r"\d+")


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
    numbers = _DIGITS.findall(name)
    alike = [(place, score / 100) for text, score, place in found if _DIGITS.findall(text) == numbers]
    return sorted(alike, key=lambda item: (-item[1], item[0]))[:3]
