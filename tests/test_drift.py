"""Ontology, shapes and data say the same: what differs on purpose is listed here with the reason."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph import graph
from acagraph.links import slots
from acagraph.validation.checks import load_checks, run_checks
from acagraph.validation.run import load_shapes
from acagraph.vocab import SCHEMES, compact, expand, graph_iri
from test_shapes import CHECKS, ROOT, SHAPES, text

# What the data use and no shape covers, by the class (or * for any) and the property.
UNCOVERED = {
    ("*", "rdf:type"): "rules 2, 43 and 57 judge the classes of a thing",
    ("-", "dcterms:isReplacedBy"): "an old name is no thing; the reader of data/redirects.csv judges it",
    ("skos:ConceptScheme", "rdfs:isDefinedBy"): "the ontology's own vocabulary, not a source's",
}
# A property that a shape limits to one value though it is not functional in the ontology.
ONE_VALUE = {
    "aca:asOfText": "words for the bounds, which are functional; two texts are untidy, no contradiction",
    "aca:chapterOf": "OWL would conclude that the two coalitions are one; one of them is a mistake",
    "aca:dateText": "as aca:asOfText",
    "aca:endText": "as aca:asOfText",
    "aca:name": "a second name in one use of a name is a second use, not a contradiction",
    "aca:relationProperty": "an annotation property, which OWL 2 DL does not let be functional",
    "aca:startText": "as aca:asOfText",
}
# A shape that asks for a narrower kind of value than the ontology's range.
NARROWER = {
    "aca:condition": "our own words, so their language is known",
    "aca:relationText": "our own words, so their language is known",
}
# Properties of the ontology that nobody writes in data though no rule derives them.
UNWRITTEN = {
    "aca:about": "the property above all those that a statement names things with",
    "aca:derivedFrom": "said of the properties of the ontology itself",
}
# Derived properties that a shape judges all the same.
JUDGED_DERIVED = {"aca:country": "a national coalition needs exactly one, whatever statements tell it"}
VALUES = ("datatype", "nodeKind", "class", "in")


@dataclass(frozen=True)
class Shape:
    """A property shape: what it targets, its path and its constraints by the local name of the parameter."""

    name: str
    targets: frozenset[str]
    path: str
    said: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str | None:
        return next(iter(self.said.get(name, ())), None)

    @property
    def judges_values(self) -> bool:
        return any(name in self.said for name in VALUES)


Said = dict[str, dict[str, list[str]]]


def grouped(triples: Iterable[ox.Triple]) -> Said:
    """Return what is said of each node, by predicate, in prefixed names."""
    said: Said = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples:
        said[compact(text(subject))][compact(text(predicate))].append(compact(text(value)))
    return said


@cache
def shapes() -> tuple[Shape, ...]:
    """Return the shapes that target a class and have a path; the path of an inverse one begins with ^."""
    said = grouped(quad.triple for quad in load_shapes(SHAPES))
    found = []
    for name, values in said.items():
        if "sh:targetClass" in values and "sh:path" in values:
            (path,) = values["sh:path"]
            inverse = said[path]["sh:inversePath"] if path.startswith("_:") else []
            own = {key.removeprefix("sh:"): tuple(value) for key, value in values.items()}
            targets = frozenset(values["sh:targetClass"])
            found.append(Shape(name.rpartition("#")[2], targets, f"^{inverse[0]}" if inverse else path, own))
    return tuple(found)


@cache
def terms() -> Said:
    """Return what the ontology says of each term, its schemes and alignments too."""
    return grouped(read_ontology())


@cache
def read_ontology() -> tuple[ox.Triple, ...]:
    files = sorted((ROOT / "ontology").rglob("*.ttl"))
    return tuple(quad.triple for path in files for quad in graph.parse_turtle(path)[0])


@cache
def above(kind: str) -> frozenset[str]:
    """Return a class with all that it is a kind of."""
    parents = terms()[kind]["rdfs:subClassOf"] if kind in terms() else []
    return frozenset({kind}).union(*(above(parent) for parent in parents if not parent.startswith("_:")))


def members(node: str) -> list[str]:
    """Return the classes of a union, or the class that the node is."""
    if not node.startswith("_:"):
        return [node]
    (rest,) = terms()[node]["owl:unionOf"]
    found = []
    while rest != "rdf:nil":
        found += terms()[rest]["rdf:first"]
        (rest,) = terms()[rest]["rdf:rest"]
    return found


def domain(name: str) -> list[str]:
    return [kind for node in terms()[name]["rdfs:domain"] for kind in members(node)]


def properties() -> list[str]:
    """Return the properties of the ontology that data are written with: those that no rule derives."""
    kinds = {"owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty"}
    return [
        name
        for name, said in sorted(terms().items())
        if name.startswith("aca:") and kinds & set(said["rdf:type"]) and not derived(name)
    ]


def derived(name: str) -> bool:
    said = terms()[name]
    return bool(said["aca:derivedFrom"]) or any(
        "Derived by a rule" in note for note in said["skos:scopeNote"]
    )


def covering(name: str, kind: str) -> list[Shape]:
    """Return the shapes that judge a property of everything of a class."""
    return [shape for shape in shapes() if shape.path == name and shape.targets & above(kind)]


# --- data against shapes


Uses = set[tuple[frozenset[str], str]]


def used(lines: Iterable[bytes]) -> Uses:
    """Return which properties the written data have, with the classes of their subjects, derived ones too."""
    type_ = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    derived_graph = f"<{graph_iri('derived')}> .".encode()
    kinds: dict[bytes, set[bytes]] = defaultdict(set)
    written: dict[bytes, set[bytes]] = defaultdict(set)
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if predicate == type_:
            kinds[subject].add(rest[: rest.index(b">") + 1])
        if not line.rstrip().endswith(derived_graph):
            written[subject].add(predicate)
    pairs = {
        (frozenset(kinds[subject]), predicate)
        for subject, predicates in written.items()
        for predicate in predicates
    }
    return {(frozenset(map(name, types)), name(predicate)) for types, predicate in pairs}


def name(node: bytes) -> str:
    return compact(node.decode()[1:-1])


def terms_only(types: Iterable[str]) -> bool:
    """Say whether these are classes of classes and properties, whose shapes are the tests of the ontology."""
    return any(kind.startswith("owl:") and kind != "owl:Axiom" for kind in types)


def without_shape(uses: Uses) -> set[str]:
    """Return the classes of the data that no shape targets, themselves or what they are a kind of."""
    targets = frozenset().union(*(shape.targets for shape in shapes()))
    return {
        kind
        for types, _ in uses
        if not terms_only(types)
        for kind in types
        # owl:Axiom only repeats for others what sssom:Mapping says
        if kind != "owl:Axiom" and not targets & above(kind)
    }


def uncovered(uses: Uses) -> set[tuple[str, str]]:
    """Return the properties that no shape covers for a class of their subject, with the most special."""
    found = set()
    for types, predicate in uses:
        if not terms_only(types) and not any(covering(predicate, kind) for kind in types):
            special = {kind for kind in types if not any(kind in above(other) - {other} for other in types)}
            found.add((", ".join(sorted(special)) or "-", predicate))
    return found


def unlisted(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {
        (kind, predicate)
        for kind, predicate in found
        if not {(kind, predicate), ("*", predicate)} & {*UNCOVERED}
    }


def lines_of(release: Path) -> Uses:
    with gzip.open(release / "data" / "acagraph.nq.gz") as file:
        return used(line for line in file if not line.startswith(b"_:"))


def test_each_class_that_the_curated_data_use_has_a_shape(release: Path) -> None:
    assert without_shape(lines_of(release)) == set()


def test_each_property_that_the_curated_data_use_is_covered_for_its_class(release: Path) -> None:
    assert unlisted(uncovered(lines_of(release))) == set()


def test_registers_too_use_only_classes_and_properties_that_shapes_cover(full: Path) -> None:
    uses = lines_of(full)
    assert without_shape(uses) == set()
    missing = uncovered(uses)
    assert unlisted(missing) == set()
    assert {
        key for key in UNCOVERED if key not in missing and not any(p == key[1] for _, p in missing)
    } == set()


def test_a_class_or_property_that_no_shape_knows_is_noticed() -> None:
    facts = [
        ("urn:x:a", "rdf:type", "<http://www.w3.org/ns/dcat#CatalogRecord>"),
        ("urn:x:b", "rdf:type", f"<{expand('aca:Business')}>"),
        ("urn:x:b", "aca:targetYear", '"2030"'),
        ("urn:x:b", "aca:isin", '"x"'),
    ]
    lines = [f"<{a}> <{expand(b)}> {c} <{graph_iri('shared')}> .\n".encode() for a, b, c in facts]
    assert without_shape(used(lines)) == {"dcat:CatalogRecord"}
    assert unlisted(uncovered(used(lines))) == {("aca:Business", "aca:targetYear")}


# --- ontology against shapes


@pytest.mark.parametrize("name", properties())
def test_each_property_is_judged_for_all_of_its_domain(name: str) -> None:
    kinds = domain(name)
    if name in UNWRITTEN:
        assert not any(shape.path == name for shape in shapes())
    elif kinds:
        assert [kind for kind in kinds if not any(s.judges_values for s in covering(name, kind))] == []
    else:
        assert any(shape.path == name and shape.judges_values for shape in shapes())


@pytest.mark.parametrize("shape", [s for s in shapes() if s.path in properties()], ids=lambda s: s.name)
def test_a_shape_targets_nothing_outside_of_its_propertys_domain(shape: Shape) -> None:
    kinds = set(domain(shape.path))
    assert not kinds or [target for target in shape.targets if not kinds & above(target)] == []


def misused(check: str, facts: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Return by property what a check says of facts, told of a source next to the ontology."""
    store = ox.Store()
    for home, triples in (("ontology", read_ontology()), ("source/x", map(triple, facts))):
        node = ox.NamedNode(graph_iri(home))
        store.extend(ox.Quad(each.subject, each.predicate, each.object, node) for each in triples)
    checks = [each for each in load_checks(CHECKS) if each.rule == check]
    return {compact(found.path or ""): found.message for found in run_checks(checks, store)}


