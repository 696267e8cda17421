"""The web service, asked over HTTP: routes, negotiation, errors, headers and pages."""

from __future__ import annotations

import csv
import hashlib
import http.client
import io
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import httpx
import pytest
import rdflib
from rdflib.compare import isomorphic

import acagraph
from acagraph.errors import AcagraphError
from acagraph.vocab import EXTERNAL, PREFIXES
from acagraph.web import create_app, serve

from small import served

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JCI = "https://w3id.org/acagraph/id/coalition/jci"
SELECT = "SELECT ?label { agent:sony skos:prefLabel ?label }"
PAGES = (
    "/",
    "/queries",
    "/queries/members-of-coalition",
    "/queries/members-of-coalition?coalition=jci",
    "/queries/members-of-coalition?coalition=nope",
    "/queries/members-as-graph?coalition=jci",
    "/queries/is-member?agent=sony&coalition=jci",
    "/sparql",
    "/sparql?" + urlencode({"query": SELECT}),
    "/sparql?query=SELEC",
    "/doc/coalition/jci",
    "/doc/agent/ricoh",
    "/doc/source/002",
    "/doc/evidence/002-10-20",
    "/doc/statement/aaaaaaaaaaaaaaa2",
    "/scheme/metric/member-count",
    "/graph/derived",
    "/ontology",
    "/data",
    "/doc/coalition/nope",
    "/nowhere",
)


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"Accept": "*/*"}) as found:
        yield found


def get(client: httpx.Client, path: str, accept: str = "*/*", **headers: str) -> httpx.Response:
    return client.get(path, headers={"Accept": accept, **headers})


class _Page(HTMLParser):
    """Checks that tags nest, and collects what a page must have."""

    _VOID = frozenset(("meta", "link", "input", "br"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


# /sparql: the query operation of SPARQL 1.1 Protocol


def test_get_form_and_direct_post_ask_the_same(client: httpx.Client) -> None:
    expected = client.get("/sparql", params={"query": SELECT})
    by_form = client.post("/sparql", data={"query": SELECT})
    direct = client.post(
        "/sparql", content=SELECT, headers={"Content-Type": "application/sparql-query; charset=utf-8"}
    )
    assert expected.headers["content-type"] == "application/sparql-results+json"
    assert expected.json()["results"]["bindings"][0]["label"]["value"] == "Sony"
    assert by_form.content == expected.content == direct.content
    assert expected.headers["vary"] == "Accept"


def test_graphs_of_the_request_override(client: httpx.Client) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    derived = "https://w3id.org/acagraph/graph/derived"

    def counted(response: httpx.Response) -> str:
        return str(response.json()["results"]["bindings"][0]["n"]["value"])

    assert counted(client.get("/sparql", params={"query": count, "default-graph-uri": derived})) == "7"
    assert counted(client.post("/sparql", data={"query": count, "named-graph-uri": derived})) == "0"
    direct = client.post(
        "/sparql",
        params={"default-graph-uri": derived},
        content=count,
        headers={"Content-Type": "application/sparql-query"},
    )
    assert counted(direct) == "7"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (BROWSER, "text/html; charset=utf-8"),
    ],
)
def test_sparql_negotiates(client: httpx.Client, accept: str, media_type: str) -> None:
    url = "/sparql?" + urlencode({"query": SELECT})
    response = get(client, url, accept)
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    assert "Sony" in response.text


