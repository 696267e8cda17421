"""Shapes that cannot be used: each is refused with what is wrong, where, and what to do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

import pyoxigraph as ox
import pytest

from acagraph.errors import SourceError
from acagraph.validation.engines import Engine, choose
from acagraph.validation.expressions import unreadable_query
from acagraph.validation.formats import written
from acagraph.validation.general import judge_graph
from acagraph.validation.report import Report
from acagraph.validation.run import load_shapes
from acagraph.validation.wellformed import refuse_malformed

from published import ROOT

PREFIXES = """@prefix dash: <http://datashapes.org/dash#> .
@prefix ex: <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DATA = """
ex:a a ex:Person ; ex:name "Ada", 5 .
ex:b a ex:Person .
"""
SHAPE = "ex:S a sh:NodeShape ; sh:targetClass ex:Person ;\n    "
# What stands on the line below, and what must be said of it.
MALFORMED = {
    "sh:property [ sh:path ex:name ; sh:mincount 1 ] .": "sh:mincount is not a term of SHACL: did you mean",
    'sh:property [ sh:path ex:name ; sh:minCount "1" ] .': "sh:minCount takes a whole number",
    "sh:property [ sh:path ex:name ; sh:minCount 1.0 ] .": "sh:minCount takes a whole number",
    "sh:property [ sh:path ex:name ; sh:minCount -1 ] .": "sh:minCount takes a whole number of zero or more",
    "sh:property [ sh:path ex:name ; sh:minCount 1, 2 ] .": "sh:minCount is given 2 times",
    "sh:property [ sh:minCount 1 ] .": "sh:minCount needs an sh:path",
    "sh:property [ sh:datatype xsd:string ] .": "needs an sh:path",
    "sh:minCount 1 .": "sh:minCount needs an sh:path",
    "sh:property [ sh:path ex:name, ex:other ; sh:minCount 1 ] .": "sh:path is given 2 times",
    'sh:property [ sh:path "name" ; sh:minCount 1 ] .': "sh:path takes a property",
    "sh:property [ sh:path [ ex:foo ex:name ] ; sh:minCount 1 ] .": "sh:path takes a property",
    "sh:property [ sh:path ( ex:name ) ; sh:minCount 1 ] .": "two or more steps",
    "sh:property [ sh:path _:x ; sh:minCount 1 ] . _:x sh:inversePath _:x .": "without a cycle",
    "sh:property ex:missing .": "sh:property takes a shape that is described here",
    "sh:node ex:missing .": "sh:node takes a shape that is described here",
    "sh:and ex:missing .": "sh:and takes a list",
    "sh:and _:x . _:x rdf:first ex:S2 ; rdf:rest _:x . ex:S2 a sh:NodeShape .": "sh:and takes a list",
    "sh:or () .": "sh:or takes a list",
    "sh:property [ sh:path ex:name ; sh:in ex:notalist ] .": "sh:in takes a list",
    'sh:property [ sh:path ex:name ; sh:datatype "xsd:string" ] .': "sh:datatype takes an IRI",
    'sh:property [ sh:path ex:name ; sh:class "Person" ] .': "sh:class takes an IRI",
    "sh:property [ sh:path ex:name ; sh:nodeKind ex:Text ] .": "sh:nodeKind takes one of sh:IRI",
    "sh:property [ sh:path ex:name ; sh:pattern ex:Text ] .": "sh:pattern takes a text",
    'sh:property [ sh:path ex:name ; sh:pattern "a" ; sh:flags "z" ] .': "sh:flags takes letters out of",
    'sh:property [ sh:path ex:name ; sh:flags "i" ] .': "sh:flags needs an sh:pattern",
    'sh:property [ sh:path ex:name ; sh:pattern "^[a-z-[x]]$" ] .': "engines read [a-z-[x] in sh:pattern",
    'sh:property [ sh:path ex:name ; sh:pattern "\\\\i\\\\c*" ] .': "engines read \\i in sh:pattern",
    'sh:property [ sh:path ex:name ; sh:uniqueLang "yes" ] .': "sh:uniqueLang takes true or false",
    'sh:closed "yes" .': "sh:closed takes true or false",
    "sh:property [ sh:path ex:name ; sh:qualifiedMinCount 1 ] .": "sh:qualifiedValueShape and",
    "sh:property [ sh:path ex:name ; sh:qualifiedValueShape [ sh:class ex:T ] ] .": "go together",
    'sh:js [ sh:jsFunctionName "f" ] .': "sh:js is not judged here",
    "sh:property [ sh:path ex:name ; sh:singleLine true ] .": "sh:singleLine is not judged here (SHACL 1.2)",
    "sh:property [ sh:path ex:name ; dash:singleLine true ] .": "dash:singleLine is not judged here",
    "ex:must 1 . ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:must ] .": "needs an sh:validator",
    'sh:property [ sh:path ex:name ; sh:pattern "(a" ] .': 'sh:pattern "(a" is no regular expression',
    'sh:sparql [ sh:select "SELECT nonsense" ] .': "cannot be read: this is no SPARQL, from its line 1",
    'sh:sparql [ sh:select "SELECT $this WHERE { $this ex:name ?x }" ] .': "the prefix ex: is not declared",
    'sh:sparql [ sh:ask "ASK {}" ] .': "sh:sparql takes a node with one sh:select",
    "sh:property [ sh:path ex:name ; sh:node ex:S ] .": "lead in a circle, https://example.org/S →",
    "sh:not ex:S .": "the shapes lead in a circle",
    "sh:not ex:A . ex:A sh:or ( ex:B ex:C ) . ex:B sh:class ex:T . ex:C sh:not ex:S .": "in a circle",
}
# What only an engine can tell; each line breaks both.
ENGINES_REFUSE = {
    'sh:sparql [ sh:select "SELECT $this WHERE { SERVICE <http://[::1]:1/> { ?s ?p ?o } }" ] .': "SERVICE",
    "sh:not [ " * 2_000 + "sh:class ex:T" + " ]" * 2_000 + " .": "nested|too deep",
}


