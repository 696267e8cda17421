"""SERVICE calls only what is on the list, as it is written there, and nothing else ever."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from acagraph.errors import QueryError, StoreError
from acagraph.stores import EmbeddedStore
from acagraph.stores.pool import Pool, Size
from acagraph.stores.protocol import Asked

from small import DATA, served

RESULTS = '{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"far"}}]}}'


class Endpoint:
    """A SPARQL endpoint that notes who called, and one address of it that leads elsewhere."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.elsewhere = ""
        self.address = ""

    async def answer(self, request: Request) -> Response:
        self.called.append(request.url.path)
        if request.url.path.startswith("/moved"):
            return RedirectResponse(self.elsewhere, int(request.url.path.removeprefix("/moved")))
        return Response(RESULTS, media_type="application/sparql-results+json")

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])


@pytest.fixture(scope="module")
def endpoints() -> Iterator[tuple[Endpoint, Endpoint]]:
    """An endpoint that is on the list, and one that is not."""
    listed, other = Endpoint(), Endpoint()
    with served(listed.app) as listed.address, served(other.app) as other.address:
        listed.elsewhere = f"{other.address}/secret"
        yield listed, other


@pytest.fixture
def listed(endpoints: tuple[Endpoint, Endpoint]) -> Iterator[Endpoint]:
    """The endpoint on the list; the other one is never called."""
    for endpoint in endpoints:
        endpoint.called.clear()
    yield endpoints[0]
    assert endpoints[1].called == []


@pytest.fixture
def other(endpoints: tuple[Endpoint, Endpoint]) -> str:
    return endpoints[1].address


@pytest.fixture
def store(listed: Endpoint) -> EmbeddedStore:
    paths = ("sparql", "moved301", "moved302", "moved303", "moved307", "moved308")
    return EmbeddedStore.load(DATA, services=frozenset(f"{listed.address}/{path}" for path in paths))


def values(store: EmbeddedStore, query: str) -> list[str]:
    bindings = json.loads(store.answer(query).read())["results"]["bindings"]
    return [row["x"]["value"] for row in bindings if row]


@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE <{}> {{ ?s ?p ?x }}",
        "service silent <{}> {{ ?s ?p ?x }}",
        "SERVICE # <http://127.0.0.1:9/>\n SILENT\t# SILENT\n<{}>{{?s ?p ?x}}",
        "OPTIONAL {{ SERVICE <{}> {{ ?s ?p ?x }} }}",
        "BIND('SERVICE <http://127.0.0.1:9/>' AS ?y) SERVICE <{}> {{ ?s ?p ?x }} # SERVICE\n",
    ],
)
def test_a_listed_endpoint_is_called(store: EmbeddedStore, listed: Endpoint, clause: str) -> None:
    query = f"SELECT * {{ {clause.format(listed.address + '/sparql')} }}"
    assert values(store, query) == ["far"]
    assert listed.called == ["/sparql"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {{ SERVICE <{other}/sparql> {{ ?s ?p ?x }} }}",
        "SELECT * {{ SERVICE <{listed}/sparql> {{ ?s ?p ?x }} SERVICE <{other}/sparql> {{ ?s ?p ?x }} }}",
        "SELECT * {{ SERVICE <{listed}/sparql> {{ SERVICE <{other}/sparql> {{ ?s ?p ?x }} }} }}",
        "SELECT * {{ VALUES ?e {{ <{listed}/sparql> }} SERVICE ?e {{ ?s ?p ?x }} }}",
        "SELECT * {{ BIND(<{other}/> AS ?e) SERVICE SILENT ?e {{ ?s ?p ?x }} }}",
        "PREFIX e: <{listed}/> SELECT * {{ SERVICE e:sparql {{ ?s ?p ?x }} }}",
        "BASE <{listed}/> SELECT * {{ SERVICE <sparql> {{ ?s ?p ?x }} }}",
        "SELECT * {{ SERVICE <{listed}/sparql?x=1> {{ ?s ?p ?x }} }}",
        "SELECT * {{ SERVICE <{listed}/spa\\u0072ql> {{ ?s ?p ?x }} }}",
        "SELECT * {{ SERVICE <{listed}/sparql> {{ ?s ?p ?x }} SERVIC\\u0045 <{other}/> {{ ?s ?p ?x }} }}",
        "SELECT * {{ SERVICE <{listed}/sparql> {{ ?s ?p ?x }} FILTER(?x<1)SERVICE#>\n?v{{?a ?b ?c}} }}",
        "SELECT * {{ SERVICE <{listed}/sparql> {{}} FILTER(1<2)#>'''\nSERVICE <{other}/> {{}}#'''\n}}",
        "SELECT * {{ SERVICE SILENT SILENT <{listed}/sparql> {{ ?s ?p ?x }} }}",
        "SELECT * {{ SERVICESILENT <{other}/sparql> {{ ?s ?p ?x }} }}",
        "SELECT * {{ SERVICE",
        "SELECT * {{ SERVICE SILENT",
    ],
)
def test_what_is_not_on_the_list_is_refused_and_nothing_called(
    store: EmbeddedStore, listed: Endpoint, other: str, query: str
) -> None:
    with pytest.raises(QueryError):
        store.answer(query.format(listed=listed.address, other=other))
    assert listed.called == []