def test_a_format_parameter_wins(client: httpx.Client) -> None:
    response = get(client, "/sparql?" + urlencode({"query": SELECT, "format": "csv"}), BROWSER)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("method", "arguments", "status", "said"),
    [
        ("GET", {"params": {"query": "SELECT * WHERE {"}}, 400, "line 1"),
        ("GET", {"params": {"query": "DROP ALL"}}, 400, "read-only"),
        ("GET", {"params": {"update": "DROP ALL"}}, 400, "read-only"),
        ("POST", {"data": {"update": "DROP ALL"}}, 400, "read-only"),
        ("GET", {"params": [("query", "ASK {}"), ("query", "ASK {}")]}, 400, "more than one"),
        ("GET", {"params": {"query": "ASK { SERVICE <http://127.0.0.1:9/> {} }"}}, 400, "SERVICE"),
        ("GET", {"params": {"query": "ASK {}", "default-graph-uri": "no iri"}}, 400, "no IRI"),
        ("POST", {"data": {"nothing": "x"}}, 400, "no query"),
        ("POST", {"content": "ASK {}", "headers": {"Content-Type": "text/plain"}}, 415, "not as text/plain"),
        (
            "POST",
            {"content": "DROP ALL", "headers": {"Content-Type": "application/sparql-update"}},
            415,
            "application/sparql-query",
        ),
        (
            "POST",
            {"content": b"ASK \xff", "headers": {"Content-Type": "application/sparql-query"}},
            400,
            "UTF-8",
        ),
        ("POST", {"data": {"query": "ASK {} #" + "x" * 1_000_000}}, 413, "bytes"),
        ("PUT", {"content": "x"}, 405, "Method Not Allowed"),
        ("DELETE", {}, 405, "Method Not Allowed"),
    ],
)
def test_a_bad_request_is_a_problem(
    client: httpx.Client, method: str, arguments: dict[str, object], status: int, said: str
) -> None:
    response = client.request(method, "/sparql", **arguments)  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert said in response.json()["detail"]


def test_no_format_to_choose_is_406(client: httpx.Client) -> None:
    response = get(client, "/sparql?" + urlencode({"query": SELECT}), "image/png")
    assert response.status_code == 406
    assert "text/csv" in response.json()["detail"]


def test_without_a_query_the_service_describes_itself(client: httpx.Client, address: str) -> None:
    response = get(client, "/sparql", "text/turtle")
    graph = rdflib.Graph().parse(data=response.text, format="turtle")
    sd = rdflib.Namespace(EXTERNAL["sd"])
    service = rdflib.URIRef(f"{address}/sparql")
    assert (service, sd.endpoint, service) in graph
    assert (service, sd.feature, sd.UnionDefaultGraph) in graph
    assert get(client, "/sparql", "application/sparql-results+json").status_code == 400


# /queries


def test_the_list_of_questions(client: httpx.Client) -> None:
    listed = get(client, "/queries.json").json()
    assert [query["name"] for query in listed] == sorted(query["name"] for query in listed)
    members = next(query for query in listed if query["name"] == "members-of-coalition")
    assert members["parameters"][0]["name"] == "coalition"
    assert members["parameters"][0]["required"] is True
    assert get(client, "/queries", "application/json").json() == listed


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("json", "application/sparql-results+json"),
        ("csv", "text/csv; charset=utf-8"),
        ("tsv", "text/tab-separated-values; charset=utf-8"),
        ("xml", "application/sparql-results+xml"),
        ("ttl", "text/turtle; charset=utf-8"),
        ("jsonld", "application/ld+json"),
        ("html", "text/html; charset=utf-8"),
    ],
)
def test_a_suffix_chooses_the_format(client: httpx.Client, suffix: str, media_type: str) -> None:
    response = get(client, f"/queries/members-of-coalition.{suffix}?coalition=jci", "image/png")
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    assert "Ricoh" in response.text
    assert (
        '</queries/members-of-coalition.csv?coalition=jci>; rel="alternate"; type="text/csv"'
        in response.headers["link"]
    )


