"""The access log and the counters: a line of JSON for each request, without its text or who asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acagraph.web.metrics import GAUGES, Counters
from acagraph.web.responses import FACTS, MEMBERS
from acagraph.web.strangers import LEFT

OTHER = "other"
_BUSY = (429, 503)


@dataclass(frozen=True)
class AccessLog:
    """Where lines go, and whether they tell the text of a request and the address it came from."""

    file: IO[str]
    texts: bool = False
    addresses: bool = False


class Access:
    """Logs and counts each request when its answer is sent, or its client is gone."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        routes: Mapping[Any, str],
        names: Sequence[str],
        counters: Counters,
        log: AccessLog | None,
        load: Callable[[], Sequence[int]] | None,
    ) -> None:
        self._app = app
        self._routes = routes
        self._numbers = {name: number for number, name in enumerate(names)}
        self._counters = counters
        self._log = log
        self._load = load
        self._second, self._stamp = 0, ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, watching its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = size = 0
        whole = False

        async def watch(message: Message) -> None:
            nonlocal status, size, whole
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
                whole = not message.get("more_body")
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            self._end(scope, status if whole else 0, size, time.perf_counter() - began)

    def _end(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        facts = scope.get(FACTS, {})
        route = self._routes.get(scope.get("endpoint"), OTHER)
        outcome = _outcome(status, cached="cached" in facts)
        self._counters.count(self._numbers[route], outcome, seconds)
        if self._load is not None and outcome != "cached" and route.startswith("/sparql"):
            self._counters.set(self._load())
        if self._log is not None:
            told = scope.get(MEMBERS) or members(facts)
            ended = facts.get("outcome", outcome)
            self._log.file.write(
                f'{{"time": "{self._now()}", "method": {_written(scope["method"])}, '
                f'"route": {_written(route)}, "status": {status}, "ms": {seconds * 1000:.3f}, '
                f'"bytes": {size}, {told}"outcome": "{ended}"{self._asked(scope, self._log)}}}\n'
            )

    def _asked(self, scope: Scope, log: AccessLog) -> str:
        """Return the members that tell what was asked and by whom, where the log is to have them."""
        told = {}
        if log.texts:
            told["target"] = f"{scope['path']}?{scope['query_string'].decode('ascii', 'replace')}"
        if log.addresses:
            told["client"] = scope["client"][0] if scope.get("client") else ""
        return f", {json.dumps(told)[1:-1]}" if told else ""

    def _now(self) -> str:
        now = time.time()
        if int(now) != self._second:
            self._second, self._stamp = int(now), time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        return f"{self._stamp}.{int(now * 1000) % 1000:03}Z"


def members(facts: Mapping[str, Any]) -> str:
    """Return facts as members of a JSON object, a comma after each, without the outcome.

    >>> members({"query": "targets", "rows": 2})
    '"query": "targets", "rows": 2, '
    """
    told = json.dumps({name: fact for name, fact in facts.items() if name != "outcome"})[1:-1]
    return f"{told}, " if told else ""


@lru_cache(64)
def _written(text: str) -> str:
    return json.dumps(text)


def gauges(load: object) -> tuple[int, ...]:
    """Return the gauges of a pool's load."""
    return tuple(getattr(load, name, 0) for name in GAUGES)


def _outcome(status: int, *, cached: bool) -> str:
    if status in (0, LEFT):
        return "gone"
    if status in _BUSY:
        return "busy"
    if status == 304:
        return "unchanged"
    if status >= 500:
        return "failed"
    if status >= 400:
        return "refused"
    return "redirected" if status >= 300 else "cached" if cached else "ok"
