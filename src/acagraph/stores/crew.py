"""The workers of a pool: those that wait for a query, taken and given back, and replaced when they end."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field

from acagraph.errors import StoreError
from acagraph.stores.admission import CLOSED
from acagraph.stores.line import Line
from acagraph.stores.nursery import Nursery


@dataclass
class Crew:
    """The workers: those that wait for a query, and how many there have been."""

    nursery: Nursery
    wanted: int
    idle: deque[Line] = field(default_factory=deque)
    used: int = 0
    started: int = 0
    died: int = 0
    closed: bool = False
    loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear in this event loop what workers say."""
        if loop is not self.loop:
            self.loop = loop
            for line in self.idle:
                line.attach(loop)

    def take(self) -> Line:
        """Return a worker, a new one where none waits; the first time, start the others too."""
        self.used += 1
        try:
            line = self.idle.pop() if self.idle else self._new()
        except BaseException:
            self.used -= 1
            raise
        if self.started < self.wanted:
            self.fill()
        return line

    def give(self, line: Line, *, fit: bool) -> None:
        """Take a worker back, with a new one in its place at once where it is not fit for another query."""
        self.used -= 1
        if line.closed:  # it ended after its reply, which `_ended` was told
            self.fill()
            return
        self.died += line.dead
        if fit and not line.dead and not self.closed:
            self.idle.append(line)
            return
        line.close()
        self.fill()

    def fill(self) -> None:
        """Start the workers that are missing."""
        with contextlib.suppress(StoreError, OSError):  # the next query tries it again, and says so
            while not self.closed and self.used + len(self.idle) < self.wanted:
                self.idle.appendleft(self._new())

    def close(self) -> None:
        """End all workers."""
        self.closed = True
        while self.idle:
            self.idle.pop().close()
        self.nursery.close()

    def _new(self) -> Line:
        if self.closed:
            raise StoreError(CLOSED)
        line = Line(*self.nursery.worker(), self._ended)
        if self.loop is not None:
            line.attach(self.loop)
        self.started += 1
        return line

    def _ended(self, line: Line) -> None:
        """Replace a worker that ended while it had nothing to do."""
        with contextlib.suppress(ValueError):
            self.idle.remove(line)
        self.died += 1
        line.close()
        if line.ready():  # else it may end so again, and again
            self.fill()
