"""Dumps hold what was parsed, in every format, for every reader, and are whole or not there at all."""

from __future__ import annotations

import datetime
import errno
import gzip
import hashlib
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from acagraph.dataset import read_manifest
from acagraph.errors import ReleaseError, SourceError
from acagraph.release.clock import Clock
from acagraph.release.content import Content, Part, join, write_part
from acagraph.release.context import context
from acagraph.release.crew import crew
from acagraph.release.dumps.names import Names
from acagraph.release.dumps.plan import REIFIED, Dump, planned
from acagraph.release.dumps.writing import write_dumps
from acagraph.release.inputs import gather
from acagraph.release.proof.identity import hashes
from acagraph.vocab import PREFIXES, XSD, compact, expand, graph_iri
from test_jsonld import CONTEXT, DAY, DERIVED, by_oxigraph, by_pyld, content_of, dumped, nquads, quad, union

from published import ROOT

REIFIES = ox.NamedNode(expand("rdf:reifies"))
NAMED = ("nq", "trig", "jsonld")
RDFLIB = {"ttl": "turtle", "nt": "nt", "nq": "nquads", "trig": "trig", "jsonld": "json-ld", "rdf": "xml"}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    return gather(ROOT, tmp_path_factory.mktemp("content"), clock=Clock(), only_curated=True).content


