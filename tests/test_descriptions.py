"""What a release says of itself: catalogues, search engines and people get true metadata of its files."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
import re
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyld.jsonld
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
import yaml

from acagraph.release.content import serialise
from acagraph.release.descriptions import graphs
from acagraph.release.descriptions.attributions import licence_id
from acagraph.release.descriptions.citation import as_bibtex, cited
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
        (f"    dcat:accessURL <{HERE}> ;\n", "", 0, "dcat:accessURL"),
        ("    dcat:contactPoint <https://w3id.org/acagraph/dataset#contact> ;\n", "", 1, "dcat:contactPoint"),
        (f"    dcterms:temporal <{HERE}#period> ;\n", "", 1, "dcterms:temporal"),
        ("    a foaf:Agent ;\n", "", 2, "dcterms:creator dcterms:publisher"),
        ("    a spdx:Checksum ;\n", "", 2, "spdx:checksum"),
    ],
    ids=["title", "access", "access-of-a-release", "contact", "period", "publisher", "checksum"],
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


def test_only_the_dataset_and_its_version_are_entries_of_the_catalogue(
    catalogue: ox.Store, manifest: dict[str, Any]
) -> None:
    assert set(rows(catalogue, "SELECT ?d { ?d a dcat:Dataset }")) == {(DATASET,), (HERE,)}
    assert set(rows(catalogue, "SELECT ?d { ?c dcat:dataset ?d }")) == {(DATASET,), (HERE,)}
    query = f"SELECT ?g ?graph {{ <{HERE}> void:subset ?g . ?g a void:Dataset ; dcat:isVersionOf ?graph }}"
    graphs = rows(catalogue, query)
    assert {graph for _, graph in graphs} == set(manifest["graphs"])
    assert {name.replace(f"{HERE}#", BASE) for name, _ in graphs} == set(manifest["graphs"])
    of_a_graph = rows(
        catalogue, f"SELECT ?f {{ <{HERE}> void:subset ?g . ?g a void:Dataset ; dcat:distribution ?f }}"
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
      dcat:downloadURL ?address } ORDER BY ?address"""
    path = "data/acagraph.rdf12.trig.gz"
    assert rows(catalogue, query) == [(BASE + path,), (HERE + path,)]


# Several releases


ONE_VALUE = (
    "dcat:byteSize",
    "dcat:downloadURL",
    "dcat:endDate",
    "dcat:startDate",
    "dcat:version",
    "dcterms:identifier",
    "dcterms:issued",
    "dcterms:modified",
    "dcterms:title",
    "schema:contentUrl",
    "schema:version",
    "spdx:checksumValue",
    "void:distinctObjects",
    "void:distinctSubjects",
    "void:entities",
    "void:triples",
)


def contradictions(*texts: str) -> set[tuple[str, str]]:
    """Return the subjects with two values of a property that has one, in Turtle that is loaded together."""
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    for text in texts:
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
            values[str(quad.subject), compact(quad.predicate.value)].add(str(quad.object))
    return {key for key, found in values.items() if key[1] in ONE_VALUE and len(found) > 1}


