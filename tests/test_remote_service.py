"""The service over a remote store: the same answers, and an honest status when the store fails."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from starlette.types import ASGIApp

from acagraph.cli import main
from acagraph.dataset import dataset_of, open_dataset
from acagraph.errors import StoreDown
from acagraph.stores import RemoteStore
from acagraph.stores.breaker import Breaker
from acagraph.stores.relay import Relay
from acagraph.stores.remote import Patience
from acagraph.web import create_app
from acagraph.web.app import LIMITS
from engine_servers import oxigraph
from faulty_store import Endpoint, faulty
from server_process import service

from small import DATA, served

Pair = tuple[httpx.Client, httpx.Client]
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
MEMBERS = "/queries/members-of-coalition.json?coalition=jci"
SECRET = "SELECT ?s { ?s skos:prefLabel 'secret' }"


def over(endpoint: str, folder: Path, **options: object) -> ASGIApp:
    """Return the service over an endpoint, as a server process makes it."""
    breaker = options.pop("breaker", None)
    assert breaker is None or isinstance(breaker, Breaker)
    patience = Patience(first=0.01)
    store = RemoteStore(endpoint, name="the store", patience=patience, breaker=breaker or Breaker())
    dataset = dataset_of(folder, store, location=str(folder))
    limits = replace(LIMITS, timeout_seconds=2.0, max_rows=50)
    return create_app(dataset, guarded=Relay(store), limits=limits if options else LIMITS)


def without_store(release: Path, folder: Path) -> Path:
    """Copy a release but for its store."""
    copy = folder / release.resolve().name
    shutil.copytree(release.resolve(), copy, ignore=shutil.ignore_patterns("store"))
    return copy


@pytest.fixture(scope="module")
def pair(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Clients of the curated release: over its own store, and over an Oxigraph server."""
    folder = without_store(release, tmp_path_factory.mktemp("remote"))
    with (
        oxigraph(release.resolve() / "store", "--union-default-graph") as endpoint,
        open_dataset(release) as dataset,
        served(create_app(dataset)) as own,
        served(over(endpoint, folder)) as remote,
        httpx.Client(base_url=own, timeout=60) as first,
        httpx.Client(base_url=remote, timeout=60) as second,
    ):
        yield first, second


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/", "text/html"),
        ("/coalitions", "text/html"),
        ("/members?country=jp", "text/html"),
        ("/members.csv?coalition=jci", "*/*"),
        ("/countries", "text/html"),
        ("/commitments", "text/html"),
        ("/es/doc/coalition/jci", "text/html"),
        ("/doc/coalition/jci", "text/html"),
        ("/doc/coalition/jci.ttl", "*/*"),
        ("/doc/agent/sony.jsonld", "*/*"),
        ("/doc/coalition/nobody", "application/json"),
        ("/queries", "text/html"),
        ("/queries/members-of-coalition", "text/html"),
        ("/queries/members-of-coalition?coalition=jci", "text/html"),
        ("/queries/members-of-coalition.csv?coalition=jci&limit=7", "*/*"),
        ("/queries/members-of-coalition.simple.json?coalition=jci", "*/*"),
        ("/queries/members-of-coalition.json?coalition=nothing", "*/*"),
        ("/search.json?q=Sony", "*/*"),
        ("/search?q=Japan", "text/html"),
        ('/reconcile?queries={"q0":{"query":"Sony"}}', "*/*"),
        ('/reconcile?extend={"ids":["agent/sony"],"properties":[{"id":"country"}]}', "*/*"),
        ("/sparql.json?query=SELECT ?c ?l { ?c a aca:Coalition ; skos:prefLabel ?l } ORDER BY ?c ?l", "*/*"),
        ("/sparql.csv?query=ASK { agent:sony aca:memberOf coalition:jci }", "*/*"),
        (
            "/sparql.ttl?query=CONSTRUCT { ?c skos:prefLabel ?l } { ?c a aca:Coalition ; skos:prefLabel ?l }",
            "*/*",
        ),
        ("/sparql?query=SELECT ?y { coalition:jci aca:foundedYear ?y }", "text/html"),
        ("/sparql.json?query=SELECT * { ?s ?p }", "*/*"),
        ("/sparql", "text/html"),
        ("/schema.json", "*/*"),
        ("/ontology", "text/html"),
        ("/graph-store?graph=https://w3id.org/acagraph/graph/metadata", "text/turtle"),
        ("/data", "text/html"),
        ("/sitemap.xml", "*/*"),
        ("/openapi.json", "*/*"),
        ("/.well-known/sparql-examples", "text/turtle"),
    ],
)
def test_every_kind_of_answer_is_that_of_the_own_store(pair: Pair, path: str, accept: str) -> None:
    own, remote = (client.get(path, headers={"Accept": accept}) for client in pair)
    assert remote.status_code == own.status_code
    places = [str(client.base_url).rstrip("/") for client in pair]
    assert remote.text.replace(places[1], places[0]) == own.text
    if places[0] not in own.text:
        assert remote.headers.get("etag") == own.headers.get("etag")
    assert len(own.content) > 3


