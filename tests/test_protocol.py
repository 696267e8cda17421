"""The query operation of the SPARQL 1.1 Protocol, asked over HTTP; each test names the section it is from."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

import httpx
import pyoxigraph
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

import acagraph
from acagraph.errors import AnswerTooLarge, Overdue
from acagraph.stores import Asked, Delivery, GuardedStore
from acagraph.stores.media import CSV, JSON, N_TRIPLES, TSV
from acagraph.stores.protocol import Limits
from acagraph.vocab import graph_iri
from acagraph.web import create_app, protocol, strangers

from small import served

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DIRECT = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
SELECT = "SELECT ?label { agent:sony skos:prefLabel ?label }"
CONSTRUCT = "CONSTRUCT WHERE { ?agent aca:memberOf ?coalition }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
DERIVED, SHARED, ONTOLOGY = map(graph_iri, ("derived", "shared", "ontology"))
SONY = (("https://w3id.org/acagraph/id/agent/sony", "https://w3id.org/acagraph/ontology#memberOf"),)


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"Accept": "*/*"}, timeout=30) as found:
        yield found


def get(client: httpx.Client, query: str, accept: str = "*/*", **parameters: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query, **parameters}, headers={"Accept": accept})


def post(client: httpx.Client, body: bytes | str, content_type: str, target: str = "") -> httpx.Response:
    return client.post(f"/sparql{target}", content=body, headers={"Content-Type": content_type})


def cells(response: httpx.Response) -> list[list[str]]:
    """Return the values of a JSON result, row by row."""
    assert response.status_code == 200, response.text
    found = response.json()
    return [[row[name]["value"] for name in found["head"]["vars"]] for row in found["results"]["bindings"]]


def assert_problem(response: httpx.Response, status: int, said: str) -> None:
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert response.json()["status"] == status
    assert said in response.json()["detail"]


# 2.1.1 query via GET, 2.1.2 query via URL-encoded POST, 2.1.3 query via POST directly


def test_2_1_the_three_ways_ask_the_same(client: httpx.Client) -> None:
    expected = get(client, SELECT)
    assert cells(expected) == [["Sony"]]
    for content_type in (FORM, f"{FORM}; charset=UTF-8", "Application/X-WWW-Form-URLEncoded;charset=utf-8"):
        assert post(client, urlencode({"query": SELECT}), content_type).content == expected.content
    for content_type in (DIRECT, f'{DIRECT}; charset="utf-8"', f"{DIRECT}; profile=x; charset=UTF8"):
        assert post(client, SELECT, content_type).content == expected.content


def test_2_1_characters_of_all_planes_come_through(client: httpx.Client) -> None:
    query = 'SELECT ("気候 𝒜 +&=% ü" AS ?text) {}'
    for response in (
        get(client, query),
        client.get(f"/sparql?query={quote(query, safe='')}"),
        post(client, urlencode({"query": query}), FORM),
        post(client, query.encode(), DIRECT),
    ):
        assert cells(response) == [["気候 𝒜 +&=% ü"]]


def test_2_1_2_graphs_may_stand_in_the_address_of_a_form(client: httpx.Client) -> None:
    body = urlencode({"query": COUNT})
    assert cells(post(client, body, FORM, f"?default-graph-uri={quote(DERIVED)}")) == [["7"]]


@pytest.mark.parametrize(
    ("target", "body", "content_type", "status", "said"),
    [
        ("?query=ASK{}", "query=ASK{}", FORM, 400, "in the address of a POST"),
        ("?query=ASK{}", "ASK {}", DIRECT, 400, "in the address of a POST"),
        ("?query=ASK{}", "", FORM, 400, "in the address of a POST"),
        ("", "query=ASK{}&query=ASK{}", FORM, 400, "more than one query"),
        ("?query=ASK{}&query=ASK{}", None, "", 400, "more than one query"),
        ("", "nothing=x", FORM, 400, "no query"),
        ("", "", FORM, 400, "no query"),
        ("", "query=", FORM, 400, "empty"),
        ("", "query=+%0A", FORM, 400, "empty"),
        ("", "", DIRECT, 400, "empty"),
        ("?query=", None, "", 400, "empty"),
        ("?format=json", "query=ASK{}&format=xml", FORM, 400, "format stands in the address and in the body"),
        ("?timeout=1", "query=ASK{}&timeout=1", FORM, 400, "timeout stands in the address and in the body"),
        (
            "?default-graph-uri=urn:x",
            "query=ASK{}&default-graph-uri=urn:x",
            FORM,
            400,
            "send it in one of them",
        ),
        ("?named-graph-uri=urn:x", "query=ASK{}&named-graph-uri=urn:y", FORM, 400, "send it in one of them"),
        ("?query=ASK{}&timeout=1&timeout=1", None, "", 400, "timeout twice"),
        ("?query=ASK{}&" + "x=&" * 1_000, None, "", 400, "more than 1000 parameters"),
    ],
)
def test_2_1_what_contradicts_itself_is_refused(
    client: httpx.Client, target: str, body: str | None, content_type: str, status: int, said: str
) -> None:
    response = client.get(f"/sparql{target}") if body is None else post(client, body, content_type, target)
    assert_problem(response, status, said)


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("text/plain", "not as text/plain"),
        ("application/json", "not as application/json"),
        ("", "not as nothing"),
        ("multipart/form-data; boundary=x", "not as multipart/form-data"),
        ("x" * 10_000, "not as xxx"),
        (f"{DIRECT}; charset=iso-8859-1", "UTF-8, not in iso-8859-1"),
        (f"{DIRECT}; charset=", "UTF-8, not in no charset"),
        (f"{FORM}; charset=utf-16", "UTF-8, not in utf-16"),
    ],
)
def test_2_1_other_types_and_charsets_are_unsupported(
    client: httpx.Client, content_type: str, said: str
) -> None:
    assert_problem(post(client, "query=ASK{}", content_type), 415, said)


def test_2_1_a_compressed_query_is_unsupported(client: httpx.Client) -> None:
    headers = {"Content-Type": DIRECT, "Content-Encoding": "gzip"}
    assert_problem(client.post("/sparql", content=b"ASK {}", headers=headers), 415, "Content-Encoding")


@pytest.mark.parametrize(
    ("method", "target", "body", "content_type"),
    [
        ("GET", "?query=ASK{}%20%23%FF", None, None),
        ("GET", "?query=ASK{}%20%23%ED%A0%80", None, None),
        ("GET", "?query=ASK{}&format=%C0%80", None, None),
        ("POST", "", b"ASK {} #\xff", DIRECT),
        ("POST", "", b"ASK {} #\xed\xa0\x80", DIRECT),
        ("POST", "", b"query=ASK{}%23\xff", FORM),
        ("POST", "", b"query=ASK{}%23%FF", FORM),
    ],
)
def test_2_1_what_is_no_utf_8_is_refused(
    client: httpx.Client, method: str, target: str, body: bytes | None, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = client.request(method, f"/sparql{target}", content=body, headers=headers)
    assert_problem(response, 400, "UTF-8")


def said_to(address: str, request: bytes) -> bytes:
    """Send bytes as they are and return all that comes back."""
    host, _, port = urlsplit(address).netloc.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as channel:
        channel.sendall(request)
        received = bytearray()
        while chunk := channel.recv(65_536):
            received += chunk
    return bytes(received)


def test_2_1_1_raw_bytes_in_the_address_are_no_fault(address: str) -> None:
    rest = b" HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
    for raw in ("ASK{}%23ü".encode(), b"ASK{}%23\xff"):
        refused = said_to(address, b"GET /sparql?query=" + raw + rest)
        assert refused.split(b" ", 2)[1] == b"400", refused


@pytest.mark.parametrize(
    "text", ["ASK {} \0", "\0", "ASK { ?s ?p '\\uD800' }", "ASK { <http://a/\\uD800> ?p ?o }"]
)
def test_2_1_nul_and_lone_surrogates_are_no_faults(client: httpx.Client, text: str) -> None:
    for response in (get(client, text), post(client, text, DIRECT)):
        assert_problem(response, 400, "")


def test_2_1_a_query_may_have_a_megabyte_and_no_more(client: httpx.Client, address: str) -> None:
    fitting = "ASK {} #".ljust(1_000_000, "x")
    assert post(client, fitting, DIRECT).json() == {"head": {}, "boolean": True}
    assert_problem(post(client, fitting + "x", DIRECT), 413, "1,000,000 bytes")

    def chunks() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 100_000

    assert_problem(client.post("/sparql", content=chunks(), headers={"Content-Type": DIRECT}), 413, "bytes")
    # What is declared is believed: the body need not come.
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {DIRECT}\r\nContent-Length: 2000000\r\n\r\n"
    assert said_to(address, head.encode()).split(b" ", 2)[1] == b"413"


async def _read(received: list[dict[str, Any]], *, patience: float = 30.0) -> protocol.Operation:
    """Read a direct POST of which some messages arrive and no more."""

    async def receive() -> dict[str, Any]:
        if received:
            return received.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    headers = [(b"content-type", DIRECT.encode())]
    scope = {"type": "http", "method": "POST", "headers": headers, "query_string": b"", "path": "/sparql"}
    return await protocol.read(Request(scope, receive), most_seconds=30.0, patience=patience)


def test_2_1_a_body_that_comes_too_slowly_is_not_waited_for() -> None:
    part = {"type": "http.request", "body": b"ASK", "more_body": True}
    with pytest.raises(HTTPException) as raised:
        asyncio.run(asyncio.wait_for(_read([part], patience=0.01), 10))
    assert raised.value.status_code == 408
    assert raised.value.headers == {"Connection": "close"}


def test_2_1_a_client_that_leaves_within_its_body_asks_nothing() -> None:
    part = {"type": "http.request", "body": b"ASK", "more_body": True}
    with pytest.raises(ClientDisconnect):
        asyncio.run(asyncio.wait_for(_read([part, {"type": "http.disconnect"}]), 10))


# 2.1.4 specifying an RDF dataset


def test_2_1_4_graphs_of_the_request_are_the_dataset(client: httpx.Client) -> None:
    whole = int(cells(get(client, COUNT))[0][0])
    sizes = {
        name: int(cells(get(client, COUNT, **{"default-graph-uri": name}))[0][0])
        for name in (DERIVED, SHARED)
    }
    assert sizes[DERIVED] == 7
    assert sum(sizes.values()) < whole
    both = {"query": COUNT, "default-graph-uri": [DERIVED, SHARED]}
    assert cells(client.get("/sparql", params=both)) == [[str(sum(sizes.values()))]]
    assert cells(client.post("/sparql", data=both)) == [[str(sum(sizes.values()))]]
    target = "?" + urlencode({"default-graph-uri": [DERIVED, SHARED]}, doseq=True)
    assert cells(post(client, COUNT, DIRECT, target)) == [[str(sum(sizes.values()))]]


def test_2_1_4_named_graphs_only_leave_the_default_graph_empty(client: httpx.Client) -> None:
    assert cells(get(client, COUNT, **{"named-graph-uri": DERIVED})) == [["0"]]
    assert cells(get(client, GRAPHS, **{"named-graph-uri": DERIVED})) == [[DERIVED]]
    assert cells(get(client, GRAPHS, **{"default-graph-uri": DERIVED})) == []
    both = {"query": GRAPHS, "default-graph-uri": ONTOLOGY, "named-graph-uri": [DERIVED, SHARED]}
    assert cells(client.get("/sparql", params=both)) == [[DERIVED], [SHARED]]


def test_2_1_4_graphs_of_the_request_win_over_those_of_the_query(client: httpx.Client) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{SHARED}> {{ ?s ?p ?o }}"
    assert cells(get(client, query)) != [["7"]]
    assert cells(get(client, query, **{"default-graph-uri": DERIVED})) == [["7"]]


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize(
    ("iris", "said"),
    [
        (["derived"], "no absolute IRI"),
        ([""], "no absolute IRI"),
        (["http://a b"], "no absolute IRI"),
        (["http://a/\0"], "no absolute IRI"),
        (["x" * 100_000], "no absolute IRI"),
        ([DERIVED, SHARED, DERIVED], "twice"),
        ([graph_iri("derivd")], f"did you mean {DERIVED}?"),
        (["https://example.org/"], f"there are {DERIVED}, "),
        ([DERIVED, "http://127.0.0.1:9/"], "no such graph"),
    ],
)
def test_2_1_4_wrong_graphs_are_refused(client: httpx.Client, name: str, iris: list[str], said: str) -> None:
    if sum(map(len, iris)) < 10_000:
        assert_problem(client.get("/sparql", params={"query": "ASK {}", name: iris}), 400, said)
    response = client.post("/sparql", data={"query": "ASK {}", name: iris})
    assert_problem(response, 400, said)
    assert len(response.content) < 2_000


def test_2_1_4_no_graph_is_fetched(client: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        there = f"http://127.0.0.1:{listening.getsockname()[1]}/graph.ttl"
        for query in (
            f"ASK FROM <{there}> {{ ?s ?p ?o }}",
            f"ASK FROM NAMED <{there}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        ):
            assert get(client, query).json()["boolean"] is False
        assert get(client, "ASK {}", **{"default-graph-uri": there}).status_code == 400
        with pytest.raises(TimeoutError):
            listening.accept()


# 2.1.5 accepted response formats


def _of_xml(text: str) -> list[list[str]]:
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2005/sparql-results#}"
    return [
        [literal.text or "" for literal in row.iter(f"{space}literal")] for row in root.iter(f"{space}result")
    ]


def _of_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))[1:]


def _of_tsv(text: str) -> list[list[str]]:
    return [[cell.split('"')[1] for cell in line.split("\t")] for line in text.splitlines()[1:]]


@pytest.mark.parametrize(
    ("name", "media_type", "read"),
    [
        ("json", "application/sparql-results+json", lambda text: cells(httpx.Response(200, text=text))),
        ("xml", "application/sparql-results+xml", _of_xml),
        ("csv", "text/csv", _of_csv),
        ("tsv", "text/tab-separated-values", _of_tsv),
    ],
)
def test_2_1_5_rows_in_every_format(client: httpx.Client, name: str, media_type: str, read: Any) -> None:
    answers = [
        get(client, SELECT, media_type),
        get(client, SELECT, "image/png", format=name),
        get(client, SELECT, BROWSER, format=media_type),
        client.get(f"/sparql.{name}", params={"query": SELECT}, headers={"Accept": BROWSER}),
        client.post(f"/sparql.{name}", data={"query": SELECT}),
    ]
    for response in answers:
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].partition(";")[0] == media_type
        assert read(response.text) == [["Sony"]]
    if media_type.startswith("text/"):
        assert answers[0].headers["content-type"].endswith("; charset=utf-8")


@pytest.mark.parametrize(("query", "truth"), [("ASK {}", "true"), ("ASK { ?s ?p 'no such thing' }", "false")])
def test_2_1_5_a_truth_in_every_format(client: httpx.Client, query: str, truth: str) -> None:
    assert get(client, query).json() == {"head": {}, "boolean": truth == "true"}
    xml = ElementTree.fromstring(get(client, query, "application/sparql-results+xml").text)
    assert xml.findtext("{http://www.w3.org/2005/sparql-results#}boolean") == truth
    # No recommendation says how; the word stands alone, as other engines write it.
    for media_type in ("text/csv", "text/tab-separated-values"):
        assert get(client, query, media_type).text.strip() == truth


def _quads(text: str, name: str) -> set[str]:
    form = pyoxigraph.RdfFormat.from_extension(name)
    assert form is not None
    return {str(quad) for quad in pyoxigraph.parse(text, format=form)}


@pytest.mark.parametrize(
    "query", [CONSTRUCT, "DESCRIBE agent:sony", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p 'nothing' }"]
)
def test_2_1_5_triples_in_every_format(client: httpx.Client, query: str) -> None:
    expected = _quads(get(client, query, N_TRIPLES.media_type).text, "nt")
    assert len(expected) == (0 if "nothing" in query else 3)
    for name, media_type in (
        ("ttl", "text/turtle"),
        ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"),
        ("jsonld", "application/ld+json"),
        ("nq", "application/n-quads"),
        ("trig", "application/trig"),
    ):
        for response in (
            get(client, query, media_type),
            client.get(f"/sparql.{name}", params={"query": query}),
        ):
            assert response.status_code == 200, response.text
            assert response.headers["content-type"].partition(";")[0] == media_type
            assert _quads(response.text, name) == expected


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "", "application/sparql-results+json"),
        (SELECT, "text/*", "text/csv"),
        (SELECT, "application/*", "application/sparql-results+json"),
        (SELECT, "application/json", "application/sparql-results+json"),
        (SELECT, "application/xml", "application/sparql-results+xml"),
        (SELECT, "text/csv;q=0.5, application/sparql-results+xml;q=0.6", "application/sparql-results+xml"),
        (SELECT, "text/csv;q=0, */*;q=0.1", "application/sparql-results+json"),
        (SELECT, "application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        (SELECT, "image/png, text/csv;q=0.001", "text/csv"),
        (SELECT, "text/turtle, text/tab-separated-values;q=0.2", "text/tab-separated-values"),
        (SELECT, BROWSER, "text/html"),
        (CONSTRUCT, "*/*", "text/turtle"),
        (CONSTRUCT, "application/rdf+xml, text/turtle;q=0.9", "application/rdf+xml"),
        (CONSTRUCT, "application/sparql-results+json, application/ld+json;q=0.1", "application/ld+json"),
        (CONSTRUCT, BROWSER, "text/html"),
        (f"# SELECT\nBASE <http://x/>\nPREFIX ask: <#>{CONSTRUCT}", "*/*", "text/turtle"),
    ],
)
def test_2_1_5_the_accept_header_chooses(
    client: httpx.Client, query: str, accept: str, media_type: str
) -> None:
    response = get(client, query, accept)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert "accept" in response.headers["vary"].lower()


@pytest.mark.parametrize(
    ("query", "accept", "parameters", "said"),
    [
        (SELECT, "image/png", {}, "text/csv"),
        (SELECT, "text/turtle", {}, "text/csv"),
        (SELECT, "*/*;q=0", {}, "text/csv"),
        (CONSTRUCT, "text/csv", {}, "text/turtle"),
        (SELECT, "*/*", {"format": "ttl"}, "json, xml, csv, tsv"),
        (CONSTRUCT, "*/*", {"format": "csv"}, "ttl, jsonld, nt, rdf, nq, trig"),
        (SELECT, "*/*", {"format": "png"}, "json, xml, csv, tsv"),
    ],
)
def test_2_1_5_what_cannot_be_written_is_406(
    client: httpx.Client, query: str, accept: str, parameters: Mapping[str, str], said: str
) -> None:
    assert_problem(get(client, query, accept, **parameters), 406, said)


def test_2_1_5_suffix_and_format_agree_or_are_refused(client: httpx.Client) -> None:
    parameters = {"query": SELECT, "format": "csv"}
    assert client.get("/sparql.csv", params=parameters).headers["content-type"].startswith("text/csv")
    assert_problem(client.get("/sparql.tsv", params=parameters), 400, "choose one")
    assert_problem(client.get("/sparql.png", params={"query": SELECT}), 406, "json, xml, csv, tsv")


def test_2_1_5_names_that_sparqlwrapper_sends(client: httpx.Client) -> None:
    for name, media_type in (
        ("turtle", "text/turtle"),
        ("n3", "text/turtle"),
        ("xml", "application/rdf+xml"),
        ("rdf+xml", "application/rdf+xml"),
        ("json-ld", "application/ld+json"),
    ):
        # It repeats the parameter with what it sends as Accept.
        parameters = {"query": CONSTRUCT, "format": [name, f"{media_type},text/plain"], "output": name}
        response = client.get("/sparql", params=parameters)
        assert response.headers["content-type"].partition(";")[0] == media_type


# 2.1.6 success responses, 2.1.7 failure responses


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * WHERE {", "line 1"),
        ("SELEC * {}", "did you mean SELECT"),
        ("DROP ALL", "read-only"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "read-only"),
        ("ASK {} ; DROP ALL", "line 1"),
        ("ASK { SERVICE <http://127.0.0.1:9/> {} }", "SERVICE"),
        ("ASK { nope:x ?p ?o }", "nope"),
        ("ASK {} ASK {}", "line 1"),
    ],
)
def test_2_1_7_malformed_queries_are_400_with_a_reason(client: httpx.Client, query: str, said: str) -> None:
    for response in (get(client, query), post(client, query, DIRECT)):
        assert_problem(response, 400, said)


def test_2_1_7_the_page_of_a_malformed_query_is_where_to_mend_it(client: httpx.Client) -> None:
    response = get(client, "SELECT * WHERE {", BROWSER)
    assert response.status_code == 400
    assert "SELECT * WHERE {</textarea>" in response.text
    assert 'role="alert" tabindex="0">line 1' in response.text
    assert get(client, "ASK {", BROWSER, format="json").headers["content-type"] == "text/html; charset=utf-8"


# 2.2 update operation


@pytest.mark.parametrize(
    ("method", "target", "body", "content_type"),
    [
        ("GET", "?update=DROP+ALL", None, ""),
        ("GET", "?update=", None, ""),
        ("GET", "?query=ASK{}&update=DROP+ALL", None, ""),
        ("POST", "", "update=DROP+ALL", FORM),
        ("POST", "", "query=ASK{}&update=DROP+ALL", FORM),
        ("POST", "?update=DROP+ALL", "query=ASK{}", FORM),
        ("POST", "?update=DROP+ALL", "ASK {}", DIRECT),
        ("POST", "", "DROP ALL", "application/sparql-update"),
        ("POST", "", "DROP ALL", "application/sparql-update; charset=utf-8"),
        ("POST", "?using-graph-uri=urn:x", "DROP ALL", "application/sparql-update"),
    ],
)
def test_2_2_updates_are_refused(
    client: httpx.Client, method: str, target: str, body: str | None, content_type: str
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = client.request(method, f"/sparql{target}", content=body, headers=headers)
    assert_problem(response, 403, "read-only")


@pytest.mark.parametrize("name", ["using-graph-uri", "using-named-graph-uri"])
def test_2_2_graphs_of_updates_belong_to_no_query(client: httpx.Client, name: str) -> None:
    meant = name.replace("using-named", "named").replace("using-graph", "default-graph")
    for response in (
        get(client, "ASK {}", **{name: DERIVED}),
        client.post("/sparql", data={"query": "ASK {}", name: DERIVED}),
        post(client, "ASK {}", DIRECT, f"?{name}={quote(DERIVED)}"),
    ):
        assert_problem(response, 400, f"send {meant}")


@pytest.mark.parametrize("path", ["/sparql", "/sparql.json"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_2_1_other_methods_are_not_allowed(client: httpx.Client, path: str, method: str) -> None:
    response = client.request(method, path, content="ASK {}", headers={"Content-Type": DIRECT})
    assert_problem(response, 405, "read-only")
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


# 2.3 determining which operation to use, 2.4 determining the base IRI


def test_2_4_a_query_brings_its_own_base(client: httpx.Client) -> None:
    relative = "SELECT (<x> AS ?iri) {}"
    assert cells(get(client, f"BASE <https://example.org/a/> {relative}")) == [["https://example.org/a/x"]]
    assert_problem(get(client, relative), 400, "line 1, column")


# 3 examples, and what HTTP asks beyond the protocol


def test_head_is_get_without_its_body(client: httpx.Client) -> None:
    for path in ("/sparql?" + urlencode({"query": SELECT}), "/sparql.csv?query=ASK{}"):
        full, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type", "etag", "vary", "cache-control"):
            assert head.headers[name] == full.headers[name]


def test_options_tell_what_is_allowed(client: httpx.Client) -> None:
    response = client.options("/sparql")
    assert response.status_code == 204
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/sparql", headers={**asked, "Access-Control-Request-Headers": "content-type"})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()
    assert get(client, "ASK {}").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "seconds", ["0", "0.0", "-1", "1e9", "nan", "inf", "", "5s", "٥", "30.001", "31", "9" * 99]
)
def test_a_deadline_that_is_none_is_refused(client: httpx.Client, seconds: str) -> None:
    assert_problem(get(client, "ASK {}", timeout=seconds), 400, "timeout=")


def test_a_deadline_can_only_be_lowered(client: httpx.Client) -> None:
    for seconds in ("30", "0.5", "29.999"):
        assert get(client, "ASK {}", timeout=seconds).status_code == 200
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
    assert_problem(get(client, endless, timeout="0.2"), 503, "0.2 s")


def test_an_answer_is_known_again_by_its_tag(client: httpx.Client) -> None:
    first = get(client, SELECT)
    again = client.get(str(first.request.url), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = get(client, SELECT, "text/csv")
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "now ()", "UUID()", "STRUUID()", "BNODE()"])
def test_what_is_never_the_same_is_not_kept(client: httpx.Client, call: str) -> None:
    first, second = (get(client, f"SELECT ({call} AS ?x) {{}}") for _ in range(2))
    assert first.headers["cache-control"] == second.headers["cache-control"] == "no-store"
    assert "etag" not in first.headers
    if "BNODE" not in call:
        assert cells(first) != cells(second)


@pytest.mark.parametrize(
    "query", ["SELECT ?now { ?now ?rand 'NOW() UUID' }", "ASK { # NOW()\n }", "ASK { <http://x/RAND> ?p ?o }"]
)
def test_names_and_texts_that_look_like_calls_are_kept(client: httpx.Client, query: str) -> None:
    assert get(client, query).headers["cache-control"].startswith("public")


def test_the_answer_to_a_body_is_kept_by_nobody(client: httpx.Client) -> None:
    response = post(client, SELECT, DIRECT)
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ASK{}", "ASK"),
        ("select * {}", "SELECT"),
        ("#\n # CONSTRUCT\r\n DESCRIBE <urn:x>", "DESCRIBE"),
        ("PREFIX select: <http://x/> PREFIX : <#> BASE <http://y/> #\n CONSTRUCT WHERE {}", "CONSTRUCT"),
        ("PREFIX # why\n a: # not\n <http://x/>ASK {}", "ASK"),
        ("ASKED", ""),
        ("DROP ALL", ""),
        ("", ""),
    ],
)
def test_the_form_of_a_query_is_seen_without_parsing_it(text: str, form: str) -> None:
    assert protocol.Operation(text, acagraph.stores.Scope()).form == form


@pytest.mark.parametrize(
    "part", ['PREFIX \\" ', "PREFIX a", "PREFIX a: <x> ", "# # #", "   ", "BASE <", "PREFIX #", "BASE <x>#\n"]
)
def test_no_prologue_makes_the_form_slow_to_see(part: str) -> None:
    # Time that grows with the square of a megabyte would be hours: this ends, or the whole run does not.
    operation = protocol.Operation(part * (1_000_000 // len(part)), acagraph.stores.Scope())
    assert operation.form == ""
    assert operation.lasting


# What costs: the store is asked by a task that is stopped with its client


@dataclass
class Scripted:
    """A guarded store that answers as a test says, and remembers what was asked and if it was stopped."""

    media_type: str = JSON.media_type
    body: bytes = b'{"head":{},"boolean":true}'
    error: Exception | None = None
    endless: bool = False
    asked: list[Asked] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    async def deliver(self, asked: Asked, *, client: str = "") -> Delivery:
        assert client == "127.0.0.1"
        self.asked.append(asked)
        self.begun.set()
        try:
            if self.endless:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise
        if self.error is not None:
            raise self.error
        digest = hashlib.sha256(self.body).hexdigest()
        return Delivery(self.media_type, "", 1, len(self.body), digest, self.body)

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_query_ends_when_its_client_leaves(small: acagraph.Dataset) -> None:
    store: GuardedStore = (scripted := Scripted(endless=True))
    with served(create_app(small, guarded=store)) as address:
        host, _, port = urlsplit(address).netloc.rpartition(":")
        for head in (
            b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 5\r\n\r\nASK{}",
            b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n",
            b"GET /graph-store?default HTTP/1.1\r\nHost: x\r\n\r\n",
        ):
            scripted.begun.clear()
            scripted.stopped.clear()
            with socket.create_connection((host, int(port)), timeout=10) as channel:
                channel.sendall(head)
                assert scripted.begun.wait(10)
                assert not scripted.stopped.is_set()
            assert scripted.stopped.wait(10), head
        scripted.endless = False
        assert httpx.get(f"{address}/sparql?query=ASK{{}}").json()["boolean"] is True


def test_a_short_query_needs_no_watch() -> None:
    async def asked() -> Delivery:
        async def receive() -> dict[str, Any]:
            raise AssertionError("nobody listens for a client whose answer is there")

        scope = {"type": "http", "method": "GET", "headers": [], "client": ("127.0.0.1", 1)}
        before = asyncio.all_tasks()
        found = await strangers.ask(Request(scope, receive), Scripted(), Asked("ASK {}"))
        assert asyncio.all_tasks() == before
        return found

    assert asyncio.run(asked()).rows == 1


def test_a_server_that_stops_is_no_client_that_leaves() -> None:
    async def stop() -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

        scope = {"type": "http", "method": "GET", "headers": [], "client": ("127.0.0.1", 1)}
        store = Scripted(endless=True)
        task = asyncio.create_task(strangers.ask(Request(scope, receive), store, Asked("ASK {}")))
        while not store.begun.is_set():
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert store.stopped.is_set()
        assert task.done()

    asyncio.run(asyncio.wait_for(stop(), 10))


def test_what_the_store_is_asked(small: acagraph.Dataset) -> None:
    store = Scripted()
    limits = Limits(timeout_seconds=20.0, max_bytes=10_000_000, max_rows=9)
    with (
        served(create_app(small, guarded=store, limits=limits)) as address,
        httpx.Client(base_url=address) as client,
    ):
        get(client, "ASK {}", "text/csv", timeout="2.5", **{"named-graph-uri": DERIVED})
        get(client, "ASK {}", BROWSER)
        post(client, "ASK {}", DIRECT, "?format=tsv")
    plain, page, direct = store.asked
    assert (plain.query, plain.accept) == ("ASK {}", CSV.media_type)
    assert (plain.scope.default_graphs, plain.scope.named_graphs) == ((), (DERIVED,))
    assert plain.limits == Limits(timeout_seconds=2.5, max_bytes=10_000_000, max_rows=9)
    # A page is made from less than a download may have, and is not sent as it comes.
    assert (page.accept, page.coding) == (JSON.media_type, "")
    assert page.limits == Limits(timeout_seconds=20.0, max_bytes=5_000_000, max_rows=9)
    assert direct.accept == TSV.media_type


# Pages


def _page(small: acagraph.Dataset, store: Scripted, query: str, **parameters: str) -> httpx.Response:
    with served(create_app(small, guarded=store)) as address, httpx.Client(base_url=address) as client:
        return get(client, query, BROWSER, **parameters)


def test_a_page_shows_the_beginning_of_many_rows(small: acagraph.Dataset) -> None:
    rows = [{"n": {"type": "literal", "value": f"row {number}."}} for number in range(1_234)]
    body = json.dumps({"head": {"vars": ["n"]}, "results": {"bindings": rows}}).encode()
    response = _page(small, Scripted(body=body), "SELECT ?n {}", **{"default-graph-uri": DERIVED})
    assert response.status_code == 200
    assert "row 499." in response.text
    assert "row 500." not in response.text
    assert "1,234" in response.text
    links = f"/sparql.csv?{urlencode({'query': 'SELECT ?n {}', 'default-graph-uri': DERIVED})}"
    assert links.replace("&", "&amp;") in response.text
    assert f'name="default-graph-uri" value="{DERIVED}"' in response.text


def test_an_answer_too_large_for_a_page_is_said_and_can_be_had(small: acagraph.Dataset) -> None:
    response = _page(small, Scripted(error=AnswerTooLarge("over 5000000 bytes")), "SELECT ?n {}")
    assert response.status_code == 400
    assert "too large for a page: over 5000000 bytes" in response.text
    assert "/sparql.tsv?query=SELECT" in response.text
    overdue = _page(small, Scripted(error=Overdue("no answer within 30 s")), "SELECT ?n {}")
    assert overdue.status_code == 503
    assert "no answer within 30 s" in overdue.text
    assert "/sparql.tsv" not in overdue.text


def test_a_page_of_triples_is_turtle(client: httpx.Client) -> None:
    response = get(client, CONSTRUCT, BROWSER)
    assert "aca:memberOf coalition:jci" in response.text
    assert "/sparql.jsonld?query=CONSTRUCT" in response.text


def test_a_term_nested_too_deeply_for_a_page_is_no_fault(small: acagraph.Dataset) -> None:
    opened = '{"type":"triple","value":{"subject":' * 5_000
    body = b'{"head":{"vars":["t"]},"results":{"bindings":[{"t":' + opened.encode()
    body += b'{"type":"uri","value":"urn:x"}' + b"}}" * 5_000 + b"}]}}"
    assert _page(small, Scripted(body=body), "SELECT ?t {}").status_code == 400
