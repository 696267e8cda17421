"""Any store behind the protocol for strangers: asked in a thread, where nothing better can be had."""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from acagraph.errors import StoreBusy
from acagraph.stores.protocol import Answer, Asked, Delivery, Store

_THREADS = 8
_WAITING = 32


@dataclass
class ThreadedStore:
    """A store whose queries run in threads: a remote endpoint, or a process for each query.

    A query whose task is cancelled runs on in its thread until its own deadline.
    """

    store: Store
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS))
    _under_way: int = 0

    async def deliver(self, asked: Asked, *, client: str = "") -> Delivery:  # noqa: ARG002
        """Answer a query; see GuardedStore.deliver."""
        if self._under_way >= _THREADS + _WAITING:
            raise StoreBusy("too many queries at once; ask again in a few seconds")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._deliver, asked)
        finally:
            self._under_way -= 1

    def start(self) -> None:
        """Do nothing: threads start with the first queries."""

    def close(self) -> None:
        """Let the threads end, and close the store."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.store.close()

    def _deliver(self, asked: Asked) -> Delivery:
        answer: Answer = self.store.answer(
            asked.query, accept=asked.accept, limits=asked.limits, scope=asked.scope
        )
        body = answer.read()
        return Delivery(answer.media_type, "", 0, len(body), hashlib.sha256(body).hexdigest(), body)
