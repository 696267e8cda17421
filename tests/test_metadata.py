"""Each named graph, and the dataset of all of them, is described truly and once."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

import acagraph
from acagraph import graph
from acagraph.errors import SourceError
from acagraph.graph import Graph
from acagraph.graph.terms import text_of
from acagraph.inference import derive
from acagraph.release.descriptions import graphs as metadata
from acagraph.sources import Project, discover
from acagraph.validation import validate
from acagraph.vocab import PREFIXES, compact, expand, graph_iri
from acagraph.web import create_app
from turtle_files import HEAD, write_project

from published import ROOT
from small import served

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
SELF = graph_iri("metadata")
RULES = ROOT / "queries" / "rules"
Described = Mapping[str, Mapping[str, list[str]]]

REGISTER = """
source:covenant a aca:Source ;
  skos:prefLabel "A register"@en , "Un registro"@es ;
  dcterms:license <https://example.org/licence> ;
  dcterms:publisher agent:keeper ;
  dcterms:bibliographicCitation "© The keeper, 2024"@en ;
  dcat:version "2024" .
evidence:row a aca:Quotation ; aca:inSource source:covenant .
"""


@pytest.fixture(scope="module")
def quads(release: Path) -> list[ox.Quad]:
    dump = gzip.decompress((release / "data" / "acagraph.nq.gz").read_bytes())
    return list(ox.parse(dump, format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def described(quads: list[ox.Quad]) -> Described:
    return descriptions(quads)


def descriptions(quads: list[ox.Quad] | tuple[ox.Quad, ...]) -> Described:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        if quad.graph_name == ox.NamedNode(SELF):
            assert isinstance(quad.subject, ox.NamedNode)
            assert isinstance(quad.object, ox.NamedNode | ox.Literal)
            found[quad.subject.value][compact(quad.predicate.value)].append(quad.object.value)
    return found


def with_register(root: Path, text: str = REGISTER) -> Graph:
    """Return a small project, described, whose one register has a graph of its own."""
    project = discover(write_project(root, {"data/register.ttl": text}))
    built = graph.build(project)
    home = ox.NamedNode(graph_iri("register/covenant"))
    moved = (
        ox.Quad(q.subject, q.predicate, q.object, home)
        if q.graph_name == ox.NamedNode(graph_iri("source/covenant"))
        else q
        for q in built.quads
    )
    return described_graph(Graph(tuple(moved), built.origin), project)


def described_graph(stated: Graph, project: Project) -> Graph:
    """Return a graph with what describes it."""
    store = ox.Store()
    store.extend([*stated.quads, *derive(stated.quads, rules=RULES, as_of=project.dataset.date)])
    counts = Counter(text_of(quad.graph_name) for quad in stated.quads)
    told = metadata.ask(store, counts)
    origin = {**stated.origin, **metadata.places(told, project, stated.origin)}
    return Graph(stated.quads, origin).extended(metadata.describe(told, project.dataset))


def test_every_graph_is_described_and_nothing_else(quads: list[ox.Quad], described: Described) -> None:
    names = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
    assert SELF in names
    assert set(described) == {*names, metadata.DATASET}
    assert set(described[metadata.DATASET]["void:subset"]) == names
    for name, facts in described.items():
        assert expand("dcat:Dataset") in facts["rdf:type"], name
        assert facts["dcterms:license"] == [CC_BY], name
        assert facts["dcterms:publisher"] == [expand("agent:acagraph")], name
        assert facts["dcterms:title"] == facts["rdfs:label"] != [], name
    titles = [facts["dcterms:title"][0] for facts in described.values()]
    assert len(titles) == len(set(titles))


def test_counts_are_true(quads: list[ox.Quad], described: Described) -> None:
    counts = Counter(quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode))
    assert {name: int(described[name]["void:triples"][0]) for name in counts} == counts
    assert described[metadata.DATASET]["void:triples"] == [str(len(quads))]
    integer = {
        quad.object.datatype.value
        for quad in quads
        if quad.predicate.value == expand("void:triples") and isinstance(quad.object, ox.Literal)
    }
    assert integer == {expand("xsd:integer")}


def test_the_dataset_says_what_dataset_toml_says(described: Described) -> None:
    info = discover(ROOT).dataset
    facts = described[metadata.DATASET]
    assert facts["dcat:version"] == [info.version]
    assert facts["dcterms:title"] == [info.title]
    assert facts["dcterms:description"] == [info.description]
    assert facts["dcterms:issued"] == [f"{info.date}T00:00:00Z"]


def test_a_graph_names_what_it_is_taken_from(quads: list[ox.Quad], described: Described) -> None:
    assert described[graph_iri("source/002")]["dcterms:source"] == [expand("source:002")]
    assert "Leaders from High Carbon" in described[graph_iri("source/002")]["dcterms:title"][0]
    assert described[graph_iri("ontology")]["dcterms:source"] == [PREFIXES["aca"].removesuffix("#")]
    names = {name for name in described if name != metadata.DATASET}
    derived = graph_iri("derived")
    assert set(described[derived]["prov:wasDerivedFrom"]) == names - {derived, SELF}
    assert set(described[SELF]["prov:wasDerivedFrom"]) == names - {SELF}
    inside = {str(q.subject): q.object for q in quads if q.predicate.value == expand("aca:inSource")}
    shared = {
        str(inside[str(q.object)])
        for q in quads
        if q.predicate.value == expand("aca:evidence") and q.graph_name == ox.NamedNode(graph_iri("shared"))
    }
    assert {f"<{iri}>" for iri in described[graph_iri("shared")]["dcterms:source"]} == shared


def test_a_register_keeps_its_own_licence_publisher_edition_and_attribution(tmp_path: Path) -> None:
    whole = with_register(tmp_path)
    facts = descriptions(whole.quads)[graph_iri("register/covenant")]
    assert {name: values for name, values in facts.items() if name != "rdf:type"} == {
        "dcat:version": ["2024"],
        "dcterms:bibliographicCitation": ["© The keeper, 2024"],
        "dcterms:license": ["https://example.org/licence"],
        "dcterms:publisher": [expand("agent:keeper")],
        "dcterms:source": [expand("source:covenant")],
        "dcterms:title": ["A register"],
        "rdfs:label": ["A register"],
        "void:triples": ["9"],
    }
    assert whole.origin[graph_iri("register/covenant")][0] == tmp_path / "data" / "register.ttl"
    assert whole.origin[metadata.DATASET][0] == tmp_path / "data" / "dataset.toml"


@pytest.mark.parametrize(
    ("without", "rules"),
    [
        ("dcterms:license", {"rule-67-licence"}),
        ("dcterms:publisher", {"rule-67-publisher"}),
        ("skos:prefLabel", {"rule-67-label", "rule-67-title"}),
    ],
)
def test_a_register_that_is_not_described_well_is_found(
    tmp_path: Path, without: str, rules: set[str]
) -> None:
    text = "\n".join(line for line in REGISTER.splitlines() if without not in line)
    whole = with_register(tmp_path, text)
    report = validate(
        whole.quads,
        shapes=ROOT / "shapes",
        checks=ROOT / "queries" / "checks",
        origin={iri: (path, line or 1) for iri, (path, line) in whole.origin.items()},
    )
    name = graph_iri("register/covenant")
    found = {
        finding.rule: finding.file
        for finding in report.findings
        if finding.focus == name and finding.rule.startswith("rule-67")
    }
    assert set(found) == rules
    assert {str(file) for file in found.values()} == {str(tmp_path / "data" / "register.ttl")}


def test_a_description_that_another_graph_has_already_is_refused(tmp_path: Path) -> None:
    project = discover(write_project(tmp_path))
    twin = next(
        ox.parse(
            f"{HEAD}<{graph_iri('shared')}> dcterms:license <{CC_BY}> .".encode(), format=ox.RdfFormat.TURTLE
        )
    )
    home = ox.NamedNode(graph_iri("links"))
    stated = graph.build(project).extended([ox.Quad(twin.subject, twin.predicate, twin.object, home)])
    with pytest.raises(SourceError, match="stands in two graphs"):
        described_graph(stated, project)


def test_the_saved_query_lists_every_graph(release: Path, described: Described) -> None:
    with acagraph.open(release) as dataset:
        found = dataset.query("graphs")
        assert isinstance(found, acagraph.Rows)
        assert {row.graph for row in found} == set(described) - {metadata.DATASET}
        (one,) = [row for row in found if row.graph == graph_iri("source/002")]
        assert (one.licence, one.source) == (CC_BY, expand("source:002"))
        assert one.triples == int(described[one.graph]["void:triples"][0])


def test_a_graph_is_served_with_its_title_and_licence(release: Path, described: Described) -> None:
    with acagraph.open(release) as dataset, served(create_app(dataset)) as address:
        for name in ("metadata", "source/002"):
            title = described[graph_iri(name)]["dcterms:title"][0]
            for suffix in (".ttl", ".html"):
                answer = httpx.get(f"{address}/graph/{name}{suffix}")
                assert answer.status_code == 200
                assert f'<{CC_BY}>; rel="license"' in answer.headers["link"]
            # The page tells what is said of the graph; the graph itself is only what it holds.
            assert title in answer.text
            assert CC_BY in answer.text
        whole = httpx.get(f"{address}/graph/metadata.nt").text
        assert len(whole.splitlines()) == int(described[SELF]["void:triples"][0])