def test_a_question_without_suffix_negotiates(client: httpx.Client) -> None:
    url = "/queries/members-of-coalition?coalition=jci"
    assert get(client, url).headers["content-type"] == "application/sparql-results+json"
    table = csv.DictReader(io.StringIO(get(client, url, "text/csv").text))
    assert [row["label"] for row in table] == ["Ricoh", "Sony", "Tokyo Metropolitan Government"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/queries/members-of-coalition", 400, "needs the parameter coalition"),
        ("/queries/members-of-coalition.csv?coalition=jci&town=x", 400, "it takes coalition=jci"),
        ("/queries/members-of-coalition.csv?coalition=jcy", 400, "did you mean jci"),
        ("/queries/members-of-coalition?coalition=jci&coalition=wasi", 400, "twice"),
        ("/queries/member-of-coalition", 404, "did you mean members-of-coalition"),
        ("/queries/members-of-coalition.png?coalition=jci", 406, "choose one of json"),
        ("/queries/members-as-graph.csv?coalition=jci", 406, "choose one of ttl"),
    ],
)
def test_a_bad_question_is_a_problem(client: httpx.Client, path: str, status: int, said: str) -> None:
    response = get(client, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert said in response.json()["detail"]


def test_the_page_of_a_question_is_its_form_and_its_answer(client: httpx.Client) -> None:
    empty = get(client, "/queries/members-of-coalition", BROWSER)
    assert empty.status_code == 200
    assert '<label for="p-coalition">coalition</label>' in empty.text
    assert "members-of-coalition?coalition=jci" in empty.text
    assert "<table" not in empty.text
    answered = get(client, "/queries/members-of-coalition?coalition=jci&kind=", BROWSER)
    assert "<caption>Members of a coalition: 3 rows</caption>" in answered.text
    assert '<a href="/doc/agent/sony" title="agent:sony">Sony</a>' in answered.text
    wrong = get(client, "/queries/members-of-coalition?coalition=jcy", BROWSER)
    assert wrong.status_code == 400
    assert "did you mean jci?" in wrong.text
    assert 'value="jcy"' in wrong.text


# /id, /doc and /scheme


def test_a_thing_redirects_to_its_document(client: httpx.Client) -> None:
    response = get(client, "/id/coalition/jci")
    assert (response.status_code, response.headers["location"]) == (303, "/doc/coalition/jci")
    merged = get(client, "/id/coalition/jci-old")
    assert (merged.status_code, merged.headers["location"]) == (301, "/id/coalition/jci")
    document = get(client, "/doc/coalition/jci-old.ttl")
    assert (document.status_code, document.headers["location"]) == (301, "/doc/coalition/jci.ttl")


@pytest.mark.parametrize(
    ("suffix", "accept", "media_type", "parser"),
    [
        ("", "text/turtle", "text/turtle; charset=utf-8", "turtle"),
        ("", "application/ld+json", "application/ld+json", "json-ld"),
        ("", "application/rdf+xml, text/html;q=0.5", "application/rdf+xml", "xml"),
        (".ttl", BROWSER, "text/turtle; charset=utf-8", "turtle"),
        (".nt", BROWSER, "application/n-triples", "nt"),
        (".rdf", BROWSER, "application/rdf+xml", "xml"),
        (".jsonld", BROWSER, "application/ld+json", "json-ld"),
        (".json", BROWSER, "application/json", "json-ld"),
    ],
)
def test_a_document_is_the_same_graph_in_every_form(
    client: httpx.Client, small: acagraph.Dataset, suffix: str, accept: str, media_type: str, parser: str
) -> None:
    response = get(client, f"/doc/coalition/jci{suffix}", accept)
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    found = rdflib.Graph().parse(data=response.text, format=parser)
    assert isomorphic(found, small.describe(JCI))
    assert response.headers.get("vary") == (None if suffix else "Accept")
    links = response.headers["link"]
    assert f'<{JCI}>; rel="describes"' in links
    assert '</doc/coalition/jci.ttl>; rel="alternate"; type="text/turtle"' in links


def test_a_document_for_a_browser_is_a_page(client: httpx.Client) -> None:
    page = get(client, "/doc/coalition/jci", BROWSER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    text = page.text
    assert "<h1>Japan Climate Initiative</h1>" in text
    assert '<span lang="ja">気候変動イニシアティブ</span>' in text
    assert 'title="aca:NationalCoalition">National coalition</a>' in text
    assert 'title="aca:Coalition"' not in text  # the superclass goes without saying
    assert '<cite><a href="/doc/source/002" title="source:002">Alliances around the world</a></cite>' in text
    assert "(2018-08)" in text
    assert "<q>Sony and Ricoh</q>" in text


def test_what_does_not_exist_is_404(client: httpx.Client) -> None:
    response = get(client, "/doc/coalition/jcy")
    assert response.status_code == 404
    assert "did you mean jci?" in response.json()["detail"]
    for path in ("/doc/town/x", "/id/town/x", "/doc/coalition/a%3E%20b", "/scheme/metric/nope", "/a/b/c"):
        assert get(client, path).status_code == 404, path


def test_a_concept_has_a_document(client: httpx.Client) -> None:
    response = get(client, "/scheme/metric/member-count.ttl")
    assert "metric:member-count" in response.text
    assert "stmt:" not in response.text


# Files


def test_files_of_the_release(client: httpx.Client, small_release: Path) -> None:
    dump = get(client, "/data/acagraph.trig")
    assert dump.headers["content-type"] == "application/trig"
    assert dump.content == (small_release / "data" / "acagraph.trig").read_bytes()
    part = get(client, "/data/acagraph.trig", Range="bytes=0-6")
    assert (part.status_code, part.content) == (206, b"@prefix")
    assert get(client, "/ontology", "text/turtle").text.startswith("# the small release's ontology")
    assert get(client, "/ontology.ttl").text == get(client, "/ontology", "text/turtle").text
    assert get(client, "/shapes").text.startswith("# the small release's shapes")
    assert get(client, "/manifest.json").json() == {"version": "1.2.3"}
    assert 'id="memberOf"' in get(client, "/ontology", BROWSER).text


def test_a_file_that_is_known_already_is_not_sent_again(release: Path) -> None:
    entries = json.loads((release / "manifest.json").read_text("utf-8"))["files"]
    sums = {entry["path"]: entry["sha256"] for entry in entries}
    sums["manifest.json"] = hashlib.sha256((release / "manifest.json").read_bytes()).hexdigest()
    with (
        acagraph.open(release) as dataset,
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address) as client,
    ):
        for path in ("data/acagraph.nq.gz", "data/graphs/shared.ttl", "shapes.ttl", "manifest.json"):
            for method in ("GET", "HEAD"):
                full = client.request(method, f"/{path}")
                assert (full.status_code, full.headers["etag"]) == (200, f'"{sums[path]}"')
                for known in (f'"{sums[path]}"', f'"other", W/"{sums[path]}"', "*"):
                    headers = {"If-None-Match": known, "Range": "bytes=0-6"}
                    same = client.request(method, f"/{path}", headers=headers)
                    assert (same.status_code, same.content) == (304, b"")
                    assert same.headers["etag"] == full.headers["etag"]
        tag = f'"{sums["shapes.ttl"]}"'
        assert client.get("/shapes", headers={"If-None-Match": tag}).status_code == 304
        assert client.get("/shapes", headers={"If-None-Match": '"other"'}).status_code == 200
        part = client.get("/shapes.ttl", headers={"If-Range": tag, "Range": "bytes=0-6"})
        assert (part.status_code, part.content) == (206, b"@prefix")


@pytest.mark.parametrize(
    "path",
    [
        "/data/../manifest.json",
        "/data/%2e%2e/manifest.json",
        "/data/..%2fmanifest.json",
        "/data/%2fetc/passwd",
        "/data//etc/passwd",
        "/data/..%5c..%5cmanifest.json",
        "/data/%00",
        "/data/" + 300 * "a",
        "/data/",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/redirects.csv",
        "/store",
    ],
)
def test_nothing_else_is_sent(address: str, path: str) -> None:
    # http.client sends a path as it is, where httpx would tidy it up.
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 404, body
    assert b"root:" not in body


def test_the_prefixes_in_json_and_turtle(client: httpx.Client) -> None:
    assert get(client, "/prefixes").json() == PREFIXES
    assert get(client, "/prefixes.json").json() == PREFIXES
    for path, accept in (("/prefixes", "text/turtle"), ("/prefixes.ttl", "*/*")):
        graph = rdflib.Graph().parse(data=get(client, path, accept).text, format="turtle")
        sh = rdflib.Namespace(EXTERNAL["sh"])
        declared = {
            str(graph.value(node, sh.prefix)): str(graph.value(node, sh.namespace))
            for node in graph.objects(None, sh.declare)
        }
        assert declared == PREFIXES


@pytest.mark.parametrize(
    ("suffix", "accept", "parser"),
    [("", "*/*", "turtle"), ("", "application/ld+json", "json-ld"), (".nt", BROWSER, "nt")],
)
def test_one_named_graph(client: httpx.Client, suffix: str, accept: str, parser: str) -> None:
    response = get(client, f"/graph/derived{suffix}", accept)
    assert len(rdflib.Graph().parse(data=response.text, format=parser)) == 7
    assert '</graph/derived.nt>; rel="alternate"' in response.headers["link"]
    for path in ("/graph/nope", "/graph/a%3E%20b", "/graph/"):
        missing = get(client, path)
        assert (missing.status_code, "derived" in missing.json()["detail"]) == (404, True)


def test_a_version_of_the_ontology(release: Path, client: httpx.Client) -> None:
    with acagraph.open(release) as dataset, served(create_app(dataset)) as address:
        known = httpx.get(f"{address}/ontology/1.0.0", headers={"Accept": "text/turtle"})
        assert known.content == (release / "ontology.ttl").read_bytes()
        assert "/ontology/1.0.0" in httpx.get(f"{address}/ontology/0.9").json()["detail"]
        statement = dataset.sparql("SELECT ?s { ?s a aca:Membership ; aca:participant agent:sony } LIMIT 1")
        assert isinstance(statement, acagraph.Rows)
        path = statement[0].s.rpartition("/id/")[2]
        page = httpx.get(f"{address}/doc/{path}", headers={"Accept": BROWSER}).text
        assert re.search(r"<h1>[A-Z][\w ]+: .*Sony", page)
        coalition = httpx.get(f"{address}/doc/coalition/jci", headers={"Accept": BROWSER}).text
        assert 'title="aca:foundedYear"' in coalition
        assert 'title="aca:founded"' not in coalition
    assert get(client, "/ontology/1.0.0").status_code == 404


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/doc/agent/", "write the name of a thing"),
        ("/a/b/c", "begin at /"),
        ("/doc/agent/sony.csv", "a document can be had as .html, .ttl"),
        ("/queries/is-member?agent=coalition:jci-older&coalition=jci", "no agent 'jci-older'"),
    ],
)
def test_a_wrong_address_is_told_what_there_is(client: httpx.Client, path: str, said: str) -> None:
    assert said in get(client, path).json()["detail"]


