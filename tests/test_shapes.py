"""Each rule finds its invalid example and nothing in its valid one; each shape says what it is about."""

from __future__ import annotations

import datetime
import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph import graph, inference, vocab
from acagraph.validation import Finding, validate
from acagraph.validation.checks import load_checks, run_checks
from acagraph.validation.rules import Rule, load_rules
from acagraph.validation.run import load_shapes

ROOT = Path(__file__).parent.parent
SHAPES = ROOT / "shapes"
CHECKS = ROOT / "queries" / "checks"
EXAMPLES = SHAPES / "tests"
PAIRS = sorted(path.name.removesuffix(".invalid.ttl") for path in EXAMPLES.glob("*.invalid.ttl"))
SH = vocab.EXTERNAL["sh"]


@cache
def implemented() -> dict[str, Rule]:
    """Return each rule by its name, from the shapes and the checks."""
    return {rule.name: rule for rule in load_rules(SHAPES, CHECKS)}


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


def home_of(subject: str) -> ox.NamedNode:
    """Return the graph in which a build would tell of a subject."""
    if subject == vocab.ONTOLOGY:
        return ox.NamedNode(vocab.graph_iri("ontology"))
    return ox.NamedNode(vocab.graph_iri("metadata" if subject.startswith(vocab.graph_iri("")) else "shared"))


def assembled(name: str) -> tuple[list[ox.Quad], dict[str, tuple[Path, int | None]]]:
    """Return the ontology, the world and an example on top of it with all that follows, and their places."""
    origin: dict[str, tuple[Path, int | None]] = {}
    told = set()
    for path in (EXAMPLES / "world.ttl", EXAMPLES / name):
        for quad in graph.parse_turtle(path)[0]:
            home = home_of(text(quad.subject))
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
    assert list(findings(f"{pair}.valid.ttl")) == []


@pytest.mark.parametrize("pair", PAIRS)
def test_invalid_example_fails_for_each_constraint_of_its_rule_and_for_nothing_else(pair: str) -> None:
    found = {finding.rule: finding.severity for finding in findings(f"{pair}.invalid.ttl")}
    rules = implemented().items()
    assert found == {name: rule.severity for name, rule in rules if number(name) == pair[:2]}


def test_world_conforms() -> None:
    assert list(findings("world.ttl")) == []


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
        if re.fullmatch(re.escape(vocab.SHAPES) + "group-[0-9]{2}", iri) is None:
            assert re.fullmatch(re.escape(vocab.SHAPES) + r"rule-[0-9]{2}-[a-z0-9-]+", iri)
            assert {"targetClass", "severity", "message"} <= predicates, iri


def test_a_file_of_shapes_checks_the_class_it_is_named_after() -> None:
    others = {"Concept": "skos:Concept", "Linkset": "void:Linkset", "Mapping": "sssom:Mapping"}
    others |= {"PeriodOfTime": "dcterms:PeriodOfTime", "VoidDataset": "void:Dataset"}
    dcat = ("Catalog", "DataService", "Dataset", "Distribution")
    others |= {name: f"dcat:{name}" for name in dcat}
    for path in sorted(SHAPES.glob("*.ttl")):
        quads, _ = graph.parse_turtle(path)
        targets = {
            vocab.compact(text(quad.object)) for quad in quads if quad.predicate.value == f"{SH}targetClass"
        }
        if path.stem not in ("NamedThing", "Thing", "groups"):
            assert targets == {others.get(path.stem, f"aca:{path.stem}")}, path.name


def test_a_blank_node_is_told_once_where_it_is_named_and_not_for_what_follows_from_it() -> None:
    graphs = {name: vocab.graph_iri(name) for name in ("shared", "derived", "ontology")}
    lines = [
        f"<urn:x:a> <urn:x:p> _:named <{graphs['shared']}> .",
        f"_:named <urn:x:q> _:inner <{graphs['shared']}> .",
        f'_:inner <urn:x:q> "1" <{graphs["shared"]}> .',
        f'_:alone <urn:x:q> "1" <{graphs["shared"]}> .',
        f'_:alone <urn:x:q> "2" <{graphs["shared"]}> .',
        f"_:alone <urn:x:r> <urn:x:c> <{graphs['derived']}> .",
        f"<urn:x:c> <urn:x:r> _:alone <{graphs['derived']}> .",
        f'_:term <urn:x:q> "1" <{graphs["ontology"]}> .',
    ]
    store = ox.Store()
    store.load("\n".join(lines), format=ox.RdfFormat.N_QUADS)
    (check,) = (check for check in load_checks(CHECKS) if check.rule == "rule-56-blank-node")
    found = [
        (finding.focus[:2], finding.path, (finding.value or "")[:2]) for finding in run_checks([check], store)
    ]
    assert sorted(found, key=str) == [
        ("_:", "urn:x:q", "_:"),
        ("_:", None, ""),
        ("ur", "urn:x:p", "_:"),
    ]
