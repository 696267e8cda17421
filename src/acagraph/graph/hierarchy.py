"""What stands above what: classes, properties, whatever leads from one name to others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def reached(starts: Iterable[str], direct: Mapping[str, Iterable[str]]) -> set[str]:
    """Return all names that one step or more lead to; a start only where the steps lead back to it.

    `direct` has the names that one step leads to; one that it does not have leads nowhere.
    """
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        new = set(direct.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found
