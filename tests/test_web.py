"""The web service, asked over HTTP: routes, negotiation, errors, headers and pages."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import httpx
import pytest
import rdflib
from rdflib.compare import isomorphic

import acagraph
from acagraph.vocab import EXTERNAL, PREFIXES
from acagraph.web import create_app

from small import served

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JCI = "https://w3id.org/acagraph/id/coalition/jci"
SELECT = "SELECT ?label { agent:sony skos:prefLabel ?label }"
PAGES = (
    "/",
    "/map/net-zero",
    "/coalitions",
    "/countries",
    "/members",
    "/commitments",
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
    "/dataset",
    "/releases",
    "/doc/coalition/nope",
    "/nowhere",
)


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    plain = {"Accept": "*/*", "Accept-Encoding": "identity"}  # so that lengths are those of the content
    with httpx.Client(base_url=address, headers=plain) as found:
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


def foreign(page: _Page) -> list[dict[str, str]]:
    """Return the scripts of a page but the editor's, which is there when it was built."""
    return [
        script
        for script in page.all("script")
        if script.keys() != {"type", "src"} or not re.fullmatch(r"/built/editor-\w+\.js", script["src"])
    ]


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
    assert response.headers["vary"] == "Accept, Accept-Encoding"
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
    assert '<cite><a href="/doc/source/002">Alliances around the world</a></cite> (August 2018)' in text
    assert "<q>Sony and Ricoh</q>" in get(client, "/doc/agent/sony", BROWSER).text


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


def test_options_without_a_preflight_names_the_methods(client: httpx.Client) -> None:
    response = client.options("/sparql")
    assert {"GET", "HEAD", "POST"} <= {name.strip() for name in response.headers["allow"].split(",")}


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
    head = response.text.partition("</head>")[0]  # drawings have titles of their own
    assert len(page.all("h1")) == len(page.all("main")) == head.count("<title>") == 1
    assert len(page.all("caption")) == len(page.all("table"))
    labelled = {label["for"] for label in page.all("label")}
    found = [field for name in ("input", "textarea", "select") for field in page.all(name)]
    fields = {field["id"] for field in found if field.get("type") != "hidden"}
    assert labelled == fields
    assert all(script == {"type": "application/ld+json"} for script in foreign(page))
    assert not page.all("style")
    assert not any("style" in attributes or "onclick" in attributes for _, attributes in page.tags)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_links_of_pages_lead_somewhere(client: httpx.Client) -> None:
    paths = {
        link["href"].partition("#")[0]
        for path in PAGES
        for link in _Page(get(client, path, BROWSER).text).all("a")
        # The switch of languages leads to the same page, which may tell of an error.
        if link["href"].startswith("/") and "hreflang" not in link
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
        assert not foreign(page)
        assert not page.all("img")
        assert "49" not in response.text.partition("<main")[2].partition("</main")[0].replace("%", "")
        assert not any(link["href"].startswith("javascript:") for link in page.all("a"))


def test_labels_of_the_data_are_escaped(client: httpx.Client) -> None:
    assert "Ricoh &lt;Company&gt; &amp; Sons" in get(client, "/doc/agent/ricoh", BROWSER).text


def test_the_service_is_well(client: httpx.Client) -> None:
    assert get(client, "/healthz").json() == {
        "status": "ok",
        "version": "1.2.3",
        "store": "disk",
    }


def test_a_fault_is_not_shown(small_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def known(*_: object) -> frozenset[str]:
        raise RuntimeError("a secret")

    with acagraph.open(small_release) as dataset, served(create_app(dataset)) as address:
        monkeypatch.setattr(type(dataset.store), "known", known)
        response = httpx.get(f"{address}/healthz")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.headers["content-security-policy"]
    assert json.loads(response.text)["title"] == "Internal error"


def test_a_query_that_kills_the_engine_costs_nobody_else_anything(client: httpx.Client) -> None:
    nested = "ASK { FILTER(" + "(" * 150 + "true" + ")" * 150 + ") }"
    assert (
        get(client, "/sparql?" + urlencode({"query": nested}), "application/sparql-results+json").status_code
        == 200
    )
    answer = client.post("/sparql", data={"query": "SELECT * { ?s ?p '\\uD800' }"})
    assert answer.status_code == 400
    assert get(client, "/healthz").status_code == 200
