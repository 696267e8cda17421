"""Reports, their order and forms, inputs that cannot be used, and files of others."""

from __future__ import annotations

import datetime
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, SH

from acagraph import graph, vocab
from acagraph.errors import SourceError
from acagraph.release.clock import Clock, silent
from acagraph.release.inputs import gather
from acagraph.validation import Finding, Report, validate, validate_files
from acagraph.validation.checks import load_checks, run_checks
from acagraph.validation.formats import FORMATS, written
from acagraph.validation.reference import to_rdflib
from acagraph.validation.run import Engine, load_shapes

ROOT = Path(__file__).parent.parent
SHAPES = ROOT / "shapes"
CHECKS = ROOT / "queries" / "checks"
RULES = ROOT / "queries" / "rules"
DAY = datetime.date(2022, 1, 1)
PREFIXES = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in vocab.PREFIXES.items())

FAULTY = """
agent:one a aca:Agent ; skos:prefLabel "Eins"@de .
agent:two a aca:Agent ; skos:prefLabel " Two"@en ; aca:acronym "ZW\\n2"@de .
coalition:three a aca:Coalition, aca:Agent ; skos:prefLabel "Three"@en .
agent:four a aca:Agent ; skos:prefLabel "Four"@en ; owl:sameAs wd:Q4 .
"""


def quads(text: str, name: str = "shared") -> list[ox.Quad]:
    home = ox.NamedNode(vocab.graph_iri(name))
    parsed = graph.parse_text(PREFIXES + text, path=None)[0]
    return [ox.Quad(quad.subject, quad.predicate, quad.object, home) for quad in parsed]


def base() -> list[ox.Quad]:
    files = sorted((ROOT / "ontology").rglob("*.ttl"))
    parsed = (quad for path in files for quad in graph.parse_turtle(path)[0])
    home = ox.NamedNode(vocab.graph_iri("ontology"))
    return [ox.Quad(quad.subject, quad.predicate, quad.object, home) for quad in parsed]


def judged(text: str) -> Report:
    iri = vocab.expand("agent:two")
    origin = {iri: (Path("data/agents.ttl"), 7)}
    return validate(quads(text), shapes=SHAPES, checks=CHECKS, origin=origin)


def of_rule(report: Report, rule: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule == rule]


def test_findings_come_from_shapes_and_checks_and_know_their_place() -> None:
    report = judged(FAULTY)
    assert not report.conforms
    assert of_rule(report, "rule-44-label-text") == [
        Finding(
            rule="rule-44-label-text",
            severity="violation",
            focus=vocab.expand("agent:two"),
            path=vocab.expand("skos:prefLabel"),
            value=" Two",
            message="Clean this skos:prefLabel: single plain spaces between words, none at the ends, "
            "no no-break space, not empty.",
            file="data/agents.ttl",
            line=7,
            label="Two",
            component=f"{SH}PatternConstraintComponent",
            term=ox.Literal(" Two", language="en"),
        )
    ]
    (same,) = of_rule(report, "rule-63-same-as")
    assert (same.value, same.file) == (vocab.expand("wd:Q4"), None)
    (founding,) = of_rule(report, "rule-08-founding")
    assert (founding.severity, founding.path) == ("warning", f"^{vocab.ACA}foundingOf")


def test_findings_are_sorted_by_severity_rule_focus_path_and_value() -> None:
    found = judged(FAULTY).findings
    keys = [
        (["violation", "warning", "info"].index(f.severity), f.rule, f.focus, f.path or "", f.value or "")
        for f in found
    ]
    assert keys == sorted(keys)
    assert len({finding.rule for finding in found}) > 4


def test_equal_data_in_another_order_give_equal_bytes() -> None:
    first = judged(FAULTY)
    mixed = quads(FAULTY)
    random.Random(7).shuffle(mixed)
    origin = {vocab.expand("agent:two"): (Path("data/agents.ttl"), 7)}
    second = validate(mixed, shapes=SHAPES, checks=CHECKS, origin=origin)
    for form in FORMATS:
        assert written(second, form) == written(first, form)


def test_warnings_do_not_break_conformance() -> None:
    report = judged('coalition:three a aca:Coalition ; skos:prefLabel "Three"@en .')
    assert of_rule(report, "rule-08-founding") != []
    warnings = Report.of(finding for finding in report.findings if finding.severity == "warning")
    assert warnings.conforms
    assert warnings.counts() == {"violation": 0, "warning": len(warnings.findings), "info": 0}


