"""Anybody's data by anybody's shapes, and by ours: every syntax, places, labels, bad input."""

from __future__ import annotations

import datetime
import gzip
import json
import os
import random
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pyoxigraph as ox
import pytest

from acagraph import graph, vocab
from acagraph.errors import SourceError
from acagraph.release.surroundings import named_in
from acagraph.validation import validate_files
from acagraph.validation.documents import rdf_files, read_quads
from acagraph.validation.engines import Engine
from acagraph.validation.files import FILE_RULES
from acagraph.validation.findings import SH, Finding
from acagraph.validation.general import LIMITS, judge_graph
from acagraph.validation.report import Report

from published import ROOT

SHAPES = """@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:PersonShape a sh:NodeShape ;
    sh:targetClass ex:Person ;
    sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:datatype xsd:string ; sh:message "Name the person." ] ;
    sh:property [ sh:path ex:address ; sh:node [ sh:property [ sh:path ex:zip ; sh:minCount 1 ] ] ] ;
    sh:property [ sh:path ex:address ;
        sh:property [ sh:path ex:zip ; sh:pattern "^[0-9]+$" ; sh:severity sh:Warning ] ] .
[] a sh:NodeShape ; sh:targetObjectsOf ex:knows ;
    sh:property [ sh:path [ sh:inversePath ex:knows ] ; sh:maxCount 1 ] .
"""
ONTOLOGY = """@prefix ex: <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:Baker rdfs:subClassOf ex:Person .
ex:Example a ex:Person .
"""
DATA = """@prefix ex: <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:alice a ex:Person ; rdfs:label "Alice A."@en, "Alice B."@de ;
    ex:name "Alice" ;
    ex:address [ ex:zip "12x" ],
        [ ex:city "Rome" ] .
ex:bob a ex:Baker ;
    ex:name 5 .
"""
SYNTAXES = {
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "owl": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
PERSON = "https://example.org/PersonShape"
DAY = datetime.date(2022, 1, 1)
OURS = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in vocab.PREFIXES.items())


def write(folder: Path, **files: str) -> dict[str, Path]:
    """Write Turtle files and return their paths by name."""
    paths = {name: folder / f"{name}.ttl" for name in files}
    for name, path in paths.items():
        path.write_text(files[name], encoding="utf-8")
    return paths


def judged(folder: Path, data: Path, engine: Engine | None = None) -> Report:
    written = write(folder, shapes=SHAPES, ontology=ONTOLOGY)
    return judge_graph([data], shapes=[written["shapes"]], ontology=[written["ontology"]], engine=engine)


def brief(finding: Finding) -> tuple[object, ...]:
    name = finding.component.removeprefix(SH).removesuffix("ConstraintComponent")
    return (
        finding.severity,
        finding.rule.removeprefix("https://example.org/"),
        name,
        finding.line,
        finding.column,
    )


@pytest.mark.parametrize("engine", get_args(Engine))
def test_findings_have_rule_place_label_and_message(engine: Engine, tmp_path: Path) -> None:
    report = judged(tmp_path, write(tmp_path, data=DATA)["data"], engine)
    assert [brief(finding) for finding in report.findings] == [
        ("violation", "PersonShape/address", "Node", 6, 9),
        ("violation", "PersonShape/name", "Datatype", 8, 13),
        ("warning", "PersonShape/address-2/zip", "Pattern", 5, 25),
    ]
    inner, name, code = report.findings
    assert (inner.focus, inner.label, inner.value) == ("https://example.org/alice", "Alice A.", "_:L6C9")
    assert inner.message == "Make this meet the shape that it describes."
    assert (name.message, name.value, name.label) == ("Name the person.", "5", None)
    assert (code.focus, code.label) == ("_:L5C16", "(at https://example.org/address of Alice A.)")
    assert code.message == "Write this so that it matches “^[0-9]+$”."
    left_out = "1 finding is about what the ontology alone describes, and not told"
    assert [notice.partition(";")[0] for notice in report.notices] == [left_out]
    assert (report.engine, report.conforms) == (engine, False)
    assert report.rules["urn:shape:knows/%5Eknows"].severity == "violation"
    assert report.rules[f"{PERSON}/name"].message == "Name the person."


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("suffix", SYNTAXES)
def test_every_syntax_gives_the_same_findings(suffix: str, packed: str, tmp_path: Path) -> None:
    triples = [quad.triple for quad in ox.parse(DATA, format=ox.RdfFormat.TURTLE)]
    content = ox.serialize(triples, format=SYNTAXES[suffix])
    assert content is not None
    path = tmp_path / f"data.{suffix}{packed}"
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    report = judged(tmp_path, path)
    expected = judged(tmp_path, write(tmp_path, data=DATA)["data"])
    assert [(f.rule, f.component, f.label, f.message) for f in report.findings] == [
        (f.rule, f.component, f.label, f.message) for f in expected.findings
    ]
    assert {finding.file for finding in report.findings} == {path.as_posix()}
    assert all(finding.line for finding in report.findings) == (suffix == "nt" and not packed)