@pytest.fixture(scope="module")
def next_release(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The descriptions of a release that follows: one triple more, other files, another day."""
    folder, told = tmp_path_factory.mktemp("next"), facts_of(release)
    date = told.info.date + timedelta(days=100)
    info = replace(told.info, version="2027.3.2", date=date, previous=told.info.version)
    files = tuple(
        replace(one, bytes=one.bytes + 1, sha256=f"{int(one.sha256, 16) ^ 1:064x}") for one in told.files
    )
    store, meter = ox.Store(), Meter()
    data = gzip.decompress((release / "data/acagraph.nq.gz").read_bytes())
    lines: dict[str, list[bytes]] = defaultdict(list)
    for line in data.splitlines(keepends=True):
        lines[line.rsplit(b"<", 1)[1].partition(b">")[0].decode()].append(line)
    home = graph_iri("shared")
    day = f'"2030-01-01T00:00:00Z"^^<{expand("xsd:dateTime")}>'
    lines[home].append(f"<{BASE}id/agent/new> <{expand('aca:asOfNotAfter')}> {day} <{home}> .\n".encode())
    del lines[graph_iri("metadata")]
    for name in sorted(lines):
        store.bulk_load(b"".join(lines[name]), format=ox.RdfFormat.N_QUADS)
        meter.add(name, lines[name])
    found = graphs.describe(graphs.ask(store, meter), info, [one.table for one in told.tables])
    store.extend(found.quads)
    tallies = replace(told.tallies, graphs=found.measures.graphs)
    write_descriptions(folder, replace(told, info=info, files=files, tallies=tallies), store)
    return folder


@pytest.mark.parametrize("name", ["dataset.ttl", "void.ttl"])
def test_two_releases_loaded_together_do_not_contradict_each_other(
    release: Path, next_release: Path, name: str
) -> None:
    first, second = ((folder / name).read_text(encoding="utf-8") for folder in (release, next_release))
    assert contradictions(first, second) == set()
    # It would be seen: the same descriptions with the names of one release for both.
    found = contradictions(first, second.replace("releases/2027.3.2/", HERE.removeprefix(BASE)))
    expected = {"dcat:version", "dcterms:issued", "void:triples", "void:distinctSubjects", "dcterms:modified"}
    expected |= {"dcat:byteSize", "spdx:checksumValue"} if name == "dataset.ttl" else set()
    assert expected <= {predicate for _, predicate in found}


def test_two_releases_loaded_together_conform_to_dcat_ap(
    own: str, next_release: Path, profile: dict[str, rdflib.Graph]
) -> None:
    texts = (own, (next_release / "dataset.ttl").read_text(encoding="utf-8"))
    blocks = [block for text in texts for block in text.split("\n\n")]
    text = "\n\n".join(block for block in blocks if "data/graphs/" not in block.partition("\n")[0])
    for shapes in SHAPES[:2]:
        assert results(text, profile[shapes]) == set()


def test_a_release_says_all_that_is_needed_to_cite_and_get_it(
    release: Path, next_release: Path, manifest: dict[str, Any]
) -> None:
    store = ox.Store()
    for folder in (release, next_release):
        store.load(path=folder / "dataset.ttl", format=ox.RdfFormat.TURTLE)
    query = """SELECT ?this ?version ?hash ?triples (COUNT(?file) AS ?files) {
      <DATASET> dcat:hasVersion ?this .
      ?this a dcat:Dataset , void:Dataset ; dcat:isVersionOf <DATASET> ; dcat:version ?version ;
        dcterms:title ?title ; dcterms:license ?licence ; dcterms:issued ?day ; dcterms:publisher ?who ;
        dcterms:identifier ?id ; schema:identifier [ schema:value ?hash ] ; void:triples ?triples ;
        dcat:distribution ?file . ?file dcat:byteSize ?size ; spdx:checksum [ spdx:checksumValue ?sum ]
      FILTER(?id = STR(?this))
    } GROUP BY ?this ?version ?hash ?triples ORDER BY ?version""".replace("DATASET", DATASET)
    first, second = rows(store, query)
    assert first[:4] == (HERE, manifest["version"], manifest["rdfc10_sha256"], str(manifest["triples"]))
    assert second[0] == f"{BASE}releases/2027.3.2/"
    assert int(first[4]) == int(second[4]) > 20
    followed = "SELECT ?a ?b { ?a dcat:prev ?b ; dcat:previousVersion ?b }"
    assert (second[0], first[0]) in rows(store, followed)
    # Who follows the dataset gets each file of the newest release, of which nothing else is known.
    newest = "SELECT ?file ?size { <DATASET> dcat:distribution ?file OPTIONAL { ?file dcat:byteSize ?size } }"
    found = rows(store, newest.replace("DATASET", DATASET))
    assert len(found) == int(first[4])
    assert {size for _, size in found} == {""}


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
            f"""SELECT ?g ?term ?n {{ ?part void:{kind}Partition [ void:{kind} ?term ; void:{amount} ?n ] ;
              dcat:isVersionOf ?g }}""",
        )
        held = f"{{ GRAPH ?g {{ {where} FILTER(isIRI(?term)) }} }}"
        query = f"SELECT ?g ?term (COUNT(*) AS ?n) {held} GROUP BY ?g ?term"
        assert sorted(row for row in told if row[0] != DATASET) == sorted(rows(store, query))
        query = f"SELECT ?term (COUNT(*) AS ?n) {held} GROUP BY ?term"
        assert sorted(row[1:] for row in told if row[0] == DATASET) == sorted(rows(store, query))
    assert rows(void, "SELECT ?d { ?t a void:DatasetDescription ; foaf:primaryTopic ?d }") == [(HERE,)]
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


def test_the_readme_cites_as_a_release_does(release: Path, manifest: dict[str, Any]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [entry] = re.findall(r"^```bibtex\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    version, year = str(manifest["version"]), str(manifest["date"])[:4]
    said = bibtex(entry.replace("VERSION", version).replace("2026", year))
    own = bibtex((release / "citation.bib").read_text(encoding="utf-8"))
    assert set(said) == {"author", "title", "year", "version", "url"}
    assert said == {name: own[name] for name in said}


def test_a_release_is_cited_in_one_way(release: Path, manifest: dict[str, Any]) -> None:
    own = bibtex((release / "citation.bib").read_text(encoding="utf-8"))
    author = own["author"].strip("{}")
    line = cited(manifest["title"], manifest["version"], by=author, year=int(own["year"]))
    assert line == f"{author} ({own['year']}). {manifest['title']}, version {own['version']}. {own['url']}"
    assert json.loads((release / "licences.json").read_text(encoding="utf-8"))["credit"] == line
    assert f"\n> {line}\n" in (release / "LICENCES.md").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(release / "data" / "acagraph.xlsx", read_only=True)
    told = {row[0]: row[1] for row in book["read me"].iter_rows(min_row=4, max_row=12, values_only=True)}
    assert told["Cite as"] == line
    page = (ROOT / "docs" / "releases.md").read_text(encoding="utf-8")
    example = cited(manifest["title"], "2026.11.22", by=author, year=2026)
    assert f"\n> {example}\n" in page
    assert cited("T", "1", by="", year=2026).startswith("(2026). T, version 1. ")


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
    "path",
    sorted((ROOT / "data/links").rglob("*.sssom.tsv")),
    ids=lambda path: f"{path.parent.name}/{path.name}",
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
