"""A server on loopback with Wikidata-shaped data that misbehaves when told to, and a clock for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from acagraph.wikidata import Clock

from small import served

FOLDER = Path(__file__).parent / "fixtures" / "wikidata"
RESULTS = "application/sparql-results+json"
Fault = Callable[[bytes], Awaitable[Response]]


@dataclass
class Wikidata:
    """The server: what it was asked, and the faults with which it answers next, one for each request."""

    data: Path = FOLDER / "items.ttl"
    asked: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self._store = ox.Store()
        self._store.bulk_load(path=str(self.data), format=ox.RdfFormat.TURTLE)

    @property
    def endpoint(self) -> str:
        return f"{self.address}/sparql"

    def forget(self) -> None:
        for noted in (self.asked, self.methods, self.agents, self.faults):
            noted.clear()

    async def answer(self, request: Request) -> Response:
        body = (await request.body()).decode()
        query = request.query_params.get("query") or parse_qs(body).get("query", [""])[0]
        self.asked.append(query)
        self.methods.append(request.method)
        self.agents.append(request.headers["user-agent"])
        if not query:
            return PlainTextResponse("no query", 400)
        found = self._store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        whole = found.serialize(format=ox.QueryResultsFormat.JSON)
        assert whole is not None
        if self.faults:
            return await self.faults.pop(0)(whole)
        return Response(whole, media_type=RESULTS)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])


@dataclass
class Patience:
    """A clock that stands still but for who sleeps."""

    time: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, sleep=self.sleep, chance=lambda: 0.5)


@contextlib.contextmanager
def wikidata() -> Iterator[Wikidata]:
    """Serve the items."""
    server = Wikidata()
    with served(server.app) as server.address:
        yield server


def failing(status: int, text: str = "the reason", **headers: str) -> Fault:
    """Answer with a status and headers, whose names are written with underscores."""

    async def fault(_: bytes) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return PlainTextResponse(text, status, headers=named)

    return fault


def redirected(address: str, status: int = 302) -> Fault:
    async def fault(_: bytes) -> Response:
        return RedirectResponse(address, status)

    return fault


async def whole_answer(whole: bytes) -> Response:
    """Answer as it should be: no fault at all."""
    return Response(whole, media_type=RESULTS)


async def cut(whole: bytes) -> Response:
    """Answer with half of the results as if they were all."""
    return Response(whole[: len(whole) // 2], media_type=RESULTS)


async def traced(whole: bytes) -> Response:
    """Answer as a service does that fails when it has begun to answer: with a trace behind the results."""
    return Response(whole[: len(whole) // 2] + b"\njava.util.concurrent.TimeoutException", media_type=RESULTS)


async def broken_off(whole: bytes) -> Response:
    """Promise all the results, send half of them and end the connection."""

    async def half() -> AsyncIterator[bytes]:
        yield whole[: len(whole) // 2]

    return StreamingResponse(half(), media_type=RESULTS, headers={"Content-Length": str(len(whole))})


async def page(_: bytes) -> Response:
    return Response("<!DOCTYPE html><title>Maintenance</title>", media_type="text/html")


async def disguised(_: bytes) -> Response:
    return Response("<!DOCTYPE html><title>Maintenance</title>", media_type=RESULTS)


async def another(_: bytes) -> Response:
    """Answer an ASK that nobody sent."""
    return Response('{"head": {}, "boolean": true}', media_type=RESULTS)


async def slow(whole: bytes) -> Response:
    await asyncio.sleep(3)
    return Response(whole, media_type=RESULTS)
