"""`acagraph verify` says what is whole and what was altered, and calls nothing whole that it has not seen."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from acagraph.cli import main
from acagraph.errors import ReleaseError
from acagraph.release.lines import sha256_of, sorted_lines
from acagraph.release.proof.claims import seen_as
from acagraph.release.proof.dump import verify_dump
from acagraph.release.proof.folder import verify
from acagraph.release.proof.identity import hashes, identify
from acagraph.release.proof.listing import read_listing
from acagraph.release.proof.stored import compare
from acagraph.release.proof.verdict import Proof
from acagraph.vocab import PREFIXES, graph_iri

DUMP = "data/acagraph.nq.gz"
XSD = PREFIXES["xsd"]
ONTOLOGY, SHARED = (ox.NamedNode(graph_iri(name)) for name in ("ontology", "shared"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def flip(path: Path, place: int | None = None) -> None:
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if place is None else place] ^= 1
    path.write_bytes(data)


@pytest.fixture
def copy(release: Path, tmp_path: Path) -> Path:
    """A built release, store and all, that a test may alter."""
    return Path(shutil.copytree(release.resolve(), tmp_path / "release"))


@pytest.fixture
def download(release: Path, tmp_path: Path) -> Path:
    """Some files of a release beside its manifest."""
    folder = tmp_path / "download"
    (folder / "data").mkdir(parents=True)
    for name in ("manifest.json", "SHA256SUMS", "shapes.ttl", "data/acagraph.trig", DUMP):
        shutil.copy(release / name, folder / name)
    return folder


def manifest_of(folder: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return body


def forge(folder: Path, change: Callable[[dict[str, Any]], object] = id) -> None:
    """Make the manifest and SHA256SUMS agree with the files as they are, as one who forges would."""
    body = manifest_of(folder)
    for entry in body["files"]:
        data = (folder / entry["path"]).read_bytes()
        entry |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    change(body)
    text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    sums = [(entry["sha256"], entry["path"]) for entry in body["files"]]
    sums.append((hashlib.sha256(text.encode()).hexdigest(), "manifest.json"))
    (folder / "SHA256SUMS").write_text("".join(f"{one}  {name}\n" for one, name in sums), encoding="utf-8")


def told(proof: Proof, name: str) -> str:
    """Return what is said of a claim that fails."""
    [claim] = [claim for claim in proof.claimed("fails") if claim.name == name]
    return claim.told


# Releases -------------------------------------------------------------------------------------------------


def test_a_release_is_whole(release: Path) -> None:
    found = run(release)
    assert found.exit_code == 0, found.output
    names = [entry["path"] for entry in manifest_of(release)["files"]]
    assert f"Whole: {len(names) + 2} of {len(names) + 2} files as published" in found.output
    assert manifest_of(release)["rdfc10_sha256"] in found.output
    assert "not signed: nothing here shows who published it" in found.output
    body = json.loads(run(release, "--json").output)
    assert body["verdict"] == "whole"
    assert {file["path"] for file in body["files"]} == {*names, "manifest.json", "SHA256SUMS"}
    assert {claim["name"]: claim["state"] for claim in body["claims"]} == {
        "dataset": "holds",
        "graphs": "holds",
        "blank-nodes": "holds",
        "numbers": "holds",
        "store": "holds",
        "dumps": "absent",
        "signature": "absent",
    }


def test_its_manifest_stands_for_it(release: Path) -> None:
    assert run(release / "manifest.json", "--quick").output.startswith(f"{release}: release ")


def test_the_quick_look_is_not_called_whole(release: Path) -> None:
    found = run(release, "--quick")
    assert found.exit_code == 0
    assert "not all was looked at" in found.output
    assert "only checksums were looked at" in found.output
    assert "Whole" not in found.output


def test_a_bit_changed_in_any_file_is_seen(copy: Path) -> None:
    listing = read_listing(copy / "manifest.json")
    chance = random.Random(6)
    for name, listed in listing.files.items():
        path = copy / name
        assert seen_as(path, listed).state == "whole"
        if not listed.bytes:
            continue
        flip(path, chance.randrange(listed.bytes))
        assert seen_as(path, listed).state == "altered", name
    proof = verify(copy, quick=True)
    assert {file.path for file in proof.of("altered")} == {n for n, f in listing.files.items() if f.bytes}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (DUMP, flip, "its SHA-256 is"),
        ("data/acagraph.ttl", cut, "published were"),
        ("shapes.ttl", Path.unlink, "not here    shapes.ttl"),
        ("ontology.ttl", folder_instead, "it is no file"),
        ("queries/checks/56-blank-node.rq", flip, "its SHA-256 is"),
        ("validation/report.json", flip, "its SHA-256 is"),
        ("redirects.csv", lambda path: path.with_name("more.rq").write_text("ASK {}"), "not listed  more.rq"),
        ("SHA256SUMS", flip, "altered     SHA256SUMS"),
        ("SHA256SUMS", Path.unlink, "not here    SHA256SUMS"),
        ("SHA256SUMS", lambda path: path.write_bytes(b"\xff\xfe"), "altered     SHA256SUMS"),
        ("manifest.json", lambda path: flip(path, 0), "it is not as SHA256SUMS lists it"),
        ("manifest.json", lambda path: path.write_text(path.read_text() + " "), "SHA256SUMS has another"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_built_release_that_was_altered(
    copy: Path, name: str, change: Callable[[Path], object], said: str
) -> None:
    change(copy / name)
    found = run(copy, "--quick")
    assert found.exit_code == 3, found.output
    assert said in found.output
    assert "Altered: " in found.output
    assert "Whole" not in found.output


def test_a_dump_that_was_altered_is_not_taken_for_the_dataset(copy: Path) -> None:
    flip(copy / DUMP)
    proof = verify(copy)
    assert {claim.name for claim in proof.claimed("unknown")} == {"dataset", "store"}
    assert proof.verdict == "altered"


@pytest.mark.parametrize("change", ["removed", "added", "spelled", "blank", "order", "twice", "names"])
def test_a_forged_dump_has_another_hash(copy: Path, change: str) -> None:
    """Manifest and SHA256SUMS are made to fit the dump, but for what is claimed of the dataset."""
    lines = gzip.decompress((copy / DUMP).read_bytes()).splitlines(keepends=True)
    # In the middle of a graph of sources: neither the ontology nor the first line.
    place = next(
        index for index, line in enumerate(lines) if b'"@en <https://w3id.org/acagraph/graph/source/' in line
    )
    added = lines[place].replace(b'"@en', b' too"@en')
    if change == "removed":
        del lines[place]
    elif change == "added":
        lines = sorted([*lines, added])
    elif change == "spelled":
        lines[place] = lines[place].replace(b" <", b"  <")
    elif change == "blank":
        graph = lines[place][lines[place].rindex(b" <") :]
        lines = sorted([*lines, b"<urn:x> <urn:y> _:c14n999" + graph])
    elif change == "order":
        lines[place : place + 2] = reversed(lines[place : place + 2])
    elif change == "twice":
        lines.insert(place, lines[place])
    else:
        lines = sorted(line.replace(b"_:c14n0 ", b"_:other ") for line in lines)
    data = b"".join(lines)
    (copy / DUMP).write_bytes(gzip.compress(data, mtime=0))
    forge(copy)
    assert verify(copy, quick=True).complete
    proof = verify(copy)
    if change == "names":
        assert "blank nodes" in told(proof, "dataset") or "come after" in told(proof, "dataset")
    elif change in ("removed", "added"):
        assert "another dataset" in told(proof, "dataset")
        assert "triples in https://w3id.org/acagraph/graph/source/" in told(proof, "graphs")
        assert "are not the same" in told(proof, "store")
    elif change == "blank":
        assert "names that RDFC-1.0 gives" in told(proof, "dataset")
        assert "blank nodes in https://w3id.org/acagraph/graph/source/" in told(proof, "blank-nodes")
    else:
        assert "not the canonical form" in told(proof, "dataset")
    # Even a hash that fits the forged lines helps only where these are a canonical form.
    forge(copy, lambda body: body.update(rdfc10_sha256=hashlib.sha256(data).hexdigest()))
    assert verify(copy).verdict == "altered"


def test_a_manifest_that_claims_other_numbers_of_triples(copy: Path) -> None:
    forge(copy, lambda body: body["graphs"].update({graph_iri("shared"): 7, graph_iri("nowhere"): 1}))
    proof = verify(copy)
    assert "2 of the graphs differ: 0 triples in" in told(proof, "graphs")
    assert proof.exit_code == 3


CLAIMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "the union": lambda body: body.update(rdfc10_sha256_of_union="0" * 64),
    "a graph": lambda body: body["rdfc10_sha256_of_graphs"].update({graph_iri("shared"): "0" * 64}),
    "no graph": lambda body: body["rdfc10_sha256_of_graphs"].update({graph_iri("nowhere"): "0" * 64}),
    "triples": lambda body: body.update(triples=body["triples"] + 1),
    "classes": lambda body: body["classes"].update({"aca:Coalition": 99}),
    "another class": lambda body: body["classes"].update({"aca:Dragon": 1}),
    "the ontology": lambda body: body.update(ontology="9.9.9"),
    "triples of a dump": lambda body: next(
        entry for entry in body["files"] if entry["path"] == "data/graphs/shared.ttl"
    ).update(triples=7),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_manifest_that_claims_something_else_of_the_dataset(copy: Path, name: str) -> None:
    forge(copy, CLAIMS[name])
    assert verify(copy, quick=True).complete
    found = run(copy)
    assert found.exit_code == 3, found.output
    assert "fails       numbers: the manifest says other things of the dataset" in found.output
    assert "; and" not in found.output


def test_forged_dumps_are_found_by_the_deep_look(copy: Path) -> None:
    for name in ("data/acagraph.ttl", "data/graphs/shared.ttl", "shapes.ttl"):
        with (copy / name).open("a") as file:
            file.write("<urn:x> <urn:y> <urn:z> .\n")
    trig = copy / "data" / "graphs" / "shared.trig"
    trig.write_text(trig.read_text("utf-8").replace('"@en', ' too"@en', 1), encoding="utf-8")
    forge(copy)
    found = run(copy)
    assert found.exit_code == 0
    assert "other dumps were compared by their bytes alone; --deep reads them too" in found.output
    assert "every claim" not in found.output
    found = run(copy, "--deep")
    assert found.exit_code == 3, found.output
    assert "fails       dumps: data/acagraph.ttl: another dataset" in found.output
    assert "; and 3 more" in found.output


def test_the_deep_look_finds_a_release_whole(release: Path) -> None:
    found = run(release, "--deep")
    assert found.exit_code == 0, found.output
    assert "holds       dumps: each of the" in found.output
    assert "\nWhole: " in found.output
    assert run(release, "--deep", "--quick").exit_code == 2


# Stores ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["removed", "added", "replaced", "another", "damaged", "empty"])
def test_a_store_that_holds_something_else(copy: Path, change: str) -> None:
    thing = ox.Quad(ox.NamedNode("urn:x"), ox.NamedNode("urn:y"), ox.Literal("z"), SHARED)
    if change == "another":
        shutil.rmtree(copy / "store")
        ox.Store(str(copy / "store")).add(thing)
    elif change == "damaged":
        for path in (copy / "store").glob("*.sst"):
            flip(path, 100)
            flip(path)
    elif change == "empty":
        shutil.rmtree(copy / "store")
        (copy / "store").mkdir()
    else:
        store = ox.Store(str(copy / "store"))
        if change in ("added", "replaced"):
            store.add(thing)
        if change in ("removed", "replaced"):
            store.remove(next(iter(store.quads_for_pattern(None, None, None, SHARED))))
        store.flush()
        del store
    found = run(copy)
    assert found.exit_code == 3, found.output
    assert "fails       store" in found.output
    if change in ("removed", "replaced"):
        assert "the store lacks <" in found.output


def test_a_store_alone_can_not_be_compared(copy: Path) -> None:
    (copy / DUMP).unlink()
    proof = verify(copy)
    [claim] = [claim for claim in proof.claims if claim.name == "store"]
    assert (claim.state, claim.told) == ("unknown", f"the store was not compared: {DUMP} is not here")
    assert proof.verdict == "altered"


iris = st.sampled_from([ox.NamedNode(f"https://example.org/{name}") for name in "abcd"])
blanks = st.sampled_from([ox.BlankNode(name) for name in "xyz"])
literals = st.one_of(
    st.builds(ox.Literal, st.text(st.characters(exclude_categories=["Cs"]), max_size=6)),
    st.builds(lambda text: ox.Literal(text, language="en"), st.sampled_from(["_:a", "<b> ", '"^^<c>', "\n"])),
    st.builds(
        lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(XSD + kind)),
        st.sampled_from(["1", "01", "1.0", "1.50", "true", "2018-01-01T00:00:00.000Z", "x"]),
        st.sampled_from(["integer", "decimal", "boolean", "dateTime", "nonNegativeInteger", "double", "odd"]),
    ),
)
quads = st.lists(
    st.builds(ox.Quad, iris | blanks, iris, iris | blanks | literals, st.sampled_from([ONTOLOGY, SHARED])),
    max_size=12,
)


def form(found: Iterator[ox.Quad] | list[ox.Quad]) -> list[bytes]:
    """Return the RDFC-1.0 form of quads as pyoxigraph makes it of all of them at once."""
    dataset = ox.Dataset(found)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    written = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS)
    assert written is not None
    return sorted(written.splitlines(keepends=True))


@given(found=quads, drop=st.integers(min_value=0))
def test_a_store_is_compared_as_it_spells_literals(found: list[ox.Quad], drop: int) -> None:
    lines, store = form(found), ox.Store()
    store.bulk_load(b"".join(lines), format=ox.RdfFormat.N_QUADS)
    assert compare(lambda: lines, store).equal
    held = [*store]
    if held:
        store.remove(held[drop % len(held)])
        assert not compare(lambda: lines, store).equal
        store.add(ox.Quad(ox.NamedNode("urn:x"), ox.NamedNode("urn:y"), ox.Literal("z"), SHARED))
        assert not compare(lambda: lines, store).equal


def test_equal_values_of_a_blank_node_are_one_in_a_store() -> None:
    node, two = ox.BlankNode("b"), ("1", "1.0")
    values = [ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal")) for text in two]
    lines, store = form([ox.Quad(node, ox.NamedNode("urn:p"), value, SHARED) for value in values]), ox.Store()
    store.bulk_load(b"".join(lines), format=ox.RdfFormat.N_QUADS)
    assert (len(lines), len(store)) == (2, 1)
    found = compare(lambda: lines, store)
    assert (found.equal, found.dumped, found.stored) == (True, 1, 1)


# Identity -------------------------------------------------------------------------------------------------


@given(quads)
def test_the_streamed_hash_is_that_of_the_canonical_form(
    tmp_path_factory: pytest.TempPathFactory, found: list[ox.Quad]
) -> None:
    lines = form(found)
    seen = identify(iter(lines))
    assert not seen.faults
    assert seen.sha256 == hashlib.sha256(b"".join(lines)).hexdigest()
    assert sum(seen.graphs.values()) == len(lines)
    assert [*sorted_lines(reversed(found), tmp_path_factory.mktemp("runs"))] == lines
    for index in range(len(lines) - 1):
        swapped = [*lines]
        swapped[index : index + 2] = reversed(lines[index : index + 2])
        assert identify(swapped).faults


@given(quads)
def test_the_hash_of_a_graph_is_that_of_its_triples(found: list[ox.Quad]) -> None:
    lines = form([*{quad.triple: quad for quad in found}.values()])
    parsed = [*ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)]
    expected = {
        graph.value: sha256_of(
            form([ox.Quad(q.subject, q.predicate, q.object) for q in parsed if q.graph_name == graph])
        )
        for graph in {quad.graph_name for quad in parsed}
    }
    assert hashes(lambda: lines).graphs == expected


@given(quads)
def test_the_hash_of_the_union_is_that_of_the_triples(found: list[ox.Quad]) -> None:
    seen: dict[ox.Triple, ox.Quad] = {quad.triple: quad for quad in found}  # none in two graphs
    lines = form([*seen.values()])
    expected = form([ox.Quad(quad.subject, quad.predicate, quad.object) for quad in seen.values()])
    # What is told apart by its graph alone is one triple in the union.
    assert hashes(lambda: lines).union == hashlib.sha256(b"".join(expected)).hexdigest()


def test_the_curated_release_has_the_hashes_of_pyoxigraph(release: Path) -> None:
    data = gzip.decompress((release / DUMP).read_bytes())
    found = [*ox.parse(data, format=ox.RdfFormat.N_QUADS)]
    assert sha256_of(form(found)) == manifest_of(release)["rdfc10_sha256"]
    triples = form([ox.Quad(quad.subject, quad.predicate, quad.object) for quad in found])
    assert hashes(lambda: data.splitlines(keepends=True)).union == sha256_of(triples)
    assert manifest_of(release)["rdfc10_sha256_of_union"] == sha256_of(triples)


def test_a_text_that_looks_like_a_blank_node_is_none() -> None:
    [line] = form([ox.Quad(SHARED, SHARED, ox.Literal("> _:b0 <"), SHARED)])
    assert identify([line]).blank == {}


# Downloads ------------------------------------------------------------------------------------------------


def test_a_download_without_the_store_is_whole(release: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(release.resolve(), tmp_path / "all", ignore=shutil.ignore_patterns("store"))
    proof = verify(folder)
    assert proof.verdict == "whole"
    assert {claim.name for claim in proof.claims} == {
        "dataset",
        "graphs",
        "blank-nodes",
        "numbers",
        "dumps",
        "signature",
    }


def test_a_part_of_a_release_is_called_a_part(download: Path) -> None:
    found = run(download)
    assert found.exit_code == 0
    assert "What is here is as published, but not all was looked at: 5 of" in found.output
    assert "more files; --json lists all" in found.output
    assert "holds       dataset" in found.output
    (download / "notes.txt").write_text("mine", encoding="utf-8")
    found = run(download)
    assert found.exit_code == 0
    assert "not listed  notes.txt" in found.output
    assert "1 more here is none of it" in found.output
    flip(download / "shapes.ttl")
    assert run(download).exit_code == 3


def test_a_manifest_alone_tells_nothing(download: Path) -> None:
    shutil.rmtree(download / "data")
    (download / "shapes.ttl").unlink()
    (download / "SHA256SUMS").unlink()
    found = run(download)
    assert found.exit_code == 2
    assert "Cannot tell: 0 of" in found.output


def test_names_of_files_do_what_they_like_to_no_terminal(download: Path) -> None:
    (download / "\x1b[2Jgone\n").write_text("", encoding="utf-8")
    found = run(download)
    assert "?[2Jgone?" in found.output
    assert "\x1b" not in found.output


# One dump -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ttl", "nt.gz", "nq.gz", "trig", "jsonld", "rdf"])
def test_one_dump_beside_its_manifest(release: Path, tmp_path: Path, name: str) -> None:
    dump = release / "data" / f"acagraph.{name}"
    found = run(dump)
    assert found.exit_code == 0, found.output
    assert "holds       dataset" in found.output
    assert "Whole: 1 of 1 file" in found.output
    # The same in other bytes, under another name, elsewhere: known by what it holds.
    data = gzip.decompress(dump.read_bytes()) if name.endswith(".gz") else dump.read_bytes()
    suffix = name.removesuffix(".gz")
    other = tmp_path / f"mine.{suffix}"
    other.write_bytes(data + b"\n")
    found = run(other, "--manifest", release / "manifest.json")
    assert found.exit_code == 0, found.output
    assert "not a file of the release, but the same dataset" in found.output
    # One triple less, and one more.
    rdf = ox.RdfFormat.from_extension(suffix)
    assert rdf is not None
    quads = [*ox.parse(data, format=rdf)]
    more = ox.Quad(ox.NamedNode("urn:x"), ox.NamedNode("urn:y"), ox.Literal("z"))
    for changed in (quads[1:], [*quads, more]):
        statements = changed if rdf.supports_datasets else [quad.triple for quad in changed]
        ox.serialize(statements, str(other), format=rdf)
        found = run(other, "--manifest", release / "manifest.json")
        assert found.exit_code == 2, found.output
        assert "holds neither the dataset nor one of its graphs (another dataset" in found.output
        # Under the name of the dump it is no other file, but that one altered.
        named = other.with_name(f"acagraph.{suffix}")
        named.write_bytes(other.read_bytes())
        assert run(named, "--manifest", release / "manifest.json").exit_code == 3


@pytest.mark.parametrize("form", ["ttl", "nt.gz", "nq.gz", "trig", "jsonld", "rdf"])
@pytest.mark.parametrize("name", ["shared", "ontology"])
def test_the_dump_of_one_graph_is_known_by_what_it_holds(
    release: Path, tmp_path: Path, name: str, form: str
) -> None:
    dump = release / "data" / "graphs" / f"{name}.{form}"
    found = run(dump)
    assert found.exit_code == 0, found.output
    assert "holds       graph" in found.output
    assert "Whole: 1 of 1 file" in found.output
    data = gzip.decompress(dump.read_bytes()) if form.endswith(".gz") else dump.read_bytes()
    suffix = form.removesuffix(".gz")
    rdf = ox.RdfFormat.from_extension(suffix)
    assert rdf is not None
    quads = [*ox.parse(data, format=rdf)]
    for called in (f"{name}.{suffix}", f"mine.{suffix}"):
        other = tmp_path / called
        backwards = reversed(quads) if rdf.supports_datasets else (quad.triple for quad in reversed(quads))
        ox.serialize(backwards, str(other), format=rdf)  # unpacked, in another order
        found = run(other, "--manifest", release / "manifest.json")
        assert found.exit_code == 0, found.output
        assert f"but the same triples as {graph_iri(name)}" in found.output
        fewer = quads[1:] if rdf.supports_datasets else [quad.triple for quad in quads[1:]]
        ox.serialize(fewer, str(other), format=rdf)
        found = run(other, "--manifest", release / "manifest.json")
        # Two files are called ontology.ttl, so that name tells nothing.
        alone = called != "ontology.ttl" and called != "ontology.jsonld" and not called.startswith("mine")
        assert found.exit_code == (3 if alone else 2), found.output
    if rdf.supports_datasets:
        elsewhere = ox.NamedNode(graph_iri("links"))
        moved = [ox.Quad(quad.subject, quad.predicate, quad.object, elsewhere) for quad in quads]
        ox.serialize(moved, str(tmp_path / f"mine.{suffix}"), format=rdf)
        assert run(tmp_path / f"mine.{suffix}", "--manifest", release / "manifest.json").exit_code == 2
    # In its own place every byte counts.
    folder = tmp_path / "data" / "graphs"
    folder.mkdir(parents=True)
    shutil.copy(release / "manifest.json", tmp_path)
    (folder / dump.name).write_bytes(dump.read_bytes() + b"\n")
    assert run(folder / dump.name).exit_code == 3


def test_the_dump_of_rdf_1_2_is_known_under_another_name(release: Path, tmp_path: Path) -> None:
    dump = release / "data" / "acagraph.rdf12.trig.gz"
    assert "Whole: 1 of 1 file" in run(dump).output
    copy = tmp_path / "mine.trig.gz"
    shutil.copy(dump, copy)
    found = run(copy, "--manifest", release / "manifest.json")
    assert found.exit_code == 0, found.output
    assert "it has the bytes of data/acagraph.rdf12.trig.gz" in found.output
    other = tmp_path / "mine.trig"
    other.write_bytes(gzip.decompress(dump.read_bytes()) + b"\n")
    found = run(other, "--manifest", release / "manifest.json")
    assert found.exit_code == 0, found.output
    assert "reifiers in it, of RDF 1.2, were not compared" in found.output
    assert "Whole" not in found.output


def test_every_file_of_a_release_alone_is_as_published(release: Path, tmp_path: Path) -> None:
    """Each in its place; one of each kind under another name too. The dumps were looked at above."""
    kinds = set[str]()
    for name in [*read_listing(release / "manifest.json").files, "manifest.json", "SHA256SUMS"]:
        if name.startswith("data/graphs/") and "source" in name:
            continue  # as those of the other graphs
        path = release / name
        if path.name in ("manifest.json", "SHA256SUMS"):
            assert run(path, "--quick").exit_code == 0, name
            continue
        assert verify_dump(path).verdict == "whole", name
        if path.suffix not in {*kinds, ".gz"} and not name.startswith("data/acagraph."):
            kinds.add(path.suffix)
            other = tmp_path / f"mine{path.suffix}"
            shutil.copy(path, other)
            assert verify_dump(other, manifest=release / "manifest.json").verdict == "whole", name
    assert {".csv", ".parquet", ".rq", ".html"} <= kinds
    found = run(release / "data" / "acagraph.xlsx")
    assert found.exit_code == 0, found.output


def test_a_dump_that_is_damaged_is_told_without_a_traceback(release: Path, tmp_path: Path) -> None:
    packed = (release / DUMP).read_bytes()
    for name, data in (
        ("acagraph.nq.gz", packed[: len(packed) // 2]),
        ("acagraph.nq.gz", b"no gzip"),
        ("mine.nq.gz", packed[: len(packed) // 2]),
        ("mine.ttl", b"<a> <b> ."),
        ("mine.jsonld", b'{"@context": "https://example.org/context", "a": 1}'),
        ("mine.rdf", b"<rdf"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        found = run(path, "--manifest", release / "manifest.json")
        assert found.exit_code == (2 if name.startswith("mine") else 3), (name, found.output)
        assert "cannot be read" in found.output


def test_what_is_no_dump_of_a_release_cannot_be_told(release: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    for arguments, said in (
        ([tmp_path / "notes.txt"], "name it with --manifest"),
        ([tmp_path / "notes.txt", "--manifest", release / "manifest.json"], "tells no RDF format"),
        ([tmp_path / "nowhere"], "is not there"),
        ([tmp_path], "manifest.json: No such file"),
        ([release, "--manifest", release / "manifest.json"], "a folder has its own"),
        ([release / DUMP, "--rebuild"], "for a release's folder"),
    ):
        found = run(*arguments)
        assert found.exit_code == 2, found.output
        assert said in found.output


def test_a_link_to_a_release_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to("1.0.0")
    found = run(tmp_path / "current")
    assert found.exit_code == 2
    assert "points to 1.0.0, which is not there" in found.output


HOSTILE: dict[str, bytes | Callable[[dict[str, Any]], object]] = {
    "empty": b"",
    "deep": b"[" * 100_000,
    "binary": b"\xff\xfe\x00",
    "list": b"[]",
    "null": b"null",
    "number": b"1" * 5000,
    "no files": lambda body: body.pop("files"),
    "files": lambda body: body.update(files={"a": 1}),
    "above": lambda body: body["files"][0].update(path="../../etc/passwd"),
    "absolute": lambda body: body["files"][0].update(path="/etc/passwd"),
    "itself": lambda body: body["files"][0].update(path="manifest.json"),
    "nothing": lambda body: body["files"][0].update(path=""),
    "control": lambda body: body["files"][0].update(path="a\x1b[2J"),
    "nul": lambda body: body["files"][0].update(path="a\0"),
    "number for a path": lambda body: body["files"][0].update(path=7),
    "twice": lambda body: body["files"].append(body["files"][0]),
    "bytes": lambda body: body["files"][0].update(bytes=-1),
    "truth for bytes": lambda body: body["files"][0].update(bytes=True),
    "digest": lambda body: body["files"][0].update(sha256="00"),
    "hash": lambda body: body.update(rdfc10_sha256=None),
    "graphs": lambda body: body.update(graphs=[]),
    "triples": lambda body: body["graphs"].update(x="many"),
    "version": lambda body: body.update(version=["1"]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_manifest_is_refused(download: Path, name: str) -> None:
    change, path = HOSTILE[name], download / "manifest.json"
    (download / "SHA256SUMS").unlink()
    if isinstance(change, bytes):
        path.write_bytes(change)
    else:
        body = manifest_of(download)
        change(body)
        path.write_text(json.dumps(body), encoding="utf-8")
    found = run(download)
    assert found.exit_code == 2, found.output
    assert "is damaged" in found.output
    with pytest.raises(ReleaseError, match="is damaged"):
        verify_dump(download / DUMP)


# Rebuilding -----------------------------------------------------------------------------------------------


def test_built_again_it_has_the_same_bytes(project: Path) -> None:
    release = project / "public" / "current"
    found = run(release, "--rebuild", "--project", project)
    assert found.exit_code == 0, found.output
    assert f"all {len(manifest_of(release)['files']) + 1} files have the same bytes" in found.output
    assert "Whole" in found.output
    assert not list((project / "public").glob(".tmp-*"))


def test_a_forged_release_does_not_come_out_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = (project / "public" / "current").resolve()
    again = shutil.copytree(release, project / "again")
    monkeypatch.setattr("acagraph.release.proof.rebuild.build", lambda *_, **__: Summary(again))
    with (release / "shapes.ttl").open("a") as file:
        file.write("# forged\n")
    forge(release, lambda body: body.update(title="forged"))
    assert run(release).exit_code == 0
    found = run(release, "--rebuild", "--project", project)
    assert found.exit_code == 3, found.output
    assert "files differ: shapes.ttl, manifest.json" in found.output


def test_with_other_inputs_nothing_is_built_and_they_are_named(project: Path) -> None:
    release = project / "public" / "current"
    (project / "data" / "more.ttl").write_text("", encoding="utf-8")
    with (project / "shapes" / "groups.ttl").open("a") as file:
        file.write("\n")
    found = run(release, "--rebuild", "--quick", "--project", project)
    assert found.exit_code == 2, found.output
    assert (
        "other inputs than the release: data/more.ttl is new, shapes/groups.ttl has changed" in found.output
    )
    assert "Cannot tell" in found.output


def test_other_tools_are_named_and_prove_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = (project / "public" / "current").resolve()
    forge(release, lambda body: body["tools"].update(pyoxigraph="0.0.1"))
    monkeypatch.setattr("acagraph.release.proof.rebuild.build", lambda *_, **__: Summary(release))
    found = run(release, "--rebuild", "--project", project)
    assert found.exit_code == 0, found.output
    assert "not as it was: pyoxigraph 0.0.1 then" in found.output
    other = shutil.copytree(release, release.with_name("other"))
    with (other / "shapes.ttl").open("a") as file:
        file.write("# as another version writes it\n")
    forge(other)
    monkeypatch.setattr("acagraph.release.proof.rebuild.build", lambda *_, **__: Summary(other))
    found = run(release, "--rebuild", "--quick", "--project", project)
    assert found.exit_code == 2, found.output
    assert "files differ: shapes.ttl; not as it was: pyoxigraph 0.0.1 then" in found.output


class Summary:
    """What a build returns, as far as it is asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
