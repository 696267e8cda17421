"""`acagraph load` into Virtuoso 7, where it is installed: by graphs, by updates and by its bulk loader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from acagraph.cli import main
from acagraph.loading.credentials import PASSWORD, USER
from acagraph.release.lines import canonical_lines
from acagraph.vocab import graph_iri

from load_targets import Virtuoso, dumped, environment, query, triples, virtuoso

OURS = graph_iri("")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as found:
        yield found


def load(server: Virtuoso, home: Path, *words: str, password: str | None = None) -> Result:
    """Load as the administrator."""
    kept = environment(home) | {USER: "dba", PASSWORD: password or server.password}
    return CliRunner(env=kept).invoke(main, ["load", server.endpoint, *words], prog_name="acagraph")


@pytest.mark.parametrize("method", ["graph-store", "update", "virtuoso"])
def test_virtuoso_then_holds_the_release(
    server: Virtuoso, release: Path, tmp_path: Path, method: str
) -> None:
    bulk = ("--folder", str(server.shared), "--isql-server", server.sql)
    words = ("--release", str(release), "--method", method, *(bulk if method == "virtuoso" else ()))
    done = load(server, tmp_path, *words, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["engine"], told["atomic"], told["method"]) == ("Virtuoso", False, method)
    assert "may see graphs of both releases" in done.stderr
    ours = {graph: n for graph, n in triples(server.endpoint).items() if graph.startswith(OURS)}
    assert ours == {graph["graph"]: graph["triples"] for graph in told["graphs"]}
    expected = _spelled(dumped(release))
    for graph in (f"{OURS}ontology", f"{OURS}shared", f"{OURS}source/002"):
        body = query(
            server.endpoint,
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}",
            "text/plain",
        )
        lines = [line.rstrip(b". \n") + f" <{graph}> .\n".encode() for line in body.splitlines()]
        end = f" <{graph}> .\n".encode()
        assert _spelled(lines) == _spelled([line for line in expected if line.endswith(end)]), graph
    assert not list(server.shared.iterdir())


def _spelled(lines: list[bytes]) -> list[bytes]:
    """Return quads as Oxigraph spells their literals."""
    store = ox.Store()
    store.bulk_load(b"".join(lines), format=ox.RdfFormat.N_QUADS)
    return canonical_lines([store.dump(format=ox.RdfFormat.N_QUADS) or b""])


def test_what_virtuoso_lacks_is_told_with_what_to_do(server: Virtuoso, release: Path, tmp_path: Path) -> None:
    release_words = ("--release", str(release))
    bulk = (*release_words, "--method", "virtuoso", "--isql-server", server.sql)
    isql = tmp_path / "isql"
    isql.write_text(
        "#!/bin/sh\necho 'acagraph|2||'\necho \"*** Error 42000: FA003 $0 $*: $(head -1)\"\n", "utf-8"
    )
    isql.chmod(0o755)
    lacking: list[tuple[tuple[str, ...], str]] = [
        (bulk, "give with --folder one that the server may read, as DirsAllowed in"),
        ((*bulk, "--folder", str(tmp_path / "none")), "is no folder"),
        (
            (*bulk, "--folder", str(server.shared), "--isql", str(isql)),
            "the folder must be among DirsAllowed",
        ),
        (
            (*bulk, "--folder", str(server.shared), "--isql", "no-such-isql"),
            "no-such-isql is not on this machine",
        ),
        ((*release_words, "--method", "once"), "takes no whole release in one update"),
    ]
    for words, said in lacking:
        failed = load(server, tmp_path, *words)
        assert failed.exit_code == 2, failed.output
        assert said in failed.stderr
        # The program tells its arguments, and the line that it reads the password from.
        assert server.password not in failed.output
    for more in ((*bulk[2:], "--folder", str(server.shared)), ()):
        failed = load(server, tmp_path, *release_words, *more, password="a wrong one")
        assert "does not accept these credentials" in failed.stderr
        assert "a wrong one" not in failed.output
    nobody = ["load", server.endpoint, *release_words]
    failed = CliRunner(env=environment(tmp_path)).invoke(main, nobody)
    assert "No permission" in failed.stderr
    assert "set ACAGRAPH_STORE_USER" in failed.stderr
