"""The reference pages: ontology, questions, schemes, rules, quality, sources, about, downloads."""

from __future__ import annotations

import html
import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph
import pytest

import acagraph
from acagraph.stores import EmbeddedStore, Term, rows
from acagraph.vocab import ACA, BASE
from acagraph.web import create_app
from acagraph.web.languages import ENGLISH
from acagraph.web.reference import extracts
from acagraph.web.reference.competency import QUESTIONS
from acagraph.web.reference.extracts import Place
from acagraph.web.reference.homes import homes
from acagraph.web.reference.instances import instance
from acagraph.web.reference.library import Library
from acagraph.web.reference.positions import Positions
from acagraph.web.reference.strip import strip
from acagraph.web.reference.terms import Terms, spoken
from acagraph.web.reference.tree import forest, picture, rows_of

from small import served

HTML = {"Accept": "text/html, */*;q=0.1"}
LINK = re.compile(r'href="([^"]+)"')
PAGES = (
    "/ontology",
    "/ontology/term/Membership",
    "/ontology/term/memberOf",
    "/ontology/term/NationalCoalition",
    "/ontology/questions",
    "/ontology/questions/CQ13",
    "/scheme/actor-type",
    "/shapes",
    "/quality",
    "/about",
    "/data",
    "/dataset",
    "/api",
    "/doc/source/000",
    "/doc/source/002/2",
)


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as found:
        yield found


@pytest.fixture(scope="module")
def library(dataset: acagraph.Dataset) -> Library:
    return Library(dataset)


@pytest.fixture(scope="module")
def client(dataset: acagraph.Dataset) -> Iterator[httpx.Client]:
    with (
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address, headers=HTML, timeout=60) as found,
    ):
        yield found


def text(client: httpx.Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.text[:2000]
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", [ENGLISH, "ja"])
def test_a_page_is_whole_in_each_language(client: httpx.Client, path: str, language: str) -> None:
    found = text(client, path if language == ENGLISH else f"/{language}{path}")
    assert f'<html lang="{language}">' in found
    assert found.count("<h1") == 1
    assert " style=" not in found
    ids = re.findall(r'\bid="([^"]*)"', found)
    assert len(ids) == len(set(ids))
    assert "" not in ids
    levels = [int(level) for level in re.findall(r"<h(\d)", found)]
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))
    # Statements and evidence have no pages of their own in the static site.
    assert "/doc/statement/" not in found
    assert "/doc/evidence/" not in found