def triple(fact: tuple[str, str, str]) -> ox.Triple:
    subject, predicate, value = (ox.NamedNode(expand(name)) for name in fact)
    return ox.Triple(subject, predicate, value)


def stranger(kinds: Iterable[str]) -> str:
    """Return a class that is none of these."""
    return next(kind for kind in ("aca:Place", "aca:Goal", "aca:Person") if not {*kinds} & above(kind))


def test_each_domain_is_enforced_that_of_a_union_too() -> None:
    names = [name for name in terms() if name.startswith("aca:") and terms()[name]["rdfs:domain"]]
    facts = []
    for name in names:
        subject = f"stmt:{name.removeprefix('aca:').lower()}"
        facts += [(subject, "rdf:type", stranger(domain(name))), (subject, name, "agent:x")]
    found = misused("rule-59-domain", facts)
    assert sorted(found) == sorted(names)
    assert "a property of aca:Event or aca:Document" in found["aca:dateText"]


def test_each_range_is_enforced_that_of_a_union_too() -> None:
    ranges = {
        name: [kind for node in terms()[name]["rdfs:range"] for kind in members(node)]
        for name in terms()
        if name.startswith("aca:")
    }
    # a datatype, or a scheme of concepts, is what a shape asks for
    taken = {name: kinds for name, kinds in ranges.items() if any(kind.startswith("aca:") for kind in kinds)}
    facts = []
    for name, kinds in taken.items():
        value = f"stmt:{name.removeprefix('aca:').lower()}"
        facts += [(value, "rdf:type", stranger(kinds)), ("agent:x", name, value)]
    found = misused("rule-59-range", facts)
    assert sorted(found) == sorted(taken)
    assert "takes aca:Organisation or aca:Place" in found["aca:positionIn"]


