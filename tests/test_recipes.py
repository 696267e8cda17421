"""What pages tell people to run is taken from them and run: recipes of downloads, snippets of queries.

Only the address of the web site is exchanged for that of a server on loopback.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph
import pytest

import acagraph
from acagraph.queries import SavedQuery
from acagraph.vocab import BASE
from engine_servers import HOST, free_port, oxigraph_program, running

PAGE = {"accept": "text/html"}
MEDIA_TYPES = {
    "data/acagraph.nq.gz": "application/gzip",
    "data/acagraph.nt.gz": "application/gzip",
    "data/parquet/memberships.parquet": "application/vnd.apache.parquet",
}
MEMBERS = "SELECT (COUNT(*) AS ?n) { ?agent <https://w3id.org/acagraph/ontology#memberOf> ?coalition }"
# A query of a group that only registers bring has an example that the curated release lacks.
ELSEWHERE = {"members-of-group"}


def found(pattern: str, text: str) -> list[tuple[str, str]]:
    """Return the names and the texts that a page shows."""
    return [(unescape(name), unescape(said)) for name, said in re.findall(pattern, text, re.DOTALL)]


@pytest.fixture(scope="module")
def recipes(service: str) -> dict[str, str]:
    """The recipes of the page of downloads, of a release on loopback."""
    page = httpx.get(f"{service}/data", headers=PAGE, timeout=60).text
    shown = dict(found(r'<h3 id="load-\d+">(.*?)</h3>\s*<pre>(.*?)</pre>', page))
    assert all(BASE in text and len(text.splitlines()) == 3 for text in shown.values())
    return {name: text.replace(f"{BASE}releases/", f"{service}/releases/") for name, text in shown.items()}


@pytest.fixture(scope="module")
def count(dump: pyoxigraph.Store) -> int:
    """How many pairs of MEMBERS the release has in all its graphs."""
    solutions = dump.query(MEMBERS, use_default_graph_as_union=True)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    [[value]] = solutions
    return int(value.value)


def python(text: str, folder: Path, *, after: str = "") -> str:
    """Run a program and some lines after it; return what they print."""
    command = [sys.executable, "-c", f"{text}\n{after}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{text}\n{done.stderr}"
    return done.stdout


def shell(text: str, folder: Path) -> str:
    """Run lines as a shell does, up to the first that fails; return all that they say."""
    command = ["bash", "-e", "-c", text]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def asked(endpoint: str) -> int:
    """Return how many pairs of MEMBERS a server has in its default graph."""
    request = urllib.request.Request(
        f"{endpoint}?query={quote(MEMBERS)}", headers={"Accept": "application/sparql-results+json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        [row] = json.load(answer)["results"]["bindings"]
    return int(row["n"]["value"])


def needs(*programs: str) -> None:
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} is not installed")


def test_there_is_a_recipe_for_each_of_them(recipes: dict[str, str]) -> None:
    assert recipes.keys() == {
        "Python (pandas)",
        "Python (pyoxigraph)",
        "R (arrow)",
        "R (rdflib)",
        "Oxigraph",
        "Apache Jena Fuseki",
        "QLever",
    }


def test_what_recipes_fetch_is_there_and_of_its_type(recipes: dict[str, str], release: Path) -> None:
    for name, text in recipes.items():
        fetched = re.findall(r"http://[^\s\"]+", text)
        assert fetched, name
        for address in fetched:
            path = re.sub(r".*/releases/[^/]+/", "", address)
            answer = httpx.get(address, timeout=60)
            assert answer.status_code == 200, address
            assert answer.headers["content-type"] == MEDIA_TYPES[path]
            assert answer.content == (release / path).read_bytes()
        # What is loaded from the disk is what was fetched before, packed or not.
        local = {Path(address).name for address in fetched}
        local |= {file.removesuffix(".gz") for file in local}
        assert set(re.findall(r"(?<![/\w.])[\w.]+\.(?:n[tq]|parquet)(?:\.gz)?\b", text)) <= local, name


@pytest.mark.parametrize("name", ["Oxigraph", "Apache Jena Fuseki", "QLever"])
def test_what_a_shell_fetches_is_what_the_next_line_loads(
    recipes: dict[str, str], name: str, tmp_path: Path, release: Path
) -> None:
    needs("curl")
    fetch, load, _ = recipes[name].splitlines()
    shell(fetch, tmp_path)
    fetched = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert fetched == {file: (release / "data" / file).read_bytes() for file in fetched}
    assert set(re.findall(r"\bacagraph\.[\w.]+", load)) == fetched.keys()


def test_queries_of_recipes_have_an_answer(recipes: dict[str, str], dump: pyoxigraph.Store) -> None:
    queries = re.findall(r'"(SELECT [^"]+)"', "".join(recipes.values()))
    assert queries
    for query in queries:
        solutions = dump.query(query, use_default_graph_as_union=True)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        assert list(solutions), query


def test_the_recipe_for_pandas_runs(recipes: dict[str, str], tmp_path: Path) -> None:
    assert "Japan Climate Initiative" in python(recipes["Python (pandas)"], tmp_path)


def test_the_recipe_for_pyoxigraph_runs(recipes: dict[str, str], tmp_path: Path, count: int) -> None:
    after = f"[[n]] = store.query({MEMBERS!r}, use_default_graph_as_union=True)\nprint(n.value)"
    assert int(python(recipes["Python (pyoxigraph)"], tmp_path, after=after)) == count


@pytest.mark.parametrize(("name", "package"), [("R (arrow)", "arrow"), ("R (rdflib)", "rdflib")])
def test_the_recipes_for_r_run_or_have_their_brackets(
    recipes: dict[str, str], name: str, package: str, tmp_path: Path
) -> None:
    text = recipes[name]
    assert text.count("(") == text.count(")")
    assert text.count('"') % 2 == 0
    needs("Rscript")
    known = ["Rscript", "-e", f'quit(status = !requireNamespace("{package}", quietly = TRUE))']
    if subprocess.run(known, capture_output=True, timeout=120, check=False).returncode:
        pytest.skip(f"R has no package {package}")
    done = subprocess.run(
        ["Rscript", "-e", text], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Japan Climate Initiative" in done.stdout or "acagraph/id/" in done.stdout


def test_the_recipe_for_oxigraph_runs(recipes: dict[str, str], tmp_path: Path, count: int) -> None:
    needs("curl")
    *before, last = recipes["Oxigraph"].replace("oxigraph ", f"{oxigraph_program()} ").splitlines()
    shell("\n".join(before), tmp_path)
    port = free_port()
    endpoint = f"http://{HOST}:{port}/query"
    with running([*shlex.split(last), "--bind", f"{HOST}:{port}"], endpoint, tmp_path):
        assert asked(endpoint) == count


def test_the_recipe_for_fuseki_runs(recipes: dict[str, str], tmp_path: Path, count: int) -> None:
    needs("curl", "tdb2.tdbloader", "fuseki-server")
    *before, last = recipes["Apache Jena Fuseki"].splitlines()
    shell("\n".join(before), tmp_path)
    port = free_port()
    program, *words = shlex.split(last)
    endpoint = f"http://{HOST}:{port}/acagraph/query"
    with running([program, "--localhost", "--port", str(port), *words], endpoint, tmp_path):
        assert asked(endpoint) == count


def test_the_recipe_for_qlever_has_words_that_qlever_knows(recipes: dict[str, str], tmp_path: Path) -> None:
    """QLever itself comes as an image of a container; what starts it tells what it would run."""
    needs("curl", "qlever")
    fetch, *others = recipes["QLever"].splitlines()
    shell(fetch, tmp_path)
    index, start = (shell(f"{line} --show", tmp_path) for line in others)
    assert "zcat acagraph.nq.gz" in index
    assert "-p 7019" in start


# The snippets of queries


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as opened:
        yield opened


def snippets(service: str, dataset: acagraph.Dataset, language: str) -> Iterator[tuple[SavedQuery, str]]:
    """Yield what the page of each saved query tells to run in a language, with its example."""
    for name, query in dataset.queries.items():
        if query.endpoint or name in ELSEWHERE:
            continue
        page = httpx.get(f"{service}/queries/{name}", params=query.example, headers=PAGE, timeout=60).text
        shown = found(r'<pre class="snippet"[^>]* aria-label="([^"]*)">(.*?)</pre>', page)
        [text] = [said for told, said in shown if told == language]
        address = f"{BASE}queries/{name}"
        assert address in text
        assert all(f"{value}" in text for value in query.example.values()), name
        yield query, text.replace(address, f"{service}/queries/{name}")


def test_every_query_is_on_a_page_with_its_snippets(dataset: acagraph.Dataset) -> None:
    assert len(dataset.queries) > 50
    assert dataset.queries.keys() >= ELSEWHERE


def test_the_snippets_for_curl_run(service: str, dataset: acagraph.Dataset, tmp_path: Path) -> None:
    needs("curl")
    for query, text in snippets(service, dataset, "curl"):
        said = shell(text, tmp_path)
        assert said.strip(), query.name


def test_the_snippets_for_python_run(service: str, dataset: acagraph.Dataset, tmp_path: Path) -> None:
    silent = [
        query.name
        for query, text in snippets(service, dataset, "Python")
        if not python(text, tmp_path).strip()
    ]
    # Of these the curated release has nothing to tell: only registers bring it.
    assert set(silent) <= {"actors-in-registers", "common-members"}
