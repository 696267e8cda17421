"""What a load will do, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from acagraph.errors import StoreError
from acagraph.loading import switch
from acagraph.loading.bulk import bulk
from acagraph.loading.parts import Contents
from acagraph.loading.target import OXIGRAPH, VIRTUOSO, Target
from acagraph.loading.transfer import GRAPH_STORE, UPDATE, arrived, usual_size

ONCE, BULK = "once", "virtuoso"
METHODS = (ONCE, GRAPH_STORE, UPDATE, BULK)
# Oxigraph's server takes 128 MiB in one request.
LARGEST_ONCE = 100_000_000
_INSTEAD = "Load into a store of its own and change the proxy where that matters"


@dataclass(frozen=True)
class Wish:
    """What the user decides: method, addresses, triples in a request; the bulk loader's folder and isql."""

    method: str = ""
    update: str = ""
    graph_store: str = ""
    piece: int | None = None
    folder: Path | None = None
    isql: str | None = None
    server: str | None = None


@dataclass(frozen=True)
class PlannedGraph:
    """One graph: its triples, the requests to come, and the triples that an earlier run has staged."""

    graph: str
    triples: int
    bytes: int
    requests: int
    there: int = 0


@dataclass(frozen=True)
class Plan:
    """What will be sent where, and what goes: `dropped` are graphs of an older release, `piece` triples."""

    version: str
    query: str
    update: str
    graph_store: str
    engine: str
    method: str
    atomic: bool
    piece: int
    graphs: tuple[PlannedGraph, ...]
    dropped: tuple[str, ...]
    notices: tuple[str, ...] = ()

    @property
    def triples(self) -> int:
        """How many triples the release has."""
        return sum(graph.triples for graph in self.graphs)

    @property
    def bytes(self) -> int:
        """How long they are as N-Triples."""
        return sum(graph.bytes for graph in self.graphs)

    @property
    def there(self) -> int:
        """How many triples an earlier run has brought."""
        return sum(graph.there for graph in self.graphs)

    @property
    def requests(self) -> int:
        """How many requests, or files of the bulk loader, are to bring them."""
        return 1 if self.method == ONCE else sum(graph.requests for graph in self.graphs)

    def with_notice(self, notice: str) -> Plan:
        """Return the plan with one more notice."""
        return replace(self, notices=(*self.notices, notice))


def planned(contents: Contents, target: Target, counts: Mapping[str, int], wish: Wish) -> Plan:
    """Choose the method, and look what is there. Raises StoreError for one that this store cannot do."""
    method = wish.method or _usual(contents, target)
    if method == GRAPH_STORE and not target.graph_store:
        raise StoreError(
            f"nobody knows where {target.query} takes graphs; give the address with --graph-store, "
            "or use --method update"
        )
    if method == ONCE and target.engine == VIRTUOSO:
        raise StoreError(f"{target.engine} takes no whole release in one update; leave out --method once")
    if method == BULK:
        bulk(target, folder=wish.folder, isql=wish.isql, server=wish.server)
    piece = contents.triples if method in (ONCE, BULK) else wish.piece or usual_size(method, target)
    dropped = (*switch.gone(contents, counts), *switch.left(contents, counts, piece))
    return Plan(
        contents.version,
        target.query,
        target.update,
        target.graph_store,
        target.engine,
        method,
        target.atomic,
        piece,
        tuple(_graphs(contents, counts, method, piece)),
        tuple(dropped),
        tuple(_notices(target, counts, method)),
    )


def _usual(contents: Contents, target: Target) -> str:
    if target.engine == OXIGRAPH and contents.length <= LARGEST_ONCE:
        return ONCE
    return GRAPH_STORE if target.graph_store else UPDATE


def _graphs(contents: Contents, counts: Mapping[str, int], method: str, piece: int) -> list[PlannedGraph]:
    graphs = []
    for part in contents.parts:
        pieces, there = (0, 0) if method == ONCE else arrived(part, piece, counts.get(part.staging(piece), 0))
        requests = 0 if method == ONCE else len(part.ends(piece)) - pieces
        graphs.append(PlannedGraph(part.graph, part.triples, part.length, requests, there))
    return graphs


def _notices(target: Target, counts: Mapping[str, int], method: str) -> list[str]:
    notices = []
    if not target.atomic:
        notices.append(
            f"whether {target.engine} shows readers the switch as a whole is not known: for its seconds they "
            f"may see graphs of both releases. {_INSTEAD}"
        )
    if method != ONCE and target.union:
        notices.append(
            "queries without GRAPH see all graphs of this store, so also what is staged until the switch. "
            f"{_INSTEAD}"
        )
    if other := switch.foreign(counts):
        notices.append(
            f"the store has {len(other):,} graph{'' if len(other) == 1 else 's'} that are not ours, such as "
            f"{other[0]}: they stay, and queries without GRAPH may see them too"
        )
    return notices