def test_a_union_of_the_ontology_has_two_classes_as_the_checks_take_it() -> None:
    unions = [
        node for said in terms().values() for key in ("rdfs:domain", "rdfs:range") for node in said[key]
    ]
    assert {len(members(node)) for node in unions if node.startswith("_:")} == {2}


@pytest.mark.parametrize("name", sorted({*properties()} - {*UNWRITTEN}))
def test_the_shapes_of_a_property_ask_for_what_its_range_is(name: str) -> None:
    ranges = terms()[name]["rdfs:range"]
    judging = [shape for shape in shapes() if shape.path == name and shape.judges_values]
    literal = "owl:DatatypeProperty" in terms()[name]["rdf:type"]
    for shape in judging:
        asked = (shape.one("datatype"), shape.one("nodeKind"))
        if not literal:
            assert asked[0] is None
            assert asked[1] == "sh:IRI" or {"class", "in"} & shape.said.keys()
        elif name in NARROWER:
            assert (ranges, asked) == (["rdf:PlainLiteral"], ("rdf:langString", None))
        elif ranges == ["rdf:PlainLiteral"]:
            assert asked == (None, "sh:Literal")
        else:
            assert ranges == [asked[0]]


def test_a_class_that_a_shape_asks_for_is_a_kind_of_its_propertys_range() -> None:
    checked = 0
    for shape in shapes():
        for kind in shape.said.get("class", ()):
            (wanted,) = terms()[shape.path]["rdfs:range"]
            assert wanted in above(kind), shape.name
            checked += 1
    assert checked


