"""Each named graph, and the dataset of all of them, is described truly and once."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
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
from acagraph.release.content import serialise
from acagraph.release.descriptions import graphs as metadata
from acagraph.release.descriptions.measures import Meter
from acagraph.release.descriptions.terms import DATASET
from acagraph.sources import Project, discover
from acagraph.validation import validate
from acagraph.vocab import BASE, PREFIXES, compact, expand, graph_iri
from acagraph.web import create_app
from turtle_files import HEAD, write_project

from published import ROOT
from small import served

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
SELF = graph_iri("metadata")
RELEASE = f"{BASE}releases/{discover(ROOT).dataset.version}/"
SMALL = f"{BASE}releases/1.2.3/"
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
    told = metadata.ask(store, measured(stated.quads))
    origin = {**stated.origin, **metadata.places(told, project, stated.origin)}
    return Graph(stated.quads, origin).extended(metadata.describe(told, project.dataset).quads)


def measured(quads: Iterable[ox.Quad]) -> Meter:
    """Return a meter that has measured each graph of these quads."""
    lines: dict[str, list[bytes]] = defaultdict(list)
    for quad in quads:
        lines[text_of(quad.graph_name)].append(serialise([quad], ox.RdfFormat.N_QUADS))
    meter = Meter()
    for name in sorted(lines):
        meter.add(name, sorted(lines[name]))
    return meter


def test_every_graph_is_described_and_nothing_else(quads: list[ox.Quad], described: Described) -> None:
    names = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
    assert SELF in names
    datasets = {
        name: facts for name, facts in described.items() if expand("dcat:Dataset") in facts["rdf:type"]
    }
    assert set(datasets) == {*names, DATASET, RELEASE}
    assert set(described[RELEASE]["void:subset"]) == names
    parts = {name for name in described if name not in datasets}
    assert [name for name in parts if not name.startswith((f"{DATASET}#", f"{RELEASE}#"))] == []
    for name, facts in datasets.items():
        assert expand("void:Dataset") in facts["rdf:type"], name
        assert facts["dcterms:license"] == [CC_BY], name
        assert facts["dcterms:publisher"] == [expand("agent:acagraph")], name
        assert facts["dcterms:title"] == facts["rdfs:label"] != [], name
    titles = [title for facts in described.values() for title in facts.get("dcterms:title", ())]
    assert len(titles) == len(set(titles))


def test_counts_are_true(quads: list[ox.Quad], described: Described) -> None:
    counts = Counter(quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode))
    assert {name: int(described[name]["void:triples"][0]) for name in counts} == counts
    assert described[RELEASE]["void:triples"] == [str(len(quads))]
    assert described[DATASET]["void:triples"] == []
    integer = {
        quad.object.datatype.value
        for quad in quads
        if quad.predicate.value == expand("void:triples") and isinstance(quad.object, ox.Literal)
    }
    assert integer == {expand("xsd:integer")}


COUNTED = {
    "void:triples": "COUNT(*)",
    "void:distinctSubjects": "COUNT(DISTINCT ?s)",
    "void:properties": "COUNT(DISTINCT ?p)",
}
THINGS = f'FILTER(STRSTARTS(STR(?s), "{BASE}id/"))'


def asked(store: ox.Store, select: str, graph: str) -> dict[str, int]:
    """Return a count by what stands before it, of one graph or of all."""
    where = f"GRAPH {'?g' if graph in (RELEASE, SMALL) else f'<{graph}>'}"
    rows = store.query(select.replace("GRAPH", where), prefixes=PREFIXES)
    assert isinstance(rows, ox.QuerySolutions)
    return {text_of(row[0]): int(text_of(row[1])) for row in rows}


def assert_measured(store: ox.Store, name: str, facts: Mapping[str, list[str]]) -> None:
    """Check each count that is told of a graph, or of all, by asking again in another way."""
    for key, count in COUNTED.items():
        found = asked(store, f"SELECT ('n' AS ?n) ({count} AS ?c) {{ GRAPH {{ ?s ?p ?o }} }}", name)
        assert [str(found["n"])] == facts[key], (name, key)
    for key, count, more in (
        ("void:entities", "?s", THINGS),
        ("void:classes", "?o", "FILTER(?p = rdf:type && isIRI(?o))"),
    ):
        query = f"SELECT ('n' AS ?n) (COUNT(DISTINCT {count}) AS ?c) {{ GRAPH {{ ?s ?p ?o {more} }} }}"
        assert [str(asked(store, query, name)["n"])] == facts[key], (name, key)


def objects(quads: Iterable[ox.Quad], name: str) -> list[str]:
    """Return the number of different objects as they are spelt: a store takes "9.0" and "9" for one."""
    inside = (quad for quad in quads if name in (RELEASE, SMALL, text_of(quad.graph_name)))
    return [str(len({quad.object for quad in inside}))]


def told_parts(described: Described, name: str, link: str, term: str, amount: str) -> dict[str, int]:
    parts = [described[part] for part in described[name].get(link, ())]
    return {part[term][0]: int(part[amount][0]) for part in parts}


def assert_partitioned(store: ox.Store, described: Described, name: str) -> None:
    query = (
        "SELECT ?term (COUNT(DISTINCT ?s) AS ?n) { GRAPH { ?s a ?term FILTER(isIRI(?term)) } } GROUP BY ?term"
    )
    told = told_parts(described, name, "void:classPartition", "void:class", "void:entities")
    assert told == asked(store, query, name)
    query = "SELECT ?term (COUNT(*) AS ?n) { GRAPH { ?s ?term ?o } } GROUP BY ?term"
    told = told_parts(described, name, "void:propertyPartition", "void:property", "void:triples")
    assert told == asked(store, query, name)


@pytest.fixture(scope="module")
def store(quads: list[ox.Quad]) -> ox.Store:
    found = ox.Store()
    found.extend(quads)
    return found


def test_each_count_is_what_another_query_finds(
    store: ox.Store, quads: list[ox.Quad], described: Described
) -> None:
    for name in (RELEASE, *described[RELEASE]["void:subset"]):
        assert_measured(store, name, described[name])
        assert described[name]["void:distinctObjects"] == objects(quads, name)
    assert_partitioned(store, described, RELEASE)


def test_links_to_each_dataset_are_counted(store: ox.Store, described: Described) -> None:
    sets = {
        (facts["void:linkPredicate"][0], described[facts["void:objectsTarget"][0]]["void:uriSpace"][0]): facts
        for name, facts in described.items()
        if facts["rdf:type"] == [expand("void:Linkset")]
    }
    links = graph_iri("links")
    assert len(sets) == len(described[links]["void:subset"]) > 5
    (wikidata,) = (facts for (p, space), facts in sets.items() if "wikidata" in space and "exact" in p)
    assert wikidata["dcterms:title"] == ["Links to Wikidata (exactMatch)"]
    total = 0
    for (predicate, space), facts in sets.items():
        query = f"""SELECT ('n' AS ?n) (COUNT(*) AS ?c) {{
          GRAPH {{ ?s <{predicate}> ?o }} FILTER(STRSTARTS(STR(?o), "{space}"))
        }}"""
        assert [str(asked(store, query, links)["n"])] == facts["void:triples"]
        total += int(facts["void:triples"][0])
    query = """SELECT ('n' AS ?n) (COUNT(*) AS ?c) { GRAPH { ?s ?p ?o }
      FILTER(STRSTARTS(STR(?p), STR(skos:)) && STRENDS(STR(?p), "Match")) }"""
    assert total == asked(store, query, links)["n"]


def test_examples_roots_and_countries_are_things_of_the_dataset(
    quads: list[ox.Quad], described: Described
) -> None:
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    facts = described[RELEASE]
    for key in ("void:exampleResource", "void:rootResource", "dcterms:spatial"):
        assert facts[key]
        assert set(facts[key]) <= subjects
    assert sorted(facts["void:rootResource"]) == sorted(
        text_of(q.subject)
        for q in quads
        if q.predicate.value == expand("rdf:type") and q.object == ox.NamedNode(expand("aca:Coalition"))
    )
    (period,) = facts["dcterms:temporal"]
    assert period == f"{RELEASE}#period"
    dates = [
        q.object.value
        for q in quads
        if compact(q.predicate.value) in ("aca:asOfNotBefore", "aca:startsNotBefore")
        and isinstance(q.object, ox.Literal)
    ]
    assert described[period]["dcat:startDate"] == [min(dates)]
    assert described[period]["dcat:endDate"][0] > max(dates)


def test_each_file_that_the_graph_names_is_in_the_release(release: Path, described: Described) -> None:
    files = {
        address
        for facts in described.values()
        for key in ("dcat:downloadURL", "void:dataDump")
        for address in facts.get(key, ())
    }
    assert len(files) > 6 * len(described[RELEASE]["void:subset"])
    newest = {described[name]["dcat:downloadURL"][0] for name in described[DATASET]["dcat:distribution"]}
    own = {described[name]["dcat:downloadURL"][0] for name in described[RELEASE]["dcat:distribution"]}
    for address in files - newest:
        assert address.startswith(RELEASE)
        assert (release / address.removeprefix(RELEASE)).is_file(), address
    assert {BASE + address.removeprefix(RELEASE) for address in own} == newest
    assert {
        f"data/{path.name}" for path in (release / "data").iterdir() if path.name.startswith("acagraph.")
    } - {"data/acagraph.xlsx"} == {
        address.removeprefix(RELEASE) for address in described[RELEASE]["void:dataDump"]
    }


def test_the_graph_depends_on_the_data_alone_and_has_no_blank_node(
    quads: list[ox.Quad], described: Described
) -> None:
    """Neither sizes nor checksums of files that hold this very graph, nor files that an extra makes."""
    own = [quad for quad in quads if quad.graph_name == ox.NamedNode(SELF)]
    assert not [quad for quad in own if isinstance(quad.subject, ox.BlankNode)]
    assert not [quad for quad in own if isinstance(quad.object, ox.BlankNode)]
    predicates = {compact(quad.predicate.value) for quad in own}
    assert not predicates & {"dcat:byteSize", "spdx:checksum"}
    assert not [name for name in described if name.endswith((".parquet", ".xlsx"))]


def test_a_release_names_the_one_before_it(tmp_path: Path) -> None:
    project = discover(write_project(tmp_path))
    assert project.dataset.previous is None
    built = graph.build(project)
    this, before = SMALL, f"{BASE}releases/1.2.2/"
    for previous, expected in ((None, []), ("1.2.2", [before])):
        changed = replace(project, dataset=replace(project.dataset, previous=previous))
        facts = descriptions(described_graph(built, changed).quads)
        assert facts[this]["dcat:previousVersion"] == facts[this]["dcat:prev"] == expected
        assert facts[DATASET]["dcat:previousVersion"] == []
        assert facts[this]["dcat:isVersionOf"] == [DATASET]
        assert facts[DATASET]["dcat:hasVersion"] == [this]


@pytest.mark.parametrize("number", [*range(20, 60)])
def test_counts_come_to_rest_whatever_numbers_the_data_hold(tmp_path: Path, number: int) -> None:
    """A count is an object: that the data hold it too takes one from the count of different objects."""
    project = discover(write_project(tmp_path))
    value = ox.Literal(str(number), datatype=ox.NamedNode(expand("xsd:integer")))
    home = ox.NamedNode(graph_iri("shared"))
    one = ox.Quad(ox.NamedNode(expand("agent:a")), ox.NamedNode(expand("aca:year")), value, home)
    whole = described_graph(graph.build(project).extended([one]), project)
    store, facts = ox.Store(), descriptions(whole.quads)
    store.extend(whole.quads)
    for name in (SMALL, SELF):
        assert_measured(store, name, facts[name])
        # Two counts that wait for each other are left out rather than told wrongly.
        assert facts[name]["void:distinctObjects"] in ([], objects(whole.quads, name))


def test_the_dataset_says_what_dataset_toml_says(described: Described) -> None:
    info = discover(ROOT).dataset
    whole, facts = described[DATASET], described[RELEASE]
    assert whole["dcterms:title"] == [info.title]
    assert facts["dcterms:title"] == [f"{info.title}, version {info.version}"]
    assert facts["dcat:version"] == [info.version]
    assert facts["dcterms:issued"] == [f"{info.date}T00:00:00Z"]
    for key in ("dcterms:description", "dcterms:license", "dcterms:publisher", "dcat:keyword", "dcat:theme"):
        assert whole[key] == facts[key] != [], key
    assert facts["dcterms:description"] == [info.description]
    assert whole["dcat:version"] == whole["dcterms:issued"] == whole["dcterms:modified"] == []


def test_a_graph_names_what_it_is_taken_from(quads: list[ox.Quad], described: Described) -> None:
    assert described[graph_iri("source/002")]["dcterms:source"] == [expand("source:002")]
    assert "Leaders from High Carbon" in described[graph_iri("source/002")]["dcterms:title"][0]
    assert described[graph_iri("ontology")]["dcterms:source"] == [PREFIXES["aca"].removesuffix("#")]
    names = set(described[RELEASE]["void:subset"])
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
    facts = dict(descriptions(whole.quads)[graph_iri("register/covenant")])
    dumps = facts.pop("void:dataDump")
    release = f"{BASE}releases/1.2.3/data/graphs/register/covenant."
    assert sorted(dumps) == [release + end for end in ("jsonld", "nq.gz", "nt.gz", "rdf", "trig", "ttl")]
    assert {name: values for name, values in facts.items() if name != "rdf:type"} == {
        "dcat:version": ["2024"],
        "dcterms:bibliographicCitation": ["© The keeper, 2024"],
        "dcterms:license": ["https://example.org/licence"],
        "dcterms:publisher": [expand("agent:keeper")],
        "dcterms:source": [expand("source:covenant")],
        "dcterms:title": ["A register"],
        "rdfs:label": ["A register"],
        "void:classes": ["2"],
        "void:distinctObjects": ["9"],
        "void:distinctSubjects": ["2"],
        "void:entities": ["2"],
        "void:properties": ["7"],
        "void:triples": ["9"],
    }
    assert whole.origin[graph_iri("register/covenant")][0] == tmp_path / "data" / "register.ttl"
    assert whole.origin[DATASET][0] == whole.origin[SMALL][0] == tmp_path / "data" / "dataset.toml"


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
        assert {row.graph for row in found} == set(described[RELEASE]["void:subset"])
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
