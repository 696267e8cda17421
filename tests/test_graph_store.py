"""The SPARQL 1.1 Graph Store HTTP Protocol, reading; each test names the section it is from."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph
import pytest

import acagraph
from acagraph.errors import AnswerTooLarge, QueryError
from acagraph.stores import Asked, Delivery
from acagraph.stores.threaded import ThreadedStore
from acagraph.vocab import BASE, graph_iri
from acagraph.web import create_app, graphstore

from small import DATA, served

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
MEDIA_TYPES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nq": "application/n-quads",
    "trig": "application/trig",
}
DERIVED = graph_iri("derived")
WRITING = ("PUT", "POST", "DELETE", "PATCH")
Graphs = Mapping[str, frozenset[str]]


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    """A client of a server of the small release, which has no file of a single graph."""
    with httpx.Client(base_url=address, headers={"Accept": "*/*"}, timeout=30) as found:
        yield found


@pytest.fixture(scope="module")
def whole(release: Path) -> Iterator[httpx.Client]:
    """A client of a server of the curated release, which has all its files."""
    with (
        acagraph.open(release) as dataset,
        served(create_app(dataset)) as there,
        httpx.Client(base_url=there, headers={"Accept": "*/*"}, timeout=30) as found,
    ):
        yield found


def canonical(quads: Iterable[pyoxigraph.Quad]) -> frozenset[str]:
    """Return triples as text, blank nodes named alike in equal graphs."""
    dataset = pyoxigraph.Dataset(pyoxigraph.Quad(q.subject, q.predicate, q.object) for q in quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(str(quad.triple) for quad in dataset)


def _graphs(quads: Iterable[pyoxigraph.Quad]) -> Graphs:
    found = defaultdict(list)
    for quad in quads:
        assert isinstance(quad.graph_name, pyoxigraph.NamedNode)
        found[quad.graph_name.value].append(quad)
        found[""].append(quad)
    return {name: canonical(triples) for name, triples in found.items()}


@pytest.fixture(scope="module")
def small_graphs() -> Graphs:
    """The triples of each graph, and under no name of all together, as the small store keeps them."""
    store = pyoxigraph.Store()
    store.load(path=str(DATA))
    return _graphs(store)


@pytest.fixture(scope="module")
def graphs(release: Path) -> Graphs:
    """The triples of each graph, and under no name of all together, as the release's dump has them."""
    text = gzip.decompress((release / "data" / "acagraph.nq.gz").read_bytes())
    return _graphs(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS))


def read(response: httpx.Response) -> frozenset[str]:
    """Return the triples of an answer, all of which stand in the default graph."""
    assert response.status_code == 200, response.text[:500]
    form = pyoxigraph.RdfFormat.from_media_type(response.headers["content-type"])
    assert form is not None
    quads = list(pyoxigraph.parse(response.content, format=form))
    assert all(quad.graph_name == pyoxigraph.DefaultGraph() for quad in quads)
    return canonical(quads)


def get(client: httpx.Client, iri: str | None, accept: str = "*/*", **headers: str) -> httpx.Response:
    target = "default" if iri is None else f"graph={quote(iri, safe='')}"
    return client.get(f"/graph-store?{target}", headers={"Accept": accept, **headers})


def assert_problem(response: httpx.Response, status: int, said: str) -> None:
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "application/problem+json"
    assert said in response.json()["detail"]


# 4.1 direct graph identification


@pytest.mark.parametrize("name", ["metadata", "shared", "derived", "source/002"])
def test_4_1_a_graph_s_own_address_gives_exactly_its_triples(
    whole: httpx.Client, graphs: Graphs, name: str
) -> None:
    for suffix, media_type in MEDIA_TYPES.items():
        negotiated = whole.get(f"/graph/{name}", headers={"Accept": media_type})
        suffixed = whole.get(f"/graph/{name}.{suffix}", headers={"Accept": BROWSER})
        for response in (negotiated, suffixed):
            assert response.headers["content-type"].partition(";")[0] == media_type
            assert read(response) == graphs[graph_iri(name)]