@pytest.fixture(scope="module")
def written(content: Content, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """Dumps of the curated data, written by this process alone."""
    folder = tmp_path_factory.mktemp("release")
    return folder, write_dumps(content, folder, context=CONTEXT, as_of=day(), workers=1)


@pytest.fixture(scope="module")
def folder(written: tuple[Path, dict[str, int]]) -> Path:
    return written[0]


def day() -> datetime.date:
    import tomllib

    text = (ROOT / "data" / "dataset.toml").read_text("utf-8")
    found: datetime.date = tomllib.loads(text)["date"]
    return found


def hash_of(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line} .\n" for line in sorted(lines)).encode()).hexdigest()


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def test_the_files_are_those_of_the_plan_with_the_triples_in_each(
    content: Content, written: tuple[Path, dict[str, int]]
) -> None:
    folder, counts = written
    assert set(files(folder)) == set(counts) == {dump.path for dump in planned(content.parts)}
    assert counts["data/acagraph.nq.gz"] == content.triples
    assert counts["data/graphs/shared.ttl"] == content.parts["shared"].triples
    for name, count in counts.items():
        assert count == len(by_oxigraph_raw(folder / name)), name


def by_oxigraph_raw(path: Path) -> list[ox.Quad]:
    form = ox.RdfFormat.from_extension(path.name.removesuffix(".gz").rpartition(".")[2])
    assert form is not None
    return list(ox.parse(unpacked(path), format=form))


@pytest.mark.parametrize(
    "dump", [dump for dump in planned(()) if dump.path != REIFIED], ids=lambda dump: dump.path
)
def test_a_dump_gives_the_published_hash_back(content: Content, folder: Path, dump: Dump) -> None:
    wanted = content.sha256 if dump.form.name in NAMED else hashes(content.lines).union
    assert hash_of(by_oxigraph(folder / dump.path)) == wanted


def test_packed_lines_are_the_canonical_form_itself(content: Content, folder: Path) -> None:
    data = unpacked(folder / "data" / "acagraph.nq.gz")
    assert hashlib.sha256(data).hexdigest() == content.sha256
    without = [line[: line.rindex(b" <")] + b" .\n" for line in data.splitlines()]
    assert unpacked(folder / "data" / "acagraph.nt.gz") == b"".join(without)


def test_each_graph_stands_alone_in_six_formats(content: Content, folder: Path) -> None:
    for dump in planned(content.parts):
        if dump.graph is not None:
            quads = list(content.parts[dump.graph].quads())
            wanted = nquads(quads) if dump.form.name in NAMED else union(quads)
            assert by_oxigraph(folder / dump.path) == wanted, dump.path


@pytest.mark.parametrize("form", RDFLIB)
def test_rdflib_reads_every_triple(content: Content, folder: Path, form: str) -> None:
    assert_rdflib_reads(
        content, folder, [dump for dump in planned(content.parts) if small(dump, content)], form
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize("form", RDFLIB)
def test_rdflib_reads_the_large_graphs_too(content: Content, folder: Path, form: str) -> None:
    assert_rdflib_reads(content, folder, planned(content.parts), form)


def small(dump: Dump, content: Content) -> bool:
    """Say whether a dump is of the whole, which rdflib must read always, or of a graph that it reads fast."""
    return dump.graph is None or content.parts[dump.graph].triples < 300


def assert_rdflib_reads(content: Content, folder: Path, dumps: Iterable[Dump], form: str) -> None:
    for dump in (dump for dump in dumps if dump.form.name == form and dump.path != REIFIED):
        count = content.parts[dump.graph].triples if dump.graph else content.triples
        data = unpacked(folder / dump.path)
        if form in NAMED:
            found = rdflib.Dataset().parse(data=data, format=RDFLIB[form])
            assert sum(1 for _ in found.quads()) == count, dump.path
        else:
            assert len(rdflib.Graph().parse(data=data, format=RDFLIB[form])) == count, dump.path


def test_pyld_gives_the_hash_back_without_a_network(content: Content, folder: Path) -> None:
    assert hash_of(by_pyld(folder / "data" / "acagraph.jsonld")) == content.sha256
    for name in ("ontology", "metadata", "source/002"):
        assert by_pyld(folder / "data" / "graphs" / f"{name}.jsonld") == nquads(content.parts[name].quads())


def test_no_byte_depends_on_the_number_of_processes(content: Content, folder: Path, tmp_path: Path) -> None:
    write_dumps(content, tmp_path, context=CONTEXT, as_of=day(), workers=2)
    assert files(tmp_path) == files(folder)


def test_packed_files_tell_neither_time_nor_name(folder: Path) -> None:
    packed = list(folder.rglob("*.gz"))
    assert packed
    for path in packed:
        assert path.read_bytes()[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", path


def test_people_find_the_class_and_the_name_first(folder: Path) -> None:
    text = (folder / "data" / "acagraph.ttl").read_text("utf-8")
    start = text.index("\nagent:sony\n")
    lines = [line.strip() for line in text[start : text.index("    .\n", start)].splitlines()[2:]]
    verbs = [line.split()[0] for line in lines]
    assert verbs[: verbs.count("a")] == ["a"] * verbs.count("a")
    assert verbs[verbs.count("a")] == "skos:prefLabel"
    assert [line for line in verbs if line == "aca:memberOf"]


def test_json_is_compact_nearly_everywhere(folder: Path) -> None:
    text = (folder / "data" / "acagraph.jsonld").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith('      "')]
    long = [line for line in lines if '"@value"' in line or '{"id"' in line]
    assert len(long) < len(lines) / 100, Counter(line.split(":")[0] for line in long)


def test_spellings_are_kept(tmp_path: Path) -> None:
    spellings = [
        *(
            ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal"))
            for text in ("9.460", "9.46", "1.", ".5", "1")
        ),
        *(ox.Literal(text, datatype=ox.NamedNode(XSD + "integer")) for text in ("030", "30", "+30", "x")),
        *(ox.Literal(text, datatype=ox.NamedNode(XSD + "boolean")) for text in ("1", "true", "TRUE")),
        ox.Literal("2018-01-01T00:00:00.000Z", datatype=ox.NamedNode(XSD + "dateTime")),
        ox.Literal("気候変動イニシアティブ", language="ja"),
        ox.Literal('quoted " and \\ and\r\nbroken'),
    ]
    subjects = ("https://example.org/s", "https://example.org/p")
    graphs = ("shared", "register/x")
    stated = [
        quad(one, "https://example.org/p", value, graph_iri(name))
        for one, name in zip(subjects, graphs, strict=True)
        for value in spellings
    ]
    _, data = dumped(stated, tmp_path)
    for path in (path for path in data.rglob("*") if path.is_file()):
        assert {quad.object for quad in by_oxigraph_raw(path)} == set(spellings), path


@pytest.mark.parametrize(
    "iri",
    [*PREFIXES.values(), *(space + "Name-1.x_y" for space in PREFIXES.values()), "https://example.org/a",
     *(PREFIXES["agent"] + local for local in ("-a", "a.", ".a", "a/b", "a#b", "a:b", "ä", "1", "_")),
     "https://w3id.org/acagraph/id/agent", "urn:x"],
)  # fmt: skip
def test_short_names_are_those_of_the_vocabulary(iri: str) -> None:
    names = Names()
    short = compact(iri)
    assert names.short(iri) == (None if short == iri else short)
    assert names.used == (set() if short == iri else {short.partition(":")[0]})


# RDF 1.2


def test_the_dump_of_rdf_1_2_says_so_and_holds_the_dataset(content: Content, folder: Path) -> None:
    assert unpacked(folder / REIFIED).startswith(b'VERSION "1.2"\n# RDF 1.2')
    plain = [quad for quad in by_oxigraph_raw(folder / REIFIED) if quad.predicate != REIFIES]
    assert hash_of(nquads(plain)) == content.sha256


def test_a_statement_reifies_the_edges_that_the_rules_derive_from_it(content: Content, folder: Path) -> None:
    assert_reified(content.path, folder / REIFIED, day())


def assert_reified(dataset: Path, dump: Path, day: datetime.date) -> None:
    told = {
        (str(quad.subject), str(quad.object.subject), str(quad.object.predicate), str(quad.object.object))
        for quad in by_oxigraph_raw(dump)
        if isinstance(quad.object, ox.Triple)
    }
    store = ox.Store()
    store.bulk_load(path=dataset, format=ox.RdfFormat.N_QUADS)
    found = set()
    rules = ("20-participation-current", "20-participation-ever", "20-relation")
    for rule in rules:
        edges = derived_by(rule, store, day)
        assert edges, rule
        found |= edges
    assert told == found


def derived_by(rule: str, store: ox.Store, day: datetime.date) -> set[tuple[str, ...]]:
    """Ask a rule of the project for the statement, too, from which it derives an edge."""
    text = (ROOT / "queries" / "rules" / f"{rule}.rq").read_text("utf-8")
    head = re.search(r"CONSTRUCT \{ \?(\w+) \?(\w+) \?(\w+) \}\s*WHERE \{\s*SELECT ", text)
    assert head is not None
    names = head.groups()
    query = (
        text[: head.start()] + "SELECT DISTINCT ?statement " + text[head.end() :].rstrip().removesuffix("}")
    )
    midnight = ox.Literal(f"{day}T00:00:00Z", datatype=ox.NamedNode(XSD + "dateTime"))
    rows: Any = store.query(
        query, use_default_graph_as_union=True, substitutions={ox.Variable("asOf"): midnight}
    )
    return {tuple(str(row[name]) for name in ("statement", *names)) for row in rows}


STATEMENT, MEMBERSHIP = expand("stmt:x"), ox.NamedNode(expand("aca:Membership"))
MEMBER = {
    "rdf:type": MEMBERSHIP,
    "aca:participant": ox.NamedNode(expand("agent:sony")),
    "aca:inCoalition": ox.NamedNode(expand("coalition:jci")),
}


@pytest.mark.parametrize(
    ("more", "edges"),
    [
        ({}, {"hasBeenMemberOf", "memberOf"}),
        ({"aca:participationStatus": "ended"}, {"hasBeenMemberOf"}),
        ({"aca:participationStatus": "announced"}, set()),
        (
            {"aca:participationStatus": "announced", "aca:startsNotBefore": "2020-01-01"},
            {"hasBeenMemberOf", "memberOf"},
        ),
        ({"aca:startsNotBefore": "2026-11-23"}, set()),
        ({"aca:startsNotBefore": "2026-11-22"}, {"hasBeenMemberOf", "memberOf"}),
        ({"aca:endsNotAfter": "2026-11-21"}, {"hasBeenMemberOf"}),
        ({"aca:endsNotAfter": "2026-11-22"}, {"hasBeenMemberOf", "memberOf"}),
        ({"superseded": "yes"}, set()),
    ],
)
def test_what_a_statement_says_decides_its_edges(
    tmp_path: Path, more: dict[str, str], edges: set[str]
) -> None:
    ontology = list(ox.parse(path=ROOT / "ontology" / "acagraph.ttl", format=ox.RdfFormat.TURTLE))
    terms: dict[str, ox.NamedNode | ox.Literal] = dict(MEMBER)
    stated = [
        ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(graph_iri("ontology"))) for q in ontology
    ]
    for name, value in more.items():
        if name == "superseded":
            stated.append(quad(expand("stmt:y"), expand("aca:supersedes"), ox.NamedNode(STATEMENT)))
        elif name == "aca:participationStatus":
            terms[name] = ox.NamedNode(expand(f"participation-status:{value}"))
        else:
            terms[name] = ox.Literal(f"{value}T00:00:00Z", datatype=ox.NamedNode(XSD + "dateTime"))
    stated += [quad(STATEMENT, expand(name), value) for name, value in terms.items()]
    content, data = dumped(stated, tmp_path)
    told = {
        quad.object.predicate.value.removeprefix(PREFIXES["aca"])
        for quad in by_oxigraph_raw(data / "acagraph.rdf12.trig.gz")
        if isinstance(quad.object, ox.Triple)
    }
    store = ox.Store()
    store.bulk_load(path=content.path, format=ox.RdfFormat.N_QUADS)
    rules = ("20-participation-current", "20-participation-ever")
    asked = {edge[1:-1] for rule in rules for _, _, edge, _ in derived_by(rule, store, DAY)}
    assert {PREFIXES["aca"] + name for name in told} == asked == {PREFIXES["aca"] + name for name in edges}


# What goes wrong


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'<x:a> <https://example.org/p> "\\u0007" ', "RDF/XML cannot hold a control character"),
        (b'<x:a> <https://example.org/1> "text" ', "RDF/XML cannot hold a property of that name"),
        (f'<x:a> <{PREFIXES["rdf"]}li> "text" '.encode(), "RDF/XML cannot hold a property of that name"),
        (b'<x:a> <https://example.org/p> "text"@ar--rtl ', "direction"),
        (b"<x:a> <https://example.org/p> <<( <x:a> <x:b> <x:c> )>> ", "triple term"),
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_format_cannot_hold_is_told_and_nothing_is_left(
    tmp_path: Path, line: bytes, message: str, workers: int
) -> None:
    good = content_of(
        [quad(expand("agent:a"), expand("rdfs:label"), ox.Literal("A"), graph_iri("register/x"))], tmp_path
    )
    bad = write_part("derived", [line + f"<{DERIVED}> .\n".encode()], tmp_path)
    content = join([*good.parts.values(), bad], tmp_path / "both.nq", place=lambda _: None)
    target = tmp_path / "release"
    with pytest.raises(ReleaseError, match=message):
        write_dumps(content, target, context=CONTEXT, as_of=DAY, workers=workers)
    assert files(target) == {}


