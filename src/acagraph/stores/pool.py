"""A pool of processes that answer the queries of strangers, one after another, and die of them alone.

Oxigraph overflows its stack on deep nesting and aborts where an order is not total; neither can be caught in
the process where it happens, and an evaluation under way cannot be stopped there either.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from acagraph.errors import StoreBusy, StoreError
from acagraph.stores import messages
from acagraph.stores.admission import STOPPING, Admission, Rules, Turn
from acagraph.stores.conditions import Conditions
from acagraph.stores.crew import Crew
from acagraph.stores.embedded import EmbeddedStore
from acagraph.stores.line import Line
from acagraph.stores.nursery import Nursery
from acagraph.stores.protocol import Asked, Delivery

_CORES = os.cpu_count() or 1
_SPARE = 2
_READY = 1  # beyond all places, for who takes that of a query stopped a moment ago
_MOMENT = 0.25  # of processor time
_WAITED = 8  # moments on the clock, after which a query lasts even if it used little processor time


@dataclass(frozen=True)
class Size:
    """How large a pool is: places for queries in their first moments and for longer ones, and their use.

    `each` and `queue` bound the queries of one client under way and waiting, `waiting` those of all clients.
    """

    workers: int = _CORES + _SPARE
    long: int = 2 * _CORES
    memory_bytes: int = 2 << 30
    each: int | None = None
    queue: int = 8
    waiting: int = 64
    patience_seconds: float = 5.0
    moment_seconds: float = _MOMENT
    share_seconds: float = 5.0

    def rules(self) -> Rules:
        """Return how the places are shared."""
        each = max(2, (self.workers + self.long) // 2) if self.each is None else self.each
        return Rules(
            places=self.workers,
            long=self.long,
            each=each,
            queue=self.queue,
            waiting=self.waiting,
            patience_seconds=self.patience_seconds,
            share_seconds=self.share_seconds,
        )


@dataclass(frozen=True)
class Load:
    """What a pool does now, and what its processes came to."""

    busy: int
    long: int
    waiting: int
    started: int
    died: int


@dataclass(eq=False)
class _Run:
    """A query under way: its turn, the line of its worker, and the reply to come."""

    turn: Turn
    line: Line
    reply: asyncio.Future[messages.Reply]
    began: float
    timeout: float | None
    timer: asyncio.TimerHandle | None = None

    @property
    def ends(self) -> float:
        """When the deadline is, on the loop's clock."""
        return math.inf if self.timeout is None else self.began + self.timeout

    def expire(self) -> None:
        self.fail(messages.overdue(self.timeout or 0.0))

    def fail(self, error: StoreError) -> None:
        if not self.reply.done():
            self.reply.set_exception(error)


class Pool:
    """The store of a release, asked in one of a few processes; they start with the first query, or before.

    It belongs to one event loop at a time, and is a GuardedStore.
    """

    def __init__(
        self, target: Path, *, size: Size | None = None, services: frozenset[str] = frozenset()
    ) -> None:
        self._size = size or Size()
        conditions = Conditions(target, self._size.memory_bytes, services)
        wanted = self._size.workers + self._size.long + _READY
        self._crew = Crew(Nursery(conditions), wanted)
        self._admission = Admission(self._size.rules())
        self._running: set[_Run] = set()

    @classmethod
    def forked(
        cls,
        store: EmbeddedStore,
        target: Path,
        *,
        size: Size | None = None,
        services: frozenset[str] = frozenset(),
    ) -> Pool:
        """Return a pool whose processes share a store in memory with this one, which may have no threads.

        Should they ever be killed all at once, others open the same data at `target`.
        """
        pool = cls(target, size=size, services=services)
        pool._crew.nursery.fork(store.allowing(services))
        return pool

    def start(self) -> None:
        """Start all processes now, so that the first queries need not wait for them."""
        with contextlib.suppress(RuntimeError):  # no loop runs yet
            self._crew.attach(asyncio.get_running_loop())
        self._crew.fill()

    async def deliver(self, asked: Asked, *, client: str = "") -> Delivery:
        """Answer a query; see GuardedStore.deliver. Raises QueryError also when the engine dies of it."""
        turn = await self._admission.enter(client)
        try:
            reply = await self._ask(asked, turn)
        finally:
            self._admission.leave(turn)
        head = reply.head
        messages.check(head)
        body: bytes | IO[bytes] = reply.body if reply.file is None else os.fdopen(reply.file, "rb")
        return Delivery(head["media_type"], head["coding"], head["rows"], head["size"], head["digest"], body)

    def load(self) -> Load:
        """Return what the pool does now."""
        admission, crew = self._admission, self._crew
        return Load(admission.busy, admission.long, admission.waiting, crew.started, crew.died)

    def close(self) -> None:
        """End all processes; a query under way or waiting gets StoreBusy, later ones StoreError."""
        self._admission.close()
        for run in self._running:
            run.fail(StoreBusy(STOPPING))
        self._crew.close()

    async def _ask(self, asked: Asked, turn: Turn) -> messages.Reply:
        loop = asyncio.get_running_loop()
        line, reply = self._send(messages.pack(messages.request(asked)), loop)
        timeout = asked.limits.timeout_seconds
        run = _Run(turn, line, reply, loop.time(), timeout)
        turn.stop = run.fail
        self._running.add(run)
        owing = turn.long
        if owing:  # its client has just had long queries, and this one may be another
            line.demote()
        self._watch(run, loop, self._size.moment_seconds)
        fit = False
        try:
            answered = await _whole(reply)
            fit = not (owing or turn.lasting or answered.head["spent"])
            return answered
        finally:
            if run.timer is not None:
                run.timer.cancel()
            self._running.discard(run)
            self._crew.give(line, fit=fit)

    def _send(
        self, frame: bytes, loop: asyncio.AbstractEventLoop
    ) -> tuple[Line, asyncio.Future[messages.Reply]]:
        """Send a request to a worker; to another where the first has ended unnoticed."""
        self._crew.attach(loop)
        for _ in range(self._crew.wanted + 2):
            line = self._crew.take()
            try:
                return line, line.ask(frame)
            except OSError:
                self._crew.give(line, fit=False)
        raise StoreBusy("no process takes the query; ask again in a few seconds")

    def _watch(self, run: _Run, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        """Look at a query again after a while, or at its deadline."""
        run.timer = loop.call_at(min(loop.time() + seconds, run.ends), self._look, run, loop)

    def _look(self, run: _Run, loop: asyncio.AbstractEventLoop) -> None:
        """Let a query that lasts give way to short ones, and stop one that is overdue."""
        if loop.time() >= run.ends:
            run.expire()
            return
        moment = self._size.moment_seconds
        used = run.line.used() if run.line.ready() else 0.0
        waited = loop.time() - run.began >= _WAITED * moment  # for another endpoint, it may be
        if used is not None and used < moment and not waited:  # the machine is busy, or the worker starts
            self._watch(run, loop, max(moment - used, moment / 4))
            return
        run.line.demote()
        self._admission.lengthen(run.turn)
        run.timer = None if run.timeout is None else loop.call_at(run.ends, run.expire)


async def _whole(reply: asyncio.Future[messages.Reply]) -> messages.Reply:
    """Wait for a reply; where nobody waits any more as it comes, close its file."""
    try:
        return await reply
    except asyncio.CancelledError:
        if reply.done() and not reply.cancelled() and reply.exception() is None:
            file = reply.result().file
            if file is not None:
                os.close(file)
        raise
