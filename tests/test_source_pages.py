"""Pages of sources: what a source is, what its statements are about, and what to do where one is wrong."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

import acagraph
from acagraph.stores import EmbeddedStore, Term
from acagraph.vocab import ACA, BASE, EXTERNAL
from acagraph.web import create_app
from acagraph.web.reference import origins
from acagraph.web.reference.extracts import Contents, Place
from acagraph.web.reference.surroundings import Surroundings
from counting_store import Counting
from curated import number, rows

from small import served

DRAWN = 20


@pytest.fixture(scope="module")
def client(release: Path) -> Iterator[httpx.Client]:
    with (
        acagraph.open(release) as dataset,
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address, headers={"Accept": "text/html"}, timeout=60) as opened,
    ):
        yield opened


def page(client: httpx.Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def words(text: str) -> str:
    """Return what a part of a page says, without markup and with single blanks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def card(text: str, name: str) -> str:
    """Return a section of a page, which is there once."""
    pattern = rf'<section class="card[^>]*aria-labelledby="{name}">.*?</section>'
    (found,) = re.findall(pattern, text, re.DOTALL)
    return str(found)


def stated(text: str) -> list[tuple[str, str]]:
    """Return the anchors of the statements that a page lists, with what stands in each."""
    return re.findall(r'<li id="([^"]+)">(<a .*?)</li>', text, re.DOTALL)


def embedded(text: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return [json.loads(one) for one in found]


# What it is


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("002", "is a text whose words are cited. It is of August 2018. It was published by WWF."),
        ("001", "It dates from some time between November 2018 and December 2019."),
        ("000", "It is of September 2019 or later. Its publisher is not known."),
        ("wikipedia-c40", "is a page on the web that is cited as a whole."),
        ("wikipedia-c40", "It is of 22 November 2026 or earlier."),
    ],
)
def test_the_first_sentences_say_what_a_source_is(client: httpx.Client, source: str, said: str) -> None:
    (lead,) = re.findall(r'<p class="lead">(.*?)</p>', page(client, f"/doc/source/{source}"))
    assert said in words(lead)


@pytest.mark.parametrize("source", ["000", "002", "japan-climate-2019-07-06"])
def test_the_first_sentences_count_what_is_taken_from_a_source(
    client: httpx.Client, dump: ox.Store, source: str
) -> None:
    def counted(kind: str) -> int:
        query = f"""PREFIX aca: <{ACA}> SELECT (COUNT(DISTINCT ?s) AS ?n) {{
          ?e aca:inSource <{BASE}id/source/{source}> . ?s aca:evidence ?e ; a aca:{kind} }}"""
        return number(rows(dump, query))

    (lead,) = re.findall(r'<p class="lead">(.*?)</p>', page(client, f"/doc/source/{source}"))
    statements, events = counted("Statement"), counted("Event")
    assert statements > 1
    assert f"{statements} statements are taken from it." in words(lead)
    assert ("It tells of" in lead) is (events > 0)
    if events > 1:
        assert f"It tells of {events} events." in words(lead)


def test_a_source_is_told_in_schema_org_as_far_as_it_is_known(client: httpx.Client) -> None:
    (found,) = embedded(page(client, "/doc/source/002"))
    assert found["@type"] == "CreativeWork"
    assert found["@id"] == f"{BASE}id/source/002"
    (name,) = found["name"]
    assert (name["@language"], name["@value"][:29]) == ("en", "Leaders from High Carbon Emit")
    assert found["datePublished"] == "2018-08"
    assert found["publisher"] == {"@id": f"{BASE}id/agent/wwf", "@type": "Organization", "name": "WWF"}
    assert str(found["url"]).startswith("http://wwf.panda.org/wwf_news/")
    assert "license" not in found
    (licensed,) = embedded(page(client, "/doc/source/un-wpp-2022"))
    assert licensed["license"] == "https://creativecommons.org/licenses/by/3.0/igo/"
    assert (licensed["datePublished"], licensed["version"]) == ("2022-07-11", "2022")
    (unknown,) = embedded(page(client, "/doc/source/000"))
    assert unknown.keys() == {"@context", "@id", "@type", "name", "description"}
    assert embedded(page(client, "/doc/source/002/2")) == []


def test_a_source_is_what_most_of_it_is_cited_as() -> None:
    def told(*places: tuple[int | None, str, str]) -> tuple[str, object]:
        listed = tuple(
            Place(Term("iri", f"x:{at}"), start, start, record, address, None)
            for at, (start, record, address) in enumerate(places)
        )
        known = origins.origin(Term("iri", "x:s"), {}, Contents(listed, ()), None)
        return known.form, origins.described(known, {}, {})["@type"]

    assert told((None, "17", ""), (None, "18", "")) == ("records", "Dataset")
    assert told((0, "", ""), (9, "", ""), (None, "1", "")) == ("words", "CreativeWork")
    assert told((None, "", "https://example.org/")) == ("page", "CreativeWork")
    assert told() == ("", "CreativeWork")


# What is around it


def test_the_neighbourhood_tells_what_most_statements_of_a_source_are_about(
    client: httpx.Client, dump: ox.Store
) -> None:
    query = f"""PREFIX aca: <{ACA}> SELECT ?thing (COUNT(DISTINCT ?s) AS ?n) {{
      ?e aca:inSource <{BASE}id/source/001> . ?s aca:evidence ?e ; aca:about ?thing
    }} GROUP BY ?thing"""
    counted = {row["thing"]["value"]: int(row["n"]["value"]) for row in rows(dump, query)}
    ours = {
        iri.replace(f"{BASE}id", "/doc"): number
        for iri, number in counted.items()
        if re.match(rf"{BASE}id/(?!source/|statement/)", iri)
    }
    assert len(ours) > DRAWN
    assert len(ours) < len(counted)
    wanted = sorted(ours.items(), key=lambda one: (-one[1], one[0]))[:DRAWN]
    shown = card(page(client, "/doc/source/001"), "around")
    row = r'<tr><td>(.*?)</td><td><a href="([^"]+)">.*?<td>\w+</td><td(?: class="number")?>(\d*)</td></tr>'
    table = re.findall(row, shown)
    assert table == [
        ("publisher", "/doc/agent/wwf-us", ""),
        *(("about", path, str(number)) for path, number in wanted),
    ]
    assert shown.count('class="edge"') == len(table)
    assert f"({wanted[0][1]})</text>" in shown
    assert "Other things have as many" in shown


