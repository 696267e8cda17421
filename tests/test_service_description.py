"""The SPARQL 1.1 Service Description of the endpoint; each test names the section it is from."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyoxigraph
import pytest
import rdflib
from rdflib import RDF, Literal, URIRef
from rdflib.compare import isomorphic

import acagraph
from acagraph.stores.threaded import ThreadedStore
from acagraph.vocab import BASE, EXTERNAL, graph_iri
from acagraph.web import create_app

from small import served

SUFFIXES = ("jsonld", "nq.gz", "nt.gz", "rdf", "trig", "ttl")
SD = rdflib.Namespace(EXTERNAL["sd"])
VOID = rdflib.Namespace(EXTERNAL["void"])
FORMATS = rdflib.Namespace("http://www.w3.org/ns/formats/")
MEDIA_TYPES = {
    "SPARQL_Results_JSON": "application/sparql-results+json",
    "SPARQL_Results_XML": "application/sparql-results+xml",
    "SPARQL_Results_CSV": "text/csv",
    "SPARQL_Results_TSV": "text/tab-separated-values",
    "Turtle": "text/turtle",
    "JSON-LD": "application/ld+json",
    "N-Triples": "application/n-triples",
    "RDF_XML": "application/rdf+xml",
    "N-Quads": "application/n-quads",
    "TriG": "application/trig",
}
# Sections 3.3 and 3.4: the domain of each property and, where it is a class of the vocabulary, its range.
PROPERTIES = {
    SD.endpoint: (SD.Service, None),
    SD.feature: (SD.Service, SD.Feature),
    SD.defaultEntailmentRegime: (SD.Service, SD.EntailmentRegime),
    SD.supportedLanguage: (SD.Service, SD.Language),
    SD.resultFormat: (SD.Service, None),
    SD.defaultDataset: (SD.Service, SD.Dataset),
    SD.availableGraphs: (SD.Service, SD.GraphCollection),
    SD.defaultGraph: (SD.Dataset, SD.Graph),
    SD.namedGraph: (SD.Dataset, SD.NamedGraph),
    SD.name: (SD.NamedGraph, None),
    SD.graph: (SD.NamedGraph, SD.Graph),
}
# Section 3.2, and the entailment regimes of the SPARQL 1.1 recommendations.
INSTANCES = {
    SD.Feature: {SD.UnionDefaultGraph, SD.BasicFederatedQuery},
    SD.Language: {SD.SPARQL11Query},
    SD.EntailmentRegime: {URIRef("http://www.w3.org/ns/entailment/Simple")},
}


@pytest.fixture(scope="module")
def client(release: Path) -> Iterator[httpx.Client]:
    """A client of a server of the curated release, which has all its files."""
    with (
        acagraph.open(release) as dataset,
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address, timeout=30) as found,
    ):
        yield found


def described(client: httpx.Client, path: str = "/sparql", **headers: str) -> rdflib.Graph:
    response = client.get(path, headers={"Accept": "text/turtle", **headers})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    return rdflib.Graph().parse(data=response.text, format="turtle")


def endpoint(client: httpx.Client) -> URIRef:
    return URIRef(f"{str(client.base_url).rstrip('/')}/sparql")


def only(values: Iterator[rdflib.term.Node]) -> rdflib.term.Node:
    (found,) = values
    return found


# 2 Accessing a service description


def test_2_the_endpoint_without_a_query_describes_itself(client: httpx.Client) -> None:
    graph, service = described(client), endpoint(client)
    assert only(graph.subjects(RDF.type, SD.Service)) == service
    assert only(graph.objects(service, SD.endpoint)) == service


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/turtle"),
        ("text/turtle", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("application/n-quads", "application/n-quads"),
        ("application/trig", "application/trig"),
        ("text/turtle;q=0.1, application/rdf+xml;q=0.2", "application/rdf+xml"),
    ],
)
def test_2_it_is_negotiated(client: httpx.Client, accept: str, media_type: str) -> None:
    response = client.get("/sparql", headers={"Accept": accept})
    assert response.headers["content-type"].partition(";")[0] == media_type
    form = pyoxigraph.RdfFormat.from_media_type(media_type)
    assert form is not None
    triples = "".join(f"{quad.triple} .\n" for quad in pyoxigraph.parse(response.content, format=form))
    assert isomorphic(rdflib.Graph().parse(data=triples, format="nt"), described(client))


def test_2_by_suffix_and_format_too(client: httpx.Client) -> None:
    expected = described(client)
    assert isomorphic(described(client, "/sparql.ttl"), expected)
    assert isomorphic(described(client, "/sparql?format=turtle"), expected)
    links = client.get("/sparql", headers={"Accept": "text/html"}).headers["link"]
    assert '</sparql.ttl>; rel="alternate"; type="text/turtle"' in links


@pytest.mark.parametrize(
    ("method", "path", "accept"),
    [
        ("GET", "/sparql", "application/sparql-results+json"),
        ("GET", "/sparql?default-graph-uri=urn:x", "text/turtle"),
        ("GET", "/sparql?timeout=1", "text/turtle"),
        ("GET", "/sparql?format=csv", "*/*"),
        ("POST", "/sparql", "text/turtle"),
    ],
)
def test_2_what_asks_for_an_answer_gets_no_description(
    client: httpx.Client, method: str, path: str, accept: str
) -> None:
    headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
    response = client.request(method, path, headers=headers)
    assert response.status_code == 400


def test_2_browsers_get_the_form(client: httpx.Client) -> None:
    response = client.get("/sparql", headers={"Accept": "text/html"})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert '<textarea id="query" name="query"' in response.text


def test_2_it_names_the_server_as_the_request_does(client: httpx.Client) -> None:
    for host in ("data.example.org", "example.org:8080", "[::1]:8000"):
        service = URIRef(f"http://{host}/sparql")
        graph = described(client, Host=host)
        assert only(graph.subjects(RDF.type, SD.Service)) == service
        assert all(str(iri).startswith(f"http://{host}/data/") for iri in graph.objects(None, VOID.dataDump))
        assert str(endpoint(client)) not in graph.serialize(format="nt")
    # What one client says of the host is told to no other, by whatever cache.
    response = client.get("/sparql", headers={"Accept": "text/turtle", "Host": "evil.example"})
    assert "public" not in response.headers["cache-control"]
    assert "evil.example" not in client.get("/sparql", headers={"Accept": "text/turtle"}).text


@pytest.mark.parametrize("host", [b"a b", b"a<b>", b'a"b', b"a/b?c#d", b"\xff", b"a\\b", b""])
def test_2_a_host_that_is_none_does_no_harm(client: httpx.Client, host: bytes) -> None:
    there = urlsplit(str(client.base_url))
    with socket.create_connection((str(there.hostname), int(there.port or 0)), timeout=30) as channel:
        head = b"GET /sparql.nt HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"
        channel.sendall(head)
        received = bytearray()
        while chunk := channel.recv(65_536):
            received += chunk
    first, _, body = bytes(received).partition(b"\r\n\r\n")
    status = first.split(b" ", 2)[1]
    assert status in (b"200", b"400"), first
    if status == b"200":
        subjects = {
            str(quad.subject) for quad in pyoxigraph.parse(body, format=pyoxigraph.RdfFormat.N_TRIPLES)
        }
        assert subjects
        assert not any(character in subject[1:-1] for subject in subjects for character in '<>" \\')


def test_2_it_is_known_again_by_its_tag(client: httpx.Client) -> None:
    first = client.get("/sparql", headers={"Accept": "text/turtle"})
    known = {"Accept": "text/turtle", "If-None-Match": first.headers["etag"]}
    assert client.get("/sparql", headers=known).status_code == 304
    assert client.get("/sparql", headers={**known, "Host": "example.org"}).status_code == 200
    head = client.head("/sparql", headers={"Accept": "text/turtle"})
    assert head.headers["content-length"] == first.headers["content-length"]


# 3.1 classes, 3.2 instances, 3.3 and 3.4 properties


def test_3_terms_are_used_as_the_vocabulary_defines_them(client: httpx.Client) -> None:
    graph = described(client)
    used = {p for p in graph.predicates() if str(p).startswith(str(SD))}
    assert used == set(PROPERTIES)
    for subject, predicate, value in graph:
        if predicate not in PROPERTIES:
            continue
        assert isinstance(predicate, URIRef)
        domain, reach = PROPERTIES[predicate]
        assert (subject, RDF.type, domain) in graph, (subject, predicate)
        if reach in INSTANCES:
            assert value in INSTANCES[reach]
        elif reach == SD.GraphCollection:  # a dataset is one
            assert (value, RDF.type, SD.Dataset) in graph
        elif reach is not None:
            assert (value, RDF.type, reach) in graph, (predicate, value)


def test_3_only_what_is_true_is_told(client: httpx.Client) -> None:
    graph, service = described(client), endpoint(client)
    assert set(graph.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert set(graph.objects(service, SD.feature)) == {SD.UnionDefaultGraph}
    assert list(graph.objects(None, SD.inputFormat)) == []
    federated = client.get("/sparql", params={"query": "ASK { SERVICE <http://127.0.0.1:9/> {} }"})
    assert federated.status_code == 400, federated.text


def test_3_an_allow_list_makes_it_federated(small: acagraph.Dataset) -> None:
    app = create_app(small, guarded=ThreadedStore(small.isolated()), federated=True)
    with served(app) as address, httpx.Client(base_url=address) as asked:
        assert (endpoint(asked), SD.feature, SD.BasicFederatedQuery) in described(asked)


def test_3_every_result_format_can_be_had(client: httpx.Client) -> None:
    named = {str(iri) for iri in described(client).objects(None, SD.resultFormat)}
    assert named == {str(FORMATS[name]) for name in MEDIA_TYPES}
    for name, media_type in MEDIA_TYPES.items():
        query = "SELECT * {}" if "SPARQL" in name or "text/" in media_type else "CONSTRUCT {} {}"
        query = "CONSTRUCT {} {}" if name == "Turtle" else query
        response = client.get("/sparql", params={"query": query}, headers={"Accept": media_type})
        assert response.headers["content-type"].partition(";")[0] == media_type


def count(client: httpx.Client, graph: str) -> int:
    """Return the triples of a graph as a client counts them at the endpoint."""
    query = f"SELECT (COUNT(*) AS ?n) {{ {graph} }}"
    answer = client.get("/sparql", params={"query": query, "format": "json"}).json()
    return int(answer["results"]["bindings"][0]["n"]["value"])


def test_3_the_dataset_is_the_one_that_queries_see(client: httpx.Client) -> None:
    graph = described(client)
    dataset = only(graph.objects(endpoint(client), SD.defaultDataset))
    default = only(graph.objects(dataset, SD.defaultGraph))
    assert only(graph.objects(default, VOID.triples)) == Literal(count(client, "?s ?p ?o"))
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    answer = client.get("/sparql", params={"query": query, "format": "json"}).json()
    names = {row["g"]["value"] for row in answer["results"]["bindings"]}
    told = {}
    for named in graph.objects(dataset, SD.namedGraph):
        name = only(graph.objects(named, SD.name))
        about = only(graph.objects(named, SD.graph))
        told[str(name)] = only(graph.objects(about, VOID.triples))
    assert set(told) == names
    assert len(names) > 10
    for name in sorted(names):
        assert told[name] == Literal(count(client, f"GRAPH <{name}> {{ ?s ?p ?o }}")), name


def test_3_without_a_manifest_the_graphs_are_counted(address: str) -> None:
    with httpx.Client(base_url=address) as asked:
        graph = described(asked)
        derived = URIRef(graph_iri("derived"))
        assert only(graph.objects(derived, VOID.triples)) == Literal(7)
        dumps = list(graph.objects(URIRef(f"{BASE}dataset"), VOID.dataDump))
        assert dumps == [URIRef(f"{address}/data/acagraph.trig")]


# VoID: what else a client finds from here


def test_void_leads_to_the_endpoint_the_dumps_and_the_metadata(client: httpx.Client) -> None:
    graph = described(client)
    dataset = URIRef(f"{BASE}dataset")
    assert (dataset, RDF.type, VOID.Dataset) in graph
    assert only(graph.objects(dataset, VOID.sparqlEndpoint)) == endpoint(client)
    metadata = only(graph.objects(dataset, rdflib.RDFS.seeAlso))
    answer = client.get("/graph-store", params={"graph": str(metadata)})
    assert (dataset, RDF.type, VOID.Dataset) in rdflib.Graph().parse(data=answer.text, format="turtle")
    triples = only(graph.objects(dataset, VOID.triples))
    dumps = sorted(str(iri) for iri in graph.objects(dataset, VOID.dataDump))
    assert [dump.rpartition("/")[2] for dump in dumps] == [f"acagraph.{suffix}" for suffix in SUFFIXES]
    for dump in dumps:
        assert Literal(_triples(httpx.get(dump).content, dump)) == triples, dump
    subsets = set(graph.objects(dataset, VOID.subset))
    assert subsets == set(graph.objects(None, SD.graph))
    for subset in subsets:
        named = sorted(str(iri) for iri in graph.objects(subset, VOID.dataDump))
        stem = named[-1].removesuffix(".ttl")
        assert named == [f"{stem}.{suffix}" for suffix in SUFFIXES]
        # All forms of one graph: the dumps themselves are compared in the tests of dumps.
        for dump in named if subset == metadata else named[-1:]:
            assert Literal(_triples(httpx.get(dump).content, dump)) == only(
                graph.objects(subset, VOID.triples)
            )


def _triples(body: bytes, name: str) -> int:
    if name.endswith(".gz"):
        body, name = gzip.decompress(body), name.removesuffix(".gz")
    form = pyoxigraph.RdfFormat.from_extension(name.rpartition(".")[2])
    assert form is not None
    return sum(1 for _ in pyoxigraph.parse(body, format=form))
