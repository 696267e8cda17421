"""On which page of a source a piece of evidence stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from threading import Lock

from acagraph.queries.binding import serialise
from acagraph.stores import Store, Term
from acagraph.vocab import BASE
from acagraph.web.reference.extracts import PAGE, Order, Place, order, places


class Positions:
    """Where the pages of sources begin, remembered: a release never changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[Term, tuple[Order, ...]] = {}
        self._lock = Lock()

    def beginnings(self, sources: Iterable[Term]) -> Mapping[Term, tuple[Order, ...]]:
        """Return where each page of some sources begins but the first; one query asks for new ones."""
        wanted = set(sources)
        with self._lock:
            missing = sorted(wanted - self._known.keys())
            if missing:
                self._known |= dict.fromkeys(missing, ()) | _read(self._store, missing)
            return {source: self._known[source] for source in wanted}


def position(evidence: Place, source: Term, beginnings: tuple[Order, ...]) -> str:
    """Return the path of a piece of evidence: its anchor on the page of its source that has it."""
    number = bisect_right(beginnings, order(evidence)) + 1
    path = source.value.removeprefix(BASE).replace("id/", "doc/", 1)
    return f"{path}{f'/{number}' if number > 1 else ''}#{evidence.evidence.value.rpartition('/')[2]}"


def _read(store: Store, sources: Iterable[Term]) -> dict[Term, tuple[Order, ...]]:
    listed = " ".join(map(serialise, sources))
    found: dict[Term, list[Order]] = {}
    for source, held in places(store, f"VALUES ?source {{ {listed} }} ?evidence aca:inSource ?source"):
        found.setdefault(source, []).append(order(held))
    return {source: tuple(sorted(held)[PAGE::PAGE]) for source, held in found.items()}
