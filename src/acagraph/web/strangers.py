"""Asking the guarded store for a client that may leave before the answer is there."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from acagraph.stores import Asked, Delivery, GuardedStore
from acagraph.web.responses import client, note

# Most queries are answered sooner; only for a longer one is it worth to listen for the client's leaving.
_SOON = 0.05
# Nobody receives it; the number is the one that access logs have for it.
LEFT = 499


async def ask(request: Request, store: GuardedStore, asked: Asked) -> Delivery:
    """Return the answer to a query; it is stopped when its client goes away. Raises ClientDisconnect then."""
    asking = asyncio.current_task()
    assert asking is not None
    watching: list[asyncio.Task[None]] = []
    left = False

    async def watch() -> None:
        nonlocal left
        while (await request.receive())["type"] != "http.disconnect":
            pass
        left = True
        asking.cancel()

    timer = asyncio.get_running_loop().call_later(
        _SOON, lambda: watching.append(asyncio.create_task(watch()))
    )
    try:
        return await store.deliver(asked, client=client(request))
    except asyncio.CancelledError:
        if not left:
            raise
        asking.uncancel()
        raise ClientDisconnect from None
    finally:
        timer.cancel()
        for task in watching:
            task.cancel()


def gone(request: Request) -> Response:
    """Return what ends a request whose client has left."""
    note(request, outcome="gone")
    return Response(status_code=LEFT, headers={"Cache-Control": "no-store"})
