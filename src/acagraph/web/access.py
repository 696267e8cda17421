"""The access log and the counters: a line of JSON for each request, without its text or who asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acagraph.web.metrics import GAUGES, Counters
from acagraph.web.responses import FACTS
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
            line = {
                "time": self._now(),
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 3),
                "bytes": size,
                **facts,
                "outcome": facts.get("outcome", outcome),
            }
            if self._log.texts:
                line["target"] = f"{scope['path']}?{scope['query_string'].decode('ascii', 'replace')}"
            if self._log.addresses:
                line["client"] = scope["client"][0] if scope.get("client") else ""
            self._log.file.write(json.dumps(line, ensure_ascii=True) + "\n")

    def _now(self) -> str:
        now = time.time()
        if int(now) != self._second:
            self._second, self._stamp = int(now), time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        return f"{self._stamp}.{int(now * 1000) % 1000:03}Z"


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
