"""No page needs more than a handful of queries: what a store is asked for each kind of page is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

import acagraph
from acagraph.web.app import plain_app
from counting_store import Counting
from page_kinds import HTML, PAGES, status

from small import served

# The first page of a kind reads what is the same for all of them, once for each process. A source reads the
# order of what is taken from it, which is remembered.
FIRST, FRESH, MOST = 16, 7, 6
# Other pages of a kind, of which nothing is remembered but what all of them need.
OTHERS = {
    "coalition": "/doc/coalition/aca-sa",
    "roster": "/doc/coalition/wasi/members/1",
    "roster-country": "/doc/place/argentina/members/1",
    "agent": "/doc/agent/apple",
    "country": "/doc/place/mexico",
    "place": "/doc/place/tokyo",
    "person": "/doc/person/donald-trump",
    "event": "/doc/event/wasi-launch",
    "source": "/doc/source/001",
    "query": "/queries/members-of-coalition?coalition=wasi",
    "term": "/ontology/term/Agent",
    "competency": "/ontology/questions/CQ02",
    "scheme": "/scheme/sector",
    "search": "/search?q=climate&country=MX",
}


@pytest.fixture(scope="module")
def counted(release: Path) -> Iterator[dict[str, tuple[int, int]]]:
    """Return how many queries the first and the second request of each page needed, by its name."""
    with acagraph.open(release) as dataset:
        store = Counting(dataset.store)
        with (
            # The application of the static site: it keeps no answers, so the second request is made anew.
            served(plain_app(replace(dataset, store=store))) as address,
            httpx.Client(base_url=address, headers=HTML, timeout=60) as client,
        ):

            def needed(name: str, path: str) -> int:
                before = store.queries
                assert client.get(path).status_code == status(name), path
                return store.queries - before

            asked = {**PAGES, **{f"other {name}": path for name, path in OTHERS.items()}}
            yield {name: (needed(name, path), needed(name, path)) for name, path in asked.items()}


def test_a_page_needs_a_handful_of_queries(counted: dict[str, tuple[int, int]]) -> None:
    assert {name: again for name, (_, again) in counted.items() if again > MOST} == {}
    assert {name: first for name, (first, _) in counted.items() if first > FIRST} == {}
    assert counted["agent"][1] >= 3, "queries are counted"


def test_what_all_pages_of_a_kind_need_is_read_once(counted: dict[str, tuple[int, int]]) -> None:
    others = {name: first for name, (first, _) in counted.items() if name.startswith("other ")}
    assert len(others) == len(OTHERS)
    assert {name: first for name, first in others.items() if first > FRESH} == {}
