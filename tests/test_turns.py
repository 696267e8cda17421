"""Turns: what one client asks for in threads keeps no other client waiting, and nobody is let in for ever."""

from __future__ import annotations

import asyncio
import threading

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.errors import ClientBusy, StoreBusy
from acagraph.stores.admission import Rules
from acagraph.web.turns import InThreads

RULES = Rules(places=2, long=2, each=1, queue=1, waiting=3, patience_seconds=20.0)


def request(host: str) -> Request:
    return Request({"type": "http", "client": (host, 1), "headers": []})


class Work:
    """Answers when it is told to; remembers the threads that it ran in."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.threads: set[str] = set()

    def __call__(self, _: Request) -> Response:
        self.threads.add(threading.current_thread().name)
        assert self.go.wait(20)
        return Response("done")


def test_one_client_does_not_keep_another_waiting() -> None:
    work, turns = Work(), InThreads(RULES)
    answer = turns.endpoint(work)

    async def crowd() -> None:
        greedy = [asyncio.ensure_future(answer(request("192.0.2.1"))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ClientBusy):
            await answer(request("192.0.2.1"))
        other = asyncio.ensure_future(answer(request("192.0.2.2")))
        while len(work.threads) < 2:
            await asyncio.sleep(0)
        work.go.set()
        assert [one.body for one in await asyncio.gather(*greedy, other)] == [b"done"] * 3

    asyncio.run(crowd())
    turns.close()


def test_all_clients_together_wait_in_a_short_queue() -> None:
    work, turns = Work(), InThreads(RULES)
    answer = turns.endpoint(work)

    async def crowd() -> None:
        asked = [asyncio.ensure_future(answer(request(f"192.0.2.{host}"))) for host in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(StoreBusy):
            await answer(request("192.0.2.9"))
        work.go.set()
        assert len(await asyncio.gather(*asked)) == 5

    asyncio.run(crowd())
    turns.close()


def test_an_error_gives_the_place_back() -> None:
    turns = InThreads(RULES)

    def fail(_: Request) -> Response:
        raise ValueError("a fault")

    async def ask() -> None:
        for _ in range(5):
            with pytest.raises(ValueError, match="a fault"):
                await turns.endpoint(fail)(request("192.0.2.1"))

    asyncio.run(ask())
    turns.close()


def test_only_ordinary_functions_are_put_in_threads() -> None:
    async def swift(_: Request) -> Response:
        return Response("")

    work = Work()
    found = list(
        InThreads(RULES).routes([Route("/swift", swift), Route("/slow", work, methods=["GET", "POST"])])
    )
    assert [route.path for route in found if isinstance(route, Route)] == ["/swift", "/slow"]
    assert isinstance(found[0], Route)
    assert found[0].endpoint is swift
    assert isinstance(found[1], Route)
    assert found[1].endpoint is not work
    assert found[1].methods == {"GET", "HEAD", "POST"}
