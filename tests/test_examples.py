"""The example queries: they follow the convention, and each can be sent to /sparql as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, RDFS, SH, Literal, URIRef
from rdflib.compare import isomorphic

import acagraph
from acagraph.queries import load
from acagraph.stores import check_syntax
from acagraph.validation.reference import run_pyshacl
from acagraph.vocab import BASE, PREFIXES
from acagraph.web import create_app

from published import ROOT
from small import served

PATH = "/.well-known/sparql-examples"
SCHEMA = rdflib.Namespace("https://schema.org/")
FEDERATES = URIRef("https://purl.expasy.org/sparql-examples/ontology#federatesWith")
OURS = f"{BASE}sparql"
TEXTS = {"select": SH.select, "construct": SH.construct, "ask": SH.ask}
CATALOGUE = load(ROOT / "queries")
# What the tests of sib-swiss/sparql-examples-utils ask of an example, and that its prefixes are declared.
CONVENTION = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://example.org/Example> a sh:NodeShape ;
  sh:targetClass sh:SPARQLExecutable ;
  sh:property
    [ sh:path [ sh:alternativePath (sh:select sh:ask sh:construct) ] ;
      sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ] ,
    [ sh:path rdfs:comment ; sh:minCount 1 ;
      sh:or ( [ sh:datatype rdf:langString ] [ sh:datatype rdf:HTML ] ) ] ,
    [ sh:path schema:target ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path schema:keywords ; sh:pattern "^[^\\\\s].*[^\\\\s]$" ] ,
    [ sh:path schema:keyword ; sh:maxCount 0 ] ,
    [ sh:path sh:prefixes ; sh:minCount 1 ; sh:node <https://example.org/Prefixes> ] .
<https://example.org/Prefixes> a sh:NodeShape ;
  sh:property [ sh:path sh:declare ; sh:minCount 1 ; sh:node <https://example.org/Prefix> ] .
<https://example.org/Prefix> a sh:NodeShape ;
  sh:property
    [ sh:path sh:prefix ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ] ,
    [ sh:path sh:namespace ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:anyURI ] .
"""


@pytest.fixture(scope="module")
def client(release: Path) -> Iterator[httpx.Client]:
    with (
        acagraph.open(release) as dataset,
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address, timeout=60) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def turtle(client: httpx.Client) -> str:
    response = client.get(PATH, headers={"Accept": "text/turtle"})
    assert (response.status_code, response.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    return response.text


@pytest.fixture(scope="module")
def examples(turtle: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=turtle, format="turtle")


def iri(name: str) -> URIRef:
    return URIRef(f"{BASE}queries/{name}")


def findings(text: str) -> list[str]:
    shapes = ox.parse(CONVENTION, format=ox.RdfFormat.TURTLE)
    return [str(finding) for finding in run_pyshacl(ox.parse(text, format=ox.RdfFormat.TURTLE), shapes)]


def test_every_saved_query_is_an_example(examples: rdflib.Graph) -> None:
    assert set(examples.subjects(RDF.type, SH.SPARQLExecutable)) == {iri(name) for name in CATALOGUE}
    for name, query in CATALOGUE.items():
        kind = URIRef(f"{SH}SPARQL{query.form.capitalize()}Executable")
        assert set(examples.objects(iri(name), RDF.type)) == {SH.SPARQLExecutable, kind}
        assert set(examples.objects(iri(name), RDFS.comment)) == {Literal(query.summary, lang="en")}
        assert {str(tag) for tag in examples.objects(iri(name), SCHEMA.keywords)} == set(query.tags)
        assert set(examples.objects(iri(name), SCHEMA.target)) == {URIRef(query.endpoint or OURS)}
        called = {URIRef(OURS)} if query.endpoint else set()
        assert set(examples.objects(iri(name), FEDERATES)) == called
    assert [name for name, query in CATALOGUE.items() if query.endpoint] == ["members-by-wikidata"]


def test_the_examples_conform_to_the_convention(turtle: str) -> None:
    assert findings(turtle) == []
    without = "\n".join(line for line in turtle.splitlines() if "schema:target" not in line)
    assert len(findings(without)) == len(CATALOGUE)
    assert len(findings(turtle.replace("sh:ask", "sh:select", 1).replace("sh:select", "sh:sparql", 1))) == 1


def test_the_prefixes_of_the_examples_are_ours(examples: rdflib.Graph) -> None:
    declared = {
        str(examples.value(node, SH.prefix)): str(examples.value(node, SH.namespace))
        for node in examples.objects(URIRef(f"{BASE}prefixes"), SH.declare)
    }
    assert declared == PREFIXES
    assert set(examples.objects(predicate=SH.prefixes)) == {URIRef(f"{BASE}prefixes")}


@pytest.mark.parametrize(
    ("media_type", "parser"),
    [
        ("application/ld+json", "json-ld"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "xml"),
    ],
)
def test_every_form_has_the_same_triples(
    client: httpx.Client, examples: rdflib.Graph, media_type: str, parser: str
) -> None:
    response = client.get(PATH, headers={"Accept": media_type})
    assert response.headers["content-type"] == media_type
    assert isomorphic(rdflib.Graph().parse(data=response.content, format=parser), examples)


def test_the_answer_is_kept_and_negotiated(client: httpx.Client) -> None:
    first = client.get(PATH)
    again = client.get(PATH, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(PATH, headers={"Accept": "text/csv"}).status_code == 406


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_examples_can_be_sent_as_they_stand(client: httpx.Client, examples: rdflib.Graph, name: str) -> None:
    query = CATALOGUE[name]
    text = str(examples.value(iri(name), TEXTS[query.form]))
    assert not text.startswith("#+")
    check_syntax(text, services=frozenset((OURS,)))
    if query.endpoint:
        return
    accept = "text/turtle" if query.form == "construct" else "application/sparql-results+json"
    answer = client.post("/sparql", data={"query": text}, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    saved = client.get(f"/queries/{name}", params=query.example, headers={"Accept": accept})
    if saved.status_code == 200 and query.form != "construct":
        assert answer.json() == saved.json()
    elif saved.status_code == 200:
        assert isomorphic(*(rdflib.Graph().parse(data=each.text) for each in (answer, saved)))
