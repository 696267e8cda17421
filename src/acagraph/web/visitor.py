"""Asks an application in its own process, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import quote

from starlette.types import ASGIApp, Message

_ACCEPT = (b"accept", b"text/html")


@dataclass(frozen=True)
class Visited:
    """An answer: `kind` is its media type with parameters."""

    status: int
    kind: str
    body: bytes


class Visitor:
    """Asks for one page after another, as a browser does that has no cache and takes no coding."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._runner = asyncio.Runner()

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()

    def get(self, path: str) -> Visited:
        """Return what the application answers at a path, which is not percent-encoded."""
        # The runner's own `run` sets and resets what an interrupt does, each time.
        return self._runner.get_loop().run_until_complete(self._asked(path))

    async def _asked(self, path: str) -> Visited:
        messages: list[Message] = []

        told: Iterator[Message] = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Message:
            for message in told:
                return message
            # Whoever asks again waits for the visitor to leave, who stays.
            left: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
            return await left

        async def send(message: Message) -> None:
            messages.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [_ACCEPT],
            "client": None,
            "server": None,
            "state": {},
        }
        await self._app(scope, receive, send)
        start = messages[0]
        headers = dict(start["headers"])
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return Visited(start["status"], headers.get(b"content-type", b"").decode("latin-1"), body)