def files(folder: Path, shapes: str, data: str = DATA) -> tuple[Path, Path]:
    paths = folder / "data.ttl", folder / "shapes.ttl"
    for path, text in zip(paths, (data, shapes), strict=True):
        path.write_text(PREFIXES + text, encoding="utf-8")
    return paths


def judged(folder: Path, shapes: str, engine: Engine | None = None, data: str = DATA) -> Report:
    given, by = files(folder, shapes, data)
    return judge_graph([given], shapes=[by], engine=engine)


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_shapes_are_refused_with_their_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        judged(tmp_path, SHAPE + text)
    assert MALFORMED[text] in str(caught.value)
    assert caught.value.path == tmp_path / "shapes.ttl"
    assert caught.value.line in (PREFIXES.count("\n") + 1, PREFIXES.count("\n") + 2)
    assert caught.value.exit_code == 2


BROKEN = """ex:S a sh:NodeShape ; sh:targetClass ex:Person ;
    sh:property [ sh:path ex:name ; sh:pattern "a" ] ;
    sh:property [ sh:path ex:name ; sh:pattern "b[" ] ;
    sh:sparql [ sh:select "SELECT $this { $this ?p 1 }" ] .
"""
QUERY = """ex:S a sh:NodeShape ; sh:targetClass ex:Person ;
    sh:sparql [ sh:prefixes ex: ; sh:select \"\"\"
        SELECT $this ?value WHERE {
            $this ex:name ?value .
            $this ex:names ?more %s
        }\"\"\" ] .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .
"""


