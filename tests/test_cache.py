"""The cache of whole answers: what it keeps, what it never keeps, and that it stays within its bytes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from acagraph.web.cache import Cache

TAG = (b"etag", b'"t"')
KEPT = (b"cache-control", b"public, max-age=300")


class Origin:
    """An application that counts how often it is asked, and answers as it is told."""

    def __init__(self, *headers: tuple[bytes, bytes], status: int = 200, pieces: int = 1) -> None:
        self.asked = 0
        self.headers = [(b"content-type", b"text/plain"), *headers]
        self.status = status
        self.pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for piece in range(self.pieces):
            more = piece + 1 < self.pieces
            await send({"type": "http.response.body", "body": b"body " * 100, "more_body": more})


def ask(
    app: Cache, path: str = "/a", query: bytes = b"", method: str = "GET", **headers: str
) -> list[Message]:
    """Return the messages of an answer."""
    return asyncio.run(asking(app, path, query, method, **headers))


async def asking(
    app: Cache, path: str = "/a", query: bytes = b"", method: str = "GET", **headers: str
) -> list[Message]:
    sent: list[Message] = []
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


class Slow(Origin):
    """An application that answers when all who are to ask have asked."""

    def __init__(self, *headers: tuple[bytes, bytes], status: int = 200) -> None:
        super().__init__(*headers, status=status)
        self.go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.go.wait()
        await super().__call__(scope, receive, send)


async def together(app: Cache, origin: Slow) -> list[list[Message]]:
    """Return five answers to the same request, asked before the first is answered."""
    tasks = [asyncio.create_task(asking(app)) for _ in range(5)]
    await asyncio.sleep(0)
    origin.go.set()
    return await asyncio.gather(*tasks)


def test_who_asks_the_same_meanwhile_gets_the_same_answer() -> None:
    origin = Slow(TAG, KEPT)
    answers = asyncio.run(together(Cache(origin, most_bytes=100_000), origin))
    assert origin.asked == 1
    assert all(answer == answers[0] for answer in answers)


def test_who_waits_for_an_answer_that_is_not_kept_asks_again() -> None:
    origin = Slow(TAG, KEPT, status=503)
    answers = asyncio.run(together(Cache(origin, most_bytes=100_000), origin))
    assert origin.asked == 5
    assert {answer[0]["status"] for answer in answers} == {503}


def test_the_same_request_is_answered_once_by_the_application() -> None:
    origin = Origin(TAG, KEPT)
    app = Cache(origin, most_bytes=100_000)
    first, second = ask(app), ask(app)
    assert origin.asked == 1
    assert first[0] == second[0]
    assert first[1]["body"] == second[1]["body"]


@pytest.mark.parametrize(
    "other",
    [
        {"query": b"x=1"},
        {"path": "/b"},
        {"accept": "text/turtle"},
        {"accept_encoding": "gzip"},
        {"method": "POST"},
        {"range": "bytes=0-1"},
        {"authorization": "Basic x"},
    ],
)
def test_another_request_is_another_answer(other: dict[str, Any]) -> None:
    origin = Origin(TAG, KEPT)
    app = Cache(origin, most_bytes=100_000)
    ask(app)
    ask(app, **other)
    assert origin.asked == 2


@pytest.mark.parametrize(
    "origin",
    [
        Origin(KEPT),
        Origin(TAG),
        Origin(TAG, (b"cache-control", b"no-store")),
        Origin(TAG, KEPT, status=404),
        Origin(TAG, KEPT, pieces=2),
    ],
    ids=["no tag", "not told to", "forbidden", "an error", "in pieces"],
)
def test_what_is_not_kept(origin: Origin) -> None:
    app = Cache(origin, most_bytes=100_000)
    ask(app)
    ask(app)
    assert origin.asked == 2


def test_a_client_that_has_it_gets_304_and_head_no_body() -> None:
    origin = Origin(TAG, KEPT)
    app = Cache(origin, most_bytes=100_000)
    ask(app)
    assert ask(app, if_none_match="*")[0]["status"] == 304
    known = ask(app, if_none_match='"other", W/"t"')
    assert (known[0]["status"], known[1]["body"]) == (304, b"")
    assert b"content-type" not in dict(known[0]["headers"])
    assert dict(known[0]["headers"])[b"etag"] == b'"t"'
    head = ask(app, method="HEAD")
    assert (head[0]["status"], head[1]["body"]) == (200, b"")
    assert origin.asked == 1


def test_it_stays_within_its_bytes_and_forgets_what_was_not_asked_for_longest() -> None:
    origin = Origin(TAG, KEPT)
    app = Cache(origin, most_bytes=160_000)
    for number in range(100):
        ask(app, query=f"n={number}".encode())
        ask(app)  # asked again and again, so it stays
    assert origin.asked == 101
    ask(app, query=b"n=0")
    assert origin.asked == 102
    ask(app, query=b"n=99")
    assert origin.asked == 102


def test_the_queries_of_strangers_push_out_nothing_else() -> None:
    origin = Origin(TAG, KEPT)
    app = Cache(origin, most_bytes=160_000)
    ask(app)
    for number in range(100):
        ask(app, path="/sparql", query=f"query=ASK+{number}".encode())
    asked = origin.asked
    ask(app)
    assert origin.asked == asked


def test_a_long_address_is_answered_and_not_kept() -> None:
    origin = Origin(TAG, KEPT)
    app = Cache(origin, most_bytes=100_000)
    ask(app, query=b"x" * 3_000)
    ask(app, query=b"x" * 3_000)
    assert origin.asked == 2