def test_4_1_what_is_said_of_a_graph_is_linked(whole: httpx.Client) -> None:
    links = whole.get("/graph/shared").headers["link"]
    assert '</graph/metadata>; rel="describedby"' in links
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in links
    assert f'<{graph_iri("shared")}>; rel="describes"' in links
    for suffix, media_type in MEDIA_TYPES.items():
        assert f'</graph/shared.{suffix}>; rel="alternate"; type="{media_type}"' in links
    page = whole.get("/graph/shared", headers={"Accept": BROWSER})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Things that sources speak of" in page.text
    assert "/graph/shared.trig" in page.text


@pytest.mark.parametrize(
    "path", ["/graph/nope", "/graph/a%3E%20b", "/graph/", "/graph/%00", "/graph/derived.png"]
)
def test_4_1_a_graph_that_there_is_not_is_404(client: httpx.Client, path: str) -> None:
    for method in ("GET", "HEAD"):
        response = client.request(method, path)
        assert response.status_code == 404
    assert_problem(client.get(path), 404, "derived")


# 4.2 indirect graph identification


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_4_2_graphs_in_every_format_from_the_files(whole: httpx.Client, graphs: Graphs, suffix: str) -> None:
    media_type = MEDIA_TYPES[suffix]
    for name in ("metadata", "ontology", "source/002"):
        response = get(whole, graph_iri(name), media_type)
        assert response.headers["content-type"].partition(";")[0] == media_type
        assert read(response) == graphs[graph_iri(name)]
    union = graphs[""]
    assert read(get(whole, None, media_type)) == union
    assert read(whole.get(f"/graph-store?default&format={suffix}", headers={"Accept": BROWSER})) == union
    assert read(get(whole, None, media_type, **{"Accept-Encoding": "identity"})) == union


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_4_2_graphs_in_every_format_from_the_store(
    client: httpx.Client, small_graphs: Graphs, suffix: str
) -> None:
    for name, expected in small_graphs.items():
        assert read(get(client, name or None, MEDIA_TYPES[suffix])) == expected


def test_4_2_it_is_the_same_as_direct_identification(whole: httpx.Client) -> None:
    for name in ("shared", "source/002"):
        assert get(whole, graph_iri(name)).content == whole.get(f"/graph/{name}").content


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("", "neither default nor graph"),
        ("?", "neither default nor graph"),
        ("?format=ttl", "neither default nor graph"),
        (f"?default&graph={DERIVED}", "both default and graph"),
        ("?default&default", "twice"),
        (f"?graph={DERIVED}&graph={DERIVED}", "twice"),
        ("?default=yes", "takes no value"),
        ("?graph=", "no absolute IRI"),
        ("?graph=derived", "no absolute IRI"),
        ("?graph=/graph/derived", "no absolute IRI"),
        ("?graph=http://a%20b", "no absolute IRI"),
        ("?graph=http://a/%00", "no absolute IRI"),
        ("?graph=http://a/%FF", "UTF-8"),
        ("?graph=" + "x" * 10_000, "no absolute IRI"),
    ],
)
def test_4_2_one_graph_by_an_absolute_iri(client: httpx.Client, target: str, said: str) -> None:
    response = client.get(f"/graph-store{target}")
    assert_problem(response, 400, said)
    assert len(response.content) < 1_000


def test_4_2_the_empty_value_of_default_is_none(client: httpx.Client) -> None:
    assert client.get("/graph-store?default=").content == get(client, None).content


# 5 graph management operations, 5.1 status codes, 5.2 HTTP GET


