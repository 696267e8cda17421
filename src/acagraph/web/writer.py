"""What writes the answer to one request: one that is known whole in one go, any other as uvicorn does."""

from __future__ import annotations

import re
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_LENGTH = b"content-length"
# What tells of the connection is for the server to write.
_HOP = (b"connection", b"transfer-encoding")
# What no name and no value of a field may hold (RFC 9110, section 5.5).
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_KEPT = 1_024


class Writer:
    """The application for one request: the head of an answer waits for what follows, and goes with it.

    uvicorn sends each message by itself, and so twice what most answers need, and checks and joins the fields
    of each head anew. Heads that were joined last are kept here.
    """

    def __init__(self, app: ASGIApp, cycle: RequestResponseCycle) -> None:
        self._app = app
        self._cycle = cycle
        self._start: Message | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def write(message: Message) -> None:
            if message["type"] == "http.response.start" and self._start is None:
                self._start = message
                return
            start, self._start = self._start, None
            if start is None:
                await send(message)
            elif not self._finish(start, message):
                await send(start)
                await send(message)

        await self._app(scope, receive, write)

    def _finish(self, start: Message, message: Message) -> bool:
        """Do what uvicorn does with both messages, if they are all and nothing is to be added or awaited."""
        cycle = self._cycle
        if cycle.scope["method"] == "HEAD" or not cycle.keep_alive or message.get("more_body"):
            return False
        if cycle.response_started or cycle.disconnected or cycle.flow.write_paused:
            return False
        body = message.get("body", b"")
        head = joined(tuple(start["headers"]), len(body))
        if head is None:
            return False
        own = b"".join([b"%s: %s\r\n" % field for field in cycle.default_headers])
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(b"".join((STATUS_LINE[start["status"]], own, head, b"\r\n", body)))
        cycle.message_event.set()
        cycle.on_response()
        return True


@lru_cache(_KEPT)
def joined(fields: tuple[tuple[bytes, bytes], ...], length: int) -> bytes | None:
    """Return the fields of a head as they are sent with a body of so many bytes.

    There is None for those that hold what no field may, tell of the connection, or name no length or another.
    """
    head = b"".join([b"%s: %s\n" % field for field in fields])
    # Each field ends with the only control character that it has.
    if len(_CONTROL.findall(head)) != len(fields):
        return None
    told = dict(fields)
    if told.get(_LENGTH) != b"%d" % length or not told.keys().isdisjoint(_HOP):
        return None
    return head.replace(b"\n", b"\r\n")
