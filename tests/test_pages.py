"""Pages of large things: they show a part, say so with true numbers, and need few queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

import acagraph
from acagraph.queries import description
from acagraph.queries.excerpt import Caps, _allot, excerpt
from acagraph.stores import EmbeddedStore, Limits
from acagraph.stores.media import N_TRIPLES
from acagraph.stores.rdf import read
from acagraph.vocab import BASE
from acagraph.web import create_app
from counting_store import Counting

from small import served

ALL = Caps(values=10_000, statements=10_000, evidence=10_000, rows=10_000)
FEW = Caps(values=3, statements=3, evidence=1, rows=3)
JCI = f"{BASE}id/coalition/jci"
THINGS = (
    "coalition/jci",
    "agent/sony",
    "source/002",
    "place/japan",
    "evidence/002-10-20",
    "person/sergio-kato",
)
# Evidence has a page of its properties; the pages of other things are in test_things.py.
SAID = f"{BASE}id/evidence/japan-climate-2019-07-06"
ABOUT = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?link <{SAID}> ; aca:evidence ?any }}"


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as opened:
        yield opened


@pytest.fixture(scope="module")
def few(dataset: acagraph.Dataset) -> Iterator[httpx.Client]:
    with served(create_app(dataset, caps=FEW)) as address, httpx.Client(base_url=address) as client:
        yield client


def page(client: httpx.Client, path: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


def number(text: str) -> int:
    return int(text.replace(",", ""))


def counted(dataset: acagraph.Dataset, query: str) -> int:
    answer = dataset.sparql(query)
    assert isinstance(answer, acagraph.Rows)
    (row,) = answer
    return int(row.n)


# Things


@pytest.mark.parametrize("name", THINGS)
def test_an_excerpt_that_leaves_nothing_out_is_the_description(name: str, dataset: acagraph.Dataset) -> None:
    iri = f"{BASE}id/{name}"
    whole = read(description.document(dataset.store, iri, N_TRIPLES))
    found = excerpt(dataset.store, iri, ALL)
    assert list(found.triples) == whole
    assert not found.totals
    assert sum(group.total for group in found.groups) == sum(len(group.shown) for group in found.groups)


def test_a_page_with_a_part_says_how_much_there_is(few: httpx.Client, dataset: acagraph.Dataset) -> None:
    text = page(few, "/doc/evidence/japan-climate-2019-07-06")
    there = counted(dataset, ABOUT)
    shown = text.count('<section class="statement"')
    assert 2 <= shown < there
    assert f"Of {there:,} statements this page has {shown};" in text
    kinds = [number(n) for n in re.findall(r"<h3>.* \(([\d,]+)\)</h3>", text)]
    assert sum(kinds) == there


def test_a_whole_page_does_not_say_that_it_is_a_part(dataset: acagraph.Dataset) -> None:
    with served(create_app(dataset, caps=ALL)) as address, httpx.Client(base_url=address) as client:
        text = page(client, "/doc/evidence/japan-climate-2019-07-06")
    assert 'class="part"' not in text
    assert text.count('<section class="statement"') == counted(dataset, ABOUT)


def test_the_data_is_whole_whatever_a_page_shows(few: httpx.Client, dataset: acagraph.Dataset) -> None:
    whole = description.document(dataset.store, JCI, N_TRIPLES)
    assert few.get("/doc/coalition/jci.nt").content == whole
    rows = few.get("/queries/members-of-coalition.csv?coalition=jci").text.splitlines()
    assert len(rows) == 1 + counted(dataset, f"SELECT (COUNT(*) AS ?n) {{ ?m aca:memberOf <{JCI}> }}")


def test_too_many_statements_are_counted_by_how_they_name_the_thing(dataset: acagraph.Dataset) -> None:
    iri = f"{BASE}id/source/002"
    found = excerpt(dataset.store, iri, replace(FEW, countable=2))
    stated = counted(dataset, f"SELECT (COUNT(*) AS ?n) {{ ?s aca:statedIn <{iri}> }}")
    totals = {term.short: group.total for group in found.groups for term in group.terms}
    assert totals["aca:statedIn"] == stated > 3
    assert "aca:inSource" not in totals
    assert sum(len(group.shown) for group in found.groups) <= max(3, len(totals))


def test_what_is_too_large_for_an_answer_is_an_error(dataset: acagraph.Dataset) -> None:
    limits = Limits(max_bytes=1_000)
    with served(create_app(dataset, limits=limits)) as address:
        answer = httpx.get(f"{address}/doc/agent/sony.ttl")
    assert answer.status_code == 400
    assert "larger than 1000 bytes" in answer.json()["detail"]
    assert "/doc/agent/sony.html for its beginning" in answer.json()["detail"]


@given(st.dictionaries(st.integers(), st.integers(1, 10**6), max_size=20), st.integers(1, 200))
def test_places_are_shared_out_fairly(totals: dict[int, int], most: int) -> None:
    given = _allot(totals, most)
    assert given.keys() == totals.keys()
    assert all(1 <= given[name] <= totals[name] for name in totals)
    assert sum(given.values()) <= max(most, len(totals))
    assert all(given[a] <= given[b] for a in totals for b in totals if totals[a] < totals[b])


# Answers of queries


def test_a_long_answer_shows_its_first_rows(few: httpx.Client, dataset: acagraph.Dataset) -> None:
    text = page(few, "/queries/members-of-coalition?coalition=jci")
    there = counted(dataset, f"SELECT (COUNT(*) AS ?n) {{ ?m aca:memberOf <{JCI}> }}")
    assert f"Showing the first 3 of {there};" in text
    assert f"{there} rows</caption>" in text
    result = text[text.index(f"{there} rows</caption>") :].partition("</table>")[0]
    assert result.count("<tr>") == 1 + 3
    assert 'href="/queries/members-of-coalition.csv?coalition=jci"' in text


def test_a_large_graph_shows_its_first_triples(few: httpx.Client) -> None:
    whole = few.get("/queries/coalition-graph.nt?coalition=jci").text
    text = page(few, "/queries/coalition-graph?coalition=jci")
    assert re.search(rf"[Ss]howing (the first )?3 of {whole.count(chr(10))}\b", text)
    shown = re.search(r"<pre[^>]*>(@prefix.*?)</pre>", text, re.DOTALL)
    assert shown
    turtle = shown[1].replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) == 3


def test_rows_of_any_query_are_cut_on_the_page_alone(few: httpx.Client) -> None:
    text = page(few, "/sparql?query=SELECT%20%3Fs%20%7B%20%3Fs%20a%20aca%3ACoalition%20%7D")
    assert re.search(r"Showing the first 3 of \d+;", text)


# Graphs


def test_a_graph_as_turtle_is_the_file_of_the_release(few: httpx.Client, release: Path) -> None:
    file = (release / "data" / "graphs" / "source" / "002.ttl").read_bytes()
    answer = few.get("/graph/source/002.ttl", headers={"Accept-Encoding": "identity"})
    assert answer.content == file
    assert int(answer.headers["content-length"]) == len(answer.content)
    known = {"If-None-Match": answer.headers["etag"], "Accept-Encoding": "identity"}
    same = few.get("/graph/source/002.ttl", headers=known)
    assert same.status_code == 304
    turtle = set(ox.parse(answer.content, format=ox.RdfFormat.TURTLE))
    triples = set(ox.parse(few.get("/graph/source/002.nt").content, format=ox.RdfFormat.N_TRIPLES))
    assert turtle == triples


def test_a_file_of_another_store_is_not_sent(release: Path, tmp_path: Path) -> None:
    other = ox.Store(str(tmp_path / "store"))
    other.add(
        ox.Quad(
            ox.NamedNode("http://e.org/s"),
            ox.NamedNode("http://e.org/p"),
            ox.Literal("o"),
            ox.NamedNode(f"{BASE}graph/source/002"),
        )
    )
    other.flush()
    del other
    with acagraph.open(release, store=tmp_path / "store") as dataset, served(create_app(dataset)) as address:
        assert len(rdflib.Graph().parse(f"{address}/graph/source/002.ttl", format="turtle")) == 1


# The number of queries


def asked(dataset: acagraph.Dataset, path: str) -> int:
    """Return how many queries a page needs; what is asked once for all pages is not counted."""
    counting = Counting(dataset.store)
    with served(create_app(replace(dataset, store=counting))) as address:
        for name in ("agent/sony", "coalition/jci"):
            httpx.get(f"{address}/doc/{name}.html", timeout=60).raise_for_status()
        counting.queries = 0
        httpx.get(f"{address}{path}", headers={"Accept": "text/html"}, timeout=60).raise_for_status()
    return counting.queries


def test_pages_of_everything_need_few_queries(full: Path) -> None:
    with acagraph.open(full) as everything:
        for path in (
            "/doc/source/jrc-covenant-2024-01.html",
            "/graph/register/jrc-covenant.html",
            "/queries/members-of-coalition.html?coalition=covenant-of-mayors",
        ):
            assert asked(everything, path) <= 20, path


def test_a_small_page_needs_as_many(dataset: acagraph.Dataset) -> None:
    assert 2 <= asked(dataset, "/doc/coalition/aca.html") <= 10


def test_the_page_of_a_thing_needs_a_handful(full: Path) -> None:
    with acagraph.open(full) as everything:
        for path in (
            "/doc/coalition/covenant-of-mayors",
            "/doc/coalition/covenant-of-mayors/members/2?kind=GovernmentGroup&sort=country",
            "/doc/place/italy",
            "/doc/place/italy/members/7",
            "/doc/agent/jrc-covenant-12559",
            "/doc/statement/i3jsgnthxtajz56z",
        ):
            assert asked(everything, path) <= 10, path


@pytest.mark.parametrize("name", ["coalition/jci", "agent/wwf", "place/japan", "source/000", "source/004"])
def test_a_part_is_the_same_part_from_disk_and_from_memory(release: Path, name: str) -> None:
    caps = Caps(values=2, statements=3, evidence=1, countable=5)
    disk = EmbeddedStore.at(release / "store")
    memory = EmbeddedStore.load(release / "data" / "acagraph.nq.gz")
    found = excerpt(disk, f"{BASE}id/{name}", caps)
    assert found.totals  # something is left out
    assert found == excerpt(memory, f"{BASE}id/{name}", caps)