def test_the_line_is_that_of_the_expression(tmp_path: Path) -> None:
    head = PREFIXES.count("\n")
    with pytest.raises(SourceError, match=r'S at name: sh:pattern "b\[" is no') as caught:
        judged(tmp_path, BROKEN)
    assert caught.value.line == head + 3
    with pytest.raises(SourceError, match=r"ex.*S: sh:select cannot be read") as caught:
        judged(tmp_path, QUERY % "oops")
    assert caught.value.line == head + 6
    assert len(str(caught.value)) < 250
    assert len(judged(tmp_path, QUERY % "").findings) == 0


@pytest.mark.parametrize(
    "path",
    ["$this $PATH ?value .", "$this $PATH/ex:name ?value .", "FILTER NOT EXISTS { ?value $PATH* $this }"],
)
def test_a_path_that_engines_put_into_a_query_is_no_fault(path: str) -> None:
    assert unreadable_query(f"SELECT $this ?value {{ {path} }}", {"ex": "https://example.org/"}) is None


@pytest.mark.parametrize(
    "text", ["ex:S sh:deactivated true ; sh:node ex:T . ex:T sh:nodeKind sh:Literal .", ""]
)
@pytest.mark.parametrize("engine", get_args(Engine))
def test_shapes_that_are_all_deactivated_are_no_silent_pass(
    engine: Engine, text: str, tmp_path: Path
) -> None:
    report = judged(tmp_path, f"{SHAPE} sh:nodeKind sh:Literal . {text}", engine)
    assert (len(report.findings), report.notices) == (
        (0, ("Every shape with a target is deactivated (sh:deactivated), so nothing was judged.",))
        if text
        else (2, ())
    )


@pytest.mark.parametrize("engine", get_args(Engine))
@pytest.mark.parametrize("text", ENGINES_REFUSE)
def test_what_engines_refuse_is_an_error_without_a_traceback(
    text: str, engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=ENGINES_REFUSE[text]) as caught:
        judged(tmp_path, SHAPE + text, engine)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("text", ["", "ex:S ex:p ex:o .", "ex:S a sh:NodeShape ; sh:class ex:T ."])
def test_shapes_that_judge_nothing_are_no_pass(text: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there are no shapes|no shape says what it is about"):
        judged(tmp_path, text)


@pytest.mark.parametrize("engine", get_args(Engine))
def test_a_target_that_does_not_occur_is_told(engine: Engine, tmp_path: Path) -> None:
    shape = "ex:S a sh:NodeShape ; sh:targetClass ex:Persn ; sh:property [ sh:path ex:x ; sh:minCount 1 ] ."
    report = judged(tmp_path, shape, engine)
    assert report.conforms
    assert [notice for notice in report.notices if "nothing was judged" in notice] != []
    occurs = judged(tmp_path, shape, engine, "ex:a a ex:P . ex:P rdfs:subClassOf ex:Persn .")
    assert (occurs.conforms, occurs.notices) == (False, ())
    fine = judged(tmp_path, shape, engine, "ex:a a ex:Persn ; ex:x 1 .")
    assert (fine.conforms, fine.notices) == (True, ())


@pytest.mark.parametrize("engine", get_args(Engine))
@pytest.mark.parametrize("kind", ["rdfs:Class", "owl:Class"])
def test_a_class_that_is_a_shape_is_about_its_instances(kind: str, engine: Engine, tmp_path: Path) -> None:
    shape = f"ex:Person a sh:NodeShape, {kind} ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ."
    assert [finding.focus for finding in judged(tmp_path, shape, engine).findings] == [
        "https://example.org/b"
    ]


@pytest.mark.parametrize("engine", get_args(Engine))
def test_a_severity_of_somebody_is_a_violation(engine: Engine, tmp_path: Path) -> None:
    shape = SHAPE + "sh:severity ex:Catastrophe ; sh:nodeKind sh:Literal ."
    report = judged(tmp_path, shape, engine)
    assert [finding.severity for finding in report.findings] == ["violation"] * 2
    assert not report.conforms


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ('sh:property [ sh:path ex:name ; sh:pattern "^(?!Ada)" ] .', "look around"),
        ('sh:property [ sh:path ex:name ; sh:pattern "(d)\\\\1" ] .', "look around"),
        ('sh:property [ sh:path ex:name ; sh:pattern "^a{,3}$" ] .', "the regular expression ^a{,3}$"),
        ("sh:expression [ sh:path ex:name ] .", "sh:expression"),
        (
            'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this ?p ?o }" ] ; sh:class ex:T .',
            "sh:target",
        ),
        (
            'sh:sparql [ sh:select "SELECT $this { $this ?p ?o { SELECT ?o { ?x ?y ?o } } }" ] .',
            "queries inside",
        ),
    ],
)
def test_what_the_compiled_engine_lacks_goes_to_the_reference(
    text: str, lacking: str, tmp_path: Path
) -> None:
    files(tmp_path, SHAPE + text)
    shapes = list(ox.parse(path=tmp_path / "shapes.ttl"))
    engine, notice = choose(None, shapes)
    assert engine == "pyshacl"
    assert notice.startswith("pySHACL judged")
    assert lacking in notice
    with pytest.raises(SourceError, match="does not judge"):
        choose("shacl", shapes)