def test_a_query_that_is_posted_is_checked_and_answered(pair: Pair) -> None:
    head = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    own, remote = (client.post("/sparql", content=COUNT, headers=head) for client in pair)
    assert (remote.status_code, remote.text) == (own.status_code, own.text) == (200, own.text)
    own, remote = (client.post("/sparql/check", content="SELECT * { ?s ?p }") for client in pair)
    assert remote.json() == own.json() != {"problems": []}


def test_it_adds_little_to_the_time_of_the_store(pair: Pair) -> None:
    """Loosely, as machines are busy: docs/remote-store.md tells what was measured."""
    path = "/queries/members-of-coalition.json?coalition=jci&limit="
    begun = time.monotonic()
    for number in range(1, 31):
        assert pair[1].get(f"{path}{number}").status_code == 200
    assert (time.monotonic() - begun) / 30 < 0.5


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with faulty(DATA) as found:
        yield found


@pytest.fixture(scope="module")
def client(
    endpoint: Endpoint, small_release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of the service over the endpoint, whose breaker never opens for long."""
    folder = without_store(small_release, tmp_path_factory.mktemp("small"))
    app = over(endpoint.address, folder, breaker=Breaker(most=1_000_000), short=True)
    with served(app) as address, httpx.Client(base_url=address, timeout=30) as found:
        yield found


@pytest.fixture
def well(endpoint: Endpoint) -> Iterator[Endpoint]:
    endpoint.fail("")
    yield endpoint
    endpoint.fail("")


def asked(client: httpx.Client, query: str = COUNT) -> httpx.Response:
    """Ask; what was answered before is answered again without the store."""
    return client.get("/sparql.json", params={"query": query})


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ("close", 502, "cannot be reached"),
        ("cut", 502, "broke off"),
        ("malformed", 502, "malformed"),
        ("page", 502, "text/html"),
        ("500", 502, "the reason"),
        ("401", 502, "401"),
        ("302", 502, "302"),
        ("502", 502, "the reason"),
        ("503", 503, "busy"),
        ("504", 504, "the reason"),
        ("hang", 504, "in time"),
        ("partial", 504, "before the answer was whole"),
        ("400", 400, "refused the query"),
    ],
)
@pytest.mark.parametrize(
    ("path", "word"),
    [("/sparql.json?query=SELECT * { ?s ?p ?o } LIMIT 2", "LIMIT 2"), (MEMBERS, "prefLabel")],
)
def test_what_fails_is_told_and_no_part_is_sent(
    client: httpx.Client, well: Endpoint, fault: str, status: int, said: str, path: str, word: str
) -> None:
    well.fail(fault, only=word)
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["status"], answer.headers["cache-control"]) == (status, "no-store")
    assert said in problem["detail"]
    assert well.address not in answer.text, "strangers need not know where the store is"
    assert answer.headers.get("retry-after") == ("7" if fault == "503" else None)


@pytest.mark.parametrize(
    ("fault", "status", "tries"), [("502", 200, 2), ("close", 200, 3), ("hang", 504, 1), ("500", 502, 1)]
)
def test_it_is_asked_again_only_where_that_helps(
    client: httpx.Client, well: Endpoint, fault: str, status: int, tries: int
) -> None:
    well.fail(fault, times=tries - 1 if status == 200 else 1_000_000)
    assert asked(client, f"{COUNT} # {fault}").status_code == status
    assert sum("COUNT" in query for query in well.asked) == tries


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("INSERT DATA { <a:a> <a:b> <a:c> }", 400),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400),
        ("SELECT * { ?s ?p ?o FILTER(?o<1)SERVICE#>\n?v{?a ?b ?c} }", 400),
        ("SELECT * FROM <http://127.0.0.1:9/data.ttl> { ?s ?p ?o }", 400),
        ("SELECT * FROM NAMED <http://127.0.0.1:9/data.ttl> { ?s ?p ?o }", 400),
        ("SELECT(1<(2)AS?x)FROM#>\n<http://127.0.0.1:9/data.ttl>{?s ?p ?o}", 400),
        ("SELECT * #\\u000AFROM <http://127.0.0.1:9/data.ttl>\n{ ?s ?p ?o }", 400),
        ('define get:soft "soft" SELECT * { ?s ?p ?o }', 400),
        ("SELECT * { ?s ?p ?o", 400),
        ("ASK { FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }", 400),
    ],
)
def test_what_may_not_be_asked_is_not_sent_on(
    client: httpx.Client, well: Endpoint, query: str, status: int
) -> None:
    asked(client, "ASK FROM <http://127.0.0.1:9/> {}")  # the names of graphs are looked up once
    well.asked.clear()
    answer = client.post("/sparql", data={"query": query})
    assert answer.status_code == status, answer.text
    assert well.asked == []


def test_a_known_graph_may_be_named(client: httpx.Client, well: Endpoint) -> None:  # noqa: ARG001
    named = "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/acagraph/graph/derived> { ?s ?p ?o } # FROM here"
    assert asked(client, named).json()["results"]["bindings"][0]["n"]["value"] == "7"


def test_more_rows_than_allowed_are_an_error(client: httpx.Client, well: Endpoint) -> None:  # noqa: ARG001
    answer = asked(client, "SELECT * { ?s ?p ?o }")
    assert answer.status_code == 400
    assert "more than 50 rows" in answer.json()["detail"]


def test_who_leaves_is_not_asked_for_any_more(client: httpx.Client, well: Endpoint) -> None:
    well.fail("hang", only="secret")
    with pytest.raises(httpx.ReadTimeout):
        client.get("/sparql.json", params={"query": SECRET}, timeout=0.7)
    begun = time.monotonic()
    assert well.left.wait(5)
    assert time.monotonic() - begun < 1.2, "the service's own deadline is later"


def test_connections_are_kept(client: httpx.Client, well: Endpoint) -> None:
    asked(client)
    before = well.connections
    for number in range(10):
        assert asked(client, f"{COUNT} # {number}").status_code == 200
    assert well.connections - before <= 1


def test_a_store_that_is_down_is_left_alone_until_it_answers_again(
    well: Endpoint, small_release: Path, tmp_path: Path
) -> None:
    now = [0.0]
    breaker = Breaker(most=3, pause=10, clock=lambda: now[0])
    app = over(well.address, without_store(small_release, tmp_path), breaker=breaker, short=True)
    with served(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        assert client.get("/healthz").json() == {
            "status": "ok",
            "version": "1.2.3",
            "store": "remote",
            "circuit": "closed",
        }
        well.fail("502")
        assert [asked(client, f"{COUNT} # {n}").status_code for n in range(3)] == [502, 502, 502]
        well.asked.clear()
        refused = asked(client)
        assert (refused.status_code, refused.headers["retry-after"]) == (502, "10")
        assert client.get("/healthz").status_code == 502
        assert client.get(MEMBERS).status_code == 502
        assert well.asked == []
        now[0] += 11
        assert client.get("/healthz").status_code == 502, "the probe fails"
        assert well.asked == ["ASK {}"]
        now[0] += 11
        assert asked(client).status_code == 502, "twice as long after a probe"
        assert well.asked == ["ASK {}"]
        well.fail("")
        now[0] += 10
        assert asked(client).status_code == 200
        assert client.get("/healthz").json()["circuit"] == "closed"


def test_a_breaker_lets_one_probe_through() -> None:
    now = [0.0]
    breaker = Breaker(most=2, pause=1, longest=3, clock=lambda: now[0])
    assert not breaker.enter()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    states = [breaker.state]
    breaker.failed()
    for pause in (1, 2, 3, 3):
        states.append(breaker.state)
        now[0] += pause - 0.1
        with pytest.raises(StoreDown):
            breaker.enter()
        now[0] += 0.2
        states.append(breaker.state)
        assert breaker.enter()
        with pytest.raises(StoreDown):
            breaker.enter()
        breaker.failed()
    assert states == ["closed", *(4 * ["open", "half-open"])]


def test_it_is_served_from_the_command_line(well: Endpoint, small_release: Path, tmp_path: Path) -> None:
    folder = without_store(small_release, tmp_path)
    with service(folder, tmp_path / "log", "--store", well.address, "--processes", "2") as running:
        with running.client() as client:
            assert client.get("/healthz").json()["store"] == "remote"
            assert asked(client).status_code == 200
            tags = {client.get(MEMBERS).headers["etag"] for _ in range(6)}
        assert len(tags) == 1
        well.fail("502")
        with running.client() as client:
            assert client.get("/healthz").status_code == 502


def test_it_starts_before_its_store(small_release: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/sparql"
        with service(small_release, tmp_path / "log", "--store", nobody) as running:
            assert "Until it answers" in "".join(running.said)
            with running.client() as client:
                assert client.get("/healthz").status_code == 502


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("ftp://example.org/", "no address"),
        ("store.example.org", "no address"),
        ("https://me:secret@example.org/sparql", "without user"),
        ("https://example.org/sparql?a=b", "parameters"),
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(small_release: Path, store: str, said: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--release", str(small_release), "--store", store])
    assert result.exit_code == 2
    assert said in result.output
    assert "secret" not in result.output


def _other_version(small_release: Path, folder: Path) -> tuple[Path, Path, str]:
    data = folder / "other.trig"
    data.write_text(
        DATA.read_text("utf-8")
        + "\n<https://w3id.org/acagraph/graph/metadata> { <https://w3id.org/acagraph/dataset>"
        " <http://www.w3.org/ns/dcat#hasVersion> <https://w3id.org/acagraph/releases/9.9.9/> . }\n",
        encoding="utf-8",
    )
    return data, small_release, "not release 1.2.3"


def _no_graphs(small_release: Path, folder: Path) -> tuple[Path, Path, str]:
    data = folder / "empty.trig"
    data.write_text("", encoding="utf-8")
    return data, small_release, "load the release"


@pytest.mark.parametrize("make", [_other_version, _no_graphs])
def test_a_store_with_something_else_is_refused(
    make: Callable[[Path, Path], tuple[Path, Path, str]], small_release: Path, tmp_path: Path
) -> None:
    data, release, said = make(small_release, tmp_path)
    with faulty(data) as endpoint:
        result = CliRunner().invoke(main, ["serve", "--release", str(release), "--store", endpoint.address])
    assert result.exit_code == 2
    assert said in result.output


def test_a_store_without_the_union_is_refused(small_release: Path) -> None:
    with oxigraph(small_release / "store") as endpoint:
        result = CliRunner().invoke(main, ["serve", "--release", str(small_release), "--store", endpoint])
    assert result.exit_code == 2
    assert "--union-default-graph" in result.output