def test_5_without_accept_it_is_one_of_three_formats(whole: httpx.Client) -> None:
    for path in ("/graph-store?default", f"/graph-store?graph={graph_iri('shared')}", "/graph/shared"):
        request = whole.build_request("GET", path)
        del request.headers["accept"]
        found = whole.send(request).headers["content-type"].partition(";")[0]
        assert found in ("application/rdf+xml", "text/turtle", "application/n-triples")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/*", "text/turtle"),
        ("application/json", "application/ld+json"),
        ("application/rdf+xml;q=0.4, application/n-quads;q=0.5", "application/n-quads"),
        ("text/html, application/trig;q=0.1", "application/trig"),
    ],
)
def test_5_2_the_accept_header_chooses(client: httpx.Client, accept: str, media_type: str) -> None:
    assert get(client, DERIVED, accept).headers["content-type"].partition(";")[0] == media_type


def test_5_2_no_format_to_choose_is_406(client: httpx.Client) -> None:
    for accept in ("image/png", "text/csv"):
        assert_problem(get(client, DERIVED, accept), 406, "application/n-quads")
    assert get(client, DERIVED, "text/html").status_code == 406
    assert_problem(client.get("/graph-store?default&format=csv"), 406, "ttl, jsonld, nt, rdf, nq, trig")


def test_5_2_it_is_what_a_construct_gives(client: httpx.Client) -> None:
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{DERIVED}> {{ ?s ?p ?o }} }}"
    answer = client.get("/sparql.nt", params={"query": query})
    assert read(answer) == read(get(client, DERIVED))
    everything = client.get("/sparql.nt", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }"})
    assert read(everything) == read(get(client, None))


def test_5_1_a_graph_that_there_is_not_is_404(client: httpx.Client) -> None:
    assert_problem(get(client, graph_iri("derivd")), 404, f"did you mean {DERIVED}?")
    assert_problem(get(client, "https://example.org/"), 404, f"there are {DERIVED}")
    assert_problem(get(client, "http://127.0.0.1:9/" + "x" * 10_000), 404, "there are")


@pytest.mark.parametrize("accept", ["text/turtle", "application/n-triples", "application/ld+json"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "gzip, zstd", "gzip;q=0, identity"])
def test_5_2_answers_can_be_cached(whole: httpx.Client, accept: str, coding: str) -> None:
    for path in ("/graph-store?default", f"/graph-store?graph={graph_iri('shared')}", "/graph/shared"):
        headers = {"Accept": accept, "Accept-Encoding": coding}
        first = whole.get(path, headers=headers)
        assert first.headers["cache-control"].startswith("public")
        tag = first.headers["etag"]
        for known in (tag, f'"other", {tag}', f"W/{tag}"):
            again = whole.get(path, headers={**headers, "If-None-Match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert whole.get(path, headers={**headers, "If-None-Match": '"other"'}).status_code == 200


def test_5_2_no_two_representations_share_a_tag(whole: httpx.Client) -> None:
    tags: dict[str, tuple[str, str]] = {}
    for media_type in MEDIA_TYPES.values():
        for coding in ("identity", "gzip"):
            response = get(whole, None, media_type, **{"Accept-Encoding": coding})
            told = (media_type, response.headers.get("content-encoding", ""))
            assert tags.setdefault(response.headers["etag"], told) == told
    assert len(tags) > len(MEDIA_TYPES)


# 5.3 PUT, 5.4 DELETE, 5.5 POST, 5.7 PATCH


@pytest.mark.parametrize("method", WRITING)
@pytest.mark.parametrize(
    "path",
    ["/graph-store", "/graph-store?default", f"/graph-store?graph={DERIVED}", "/graph/derived", "/graph/new"],
)
def test_5_3_to_5_7_writing_is_not_allowed(client: httpx.Client, method: str, path: str) -> None:
    response = client.request(
        method, path, content="<urn:a> <urn:b> <urn:c> .", headers={"Content-Type": "text/turtle"}
    )
    assert_problem(response, 405, "read-only")
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert len(read(get(client, DERIVED))) == 7


def test_options_tell_what_is_allowed(client: httpx.Client) -> None:
    for path in ("/graph-store", "/graph/derived"):
        response = client.options(path)
        assert response.status_code == 204
        assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


# 5.6 HTTP HEAD


@pytest.mark.parametrize("accept", MEDIA_TYPES.values())
def test_5_6_head_is_get_without_its_body(whole: httpx.Client, accept: str) -> None:
    for path in ("/graph-store?default", f"/graph-store?graph={graph_iri('shared')}", "/graph/shared"):
        for coding in ("identity", "gzip"):
            headers = {"Accept": accept, "Accept-Encoding": coding}
            full, head = whole.get(path, headers=headers), whole.head(path, headers=headers)
            assert (head.status_code, head.content) == (200, b"")
            for name in ("content-type", "content-length", "content-encoding", "etag", "cache-control"):
                assert head.headers.get(name) == full.headers.get(name)
    assert whole.head("/graph-store?graph=https://example.org/").status_code == 404


# Size: what is large is sent from files, and never cut


def test_files_are_sent_as_they_are(
    release: Path, whole: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphstore, "_SMALL", 0)
    turtle = (release / "data" / "acagraph.ttl").read_bytes()
    for media_type in ("text/turtle", "application/trig"):
        response = get(whole, None, media_type)
        assert response.content == turtle
        assert response.headers["content-length"] == str(len(turtle))
        # A part of a graph is no graph, whatever range is asked.
        for part in ("bytes=0-6", "bytes=x", "bytes=9-1"):
            ranged = get(whole, None, media_type, Range=part)
            assert (ranged.status_code, ranged.content) == (200, turtle)
    zipped = (release / "data" / "acagraph.nt.gz").read_bytes()
    for media_type in ("application/n-triples", "application/n-quads"):
        response = get(whole, None, media_type, **{"Accept-Encoding": "br, gzip;q=0.5"})
        assert response.headers["content-encoding"] == "gzip"
        assert response.headers["content-length"] == str(len(zipped))
        assert response.content == gzip.decompress(zipped)
        plain = get(whole, None, media_type, **{"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == gzip.decompress(zipped)


def test_a_large_graph_is_had_in_the_formats_of_its_files(
    whole: httpx.Client, graphs: Graphs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphstore, "_WRITABLE", 0)
    # No test before has asked this: what is in the cache of answers stays there.
    assert_problem(whole.get("/graph-store?default=&format=jsonld"), 406, "not converted, see /data")
    # Its dump as JSON-LD names the graph, and so is a dataset.
    assert_problem(whole.get("/graph/shared.jsonld"), 406, "choose one of ttl, nt, rdf, nq, trig")
    assert_problem(get(whole, graph_iri("shared"), "application/ld+json"), 406, "text/turtle")
    for media_type in (
        "application/trig",
        "application/n-triples",
        "application/n-quads",
        "application/rdf+xml",
    ):
        preferred = get(whole, graph_iri("shared"), f"application/ld+json, {media_type};q=0.5")
        assert preferred.headers["content-type"] == media_type
        assert read(preferred) == graphs[graph_iri("shared")]
    links = whole.get("/graph/source/001").headers["link"]
    assert "/graph/source/001.nt" in links
    assert "/graph/source/001.jsonld" not in links


def test_without_files_the_store_decides_what_is_too_large(small: acagraph.Dataset) -> None:
    class Refusing:
        async def deliver(self, asked: Asked, *, client: str = "") -> Delivery:  # noqa: ARG002
            raise AnswerTooLarge("over 1000 bytes")

        def start(self) -> None:
            pass

        def close(self) -> None:
            pass

    with served(create_app(small, guarded=Refusing())) as address, httpx.Client(base_url=address) as client:
        response = get(client, None)
        assert_problem(response, AnswerTooLarge("").status, "take it from the files at /data")
        assert "over 1000 bytes" in response.json()["detail"]
        assert response.json()["title"] == AnswerTooLarge.title
        assert issubclass(AnswerTooLarge, QueryError)


def test_another_store_is_not_answered_from_the_release_s_files(
    release: Path, small_release: Path, small_graphs: Graphs
) -> None:
    with (
        acagraph.open(release, store=small_release / "store") as dataset,
        served(create_app(dataset, guarded=ThreadedStore(dataset.store))) as address,
        httpx.Client(base_url=address) as client,
    ):
        assert read(get(client, DERIVED)) == small_graphs[DERIVED]
        assert read(get(client, None)) == small_graphs[""]
        assert client.get("/graph/metadata").status_code == 404


def test_the_checksums_of_the_manifest_name_the_files(release: Path, whole: httpx.Client) -> None:
    listed = json.loads((release / "manifest.json").read_text("utf-8"))["files"]
    sums = {entry["path"]: entry["sha256"] for entry in listed}
    body = whole.get("/graph/shared.ttl").content
    assert hashlib.sha256(body).hexdigest() == sums["data/graphs/shared.ttl"]
    assert graph_iri("shared").startswith(BASE)