def test_equal_files_give_equal_reports(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonld"
    path.write_text('{"@type": "https://example.org/Person", "https://example.org/address": [{}, {}]}')
    first, second = (judged(tmp_path, path) for _ in range(2))
    assert first == second
    assert {finding.focus for finding in first.findings} == {"_:anon1"}


def test_blank_nodes_of_several_files_stay_apart(tmp_path: Path) -> None:
    for name, text in (
        ("one", "_:x a ex:Person ."),
        ("two", "_:x ex:name 'X' . _:anon1 ex:knows [] ."),
        ("onto", ""),
    ):
        (tmp_path / f"{name}.ttl").write_text(
            f"@prefix ex: <https://example.org/> .\n{text}", encoding="utf-8"
        )
    shapes = write(tmp_path / "..", shapes=SHAPES)["shapes"]
    report = judge_graph([tmp_path / "one.ttl", tmp_path / "two.ttl"], shapes=[shapes])
    assert [(f.focus, f.file) for f in report.findings] == [("_:f1-x", (tmp_path / "one.ttl").as_posix())]
    big = tmp_path / "big.nt"
    big.write_text("_:anon1 <x:p> _:anon1x .\n", encoding="utf-8")
    assert [str(quad.subject) for quad in read_quads(big, prefix="a-")] == ["_:a-anon1x"]
    assert [str(quad.object) for quad in read_quads(big, prefix="a-")] == ["_:a-anon1xx"]


def test_a_folder_is_every_rdf_file_below_it(tmp_path: Path) -> None:
    (tmp_path / "data" / "more").mkdir(parents=True)
    write(tmp_path / "data", b=DATA)
    write(tmp_path / "data" / "more", a=DATA.replace("alice", "zoe"))
    (tmp_path / "data" / "README.md").write_text("no RDF", encoding="utf-8")
    names = [path.name for path in rdf_files([tmp_path / "data"])]
    assert names == ["b.ttl", "a.ttl"]
    report = judged(tmp_path, tmp_path / "data")
    assert {Path(finding.file or "").name for finding in report.findings} == {"a.ttl", "b.ttl"}
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="there are no RDF files in this folder"):
        judged(tmp_path, tmp_path / "empty")


