"""Triples on their way into staging graphs, in pieces; the store itself says how far an earlier run came."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from acagraph.loading.connection import Connection
from acagraph.loading.parts import Part
from acagraph.loading.target import VIRTUOSO, Target

GRAPH_STORE, UPDATE = "graph-store", "update"
# Triples in one request. Virtuoso makes SQL of an update, of which it takes 10,000 lines.
SIZES = {GRAPH_STORE: 50_000, UPDATE: 5_000}
_VIRTUOSO_SIZE = 400
Tell = Callable[[int], None]


class Carrier(Protocol):
    """A way of bringing N-Triples into a named graph."""

    def put(self, graph: str, triples: bytes, *, replace: bool) -> None:
        """Write triples in the place of what a graph holds, or beside it."""


@dataclass(frozen=True)
class ByGraphStore:
    """The SPARQL 1.1 Graph Store HTTP Protocol."""

    connection: Connection
    target: Target

    def put(self, graph: str, triples: bytes, *, replace: bool) -> None:
        """Send a PUT or a POST; see Carrier."""
        self.connection.write(self.target.graph_store, graph, triples, replace=replace)


@dataclass(frozen=True)
class ByUpdate:
    """SPARQL 1.1 Update."""

    connection: Connection
    target: Target

    def put(self, graph: str, triples: bytes, *, replace: bool) -> None:
        """Send an INSERT DATA; see Carrier."""
        emptied = f"DROP SILENT GRAPH <{graph}> ;\n" if replace else ""
        inserted = f"{{ GRAPH <{graph}> {{\n{triples.decode()}}} }}"
        # Virtuoso 7.2.5 takes no blank nodes in INSERT DATA; with one solution a template makes each once.
        template = self.target.engine == VIRTUOSO and replace
        text = f"{emptied}INSERT {inserted} WHERE {{}}" if template else f"{emptied}INSERT DATA {inserted}"
        self.target.change(self.connection, text)


def carrier(method: str, connection: Connection, target: Target) -> Carrier:
    """Return the way that a method is the name of."""
    return (ByGraphStore if method == GRAPH_STORE else ByUpdate)(connection, target)


def usual_size(method: str, target: Target) -> int:
    """Return how many triples go into a request where nobody says."""
    return _VIRTUOSO_SIZE if method == UPDATE and target.engine == VIRTUOSO else SIZES[method]


def arrived(part: Part, size: int, there: int) -> tuple[int, int]:
    """Return how many pieces of a graph, and triples, surely are in a staging graph that has so many triples.

    Pieces are sent one after the other, and its name tells that nothing else was put into it. A piece of
    which only a part came is sent again: without blank nodes that adds nothing twice. The first, which has
    them, takes the place of all that came.
    """
    if there > part.triples:
        return 0, 0
    ends = part.ends(size)
    whole = bisect_right(ends, there)
    return whole, ends[whole - 1] if whole else 0


def carry(part: Part, by: Carrier, size: int, there: int, tell: Tell) -> int:
    """Bring a graph into its staging graph, which has so many triples; return the number of requests.

    The first piece takes the place of all that is there, the others are added. `tell` hears of each how many
    triples it had.
    """
    done, triples = arrived(part, size, there)
    tell(triples)
    sent = 0
    for number, (piece, count) in enumerate(part.pieces(size)):
        if number >= done:
            by.put(part.staging(size), piece, replace=number == 0)
            sent += 1
            tell(count)
    return sent
