"""How saved queries, documents and pages are answered: in threads, clients in turn, or at once."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import os
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from acagraph.stores.admission import Admission, Rules
from acagraph.web.responses import client

_T = TypeVar("_T")
_PLACES = max(4, 2 * (os.cpu_count() or 1))
# A browser asks for a few things at once, a script for many; neither may keep all others out.
RULES = Rules(
    places=_PLACES, long=_PLACES, each=max(2, _PLACES // 2), queue=32, waiting=256, patience_seconds=10.0
)


class Turns(ABC):
    """Runs the functions that answer requests."""

    def routes(self, routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
        """Yield routes; those whose endpoint is an ordinary function answer when `run` runs them."""
        for route in routes:
            if isinstance(route, Route) and not asyncio.iscoroutinefunction(route.endpoint):
                yield Route(route.path, self.endpoint(route.endpoint), methods=list(route.methods or ()))
            else:
                yield route

    def endpoint(self, work: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers a request as `work` does. It raises what `run` does too."""

        async def answer(request: Request) -> Response:
            return await self.run(request, work, request)

        return answer

    @abstractmethod
    async def run(self, request: Request, work: Callable[..., _T], *arguments: object) -> _T:
        """Return what a function does for a request."""

    @abstractmethod
    def close(self) -> None:
        """Let nobody in any more."""


class InThreads(Turns):
    """Runs functions in threads, by rules that keep a client from taking all of them."""

    def __init__(self, rules: Rules = RULES) -> None:
        self._admission = Admission(rules)
        self._threads = ThreadPoolExecutor(rules.places, thread_name_prefix="answer")

    async def run(self, request: Request, work: Callable[..., _T], *arguments: object) -> _T:
        """Return what a function does in a thread, when it is the turn of who asks.

        Raises ClientBusy and StoreBusy.
        """
        turn = await self._admission.enter(client(request))
        try:
            bound = functools.partial(contextvars.copy_context().run, work, *arguments)
            return await asyncio.get_running_loop().run_in_executor(self._threads, bound)
        finally:
            self._admission.leave(turn)

    def close(self) -> None:
        """Let nobody in any more; what runs goes on to its end."""
        self._admission.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


class AtOnce(Turns):
    """Runs functions where they are called, for one who asks for one thing after another.

    A thread would cost a small page a fifth of its time.
    """

    async def run(self, request: Request, work: Callable[..., _T], *arguments: object) -> _T:  # noqa: ARG002
        """Return what a function does."""
        return work(*arguments)

    def close(self) -> None:
        """Do nothing: nothing is left running."""
