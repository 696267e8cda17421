"""/reconcile asked by those who mean no good: the work is bounded, and the answer says what to do."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect, Request

import acagraph
from acagraph.errors import ClientBusy, StoreTimeout
from acagraph.stores import Limits
from acagraph.stores.admission import Rules
from acagraph.web import create_app
from acagraph.web.reconcile import work
from acagraph.web.reconcile.answers import Answers
from acagraph.web.reconcile.queries import BATCH
from acagraph.web.reconcile.reading import LONGEST
from acagraph.web.reconcile.work import batches, in_pieces
from acagraph.web.turns import InThreads

from reconcilable import ask, candidates, conforms, http, matched, reconcilable, refused, site
from small import served

__all__ = ["http", "matched", "reconcilable", "site"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(["query", "type", "limit", "properties", "type_strict"])
PROPERTIES = st.lists(
    st.fixed_dictionaries(
        {
            "pid": st.sampled_from(["country", "kind", "coordinates", "wikidata", "lat", "lon"]),
            "v": JSON_VALUES,
        }
    ),
    max_size=3,
)


def test_ten_thousand_queries_are_too_many(http: httpx.Client) -> None:
    queries = json.dumps({f"q{number}": {"query": "Sony"} for number in range(10_000)})
    detail = refused(http.post("/reconcile", data={"queries": queries}), 413)
    assert "10,000" in detail
    assert f"at most {BATCH}" in detail
    assert http.get("/reconcile").json()["batchSize"] == BATCH


def test_as_many_queries_as_may_be_are_answered(http: httpx.Client) -> None:
    found = ask(http, {f"q{number}": {"query": "Sony"} for number in range(BATCH)})
    assert all(one["result"][0]["id"] == "agent/sony" for one in found.values())


def test_names_of_a_megabyte_cost_no_more_than_long_ones(http: httpx.Client) -> None:
    for name in ("a" * 1_000_000, "Sony " * 200_000, "ソ" * 100_000, "́" * 150_000, " " * 1_000_000 + "Sony"):
        found = ask(http, {"q0": {"query": name}, "q1": {"query": "Sony"}})
        assert found["q1"]["result"][0]["id"] == "agent/sony"


def test_bodies_that_are_too_large_are_refused(http: httpx.Client) -> None:
    detail = refused(http.post("/reconcile", data={"queries": "a" * LONGEST}), 413)
    assert f"{LONGEST:,} bytes" in detail
    assert "batchSize" in detail


def test_a_body_that_says_it_is_too_large_is_not_waited_for(site: str) -> None:
    parts = urlsplit(site)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(
            b"POST /reconcile HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 99999999999\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "[", "]", "nul", "NaN", '{"q0": NaN}', '{"q0": {"query": "a", "limit": Infinity}}',
        '{"q0": {"query": "Sony"}', "{'q0': 1}", '{"q0": {"query": "a\n"}}', "[" * 100_000, '{"a":' * 100_000,
        '{"q0": ' + "9" * 10_000 + "}", "[]", "5", '"x"', "null", "\ufeff{}",
    ],
    ids=range(20),
)  # fmt: skip
def test_broken_json_is_refused(http: httpx.Client, text: str) -> None:
    for method in (http.post, http.get) if len(text) < 20_000 else (http.post,):
        sent: dict[str, Any] = {"data" if method == http.post else "params": {"queries": text}}
        assert "queries" in refused(method("/reconcile", **sent), 400)


@pytest.mark.parametrize(
    "text", ['{"q0": {"query": "a"}, "q0": {"query": "b"}}', '{"q0": {"query": "a", "query": "b"}}']
)
def test_keys_that_stand_twice_are_refused(http: httpx.Client, text: str) -> None:
    assert "twice" in refused(http.post("/reconcile", data={"queries": text}), 400)


def test_many_keys_that_stand_twice_are_refused_soon(http: httpx.Client) -> None:
    text = "{" + ",".join(f'"{number}":1' for number in range(100_000)) + ',"0":1}'
    assert "'0' stands twice" in refused(http.post("/reconcile", data={"queries": text}), 400)


def test_halves_of_characters_are_no_harm(http: httpx.Client) -> None:
    given = r'[{"pid": "country", "v": "\ud800"}]'
    text = rf'{{"\ud800": {{"query": "Sony \ud800", "type": "\udfff", "properties": {given}}}}}'
    response = http.post("/reconcile", data={"queries": text})
    assert list(response.json()) == ["\ud800"]
    assert candidates(http, query="\ud83d\ude00") == []
    assert (
        "ud800" in refused(http.post("/reconcile", data={"queries": r'{"\ud800":1,"\ud800":1}'}), 400) or True
    )
    extended = http.post(
        "/reconcile", data={"extend": r'{"ids": ["\ud800"], "properties": [{"id": "\ud800"}]}'}
    )
    conforms(extended.json(), "data-extension-response")


@pytest.mark.parametrize(
    "name",
    [
        "'; DROP TABLE names; --",
        '" OR 1=1',
        "* NEAR(*)",
        "a*",
        "%",
        "_" * 300,
        "\x00",
        "\\",
        "${id}",
        "{{id}}",
    ],
)
def test_marks_of_other_languages_are_letters_here(http: httpx.Client, name: str) -> None:
    ask(http, {"q0": {"query": name, "type": name, "properties": [{"pid": name, "v": name}]}})
    assert http.get("/reconcile/suggest/entity", params={"prefix": name}).status_code == 200
    refused(http.get("/reconcile/flyout/entity", params={"id": name}), 404)


@settings(max_examples=60)
@given(
    queries=st.dictionaries(
        st.text(max_size=5),
        JSON_VALUES | st.dictionaries(FIELDS, JSON_VALUES | PROPERTIES, max_size=5),
        max_size=4,
    )
)
def test_whatever_is_a_batch_is_answered(site: str, queries: dict[str, Any]) -> None:
    try:
        text = json.dumps(queries, allow_nan=False)
    except ValueError:
        text = (
            json.dumps(queries, default=str)
            .replace("NaN", "1")
            .replace("-Infinity", "1")
            .replace("Infinity", "1")
        )
    response = httpx.post(f"{site}/reconcile", data={"queries": text}, timeout=60)
    assert response.status_code == 200, response.text
    found = response.json()
    conforms(found, "reconciliation-result-batch")
    assert len(found) == len(json.loads(text))


@settings(max_examples=60)
@given(text=st.text(max_size=60), field=st.sampled_from(["queries", "query", "extend", "callback"]))
def test_whatever_is_sent_gets_an_answer_or_a_reason(site: str, text: str, field: str) -> None:
    sent = {field: text.encode("utf-8", "replace").decode()}
    for response in (
        httpx.post(f"{site}/reconcile", data=sent, timeout=60),
        httpx.get(f"{site}/reconcile", params=sent, timeout=60),
    ):
        assert response.status_code in (200, 400, 413), response.text


def test_requests_of_other_forms_are_refused(http: httpx.Client) -> None:
    queries = json.dumps({"q0": {"query": "Sony"}})
    assert "form" in refused(http.post("/reconcile", json={"q0": {"query": "Sony"}}), 415)
    assert "form" in refused(http.post("/reconcile", files={"queries": queries.encode()}), 415)
    assert "Content-Encoding" in refused(
        http.post("/reconcile", content=b"query=a", headers={**FORM, "Content-Encoding": "gzip"}), 415
    )
    for method in ("PUT", "DELETE", "PATCH"):
        assert http.request(method, "/reconcile").status_code == 405
    assert http.post("/reconcile/suggest/entity").status_code == 405


def test_ambiguous_requests_are_refused(http: httpx.Client) -> None:
    both = {"queries": "{}", "extend": "{}"}
    assert "queries and extend" in refused(http.post("/reconcile", data=both), 400)
    assert "2 times" in refused(http.get("/reconcile?query=a&query=b"), 400)
    assert "UTF-8" in refused(http.post("/reconcile", content=b"query=%ff", headers=FORM), 400)
    fields = "&".join(f"a{number}=1" for number in range(1_001))
    assert "parameters" in refused(http.post("/reconcile", content=fields, headers=FORM), 400)


def test_a_cursor_leads_no_further_than_anybody_reads(http: httpx.Client) -> None:
    found = http.get("/reconcile/suggest/entity", params={"prefix": "a", "cursor": "999999999"})
    assert found.json() == {"result": []}


# Turns


def request(receive: Callable[[], Any] | None = None) -> Request:
    """Return a request whose client is there, or as `receive` says."""

    async def waiting() -> Any:
        await asyncio.sleep(3600)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/reconcile",
        "headers": [],
        "client": ("192.0.2.1", 1),
    }
    return Request(scope, receive or waiting)


def test_work_is_done_in_order_and_in_pieces() -> None:
    async def run() -> list[int]:
        turns = InThreads()
        try:
            return await in_pieces(
                request(), turns, lambda n: n * 2, range(1_000), most_seconds=30, hint="less"
            )
        finally:
            turns.close()

    assert asyncio.run(run()) == [n * 2 for n in range(1_000)]
    assert list(batches(range(5), 2)) == [(0, 1), (2, 3), (4,)]


def test_a_client_that_leaves_ends_its_work() -> None:
    done = []

    async def left() -> Any:
        return {"type": "http.disconnect"}

    def slow(number: int) -> None:
        done.append(number)
        until = threading.Event()
        until.wait(0.06)  # as long as a piece lasts

    async def run() -> None:
        turns = InThreads()
        try:
            await in_pieces(request(left), turns, slow, range(100), most_seconds=30, hint="less")
        finally:
            turns.close()

    with pytest.raises(ClientDisconnect):
        asyncio.run(run())
    assert done == [0]


def test_work_that_takes_too_long_ends() -> None:
    async def run() -> None:
        turns = InThreads()
        try:
            until = threading.Event()
            await in_pieces(
                request(), turns, lambda _: until.wait(0.06), range(100), most_seconds=0.0, hint="send fewer"
            )
        finally:
            turns.close()

    with pytest.raises(StoreTimeout, match="send fewer"):
        asyncio.run(run())


def test_others_have_their_turn_between_the_pieces() -> None:
    """With one place in all, a short question is answered while a long batch is under way."""
    order: list[str] = []
    begun = threading.Event()

    def piece(number: int) -> None:
        begun.set()
        order.append(f"batch {number}")
        threading.Event().wait(0.06)

    async def run() -> None:
        turns = InThreads(Rules(places=1, long=1, each=1))
        other = Request({**request().scope, "client": ("192.0.2.2", 1)})
        long = asyncio.create_task(
            in_pieces(request(), turns, piece, range(10), most_seconds=30, hint="less")
        )
        await asyncio.to_thread(begun.wait)
        await turns.run(other, order.append, "other")
        await long
        turns.close()

    asyncio.run(run())
    assert order.index("other") < 5
    assert len(order) == 11


def test_a_client_with_too_many_questions_at_once_is_told_when_to_come_back() -> None:
    async def run() -> None:
        turns = InThreads(Rules(places=1, long=1, each=1, queue=1))
        release = threading.Event()
        first = asyncio.create_task(turns.run(request(), release.wait))
        await asyncio.sleep(0)
        second = asyncio.create_task(turns.run(request(), release.wait))
        await asyncio.sleep(0)
        try:
            with pytest.raises(ClientBusy) as caught:
                await in_pieces(request(), turns, str, range(3), most_seconds=30, hint="less")
            assert caught.value.status == 429
        finally:
            release.set()
            await asyncio.gather(first, second)
            turns.close()

    asyncio.run(run())


def test_a_batch_beyond_its_time_is_a_problem(
    matched: acagraph.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_PIECE", 0.0)  # each query is a piece
    app = create_app(matched, limits=Limits(timeout_seconds=1e-9, max_bytes=1_000_000, max_rows=1_000))
    with served(app) as found, httpx.Client(base_url=found, timeout=60) as client:
        queries = json.dumps({"q0": {"query": "Sony"}, "q1": {"query": "Milano"}})
        assert "send fewer" in refused(client.post("/reconcile", data={"queries": queries}), 504)


def test_a_client_that_leaves_costs_no_more(
    matched: acagraph.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, left = threading.Event(), threading.Event()
    asked = []

    def slow(_: Answers, query: object) -> dict[str, Any]:
        asked.append(query)
        begun.set()
        left.wait(60)
        return {"result": []}

    monkeypatch.setattr(Answers, "to", slow)
    monkeypatch.setattr(work, "_PIECE", 0.0)
    body = f"queries={quote_plus(json.dumps({f'q{n}': {'query': 'Sony'} for n in range(BATCH)}))}"
    with served(create_app(matched)) as found:
        parts = urlsplit(found)
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
            head = f"POST /reconcile HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n"
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            assert begun.wait(20)
        with httpx.Client(base_url=found) as client:
            client.get("/reconcile/suggest/type")  # by now the server knows that the other has left
            left.set()
            while 'outcome="gone",route="/reconcile"' not in client.get("/metrics").text:
                assert len(asked) < BATCH
    assert len(asked) < BATCH


def test_half_a_request_is_ended(site: str) -> None:
    parts = urlsplit(site)
    body = f"queries={quote_plus(json.dumps({f'q{n}': {'query': 'Sony'} for n in range(BATCH)}))}"
    for cut in (len(body) // 2, len(body)):
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
            head = f"POST /reconcile HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n"
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body[:cut]}".encode())
    assert httpx.get(f"{site}/reconcile").status_code == 200
