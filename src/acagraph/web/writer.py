"""What writes the answer to one request: one that is known whole in one go, any other as uvicorn does."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from acagraph.web.whole import WHOLE, offer, whole


class Writer:
    """The application for one request: the head of an answer waits for what follows, and goes with it.

    uvicorn sends each message by itself, and so twice what most answers need.
    """

    def __init__(self, app: ASGIApp, cycle: RequestResponseCycle) -> None:
        self._app = app
        self._cycle = cycle
        self._head: Message | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def write(message: Message) -> None:
            kind = message["type"]
            if kind == WHOLE:
                await self._finish(message, send)
            elif kind == "http.response.start" and self._head is None:
                self._head = message
            elif self._head is None:
                await send(message)
            else:
                head, self._head = self._head, None
                joined = None if message.get("more_body") else whole(head, message)
                if joined is not None:
                    await self._finish(joined, send)
                else:
                    await send(head)
                    await send(message)

        offer(scope)
        await self._app(scope, receive, write)

    async def _finish(self, message: Message, send: Send) -> None:
        """Do what uvicorn does with the two messages, where nothing has to be added or waited for."""
        cycle = self._cycle
        if (
            cycle.scope["method"] == "HEAD"
            or not cycle.keep_alive
            or cycle.disconnected
            or cycle.response_started
            or cycle.flow.write_paused
        ):
            await send(message["start"])
            await send(message["body"])
            return
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        own = b"".join([b"%s: %s\r\n" % field for field in cycle.default_headers])
        status = STATUS_LINE[message["start"]["status"]]
        cycle.transport.write(
            b"".join((status, own, message["head"], b"\r\n", message["body"].get("body", b"")))
        )
        cycle.message_event.set()
        cycle.on_response()