def test_the_report_says_that_the_reference_judged(tmp_path: Path) -> None:
    report = judged(tmp_path, SHAPE + 'sh:property [ sh:path ex:name ; sh:pattern "^(?!Ada)" ] .')
    assert report.engine == "pyshacl"
    assert [finding.value for finding in report.findings] == ["Ada"]
    assert "look around" in report.notices[0]


@pytest.mark.parametrize("broken", [False, True], ids=["absent", "not to be loaded"])
def test_without_the_compiled_engine_the_reference_judges(
    broken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if broken:
        (tmp_path / "shacl.py").write_text("raise ImportError('version `GLIBC_2.99` not found')\n")
        monkeypatch.delitem(sys.modules, "shacl", raising=False)
        monkeypatch.syspath_prepend(tmp_path)
    else:
        monkeypatch.setitem(sys.modules, "shacl", None)
    report = judged(tmp_path, SHAPE + "sh:nodeKind sh:Literal .")
    assert (report.engine, len(report.findings)) == ("pyshacl", 2)
    assert "not installed" in report.notices[0]
    told = written(report, "text").decode()
    assert "note  pySHACL judged the shapes, slowly: the compiled engine, shacl, is not installed" in told
    with pytest.raises(SourceError, match="not installed: pip install"):
        judged(tmp_path, SHAPE + "sh:nodeKind sh:Literal .", "shacl")


def test_a_panic_of_the_compiled_engine_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """What PyO3 raises for a panic."""

    def panics(*_: object, **__: object) -> None:
        raise PanicException("index out of bounds")

    import shacl

    monkeypatch.setattr(shacl, "Shapes", type("Shapes", (), {"from_text": staticmethod(panics)}))
    with pytest.raises(SourceError, match="index out of bounds; try --engine pyshacl"):
        judged(tmp_path, SHAPE + "sh:nodeKind sh:Literal .")


def test_imports_and_rules_that_are_passed_over_are_told(tmp_path: Path) -> None:
    shapes = (
        "<https://example.org/all> a owl:Ontology ; owl:imports <https://example.org/more> .\n"
        f"{SHAPE} sh:class ex:Person ; sh:rule [ a sh:TripleRule ; sh:subject sh:this ; "
        "sh:predicate ex:p ; sh:object 1 ] ."
    )
    notices = judged(tmp_path, shapes).notices
    assert [notice.split(" ")[0] for notice in notices] == ["https://example.org/more", "sh:rule"]
    more = "<https://example.org/more> a owl:Ontology ."
    assert len(judged(tmp_path, f"{shapes}\n{more}").notices) == 1


def test_our_own_shapes_are_well_formed_and_stay_with_the_compiled_engine() -> None:
    shapes = load_shapes(ROOT / "shapes")
    refuse_malformed(shapes)
    assert choose(None, shapes) == ("shacl", "")
