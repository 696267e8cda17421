"""The access log and the counters: one line a request, without what a person asked or who it was."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

import acagraph
from acagraph.web import create_app
from acagraph.web.access import AccessLog
from acagraph.web.app import MOST_ROUTES, Watch
from acagraph.web.metrics import Board

from small import served

QUERY = "SELECT ?label { agent:sony skos:prefLabel ?label }"
Asking = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def logged(small: acagraph.Dataset) -> Asking:
    """Return a function that asks a server of the small release for some paths and returns what it logged."""

    def ask(
        *paths: str, texts: bool = False, addresses: bool = False, **headers: str
    ) -> list[dict[str, Any]]:
        file = io.StringIO()
        log = AccessLog(file, texts=texts, addresses=addresses)
        watch = Watch(Board(1, MOST_ROUTES), log=log)
        with served(create_app(small, watch=watch)) as address, httpx.Client(base_url=address) as client:
            for path in paths:
                client.get(path, headers=headers)
        return [json.loads(line) for line in file.getvalue().splitlines()]

    return ask


def test_a_line_for_each_request(logged: Asking) -> None:
    lines = logged("/doc/agent/sony", "/nowhere/at/all", "/id/agent/sony")
    assert [(line["route"], line["status"], line["outcome"]) for line in lines] == [
        ("/doc/{kind}/{name}", 200, "ok"),
        ("/{path:path}", 404, "HTTPException"),
        ("/id/{kind}/{name}", 303, "redirected"),
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]) for line in lines)
    assert all(line["ms"] >= 0 and line["bytes"] >= 0 for line in lines)


def test_a_query_is_named_by_a_hash_and_counted_by_its_rows(logged: Asking) -> None:
    path = f"/sparql?{httpx.QueryParams(query=QUERY)}"
    first, second = logged(path, path, "/queries/members-of-coalition.json?coalition=jci")[:2]
    assert first["route"] == "/sparql"
    assert re.fullmatch("[0-9a-f]{12}", first["query"])
    assert first["rows"] == second["rows"] > 0
    assert (first["outcome"], second["outcome"]) == ("ok", "cached")
    assert "Sony" not in json.dumps(first)
    assert "prefLabel" not in json.dumps(first)


def test_a_saved_query_is_named(logged: Asking) -> None:
    (line,) = logged("/queries/members-of-coalition.json?coalition=jci")
    assert line["query"] == "members-of-coalition"


def test_texts_and_addresses_only_when_asked(logged: Asking) -> None:
    path = "/queries/members-of-coalition.json?coalition=jci"
    (silent,) = logged(path)
    assert not {"target", "client"} & set(silent)
    (telling,) = logged(path, texts=True, addresses=True)
    assert telling["target"] == path
    assert telling["client"] == "127.0.0.1"


def test_a_line_break_in_a_request_stays_in_its_line(logged: Asking) -> None:
    lines = logged("/doc/agent/a%0Ab", "/queries/members-of-coalition?coalition=%0A%0D%22", texts=True)
    assert len(lines) == 2


def test_what_the_client_has_is_counted_as_unchanged(logged: Asking) -> None:
    (line,) = logged("/", **{"If-None-Match": "*"})
    assert (line["status"], line["outcome"], line["bytes"]) == (304, "unchanged", 0)


def test_the_metrics_count_every_process(small: acagraph.Dataset) -> None:
    board = Board(2, MOST_ROUTES)
    with (
        served(create_app(small, watch=Watch(board, 0))) as one,
        served(create_app(small, watch=Watch(board, 1))) as other,
    ):
        for address in (one, other, other):
            httpx.get(f"{address}/doc/agent/sony").raise_for_status()
        response = httpx.get(f"{one}/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert response.headers["cache-control"] == "no-store"
    found = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }
    route = ("route", "/doc/{kind}/{name}")
    assert found["acagraph_requests_total", ("outcome", "ok"), route] == 2
    assert found["acagraph_requests_total", ("outcome", "cached"), route] == 1
    assert found["acagraph_request_seconds_count", route] == 3
    assert found["acagraph_request_seconds_bucket", ("le", "+Inf"), route] == 3
    assert found["acagraph_release", ("version", "1.2.3")] == 1
