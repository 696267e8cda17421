"""The queries of strangers to a remote store: parsed here first, sent on, and given up when nobody waits."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from acagraph.errors import AcagraphError, AnswerTooLarge, QueryError, StoreBusy, StoreError, StoreTimeout
from acagraph.stores import federation, guard, lexer
from acagraph.stores.admission import STOPPING, Admission, Rules
from acagraph.stores.connections import Call
from acagraph.stores.isolated import IsolatedStore
from acagraph.stores.pool import Pool, Size
from acagraph.stores.protocol import Asked, Delivery, GuardedStore, Limits
from acagraph.stores.remote import RemoteStore
from acagraph.stores.sink import Spool
from acagraph.stores.threaded import ThreadedStore

_FROM = re.compile("(f)r(om)", re.IGNORECASE)
_PLACES = 16
_RULES = Rules(places=_PLACES, long=_PLACES, each=_PLACES // 2)
_SMALL = 1 << 20  # an answer larger than this goes to a file
# To parse takes milliseconds; of no data there is nothing to find, but an engine may still count long.
_PARSING = Limits(timeout_seconds=2.0, max_bytes=100_000, max_rows=1_000)


class Relay:
    """A remote store as a GuardedStore; SERVICE may name the endpoints in `services`, which the store calls.

    A query is first parsed by processes of ours over no data, so what reaches the store is a query that it
    may be sent. When its client leaves, or at the deadline, the request to the store is closed.
    """

    def __init__(self, store: RemoteStore, *, services: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._services = services
        self._nothing = tempfile.TemporaryDirectory(prefix="acagraph-")
        empty = Path(self._nothing.name) / "nothing.nt"
        empty.touch()
        self._parser: GuardedStore
        if hasattr(os, "fork"):
            self._parser = Pool(empty, size=Size(each=_RULES.each, queue=_PLACES))
        else:
            self._parser = ThreadedStore(IsolatedStore(empty))
        self._admission = Admission(_RULES)
        self._threads = ThreadPoolExecutor(_PLACES, thread_name_prefix="relay")
        self._calls: set[Call] = set()
        self._closed = False

    async def deliver(self, asked: Asked, *, client: str = "") -> Delivery:
        """Answer a query; see GuardedStore.deliver. Raises StoreTimeout at the deadline."""
        turn = await self._admission.enter(client)
        try:
            await self._parse(asked.query, client)
            return await self._send(asked)
        finally:
            self._admission.leave(turn)

    def start(self) -> None:
        """Start the processes that parse."""
        self._parser.start()

    def close(self) -> None:
        """Give up what is under way, which gets StoreBusy; nothing is answered afterwards."""
        self._closed = True
        self._admission.close()
        for call in tuple(self._calls):
            call.end()
        self._parser.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._nothing.cleanup()

    async def _parse(self, query: str, client: str) -> None:
        """Raise QueryError for what is no query, an update, or calls others than `services`."""
        guard.admit(query, services=self._services)
        text = federation.hide(query, self._services) if self._services else query
        await self._understood(text, client)
        # As in guard.refuse_service: where the word can be misspelt without harm, it is no clause.
        for reading in guard.readings(lexer.without_sources(text)):
            if "FROM" in reading.upper():
                try:
                    await self._understood(_FROM.sub(r"\1x\2", reading), client)
                except QueryError as error:
                    message = "FROM stands where one may overlook it; write it with blanks around it"
                    raise QueryError(message) from error

    async def _understood(self, text: str, client: str) -> None:
        try:
            (await self._parser.deliver(Asked(text, limits=_PARSING), client=client)).close()
        except (AnswerTooLarge, StoreTimeout):
            return  # it was parsed before that

    async def _send(self, asked: Asked) -> Delivery:
        loop = asyncio.get_running_loop()
        seconds = asked.limits.timeout_seconds
        call = Call.within(seconds)
        # A server may send its headers byte by byte, for which no reader's own deadline is enough.
        timer = None if seconds is None else loop.call_later(seconds, lambda: call.end(overdue=True))
        self._calls.add(call)
        try:
            return await loop.run_in_executor(self._threads, self._deliver, asked, call)
        except asyncio.CancelledError:
            call.end()
            raise
        except StoreError as error:
            if self._closed and call.ended:
                raise StoreBusy(STOPPING) from error
            raise
        finally:
            self._calls.discard(call)
            if timer is not None:
                timer.cancel()

    def _deliver(self, asked: Asked, call: Call) -> Delivery:
        spool = Spool(replace(asked.limits, timeout_seconds=None), asked.coding, most=_SMALL)
        try:
            media_type = self._store.write(
                asked.query, spool, call=call, accept=asked.accept, scope=asked.scope
            )
            digest, body, file, size = spool.finish()
        except AcagraphError:
            spool.discard()
            raise
        if call.ended and file is not None:  # nobody takes it
            file.close()
        return Delivery(media_type, spool.coding, spool.rows, size, digest, file or body)
