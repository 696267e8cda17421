"""Places for what is costly to keep open: a few at a time, shared among the clients that ask."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from acagraph.errors import ClientBusy, StoreBusy

_BUSY = "the stores of other releases are in use; ask again in a few seconds"
_SHARE = "you use as many stores of other releases as one client may; ask again when you are answered"
_CYCLING = "you ask one release after another too fast; ask again in a few seconds"
_MOST_CLIENTS = 10_000
_T = TypeVar("_T")


@dataclass(frozen=True)
class Opening:
    """What is opened: the store of a release, and the edition of the release that it belongs to."""

    target: Path
    edition: tuple[int, ...] = ()


@dataclass(frozen=True)
class Terms:
    """How places are shared; times in seconds.

    What nobody used for `rest` makes room for anybody. What is idle and open for `settle` makes room too, but
    for one client only once in `pace`: who asks one release after another is refused, and nobody else.
    """

    most: int
    rest: float
    pace: float
    settle: float = 0.0

    @property
    def each(self) -> int:
        """How many places one client may use at once."""
        return max(1, self.most // 2)


@dataclass(eq=False)
class Held(Generic[_T]):
    """A thing in its place, and who uses it now, by client."""

    opening: Opening
    thing: _T
    client: str
    since: float
    last: float
    users: list[str] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None
    dropped: bool = False


@dataclass(eq=False)
class Visit:
    """A request: who asks, and the places that stay its own until its answer begins."""

    client: str = ""
    kept: list[Held[Any]] = field(default_factory=list)
    over: bool = False


# Whoever asks a store is many calls away from the request; each request has a context of its own.
VISIT: ContextVar[Visit | None] = ContextVar("visit", default=None)


class Shelf(Generic[_T]):
    """Things by what they are opened from; the caller sees to it that one thread at a time comes here."""

    def __init__(self, terms: Terms, close: Callable[[_T], object], *, clock: Callable[[], float]) -> None:
        self._terms = terms
        self._close = close
        self._clock = clock
        self._held: OrderedDict[Path, Held[_T]] = OrderedDict()
        self._forced: dict[str, float] = {}

    def take(self, opening: Opening, make: Callable[[], _T], client: str) -> Held[_T]:
        """Return a thing for use, made where it is not there; one of another edition is closed.

        Raises StoreBusy and ClientBusy when there is no room.
        """
        held = self._held.get(opening.target)
        if held is None or held.opening != opening:
            self._admit(client)
            if held is not None:
                self._remove(held)
            if len(self._held) >= self._terms.most:
                self._make_room(client)
            now = self._clock()
            held = self._held[opening.target] = Held(opening, make(), client, now, now)
        elif client not in held.users:
            self._admit(client)
        self._held.move_to_end(opening.target)
        held.users.append(client)
        return held

    def give(self, held: Held[_T], client: str) -> None:
        """Take a thing back from one who has used it."""
        held.users.remove(client)
        held.last = self._clock()
        if held.dropped and not held.users:
            self._close(held.thing)

    def drop(self, held: Held[_T]) -> None:
        """Close a thing if nobody uses it."""
        if not held.users and not held.dropped:
            self._remove(held)

    def clear(self) -> None:
        """Close all."""
        while self._held:
            held = self._held.popitem()[1]
            if held.timer is not None:
                held.timer.cancel()
            self._close(held.thing)

    def __len__(self) -> int:
        return len(self._held)

    def _admit(self, client: str) -> None:
        """Raise ClientBusy when a client uses its share of the places already."""
        if sum(client in held.users for held in self._held.values()) >= self._terms.each:
            raise ClientBusy(_SHARE)

    def _make_room(self, client: str) -> None:
        """Close what was not used for longest, of the client that asks first. Raises StoreBusy."""
        now = self._clock()
        idle = [held for held in self._held.values() if not held.users]
        rested = next((held for held in idle if now - held.last >= self._terms.rest), None)
        if rested is not None:
            self._remove(rested)
            return
        settled = [held for held in idle if now - held.since >= self._terms.settle]
        if not settled:
            raise StoreBusy(_BUSY)
        if self._forced.get(client, now) > now:
            raise ClientBusy(_CYCLING)
        if len(self._forced) >= _MOST_CLIENTS:
            self._forced = {name: until for name, until in self._forced.items() if until > now}
        self._forced[client] = now + self._terms.pace
        self._remove(next((held for held in settled if held.client == client), settled[0]))

    def _remove(self, held: Held[_T]) -> None:
        """Clear a place; what is still in use there is closed when it is given back."""
        del self._held[held.opening.target]
        held.dropped = True
        if held.timer is not None:
            held.timer.cancel()
        if not held.users:
            self._close(held.thing)