def test_blank_nodes_that_people_may_not_write_are_told(tmp_path: Path) -> None:
    node = ox.BlankNode("a")
    stated = [ox.Quad(node, REIFIES, node, ox.NamedNode(graph_iri("shared")))]
    with pytest.raises(SourceError, match="form a cycle"):
        dumped(stated, tmp_path)
    assert files(tmp_path / "data") == {}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path, workers: int) -> None:
    lines = [
        f'<{PREFIXES["agent"]}{i}> <{PREFIXES["rdfs"]}label> "{i}" <{DERIVED}> .\n'.encode()
        for i in range(3000)
    ]
    content = join([write_part("derived", lines, tmp_path)], tmp_path / "all.nq", place=lambda _: None)
    (tmp_path / "context.jsonld").write_bytes(CONTEXT)
    script = (
        "import datetime, pathlib, resource, sys\n"
        "from acagraph.release.content import Content, Part\n"
        "from acagraph.release.dumps.writing import write_dumps\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "part = Part('derived', here / 'derived.nq', 3000)\n"
        "content = Content({'derived': part}, here / 'all.nq', '')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n"
        "    write_dumps(content, here / 'release', context=(here / 'context.jsonld').read_bytes(),\n"
        "                as_of=datetime.date(2026, 11, 22), workers=int(sys.argv[2]))\n"
        "except OSError as error:\n"
        "    print(error.errno)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(workers)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert content.triples == 3000
    assert result.stdout == f"{errno.EFBIG}\n", result.stderr
    assert files(tmp_path / "release") == {}


# Processes


def test_results_come_in_the_order_of_the_tasks() -> None:
    with crew(2) as run:
        assert run([partial(pow, number, 2) for number in range(20)]) == [number**2 for number in range(20)]
        assert run([]) == []
        assert len({*run([os.getpid] * 20), os.getpid()}) == 3


def test_an_error_of_a_task_is_raised_with_where_it_happened() -> None:
    with pytest.raises(FileNotFoundError) as caught, crew(2) as run:
        run([partial(os.stat, "there-is-none")])
    assert caught.value.filename == "there-is-none"
    assert "_work" in caught.value.__notes__[0]


def test_a_process_that_is_killed_is_told() -> None:
    with pytest.raises(ReleaseError, match="was killed"), crew(2) as run:
        run([kill_me, *[os.getpid] * 5])


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


WAITING = (
    "import signal\n"
    "with open(pipe, 'wb', buffering=0) as file:\n"
    "    file.write(b'+')\n"
    "    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])\n"
    "    signal.sigwait([signal.SIGUSR1])\n"
)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_when_the_build_ends_its_processes_do(tmp_path: Path, number: signal.Signals) -> None:
    """Each process holds a pipe open for writing; that reading comes to an end shows that both are gone."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    script = (
        "import sys\n"
        "from functools import partial\n"
        "from acagraph.release.crew import crew\n"
        f"with crew(2) as run: run([partial(exec, {WAITING!r}, {{'pipe': sys.argv[1]}})] * 2)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(pipe)],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as build:
        with pipe.open("rb") as reading:
            assert reading.read(2) == b"++"
            # As the terminal does: to all of them.
            (os.killpg if number == signal.SIGINT else os.kill)(build.pid, number)
            assert reading.read() == b""
        assert build.wait() != 0


# The full release


@pytest.mark.exhaustive
def test_the_full_release_gives_its_hashes_back_to_every_reader(full: Path) -> None:
    manifest = read_manifest(full / "manifest.json")
    for dump in planned(()):
        if dump.path == REIFIED:
            continue
        wanted = manifest["rdfc10_sha256" if dump.form.name in NAMED else "rdfc10_sha256_of_union"]
        assert hash_of(by_oxigraph(full / dump.path)) == wanted, dump.path


@pytest.mark.exhaustive
def test_the_full_release_reifies_what_the_rules_derive(full: Path, tmp_path: Path) -> None:
    lines = tmp_path / "all.nq"
    lines.write_bytes(unpacked(full / "data" / "acagraph.nq.gz"))
    assert_reified(
        lines, full / REIFIED, datetime.date.fromisoformat(read_manifest(full / "manifest.json")["date"])
    )


@pytest.mark.exhaustive
def test_the_full_release_has_the_same_bytes_on_two_processes(full: Path, tmp_path: Path) -> None:
    parts: dict[str, list[bytes]] = {}
    for line in unpacked(full / "data" / "acagraph.nq.gz").splitlines(keepends=True):
        parts.setdefault(line[line.rindex(b" <") + 2 : -4].decode().removeprefix(graph_iri("")), []).append(
            line
        )
    made: list[Part] = [write_part(name, lines, tmp_path) for name, lines in parts.items()]
    content = join(made, tmp_path / "all.nq", place=lambda _: None)
    told = context(content.parts["ontology"].quads())
    date = datetime.date.fromisoformat(read_manifest(full / "manifest.json")["date"])
    write_dumps(content, tmp_path / "again", context=told, as_of=date, workers=2)
    for name, data in files(tmp_path / "again").items():
        assert (full / name).read_bytes() == data, name
