"""Each rule finds its invalid example, finds nothing in its valid one, and is documented."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph import graph, inference, vocab
from acagraph.validation import Finding, validate
from acagraph.validation.checks import load_checks
from acagraph.validation.run import load_shapes

ROOT = Path(__file__).parent.parent
SHAPES = ROOT / "shapes"
CHECKS = ROOT / "queries" / "checks"
EXAMPLES = SHAPES / "tests"
PAIRS = sorted(path.name.removesuffix(".invalid.ttl") for path in EXAMPLES.glob("*.invalid.ttl"))
SH = vocab.EXTERNAL["sh"]
ROW = re.compile(
    r"^\| ([0-9]+) \| .*?\| (\w+) \| `([a-z0-9-]+)` \| \[.*?\]\((.*?)\) \| (.*) \|$", re.MULTILINE
)


@dataclass(frozen=True)
class Rule:
    """What docs/rules.md says of a rule, as far as the shapes and checks know it."""

    severity: str
    file: str
    message: str


@cache
def implemented() -> dict[str, Rule]:
    """Return each rule by its name, from the shapes and the checks."""
    rules = {
        check.rule: Rule(check.severity, f"../queries/checks/{check.path.name}", check.message)
        for check in load_checks(CHECKS)
    }
    for path in sorted(SHAPES.glob("*.ttl")):
        said: dict[str, dict[str, str]] = {}
        for quad in graph.parse_turtle(path)[0]:
            if isinstance(quad.subject, ox.NamedNode):
                values = said.setdefault(quad.subject.value.removeprefix(vocab.SHAPES), {})
                values[quad.predicate.value.removeprefix(SH)] = text(quad.object)
        for rule, values in said.items():
            assert rule not in rules, f"{rule} is given twice"
            severity = values["severity"].removeprefix(SH).lower()
            rules[rule] = Rule(severity, f"../shapes/{path.name}", values["message"])
    return rules


@cache
def ontology() -> tuple[ox.Quad, ...]:
    """Return the ontology without what is written for people only, which takes half of each run."""
    home = ox.NamedNode(vocab.graph_iri("ontology"))
    files = sorted((ROOT / "ontology").rglob("*.ttl"))
    parsed = (quad for path in files for quad in graph.parse_turtle(path)[0])
    return tuple(
        ox.Quad(quad.subject, quad.predicate, quad.object, home)
        for quad in parsed
        if not isinstance(quad.object, ox.Literal) or quad.object.language == "en"
    )


def assembled(name: str) -> tuple[list[ox.Quad], dict[str, tuple[Path, int | None]]]:
    """Return the ontology, the world and an example on top of it with all that follows, and their places."""
    homes = {own: ox.NamedNode(vocab.graph_iri("metadata" if own else "shared")) for own in (True, False)}
    origin: dict[str, tuple[Path, int | None]] = {}
    told = set()
    for path in (EXAMPLES / "world.ttl", EXAMPLES / name):
        for quad in graph.parse_turtle(path)[0]:
            home = homes[text(quad.subject).startswith(vocab.graph_iri(""))]
            told.add(ox.Quad(quad.subject, quad.predicate, quad.object, home))
            origin.setdefault(text(quad.subject), (path, None))
    dataset = ox.Dataset([*ontology(), *told])
    derived = inference.derive(dataset, rules=ROOT / "queries" / "rules", as_of=datetime.date(2022, 1, 1))
    return [*dataset, *derived], origin


@cache
def findings(name: str) -> tuple[Finding, ...]:
    """Return what is found about the world or about the example that is told on top of it."""
    quads, origin = assembled(name)
    report = validate(quads, shapes=SHAPES, checks=CHECKS, origin=origin)
    return tuple(finding for finding in report.findings if finding.file is not None)


def text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def number(rule: str) -> str:
    return rule.removeprefix("rule-")[:2]


@pytest.mark.parametrize("pair", PAIRS)
def test_valid_example_conforms(pair: str) -> None:
    assert [finding.line_of_text() for finding in findings(f"{pair}.valid.ttl")] == []


@pytest.mark.parametrize("pair", PAIRS)
def test_invalid_example_fails_for_each_constraint_of_its_rule_and_for_nothing_else(pair: str) -> None:
    found = {finding.rule: finding.severity for finding in findings(f"{pair}.invalid.ttl")}
    rules = implemented().items()
    assert found == {name: rule.severity for name, rule in rules if number(name) == pair[:2]}


def test_world_conforms() -> None:
    assert [finding.line_of_text() for finding in findings("world.ttl")] == []


def test_rules_1_to_44_are_implemented_and_each_rule_has_one_pair_of_examples() -> None:
    numbers = {number(rule) for rule in implemented()}
    assert {f"{rule:02}" for rule in range(1, 45)} <= numbers
    assert [pair[:2] for pair in PAIRS] == sorted(numbers)
    assert sorted(path.name for path in EXAMPLES.glob("*.valid.ttl")) == [
        f"{pair}.valid.ttl" for pair in PAIRS
    ]


def test_each_shape_has_a_name_a_class_a_severity_and_a_message() -> None:
    shapes: dict[str, set[str]] = {}
    for quad in load_shapes(SHAPES):
        if isinstance(quad.subject, ox.NamedNode):
            shapes.setdefault(quad.subject.value, set()).add(quad.predicate.value.removeprefix(SH))
    for iri, predicates in shapes.items():
        assert re.fullmatch(re.escape(vocab.SHAPES) + r"rule-[0-9]{2}-[a-z0-9-]+", iri)
        assert {"targetClass", "severity", "message"} <= predicates, iri


def test_a_file_of_shapes_checks_the_class_it_is_named_after() -> None:
    for path in sorted(SHAPES.glob("*.ttl")):
        quads, _ = graph.parse_turtle(path)
        targets = {
            vocab.compact(text(quad.object)) for quad in quads if quad.predicate.value == f"{SH}targetClass"
        }
        if path.stem != "NamedThing":
            others = {"Concept": "skos:Concept", "Dataset": "dcat:Dataset"}
            assert targets == {others.get(path.stem, f"aca:{path.stem}")}, path.name


def test_each_functional_property_is_held_to_one_value() -> None:
    type_, owl = vocab.EXTERNAL["rdf"] + "type", vocab.EXTERNAL["owl"]
    functional = {
        vocab.compact(text(quad.subject))
        for quad in ontology()
        if quad.predicate.value == type_ and text(quad.object) == f"{owl}FunctionalProperty"
    }
    shapes = load_shapes(SHAPES)
    limited = {
        quad.subject
        for quad in shapes
        if quad.predicate.value == f"{SH}maxCount" and text(quad.object) == "1"
    }
    paths = {
        vocab.compact(text(quad.object))
        for quad in shapes
        if quad.predicate.value == f"{SH}path" and quad.subject in limited
    }
    derived = {"aca:year", "aca:startYear", "aca:endYear"}
    assert functional - paths == derived


def test_the_data_use_only_classes_and_properties_that_shapes_cover() -> None:
    shapes = load_shapes(SHAPES)
    covered = {
        text(quad.object) for quad in shapes if quad.predicate.value in (f"{SH}path", f"{SH}inversePath")
    }
    covered |= {
        text(quad.object) for quad in shapes if quad.predicate.value in (f"{SH}lessThan", f"{SH}disjoint")
    }
    covered |= {text(quad.object) for quad in shapes if quad.predicate.value == f"{SH}lessThanOrEquals"}
    used, types = set(), set()
    for path in sorted((ROOT / "data").rglob("*.ttl")):
        for quad in graph.parse_turtle(path)[0]:
            used.add(quad.predicate.value)
            if quad.predicate.value == vocab.EXTERNAL["rdf"] + "type":
                types.add(text(quad.object))
    assert {iri for iri in used if iri.startswith(vocab.ACA)} - covered == set()
    above: dict[str, set[str]] = {}
    for quad in ontology():
        if quad.predicate.value == vocab.EXTERNAL["rdfs"] + "subClassOf":
            above.setdefault(text(quad.subject), set()).add(text(quad.object))
    targets = {text(quad.object) for quad in shapes if quad.predicate.value == f"{SH}targetClass"}
    assert {kind for kind in types if not targets & ancestors(kind, above)} == set()


def ancestors(kind: str, above: dict[str, set[str]]) -> set[str]:
    return {kind}.union(*(ancestors(parent, above) for parent in above.get(kind, set())))


def test_the_table_of_rules_is_complete_and_right() -> None:
    table = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    rows = ROW.findall(table)
    documented = {name: Rule(severity, file, message) for _, severity, name, file, message in rows}
    assert documented == implemented()
    assert [name for _, _, name, _, _ in rows] == sorted(documented)
    assert all(f"{int(row):02}" == number(name) for row, _, name, _, _ in rows)


def test_the_table_of_rules_says_in_words_what_each_number_is_about() -> None:
    table = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| ([0-9]+) \| ([^|]*[^| ]) \|", table, re.MULTILINE)
    assert [f"{int(row):02}" for row, _ in told] == sorted({number(rule) for rule in implemented()})
