"""The one dataset: every subject in its named graph, none twice, nothing of ours undescribed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph.errors import SourceError
from acagraph.graph import Graph, build, parse_turtle
from acagraph.release.inputs import curated
from acagraph.sources import discover
from acagraph.validation.checks import load_checks, run_checks
from acagraph.validation.places import located
from acagraph.vocab import compact, expand, graph_iri
from turtle_files import LINES, write_project

ROOT = Path(__file__).parent.parent

ELSEWHERE = [ox.NamedNode(graph_iri(name)) for name in ("ontology", "links")]

SOURCES = """
source:x a aca:Source .
source:y a aca:Source .
evidence:x1 a aca:Quotation ; aca:inSource source:x .
evidence:y1 a aca:Quotation ; aca:inSource source:y .
evidence:lost a aca:Quotation .
stmt:one a aca:Membership ; aca:evidence evidence:x1 .
stmt:two a aca:Membership ; aca:evidence evidence:x1, evidence:y1 .
stmt:none a aca:Membership .
event:one a aca:Founding ; aca:evidence evidence:y1 .
agent:a a aca:Business ; aca:evidence evidence:x1 .
"""


def built(root: Path, files: dict[str, str]) -> Graph:
    return build(discover(write_project(root, files)))


def graphs(graph: Graph) -> dict[str, str]:
    return {
        compact(quad.subject.value): quad.graph_name.value.removeprefix(graph_iri(""))
        for quad in graph.quads
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.graph_name, ox.NamedNode)
    }


def dangling(graph: Graph) -> list[tuple[str, int | None]]:
    """Return what check 55 finds: names of what no file describes, each with the line that refers to it."""
    (check,) = (c for c in load_checks(ROOT / "queries" / "checks") if c.rule == "rule-55-dangling")
    store = ox.Store()
    store.bulk_extend(graph.quads)
    found = located(run_checks([check], store), graph.origin)
    return [(compact(finding.value or ""), finding.line) for finding in found]


def test_each_subject_stands_in_the_graph_of_its_source(tmp_path: Path) -> None:
    found = graphs(built(tmp_path, {"data/a.ttl": SOURCES}))
    assert {name: graph for name, graph in found.items() if not name.startswith("aca:")} == {
        "source:x": "source/x",
        "source:y": "source/y",
        "evidence:x1": "source/x",
        "evidence:y1": "source/y",
        "evidence:lost": "shared",
        "stmt:one": "source/x",
        "stmt:two": "shared",
        "stmt:none": "shared",
        "event:one": "source/y",
        "agent:a": "shared",
    }
    assert {graph for name, graph in found.items() if name.startswith("aca:")} == {"ontology"}


def test_the_origin_of_a_subject_is_its_file_and_line(tmp_path: Path) -> None:
    graph = built(tmp_path, {"data/a.ttl": SOURCES})
    assert graph.origin[expand("stmt:two")] == (tmp_path / "data" / "a.ttl", LINES + 8)


def test_the_origin_of_every_real_subject_is_the_line_it_begins() -> None:
    graph = build(discover(ROOT))
    texts = {path: path.read_text(encoding="utf-8").split("\n") for path, _ in graph.origin.values()}
    for iri, (path, line) in graph.origin.items():
        assert line is not None
        assert texts[path][line - 1].partition(",")[0] in (compact(iri), f"<{iri}>")


def test_a_subject_may_be_described_in_one_file_only(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"agent:a is described in .*a\.ttl:\d+ already; keep one"
    ) as caught:
        built(tmp_path, {"data/b.ttl": 'agent:b a aca:Business .\nagent:a skos:prefLabel "A"@en .'})
    assert caught.value.path == tmp_path / "data" / "b.ttl"
    assert caught.value.line == LINES + 2


def test_the_same_statement_in_two_files_is_to_be_merged(tmp_path: Path) -> None:
    one = "stmt:aaaaaaaaaaaaaaaa a aca:Membership ; aca:evidence evidence:x1 ."
    two = "stmt:aaaaaaaaaaaaaaaa a aca:Membership ; aca:evidence evidence:y1 ."
    with pytest.raises(SourceError, match="merge their evidence"):
        built(tmp_path, {"data/b.ttl": one, "data/c.ttl": two})


def test_data_may_not_describe_a_term_but_an_alignment_may(tmp_path: Path) -> None:
    axiom = "aca:Source rdfs:subClassOf prov:Entity ."
    assert (
        graphs(built(tmp_path / "good", {"ontology/alignments/prov.ttl": axiom}))["aca:Source"] == "ontology"
    )
    with pytest.raises(SourceError, match="aca:Source is described in"):
        built(tmp_path / "bad", {"ontology/alignments/prov.ttl": axiom, "data/a.ttl": axiom})


def test_blank_nodes_are_for_the_ontology_only(tmp_path: Path) -> None:
    node = "[] a owl:AllDisjointClasses ; owl:members ( aca:A aca:B ) ."
    first = built(tmp_path / "good", {"ontology/x.ttl": node})
    assert built(tmp_path / "good", {}).quads == first.quads, "blank nodes are named alike in each build"
    for index, data in enumerate((node, "agent:b aca:value [] .")):
        with pytest.raises(SourceError, match="blank nodes are not used in data"):
            built(tmp_path / f"bad{index}", {"data/b.ttl": data})


def test_an_unnamed_statement_and_a_misnamed_source_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="stmt:new-x has no lasting name yet; run acagraph fmt"):
        built(tmp_path / "1", {"data/b.ttl": "stmt:new-x a aca:Membership ."})
    with pytest.raises(SourceError, match="document:x is used as a source"):
        built(tmp_path / "2", {"data/b.ttl": "document:x a aca:Source ."})


def test_no_triple_stands_in_two_graphs(tmp_path: Path) -> None:
    graph = built(tmp_path, {"data/a.ttl": "place:a skos:exactMatch wd:Q1 ."})
    links = ox.NamedNode(graph_iri("links"))
    subject, predicate = ox.NamedNode(expand("place:a")), ox.NamedNode(expand("skos:exactMatch"))
    more = graph.extended([ox.Quad(subject, predicate, ox.NamedNode(expand("wd:Q2")), links)])
    assert len(more.quads) == len(graph.quads) + 1
    with pytest.raises(SourceError, match="stands in two graphs") as caught:
        graph.extended([ox.Quad(subject, predicate, ox.NamedNode(expand("wd:Q1")), links)])
    assert caught.value.line == LINES + 1


def test_a_reference_to_nothing_is_found_with_its_line(tmp_path: Path) -> None:
    text = (
        "agent:a a aca:Business ;\n  aca:governs place:missing .\nagent:b aca:sector sector:missing, wd:Q1 ."
    )
    found = dangling(built(tmp_path, {"data/a.ttl": text}))
    assert found == [("place:missing", LINES + 1), ("sector:missing", LINES + 3)]


def test_the_real_project_is_whole() -> None:
    project = discover(ROOT, registers=False)
    graph = curated(project)
    assert dangling(graph) == []
    data = [quad for file in project.files if file.role == "data" for quad in parse_turtle(file.path)[0]]
    placed = [quad for quad in graph.quads if quad.graph_name not in ELSEWHERE]
    assert len(placed) == len(data) + len(project.redirects)
    assert len(set(data)) == len(data)
    counts = Counter(graphs(graph).values())
    assert {"shared", "ontology", "links", *(f"source/00{n}" for n in range(5))} <= set(counts)


def test_a_syntax_error_and_a_foreign_encoding_name_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"unknown prefix agnt:.*did you mean agent") as caught:
        built(tmp_path, {"data/a.ttl": "agent:a a aca:Business .\nagnt:b a aca:Business ."})
    assert caught.value.line == LINES + 2
    (tmp_path / "data" / "a.ttl").write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(SourceError, match="byte 0xe9 is not UTF-8") as caught:
        build(discover(tmp_path))
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"2018-07-32T23:59:59Z"^^xsd:dateTime', "is not a value of xsd:dateTime; correct it"),
        ('"abc"^^xsd:decimal', "is not a value of xsd:decimal; correct it"),
        ('"2018-07-31T23:59:59.000Z"^^xsd:dateTime', 'write "2018-07-31T23:59:59Z" .acagraph fmt does it'),
        ("2.50", 'write "2.5" .acagraph fmt does it'),
    ],
)
def test_data_hold_only_canonical_literals(tmp_path: Path, value: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        built(tmp_path, {"data/b.ttl": f"agent:b a aca:Business ;\n  aca:value {value} ."})
    assert (caught.value.path, caught.value.line) == (tmp_path / "data" / "b.ttl", LINES + 2)


def test_what_nobody_but_the_author_can_mend_is_told_first_and_an_escape_hides_nothing(
    tmp_path: Path,
) -> None:
    with pytest.raises(SourceError, match=r'"x" is not a value of xsd:integer; correct it; 1 more in this'):
        built(tmp_path / "1", {"data/b.ttl": 'agent:b aca:value 030, "x"^^xsd:integer .'})
    with pytest.raises(SourceError, match='value>: "abc" is not a value of xsd:decimal'):
        built(tmp_path / "2", {"data/b.ttl": 'agent:b aca:value "\\u0061bc"^^xsd:decimal .'})


def test_a_redirect_is_a_triple_of_the_shared_graph_and_describes_nothing(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"data/b.ttl": "agent:b aca:unitOf agent:old ."})
    (root / "data" / "redirects.csv").write_text("from,to\nagent:old,agent:a\n", encoding="utf-8")
    graph = build(discover(root))
    assert graph.origin[expand("agent:old")] == (root / "data" / "redirects.csv", 2)
    assert graphs(graph)["agent:old"] == "shared"
    (found,) = [quad for quad in graph.quads if quad.subject == ox.NamedNode(expand("agent:old"))]
    assert found.predicate == ox.NamedNode(expand("dcterms:isReplacedBy"))
    assert found.object == ox.NamedNode(expand("agent:a"))
    assert dangling(graph) == [("agent:old", LINES + 1)]


def test_a_withdrawn_thing_says_why_and_describes_nothing(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"data/b.ttl": "agent:b aca:unitOf agent:old ."})
    table = 'from,to,reason\nagent:old,,"Never was, after all"\n'
    (root / "data" / "redirects.csv").write_text(table, encoding="utf-8")
    graph = build(discover(root))
    assert graphs(graph)["agent:old"] == "shared"
    old = ox.NamedNode(expand("agent:old"))
    found = {quad.predicate.value: quad.object for quad in graph.quads if quad.subject == old}
    assert found == {
        expand("owl:deprecated"): ox.Literal(True),
        expand("dcterms:description"): ox.Literal("Never was, after all", language="en"),
    }
    assert dangling(graph) == [("agent:old", LINES + 1)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("agent:a,agent:b", r"agent:a is still described in .*a\.ttl:\d+; remove it there or here"),
        ("agent:old,agent:gone", "agent:gone is described nowhere; name the thing"),
    ],
)
def test_a_redirect_leads_from_what_is_gone_to_what_is_there(tmp_path: Path, row: str, message: str) -> None:
    root = write_project(tmp_path, {"data/b.ttl": "agent:b a aca:Business ."})
    path = root / "data" / "redirects.csv"
    path.write_text(f"from,to\n{row}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        build(discover(root))
    assert (caught.value.path, caught.value.line) == (path, 2)
