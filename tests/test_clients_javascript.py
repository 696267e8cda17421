"""Clients in JavaScript against `acagraph serve`: Comunica and two smaller ones, run by Node.js.

clients/package-lock.json names them, and `make test` installs them.
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph
import pytest

from curated import (
    ABOUT,
    COALITIONS,
    COUNT,
    JCI,
    LINKS,
    PREFIXES,
    SHARED,
    UPDATE,
    bindings,
    number,
    rows,
    values,
)

CLIENTS = Path(__file__).parent / "clients"
OLDEST = 18
EVERYTHING = f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ <{JCI}> }} ?s ?p ?o }}"
NAMES = f'{PREFIXES} SELECT ?label WHERE {{ <{JCI}> skos:prefLabel ?label FILTER(LANG(?label) = "en") }}'
MARK = f'<{JCI}> <urn:x-mark> "A" .'
MARKED = [{"mark": "A", "label": "Japan Climate Initiative"}]

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js with the clients, or a skip that says what is missing."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node.js is not installed (Debian: apt install nodejs npm)")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version[1:].partition(".")[0]) < OLDEST:
        pytest.skip(f"Node.js {version} is too old: the clients need {OLDEST}")
    if not (CLIENTS / "node_modules" / ".package-lock.json").is_file():
        pytest.skip("the clients in JavaScript are not installed (in tests/clients: npm ci)")
    return found


@pytest.fixture(scope="module")
def ask(node: str) -> Iterator[Ask]:
    """A function that asks with a client of clients/ask.mjs; that process ends when an answer is late."""
    with subprocess.Popen(
        [node, "ask.mjs"], cwd=CLIENTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def asked(client: str, form: str, query: str, *sources: object, **options: object) -> dict[str, Any]:
            question = {"client": client, "form": form, "query": query, "sources": sources}
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({**question, "options": options}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            assert line, "the client ended without an answer"
            found: dict[str, Any] = json.loads(line)
            return found

        yield asked


@pytest.fixture
def endpoint(service: str) -> str:
    return f"{service}/sparql"


class TurtleFiles(SimpleHTTPRequestHandler):
    def guess_type(self, path: object) -> str:  # noqa: ARG002, all files are Turtle
        return "text/turtle"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[str]:
    """The address of a Turtle file on a server of the user's own."""
    (tmp_path / "marks.ttl").write_text(MARK, encoding="utf-8")
    handler = functools.partial(TurtleFiles, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/marks.ttl"
        finally:
            server.shutdown()
            thread.join(20)


def in_order(found: list[dict[str, Any]]) -> list[str]:
    """Return rows that may come in any order so that they can be compared."""
    return sorted(json.dumps(row, sort_keys=True) for row in found)


def test_the_lock_is_of_these_clients_and_tells_no_place_to_fetch_them() -> None:
    asked = json.loads((CLIENTS / "package.json").read_text("utf-8"))
    lock = json.loads((CLIENTS / "package-lock.json").read_text("utf-8"))
    itself, *packages = lock["packages"].values()
    assert itself["dependencies"] == asked["dependencies"]
    assert asked["engines"] == itself["engines"] == {"node": f">={OLDEST}"}
    assert packages
    for package in packages:
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package


@pytest.mark.parametrize("kind", ["found out", "said"])
def test_comunica_selects(ask: Ask, endpoint: str, dump: pyoxigraph.Store, kind: str) -> None:
    source = endpoint if kind == "found out" else {"type": "sparql", "value": endpoint}
    assert ask("comunica", "select", COALITIONS, source)["rows"] == rows(dump, COALITIONS)


@pytest.mark.parametrize("query", [ABOUT, f"DESCRIBE <{JCI}>"], ids=["construct", "describe"])
def test_comunica_makes_graphs(ask: Ask, endpoint: str, dump: pyoxigraph.Store, query: str) -> None:
    assert in_order(ask("comunica", "construct", query, endpoint)["rows"]) == in_order(rows(dump, EVERYTHING))


def test_comunica_asks(ask: Ask, endpoint: str) -> None:
    assert ask("comunica", "ask", f"ASK {{ <{JCI}> ?p ?o }}", endpoint) == {"boolean": True}
    assert ask("comunica", "ask", "ASK { <urn:x> ?p ?o }", endpoint) == {"boolean": False}


@pytest.mark.parametrize("path", ["id/{}", "doc/{}", "doc/{}.ttl", "doc/{}.jsonld", "doc/{}.nt"])
def test_comunica_reads_documents(ask: Ask, service: str, dump: pyoxigraph.Store, path: str) -> None:
    address = f"{service}/{path.format('coalition/jci')}"
    assert in_order(ask("comunica", "select", EVERYTHING, address)["rows"]) == in_order(
        rows(dump, EVERYTHING)
    )


@pytest.mark.parametrize("name", [SHARED, LINKS])
def test_comunica_reads_the_graph_store(ask: Ask, service: str, dump: pyoxigraph.Store, name: str) -> None:
    address = f"{service}/graph-store?graph={quote(name, safe='')}"
    found = number(ask("comunica", "select", COUNT, address)["rows"])
    assert found == number(rows(dump, COUNT, graphs=(name,)))


@pytest.mark.parametrize("path", ["/sparql", "/doc/coalition/jci.ttl"])
def test_comunica_joins_two_sources(ask: Ask, service: str, own: str, path: str) -> None:
    query = f"""{PREFIXES} SELECT ?mark ?label WHERE {{
      ?coalition <urn:x-mark> ?mark ; skos:prefLabel ?label FILTER(LANG(?label) = "en")
    }}"""
    assert values(ask("comunica", "select", query, own, service + path)["rows"]) == MARKED


def test_comunica_asks_this_service_in_a_query_of_another(ask: Ask, endpoint: str, own: str) -> None:
    query = f"""{PREFIXES} SELECT ?mark ?label WHERE {{
      ?coalition <urn:x-mark> ?mark .
      SERVICE <{endpoint}> {{ ?coalition skos:prefLabel ?label FILTER(LANG(?label) = "en") }}
    }}"""
    assert values(ask("comunica", "select", query, own)["rows"]) == MARKED


def test_comunica_tells_what_is_wrong(ask: Ask, endpoint: str) -> None:
    unknown = "SELECT * WHERE { ?s ?p ?o FILTER(<urn:x-no-function>(?o)) }"
    told = ask("comunica", "select", unknown, endpoint)["error"]
    assert "HTTP status 400" in told
    assert "urn:x-no-function" in told


def test_comunica_cannot_update(ask: Ask, endpoint: str) -> None:
    destination = {"type": "sparql", "value": endpoint}
    told = ask("comunica", "update", UPDATE, endpoint, destination=destination)["error"]
    assert "HTTP status 403" in told


def test_comunica_on_the_command_line(node: str, endpoint: str, dump: pyoxigraph.Store) -> None:
    command = [node, "node_modules/.bin/comunica-sparql", f"sparql@{endpoint}", "-q", COALITIONS]
    done = subprocess.run(
        [*command, "-t", "application/sparql-results+json"],
        cwd=CLIENTS,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert bindings(done.stdout) == rows(dump, COALITIONS)


@pytest.mark.parametrize("options", [{"method": "GET"}, {"method": "POST"}, {"directPost": True}])
def test_fetch_sparql_endpoint(
    ask: Ask, endpoint: str, dump: pyoxigraph.Store, options: dict[str, object]
) -> None:
    client = functools.partial(ask, "fetch-sparql-endpoint")
    assert client("select", COALITIONS, endpoint, **options)["rows"] == rows(dump, COALITIONS)
    assert in_order(client("construct", ABOUT, endpoint, **options)["rows"]) == in_order(
        rows(dump, EVERYTHING)
    )
    assert client("ask", "ASK { ?s ?p ?o }", endpoint, **options) == {"boolean": True}
    assert "HTTP status 403" in client("update", UPDATE, endpoint, **options)["error"]


@pytest.mark.parametrize("operation", ["get", "postUrlencoded", "postDirect"])
def test_sparql_http_client(ask: Ask, endpoint: str, dump: pyoxigraph.Store, operation: str) -> None:
    client = functools.partial(ask, "sparql-http-client", operation=operation)
    assert client("select", COALITIONS, endpoint)["rows"] == rows(dump, COALITIONS)
    assert in_order(client("construct", ABOUT, endpoint)["rows"]) == in_order(rows(dump, EVERYTHING))
    assert client("ask", "ASK { ?s ?p ?o }", endpoint) == {"boolean": True}
    if operation != "get":  # it knows no update by GET, and calls one that it posts directly a query
        told = client("update", UPDATE, endpoint)["error"]
        assert ("(403)" if operation == "postUrlencoded" else "(400)") in told
        assert "read-only" in told


def test_sparql_http_client_reads_the_graph_store(ask: Ask, service: str, dump: pyoxigraph.Store) -> None:
    store = f"{service}/graph-store"
    found = ask("sparql-http-client", "graph", LINKS, store)["rows"]
    assert len(found) == number(rows(dump, COUNT, graphs=(LINKS,)))
    assert "(404)" in ask("sparql-http-client", "graph", "urn:x-no-graph", store)["error"]


def test_sparql_http_client_reads_the_default_graph(ask: Ask, service: str, dump: pyoxigraph.Store) -> None:
    found = ask("sparql-http-client", "graph", "", f"{service}/graph-store")["rows"]
    assert len(found) == number(rows(dump, COUNT))
