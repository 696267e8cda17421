"""Wikidata's query service, or another endpoint with its data, asked slowly, patiently and only once."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import SPARQLWrapper

from acagraph.errors import StoreError
from acagraph.stores.media import JSON
from acagraph.stores.protocol import Limits, Store
from acagraph.stores.remote import RemoteStore
from acagraph.stores.terms import Row, read_table
from acagraph.vocab import BASE
from acagraph.wikidata.answers import checked
from acagraph.wikidata.cache import Cache, default_folder
from acagraph.wikidata.failures import too_heavy, wait_for

WDQS = "https://query.wikidata.org/sparql"
_LARGEST = 100_000_000  # bytes of one answer

_HEADING = re.compile(r"\bSELECT\b(.*?)\bWHERE\b", re.DOTALL)
_VARIABLE = re.compile(r"\?(\w+)")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Manners:
    """How an endpoint is treated; all times are in seconds.

    Between two requests it is left alone for `pause`, and for as long as the last answer took: Wikidata
    gives a client 60 seconds of work a minute. A failure is tried again, `tries` times in all, first after
    `wait`, then twice as long each time; who asks for more than `longest_wait` is not waited for. Answers
    count for `oldest`.
    """

    tries: int = 5
    pause: float = 1.0
    wait: float = 2.0
    longest_wait: float = 300.0
    timeout: float = 70.0
    oldest: float = 7 * 86_400.0


@dataclass(frozen=True)
class Clock:
    """What tells the time, in seconds since 1970, what waits, and what draws a number from 0 to 1."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


def agent(contact: str = "") -> str:
    """Return the User-Agent: tool, version, address of the project, and of whoever runs it, when given.

    As https://meta.wikimedia.org/wiki/User-Agent_policy asks.
    """
    words = " ".join(contact.split())
    told = f"{BASE}; {words}" if words else BASE
    return f"acagraph/{version('acagraph')} ({told}) SPARQLWrapper/{SPARQLWrapper.__version__}"


def selected(query: str) -> tuple[str, ...]:
    """Return the variables that a query of our own selects, all of which each row has to bind.

    >>> selected("SELECT DISTINCT ?item ?what WHERE { ?item ?what ?value }")
    ('item', 'what')
    """
    found = _HEADING.search(query)
    return tuple(_VARIABLE.findall(found[1])) if found else ()


class Client:
    """An endpoint with Wikidata's data; one request at a time, each answer kept."""

    def __init__(
        self,
        endpoint: str,
        store: Store,
        cache: Cache,
        *,
        manners: Manners | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._store = store
        self._cache = cache
        self._manners = manners or Manners()
        self._clock = clock or Clock()
        self._ended: float | None = None
        self._took = 0.0

    def rows(self, query: str) -> tuple[Row, ...]:
        """Return the rows of a SELECT, from the cache where it was asked not long ago.

        Raises QueryError for a query that is refused; StoreError, StoreTimeout or StoreBusy when no whole
        answer came however often it was tried.
        """
        return self._rows(query, divisible=False)

    def batched(
        self,
        write: Callable[[Sequence[str]], str],
        values: Iterable[str],
        *,
        size: int = 50,
        progress: Progress | None = None,
    ) -> Iterator[Row]:
        """Yield the rows of a query about many values, `size` in each request, in the values' sorted order.

        `write` writes the query for some of them. A batch that takes the endpoint too long is halved.
        """
        ordered = sorted(set(values))
        for start in range(0, len(ordered), size):
            yield from self._halved(write, ordered[start : start + size])
            if progress is not None:
                progress(min(start + size, len(ordered)), len(ordered))

    def _halved(self, write: Callable[[Sequence[str]], str], values: Sequence[str]) -> Iterator[Row]:
        try:
            found = self._rows(write(values), divisible=len(values) > 1)
        except StoreError as error:
            if len(values) < 2 or not too_heavy(error):
                raise
            middle = len(values) // 2
            yield from self._halved(write, values[:middle])
            yield from self._halved(write, values[middle:])
        else:
            yield from found

    def _rows(self, query: str, *, divisible: bool) -> tuple[Row, ...]:
        now = self._clock.now()
        body = self._cache.get(self.endpoint, query, since=now - self._manners.oldest)
        if body is None:
            body = self._asked(query, divisible=divisible)
            self._cache.put(self.endpoint, query, body, at=self._clock.now())
        return read_table(body).rows

    def _asked(self, query: str, *, divisible: bool) -> bytes:
        for attempt in range(1, self._manners.tries + 1):
            self._keep_pace()
            try:
                return self._once(query)
            except StoreError as error:
                if divisible and too_heavy(error):
                    raise
                wait = wait_for(
                    error,
                    attempt=attempt,
                    first=self._manners.wait,
                    longest=self._manners.longest_wait,
                    now=self._clock.now(),
                    chance=self._clock.chance(),
                )
                if wait is None:
                    raise
                if attempt == self._manners.tries:
                    kept = "what it answered before is kept: run it again later to go on"
                    raise type(error)(f"{error} (tried {attempt} times; {kept})") from error
                self._clock.sleep(wait)
        raise AssertionError("every try returns or raises")

    def _once(self, query: str) -> bytes:
        limits = Limits(timeout_seconds=self._manners.timeout, max_bytes=_LARGEST)
        began = self._clock.now()
        try:
            answer = self._store.answer(query, accept=JSON.media_type, limits=limits, form="SELECT")
            return checked(answer.read(), self.endpoint, selected(query))
        finally:
            self._ended = self._clock.now()
            self._took = max(0.0, self._ended - began)

    def _keep_pace(self) -> None:
        if self._ended is None:
            return
        due = self._ended + min(max(self._manners.pause, self._took), self._manners.longest_wait)
        left = due - self._clock.now()
        # A clock that was set back must not make anybody wait for hours.
        if 0 < left <= self._manners.longest_wait:
            self._clock.sleep(left)


def manners_for(endpoint: str) -> Manners:
    """Return how an endpoint is treated unless told otherwise: one on this machine is not paced.

    >>> manners_for("http://127.0.0.1:7001/sparql").pause, manners_for(WDQS).pause
    (0.0, 1.0)
    """
    own = urlsplit(endpoint).hostname in ("127.0.0.1", "::1", "localhost")
    return Manners(pause=0.0) if own else Manners()


@contextmanager
def open_client(
    endpoint: str = WDQS,
    *,
    cache: Path | None = None,
    contact: str = "",
    manners: Manners | None = None,
    clock: Clock | None = None,
) -> Iterator[Client]:
    """Open a client of an endpoint with its cache in a folder, by default that of acagraph's caches.

    Raises StoreError for what is no address on the web, and for a cache that cannot be used.
    """
    if not endpoint.startswith(("http://", "https://")):
        raise StoreError(f"{endpoint} is no address of an endpoint; write one such as {WDQS}")
    manners = manners or manners_for(endpoint)
    kept = Cache(cache or default_folder())
    store = RemoteStore(endpoint, agent=agent(contact))
    try:
        yield Client(endpoint, store, kept, manners=manners, clock=clock)
    finally:
        store.close()
        kept.close()