# Headers, validators, pages


@pytest.mark.parametrize(
    "path", [*PAGES, "/queries.json", "/healthz", "/data/acagraph.trig", "/id/coalition/jci"]
)
def test_every_answer_is_guarded_and_shared(client: httpx.Client, path: str) -> None:
    headers = get(client, path, BROWSER).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


def test_a_preflight_request_is_answered(client: httpx.Client) -> None:
    response = client.options(
        "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    )
    assert response.status_code == 204
    assert "POST" in response.headers["access-control-allow-methods"]
    assert "Content-Type" in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize("path", ["/doc/coalition/jci.ttl", "/sparql?query=ASK%7B%7D", "/queries.json", "/"])
def test_head_and_validators(client: httpx.Client, path: str) -> None:
    full = client.get(path)
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(full.content))
    tag = full.headers["etag"]
    assert head.headers["etag"] == tag
    for known in (tag, f'"other", W/{tag}', "*"):
        same = get(client, path, **{"If-None-Match": known})
        assert (same.status_code, same.content) == (304, b"")
    assert get(client, path, **{"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_well_formed_and_accessible(client: httpx.Client, path: str) -> None:
    response = get(client, path, BROWSER)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = _Page(response.text)
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert len(page.all("caption")) == len(page.all("table"))
    labelled = {label["for"] for label in page.all("label")}
    fields = {field["id"] for name in ("input", "textarea", "select") for field in page.all(name)}
    assert labelled == fields
    assert not page.all("script")
    assert not page.all("style")
    assert not any("style" in attributes or "onclick" in attributes for _, attributes in page.tags)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_links_of_pages_lead_somewhere(client: httpx.Client) -> None:
    paths = {
        link["href"].partition("#")[0]
        for path in PAGES
        for link in _Page(get(client, path, BROWSER).text).all("a")
        if link["href"].startswith("/")
    }
    for path in sorted(paths):
        assert get(client, path, BROWSER).status_code in (200, 303), path


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"]
)
def test_what_a_user_sends_is_shown_as_text(client: httpx.Client, hostile: str) -> None:
    text = f'SELECT ("{quote(hostile)}" AS ?a) (<javascript:alert(1)> AS ?b) {{}} # {hostile}'
    for path in (
        "/sparql?" + urlencode({"query": text}),
        "/queries/members-of-coalition?" + urlencode({"coalition": hostile}),
        "/queries/members-of-coalition?" + urlencode({hostile: "x"}),
        "/queries/" + quote(hostile, safe=""),
        "/doc/coalition/" + quote(hostile, safe=""),
    ):
        response = get(client, path, BROWSER)
        page = _Page(response.text)
        assert not page.all("script")
        assert not page.all("img")
        assert "49" not in response.text.partition("<main")[2].partition("</main")[0].replace("%", "")
        assert not any(link["href"].startswith("javascript:") for link in page.all("a"))


def test_labels_of_the_data_are_escaped(client: httpx.Client) -> None:
    assert "Ricoh &lt;Company&gt; &amp; Sons" in get(client, "/doc/agent/ricoh", BROWSER).text


def test_the_service_is_well(client: httpx.Client) -> None:
    assert get(client, "/healthz").json() == {"status": "ok", "version": "1.2.3"}


def test_a_fault_is_not_shown(small_release: Path) -> None:
    class Broken(acagraph.Dataset):
        @property
        def version(self) -> str:
            raise RuntimeError("a secret")

    dataset = acagraph.open(small_release)
    broken = Broken(dataset.store, dataset.queries, dataset.location, dataset.folder)
    with served(create_app(broken)) as address:
        response = httpx.get(f"{address}/healthz")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.headers["content-security-policy"]
    assert json.loads(response.text)["title"] == "Internal error"


# Serving


def test_a_port_in_use_is_told(small: acagraph.Dataset) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AcagraphError, match=f"port {port} of 127.0.0.1 is in use; .* --port"):
            serve(small, port=port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("203.0.113.1", 0), ("no such host", 0)])
