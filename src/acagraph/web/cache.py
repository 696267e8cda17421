"""A bounded cache of whole answers before the application: a release never changes, so nothing expires.

A build may put another release under the version of an older one: answers of either are told apart.

It is the outermost layer that matters for speed, so it reads the ASGI messages themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acagraph.web.access import members
from acagraph.web.addresses import RELEASES
from acagraph.web.recent import Recent
from acagraph.web.responses import FACTS, MEMBERS

_LONGEST = 2_000
_MEANWHILE = 2.0
# What an entry takes beside body and key: its headers, twice, and the objects that hold them.
_OVERHEAD = 6_000
# What a 304 repeats (RFC 9110, section 15.4.5), and what every answer has for its own sake.
_DROPPED = (b"content-type", b"content-length", b"content-encoding")
_NOTHING: Message = {"type": "http.response.body", "body": b""}
_Key = tuple[bytes, bytes, bytes, bytes, bytes]


@dataclass(frozen=True)
class _Entry:
    start: Message
    body: Message
    unchanged: Message
    tag: bytes
    endpoint: Any
    facts: dict[str, Any]

    @cached_property
    def _members(self) -> str:
        return members(self.facts)

    async def answer(self, scope: Scope, known: bytes, send: Send) -> None:
        """Send the answer, or that it is one of those known, and leave in the scope what the log tells."""
        scope["endpoint"], scope[FACTS], scope[MEMBERS] = self.endpoint, self.facts, self._members
        if known and not {self.tag, b"*"}.isdisjoint(
            item.strip().removeprefix(b"W/") for item in known.split(b",")
        ):
            await send(self.unchanged)
            await send(_NOTHING)
        else:
            await send(self.start)
            await send(self.body if scope["method"] == "GET" else _NOTHING)


_Shelf = Recent[_Key, _Entry]


class Cache:
    """Answers GET and HEAD from memory where the same was asked before, with 304 where the client has it.

    Kept is what came whole, with status 200, an ETag and `Cache-Control: public`. The queries of strangers
    have a shelf of their own, so that they push out nobody else's answers. `edition` tells the builds of a
    version apart.
    """

    def __init__(
        self, app: ASGIApp, *, most_bytes: int, edition: Callable[[str], tuple[int, ...]] = lambda _: ()
    ) -> None:
        self._app = app
        self._edition = edition
        self._ours, self._strangers = (
            _Shelf(most, largest=most // 8) for most in (most_bytes, most_bytes // 4)
        )
        self._under_way: dict[_Key, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from the cache, or pass it on and keep the answer."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        accept = coding = known = b""
        for name, value in scope["headers"]:
            if name == b"accept":
                accept += b"," + value
            elif name == b"accept-encoding":
                coding += b"," + value
            elif name == b"if-none-match":
                known += b"," + value
            elif name in (b"range", b"authorization"):
                await self._app(scope, receive, send)
                return
        target = scope.get("raw_path") or scope["path"].encode()
        shelf, edition = self._place(scope)
        key = (target, scope["query_string"], accept, coding, edition)
        entry = shelf.get(key)
        if entry is None and key in self._under_way:
            with contextlib.suppress(TimeoutError):  # who asked first may be waiting for a turn
                await asyncio.wait_for(self._under_way[key].wait(), _MEANWHILE)
            entry = shelf.get(key)
        if entry is None:
            await self._ask(shelf, key, scope, receive, send)
            return
        await entry.answer(scope, known, send)

    def _place(self, scope: Scope) -> tuple[_Shelf, bytes]:
        """Return where the answer stands, and which edition of a release gives it."""
        path, edition = scope["path"].removeprefix(scope.get("root_path", "")), b""
        if path.startswith(RELEASES):
            version, _, rest = path.removeprefix(RELEASES).partition("/")
            path, edition = f"/{rest}", repr(self._edition(version)).encode()
        strange = path.startswith(("/sparql", "/reconcile"))
        return self._strangers if strange else self._ours, edition

    async def _ask(self, shelf: _Shelf, key: _Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and keep the answer; who asks the same meanwhile waits for it.

        They wait once, and not for long: then, or where this answer is not kept, each asks for itself.
        """
        if scope["method"] != "GET" or sum(map(len, key)) > _LONGEST or key in self._under_way:
            await self._app(scope, receive, send)
            return
        done = asyncio.Event()
        if shelf is self._ours:  # each stranger's query is stopped, and counted, for itself
            self._under_way[key] = done
        try:
            await self._app(scope, receive, _Keeper(shelf, key, scope, send, done))
        finally:
            self._under_way.pop(key, None)
            done.set()


class _Keeper:
    """Passes the messages of an answer on, and puts it on a shelf when it is one to keep."""

    def __init__(self, shelf: _Shelf, key: _Key, scope: Scope, send: Send, done: asyncio.Event) -> None:
        self._shelf = shelf
        self._key = key
        self._scope = scope
        self._send = send
        self._done = done
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            if self._start is not None and not message.get("more_body"):
                self._keep(self._start, message)
            self._start = None
            self._done.set()  # a client that reads slowly keeps nobody else waiting
        await self._send(message)

    def _keep(self, start: Message, body: Message) -> None:
        headers = dict(start["headers"])
        tag = headers.get(b"etag", b"")
        if start["status"] != 200 or not tag or not headers.get(b"cache-control", b"").startswith(b"public"):
            return
        facts = {**self._scope.get(FACTS, {}), "cached": True}
        unchanged = [item for item in start["headers"] if item[0] not in _DROPPED]
        entry = _Entry(
            start=start,
            body=body,
            unchanged={"type": start["type"], "status": 304, "headers": unchanged},
            tag=tag,
            endpoint=self._scope.get("endpoint"),
            facts=facts,
        )
        size = len(body.get("body", b"")) + sum(map(len, self._key)) + _OVERHEAD
        self._shelf.put(self._key, entry, size)