def test_a_property_that_takes_concepts_takes_them_from_one_scheme() -> None:
    scheme = re.compile(r"\^https://w3id\\\.org/acagraph/scheme/([a-z-]+)/")
    for name in properties():
        if terms()[name]["rdfs:range"] == ["skos:Concept"]:
            found = {
                scheme.fullmatch(shape.one("pattern") or "") for shape in shapes() if shape.path == name
            } - {None}
            kinds = {match[1] for match in found if match}
            # rules 6, 24 and 45 ask for a value and leave its kind to rule 59
            assert len(kinds) == 1, name
            assert kinds <= {*SCHEMES}


@pytest.mark.parametrize("name", properties())
def test_a_property_has_one_value_in_ontology_and_shapes_alike(name: str) -> None:
    limited = [shape for shape in shapes() if shape.path == name and shape.one("maxCount") is not None]
    assert {shape.one("maxCount") for shape in limited} <= {"1"}
    if "owl:FunctionalProperty" not in terms()[name]["rdf:type"]:
        assert bool(limited) is (name in ONE_VALUE)
    else:
        assert name not in ONE_VALUE
        for kind in domain(name) or sorted(frozenset().union(*(shape.targets for shape in limited))):
            assert any(shape.targets & above(kind) for shape in limited), kind
        assert limited


def test_only_shapes_ask_for_a_value_the_ontology_leaves_it_open() -> None:
    """In OWL what is not told may still be true; that something must be told is for shapes alone."""
    asking = {"owl:minCardinality", "owl:cardinality", "owl:someValuesFrom", "owl:hasValue"}
    assert not asking & {predicate for said in terms().values() for predicate in said}
    limits = {
        (kind, compact(terms()[node]["owl:onProperty"][0]), terms()[node]["owl:maxCardinality"][0])
        for kind, said in terms().items()
        for node in said.get("rdfs:subClassOf", ())
        if node.startswith("_:")
    }
    assert limits == {("aca:NationalCoalition", "aca:country", "1")}
    (shape,) = covering("aca:country", "aca:NationalCoalition")
    assert shape.one("maxCount") == "1"


def test_what_is_derived_is_judged_where_it_comes_from() -> None:
    paths = {shape.path for shape in shapes()}
    assert {name for name in terms() if name.startswith("aca:") and derived(name)} & paths == {
        *JUDGED_DERIVED
    }