def test_what_is_around_a_source_stands_on_its_first_page(client: httpx.Client) -> None:
    assert 'id="around"' in page(client, "/doc/source/002")
    assert 'id="namings"' in page(client, "/doc/source/002")
    further = page(client, "/doc/source/002/2")
    assert 'id="around"' not in further
    assert 'id="namings"' not in further


def test_what_names_a_source_is_told_but_not_what_cites_it(client: httpx.Client, dump: ox.Store) -> None:
    naming = f"SELECT ?graph {{ ?graph <{EXTERNAL['dcterms']}source> <{BASE}id/source/002> }}"
    graphs = {row["graph"]["value"] for row in rows(dump, naming)}
    assert f"{BASE}graph/source/002" in graphs
    shown = card(page(client, "/doc/source/002"), "namings")
    led = {link.replace("/", BASE, 1) for link in re.findall(r"<dd>.*", shown)[0].split('"')[1::2]}
    assert led == graphs
    assert f"Taken from ({len(graphs)})" in words(shown).replace("( ", "(").replace(" )", ")")
    assert shown.count("<dt>") == 1


def test_what_is_attributed_to_a_source_is_told_with_its_place(client: httpx.Client) -> None:
    shown = card(page(client, "/doc/source/001"), "namings")
    assert re.findall(r'<a href="(/doc/place/world#[a-z0-9]+)">Statement</a>', shown)
    assert "attributed to" in words(shown)


def test_what_is_around_a_source_is_bounded_ordered_and_asked_once() -> None:
    store, source = ox.Store(), ox.NamedNode(f"{BASE}id/source/long")

    def add(subject: str, name: str, value: ox.NamedNode) -> None:
        store.add(ox.Quad(ox.NamedNode(BASE + subject), ox.NamedNode(name), value))

    for at in range(200):
        statement = f"id/statement/{at:03}"
        add(statement, ACA + "statedIn", source)
        add(statement, ACA + "about", ox.NamedNode(f"{BASE}id/agent/{at:03}"))
        add(statement, ACA + "about", ox.NamedNode(f"{BASE}scheme/goal/{at % 2}"))
        add(f"graph/{at:03}", EXTERNAL["dcterms"] + "source", source)
    add("id/statement/000", ACA + "about", ox.NamedNode(f"{BASE}id/agent/199"))
    add("id/statement/001", ACA + "about", source)
    asked = Counting(EmbeddedStore(store))
    known = Surroundings(asked)
    found = known.of(source.value)
    assert found == known.of(source.value)
    assert asked.queries == 1
    assert found.more
    assert [(term.value.rpartition("/")[2], number) for term, number in found.subjects] == [
        ("199", 2),
        *((f"{at:03}", 1) for at in range(DRAWN - 1)),
    ]
    (naming,) = found.namings
    assert naming.total == 200
    assert [term.short for term in naming.first] == sorted(term.short for term in naming.first)
    assert 0 < len(naming.first) < 20


# What to do with it


@pytest.mark.parametrize("path", ["/doc/source/002", "/doc/source/002/3"])
def test_every_page_of_a_source_tells_how_to_cite_it_and_where_it_is_described(
    client: httpx.Client, project: Path, path: str
) -> None:
    text = page(client, path)
    assert 'href="#cite"' in text
    assert f"{BASE}id/source/002" in card(text, "cite")
    assert "Leaders from High Carbon Emitting Countries" in card(text, "cite")
    assert re.search(r"release [\d.]+ \(\d+ \w+ \d{4}\)", words(card(text, "cite")))
    wrong = card(text, "wrong")
    file, line = re.search(r"<code>([^<]+)</code>, line (\d+)", wrong).groups()  # type: ignore[union-attr]
    assert (project / file).read_text("utf-8").splitlines()[int(line) - 1] == "source:002"
    assert "CONTRIBUTING.md" in wrong


@pytest.mark.parametrize("path", ["/doc/source/001", "/doc/source/002/2", "/doc/source/speedy-2020-01-23"])
def test_each_statement_of_a_source_has_the_line_that_states_it(
    client: httpx.Client, project: Path, path: str
) -> None:
    text = page(client, path)
    assert len(stated(text)) == text.count('<li id="') - text.count('<p class="place">') > 0
    for anchor, shown in stated(text):
        (told,) = re.findall(r'<span class="source trace"><code>([^<]*)</code></span>', shown)
        file, _, line = told.partition(":")
        prefix, name = (project / file).read_text("utf-8").splitlines()[int(line) - 1].split(":")
        assert prefix in ("stmt", "event")
        assert anchor.endswith(name)


def test_a_release_that_does_not_know_the_lines_names_none(release: Path, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    folder.mkdir()
    for entry in release.iterdir():
        if entry.name != "validation":
            (folder / entry.name).symlink_to(entry)
    with (
        acagraph.open(folder) as dataset,
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address, headers={"Accept": "text/html"}, timeout=60) as opened,
    ):
        text = page(opened, "/doc/source/001")
    assert stated(text)
    assert "trace" not in text
    assert "not known for this release" in card(text, "wrong")
