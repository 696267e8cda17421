"""Stores of older releases, open only while they are asked for, and a few of them at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from acagraph.errors import StoreBusy, StoreError
from acagraph.stores import Answer, Asked, Delivery, EmbeddedStore, GuardedStore, Limits, Scope
from acagraph.stores.isolated import IsolatedStore
from acagraph.stores.pool import Pool, Size
from acagraph.stores.protocol import ANY, Form
from acagraph.stores.threaded import ThreadedStore
from acagraph.web.listing import stamp
from acagraph.web.shelves import VISIT, Held, Opening, Shelf, Terms, Visit

# A store is opened in 15 ms and takes a few megabytes, a pool is six processes.
STORES = Terms(most=8, rest=5.0, pace=1.0)
POOLS = Terms(most=2, rest=5.0, pace=5.0, settle=5.0)
_IDLE_SECONDS = 60.0
# Few and small: the processes of the newest release are the ones that many ask.
SIZE = Size(workers=2, long=2, each=1, queue=8, waiting=16, memory_bytes=1 << 30)
_REPLACED = "this release is being replaced by a new build; ask again in a moment"


class Stores:
    """Stores on disk, opened in the thread that asks first; used from any thread."""

    def __init__(self, terms: Terms = STORES, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._shelf = Shelf[EmbeddedStore](terms, lambda store: store.close(), clock=clock)

    @contextlib.contextmanager
    def use(self, opening: Opening) -> Iterator[EmbeddedStore]:
        """Give a store for as long as it is used. Raises StoreBusy, ClientBusy and StoreError.

        Within a visit it stays in its place until that is over.
        """
        visit = VISIT.get() or Visit(over=True)
        with self._lock:
            held = self._shelf.take(opening, lambda: _open(opening), visit.client)
            if not visit.over and held not in visit.kept:
                held.users.append(visit.client)
                visit.kept.append(held)
        try:
            yield held.thing
        finally:
            with self._lock:
                self._shelf.give(held, visit.client)
            if visit.over:  # meanwhile
                self.leave(visit)

    def leave(self, visit: Visit) -> None:
        """End a visit: what it has kept open may be closed for others."""
        visit.over = True
        if not visit.kept:  # no need to wait for one who opens a store
            return
        with self._lock:
            while visit.kept:
                self._shelf.give(visit.kept.pop(), visit.client)

    def close(self) -> None:
        """Close all."""
        with self._lock:
            self._shelf.clear()

    def __len__(self) -> int:
        """How many are open."""
        return len(self._shelf)


@dataclass(frozen=True)
class SleepingStore:
    """The store of a release that is opened when it is first asked; a Store."""

    stores: Stores
    opening: Opening

    def answer(
        self,
        query: str,
        *,
        accept: str = ANY,
        limits: Limits | None = None,
        scope: Scope | None = None,
        form: Form | None = None,
    ) -> Answer:
        """Evaluate a query; see Store.answer."""
        with self.stores.use(self.opening) as store:
            return store.answer(query, accept=accept, limits=limits, scope=scope, form=form)

    def known(self, iris: Collection[str]) -> frozenset[str]:
        """Return the IRIs that are subjects; see Store.known."""
        with self.stores.use(self.opening) as store:
            return store.known(iris)

    def close(self) -> None:
        """Do nothing: others may use the store."""


class Pools:
    """Pools of processes for the queries of strangers, each started with the first query of its release.

    They belong to one event loop, and end when nobody has asked for a while.
    """

    def __init__(
        self,
        terms: Terms = POOLS,
        *,
        services: frozenset[str] = frozenset(),
        size: Size = SIZE,
        idle_seconds: float = _IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services = services
        self._size = size
        self._idle = idle_seconds
        self._shelf = Shelf[GuardedStore](terms, lambda pool: pool.close(), clock=clock)

    async def deliver(self, opening: Opening, asked: Asked, *, client: str) -> Delivery:
        """Answer a query of a release; see GuardedStore.deliver. Raises StoreBusy and ClientBusy too."""
        held = self._shelf.take(opening, lambda: self._start(opening), client)
        if held.timer is not None:
            held.timer.cancel()
        try:
            return await held.thing.deliver(asked, client=client)
        finally:
            self._shelf.give(held, client)
            self._let_rest(held)

    def close(self) -> None:
        """End all; a query under way gets StoreBusy."""
        self._shelf.clear()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._shelf)

    def _let_rest(self, held: Held[GuardedStore]) -> None:
        """End a pool when nobody has asked for a while."""
        if not held.users and not held.dropped:
            held.timer = asyncio.get_running_loop().call_later(self._idle, self._shelf.drop, held)

    def _start(self, opening: Opening) -> GuardedStore:
        _require(opening)
        if hasattr(os, "fork"):
            return Pool(opening.target, size=self._size, services=self._services)
        return ThreadedStore(IsolatedStore(opening.target))


@dataclass(frozen=True)
class SleepingPool:
    """The pool of a release that starts when it is first asked; a GuardedStore."""

    pools: Pools
    opening: Opening

    async def deliver(self, asked: Asked, *, client: str = "") -> Delivery:
        """Answer a query; see GuardedStore.deliver."""
        return await self.pools.deliver(self.opening, asked, client=client)

    def start(self) -> None:
        """Do nothing: the processes start with the first query."""

    def close(self) -> None:
        """Do nothing: the pools are closed together."""


@dataclass(frozen=True)
class Openings:
    """Where the older releases of a folder are opened."""

    folder: Path | None = None
    stores: Stores = field(default_factory=Stores)
    pools: Pools = field(default_factory=Pools)

    def close(self) -> None:
        """Close whatever is open."""
        self.pools.close()
        self.stores.close()


def _open(opening: Opening) -> EmbeddedStore:
    target = opening.target
    _require(opening)
    try:
        store = EmbeddedStore.load(target) if target.is_file() else EmbeddedStore.at(target)
    except StoreError:
        _require(opening)
        raise
    _require(opening)
    return store


def _require(opening: Opening) -> None:
    """Raise StoreBusy when a build has replaced the release that is asked: its data would be another's."""
    if opening.edition and stamp(opening.target.parent) != opening.edition:
        raise StoreBusy(_REPLACED)