def test_each_property_and_class_of_a_shape_is_declared() -> None:
    declared = {name for name, said in terms().items() if any(k.startswith("owl:") for k in said["rdf:type"])}
    # the vocabularies of links and of graphs, which their writers and tests of the ontology know
    others = {"sssom:Mapping", "prov:wasDerivedFrom", "rdfs:label", "rdfs:comment", "dcterms:created"}
    others |= {"adms:status", *(f"sssom:{name}" for name in slots.MAPPING)}
    others |= {"owl:annotatedProperty", "owl:annotatedSource", "owl:annotatedTarget"}
    named = {shape.path.removeprefix("^") for shape in shapes()}.union(*(shape.targets for shape in shapes()))
    assert named - declared - others == set()


# --- what engines differ in


PARAMETERS = {
    *("class", "datatype", "disjoint", "hasValue", "in", "languageIn", "lessThan", "lessThanOrEquals"),
    *("maxCount", "maxInclusive", "minCount", "minExclusive", "minInclusive", "nodeKind", "not", "or"),
    *("pattern", "qualifiedMinCount", "qualifiedValueShape", "uniqueLang", "xone"),
}
PLAIN = {"group", "inversePath", "message", "order", "path", "severity", "targetClass"}


def test_shapes_use_only_what_both_engines_do_alike() -> None:
    """No sh:sparql, sh:js, sh:flags, sh:closed or paths but a property and the inverse of one."""
    said = grouped(quad.triple for quad in load_shapes(SHAPES))
    used = {predicate for values in said.values() for predicate in values}
    known = {f"sh:{name}" for name in PARAMETERS | PLAIN}
    assert used - known == {"rdf:type", "rdf:first", "rdf:rest", "rdfs:label"}
    assert {f"sh:{name}" for name in PARAMETERS} <= used
    paths = [path for values in said.values() for path in values.get("sh:path", ())]
    assert all(not path.startswith("_:") or list(said[path]) == ["sh:inversePath"] for path in paths)


def test_shapes_compare_only_what_engines_order_alike() -> None:
    """Numbers with numbers and instants with instants; engines differ on gYear and on local times."""
    numbers = {"xsd:decimal", "xsd:double", "xsd:integer"}
    counts = ("classes", "distinctObjects", "distinctSubjects", "entities", "properties", "triples")
    outside = {
        **{f"void:{name}": "xsd:integer" for name in counts},
        "sssom:confidence": "xsd:double",
        "sssom:reviewer_agreement": "xsd:double",
        "wgs:lat": "xsd:decimal",
        "wgs:long": "xsd:decimal",
    }
    for shape in shapes():
        if not compares(shape):
            continue
        kind = (terms()[shape.path]["rdfs:range"] or [outside.get(shape.path, "")])[0]
        for name in ("maxInclusive", "minExclusive", "minInclusive"):
            for limit in shape.said.get(name, ()):
                assert kind in numbers, shape.name
                assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", limit)
        for name in ("lessThan", "lessThanOrEquals"):
            for other in shape.said.get(name, ()):
                assert kind in {"xsd:dateTime", "xsd:integer"}, shape.name
                assert terms()[other]["rdfs:range"] == [kind], shape.name


def compares(shape: Shape) -> bool:
    return any(name.startswith(("less", "max", "min")) and not name.endswith("Count") for name in shape.said)


def test_patterns_of_shapes_mean_the_same_in_each_dialect() -> None:
    """No classes that follow Unicode in one dialect only, no boundaries, no look-around, no references."""
    patterns = {text(q.object) for q in load_shapes(SHAPES) if q.predicate.value.endswith("shacl#pattern")}
    for pattern in patterns:
        assert pattern.startswith("^"), pattern
        assert re.search(r"\\[^.sS]", pattern) is None, pattern
        assert "(?" not in pattern
        re.compile(pattern)
    assert patterns