def test_without_a_list_nothing_is_called(listed: Endpoint) -> None:
    store = EmbeddedStore.load(DATA)
    with pytest.raises(QueryError, match="SERVICE is refused"):
        store.answer(f"SELECT * {{ SERVICE <{listed.address}/sparql> {{ ?s ?p ?x }} }}")
    assert listed.called == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_listed_endpoint_cannot_lead_elsewhere(store: EmbeddedStore, listed: Endpoint, status: int) -> None:
    path = f"/moved{status}"
    with pytest.raises(StoreError, match="edirect"):
        store.answer(f"SELECT * {{ SERVICE <{listed.address}{path}> {{ ?s ?p ?x }} }}")
    assert listed.called == [path]
    silent = f"SELECT * {{ SERVICE SILENT <{listed.address}{path}> {{ ?s ?p ?x }} }}"
    assert values(store, silent) == []


@pytest.mark.parametrize(
    "query",
    [
        "LOAD <{}>",
        "LOAD SILENT <{}> INTO GRAPH <a:a>",
        "SELECT * FROM <{}> {{ ?s ?p ?x }}",
        "SELECT * FROM NAMED <{}> {{ GRAPH ?g {{ ?s ?p ?x }} }}",
        "SELECT * {{ GRAPH <{}> {{ ?s ?p ?x }} }}",
        "DESCRIBE <{}>",
        "SELECT (<{}>(1) AS ?x) {{}}",
    ],
)
def test_nothing_else_fetches_anything(store: EmbeddedStore, listed: Endpoint, query: str) -> None:
    address = f"{listed.address}/sparql"
    with contextlib.suppress(QueryError):
        assert b"far" not in store.answer(query.format(address), accept="*/*").read()
    assert listed.called == []


def test_the_list_goes_to_the_workers_of_a_pool(small_release: Path, listed: Endpoint, other: str) -> None:
    services = frozenset((f"{listed.address}/sparql",))
    pool = Pool(small_release / "store", size=Size(workers=1, long=1), services=services)
    found = asyncio.run(
        pool.deliver(Asked(f"SELECT * {{ SERVICE <{listed.address}/sparql> {{ ?s ?p ?x }} }}"))
    )
    assert json.loads(found.read())["results"]["bindings"][0]["x"]["value"] == "far"
    with pytest.raises(QueryError, match=f"only <{listed.address}/sparql>"):
        asyncio.run(pool.deliver(Asked(f"SELECT * {{ SERVICE <{other}/sparql> {{ ?s ?p ?x }} }}")))
    pool.close()