def test_turtle_is_a_shacl_report_with_the_results_of_pyshacl_and_the_checks() -> None:
    report = judged(FAULTY)
    told = rdflib.Graph().parse(data=written(report, "turtle"), format="turtle")
    _, reference, _ = pyshacl.validate(to_rdflib(quads(FAULTY)), shacl_graph=to_rdflib(load_shapes(SHAPES)))
    wanted = results(reference)
    store = ox.Store()
    store.extend(quads(FAULTY))
    for finding in run_checks(load_checks(CHECKS), store):
        assert finding.component == f"{SH}SPARQLConstraintComponent"
        wanted[(finding.focus, finding.rule_iri, finding.component, f"{SH}{finding.severity.title()}")] += 1
    assert results(told) == wanted
    (node,) = told.subjects(RDF.type, SH.ValidationReport)
    assert told.value(node, SH.conforms) == rdflib.Literal(False)
    assert len(set(told.objects(node, SH.result))) == len(report.findings)
    assert (None, SH.value, rdflib.Literal(" Two", lang="en")) in told
    (inverse,) = told.objects(None, SH.inversePath)
    assert str(inverse) == f"{vocab.ACA}foundingOf"


def test_sh_conforms_is_true_only_without_any_result() -> None:
    told = rdflib.Graph().parse(data=written(Report(()), "turtle"), format="turtle")
    assert [bool(value) for value in told.objects(None, SH.conforms)] == [True]


def results(report: rdflib.Graph) -> Counter[tuple[str, str, str, str]]:
    names = (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity)
    found: Counter[tuple[str, str, str, str]] = Counter()
    for node in report.subjects(RDF.type, SH.ValidationResult):
        focus, shape, component, severity = (str(report.value(node, name)) for name in names)
        found[(focus, shape, component, severity)] += 1
    return found


@pytest.mark.parametrize("engine", get_args(Engine))
def test_a_path_of_many_steps_is_told_as_sparql_writes_it(tmp_path: Path, engine: Engine) -> None:
    shape = """
    @prefix shapes: <https://w3id.org/acagraph/shapes#> .
    shapes:rule-99-x a sh:NodeShape ; sh:targetNode agent:four ;
      sh:property [ sh:path ( aca:sector [ sh:inversePath skos:member ] ) ; sh:minCount 1 ;
          sh:message "1"@en ],
        [ sh:path [ sh:alternativePath ( aca:sector ( aca:unitOf skos:member ) ) ] ; sh:minCount 1 ;
          sh:message "2"@en ],
        [ sh:path [ sh:zeroOrMorePath [ sh:inversePath aca:unitOf ] ] ; sh:minCount 2 ; sh:message "3"@en ],
        [ sh:path [ sh:inversePath [ sh:oneOrMorePath aca:unitOf ] ] ; sh:minCount 1 ; sh:message "4"@en ] .
    """
    (tmp_path / "x.ttl").write_text(PREFIXES + shape, encoding="utf-8")
    report = validate(quads(FAULTY), shapes=tmp_path, checks=CHECKS, origin={}, engine=engine)
    told = {finding.message: finding for finding in report.findings if finding.message in list("1234")}
    sector, unit, member = (f"<{vocab.expand(n)}>" for n in ("aca:sector", "aca:unitOf", "skos:member"))
    assert {number: finding.path for number, finding in told.items()} == {
        "1": f"({sector}/^{member})",
        "2": f"({sector}|({unit}/{member}))",
        "3": f"(^{unit})*",
        "4": f"^({unit})+",
    }
    for finding in told.values():
        ox.Store().query(f"SELECT * {{ ?s {finding.path} ?o }}")


def test_the_two_checks_of_links_know_the_same_datasets() -> None:
    tables = [
        set(re.findall(r'\("https?://.*"\)', (CHECKS / f"40-link-{name}.rq").read_text("utf-8")))
        for name in ("form", "registered")
    ]
    assert len(tables[0]) > 5
    assert tables[0] == tables[1]


def test_the_kinds_of_rule_66_are_those_of_the_vocabulary() -> None:
    text = (CHECKS / "66-thing-name.rq").read_text("utf-8")
    (kinds,) = re.findall(r"\(id/\(([a-z|]+)\)/", text)
    assert kinds.split("|") == list(vocab.KINDS)
    assert "one of the nine kinds" in text
    assert len(vocab.KINDS) == 9