def test_an_address_that_cannot_be_had_is_told(small: acagraph.Dataset, host: str, port: int) -> None:
    with pytest.raises(AcagraphError, match="cannot listen"):
        serve(small, host=host, port=port)


def test_a_server_stops_in_order_when_interrupted(small_release: Path) -> None:
    program = (
        "import sys, acagraph; from acagraph.web import serve; "
        "serve(acagraph.open(sys.argv[1]), port=0, ready=lambda address: print(address, flush=True))"
    )
    command = [sys.executable, "-c", program, str(small_release)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        try:
            assert httpx.get(f"{address}healthz").json()["status"] == "ok"
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def test_a_server_stops_while_a_query_runs(small_release: Path) -> None:
    program = (
        "import sys, acagraph; from acagraph.web import serve; "
        "serve(acagraph.open(sys.argv[1]), port=0, ready=lambda address: print(address, flush=True))"
    )
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
    command = [sys.executable, "-c", program, str(small_release)]
    for signals in (1, 2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            try:
                with pytest.raises(httpx.ReadTimeout):
                    httpx.get(f"{address}sparql", params={"query": endless}, timeout=1.0)
            finally:
                for _ in range(signals):
                    process.send_signal(signal.SIGINT)
                    time.sleep(0.2)
                _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (130, "")


def test_a_query_that_kills_the_engine_costs_nobody_else_anything(client: httpx.Client) -> None:
    nested = "ASK { FILTER(" + "(" * 150 + "true" + ")" * 150 + ") }"
    assert (
        get(client, "/sparql?" + urlencode({"query": nested}), "application/sparql-results+json").status_code
        == 200
    )
    answer = client.post("/sparql", data={"query": "SELECT * { ?s ?p '\\uD800' }"})
    assert answer.status_code == 400
    assert get(client, "/healthz").status_code == 200
