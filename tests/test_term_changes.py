"""Changes of terms and shapes: which break what others wrote, why, and which version follows."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

import second_release
from acagraph.release.deltas.constraints import shape_changes
from acagraph.release.deltas.sides import read_shapes
from acagraph.release.deltas.terms import TermChange, term_changes, version_of
from acagraph.release.deltas.versions import dataset_version, ontology_version
from acagraph.vocab import PREFIXES, SHAPES, expand

from published import ROOT

HEAD = "".join(
    f"@prefix {name}: <{iri}> .\n"
    for name, iri in {
        **{
            name: PREFIXES[name]
            for name in ("aca", "owl", "rdf", "rdfs", "skos", "sh", "xsd", "dcterms", "goal")
        },
        "shapes": SHAPES,
    }.items()
)
TERMS = """
aca:Place a owl:Class . aca:Area a owl:Class ; rdfs:subClassOf aca:Place .
aca:Country a owl:Class ; rdfs:subClassOf aca:Area . aca:Agent a owl:Class .
"""


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(HEAD + text, format=ox.RdfFormat.TURTLE))


def terms(old: str, new: str) -> list[TermChange]:
    return term_changes(quads(TERMS + old), quads(TERMS + new))


P = "aca:p a owl:ObjectProperty ; rdfs:label 'p'"
UNION = "[ a owl:Class ; owl:unionOf ( %s ) ]"


@pytest.mark.parametrize(
    ("old", "new", "what", "effect"),
    [
        ("", f"{P} .", "added", "minor"),
        (f"{P} .", "", "removed", "major"),
        (f"{P} .", f"{P} ; owl:deprecated true .", "deprecated", "minor"),
        (f"{P} ; owl:deprecated true .", f"{P} .", "changed", "minor"),
        (f"{P} .", f"{P} ; skos:definition 'Another.'@en .", "changed", "patch"),
        (f"{P} ; rdfs:range aca:Area .", f"{P} ; rdfs:range aca:Country .", "changed", "major"),
        (f"{P} ; rdfs:range aca:Area .", f"{P} ; rdfs:range aca:Place .", "changed", "minor"),
        (f"{P} ; rdfs:range aca:Country .", f"{P} ; rdfs:range aca:Place .", "changed", "minor"),
        (f"{P} ; rdfs:range aca:Area .", f"{P} ; rdfs:range aca:Agent .", "changed", "major"),
        (f"{P} ; rdfs:range aca:Area .", f"{P} .", "changed", "minor"),
        (f"{P} .", f"{P} ; rdfs:range aca:Area .", "changed", "major"),
        (f"{P} .", f"{P} ; rdfs:range owl:Thing .", "changed", "minor"),
        # Two ranges hold at once: one more is narrower.
        (f"{P} ; rdfs:range aca:Area .", f"{P} ; rdfs:range aca:Area, aca:Agent .", "changed", "major"),
        (
            f"{P} ; rdfs:domain aca:Area .",
            f"{P} ; rdfs:domain {UNION % 'aca:Area aca:Agent'} .",
            "changed",
            "minor",
        ),
        (
            f"{P} ; rdfs:domain {UNION % 'aca:Area aca:Agent'} .",
            f"{P} ; rdfs:domain aca:Area .",
            "changed",
            "major",
        ),
        (f"{P} ; rdfs:range xsd:integer .", f"{P} ; rdfs:range xsd:decimal .", "changed", "minor"),
        (f"{P} ; rdfs:range xsd:decimal .", f"{P} ; rdfs:range xsd:integer .", "changed", "major"),
        (f"{P} .", f"{P} ; a owl:FunctionalProperty .", "changed", "major"),
        (f"{P} ; a owl:FunctionalProperty .", f"{P} .", "changed", "minor"),
        (f"{P} .", f"{P} ; a owl:SymmetricProperty .", "changed", "minor"),
        (f"{P} ; a owl:SymmetricProperty .", f"{P} .", "changed", "major"),
        (f"{P} ; owl:inverseOf aca:q .", f"{P} .", "changed", "major"),
        (f"{P} .", f"{P} ; owl:inverseOf aca:q .", "changed", "minor"),
        (f"{P} .", f"{P} ; rdfs:subPropertyOf aca:q .", "changed", "minor"),
        (f"{P} ; rdfs:subPropertyOf aca:q .", f"{P} .", "changed", "major"),
        ("aca:C rdfs:subClassOf aca:Area .", "aca:C rdfs:subClassOf aca:Place .", "changed", "major"),
        # What is more special says what was said before, too.
        ("aca:C rdfs:subClassOf aca:Place .", "aca:C rdfs:subClassOf aca:Area .", "changed", "minor"),
        (
            "aca:C rdfs:subClassOf aca:Area, aca:Place .",
            "aca:C rdfs:subClassOf aca:Area .",
            "changed",
            "minor",
        ),
        ("aca:C a owl:Class .", "aca:C a owl:Class ; owl:disjointWith aca:Area .", "changed", "major"),
        (
            "aca:C a owl:Class .",
            "aca:C a owl:Class ; rdfs:subClassOf [ owl:onProperty aca:p ; owl:maxCardinality 1 ] .",
            "changed",
            "major",
        ),
        (
            "aca:C a owl:Class ; rdfs:subClassOf [ owl:onProperty aca:p ; owl:maxCardinality 1 ] .",
            "aca:C a owl:Class .",
            "changed",
            "minor",
        ),
        ("goal:g a skos:Concept ; skos:inScheme <x:s> .", "", "removed", "major"),
        ("", "goal:g a skos:Concept ; skos:inScheme <x:s> .", "added", "minor"),
        (
            "goal:g skos:inScheme <x:s> ; skos:notation 'a' .",
            "goal:g skos:inScheme <x:s> ; skos:notation 'b' .",
            "changed",
            "major",
        ),
    ],
)
def test_a_change_of_a_term(old: str, new: str, what: str, effect: str) -> None:
    [change] = terms(old, new)
    assert (change.what, change.effect) == (what, effect), change
    assert change.breaking == (effect == "major")
    assert change.reason


def test_blank_nodes_and_the_order_of_a_union_are_no_change() -> None:
    one, other = UNION % "aca:Area aca:Agent", UNION % "aca:Agent aca:Area"
    assert terms(f"{P} ; rdfs:domain {one} .", f"{P} ; rdfs:domain {other} .") == []


def test_a_circle_of_blank_nodes_ends() -> None:
    circle = f"{P} ; rdfs:seeAlso _:a . _:a rdfs:seeAlso _:b . _:b rdfs:seeAlso _:a ."
    assert [change.effect for change in terms(f"{P} .", circle)] == ["patch"]


def test_a_deprecated_term_says_what_replaces_it() -> None:
    [change] = terms(f"{P} .", f"{P} ; owl:deprecated true ; dcterms:isReplacedBy aca:q .")
    assert (change.what, change.reason) == ("deprecated", "it still works; use aca:q instead")
    [gone] = terms(f"{P} ; owl:deprecated true .", "")
    assert gone.breaking
    assert gone.reason.endswith("though it was deprecated before")


def test_the_version_of_the_ontology_is_no_change_of_a_term() -> None:
    head = "<https://w3id.org/acagraph/ontology> a owl:Ontology ; owl:versionInfo '%s' ."
    assert terms(head % "1.0.0", head % "1.1.0") == []
    assert version_of(quads(head % "1.1.0")) == "1.1.0"
    assert version_of([]) is None


S = "shapes:s a sh:PropertyShape ; sh:path aca:p ; sh:targetClass aca:Area"


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ("", f"{S} ; sh:minCount 1 .", "major"),
        ("", f"{S} ; sh:minCount 1 ; sh:severity sh:Warning .", "minor"),
        ("", f"{S} ; sh:minCount 1 ; sh:deactivated true .", "minor"),
        (f"{S} ; sh:minCount 1 .", "", "minor"),
        (f"{S} ; sh:minCount 1 .", f"{S} ; sh:minCount 2 .", "major"),
        (f"{S} ; sh:minCount 2 .", f"{S} ; sh:minCount 1 .", "minor"),
        (f"{S} ; sh:maxCount 1 .", f"{S} ; sh:maxCount 2 .", "minor"),
        (f"{S} ; sh:maxCount 2 .", f"{S} ; sh:maxCount 1 .", "major"),
        (f"{S} .", f"{S} ; sh:maxCount 1 .", "major"),
        (f"{S} ; sh:maxCount 1 .", f"{S} .", "minor"),
        (f"{S} ; sh:minInclusive 9.5 .", f"{S} ; sh:minInclusive 10 .", "major"),
        (f"{S} ; sh:in ( 1 2 ) .", f"{S} ; sh:in ( 3 2 1 ) .", "minor"),
        (f"{S} ; sh:in ( 1 2 ) .", f"{S} ; sh:in ( 1 3 ) .", "major"),
        (f"{S} ; sh:class aca:Area .", f"{S} ; sh:class aca:Place .", "minor"),
        (f"{S} ; sh:class aca:Area .", f"{S} ; sh:class aca:Country .", "major"),
        (f"{S} ; sh:nodeKind sh:IRI .", f"{S} ; sh:nodeKind sh:BlankNodeOrIRI .", "minor"),
        (f"{S} ; sh:nodeKind sh:IRI .", f"{S} ; sh:nodeKind sh:Literal .", "major"),
        (f"{S} ; sh:pattern 'a' .", f"{S} ; sh:pattern 'b' .", "major"),
        (f"{S} ; sh:pattern 'a', 'b' .", f"{S} ; sh:pattern 'b' .", "minor"),
        (f"{S} ; sh:severity sh:Warning .", f"{S} ; sh:severity sh:Violation .", "major"),
        (f"{S} .", f"{S} ; sh:severity sh:Info .", "minor"),
        (f"{S} ; sh:deactivated true .", f"{S} .", "major"),
        (f"{S} ; sh:message 'a'@en .", f"{S} ; sh:message 'b'@en .", "patch"),
        (f"{S} .", f"{S}, aca:Agent .", "major"),
        (f"{S}, aca:Agent .", f"{S} .", "minor"),
        # About a class or a property that is new no data of before can be wrong.
        ("", "shapes:s sh:targetClass aca:New ; sh:path aca:p ; sh:minCount 1 .", "minor"),
        ("", "shapes:s sh:targetClass aca:Area ; sh:path aca:new ; sh:maxCount 1 .", "minor"),
        ("", "shapes:s sh:targetClass aca:Area ; sh:path aca:new ; sh:minCount 1 .", "major"),
        ("", "shapes:group-9 a sh:PropertyGroup .", "patch"),
    ],
)
def test_a_change_of_a_shape(old: str, new: str, effect: str) -> None:
    fresh = [expand("aca:New"), expand("aca:new")]
    [change] = shape_changes(quads(old), quads(new), ontology=quads(TERMS), terms=fresh)
    assert change.effect == effect, change


def test_a_shape_that_only_warns_breaks_nothing() -> None:
    warning = f"{S} ; sh:severity sh:Warning"
    [change] = shape_changes(quads(f"{warning} ."), quads(f"{warning} ; sh:maxCount 1 ."))
    assert change.effect == "minor"


def test_the_projects_own_terms_and_shapes(tmp_path: Path) -> None:
    for name in ("ontology", "shapes", "data"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("registers", "tests"))
    before = (ontology_of(ROOT), read_shapes(sorted((ROOT / "shapes").glob("*.ttl"))))
    second_release.next_terms(tmp_path)
    after = (ontology_of(tmp_path), read_shapes(sorted((tmp_path / "shapes").glob("*.ttl"))))
    assert term_changes(before[0], before[0]) == []
    assert shape_changes(before[1], read_shapes(sorted((ROOT / "shapes").glob("*.ttl")))) == []
    found = term_changes(before[0], after[0]) + shape_changes(before[1], after[1], ontology=after[0])
    assert {(change.what, change.term.rpartition("#")[2], change.effect) for change in found} == {
        ("deprecated", "acronym", "minor"),
        ("changed", "capitalOf", "minor"),
        ("added", "hibernatesIn", "minor"),
        ("removed", "isin", "major"),
        ("changed", "locatedIn", "major"),
        ("changed", "rule-61-chapter-of", "minor"),
        ("changed", "rule-62-m49", "major"),
    }


def ontology_of(root: Path) -> list[ox.Quad]:
    return [quad for path in sorted((root / "ontology").rglob("*.ttl")) for quad in read_shapes([path])]


def change(effect: str) -> TermChange:
    return TermChange("changed", "class", "x", effect, "why")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "declared", "effects", "proposed", "warned"),
    [
        ("1.2.3", "1.2.3", [], "1.2.3", False),
        ("1.2.3", "1.2.3", ["patch"], "1.2.4", True),
        ("1.2.3", "1.3.0", ["patch", "minor"], "1.3.0", False),
        ("1.2.3", "1.2.4", ["minor"], "1.3.0", True),
        ("1.2.3", "2.0.0", ["patch", "major", "minor"], "2.0.0", False),
        ("1.2.3", "1.3.0", ["major"], "2.0.0", True),
        ("1.2.3", "3.0.0", ["patch"], "1.2.4", False),
        ("0.2.3", "0.3.0", ["major"], "0.3.0", False),
        (None, "1.0.0", ["major"], None, False),
    ],
)
def test_the_next_version_of_the_ontology(
    old: str | None, declared: str, effects: list[str], proposed: str | None, warned: bool
) -> None:
    found = ontology_version(old, declared, [change(effect) for effect in effects])
    assert found.proposed == proposed
    assert (found.warning is not None) == warned


@pytest.mark.parametrize(
    ("old", "day", "proposed"),
    [
        ("2026.11.22", (2026, 12, 1), "2026.12.1"),
        ("2026.09.22", (2026, 12, 1), "2026.12.01"),
        ("2026.11.22", (2026, 11, 22), "2026.11.22-1"),
        ("2026.11.22-1", (2026, 11, 22), "2026.11.22-2"),
        ("2026.11.22", (2026, 1, 1), "2026.11.22-1"),
        ("1.0.0", (2026, 1, 1), "2026.1.1"),
        (None, (2026, 1, 1), "2026.1.1"),
    ],
)
def test_the_next_version_of_the_dataset(old: str | None, day: tuple[int, int, int], proposed: str) -> None:
    assert dataset_version(old, None, datetime.date(*day), equal=False).proposed == proposed
    assert dataset_version(old, None, datetime.date(*day), equal=True).proposed == old
    assert dataset_version(old, None, None, equal=False).proposed is None
