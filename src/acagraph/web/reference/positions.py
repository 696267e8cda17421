"""On which page of a source a piece of evidence stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from threading import Lock

from acagraph.queries.binding import serialise
from acagraph.stores import UNLIMITED, Store, Term, rows
from acagraph.vocab import BASE
from acagraph.web.reference.extracts import PAGE, PLACED, Order, Place, order, place


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
    query = f"""SELECT ?source ?evidence ?p ?o {{
      VALUES ?source {{ {listed} }} ?evidence aca:inSource ?source ; ?p ?o
      FILTER(?p IN (aca:inSource, {PLACED}))
    }}"""
    told: dict[Term, dict[Term, dict[str, Term]]] = {}
    for row in rows(store, query, limits=UNLIMITED):
        about = told.setdefault(row["source"], {}).setdefault(row["evidence"], {})
        about[row["p"].value] = row["o"]
    return {source: _beginnings(found) for source, found in told.items()}


def _beginnings(found: Mapping[Term, Mapping[str, Term]]) -> tuple[Order, ...]:
    return tuple(sorted(order(place(evidence, about)) for evidence, about in found.items())[PAGE::PAGE])