@pytest.mark.parametrize(
    ("name", "content", "message", "line"),
    [
        ("data.ttl", b"ex:a a ex:b .\n", "ex: has not been declared", 1),
        ("data.ttl", b"\x00\x01\x02\x03", "this is not Turtle", 1),
        ("data.ttl", b"<x:a> <x:b> <x:c> .\nPK\x03\x04\x00", "this is not Turtle", 2),
        ("data.ttl", b"<x:a> <x:b> \xff .\n", "this is not Turtle", 1),
        ("data.ttl", b'<x:a> <x:b> "never closed', "this is not Turtle", 1),
        ("data.ttl", b"<x:a> <x:b> <<( <x:a> <x:b> <x:c> )>> .", "triple terms (RDF 1.2)", None),
        ("data.nt", b"<x:a> <x:b> .\n", "this is not N-Triples", 1),
        ("data.nq", b"{}", "this is not N-Quads", 1),
        ("data.jsonld", b'{"@context": "https://example.org/c", "@id": "x:a"}', "a context on the web", None),
        ("data.jsonld", b"[1,", "this is not JSON-LD", 1),
        ("data.json", b"", "this is not JSON-LD", 1),
        ("data.rdf", b"<html><body>", "this is not RDF/XML", None),
        ("data.rdf", b"%PDF-1.4", "this is not RDF/XML", None),
        ("data.csv", b"a,b\n", "the syntax is told by the suffix", None),
        ("data.ttl.gz", b"not packed", "cannot be unpacked", None),
        ("data.ttl.gz", gzip.compress(b"<x:a> <x:b> <x:c> .", mtime=0)[:20], "cannot be unpacked", None),
        ("data.ttl.zip", b"PK", "the syntax is told by the suffix", None),
    ],
)
def test_what_is_not_rdf_is_an_error_with_file_and_line(
    name: str, content: bytes, message: str, line: int | None, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        judged(tmp_path, path)
    assert message in str(caught.value)
    assert (caught.value.path, caught.value.line) == (path, line)


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_json_ld_that_memory_has_no_room_for_is_refused(
    packed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its parser reads all of it before it tells the first triple."""
    monkeypatch.setattr("acagraph.validation.documents._WHOLE", 100_000)
    path = tmp_path / f"data.jsonld{packed}"
    text = json.dumps([{"@id": f"x:{number}", "@type": "https://example.org/Q"} for number in range(5_000)])
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    with pytest.raises(SourceError, match=r"MB of JSON-LD.*as N-Quads") as caught:
        judged(tmp_path, path)
    assert caught.value.path == path
    with pytest.raises(SourceError, match="MB of JSON-LD"):
        ours(path)
    # What is compared with a release, and what is not judged, may be of any size.
    assert sum(1 for _ in read_quads(path)) == 5_000
    path.write_bytes(gzip.compress(text[:90_000].encode()) if packed else text[:90_000].encode())
    with pytest.raises(SourceError, match="this is not JSON-LD"):
        judged(tmp_path, path)


def test_a_file_with_too_many_triples_is_refused_before_it_is_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acagraph.validation.files._MOST", 100)
    path = tmp_path / "data.nt"
    path.write_text("".join(f"<x:a> <x:p> <x:{number}> .\n" for number in range(2_000)), encoding="utf-8")
    for action in (named_in, lambda paths: ours(*paths)):
        with pytest.raises(SourceError, match=r"more triples than can be judged with ours.*100 at once"):
            action([path])


def test_files_without_triples_are_no_silent_pass(tmp_path: Path) -> None:
    plain, empty = tmp_path / "plain.json", tmp_path / "empty.ttl"
    plain.write_text('{"name": "Ada"}', encoding="utf-8")
    empty.write_text("@prefix ex: <https://example.org/> .\n", encoding="utf-8")
    data, shapes = (write(tmp_path, data=DATA, shapes=SHAPES)[name] for name in ("data", "shapes"))
    nothing = "so there was nothing to judge"
    (told,) = judge_graph([empty], shapes=[shapes]).notices
    assert told == f"{empty.as_posix()} holds no triples, {nothing}."
    (told,) = judge_graph([plain, data], shapes=[shapes]).notices
    assert told.startswith(f"{plain.as_posix()} holds no triples, {nothing}; JSON without an @context")
    assert judge_graph([data], shapes=[shapes]).notices == ()
    report = ours(empty, plain)
    (told,) = report.notices
    assert told.startswith(f"{empty.as_posix()} and 1 more file hold no triples, {nothing}")
    assert report.conforms


def test_entities_that_grow_are_refused_before_they_do(tmp_path: Path) -> None:
    path = tmp_path / "bomb.rdf"
    names = "abcdefghij"
    entities = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names))
    head = '<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY a "lol">'
    body = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">{}</rdf:RDF>'
    path.write_text(f"{head}{entities}]>{body.format('<e:T><e:p>&j;</e:p></e:T>')}", encoding="utf-8")
    with pytest.raises(SourceError, match="declares an XML entity"):
        judged(tmp_path, path)
    plain = head.replace("lol", "https://example.org/a")
    thing = body.format('<e:T rdf:about="&a;"/>')
    path.write_text(f"{plain}]>{thing}", encoding="utf-8")
    assert next(iter(read_quads(path))).subject == ox.NamedNode("https://example.org/a")


def test_too_many_triples_are_refused_with_an_estimate(tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.write_text("".join(f"<x:a> <x:p> <x:{number:06}> .\n" for number in range(40_000)), encoding="utf-8")
    shapes = write(tmp_path, shapes=SHAPES)["shapes"]
    with pytest.raises(
        SourceError, match=r"too many triples .* about [34]\d,\d\d\d .* kilobytes .* judge it in parts"
    ):
        judge_graph([path], shapes=[shapes], limit=20_000)
    assert judge_graph([path], shapes=[shapes], limit=40_000).conforms
    assert LIMITS["pyshacl"] < LIMITS["shacl"]


@pytest.mark.exhaustive
def test_a_hundred_thousand_findings_are_told(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    with path.open("w", encoding="utf-8") as file:
        file.write("@prefix ex: <https://example.org/> .\n")
        file.writelines(f"ex:p{number} a ex:Person .\n" for number in range(100_000))
    report = judge_graph([path], shapes=[write(tmp_path, shapes=SHAPES)["shapes"]])
    assert (len(report.findings), report.notices) == (100_000, ())
    assert {finding.line for finding in report.findings} == set(range(2, 100_002))


def test_more_findings_than_are_told_are_a_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acagraph.validation.compiled.MOST_FINDINGS", 10)
    people = "".join(f"ex:p{number} a ex:Person .\n" for number in range(50))
    report = judged(tmp_path, write(tmp_path, data=f"@prefix ex: <https://example.org/> .\n{people}")["data"])
    assert 10 <= len(report.findings) < 50
    assert any("until 10 findings were there" in notice for notice in report.notices)


def test_more_findings_than_are_told_are_a_notice_with_files_and_rules_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "their.ttl"
    path.write_text(f'{OURS}agent:a a aca:Business ; skos:prefLabel " A"@en .', encoding="utf-8")
    names = "".join(f'agent:b{number} a aca:Business ; skos:prefLabel " B"@en .\n' for number in range(20))
    rest = [
        *base(),
        *(
            ox.Quad(quad.subject, quad.predicate, quad.object, HOME)
            for quad in ox.parse(OURS + names, format=ox.RdfFormat.TURTLE)
        ),
    ]
    assert ours(path, given=rest).notices == ()
    monkeypatch.setattr("acagraph.validation.compiled.MOST_FINDINGS", 10)
    report = ours(path, given=rest)
    assert len(report.findings) < 10
    assert ["until 10 findings were there" in notice for notice in report.notices] == [True]
    report = ours(path, given=rest, only=["rule-44-label-text"])
    assert ["until 10 findings were there" in notice for notice in report.notices] == [True]
    # Only the engine stops: neither a check nor what pySHACL judges.
    assert ours(path, given=rest, only=["rule-55-dangling"]).notices == ()
    assert ours(path, given=rest, engine="pyshacl").notices == ()


def base() -> list[ox.Quad]:
    files = sorted((ROOT / "ontology").rglob("*.ttl"))
    home = ox.NamedNode(vocab.graph_iri("ontology"))
    parsed = (quad for path in files for quad in graph.parse_turtle(path)[0])
    return [ox.Quad(quad.subject, quad.predicate, quad.object, home) for quad in parsed]


HOME = ox.NamedNode(vocab.graph_iri("shared"))
TURTLE = ox.RdfFormat.TURTLE


def ours(
    *paths: Path,
    described: graph.Origin | None = None,
    given: list[ox.Quad] | None = None,
    only: list[str] | None = None,
    engine: Engine | None = None,
) -> Report:
    return validate_files(
        paths,
        base=given or base(),
        shapes=ROOT / "shapes",
        checks=ROOT / "queries" / "checks",
        rules=ROOT / "queries" / "rules",
        as_of=DAY,
        described=described or {},
        only=only or [],
        engine=engine,
    )


STRANGER = f"""{OURS}
agent:stranger a aca:Business ; skos:prefLabel "Stranger"@en ;
    aca:employeeCount 0012 ;
    aca:address [ a aca:Agent ; dcterms:created "yes"^^xsd:boolean ] .
stmt:new-1 a aca:Membership ; aca:participant agent:stranger .
"""


def test_what_a_build_refuses_is_a_finding_in_a_file_of_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "their.ttl"
    path.write_text(STRANGER, encoding="utf-8")
    elsewhere = {vocab.expand("agent:stranger"): (Path("data/agents.ttl"), 7)}
    report = ours(path, described=elsewhere)
    own = {rule.name: [f for f in report.findings if f.rule == rule.name] for rule in FILE_RULES}
    start = OURS.count("\n") + 2
    spelled = own["rule-71-spelling"]
    assert [(finding.value, finding.line) for finding in spelled] == [
        ("yes", start + 2),
        ("0012", start + 1),
    ]
    (described,) = own["rule-72-described-elsewhere"]
    assert (described.line, described.label) == (start, "Stranger")
    assert "data/agents.ttl:7" in described.message
    (unnamed,) = own["rule-73-lasting-name"]
    assert (vocab.compact(unnamed.focus), unnamed.line) == ("stmt:new-1", start + 3)
    blank = [finding for finding in report.findings if finding.focus.startswith("_:")]
    assert {finding.line for finding in blank} == {start + 2}
    assert all("Stranger" in (finding.label or "") for finding in blank)
    assert not report.conforms
    assert {rule.name for rule in FILE_RULES} <= report.rules.keys()


def test_files_of_strangers_may_be_of_any_syntax_and_keep_their_order(tmp_path: Path) -> None:
    quads = [quad.triple for quad in ox.parse(STRANGER, format=ox.RdfFormat.TURTLE)]
    random.Random(7).shuffle(quads)
    ox.serialize(quads, tmp_path / "their.jsonld", format=ox.RdfFormat.JSON_LD)
    path = tmp_path / "their.ttl"
    path.write_text(STRANGER, encoding="utf-8")
    turtle, linked = ours(path), ours(tmp_path / "their.jsonld")
    assert sorted((f.rule, f.component, f.path or "") for f in turtle.findings) == sorted(
        (f.rule, f.component, f.path or "") for f in linked.findings
    )
    assert {finding.file for finding in linked.findings} == {(tmp_path / "their.jsonld").as_posix()}


def test_a_copy_of_a_file_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "copy.ttl"
    things = "".join(f'agent:a{number} a aca:Business ; skos:prefLabel "A"@en .\n' for number in range(5))
    path.write_text(OURS + things + 'agent:own a aca:Business ; skos:prefLabel " B"@en .', encoding="utf-8")
    other = Path("data/agents.ttl")
    taken = {vocab.expand(f"agent:a{number}"): (other, 10 + number) for number in range(4)}
    taken[vocab.expand("agent:a4")] = (Path("data/more.ttl"), 3)
    found = [f for f in ours(path, described=taken).findings if f.rule == "rule-72-described-elsewhere"]
    assert [(finding.line, finding.message) for finding in found] == [
        (
            OURS.count("\n") + 1,
            "agent:a0 and 3 more things of this file are described in data/agents.ttl:10 already; "
            "keep one of each",
        ),
        (OURS.count("\n") + 5, "agent:a4 is described in data/more.ttl:3 already; keep one"),
    ]
    twin = tmp_path / "twin.ttl"
    twin.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (both,) = [f for f in ours(path, twin).findings if f.rule == "rule-72-described-elsewhere"]
    assert (both.file, "5 more things of this file are described in" in both.message) == (
        path.as_posix(),
        True,
    )
    assert twin.as_posix() in both.message


AGES = """@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:Age a sh:NodeShape ; sh:targetObjectsOf ex:age ; sh:datatype xsd:integer .
ex:Must a sh:NodeShape ; sh:targetNode ex:Config ; sh:property [ sh:path ex:version ; sh:minCount 1 ] .
"""


@pytest.mark.parametrize("engine", get_args(Engine))
def test_an_ontology_hides_nothing_but_what_it_has_alone(engine: Engine, tmp_path: Path) -> None:
    ex = "@prefix ex: <https://example.org/> .\n"
    paths = write(
        tmp_path,
        shapes=AGES,
        data=f'{ex}ex:a ex:age "abc", "x"@en,\n "x"@de .',
        ontology=f'{ex}ex:b ex:age "own", "abc" ; ex:see ex:Config .',
    )
    shapes, ontology = [paths["shapes"]], [paths["ontology"]]
    report = judge_graph([paths["data"]], shapes=shapes, ontology=ontology, engine=engine)
    assert [(finding.focus, finding.line, finding.column) for finding in report.findings] == [
        ('"abc"', 2, 13),
        ('"x"@de', 3, 2),
        ('"x"@en', 2, 20),
        ("https://example.org/Config", None, None),
    ]
    assert [notice.partition(" is ")[0] for notice in report.notices] == ["1 finding"]  # "own"
    alone = judge_graph([paths["data"]], shapes=shapes, engine=engine)
    assert [finding.focus for finding in alone.findings] == [finding.focus for finding in report.findings]
    both = judge_graph([paths["data"], paths["ontology"]], shapes=shapes, engine=engine)
    assert [finding.focus for finding in both.findings].count('"own"') == 1
    paths = write(tmp_path, ontology=f"{ex}ex:Config ex:name 1 .")
    described = judge_graph(
        [paths["ontology"].parent / "data.ttl"], shapes=shapes, ontology=ontology, engine=engine
    )
    assert "https://example.org/Config" not in {finding.focus for finding in described.findings}


@pytest.mark.parametrize("engine", get_args(Engine))
def test_values_in_two_languages_are_two_findings(engine: Engine, tmp_path: Path) -> None:
    shapes = AGES.replace("sh:datatype xsd:integer", "sh:property [ sh:path ex:no ; sh:minCount 1 ]")
    shapes += (
        "ex:L a sh:NodeShape ; sh:targetSubjectsOf ex:age ; sh:property [ sh:path ex:age ; sh:maxLength 1 ] ."
    )
    data = '@prefix ex: <https://example.org/> .\nex:a ex:age "ab"@en, "ab"@de .'
    paths = write(tmp_path, shapes=shapes, data=data)
    report = judge_graph([paths["data"]], shapes=[paths["shapes"]], engine=engine)
    assert sorted((str(f.term), f.column) for f in report.findings if f.rule.endswith("/age")) == [
        ('"ab"@de', 22),
        ('"ab"@en', 13),
    ]


def test_a_literal_of_a_file_is_judged_with_the_rest_and_no_other(tmp_path: Path) -> None:
    shape = "shapes:rule-99-x a sh:NodeShape ; sh:targetObjectsOf aca:acronym ; sh:maxLength 2 ."
    head = f"{OURS}@prefix shapes: <{vocab.SHAPES}> .\n"
    paths = write(
        tmp_path,
        shapes=head + shape,
        their=f'{OURS}agent:a aca:acronym\n "long"@en .',
        rest="<x:a> <x:b> <x:c> .",
    )
    rest = 'agent:b aca:acronym "longer" .'
    (finding,) = validate_files(
        [paths["rest"], paths["their"]],
        base=[ox.Quad(q.subject, q.predicate, q.object, HOME) for q in ox.parse(OURS + rest, format=TURTLE)],
        shapes=paths["shapes"],
        checks=ROOT / "queries" / "checks",
        rules=ROOT / "queries" / "rules",
        as_of=DAY,
        only=["rule-99-x"],
    ).findings
    assert (finding.focus, finding.file, finding.line) == (
        *('"long"@en', paths["their"].as_posix(), OURS.count("\n") + 2),
    )


@pytest.mark.parametrize("name", ["d.ttl", "d.nt", "d.nq", "d.trig", "d.ttl.gz"])
def test_a_byte_order_mark_is_passed_over(name: str, tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf<x:a> <x:b> <x:c> ."
    (tmp_path / name).write_bytes(gzip.compress(text, mtime=0) if name.endswith("gz") else text)
    (quad,) = read_quads(tmp_path / name)
    assert quad.subject == ox.NamedNode("x:a")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "x.ttl"
    os.mkfifo(pipe)
    for read in (lambda: rdf_files([pipe]), lambda: graph.parse_turtle(pipe)):
        with pytest.raises(SourceError, match="is no regular file"):
            read()
