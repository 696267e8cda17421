"""The store in which rules and checks run: in memory, and on disk where the dataset is too large for that."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import pyoxigraph as ox

from acagraph.release.content import Part
from acagraph.release.proof.identity import has_blank

# How many triples files may state for a store in memory: with what is derived, it takes 700 bytes for each.
MOST_IN_MEMORY = 2_000_000
# How many lines are loaded at once, and how many times: a load waits for the disk and for itself.
_PIECE, _LOADERS = 250_000, 2


@dataclass(frozen=True)
class Working:
    """A store that is open for writing; `path` is where it lies, None in memory."""

    store: ox.Store
    path: Path | None

    def settle(self) -> None:
        """Make a store on disk fast to read, now that most of it is written."""
        if self.path is not None:
            self.store.optimize()


def loaded(parts: Sequence[Part], folder: Path) -> Working:
    """Return a store of named graphs: in memory, or below a folder where they are large."""
    if sum(part.triples for part in parts) <= MOST_IN_MEMORY:
        store = ox.Store()
        for part in parts:
            store.bulk_load(path=part.path, format=ox.RdfFormat.N_QUADS)
        return Working(store, None)
    path = folder / "store"
    store = ox.Store(path)
    _load(store, chain.from_iterable(part.lines() for part in parts), _PIECE)
    return Working(store, path)


def write_store(lines: Iterable[bytes], folder: Path, *, piece: int = _PIECE) -> None:
    """Build the store that queries read from lines of N-Quads, so many at a time.

    It normalises literals, so nothing is ever written from it.
    """
    store = ox.Store(folder)
    _load(store, lines, piece)
    store.optimize()
    store.flush()


def _load(store: ox.Store, lines: Iterable[bytes], piece: int) -> None:
    rest, blank = iter(lines), list[bytes]()
    waiting = deque[Future[None]]()
    with ThreadPoolExecutor(_LOADERS) as pool:
        # In pieces: the loader keeps in memory what it is given at once.
        while block := list(islice(rest, piece)):
            blank += filter(has_blank, block)
            plain = b"".join(line for line in block if not has_blank(line))
            del block
            if len(waiting) == _LOADERS:
                waiting.popleft().result()
            waiting.append(pool.submit(store.bulk_load, plain, ox.RdfFormat.N_QUADS))
        for load in waiting:
            load.result()
    # At once: in each load a name stands for another blank node.
    store.bulk_load(b"".join(blank), ox.RdfFormat.N_QUADS)