def test_a_shape_that_does_not_parse_is_named_with_its_line(tmp_path: Path) -> None:
    shape = tmp_path / "Agent.ttl"
    shape.write_text(PREFIXES + "\nshapes:rule-99-x a sh:NodeShape\nsh:targetClass", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        validate([], shapes=tmp_path, checks=CHECKS, origin={})
    assert caught.value.path == shape
    assert caught.value.line is not None
    assert caught.value.line > len(PREFIXES.splitlines())


@pytest.mark.parametrize(
    ("engine", "shape"),
    [
        ("pyshacl", "a sh:PropertyShape ; sh:targetClass aca:Agent ; sh:minCount 1 ."),
        (
            "pyshacl",
            'a sh:PropertyShape ; sh:targetClass aca:Agent ; sh:path skos:prefLabel ; sh:pattern "(" .',
        ),
        (
            "pyshacl",
            'a sh:PropertyShape ; sh:targetClass aca:Agent ; sh:path aca:acronym ; sh:minCount "x" .',
        ),
        (
            "shacl",
            'a sh:PropertyShape ; sh:targetClass aca:Agent ; sh:path skos:prefLabel ; sh:pattern "(" .',
        ),
    ],
)
def test_a_shape_that_the_engine_refuses_is_an_error_about_the_shapes(
    tmp_path: Path, engine: Engine, shape: str
) -> None:
    prefixes = PREFIXES + f"@prefix shapes: <{vocab.SHAPES}> .\n"
    (tmp_path / "Agent.ttl").write_text(f"{prefixes}shapes:rule-99-x {shape}", encoding="utf-8")
    with pytest.raises(
        SourceError, match=r"(?i)shacl cannot use|needs an sh:path|takes a whole number|no regular exp"
    ):
        validate(quads(FAULTY), shapes=tmp_path, checks=CHECKS, origin={}, engine=engine)


def test_folders_without_shapes_or_checks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there are no shapes"):
        validate([], shapes=tmp_path, checks=CHECKS, origin={})
    with pytest.raises(SourceError, match="folder of checks does not exist"):
        validate([], shapes=SHAPES, checks=tmp_path / "nowhere", origin={})


GOOD = "#+ rule: rule-99-x\n#+ severity: warning\n#+ message: See {focus}.\nSELECT ?focus { ?focus ?p ?o }\n"


@pytest.mark.parametrize(
    ("wrong", "line", "complaint"),
    [
        (GOOD.replace("#+ severity: warning\n", ""), 1, "the key severity is missing"),
        (GOOD.replace("#+ message", "#+ colour: red\n#+ message"), 3, "unknown key 'colour'; use one of"),
        (GOOD.replace("rule:", "1:"), 1, "unknown key '1'; use one of rule, severity, message"),
        (GOOD + "#+ tags: [a]\n", 5, "a header line below the header"),
        (GOOD.replace("#+", "#"), 1, "no header"),
        (
            GOOD.replace("severity: warning", '"severity": no'),
            2,
            "severity is one of violation, warning, info",
        ),
        (GOOD.replace("warning", "bad"), 2, "severity is one of violation, warning, info"),
        (GOOD.replace("rule-99-x", "rule-98-x"), 1, "rule must be rule-99-x"),
        (GOOD.replace("See {focus}.", "a: b: c"), 3, "the header is not YAML: .*; quote a text with a colon"),
        (GOOD.replace("SELECT ?focus", "ASK"), None, "a check is a SELECT query"),
        (GOOD.replace("SELECT ?focus", "SELECT"), None, "the query does not parse"),
        (GOOD.replace("SELECT ?focus", "SELECT ?p"), None, r"the query must select \?focus"),
        (GOOD.replace("{focus}", "{colour}"), None, r"the query must select \?colour"),
    ],
)
def test_a_check_that_cannot_be_used_is_named(
    tmp_path: Path, wrong: str, line: int | None, complaint: str
) -> None:
    path = tmp_path / "99-x.rq"
    path.write_text(wrong, encoding="utf-8")
    store = ox.Store()
    with pytest.raises(SourceError, match=complaint) as caught:
        list(run_checks(load_checks(tmp_path), store))
    assert (caught.value.path, caught.value.line) == (path, line)
    path.write_text(GOOD, encoding="utf-8")
    assert list(run_checks(load_checks(tmp_path), store)) == []


STRANGER = """
agent:stranger
    a aca:Business ;
    skos:prefLabel "Stranger"@en ;
    .

stmt:joins
    a aca:Membership ;
    aca:evidence evidence:minutes ;
    aca:inCoalition coalition:jci ;
    aca:participant agent:stranger ;
    .
"""
REST = """
evidence:minutes a aca:PageReference ; aca:inSource source:minutes ;
    aca:pageAddress "https://example.org/"^^xsd:anyURI ; aca:retrieved "2022-01-01T00:00:00Z"^^xsd:dateTime .
source:minutes a aca:Source ; skos:prefLabel "Minutes"@en ; foaf:page <https://example.org/> .
coalition:jci a aca:NationalCoalition ; skos:prefLabel "JCI"@en .
"""


def stranger(path: Path, rest: list[ox.Quad]) -> Report:
    return validate_files([path], base=rest, shapes=SHAPES, checks=CHECKS, rules=RULES, as_of=DAY)


def test_a_file_of_a_stranger_is_judged_alone_or_with_the_dataset(tmp_path: Path) -> None:
    path = tmp_path / "stranger.ttl"
    path.write_text(PREFIXES + STRANGER, encoding="utf-8")
    alone = stranger(path, base())
    dangling = [(vocab.compact(finding.value or ""), finding.line) for finding in alone.findings]
    assert {finding.rule for finding in alone.findings} == {"rule-55-dangling"}
    line = (PREFIXES + STRANGER).splitlines().index("    aca:evidence evidence:minutes ;") + 1
    assert dangling == [("evidence:minutes", line), ("coalition:jci", line + 1)]
    # What is wrong with the rest of the dataset (no date of the source, no country) is not told.
    assert stranger(path, [*base(), *quads(REST)]).findings == ()


def test_a_file_that_the_dataset_holds_already_is_not_counted_twice(tmp_path: Path) -> None:
    path = tmp_path / "again.ttl"
    figure = """
    stmt:count a aca:Figure ; aca:figureSubject coalition:net ; aca:metric metric:partner-count ;
        aca:value 1.0 ; aca:qualifier qualifier:exact ; aca:unit qudt-unit:NUM ;
        aca:evidence evidence:minutes .
    coalition:net a aca:CoalitionNetwork ; skos:prefLabel "Net"@en .
    stmt:partner a aca:GlobalPartnership ; aca:participant agent:stranger ; aca:inCoalition coalition:net ;
        aca:evidence evidence:minutes .
    """
    path.write_text(PREFIXES + STRANGER + figure, encoding="utf-8")
    rest = [*base(), *quads(REST), *quads(STRANGER + figure, "source/minutes")]
    assert {finding.rule for finding in stranger(path, rest).findings} == {
        "rule-08-founding",
        "rule-10-network-coalition",
    }


def test_a_file_that_does_not_parse_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("@prefix aca: <https://example.org/> .\naca:x aca:y\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        stranger(path, [])
    assert caught.value.path == path
    assert caught.value.line in (2, 3)


def partnership(quad: ox.Quad, store: ox.Store) -> bool:
    kind = ox.NamedNode(f"{vocab.ACA}GlobalPartnership")
    return next(store.quads_for_pattern(quad.subject, None, kind, None), None) is not None


def member_country(quad: ox.Quad, _: ox.Store) -> bool:
    wanted = ox.NamedNode(vocab.expand("place:austria"))
    relation = ox.NamedNode(f"{vocab.ACA}relationObject")
    return quad.predicate == relation and quad.object == wanted


@pytest.mark.parametrize(
    ("rule", "coalition", "remove"),
    [
        ("rule-19-partner-count", "coalition:aca", partnership),
        ("rule-20-member-country-count", "coalition:climate-alliance", member_country),
    ],
)
def test_what_a_source_lists_is_counted_in_the_real_data(
    rule: str, coalition: str, remove: Callable[[ox.Quad, ox.Store], bool], tmp_path: Path
) -> None:
    whole = list(gather(ROOT, tmp_path, clock=Clock(silent), only_curated=True).content.quads())
    store = ox.Store()
    store.extend(whole)
    check = [check for check in load_checks(CHECKS) if check.rule == rule]
    assert list(run_checks(check, store)) == []
    victim = next(quad.subject for quad in whole if remove(quad, store))
    for quad in list(store.quads_for_pattern(victim, None, None, None)):
        store.remove(quad)
    messages = [finding.message for finding in run_checks(check, store)]
    assert messages != []
    assert all(re.search(r"states (\d+(?:\.0)?) .* (names|lists) \d+", message) for message in messages)
    figures = [ox.NamedNode(finding.focus) for finding in run_checks(check, store)]
    subject = ox.NamedNode(f"{vocab.ACA}figureSubject")
    told = [
        quad.object for figure in figures for quad in store.quads_for_pattern(figure, subject, None, None)
    ]
    assert set(told) == {ox.NamedNode(vocab.expand(coalition))}
