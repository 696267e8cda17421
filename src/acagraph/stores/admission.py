"""Who may ask now: clients take turns, and long queries give way to short ones."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from acagraph.errors import ClientBusy, Overdue, StoreBusy, StoreError

_BUSY = "too many queries at once; ask again in a few seconds"
STOPPING = "the server is stopping; ask again in a moment"
CLOSED = "the store is closed; open it again"
_MOST_OWING = 10_000
_LOOK = 0.2


@dataclass(frozen=True)
class Rules:
    """How a store is shared.

    There are `places` for queries in their first moments and `long` for those that last longer. One that
    lasts stays where it is while nobody needs the place. Then the one that has run longest is stopped if it
    had its `share_seconds`, otherwise the newest.
    """

    places: int
    long: int
    each: int  # of one client, under way
    queue: int = 8  # of one client, waiting
    waiting: int = 64  # of all clients
    patience_seconds: float = 5.0
    share_seconds: float = 5.0


@dataclass(eq=False)
class Turn:
    """A query that was let in: whether it takes a long place, and whether it has outlasted its first moments.

    `stop` is called with the reason when it must end for another.
    """

    client: str
    began: float
    long: bool
    lasting: bool = False
    stop: Callable[[StoreError], None] | None = None
    stopped: bool = False
    left: bool = False


@dataclass
class Admission:
    """Lets queries in by the rules; a client that has just had a long query owes the time that it took.

    Queries of a client that owes take long places from the start: sending one after another wins nothing.
    """

    rules: Rules
    clock: Callable[[], float] = time.monotonic
    waiting: int = 0
    _short: int = 0
    _long: dict[Turn, None] = field(default_factory=dict)
    _under_way: Counter[str] = field(default_factory=Counter)
    _queues: OrderedDict[str, deque[asyncio.Future[Turn]]] = field(default_factory=OrderedDict)
    _owing: dict[str, float] = field(default_factory=dict)
    _again: asyncio.TimerHandle | None = None
    _closed: bool = False

    @property
    def busy(self) -> int:
        """The queries under way."""
        return self._short + len(self._long)

    @property
    def long(self) -> int:
        """Those of them that are long."""
        return len(self._long)

    async def enter(self, client: str) -> Turn:
        """Return a turn, at once or when it is this client's. Raises ClientBusy, StoreBusy and StoreError."""
        if self._closed:
            raise StoreError(CLOSED)
        if client not in self._queues and (turn := self._admit(client)) is not None:
            return turn
        return await self._wait(client)

    def lengthen(self, turn: Turn) -> None:
        """Tell that a turn's first moments are over."""
        turn.lasting = True
        if not turn.long and not turn.left:
            turn.long = True
            self._short -= 1
            self._long[turn] = None
            self._serve()

    def leave(self, turn: Turn) -> None:
        """Give a turn back, whatever became of it."""
        if not turn.left:
            self._remove(turn)
            self._serve()

    def close(self) -> None:
        """Let nobody in any more."""
        self._closed = True
        if self._again is not None:
            self._again.cancel()
        for queue in self._queues.values():
            for waiter in queue:
                _fail(waiter, StoreBusy(STOPPING))

    def _admit(self, client: str) -> Turn | None:
        if self._under_way[client] >= self.rules.each:
            return None
        now = self.clock()
        owes = self._owing.get(client, now) > now
        if owes:
            if len(self._long) >= self.rules.long and not self._evict(now, only_over_share=True):
                return None
        elif self._short + self._guests() >= self.rules.places and not self._evict(now):
            return None
        turn = Turn(client, now, long=owes)
        self._under_way[client] += 1
        if owes:
            self._long[turn] = None
        else:
            self._short += 1
        return turn

    def _guests(self) -> int:
        """Return how many long queries are in places for short ones."""
        return max(0, len(self._long) - self.rules.long)

    def _evict(self, now: float, *, only_over_share: bool = False) -> bool:
        """Stop a long query for another; of the client with most of them."""
        over = [turn for turn in self._long if now - turn.began >= self.rules.share_seconds]
        if not over and only_over_share:
            return False
        if not only_over_share and not self._guests():
            return False  # it would be no place for a short one
        each = Counter(turn.client for turn in self._long)
        candidates = over or list(self._long)
        most = max(each[turn.client] for turn in candidates)
        candidates = [turn for turn in candidates if each[turn.client] == most]
        if over:
            turn = min(candidates, key=lambda turn: turn.began)
            ran = now - turn.began
            error: StoreError = Overdue(f"stopped after {ran:.1f} s because other queries wait; ask for less")
        else:
            turn = max(candidates, key=lambda turn: turn.began)
            error = StoreBusy(
                "stopped: there are too many long queries; ask for less, or again in a few seconds"
            )
        turn.stopped = True
        self._remove(turn)
        if turn.stop is not None:
            turn.stop(error)
        return True

    def _remove(self, turn: Turn) -> None:
        turn.left = True
        self._under_way[turn.client] -= 1
        if not self._under_way[turn.client]:
            del self._under_way[turn.client]
        if not turn.long:
            self._short -= 1
            return
        del self._long[turn]
        if not (turn.lasting or turn.stopped):
            return
        now = self.clock()
        owes = now - turn.began
        if turn.stopped:
            owes = max(owes, self.rules.share_seconds)
        if len(self._owing) >= _MOST_OWING:
            self._owing = {client: until for client, until in self._owing.items() if until > now}
        self._owing[turn.client] = max(now + owes, self._owing.get(turn.client, 0.0))

    async def _wait(self, client: str) -> Turn:
        queue = self._queues.get(client, deque())
        if len(queue) >= self.rules.queue:
            raise ClientBusy(f"{len(queue)} of your queries wait already; ask again when they are answered")
        if self.waiting >= self.rules.waiting:
            raise StoreBusy(_BUSY)
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Turn] = loop.create_future()
        queue.append(waiter)
        self._queues[client] = queue
        self.waiting += 1
        impatience = loop.call_later(self.rules.patience_seconds, _fail, waiter, StoreBusy(_BUSY))
        self._look_again()
        try:
            turn = await waiter
            if turn.stopped:  # for another, before this one began
                raise StoreBusy(_BUSY)
            return turn
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.leave(waiter.result())
            raise
        finally:
            impatience.cancel()
            self._forget(client, waiter)

    def _serve(self) -> None:
        """Let in those who can be, a client after another."""
        progress = True
        while progress and self._queues:
            progress = False
            for client in list(self._queues):
                queue = self._queues[client]
                while queue and queue[0].done():
                    self._forget(client, queue[0])
                if not queue or (turn := self._admit(client)) is None:
                    continue
                queue[0].set_result(turn)
                self._forget(client, queue[0])
                if client in self._queues:
                    self._queues.move_to_end(client)
                progress = True
        self._look_again()

    def _look_again(self) -> None:
        """Serve in a while: a long query passes its share, and a debt ends, without anybody saying so."""
        if self._queues and self._again is None and not self._closed:
            self._again = asyncio.get_running_loop().call_later(_LOOK, self._look)

    def _look(self) -> None:
        self._again = None
        self._serve()

    def _forget(self, client: str, waiter: asyncio.Future[Turn]) -> None:
        queue = self._queues.get(client)
        if queue is None or waiter not in queue:
            return
        queue.remove(waiter)
        self.waiting -= 1
        if not queue:
            del self._queues[client]
        if not self._queues and self._again is not None:
            self._again.cancel()
            self._again = None


def _fail(waiter: asyncio.Future[Turn], error: StoreError) -> None:
    if not waiter.done():
        waiter.set_exception(error)
