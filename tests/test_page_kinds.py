"""Every route that sends a page has one among those that are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.routing import Match, Route

import acagraph
from acagraph.web import create_app
from page_kinds import HTML, PAGES, status
from test_openapi import address, operations, routes

from small import served

# Lists of more than one page, of which the curated release has none but the members'.
SHORT = {f"/{name}/{{number:int}}" for name in ("coalitions", "countries", "commitments")}


@pytest.fixture(scope="module")
def app(release: Path) -> Iterator[tuple[list[Route], httpx.Client]]:
    """The routes of the curated release, and a client of them."""
    with acagraph.open(release) as dataset:
        made = create_app(dataset)
        known = [route for route in routes(made) if isinstance(route, Route)]
        with served(made) as at, httpx.Client(base_url=at, headers=HTML, timeout=60) as client:
            yield known, client


def route(known: list[Route], path: str) -> str:
    """Return the path of the route that answers a GET of a path."""
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    return next(each.path for each in known if each.matches(scope)[0] is Match.FULL)


def test_every_route_with_a_page_is_looked_at(app: tuple[list[Route], httpx.Client]) -> None:
    known, client = app
    described = client.get("/openapi.json").json()
    offering = {
        route(known, address(path, one))
        for path, method, one in operations(described)
        if method == "get" and "text/html" in one["responses"].get("200", {}).get("content", {})
    }
    looked_at = {
        route(known, urlsplit(path).path)
        for name, path in PAGES.items()
        if status(name) == 200 and not re.match(r"/(?:es|ja|fr)/", path)
    }
    assert len(offering) > 25
    assert offering - looked_at == SHORT
    for path in SHORT:
        assert client.get(path.replace("{number:int}", "2")).status_code == 404, f"{path} has a page now"


def test_the_pages_are_what_they_are_called(app: tuple[list[Route], httpx.Client]) -> None:
    _, client = app
    for name, path in PAGES.items():
        answer = client.get(path)
        assert answer.status_code == status(name), name
        assert answer.headers["content-type"] == "text/html; charset=utf-8", name
        drawn = set(re.findall(r'<svg[^>]* class="([^"]*)"', answer.text))
        kind = name.removeprefix("query-").removeprefix("answer-")
        if kind != name and kind in DRAWN:
            assert drawn == {DRAWN[kind]}, name


DRAWN = {
    "bars": "bars",
    "upright": "bars upright",
    "steps": "steps",
    "timeline": "timeline",
    "map": "map world",
    "graph": "neighbourhood",
}
