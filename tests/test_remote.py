"""What a remote endpoint may do wrong, and what is said of it."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from acagraph.errors import AcagraphError, QueryError, StoreBusy, StoreError, StoreTimeout
from acagraph.stores import Limits, RemoteStore, rows
from acagraph.stores.remote import AGENT

from small import served

ASK = "ASK {}"
SELECT = "SELECT ?seen {}"
RESULTS = "application/sparql-results+json"


async def _seen(request: Request) -> Response:
    """Answer with what was asked, as the text of an answer."""
    body = (await request.body()).decode()
    seen = f"{request.method} {request.headers['user-agent']} {request.headers['accept']} {body[:30]}"
    row = {"seen": {"type": "literal", "value": seen}}
    return Response(
        json.dumps({"head": {"vars": ["seen"]}, "results": {"bindings": [row]}}), media_type=RESULTS
    )


async def _slow(_: Request) -> Response:
    await asyncio.sleep(3)
    return Response("{}", media_type=RESULTS)


async def _fail(request: Request) -> Response:
    return PlainTextResponse("the reason", int(request.path_params["status"]))


async def _page(_: Request) -> Response:
    return Response("<p>Welcome</p>", media_type="text/html")


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    """A server that answers in ways that an endpoint may."""
    routes = [
        Route("/seen", _seen, methods=["GET", "POST"]),
        Route("/slow", _slow),
        Route("/fail/{status}", _fail),
        Route("/page", _page),
    ]
    with served(Starlette(routes=routes)) as address:
        yield address


def test_a_request_says_who_asks_and_what_it_takes(odd: str) -> None:
    store = RemoteStore(f"{odd}/seen")
    assert rows(store, SELECT)[0]["seen"].value == f"GET {AGENT} {RESULTS} "
    named = RemoteStore(f"{odd}/seen", agent="atlas/2.0")
    assert "atlas/2.0" in rows(named, SELECT)[0]["seen"].value


def test_a_long_query_is_posted(odd: str) -> None:
    text = rows(RemoteStore(f"{odd}/seen"), f"{SELECT} # {'long ' * 500}")[0]["seen"].value
    assert text.startswith("POST ")
    assert text.endswith(" query=SELECT+%3Fseen+%7B%7D+%2")


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("/fail/400", QueryError, "the reason"),
        ("/fail/401", StoreError, "401"),
        ("/fail/404", StoreError, "no SPARQL endpoint"),
        ("/fail/406", StoreError, "the reason"),
        ("/fail/414", StoreError, "414"),
        ("/fail/500", StoreError, "the reason"),
        ("/fail/503", StoreBusy, "503"),
        ("/fail/504", StoreTimeout, "504"),
        ("/page", StoreError, "text/html"),
    ],
)
def test_a_failure_is_told_with_the_server_s_words(
    odd: str, path: str, error: type[AcagraphError], said: str
) -> None:
    with pytest.raises(error) as caught:
        RemoteStore(odd + path).answer(ASK)
    assert said in str(caught.value)
    assert odd in str(caught.value)


def test_a_server_that_does_not_answer_is_given_up(odd: str) -> None:
    begun = time.monotonic()
    with pytest.raises(StoreTimeout, match="in time"):
        RemoteStore(f"{odd}/slow").answer(ASK, limits=Limits(timeout_seconds=1))
    assert time.monotonic() - begun < 2.5


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(StoreError, match="cannot be reached"):
        RemoteStore(f"http://127.0.0.1:{port}/sparql").answer(ASK)
