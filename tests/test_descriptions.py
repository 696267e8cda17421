"""What a release says of itself: catalogues, search engines and people get true metadata of its files."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyld.jsonld
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
import yaml

from acagraph.release.content import serialise
from acagraph.release.descriptions.attributions import licence_id
from acagraph.release.descriptions.citation import as_bibtex
from acagraph.release.descriptions.documents import write_descriptions
from acagraph.release.descriptions.facts import Facts
from acagraph.release.descriptions.formats import format_of
from acagraph.release.descriptions.measures import Meter
from acagraph.release.descriptions.terms import DATASET
from acagraph.release.files import File
from acagraph.release.tables import TABLES
from acagraph.release.tables.model import Counted
from acagraph.release.tallies import Tallies
from acagraph.sources import discover
from acagraph.vocab import BASE, PREFIXES, compact, expand, graph_iri

from published import ROOT

PROFILE = ROOT.parent / "shared" / "specs" / "dcat-ap-3.0.1-shacl"
SHAPES = ("shapes.ttl", "shapes_recommended.ttl", "range.ttl")
HERE = f"{BASE}releases/{discover(ROOT).dataset.version}/"


@pytest.fixture(scope="module")
def manifest(release: Path) -> dict[str, Any]:
    return dict(json.loads((release / "manifest.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def schema(release: Path) -> dict[str, Any]:
    return dict(json.loads((release / "schema.jsonld").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def croissant(release: Path) -> dict[str, Any]:
    return dict(json.loads((release / "croissant.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def catalogue(release: Path) -> ox.Store:
    store = ox.Store()
    store.load(path=release / "dataset.ttl", format=ox.RdfFormat.TURTLE)
    return store


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    found = store.query(query, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(getattr(term, "value", "") for term in row) for row in found]


# DCAT-AP


@pytest.fixture(scope="module")
def profile() -> dict[str, rdflib.Graph]:
    if not PROFILE.is_dir():
        pytest.skip("the official shapes of DCAT-AP are not at hand")
    return {name: rdflib.Graph().parse(PROFILE / name, format="turtle") for name in SHAPES}


@pytest.fixture(scope="module")
def own(release: Path) -> str:
    return (release / "dataset.ttl").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def described(own: str) -> str:
    """dataset.ttl with the axiom by which a place of ours is a dcterms:Location."""
    return own + (ROOT / "ontology" / "alignments" / "dcterms.ttl").read_text(encoding="utf-8")


def results(text: str, shapes: rdflib.Graph) -> set[tuple[str, str]]:
    """Return what shapes find, warnings too, by focus node and path."""
    graph = rdflib.Graph().parse(data=text, format="turtle")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    sh = rdflib.Namespace(PREFIXES["sh"])
    return {
        (compact(str(report.value(result, sh.focusNode))), compact(str(report.value(result, sh.resultPath))))
        for result in report.subjects(rdflib.RDF.type, sh.ValidationResult)
    }


def test_the_dataset_conforms_to_dcat_ap_with_all_that_it_recommends(
    own: str, described: str, profile: dict[str, rdflib.Graph]
) -> None:
    assert results(own, profile["shapes.ttl"]) == set()
    assert results(own, profile["shapes_recommended.ttl"]) == set()
    assert results(described, profile["range.ttl"]) == set()


@pytest.mark.parametrize(
    ("old", "new", "shapes", "path"),
    [
        (
            '    dcterms:title "acagraph: climate coalitions, their members and promises"@en ;\n',
            "",
            0,
            "dcterms:title",
        ),
        ("    dcat:accessURL <https://w3id.org/acagraph/dataset> ;\n", "", 0, "dcat:accessURL"),
        ("    dcat:contactPoint <https://w3id.org/acagraph/dataset#contact> ;\n", "", 1, "dcat:contactPoint"),
        ("    dcterms:temporal <https://w3id.org/acagraph/dataset#period> ;\n", "", 1, "dcterms:temporal"),
        ("    a foaf:Agent ;\n", "", 2, "dcterms:creator dcterms:publisher"),
        ("    a spdx:Checksum ;\n", "", 2, "spdx:checksum"),
    ],
    ids=["title", "access", "contact", "period", "publisher", "checksum"],
)
def test_a_broken_description_fails_for_that_reason(
    own: str, described: str, profile: dict[str, rdflib.Graph], old: str, new: str, shapes: int, path: str
) -> None:
    # The files of single graphs are left out here: they only take time.
    blocks = (described if SHAPES[shapes] == "range.ttl" else own).split("\n\n")
    text = "\n\n".join(block for block in blocks if "data/graphs/" not in block.partition("\n")[0])
    assert text.count(old) >= 1
    found = results(text.replace(old, new), profile[SHAPES[shapes]])
    assert {name for _, name in found} == set(path.split())


def test_each_data_file_is_a_distribution_with_its_size_and_checksum(
    catalogue: ox.Store, manifest: dict[str, Any]
) -> None:
    found = rows(
        catalogue,
        """SELECT ?address ?size ?sum ?type {
          ?file a dcat:Distribution ; dcat:downloadURL ?address ; dcat:byteSize ?size ; dcat:mediaType ?type ;
            spdx:checksum [ spdx:checksumValue ?sum ]
        }""",
    )
    told = {address.removeprefix(HERE): (int(size), digest) for address, size, digest, _ in found}
    files = {
        file["path"]: (file["bytes"], file["sha256"])
        for file in manifest["files"]
        if file["path"].startswith("data/") and format_of(file["path"]) is not None
    }
    assert told == files
    assert len(told) == len(found) > 200
    types = {address.removeprefix(HERE): media for address, _, _, media in found}
    assert types["data/acagraph.nq.gz"] == "https://www.iana.org/assignments/media-types/application/n-quads"


def test_only_the_dataset_is_an_entry_of_the_catalogue(catalogue: ox.Store, manifest: dict[str, Any]) -> None:
    assert rows(catalogue, "SELECT ?d { ?d a dcat:Dataset }") == [(DATASET,)]
    graphs = rows(catalogue, f"SELECT ?g {{ <{DATASET}> void:subset ?g . ?g a void:Dataset }}")
    assert {name for (name,) in graphs} == set(manifest["graphs"])
    of_a_graph = rows(
        catalogue, f"SELECT ?f {{ ?g a void:Dataset ; dcat:distribution ?f FILTER(?g != <{DATASET}>) }}"
    )
    assert len(of_a_graph) == 6 * len(graphs)


def test_a_dump_of_a_graph_has_the_licence_of_the_graph(catalogue: ox.Store) -> None:
    query = "SELECT ?a ?b { ?g dcterms:license ?a ; dcat:distribution ?f . ?f dcterms:license ?b }"
    pairs = rows(catalogue, query)
    assert pairs
    assert all(graph == file for graph, file in pairs)


def test_the_two_forms_say_the_same_without_blank_nodes(release: Path) -> None:
    turtle = set(ox.parse(path=release / "dataset.ttl", format=ox.RdfFormat.TURTLE))
    compacted = set(ox.parse(path=release / "dataset.jsonld", format=ox.RdfFormat.JSON_LD))
    assert turtle == compacted
    text = (release / "dataset.jsonld").read_text(encoding="utf-8")
    # No reader may have to fetch a context: rdflib and PyLD would.
    assert len(rdflib.Graph().parse(data=text, format="json-ld")) == len(turtle)
    told = pyld.jsonld.to_rdf(json.loads(text), {"format": "application/n-quads"})
    assert len(told.splitlines()) == len(turtle)
    nodes = {type(part) for quad in turtle for part in (quad.subject, quad.object)}
    assert ox.BlankNode not in nodes


def test_the_newer_rdf_is_marked(catalogue: ox.Store) -> None:
    query = """SELECT ?address { ?f dcterms:conformsTo <https://www.w3.org/TR/rdf12-concepts/> ;
      dcat:downloadURL ?address }"""
    assert rows(catalogue, query) == [(f"{HERE}data/acagraph.rdf12.trig.gz",)]


# VoID


def test_void_has_the_partitions_of_each_graph(release: Path) -> None:
    store, void = ox.Store(), ox.Store()
    store.load(gzip.decompress((release / "data/acagraph.nq.gz").read_bytes()), format=ox.RdfFormat.N_QUADS)
    void.load(path=release / "void.ttl", format=ox.RdfFormat.TURTLE)
    for kind, amount, where in (
        ("class", "entities", "?s a ?term"),
        ("property", "triples", "?s ?term ?o"),
    ):
        told = rows(
            void,
            f"SELECT ?g ?term ?n {{ ?g void:{kind}Partition [ void:{kind} ?term ; void:{amount} ?n ] }}",
        )
        held = f"{{ GRAPH ?g {{ {where} FILTER(isIRI(?term)) }} }}"
        query = f"SELECT ?g ?term (COUNT(*) AS ?n) {held} GROUP BY ?g ?term"
        assert sorted(row for row in told if row[0] != DATASET) == sorted(rows(store, query))
        query = f"SELECT ?term (COUNT(*) AS ?n) {held} GROUP BY ?term"
        assert sorted(row[1:] for row in told if row[0] == DATASET) == sorted(rows(store, query))
    assert rows(void, "SELECT ?d { ?t a void:DatasetDescription ; foaf:primaryTopic ?d }") == [(DATASET,)]
    assert rows(void, "SELECT ?d { ?d a dcat:Distribution }") == []


def test_counting_takes_memory_for_terms_and_not_for_lines() -> None:
    """A hundred thousand lines about one thing need no more than a thousand do."""
    meter, graph = Meter(), graph_iri("shared")
    line = f"<{BASE}id/agent/a> <{expand('rdfs:label')}> <urn:x:%d> <{graph}> .\n"
    meter.add(graph, ((line % (number % 10)).encode() for number in range(100_000)))
    measure = meter.with_last(graph_iri("metadata"), ()).graphs[graph]
    assert (measure.triples, measure.subjects, measure.objects, measure.entities) == (100_000, 1, 10, 1)
    assert measure.properties == {expand("rdfs:label"): 100_000}


# schema.org


def test_search_engines_find_what_they_ask_for(schema: dict[str, Any], manifest: dict[str, Any]) -> None:
    """Google's required and recommended properties of a Dataset, in its own words for their limits."""
    assert 50 <= len(schema["description"]) <= 5000
    wanted = ("name", "url", "identifier", "license", "creator", "publisher", "distribution", "version")
    more = ("keywords", "temporalCoverage", "spatialCoverage", "variableMeasured", "includedInDataCatalog")
    assert all(schema[name] for name in (*wanted, *more, "isAccessibleForFree", "datePublished", "isBasedOn"))
    assert schema["version"] == manifest["version"]
    assert (
        f"{manifest['triples']:,} triples in {len(manifest['graphs'])} named graphs" in schema["description"]
    )
    assert {
        "@type": "PropertyValue",
        "propertyID": "RDFC-1.0 SHA-256",
        "value": manifest["rdfc10_sha256"],
    } in (schema["identifier"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", schema["temporalCoverage"])
    files = {file["path"]: file for file in manifest["files"]}
    for one in schema["distribution"]:
        file = files[one["contentUrl"].removeprefix(HERE)]
        assert one["contentSize"] == f"{file['bytes']} B"
        assert one["sha256"] == file["sha256"]
        assert one["encodingFormat"].count("/") == 1
    assert len(schema["distribution"]) < 60  # the files of single graphs are left to the catalogue


# Croissant


def test_croissant_has_each_table_with_its_columns(
    release: Path, croissant: dict[str, Any], manifest: dict[str, Any]
) -> None:
    files = {file["path"]: file["sha256"] for file in manifest["files"]}
    tables = {path for path in files if path.startswith("data/csv/") and path.endswith(".csv")}
    assert {one["@id"]: one["sha256"] for one in croissant["distribution"]} == {
        path: files[path] for path in tables
    }
    for records in croissant["recordSet"]:
        with (release / f"data/csv/{records['name']}.csv").open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert [field["source"]["extract"]["column"] for field in records["field"]] == header
    assert croissant["version"] == manifest["version"]


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore")  # of what it is built on
def test_mlcroissant_reads_each_record_without_a_warning(release: Path, croissant: dict[str, Any]) -> None:
    if importlib.util.find_spec("mlcroissant") is None:
        pytest.skip("mlcroissant is not installed")
    import mlcroissant
    from etils import epath  # type: ignore[import-untyped]

    mapping = {one["@id"]: epath.Path(release / one["@id"]) for one in croissant["distribution"]}
    dataset = mlcroissant.Dataset(jsonld=croissant, mapping=mapping)
    issues = dataset.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    for records in croissant["recordSet"]:
        name = records["name"]
        with (release / f"data/csv/{name}.csv").open(encoding="utf-8", newline="") as file:
            keys = [row[0] for row in csv.reader(file)][1:]
        first = records["field"][0]["@id"]
        assert [one[first].decode() for one in dataset.records(records["@id"])] == keys


# How to cite, and licences


def test_citation_cff_agrees_with_the_manifest(release: Path, manifest: dict[str, Any]) -> None:
    cff = yaml.safe_load((release / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cff)
    assert (cff["cff-version"], cff["type"]) == ("1.2.0", "dataset")
    assert cff["version"] == manifest["version"]
    assert cff["date-released"] == manifest["date"]
    assert cff["title"] == manifest["title"]
    assert cff["license"] == licence_id(manifest["licence"]) == "CC-BY-4.0"
    assert cff["url"] == HERE
    assert f"sha256:{manifest['rdfc10_sha256']}" in {one["value"] for one in cff["identifiers"]}
    assert [set(author) <= {"name", "website"} for author in cff["authors"]] == [True]


def bibtex(text: str) -> dict[str, str]:
    """Read one entry of BibTeX: braces pair up, and a field's value is braced or a month."""
    head = re.match(r"@misc\{([A-Za-z0-9-]+),\n", text)
    assert head
    assert text.count("{") == text.count("}")
    fields = dict(re.findall(r"^  (\w+) = (.*),$", text, re.MULTILINE))
    assert text == head[0] + "".join(f"  {name} = {value},\n" for name, value in fields.items()) + "}\n"
    return {name: value.strip("{}") for name, value in fields.items()}


def test_bibtex_names_the_version_and_the_hash(release: Path, manifest: dict[str, Any]) -> None:
    entry = bibtex((release / "citation.bib").read_text(encoding="utf-8"))
    assert (entry["title"], entry["version"]) == (manifest["title"], manifest["version"])
    assert entry["url"] == HERE
    assert manifest["rdfc10_sha256"] in entry["note"]
    assert f"{entry['year']}-{entry['month']}" == "2026-nov"


def test_what_latex_would_take_for_a_command_is_escaped() -> None:
    info = discover(ROOT).dataset
    text = as_bibtex(replace(info, title=r"50% of A&B_{x} \today ~ ^"), "R&D", "0" * 64)
    assert r"{{50\% of A\&B\_\{x\} \textbackslash{}today \textasciitilde{} \textasciicircum{}}}" in text
    assert "@misc{R-D-" in text


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "CC-BY-NC-SA-4.0"),
        ("http://creativecommons.org/licenses/by/3.0/igo/", "CC-BY-3.0-IGO"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://opendatacommons.org/licenses/pddl/1-0/", "PDDL-1.0"),
        ("https://opendatacommons.org/licenses/odbl/1-0/", "ODbL-1.0"),
        ("https://creativecommons.org/", None),
        ("https://example.org/by/4.0/", None),
    ],
)
def test_a_licence_has_its_identifier_of_spdx(iri: str, expected: str | None) -> None:
    assert licence_id(iri) == expected


def test_each_source_is_credited_and_an_unknown_licence_is_said_so(release: Path) -> None:
    told = json.loads((release / "licences.json").read_text(encoding="utf-8"))
    store = ox.Store()
    store.load(gzip.decompress((release / "data/acagraph.nq.gz").read_bytes()), format=ox.RdfFormat.N_QUADS)
    query = """SELECT ?source ?licence { { SELECT DISTINCT ?source { GRAPH ?g { ?source a aca:Source } } }
      OPTIONAL { GRAPH ?h { ?source dcterms:license ?licence } } }"""
    found = store.query(query, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    known = {row[0].value: row[1].value if row[1] else None for row in found}
    assert {one["source"]: (one["licence"] or {}).get("iri") for one in told["sources"]} == known
    assert all(one["credit"] for one in told["sources"])
    page = (release / "LICENCES.md").read_text(encoding="utf-8")
    last = page.index("## Licence unknown")
    for one in told["sources"]:
        place = page.index(f"**{one['title']}**")
        assert (place > last) is (one["licence"] is None), one["source"]
    assert sum(1 for line in page.splitlines() if line.startswith("- **")) == len(known)


# The links


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore")  # of what it is built on
@pytest.mark.parametrize(
    "path", sorted((ROOT / "data/links").glob("*.sssom.tsv")), ids=lambda path: path.name
)
def test_sssom_takes_the_links_as_they_are(path: Path) -> None:
    if importlib.util.find_spec("sssom") is None:
        pytest.skip("sssom is not installed")
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    found = validate(parse_sssom_table(str(path)), fail_on_error=False)
    problems = [one.message for report in found.values() for one in report.results]
    assert problems == []


# All of them


def test_nothing_names_the_machine_that_it_was_made_on(release: Path) -> None:
    names = ("void.ttl", "dataset.ttl", "schema.jsonld", "croissant.json", "CITATION.cff", "licences.json")
    for name in names:
        text = (release / name).read_text(encoding="utf-8")
        assert "\r" not in text
        assert not re.search(r"/(home|tmp|work|root)/", text), name
        assert str(release) not in text


def test_equal_releases_are_described_in_equal_bytes(release: Path, tmp_path: Path) -> None:
    """The order in which a store gives its triples, and when that is, change nothing."""
    facts, first, second = facts_of(release), tmp_path / "a", tmp_path / "b"
    quads = list(
        ox.parse(gzip.decompress((release / "data/acagraph.nq.gz").read_bytes()), format=ox.RdfFormat.N_QUADS)
    )
    for folder, order in ((first, quads), (second, quads[::-1])):
        folder.mkdir()
        store = ox.Store()
        for quad in order:
            store.add(quad)
        write_descriptions(folder, facts, store)
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    assert [(first / name).read_bytes() for name in names] == [(second / name).read_bytes() for name in names]
    for name in set(names) - {"void.ttl", "croissant.json"}:  # these need what only the build has counted
        assert (first / name).read_bytes() == (release / name).read_bytes(), name


def facts_of(release: Path) -> Facts:
    """Return the facts of a release as far as its manifest tells them."""
    told = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    files = tuple(
        File(one["path"], one["bytes"], one["sha256"], one["media_type"], one.get("triples"))
        for one in told["files"]
    )
    return Facts(
        info=discover(ROOT).dataset,
        sha256=told["rdfc10_sha256"],
        graphs={name.removeprefix(graph_iri("")): count for name, count in told["graphs"].items()},
        tallies=Tallies(told["classes"], {}, ()),
        files=files,
        tables=tuple(Counted(table, 0) for table in TABLES),
    )


def test_lines_of_the_metadata_graph_are_canonical(release: Path) -> None:
    graph = graph_iri("metadata")
    quads = [
        quad
        for quad in ox.parse(
            gzip.decompress((release / "data/acagraph.nq.gz").read_bytes()), format=ox.RdfFormat.N_QUADS
        )
        if quad.graph_name == ox.NamedNode(graph)
    ]
    lines = serialise(quads, ox.RdfFormat.N_QUADS).splitlines()
    assert lines == sorted(set(lines))