@pytest.mark.parametrize("path", PAGES)
def test_links_to_our_pages_lead_somewhere(client: httpx.Client, path: str) -> None:
    links = {html.unescape(link) for link in LINK.findall(text(client, path))}
    ours = sorted({link for link in links if link.startswith("/") and "?" not in link})
    for link in ours[:: max(1, len(ours) // 25)]:
        address, _, anchor = link.partition("#")
        response = client.get(address, follow_redirects=True)
        assert response.status_code == 200, link
        if anchor:
            assert f'id="{anchor}"' in response.text, link


# Ontology


def test_every_term_of_the_ontology_has_its_anchor_and_its_page(
    client: httpx.Client, library: Library
) -> None:
    index = text(client, "/ontology")
    names = [entry.name for entry in library.terms.entries.values()]
    assert len(names) > 200
    for name in names:
        assert f'id="{name}"' in index
        assert f'href="/ontology/term/{name}"' in index
    for name in names[::40]:
        assert f"{ACA}{name}" in text(client, f"/ontology/term/{name}")


def test_a_term_says_all_that_is_known_of_it(client: httpx.Client, library: Library) -> None:
    found = text(client, "/ontology/term/NationalCoalition")
    entry = library.terms.find("NationalCoalition")
    assert entry is not None
    assert entry.count == 6
    for said in (
        "6 things",
        "1 at most",
        "/ontology/term/Coalition",
        "coalición nacional",
        "since version 1.0.0, the first",
        'href="/doc/coalition/jci"',
    ):
        assert said in found
    membership = text(client, "/ontology/term/Membership")
    assert 'href="/shapes#rule-13-member-before-founding"' in membership
    assert "org:Membership" in membership
    assert "/ontology/term/Coordination" in membership
    participation = text(client, "/ontology/term/participant")
    assert 'href="/shapes#rule-16-participant"' in participation
    missing = client.get("/ontology/term/membership")
    assert missing.status_code == 404
    assert "Membership" in missing.text


def test_counts_are_those_of_the_data(dataset: acagraph.Dataset, library: Library) -> None:
    counted = {
        row["class"].value: int(row["n"].value)
        for row in rows(
            dataset.store, "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class } GROUP BY ?class"
        )
    }
    entries = [entry for entry in library.terms.classes if entry.count is not None]
    assert len(entries) > 50
    assert all(entry.count == counted[entry.term.value] for entry in entries)


def test_an_example_of_a_term_is_one(dataset: acagraph.Dataset, library: Library) -> None:
    shown = [(entry, library.instance(entry)) for entry in library.terms.entries.values()]
    assert all(example is not None for entry, example in shown if entry.count)
    for entry, example in shown[::9]:
        if example is None or example.thing.kind != "iri":
            continue
        pattern = f"a <{entry.term.value}>" if entry.is_class else f"<{entry.term.value}> ?o"
        assert rows(dataset.store, f"SELECT * {{ <{example.thing.value}> {pattern} }} LIMIT 1")


def test_an_example_is_the_same_from_disk_and_from_memory(release: Path, library: Library) -> None:
    stores = (
        EmbeddedStore.at(release / "store"),
        EmbeddedStore.load(release / "data" / "acagraph.nq.gz"),
    )
    for entry in library.terms.entries.values():
        from_disk, from_memory = (instance(store, entry) for store in stores)
        assert from_disk == from_memory, entry.name


def test_the_picture_and_the_list_show_every_class(library: Library) -> None:
    classes = library.terms.classes
    trees = forest(classes, lambda entry: entry.name)
    assert rows_of(trees) >= len(classes)
    drawn = picture(trees, name=lambda entry: f"<{entry.name}>", link=lambda entry: f"/{entry.name}?a&b")
    assert drawn.count("<text") == rows_of(trees)
    assert "<Agent>" not in drawn
    assert "&lt;Agent&gt;" in drawn
    assert "?a&amp;b" in drawn


def test_a_deprecated_term_says_what_replaces_it() -> None:
    store = pyoxigraph.Store()
    store.load(
        f"""@prefix aca: <{ACA}> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix dcterms: <http://purl.org/dc/terms/> .
        <{BASE}graph/ontology> {{
          aca:Old a owl:Class ; owl:deprecated true ; dcterms:isReplacedBy aca:New ; rdfs:subClassOf aca:New .
          aca:New a owl:Class ; rdfs:subClassOf aca:Old , [ a owl:Restriction ;
            owl:onProperty aca:has ; owl:maxCardinality 1 ] .
          aca:has a owl:ObjectProperty ; rdfs:domain [ a owl:Class ; owl:unionOf ( aca:Old aca:New ) ] .
        }}""".encode(),
        format=pyoxigraph.RdfFormat.TRIG,
    )
    terms = Terms.read(acagraph.stores.EmbeddedStore(store))
    old, new, has = (terms.find(name) for name in ("Old", "New", "has"))
    assert old is not None
    assert new is not None
    assert has is not None
    assert (old.deprecated, old.successors) == (True, (new.term,))
    assert [one.facet for one in new.restrictions] == ["maxCardinality"]
    assert has.domains == (old.term, new.term)
    # A circle of classes has an end.
    assert [entry.name for entry in terms.ancestors(old)] == ["New"]
    assert old.count is None
    assert rows_of(forest(terms.classes, lambda entry: entry.name)) == 0


def test_a_text_in_the_language_of_the_page_comes_first() -> None:
    texts = [Term("literal", "a", "es"), Term("literal", "b", "en"), Term("literal", "c", "ja")]
    assert [spoken(texts, tag) for tag in ("ja", "fr")] == [texts[2], texts[1]]
    assert spoken([], "en") is None


def test_the_questions_are_the_competency_questions(client: httpx.Client) -> None:
    told = tomllib.loads((Path(__file__).parent / "competency.toml").read_text("utf-8"))
    assert [question.name for question in QUESTIONS] == sorted(told)
    for question in QUESTIONS:
        assert question.query in {case["query"] for case in told[question.name]}
    listed = text(client, "/ontology/questions")
    for question in QUESTIONS:
        assert f'href="/ontology/questions/{question.name}"' in listed
    for question in QUESTIONS[::7]:
        assert '<p class="problem"' not in text(client, f"/ontology/questions/{question.name}")
    assert 'href="/doc/agent/sony"' in text(client, "/ontology/questions/CQ13")
    assert client.get("/ontology/questions/CQ99").status_code == 404


# Schemes, rules, quality


def test_a_scheme_is_a_tree(client: httpx.Client, library: Library) -> None:
    scheme = library.schemes["actor-type"]
    assert len(scheme.concepts) < scheme.total
    found = text(client, "/scheme/actor-type")
    assert f"{scheme.total} concepts" in found
    government = found.index('id="government"')
    assert government < found.index('id="county-government"')
    turtle = client.get("/scheme/actor-type", headers={"Accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    assert client.get("/scheme/actor-type.ttl").text == turtle.text
    assert client.get("/scheme/nothing").status_code == 404


def test_the_page_of_rules_has_each_rule_with_its_terms(client: httpx.Client, library: Library) -> None:
    found = text(client, "/shapes")
    assert library.rules.total > 300
    for group in library.rules.groups:
        for told in group.rules:
            assert f'id="{told.rule.name}"' in found
    assert 'href="/ontology/term/targetYear"' in found
    assert client.get("/shapes", headers={"Accept": "text/turtle"}).text.startswith("@prefix")


def test_quality_shows_each_finding_with_its_thing_and_its_line(
    client: httpx.Client, library: Library
) -> None:
    found = text(client, "/quality")
    verdict = library.rules.verdict
    assert verdict is not None
    assert verdict.conforms
    told = [told for group in library.rules.found for told in group.rules]
    assert sum(one.total for one in told) == verdict.violations + verdict.warnings + verdict.notes + (
        verdict.accepted
    )
    for one in told:
        assert f'id="{one.rule.name}"' in found
        for finding in one.findings:
            assert f"{finding.file}:{finding.line}" in found
    assert "Carbon Neutrality Coalition" in found


def test_a_release_without_a_report_says_so(address: str) -> None:
    response = httpx.get(f"{address}/quality", headers=HTML)
    assert response.status_code == 404
    assert "no report" in response.text


# Sources


def test_a_source_shows_everything_that_is_taken_from_it_once_and_inorder(
    client: httpx.Client, dataset: acagraph.Dataset, library: Library
) -> None:
    iri = f"{BASE}id/source/002"
    contents = library.extracts.contents(iri)
    assert contents.pages > 1
    starts = [place.start for place in contents.places if place.start is not None]
    assert starts == sorted(starts)
    query = f"SELECT ?e ?s {{ ?e aca:inSource <{iri}> . ?s aca:evidence ?e }}"
    wanted = {(row["e"].value, row["s"].value) for row in rows(dataset.store, query)}
    shown: list[tuple[str, str]] = []
    for number in range(1, contents.pages + 1):
        found = text(client, "/doc/source/002" + (f"/{number}" if number > 1 else ""))
        for one in library.extracts.extracts(contents.page(number)):
            assert f'id="{one.anchor}"' in found
            shown += [(one.place.evidence.value, said.term.value) for said in one.said]
    assert len(shown) == len(set(shown))
    assert set(shown) == wanted
    assert "Characters" in text(client, "/doc/source/002")


def test_further_pages_of_a_source(client: httpx.Client) -> None:
    first = client.get("/doc/source/002/1", follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (301, "/doc/source/002")
    for path in ("/doc/source/002/99", "/doc/source/nothing/2", "/doc/source/002/0"):
        assert client.get(path).status_code == 404
    assert client.get("/doc/source/nothing").status_code == 404
    turtle = client.get("/doc/source/002", headers={"Accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    assert client.get("/doc/source/002.ttl").text == turtle.text
    assert client.head("/doc/source/002").status_code == 200


def test_what_is_unknown_of_a_source_is_called_so(client: httpx.Client) -> None:
    found = text(client, "/doc/source/000")
    assert '<dt>Publisher</dt><dd><span class="unknown">not known</span></dd>' in found
    assert '<a href="/doc/agent/wwf">' in text(client, "/doc/source/002")


def test_records_stand_by_their_numbers() -> None:
    def place(record: str) -> Place:
        return Place(Term("iri", f"x:{record}"), None, None, record, "", None)

    records = ["b2", "10", "9", "", "b10", "9" * 5_000, "²"]
    ordered = sorted((place(record) for record in records), key=extracts.order)
    found = [one.record for one in ordered]
    assert found.index("9") < found.index("10")
    assert found.index("b2") < found.index("b10")


def test_the_strip_marks_what_this_page_has() -> None:
    places = [Place(Term("iri", f"x:{n}"), n * 10, n * 10 + 5, "", "", None) for n in range(3)]
    drawn = strip(places, places[1:2])
    assert drawn.count("<rect") == 3
    assert drawn.count('class="here"') == 1
    assert strip([Place(Term("iri", "x:r"), None, None, "17", "", None)], []) == ""


def test_statements_stand_where_their_first_role_says(dataset: acagraph.Dataset) -> None:
    query = """SELECT ?membership ?agent ?evidence {
      ?membership a aca:Membership ; aca:participant ?agent ; aca:inCoalition coalition:jci ;
        aca:evidence ?evidence . ?evidence aca:inSource source:000
    } ORDER BY ?membership LIMIT 1"""
    (row,) = rows(dataset.store, query)
    membership, agent, evidence = (row[name].value for name in ("membership", "agent", "evidence"))
    found = homes(
        dataset.store, Positions(dataset.store), [membership, agent, evidence, f"{ACA}Agent", "x:y"]
    )
    slug = agent.rpartition("/")[2]
    assert found[agent] == f"doc/agent/{slug}"
    assert found[membership] == f"doc/agent/{slug}#{membership.rpartition('/')[2]}"
    assert re.fullmatch(r"doc/source/000(/\d)?#000-\d+-\d+", found[evidence])
    assert found[f"{ACA}Agent"] == "ontology#Agent"
    assert "x:y" not in found
    # One of no speaker stands where its source says it.
    spoken = f"{BASE}id/statement/grcirubgssc76rjh"
    found = homes(dataset.store, Positions(dataset.store), [spoken])
    assert found == {spoken: "doc/source/004#004-1693-1743-grcirubgssc76rjh"}


# About and downloads


def test_about_counts_what_is_known_of_each_coalition(client: httpx.Client, library: Library) -> None:
    found = text(client, "/about")
    by_name = {one.coalition.short: one for one in library.coverage}
    japan = by_name["coalition:jci"]
    assert (japan.founded, japan.stated, japan.stated_date) == (2018, 836, "2025-07-06")
    assert 0 < japan.dated < japan.named < 836
    assert by_name["coalition:carbon-neutrality-coalition"].founded is None
    for one in library.coverage:
        assert f'href="/doc/{one.coalition.value.removeprefix(f"{BASE}id/")}"' in found
    for anchor in ("method", "coverage", "sources", "terms", "correct", "people"):
        assert f'id="{anchor}"' in found
    assert "ends after 30 seconds" in found
    assert "CONTRIBUTING.md" in found
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", found)


def test_downloads_tell_format_size_and_checksum(client: httpx.Client) -> None:
    found = text(client, "/data")
    row = re.search(r"<tr><th[^>]*><a[^>]*>data/acagraph\.nq\.gz</a></th>.*?</tr>", found)
    assert row is not None
    assert "N-Quads (gzip)" in row[0]
    assert re.search(r"[\d.]+ [Mk]B", row[0])
    assert re.search(r"<code class=\"sum\">[0-9a-f]{64}</code>", row[0])
    beside = re.search(r"<tr><th[^>]*><a[^>]*>SHA256SUMS</a></th>.*?</tr>", found)
    assert beside is not None
    assert "B</td>" not in beside[0]
