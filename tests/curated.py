"""`acagraph serve` of the curated release as a fixture, and what the release's own dump says."""

from __future__ import annotations

import gzip
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

Row = dict[str, dict[str, str]]

ID = "https://w3id.org/acagraph/id"
JCI = f"{ID}/coalition/jci"
SHARED = "https://w3id.org/acagraph/graph/shared"
LINKS = "https://w3id.org/acagraph/graph/links"
PREFIXES = """PREFIX aca: <https://w3id.org/acagraph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
COALITIONS = (
    PREFIXES
    + """SELECT ?coalition ?label ?year WHERE {
  ?coalition a aca:Coalition ; skos:prefLabel ?label . FILTER(LANG(?label) = "en")
  OPTIONAL { ?coalition aca:foundedYear ?year }
} ORDER BY ?label ?coalition"""
)
ABOUT = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ <{JCI}> }} ?s ?p ?o }}"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
UPDATE = "INSERT DATA { <urn:x> <urn:x> <urn:x> }"


@pytest.fixture(scope="session")
def service(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the curated release, started as a user starts it."""
    log = tmp_path_factory.mktemp("service") / "log"
    acagraph = Path(sys.executable).with_name("acagraph")
    with (
        log.open("w") as errors,
        subprocess.Popen([acagraph, "serve", "--port", "0", "--release", release], stderr=errors) as server,
    ):
        try:
            yield _announced(server, log)
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                raise


def _announced(server: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address that a server prints when it is ready."""
    deadline = time.monotonic() + 30
    while not (found := re.search(r"at (http://\S+)/ ", log.read_text("utf-8"))):
        assert server.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.02)
    return found[1]


@pytest.fixture(scope="session")
def dump(release: Path) -> pyoxigraph.Store:
    """All that the release says, loaded from its file."""
    store = pyoxigraph.Store()
    quads = gzip.decompress((release / "data" / "acagraph.nq.gz").read_bytes())
    store.bulk_load(quads, format=pyoxigraph.RdfFormat.N_QUADS)
    return store


def rows(dump: pyoxigraph.Store, query: str, *, graphs: tuple[str, ...] = ()) -> list[Row]:
    """Return what a SELECT answers, of all graphs or of some, as the JSON results format writes it."""
    solutions = dump.query(
        query,
        use_default_graph_as_union=not graphs,
        default_graph=[pyoxigraph.NamedNode(name) for name in graphs] or None,
    )
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    written = solutions.serialize(format=pyoxigraph.QueryResultsFormat.JSON)
    assert written is not None
    return bindings(written)


def bindings(results: bytes | dict[str, Any]) -> list[Row]:
    """Return the rows of a document in the JSON results format; there are some."""
    document = results if isinstance(results, dict) else json.loads(results)
    found: list[Row] = document["results"]["bindings"]
    assert found
    return found


def values(found: list[Row]) -> list[dict[str, str]]:
    """Return rows without the kinds of their terms, as CSV has them."""
    return [{name: term["value"] for name, term in row.items()} for row in found]


def number(found: list[Row]) -> int:
    """Return the only value of the only row."""
    [[value]] = (row.values() for row in values(found))
    return int(value)


def n_triples(dump: pyoxigraph.Store, query: str) -> bytes:
    """Return what a CONSTRUCT or DESCRIBE makes of all graphs."""
    triples = dump.query(query, use_default_graph_as_union=True)
    assert isinstance(triples, pyoxigraph.QueryTriples)
    written = triples.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert written
    return written
