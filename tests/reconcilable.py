"""A small release with an index of names and the real ontology, its server, and the published schemas."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

import acagraph
from acagraph.reconciliation.finding import NAMES
from acagraph.reconciliation.index import write_index
from acagraph.vocab import graph_iri
from acagraph.web import create_app

from published import ROOT
from small import QUERIES, served

THINGS = Path(__file__).parent / "fixtures" / "reconcile" / "things.nt"
# The specification's own schemas and examples; they are no part of this project.
SPECIFICATION = Path(
    os.environ.get("ACAGRAPH_RECONCILIATION_SPECIFICATION", ROOT.parent / "shared/specs/reconciliation-0.2")
)
SCHEMAS = SPECIFICATION / "schemas"
MILAN = "agent/jrc-covenant-11832"
Document = dict[str, Any]


def write_reconcilable(folder: Path) -> Path:
    """Write a release of a few real things: store, index of names, manifest, redirects, saved queries."""
    store = ox.Store(str(folder / "store"))
    graph = ox.NamedNode(graph_iri("derived"))
    store.bulk_load(path=str(THINGS), format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
    for path in sorted((ROOT / "ontology").rglob("*.ttl")):
        store.bulk_load(
            path=str(path), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph_iri("ontology"))
        )
    store.flush()
    write_index(store, folder / NAMES)
    del store
    shutil.copytree(QUERIES, folder / "queries")
    (folder / "manifest.json").write_text(json.dumps({"version": "1.2.3"}), encoding="utf-8")
    (folder / "redirects.csv").write_text(
        "from,to,reason\ncoalition:jci-old,coalition:jci,\ncoalition:never,,It never was.\n", encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="session")
def reconcilable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reconcilable(tmp_path_factory.mktemp("reconcilable"))


@pytest.fixture(scope="session")
def matched(reconcilable: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(reconcilable) as dataset:
        yield dataset


@pytest.fixture(scope="session")
def site(matched: acagraph.Dataset) -> Iterator[str]:
    """The address of a server of that release."""
    with served(create_app(matched)) as found:
        yield found


@pytest.fixture
def http(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, timeout=60) as client:
        yield client


@cache
def schemas() -> Registry[Any]:
    found: Registry[Any] = Registry()
    for path in sorted(SCHEMAS.glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        resource = Resource.from_contents(document, default_specification=DRAFT7)
        found = found.with_resource(document["$id"], resource).with_resource(path.name, resource)
    return found


def conforms(document: object, schema: str) -> None:
    """Check a document by a published schema; without the schemas the test is skipped."""
    if not SCHEMAS.is_dir():
        pytest.skip(f"the schemas of the specification are not in {SCHEMAS}")
    found = schemas().contents(f"{schema}.json")
    Draft7Validator(found, registry=schemas()).validate(document)


def ask(http: httpx.Client, queries: object, **more: str) -> Document:
    """Return the answer to a batch, which conforms to the schema of answers."""
    response = http.post("/reconcile", data={"queries": json.dumps(queries), **more})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    document: Document = response.json()
    conforms(document, "reconciliation-result-batch")
    return document


def candidates(http: httpx.Client, **query: object) -> list[Document]:
    """Return the candidates of one query."""
    found: list[Document] = ask(http, {"q0": query})["q0"]["result"]
    return found


def extend(http: httpx.Client, ids: list[str], *properties: Document) -> Document:
    """Return the answer to an extension query; both conform to their schemas."""
    query = {"ids": ids, "properties": list(properties)}
    conforms(query, "data-extension-query")
    response = http.post("/reconcile", data={"extend": json.dumps(query)})
    assert response.status_code == 200, response.text
    document: Document = response.json()
    conforms(document, "data-extension-response")
    assert list(document["rows"]) == list(dict.fromkeys(ids))
    return document


def refused(response: httpx.Response, status: int) -> str:
    """Check that a response is a problem of a status; return its detail."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == status
    return str(document["detail"])
