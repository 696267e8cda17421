"""What may go wrong while `acagraph load` runs: it is told, nothing is half, and the next run goes on."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from acagraph.cli import main
from acagraph.errors import StoreError, StoreTimeout
from acagraph.loading import Connection, Wish, load
from acagraph.loading.credentials import PASSWORD, TOKEN, USER, credentials
from acagraph.loading.parts import STAGED
from acagraph.vocab import graph_iri

from load_targets import (
    Asked,
    Fault,
    Rule,
    environment,
    held,
    oxigraph,
    proxy,
    stored,
    triples,
    update,
    write_release,
)
from small import DATA

OURS = graph_iri("")
SECRET = "correct horse battery"
OLD = f"INSERT DATA {{ GRAPH <{OURS}old> {{ <urn:a> <urn:b> <urn:c> }} }}"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as root:
        yield root


@pytest.fixture
def store(server: str) -> str:
    """A store with one graph of an older release."""
    update(server, f"DROP ALL ; {OLD}")
    return server


@pytest.fixture(scope="module")
def small_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    quads = ox.parse(path=str(DATA), format=ox.RdfFormat.TRIG)
    lines = (ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    more = [f"_:a{number} <urn:p> _:a{number + 1} <{OURS}blank> .\n".encode() for number in range(60)]
    return write_release(tmp_path_factory.mktemp("small") / "release", [*lines, *more])


@pytest.fixture
def run(tmp_path: Path, small_one: Path) -> Run:
    """Load the small release in pieces of twenty triples, with what is given in the environment."""

    def invoke(root: str, *words: str, **given: str) -> Result:
        kept = environment(tmp_path) | given
        usual = ["load", root, "--release", str(small_one), "--method", "graph-store", "--piece", "8"]
        return CliRunner(env=kept).invoke(main, [*usual, *words], prog_name="acagraph")

    return invoke


def nothing(*_: int) -> None:
    """Show no progress."""


def after(number: int, fault: Fault) -> Rule:
    """Break every request that writes after so many."""
    return lambda asked: fault if asked.writes and asked.number > number else None


def switching(fault: Fault) -> Rule:
    """Break the update that switches."""
    return lambda asked: fault if switches(asked) else None


def switches(asked: Asked) -> bool:
    """Say whether this is the update that switches."""
    return b"FILTER NOT EXISTS" in asked.body


@pytest.mark.parametrize("method", ["graph-store", "update"])
@pytest.mark.parametrize("number", [1, 2, 4, 7, 11])
def test_a_load_goes_on_where_it_was_interrupted(
    run: Run, store: str, small_one: Path, method: str, number: int
) -> None:
    with proxy(store, after(number, Fault(403, b"enough"))) as broken:
        failed = run(broken.root, "--method", method)
        assert failed.exit_code == 2
        assert "does not allow it (403): enough" in failed.stderr
        assert "Readers still see what they saw before; the same command goes on from here" in failed.stderr
        assert triples(f"{store}query")[f"{OURS}old"] == 1
        first = len(broken.written)
        broken.rule = lambda _: None
        done = run(broken.root, "--method", method, "--json")
    told = json.loads(done.stdout)
    sent = sum(graph["requests"] for graph in told["graphs"])
    # All pieces but those that came; of the first run's requests one drops, and one is refused.
    assert first - 2 == number - 1
    assert told["there"] == sum(graph["there"] for graph in told["graphs"])
    assert (told["there"] > 0) == (number > 1)
    with proxy(store, lambda _: None) as whole:
        update(store, "DROP ALL")
        anew = json.loads(run(whole.root, "--method", method, "--dry-run", "--json").stdout)
    assert anew["requests"] - sent == number - 1
    assert run(store, "--method", method).exit_code == 0
    assert held(store) == stored(small_one)


def test_blank_nodes_are_one_each_after_any_interruption(run: Run, store: str, small_one: Path) -> None:
    """The first request of the graph with blank nodes reaches the store, but its answer does not come."""
    once: list[int] = []

    def rule(asked: Asked) -> Fault | None:
        if b"_:" in asked.body and asked.writes and not once:
            once.append(asked.number)
            return Fault(403, b"gone", done=True)
        return None

    with proxy(store, rule) as broken:
        assert run(broken.root).exit_code == 2
        assert run(broken.root).exit_code == 0
    assert once
    assert held(store) == stored(small_one)


def test_a_piece_that_came_in_part_is_sent_again(run: Run, store: str, small_one: Path) -> None:
    with proxy(store, switching(Fault(403))) as broken:
        assert run(broken.root).exit_code == 2
    graph = max((name for name in triples(f"{store}query") if STAGED in name), key=len)
    update(
        store,
        f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        f"WHERE {{ {{ SELECT * {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} LIMIT 1 }} }}",
    )
    assert run(store).exit_code == 0
    assert held(store) == stored(small_one)


def test_what_was_staged_is_not_trusted_for_its_number_alone(run: Run, store: str, small_one: Path) -> None:
    with proxy(store, switching(Fault(403))) as broken:
        failed = run(broken.root)
        assert "the same command tries again" in failed.stderr
    graph = min(
        (name for name in triples(f"{store}query") if STAGED in name),
        key=lambda g: triples(f"{store}query")[g],
    )
    update(
        store,
        f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} INSERT {{ GRAPH <{graph}> {{ ?s ?p <urn:other> }} }}"
        f"WHERE {{ {{ SELECT * {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} LIMIT 1 }} }}",
    )
    failed = run(store)
    assert failed.exit_code == 2
    assert "lacks a statement of https://w3id.org/acagraph/graph/" in failed.stderr
    assert "what was staged is dropped" in failed.stderr
    assert list(triples(f"{store}query")) == [f"{OURS}old"]
    assert run(store).exit_code == 0
    assert held(store) == stored(small_one)


def test_a_store_that_goes_away_while_it_is_asked_loses_nothing(
    store: str, run: Run, small_one: Path
) -> None:
    with proxy(
        store, lambda asked: Fault(500, b"too tired") if b"ASK+%7B%0A" in asked.body else None
    ) as broken:
        failed = run(broken.root)
        assert "too tired. Readers still see what they saw before; the same command goes on" in failed.stderr
        assert triples(f"{store}query")[f"{OURS}old"] == 1
        broken.rule = lambda _: None
        told = json.loads(run(broken.root, "--json").stdout)
        assert told["there"] == told["triples"]
        update(store, f"DROP ALL ; {OLD}")
        late = False

        def rule(asked: Asked) -> Fault | None:
            nonlocal late
            late = late or switches(asked)
            return Fault(500, b"too tired") if late and b"ASK+%7B%0A" in asked.body else None

        broken.rule = rule
        assert "The switch was made, but what readers see could not be compared" in run(broken.root).stderr
    assert held(store) == stored(small_one)


def test_what_was_staged_and_could_not_be_dropped_is_told(run: Run, store: str, small_one: Path) -> None:
    late = False

    def rule(asked: Asked) -> Fault | None:
        nonlocal late
        if late and asked.writes:
            return Fault(403, b"enough")
        late = late or switches(asked)
        return None

    with proxy(store, rule) as broken:
        failed = run(broken.root)
        assert failed.exit_code == 2
        assert "enough. Readers see the release; what was staged is still there, so run this" in failed.stderr
        seen = {graph: n for graph, n in triples(f"{store}query").items() if STAGED not in graph}
        assert seen != triples(f"{store}query")
        broken.rule = lambda _: None
        assert run(broken.root).exit_code == 0
    assert triples(f"{store}query") == seen
    assert held(store) == stored(small_one)


def test_a_switch_that_was_made_but_not_confirmed_is_found_out(run: Run, store: str, small_one: Path) -> None:
    with proxy(store, switching(Fault(502, done=True))) as broken:
        done = run(broken.root)
    assert done.exit_code == 0, done.output
    assert held(store) == stored(small_one)


@pytest.mark.parametrize(
    ("fault", "method", "said"),
    [
        (
            Fault(502, b"no"),
            "graph-store",
            "The switch was not confirmed: readers see all of the one release or",
        ),
        (Fault(500, b"disk full"), "graph-store", "failed with HTTP 500: disk full. Readers still see"),
        (Fault(507, b"disk full"), "once", "failed with HTTP 507: disk full. Readers still see"),
        (Fault(413), "once", "takes no request of 0.0 MB; give a smaller --piece"),
    ],
)
def test_a_switch_that_fails_leaves_the_old_release(
    store: str, run: Run, fault: Fault, method: str, said: str
) -> None:
    before = triples(f"{store}query")

    def rule(asked: Asked) -> Fault | None:
        return fault if f"DROP SILENT GRAPH <{OURS}old>".encode() in asked.body else None

    with proxy(store, rule) as broken:
        failed = run(broken.root, "--method", method)
    assert failed.exit_code == 2
    assert said in failed.stderr
    kept = {graph: number for graph, number in triples(f"{store}query").items() if STAGED not in graph}
    assert kept == before
    assert run(store, "--method", method).exit_code == 0


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(401), "asks for credentials; set ACAGRAPH_STORE_USER and ACAGRAPH_STORE_PASSWORD"),
        (Fault(404), "does not do this (HTTP 404); give the addresses with --update and --graph-store"),
        (Fault(405), "does not do this (HTTP 405)"),
        (Fault(413), "takes no request of 0.0 MB; give a smaller --piece"),
        (
            Fault(307, headers=(("Location", "https://elsewhere.example.org/"),)),
            "leads to https://elsewhere.example.org/",
        ),
        (
            Fault(500, b"<html>sorry", (("Content-Type", "text/html"),)),
            "a page in HTML, so perhaps it is not the store",
        ),
        (Fault(500, b"no space left on device"), "no space left on device"),
    ],
)
def test_a_store_that_refuses_is_told_with_what_to_do(run: Run, store: str, fault: Fault, said: str) -> None:
    with proxy(store, after(3, fault)) as broken:
        failed = run(broken.root)
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert said in failed.stderr
    assert "Traceback" not in failed.output
    assert failed.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            Fault(200, b"<p>Welcome", (("Content-Type", "text/html"),)),
            "answered text/html, not the results of a query",
        ),
        (
            Fault(200, b"{}", (("Content-Type", "application/sparql-results+json"),)),
            "no whole SPARQL results",
        ),
        (Fault(cut=True), "broke off its answer"),
    ],
)
def test_an_answer_that_is_none_is_told(store: str, small_one: Path, fault: Fault, said: str) -> None:
    with proxy(store, lambda asked: fault if b"COUNT" in asked.body else None) as broken:
        with pytest.raises(StoreError, match=said):
            load(small_one, broken.root, Connection(pauses=()), Wish("graph-store"), nothing)
        assert not broken.written


def test_a_store_that_is_busy_is_asked_again(store: str, small_one: Path) -> None:
    waited: list[float] = []
    seen: set[tuple[str, bytes]] = set()

    def rule(asked: Asked) -> Fault | None:
        # Each request fails the first time, in one way or the other.
        if (asked.path, asked.body) in seen or not asked.writes or switches(asked):
            return None
        seen.add((asked.path, asked.body))
        return Fault(503, b"later") if asked.number % 2 else Fault()

    with proxy(store, rule) as broken:
        connection = Connection(sleep=waited.append)
        loaded = load(small_one, broken.root, connection, Wish("graph-store", piece=40), nothing)
    assert held(store) == stored(small_one)
    assert len(waited) == len(seen)
    assert loaded.requests == len(seen) + 1


def test_a_store_that_stays_busy_or_silent_is_given_up(store: str, small_one: Path) -> None:
    waited: list[float] = []
    with proxy(store, after(0, Fault(503, b"later"))) as broken:
        with pytest.raises(StoreError, match="failed with HTTP 503: later"):
            load(small_one, broken.root, Connection(sleep=waited.append), Wish("graph-store"), nothing)
        assert len(waited) == 3
        broken.rule = after(0, Fault(seconds=1.5))
        with pytest.raises(StoreError, match=r"did not answer within 0\.5 s"):
            load(small_one, broken.root, Connection(timeout=0.5), Wish("graph-store"), nothing)
        with pytest.raises(StoreTimeout):
            Connection(timeout=0.5).update(f"{broken.root}update", OLD)
    assert triples(f"{store}query") == {f"{OURS}old": 1}


def test_a_store_that_is_not_there_is_told(small_one: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(StoreError, match="cannot be reached"):
            load(small_one, address, Connection(pauses=()), Wish(), nothing)


@pytest.mark.parametrize(
    "address",
    [
        f"http://someone:{SECRET.replace(' ', '')}@127.0.0.1:1/",
        f"https://{SECRET.replace(' ', '')}@127.0.0.1/sparql",
        "ftp://127.0.0.1/",
        "127.0.0.1:7878",
        "http://127.0.0.1/sparql?default-graph-uri=x",
        "http://127.0.0.1:port/",
        "http:///sparql",
        "http://127.0.0.1/a b",
    ],
)
def test_an_address_that_is_none_or_has_a_password_is_refused(run: Run, address: str) -> None:
    for words in ((address,), ("http://127.0.0.1:1/", "--update", address)):
        failed = run(*words)
        assert failed.exit_code == 2
        assert "Traceback" not in failed.output
        assert SECRET.replace(" ", "") not in failed.output
    if "@" in address:
        assert "set ACAGRAPH_STORE_USER" in run(address).stderr


def basic(asked: Asked) -> Fault | None:
    """Want a name and a password, and repeat what was shown, as careless servers do."""
    wanted = "Basic " + base64.b64encode(f"loader:{SECRET}".encode()).decode()
    if asked.headers.get("Authorization") == wanted:
        return None
    said = f"you are not loader:{SECRET}".encode()
    return Fault(401, said, (("WWW-Authenticate", 'Basic realm="store"'),))


def test_credentials_come_from_the_environment_or_netrc_and_are_never_told(
    run: Run, store: str, small_one: Path, tmp_path: Path
) -> None:
    with proxy(store, basic) as guarded:
        failed = run(guarded.root)
        assert failed.exit_code == 2
        assert "asks for credentials" in failed.stderr
        assert run(guarded.root, **{USER: "loader", PASSWORD: SECRET}).exit_code == 0
        assert held(store) == stored(small_one)
        # Asked for once, then shown at once: no triples travel twice.
        assert sum("Authorization" not in asked.headers for asked in guarded.asked[1:]) == 1
        wrong = run(guarded.root, **{USER: "loader", PASSWORD: "wrong horse"})
        assert "does not accept these credentials" in wrong.stderr
        assert "wrong horse" not in wrong.output
        netrc = tmp_path / "its.netrc"
        netrc.write_text(f'machine 127.0.0.1 login loader password "{SECRET}"\n', encoding="utf-8")
        netrc.chmod(0o600)
        assert run(guarded.root, NETRC=str(netrc)).exit_code == 0
        guarded.rule = lambda _: Fault(500, f"I was shown {SECRET}".encode())
        told = run(guarded.root, **{USER: "loader", PASSWORD: SECRET})
        assert "I was shown ***" in told.stderr
        assert SECRET not in told.output


def test_a_token_is_shown_and_never_told(run: Run, store: str) -> None:
    def rule(asked: Asked) -> Fault | None:
        shown = asked.headers.get("Authorization") == "Bearer a-token"
        return None if shown else Fault(401, b"a-token")

    with proxy(store, rule) as guarded:
        assert run(guarded.root, **{TOKEN: "a-token"}).exit_code == 0
        assert run(guarded.root).exit_code == 2
        assert SECRET not in repr(credentials(guarded.root, {USER: "loader", PASSWORD: SECRET}))


def test_half_of_the_credentials_and_a_torn_netrc_are_told(run: Run, store: str, tmp_path: Path) -> None:
    netrc = tmp_path / "torn"
    netrc.write_text(f"machine 127.0.0.1\nlogin loader\n{SECRET.replace(' ', '')} x\n", encoding="utf-8")
    for given, said in (
        ({USER: "loader"}, "ACAGRAPH_STORE_USER is set, but not ACAGRAPH_STORE_PASSWORD"),
        ({"NETRC": str(netrc)}, "is not as .netrc is written"),
        ({"NETRC": str(tmp_path / "none")}, "which NETRC names, is no file"),
        ({TOKEN: "line\nbreak"}, "no header can hold"),
    ):
        failed = run(store, **given)
        assert failed.exit_code == 2
        assert said in failed.stderr
        assert SECRET.replace(" ", "") not in failed.output


def test_a_method_that_the_store_has_not_is_refused(
    run: Run, store: str, small_one: Path, tmp_path: Path
) -> None:
    failed = run(store, "--method", "virtuoso", "--folder", str(tmp_path))
    assert "is not Virtuoso; leave out --method virtuoso" in failed.stderr

    with proxy(store, lambda _: None, nameless=True) as unknown:
        failed = run(f"{unknown.root}query")
        assert "give the address with --graph-store, or use --method update" in failed.stderr
        assert not unknown.written
        words = ("--graph-store", f"{unknown.root}store", "--update", f"{unknown.root}update")
        done = run(f"{unknown.root}query", *words)
    assert done.exit_code == 0, done.output
    assert "whether SPARQL 1.1 shows readers the switch as a whole is not known" in done.stderr
    assert held(store) == stored(small_one)
