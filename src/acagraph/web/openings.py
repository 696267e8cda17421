"""Stores of older releases, open only while they are asked for, and a few of them at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from acagraph.errors import StoreBusy
from acagraph.stores import Answer, Asked, Delivery, EmbeddedStore, GuardedStore, Limits, Scope
from acagraph.stores.isolated import IsolatedStore
from acagraph.stores.pool import Pool, Size
from acagraph.stores.protocol import ANY, Form
from acagraph.stores.threaded import ThreadedStore

MOST_STORES = 4
MOST_POOLS = 2
# Who asks one release after another may not have stores opened and closed all the time.
_REST_SECONDS = 5.0
_IDLE_SECONDS = 60.0
# Few and small: the processes of the newest release are the ones that many ask.
SIZE = Size(workers=2, long=2, each=1, queue=8, waiting=16, memory_bytes=1 << 30)
_BUSY = "the stores of other releases are in use; ask again in a few seconds"
_T = TypeVar("_T")


@dataclass(eq=False)
class _Held(Generic[_T]):
    thing: _T
    users: int = 0
    last: float = 0.0
    timer: asyncio.TimerHandle | None = None


class _Shelf(Generic[_T]):
    """Things by name, at most a few; one that nobody has used for a while makes room for another."""

    def __init__(
        self, most: int, close: Callable[[_T], object], *, rest: float, clock: Callable[[], float]
    ) -> None:
        self._most = most
        self._close = close
        self._rest = rest
        self._clock = clock
        self._held: OrderedDict[Path, _Held[_T]] = OrderedDict()

    def take(self, name: Path, make: Callable[[], _T]) -> _Held[_T]:
        """Return a thing for use, made where it is not there. Raises StoreBusy when there is no room."""
        held = self._held.get(name)
        if held is None:
            if len(self._held) >= self._most:
                self._make_room()
            held = self._held[name] = _Held(make())
        self._held.move_to_end(name)
        held.users += 1
        return held

    def give(self, held: _Held[_T]) -> None:
        """Take a thing back from one who has used it."""
        held.users -= 1
        held.last = self._clock()

    def drop(self, name: Path) -> None:
        """Close a thing that nobody uses."""
        held = self._held.get(name)
        if held is not None and not held.users:
            del self._held[name]
            self._close(held.thing)

    def clear(self) -> None:
        """Close all."""
        while self._held:
            held = self._held.popitem()[1]
            if held.timer is not None:
                held.timer.cancel()
            self._close(held.thing)

    def __len__(self) -> int:
        return len(self._held)

    def _make_room(self) -> None:
        now = self._clock()
        for name, held in self._held.items():
            if not held.users and now - held.last >= self._rest:
                self.drop(name)
                return
        raise StoreBusy(_BUSY)


class Stores:
    """Stores on disk, opened in the thread that asks first; used from any thread."""

    def __init__(
        self,
        *,
        most: int = MOST_STORES,
        rest_seconds: float = _REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._shelf = _Shelf[EmbeddedStore](most, lambda store: store.close(), rest=rest_seconds, clock=clock)

    @contextlib.contextmanager
    def use(self, target: Path) -> Iterator[EmbeddedStore]:
        """Give a store for as long as it is used. Raises StoreBusy and StoreError."""
        with self._lock:
            held = self._shelf.take(target, lambda: _open(target))
        try:
            yield held.thing
        finally:
            with self._lock:
                self._shelf.give(held)

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
    target: Path

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
        with self.stores.use(self.target) as store:
            return store.answer(query, accept=accept, limits=limits, scope=scope, form=form)

    def known(self, iris: Collection[str]) -> frozenset[str]:
        """Return the IRIs that are subjects; see Store.known."""
        with self.stores.use(self.target) as store:
            return store.known(iris)

    def close(self) -> None:
        """Do nothing: others may use the store."""


class Pools:
    """Pools of processes for the queries of strangers, each started with the first query of its release.

    They belong to one event loop, and end when nobody has asked for a while.
    """

    def __init__(
        self,
        *,
        services: frozenset[str] = frozenset(),
        size: Size = SIZE,
        most: int = MOST_POOLS,
        rest_seconds: float = _REST_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        self._services = services
        self._size = size
        self._idle = idle_seconds
        self._shelf = _Shelf[GuardedStore](
            most, lambda pool: pool.close(), rest=rest_seconds, clock=time.monotonic
        )

    async def deliver(self, target: Path, asked: Asked, *, client: str) -> Delivery:
        """Answer a query of a release; see GuardedStore.deliver."""
        held = self._shelf.take(target, lambda: self._start(target))
        if held.timer is not None:
            held.timer.cancel()
        try:
            return await held.thing.deliver(asked, client=client)
        finally:
            self._shelf.give(held)
            if not held.users:
                loop = asyncio.get_running_loop()
                held.timer = loop.call_later(self._idle, self._shelf.drop, target)

    def close(self) -> None:
        """End all; a query under way gets StoreBusy."""
        self._shelf.clear()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._shelf)

    def _start(self, target: Path) -> GuardedStore:
        if hasattr(os, "fork"):
            return Pool(target, size=self._size, services=self._services)
        return ThreadedStore(IsolatedStore(target))


@dataclass(frozen=True)
class SleepingPool:
    """The pool of a release that starts when it is first asked; a GuardedStore."""

    pools: Pools
    target: Path

    async def deliver(self, asked: Asked, *, client: str = "") -> Delivery:
        """Answer a query; see GuardedStore.deliver."""
        return await self.pools.deliver(self.target, asked, client=client)

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


def _open(target: Path) -> EmbeddedStore:
    return EmbeddedStore.load(target) if target.is_file() else EmbeddedStore.at(target)
