"""`acagraph load` into Oxigraph's server: what readers see before, meanwhile and afterwards."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from acagraph.cli import main
from acagraph.cli.command import Command
from acagraph.errors import ReleaseError
from acagraph.loading.parts import STAGED, Contents, Part, split
from acagraph.loading.switch import differences, moves
from acagraph.loading.transfer import arrived
from acagraph.vocab import graph_iri

from load_targets import (
    dumped,
    environment,
    held,
    oxigraph,
    proxy,
    query,
    stored,
    triples,
    update,
    values,
    write_release,
)
from small import DATA

OURS = graph_iri("")
ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
SERVED = f"""SELECT (COUNT(*) AS ?n) WHERE {{
  GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{OURS}") && !CONTAINS(STR(?g), "{STAGED}"))
}}"""
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command where nobody's credentials are."""
    kept = environment(tmp_path)
    return lambda *words: CliRunner(env=kept).invoke(main, list(map(str, words)), prog_name="acagraph")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Oxigraph server in memory for all tests here."""
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as root:
        yield root


@pytest.fixture
def store(server: str) -> str:
    """An Oxigraph server that holds nothing."""
    update(server, "DROP ALL")
    return server


@pytest.fixture(scope="module")
def blank() -> list[bytes]:
    """The small data in its named graphs, with two graphs more that have blank nodes."""
    quads = list(ox.parse(path=str(DATA), format=ox.RdfFormat.TRIG))
    lines = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    more = "".join(
        f"_:{name}{number} <urn:next> _:{name}{number + 1} <{OURS}{name}> .\n"
        f'_:{name}{number} <urn:name> "_:not > _:a label" <{OURS}{name}> .\n'
        for name in ("one", "two")
        for number in range(20)
    )
    return [*lines.splitlines(keepends=True), *more.encode().splitlines(keepends=True)]


@pytest.fixture(scope="module")
def small_one(blank: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("small") / "release", blank)


@pytest.mark.parametrize(
    ("method", "words"),
    [("once", ()), ("graph-store", ("--piece", "3000")), ("update", ("--piece", "700"))],
)
def test_the_store_then_holds_the_release_and_nothing_else_of_ours(
    run: Run, store: str, release: Path, method: str, words: tuple[str, ...]
) -> None:
    update(store, f"INSERT DATA {{ GRAPH <{OURS}source/gone> {{ <urn:a> <urn:b> 1 }} }}")
    done = run("load", store, "--release", release, "--method", method, *words)
    assert done.exit_code == 0, done.output
    expected = stored(release)
    assert held(store) == expected
    assert any(b"_:" in line for line in expected), "the release has blank nodes, or this shows too little"
    assert f"{len(expected):,} triples" in done.stdout
    assert "1 others dropped" in done.stdout
    assert ("staged until the switch" in done.stderr) == (method != "once")


def test_a_small_release_goes_in_one_update_by_default(run: Run, store: str, small_one: Path) -> None:
    done = run("load", store, "--release", small_one, "--json")
    told = json.loads(done.stdout)
    assert (told["method"], told["requests"], told["atomic"], told["loaded"]) == ("once", 1, True, True)
    assert told["triples"] == len(dumped(small_one))
    assert held(store) == stored(small_one)
    again = run("load", f"{store}query", "--release", small_one)
    assert again.exit_code == 0
    assert held(store) == stored(small_one)


def test_graphs_of_others_stay_and_are_told(run: Run, store: str, small_one: Path) -> None:
    update(store, "INSERT DATA { GRAPH <urn:theirs> { <urn:a> <urn:b> <urn:c> } }")
    done = run("load", store, "--release", small_one)
    assert "1 graph that are not ours, such as urn:theirs" in done.stderr
    assert triples(f"{store}query")["urn:theirs"] == 1


@pytest.mark.parametrize("method", ["once", "graph-store", "update"])
def test_a_dry_run_tells_what_would_be_sent_and_writes_nothing(
    run: Run, store: str, small_one: Path, method: str
) -> None:
    update(store, f"INSERT DATA {{ GRAPH <{OURS}gone> {{ <urn:a> <urn:b> <urn:c> }} }}")
    before = held(store)
    with proxy(store, lambda _: None) as seen:
        words = ("load", seen.root, "--release", small_one, "--method", method, "--piece", "40")
        said = run(*words, "--dry-run")
        told = json.loads(run(*words, "--dry-run", "--json").stdout)
        assert not seen.written
        assert held(store) == before
        assert said.stdout.endswith("Nothing was written.\n")
        assert f"dropped at the end: {OURS}gone" in said.stdout
        assert told["loaded"] is False
        assert told["bytes"] == sum(len(line[: line.rindex(b" <")]) + 3 for line in dumped(small_one))
        done = json.loads(run(*words, "--json").stdout)
    # More than the triples: old staging graphs are dropped, the switch is made, what was staged is dropped,
    # but for the one graph that goes with the switch.
    assert done["requests"] == told["requests"] + (0 if method == "once" else 1 + len(told["graphs"]))
    assert done["graphs"] == told["graphs"]


def test_readers_see_all_of_one_release_or_all_of_the_other(
    run: Run, release: Path, small_one: Path, tmp_path: Path
) -> None:
    links = f" <{OURS}links> .\n".encode()
    more = (line for line in dumped(release) if line.endswith(links))
    large = write_release(tmp_path / "large", [*dumped(small_one), *more])
    numbers = {len(dumped(large)), len(dumped(small_one))}
    assert max(numbers) > 10 * min(numbers)
    place = tmp_path / "server"
    place.mkdir()
    with oxigraph(place, "--location", str(place / "store")) as root:
        assert run("load", root, "--release", small_one).exit_code == 0
        for method, text in (("once", ALL), ("graph-store", SERVED)):
            seen, stop = list[int](), threading.Event()

            def read(text: str = text, seen: list[int] = seen, stop: threading.Event = stop) -> None:
                while not stop.is_set():
                    seen.append(int(values(f"{root}query", text)[0][0]))
                    stop.wait(0.005)

            reader = threading.Thread(target=read)
            reader.start()
            try:
                for target in (large, small_one, large):
                    done = run("load", root, "--release", target, "--method", method)
                    assert done.exit_code == 0, done.output
            finally:
                stop.set()
                reader.join(30)
            assert set(seen) == numbers, method
            assert run("load", root, "--release", small_one).exit_code == 0


@pytest.mark.parametrize("switch", [moves, differences])
def test_a_switch_without_what_was_staged_changes_nothing(
    store: str, blank: list[bytes], tmp_path: Path, switch: Callable[[Contents, int, list[str]], str]
) -> None:
    """Oxigraph makes all of an update or nothing of it: what the switch rests on."""
    update(store, f"INSERT DATA {{ GRAPH <{OURS}shared> {{ <urn:a> <urn:b> <urn:c> }} }}")
    parts = split(blank, tmp_path)
    staged = " ".join(
        f"GRAPH <{part.staging(9)}> {{ <urn:a> <urn:b> <urn:{i}> }}" for i, part in enumerate(parts[:-1])
    )
    update(store, f"INSERT DATA {{ {staged} }}")
    before = held(store)
    with pytest.raises(OSError, match=r"\b[45]\d\d\b"):
        update(store, switch(Contents("1", parts), 9, [f"{OURS}shared"]))
    assert held(store) == before


def test_pieces_have_all_blank_nodes_in_the_first_and_every_line_once(
    blank: list[bytes], tmp_path: Path
) -> None:
    parts = split(blank, tmp_path)
    for part in parts:
        for size in (1, 7, 40, 1_000):
            pieces = list(part.pieces(size))
            lines = [line for piece, _ in pieces for line in piece.splitlines(keepends=True)]
            assert sorted(lines) == sorted(_triples(blank, part))
            assert [number for _, number in pieces] == [len(piece.splitlines()) for piece, _ in pieces]
            assert all(b"_:one" not in piece and b"_:two" not in piece for piece, _ in pieces[1:])
            total = 0
            ends = [total := total + number for _, number in pieces]
            assert part.ends(size) == ends


def _triples(lines: list[bytes], part: Part) -> list[bytes]:
    end = f" <{part.graph}> .\n".encode()
    return [line.removesuffix(end) + b" .\n" for line in lines if line.endswith(end)]


def test_only_whole_pieces_count_as_arrived(blank: list[bytes], tmp_path: Path) -> None:
    for part in split(blank, tmp_path):
        for size in (3, 20, 500):
            ends = part.ends(size)
            for there in range(part.triples + 2):
                pieces, counted = arrived(part, size, there)
                assert counted == (ends[pieces - 1] if pieces else 0)
                if there > part.triples:
                    assert pieces == 0
                else:
                    assert counted <= there
                    assert pieces == len(ends) or there < ends[pieces]


def test_what_cannot_be_loaded_graph_by_graph_is_refused(tmp_path: Path) -> None:
    shared = [f"_:x <urn:p> <urn:o> <{OURS}{name}> .\n".encode() for name in ("a", "b")]
    with pytest.raises(ReleaseError, match="_:x stands in two graphs"):
        split(shared, tmp_path)
    with pytest.raises(ReleaseError, match="no named graph: <urn:s> <urn:p> <urn:o>"):
        split([b"<urn:s> <urn:p> <urn:o> .\n"], tmp_path)
    label = [f'<urn:s> <urn:p> "> _:x" <{OURS}{name}> .\n'.encode() for name in ("a", "b")]
    assert len(split(label, tmp_path)) == 2


def test_a_damaged_release_is_refused(run: Run, store: str, small_one: Path, tmp_path: Path) -> None:
    for what, said in (("dump", "is not as manifest.json lists it"), ("counts", "has other graphs than")):
        broken = write_release(tmp_path / what, dumped(small_one))
        if what == "dump":
            (broken / "data/acagraph.nq.gz").write_bytes(b"\x1f\x8b no gzip")
        else:
            manifest = json.loads((broken / "manifest.json").read_text("utf-8"))
            manifest["graphs"].popitem()
            (broken / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        done = run("load", store, "--release", broken)
        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr
    done = run("load", store, "--release", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert triples(f"{store}query") == {}


def test_examples_of_the_help_run(
    run: Run, store: str, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = main.commands["load"]
    assert isinstance(command, Command)
    monkeypatch.chdir(public.parent)
    assert len(command.examples) >= 3
    for example in command.examples:
        done = run(*example.replace("http://127.0.0.1:7878/", store).split()[1:])
        assert done.exit_code == 0, done.output
    assert json.loads(query(f"{store}query", "ASK { ?c a <https://w3id.org/acagraph/ontology#Coalition> }"))[
        "boolean"
    ]
