"""A release holds what was parsed, in every format, and is put in place whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph.errors import ReleaseError, SourceError
from acagraph.release.clock import Clock
from acagraph.release.content import Content, Place, graph_of, join, write_parts
from acagraph.release.context import context
from acagraph.release.inputs import gather
from acagraph.release.proof.identity import has_blank
from acagraph.release.proof.stored import compare
from acagraph.release.publish import build
from acagraph.release.reader import open_release
from acagraph.release.swap import point_current, put_in_place, workplace
from acagraph.release.working import write_store
from acagraph.vocab import PREFIXES, expand, graph_iri

from published import ROOT

TYPE = PREFIXES["rdf"] + "type"
HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("aca", "agent", "skos", "stmt"))
WITHOUT_EVIDENCE = HEAD + "stmt:aaaaaaaaaaaaaaaa a aca:Statement .\n"
AGENT = HEAD + 'agent:somebody-new a aca:CivilSocietyOrganisation ; skos:prefLabel "Somebody New"@en .\n'


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    return gather(ROOT, tmp_path_factory.mktemp("content"), clock=Clock(), only_curated=True).content


def content_of(quads: Iterable[ox.Quad], folder: Path) -> Content:
    folder.mkdir()
    return join(write_parts(quads, folder), folder / "all.nq", place=dict[str, Place]().get)


def read(path: Path) -> ox.Dataset:
    """Parse a dump; its name tells the format."""
    data = path.read_bytes()
    name = path.name
    if name.endswith(".gz"):
        data, name = gzip.decompress(data), name.removesuffix(".gz")
    form = {"owl": ox.RdfFormat.RDF_XML}.get(
        suffix := name.rpartition(".")[2]
    ) or ox.RdfFormat.from_extension(suffix)
    assert form is not None
    return canonical(ox.parse(data, format=form))


def canonical(quads: object) -> ox.Dataset:
    dataset = ox.Dataset(quads)  # type: ignore[arg-type]
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def test_ontology_in_three_formats_is_the_graph_and_its_labels(release: Path, content: Content) -> None:
    ontology = [ox.Quad(q.subject, q.predicate, q.object) for q in content.parts["ontology"].quads()]
    preferred, label = (ox.NamedNode(PREFIXES[p] + n) for p, n in (("skos", "prefLabel"), ("rdfs", "label")))
    labels = [ox.Quad(q.subject, label, q.object) for q in ontology if q.predicate == preferred]
    expected = canonical([*ontology, *labels])
    for name in ("ontology.ttl", "ontology.owl", "ontology.jsonld"):
        assert read(release / name) == expected, name


def test_shapes_are_those_of_the_project(release: Path) -> None:
    shapes = [quad for path in sorted((ROOT / "shapes").glob("*.ttl")) for quad in ox.parse(path=path)]
    assert len(read(release / "shapes.ttl")) == len(set(shapes))


def test_rebuild_gives_the_same_bytes(release: Path, tmp_path: Path) -> None:
    summary = build(ROOT, tmp_path, only_curated=True)
    assert summary.path is not None
    again = {path.relative_to(summary.path) for path in files(summary.path)}
    assert again == {path.relative_to(release) for path in files(release)}
    for name in sorted(again):
        assert (summary.path / name).read_bytes() == (release / name).read_bytes(), name


def test_a_dataset_too_large_for_a_store_in_memory_gives_the_same_bytes(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acagraph.release.working.MOST_IN_MEMORY", 0)
    monkeypatch.setattr("acagraph.release.content._RUN", 1_000)
    summary = build(ROOT, tmp_path, only_curated=True)
    assert summary.path is not None
    assert {path.relative_to(summary.path) for path in files(summary.path)} == {
        path.relative_to(release) for path in files(release)
    }
    for path in files(release):
        assert (summary.path / path.relative_to(release)).read_bytes() == path.read_bytes(), path
    with gzip.open(release / "data" / "acagraph.nq.gz") as file:
        lines = list(file)
    found = compare(lambda: lines, ox.Store.read_only(str(summary.path / "store")))
    assert (found.equal, found.dumped, found.stored) == (True, len(lines), len(lines))


def test_the_order_of_quads_does_not_matter(content: Content, tmp_path: Path) -> None:
    again = content_of(reversed([*content.quads()]), tmp_path / "again")
    assert again.path.read_bytes() == content.path.read_bytes()
    assert again.sha256 == content.sha256 == hashlib.sha256(content.path.read_bytes()).hexdigest()


def test_a_triple_in_two_graphs_is_refused_where_its_subject_stands(tmp_path: Path) -> None:
    thing, label = (ox.NamedNode(expand(name)) for name in ("agent:sony", "skos:prefLabel"))
    names = [ox.NamedNode(graph_iri(name)) for name in ("shared", "register/countries")]
    twins = [ox.Quad(thing, label, ox.Literal("Sony", language="en"), name) for name in names]
    place = {thing.value: (Path("data/agents.ttl"), 7)}
    with pytest.raises(
        SourceError, match=r"stands in two graphs, .*register/countries and .*shared"
    ) as caught:
        join(write_parts(twins, tmp_path), tmp_path / "all.nq", place=place.get)
    assert (caught.value.path, caught.value.line) == (Path("data/agents.ttl"), 7)
    alike = [ox.Quad(thing, label, ox.Literal("Sony", language=tag), names[0]) for tag in ("en", "de")]
    assert content_of(alike, tmp_path / "alike").triples == 2


def test_manifest_lists_every_file(release: Path, content: Content) -> None:
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    entries = {entry["path"]: entry for entry in manifest["files"]}
    present = {path.relative_to(release).as_posix() for path in files(release)}
    assert set(entries) == present - {"manifest.json", "SHA256SUMS"}
    for name, entry in entries.items():
        data = (release / name).read_bytes()
        assert entry["bytes"] == len(data)
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        rdf = name.removesuffix(".gz").endswith((".ttl", ".nt", ".nq", ".trig", ".jsonld", ".rdf", ".owl"))
        # The context of schema.jsonld is that of schema.org: no RDF without asking there.
        if rdf and not name.startswith(("validation/", "context", "schema.jsonld")):
            assert entry["triples"] == len(read(release / name)), name
    assert manifest["rdfc10_sha256"] == content.sha256
    assert manifest["triples"] == sum(manifest["graphs"].values()) == content.triples
    assert manifest["classes"]["aca:Coalition"] == len(
        {q.subject for q in content.quads() if q.triple.predicate.value == TYPE and is_coalition(q.object)}
    )


def test_manifest_names_its_inputs(release: Path) -> None:
    inputs = json.loads((release / "manifest.json").read_text("utf-8"))["inputs"]
    for entry in inputs:
        assert hashlib.sha256((ROOT / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    tops = Counter(entry["path"].partition("/")[0] for entry in inputs)
    assert set(tops) == {"data", "ontology", "queries", "shapes"}


def test_manifest_has_the_hash_of_each_graph(release: Path, content: Content) -> None:
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    assert list(manifest["rdfc10_sha256_of_graphs"]) == list(manifest["graphs"])
    for name in ("ontology", "shared"):
        lines = ox.serialize(read(release / "data" / "graphs" / f"{name}.nt.gz"), format=ox.RdfFormat.N_QUADS)
        assert lines is not None
        digest = hashlib.sha256(b"".join(sorted(lines.splitlines(keepends=True)))).hexdigest()
        assert manifest["rdfc10_sha256_of_graphs"][graph_iri(name)] == digest
    assert {graph_of(line) for line in content.lines()} == set(content.parts)


@pytest.mark.parametrize(
    ("line", "graph"),
    [
        (f'<urn:a> <urn:b> "x> <urn:c> ."@en <{graph_iri("register/a")}> .\n', "register/a"),
        ("<urn:a> <urn:b> _:c14n0 <urn:g> .\n", "urn:g"),
        ("<urn:a> <urn:b> <urn:c> .\n", ""),
        ('<urn:a> <urn:b> "x <urn:c> <urn:g>" .\n', ""),
        ('<urn:a> <urn:b> "x <urn:c"^^<urn:g> .\n', ""),
        ("<urn:a> <urn:b> _:c14n0 .\n", ""),
    ],
)
def test_the_graph_of_a_line(line: str, graph: str) -> None:
    assert graph_of(line.encode()) == graph


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_clean_keeps_the_releases(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("public/2026.1.1", "dist", ".venv", "src", "data", "ontology", "queries", "shapes"):
        (tmp_path / name).mkdir(parents=True)
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert {path.name for path in tmp_path.iterdir()} == {
        "Makefile",
        "public",
        "src",
        "data",
        "ontology",
        "queries",
        "shapes",
    }
    assert (tmp_path / "public" / "2026.1.1").is_dir()


def test_checksums_are_those_that_sha256sum_checks(release: Path) -> None:
    result = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=release, check=False)
    assert result.returncode == 0


def test_the_store_holds_the_dump_but_writes_whole_decimals_without_a_point(release: Path) -> None:
    xsd = PREFIXES["xsd"]

    def as_the_store_writes(quad: ox.Quad) -> ox.Quad:
        term = quad.object
        if isinstance(term, ox.Literal) and term.datatype.value == xsd + "decimal":
            term = ox.Literal(term.value.removesuffix(".0"), datatype=term.datatype)
        elif isinstance(term, ox.Literal) and term.datatype.value == xsd + "nonNegativeInteger":
            assert quad.graph_name == ox.NamedNode(graph_iri("ontology")), "only OWL's cardinalities"
            term = ox.Literal(term.value, datatype=ox.NamedNode(xsd + "integer"))
        return ox.Quad(quad.subject, quad.predicate, term, quad.graph_name)

    dumped = read(release / "data" / "acagraph.nq.gz")
    stored = set(map(str, canonical(ox.Store.read_only(str(release / "store")))))
    assert set(map(str, canonical(map(as_the_store_writes, dumped)))) == stored
    assert set(map(str, dumped)) != stored


def test_hash_is_that_of_the_canonical_dataset(release: Path) -> None:
    dataset = read(release / "data" / "acagraph.nq.gz")
    nquads = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS)
    assert nquads is not None
    digest = hashlib.sha256(b"".join(sorted(nquads.splitlines(keepends=True)))).hexdigest()
    assert digest == json.loads((release / "manifest.json").read_text("utf-8"))["rdfc10_sha256"]


def test_no_file_names_this_machine(release: Path) -> None:
    for path in files(release):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        assert str(ROOT).encode() not in data, path


def test_context_makes_typed_values_of_strings(release: Path) -> None:
    document = json.loads((release / "context.jsonld").read_text("utf-8"))
    document |= {
        "id": "stmt:x",
        "value": "9.46",
        "figureSubject": "coalition:jci",
        "notBefore": "2018-07-01T00:00:00Z",
        "verbatim": "more than 100",
        "aca:metric": "metric:population",
    }
    found = {
        quad.predicate.value: quad.object
        for quad in ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD)
    }
    aca, xsd = PREFIXES["aca"], PREFIXES["xsd"]
    assert found[aca + "value"] == ox.Literal("9.46", datatype=ox.NamedNode(xsd + "decimal"))
    assert found[aca + "figureSubject"] == ox.NamedNode(PREFIXES["coalition"] + "jci")
    assert found[aca + "metric"] == ox.NamedNode(PREFIXES["metric"] + "population")
    assert found[aca + "verbatim"] == ox.Literal("more than 100")
    assert found[aca + "notBefore"].datatype.value == xsd + "dateTime"


def test_context_has_every_prefix_and_property(content: Content) -> None:
    terms = json.loads(context(content.parts["ontology"].quads()))["@context"]
    assert PREFIXES.items() <= terms.items()
    assert {"memberOf", "aca:evidence", "targetYear", "asOfNotBefore"} <= terms.keys()
    properties = {
        q.subject.value
        for q in content.parts["ontology"].quads()
        if isinstance(q.subject, ox.NamedNode)
        and q.subject.value.startswith(PREFIXES["aca"])
        and q.object == ox.NamedNode(PREFIXES["owl"] + "ObjectProperty")
    }
    named = {expand(term["@id"]) for term in terms.values() if isinstance(term, dict)}
    assert properties
    assert properties <= named


def test_open_release_answers(release: Path) -> None:
    opened = open_release(release)
    assert opened.manifest["version"] == opened.dataset.version == release.resolve().name
    assert b"true" in opened.store.answer("ASK { coalition:jci a aca:Coalition }").read()


@pytest.mark.parametrize(("text", "message"), [("{", "is damaged"), ("[]", "is no JSON object")])
def test_open_release_refuses_a_damaged_manifest(small_copy: Path, text: str, message: str) -> None:
    (small_copy / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match=message):
        open_release(small_copy)


def test_rebuild_replaces_the_same_version_and_clears_a_failed_report(project: Path) -> None:
    public = project / "public"
    good = visible(public)
    (project / "data" / "bad.ttl").write_text(WITHOUT_EVIDENCE, encoding="utf-8")
    rejected = build(project, public)
    assert rejected.path is None
    assert not rejected.report.conforms
    assert visible(public) - good == {"failed-report"}
    assert {path.name for path in (public / "failed-report").iterdir()} == {
        "report.ttl",
        "report.html",
        "report.json",
        "report.txt",
    }
    (project / "data" / "bad.ttl").rename(project / "data" / "good.ttl").write_text(AGENT, encoding="utf-8")
    before = (public / "current" / "manifest.json").read_bytes()
    accepted = build(project, public)
    assert accepted.path == (public / "current").resolve()
    assert accepted.replaces
    assert not build(project, public).replaces
    assert (public / "current" / "manifest.json").read_bytes() != before
    assert visible(public) == good


def test_a_reader_never_misses_a_release_that_is_being_replaced(tmp_path: Path) -> None:
    target = tmp_path / "1.0.0"
    target.mkdir()
    (target / "n").write_text("0", encoding="utf-8")
    point_current(target)
    script = (
        "import sys, pathlib\n"
        "path, seen = pathlib.Path(sys.argv[1]), set()\n"
        "print('ready', flush=True)\n"
        "while (n := int((path / 'n').read_text())) < 200: seen.add(n)\n"
        "print(len(seen))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "current")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        for number in range(1, 201):
            with workplace(tmp_path) as folder:
                (folder / "n").write_text(str(number), encoding="utf-8")
                put_in_place(folder, target)
                point_current(target)
            time.sleep(0.002)
        # Read here: at the end of the block the pipe is closed, and a slow reader would die of it.
        seen, _ = reader.communicate(timeout=120)
    assert reader.returncode == 0
    assert int(seen) > 0
    assert visible(tmp_path) == {"1.0.0", "current"}


def test_what_was_replaced_stays_for_those_who_read_it(tmp_path: Path) -> None:
    target = tmp_path / "1.0.0"
    for number in range(3):
        with workplace(tmp_path) as folder:
            (folder / "n").write_text(str(number), encoding="utf-8")
            if number == 1:
                opened = os.open(target, os.O_RDONLY)
            put_in_place(folder, target)
        if number == 1:
            assert os.access("n", os.R_OK, dir_fd=opened)
    os.close(opened)
    assert (tmp_path / ".old-1.0.0" / "n").read_text("utf-8") == "1"
    assert {path.name for path in tmp_path.iterdir()} == {".lock", ".old-1.0.0", "1.0.0"}


def test_without_an_exchange_of_folders_an_interrupted_swap_is_mended(tmp_path: Path) -> None:
    (tmp_path / ".old-1.0.0").mkdir()
    (tmp_path / ".tmp-4711").mkdir()
    with workplace(tmp_path):
        assert (tmp_path / "1.0.0").is_dir()
        assert not (tmp_path / ".tmp-4711").exists()


def test_two_steps_do_where_the_system_has_no_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    target = tmp_path / "1.0.0"
    for text in ("old", "new"):
        with workplace(tmp_path) as folder:
            (folder / "n").write_text(text, encoding="utf-8")
            put_in_place(folder, target)
    assert (target / "n").read_text("utf-8") == "new"
    assert visible(tmp_path) == {"1.0.0"}


def test_a_killed_build_leaves_the_last_release(project: Path) -> None:
    public = project / "public"
    before = snapshot(public)
    script = (
        "import os, pathlib, signal\n"
        "from acagraph.release import folder, publish\n"
        "folder.write_store = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "publish.build(pathlib.Path('.'), pathlib.Path('public'))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], cwd=project, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert snapshot(public) == before
    assert list(public.glob(".tmp-*"))
    build(project, public)
    assert not list(public.glob(".tmp-*"))


def test_a_second_build_at_the_same_time_is_refused(tmp_path: Path) -> None:
    with workplace(tmp_path), pytest.raises(ReleaseError, match="another build"), workplace(tmp_path):
        pass


def test_missing_input_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="data"):
        build(tmp_path, tmp_path / "public")
    assert not (tmp_path / "public").exists()


@pytest.fixture
def small_copy(tmp_path: Path, small_release: Path) -> Path:
    return Path(shutil.copytree(small_release, tmp_path / "small"))


def visible(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def is_coalition(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value == PREFIXES["aca"] + "Coalition"


def files(release: Path) -> list[Path]:
    """Return the files of a release, without the store's."""
    return [
        path
        for path in release.rglob("*")
        if path.is_file() and "store" not in path.relative_to(release).parts
    ]


def snapshot(public: Path) -> dict[str, tuple[int, str]]:
    """Return what can be seen of the releases: each file with its inode and content, and the link."""
    seen = {}
    for folder, _, names in os.walk(public):
        for path in (Path(folder) / name for name in names):
            name = path.relative_to(public).as_posix()
            if not name.startswith("."):
                seen[name] = (path.lstat().st_ino, hashlib.sha256(path.read_bytes()).hexdigest())
    return seen | {"current": (0, str((public / "current").readlink()))}


@pytest.mark.parametrize("piece", [1_000, 1_000_000])
def test_a_store_that_is_loaded_in_pieces_is_one_graph(release: Path, tmp_path: Path, piece: int) -> None:
    """In each load a name stands for another blank node: a union of classes must not come apart."""
    with gzip.open(release / "data" / "acagraph.nq.gz") as file:
        lines = list(file)
    blank = sum(has_blank(line) for line in lines)
    assert 0 < blank < len(lines)
    write_store(lines, tmp_path / "store", piece=piece)
    found = compare(lambda: lines, ox.Store.read_only(str(tmp_path / "store")))
    assert (found.equal, found.dumped, found.stored) == (True, len(lines), len(lines))
