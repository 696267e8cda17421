"""The editor's page and what it asks: the check of a query, the names to complete from, views of answers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

import acagraph
from acagraph.queries import SavedQuery
from acagraph.vocab import BASE
from acagraph.web.assets import Assets
from acagraph.web.snippets import snippets

from published import ROOT

PAGE = {"accept": "text/html"}
DIRECT = {"content-type": "application/sparql-query"}
BY_COUNTRY = """SELECT ?country (COUNT(DISTINCT ?member) AS ?members) {
  ?member aca:memberOf ?coalition ; aca:country ?country
} GROUP BY ?country ORDER BY ?country"""
NEVER = "SELECT (COUNT(*) AS ?n) { VALUES ?a { %s } VALUES ?b { %s } VALUES ?c { %s } VALUES ?d { %s } }"


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as opened:
        yield opened


@pytest.fixture
def ask(service: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service, timeout=60) as client:
        yield client


def check(ask: httpx.Client, query: str) -> list[dict[str, object]]:
    answer = ask.post("/sparql/check", content=query.encode(), headers=DIRECT)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found: list[dict[str, object]] = answer.json()["problems"]
    return found


def page(ask: httpx.Client, query: str, view: str = "") -> str:
    answer = ask.get("/sparql", params={"query": query, "view": view}, headers=PAGE)
    assert answer.status_code == 200
    return answer.text


# The check


def test_a_problem_has_its_line_and_column(ask: httpx.Client) -> None:
    (problem,) = check(ask, "SELECT * WHERE {\n  ?s a aca:Coalition .\n  FILTER(?s > )\n}")
    assert problem["line"] in (3, 4), "the parser reads on to the next word"
    assert isinstance(problem["column"], int)
    assert "\n" not in str(problem["message"])


def test_a_right_query_has_no_problem(ask: httpx.Client) -> None:
    assert check(ask, BY_COUNTRY) == []
    assert check(ask, "  \n") == []


def test_what_the_endpoint_refuses_is_a_problem(ask: httpx.Client) -> None:
    assert "read-only" in str(check(ask, "DROP ALL")[0]["message"])
    assert "SERVICE" in str(check(ask, "SELECT * { SERVICE <http://e.x/> { ?s ?p ?o } }")[0]["message"])
    assert "nest deeper" in str(check(ask, "ASK {" + "{" * 300 + "}" * 300 + "}")[0]["message"])


def test_a_query_that_counts_for_long_is_not_waited_for(ask: httpx.Client) -> None:
    numbers = " ".join(map(str, range(3000)))
    assert check(ask, NEVER % (numbers, numbers, numbers, numbers)) == []


def test_a_text_too_long_is_refused(ask: httpx.Client) -> None:
    answer = ask.post("/sparql/check", content=b"#" * 100_001, headers=DIRECT)
    assert answer.status_code == 413


# The names


def test_names_to_complete_from(ask: httpx.Client) -> None:
    found = ask.get("/schema.json").json()
    classes = {entry["name"]: entry for entry in found["classes"]}
    properties = {entry["name"]: entry for entry in found["properties"]}
    assert classes["aca:Coalition"]["label"] == "coalition"
    assert classes["aca:Coalition"]["count"] > 5
    assert "aca:NationalCoalition" in properties["aca:pursues"]["subjects"], "a subclass of the domain"
    assert properties["aca:memberOf"]["count"] > 100
    assert {
        "name": "coalition:jci",
        "label": "Japan Climate Initiative",
        "types": ["aca:Coalition"],
    } in found["values"]
    assert found["prefixes"]["aca"] == f"{BASE}ontology#"
    assert "members-of-coalition" in {query["name"] for query in found["queries"]}
    assert all(":" in entry["name"] for kind in ("classes", "properties", "values") for entry in found[kind])


# The page


def test_the_page_is_a_form_without_a_script(ask: httpx.Client) -> None:
    text = ask.get("/sparql", headers=PAGE).text
    assert re.search(r'<form class="editor" method="get" action="/sparql"', text)
    assert "<textarea" in text
    assert 'data-check="/sparql/check" data-schema="/schema.json"' in text
    assert not re.search(r"<script>|<style| style=| on[a-z]+=", text)


def test_only_this_page_loads_the_script(ask: httpx.Client) -> None:
    address = Assets.read().files.get("editor.js")
    if address is None:
        pytest.skip("the assets are not built (with Node.js: make src/acagraph/web/built/manifest.json)")
    assert f'src="/built/{address}"' in ask.get("/sparql", headers=PAGE).text
    assert "<script" not in ask.get("/queries/launches", headers=PAGE).text
    script = ask.get(f"/built/{address}")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    for name in ("world.json", "manifest.json", "nothing.js"):
        assert ask.get(f"/built/{name}").status_code == 404


def test_without_assets_nothing_is_named(tmp_path: Path) -> None:
    assert Assets.read(tmp_path).files == {}


def test_a_saved_query_is_laid_out_with_its_arguments(ask: httpx.Client) -> None:
    text = ask.get("/sparql?saved=members-of-coalition&coalition=wasi", headers=PAGE).text
    assert "id/coalition/wasi" in text
    assert "# Who are the members of a coalition?" in unescape(text)
    wrong = ask.get("/sparql?saved=members-of-coalition&coalition=nix", headers=PAGE).text
    assert 'role="alert"' in wrong


@pytest.mark.parametrize(
    ("view", "sign"),
    [("table", "<table"), ("raw", "&#34;bindings&#34;"), ("chart", "<svg"), ("map", "<summary")],
)
def test_an_answer_has_views(ask: httpx.Client, view: str, sign: str) -> None:
    text = page(ask, BY_COUNTRY, view)
    assert re.search(rf'data-view="{view}" aria-current="true"', text)
    assert sign in text.partition('id="answer"')[2]


def test_a_graph_has_views(ask: httpx.Client) -> None:
    query = "CONSTRUCT { coalition:jci ?p ?o } { coalition:jci ?p ?o }"
    assert re.findall(r'data-view="(\w+)"', page(ask, query)) == ["raw", "table", "graph"]
    assert "<svg" in page(ask, query, "graph")
    assert 'scope="col">predicate' in page(ask, query, "table")


def test_a_view_that_an_answer_has_not_is_said(ask: httpx.Client) -> None:
    assert "no columns for that view" in page(ask, "SELECT ?x { VALUES ?x { 1 } }", "map")


def test_a_hostile_label_stays_text(ask: httpx.Client) -> None:
    evil = "</textarea><script>alert(1)</script>"
    query = f'SELECT ?name ?count {{ VALUES (?name ?count) {{ ("{evil}" 3) ("b" 4) }} }}'
    for view in ("table", "raw", "chart"):
        assert "<script>" not in page(ask, query, view)


# The snippets


def programs(dataset: acagraph.Dataset, service: str, language: str) -> list[tuple[SavedQuery, str]]:
    found = []
    for name in ("members-of-coalition", "launches", "is-member", "coalition-graph"):
        query = dataset.queries[name]
        made = snippets(query, f"{BASE}queries/{name}", query.example)
        (text,) = (one.text for one in made if one.language == language)
        assert BASE in text
        found.append((query, text.replace(BASE, f"{service}/")))
    return found


def test_snippets_of_curl_run(dataset: acagraph.Dataset, service: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    for _, text in programs(dataset, service, "curl"):
        done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.strip()


def test_snippets_of_python_run(dataset: acagraph.Dataset, service: str) -> None:
    for _, text in programs(dataset, service, "Python"):
        done = subprocess.run(
            [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout.strip()


def test_snippets_of_r_run_or_have_their_brackets(dataset: acagraph.Dataset, service: str) -> None:
    """R is seldom here: then only what can be told without it is told."""
    for _, text in programs(dataset, service, "R"):
        if shutil.which("Rscript"):
            done = subprocess.run(["Rscript", "-e", text], capture_output=True, timeout=120, check=True)
            assert done.stdout.strip()
            continue
        assert text.count("(") == text.count(")")
        (place,) = re.findall(r'"http[^"]*"', text)
        assert json.loads(place).startswith(service)


def test_a_snippet_quotes_what_a_shell_would_read(dataset: acagraph.Dataset) -> None:
    query = dataset.queries["members-of-coalition"]
    shell, python, other = snippets(query, "https://e.x/q", {"coalition": "a'; rm -rf / \"$(x)"})
    assert "'a'\"'\"'; rm" in shell.text or "'coalition=a'\"'\"'; rm" in shell.text
    compile(python.text, "snippet", "exec")
    assert "%27%3B+rm" in other.text


def test_every_question_is_in_words(dataset: acagraph.Dataset) -> None:
    ours = {path.stem for path in (ROOT / "queries").glob("*.rq")}
    assert ours
    for name in sorted(ours):
        query = dataset.queries[name]
        assert query.question.endswith("?"), f"{name} has no question in its header"
