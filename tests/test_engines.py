"""Both SHACL engines find the same: in every example, in generated data with faults, in the dataset."""

from __future__ import annotations

import gzip
import random
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis.strategies import DataObject, data, sampled_from

from acagraph.validation.findings import Finding
from acagraph.validation.run import judge_shapes
from acagraph.vocab import BASE, expand, graph_iri
from test_shapes import EXAMPLES, assembled

import generated
from published import ROOT

SHAPES = ROOT / "shapes"
# Enough for every change; `make test-all` takes as many as the issue of the registers asks for.
FEW, MANY = 60, 2_000
RECORD = f"<{BASE}id/evidence/".encode()
IRI = re.compile(rb"<" + BASE.encode() + rb"id/(?:agent|place|statement|evidence|source)/[^>]*>")
CITES = f" <{expand('aca:evidence')}> ".encode()


def told(findings: Iterable[Finding]) -> Counter[tuple[str | None, ...]]:
    return Counter((f.focus, f.path, f.component, f.value, f.severity, f.message, f.rule) for f in findings)


def alike(lines: Path) -> Counter[tuple[str | None, ...]]:
    """Return what both engines find in a file of N-Quads."""
    reference, compiled = (told(judge_shapes(lines, SHAPES, engine)) for engine in ("pyshacl", "shacl"))
    assert compiled == reference
    return reference


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.*.ttl")))
def test_both_find_the_same_in_every_example(name: str, tmp_path: Path) -> None:
    lines = tmp_path / "example.nq"
    ox.serialize(assembled(name)[0], lines, format=ox.RdfFormat.N_QUADS)
    alike(lines)


def test_both_find_the_same_in_the_curated_data(release: Path, tmp_path: Path) -> None:
    found = alike(unpacked(release, tmp_path / "curated.nq"))
    assert {key[4] for key in found} == {"warning"}


@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.exhaustive)])
def test_both_find_the_same_in_a_sample_of_each_register(full: Path, tmp_path: Path, number: int) -> None:
    lines = by_subject(unpacked(full, tmp_path / "all.nq"))
    registers = sorted(registers_of(lines))
    assert registers
    chance = random.Random(7)
    wanted: set[bytes] = set()
    for graph in registers:
        records = sorted(s for s, graphs in lines.items() if s.startswith(RECORD) and graph in graphs)
        wanted |= set(chance.sample(records, min(number, len(records))))
    sample = tmp_path / "sample.nq"
    with sample.open("wb") as file:
        file.writelines(sampled(lines, wanted))
    alike(sample)


@pytest.mark.exhaustive
def test_both_find_the_same_in_the_whole_dataset(full: Path, tmp_path: Path) -> None:
    assert alike(unpacked(full, tmp_path / "all.nq"))


def test_both_find_every_kind_of_fault_that_our_shapes_know(tmp_path: Path) -> None:
    found = Counter(
        key[2] for key in alike(written(generated.graph(random.Random(7).choice, 1_500), tmp_path))
    )
    assert found.keys() == generated.kinds()
    assert min(found.values()) > 5


@given(data())
@settings(max_examples=25)
def test_both_find_the_same_in_whatever_is_stated(drawn: DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        alike(written(generated.graph(chosen(drawn), 6), Path(folder)))


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(100))
def test_both_find_the_same_in_many_faults(seed: int, tmp_path: Path) -> None:
    assert alike(written(generated.graph(random.Random(seed).choice, 300), tmp_path))


def test_a_difference_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(generated.graph(random.Random(7).choice, 50), tmp_path)
    one = told(judge_shapes(lines, SHAPES, "shacl"))
    missing = judge_shapes(lines, SHAPES, "shacl")[1:]
    monkeypatch.setattr("acagraph.validation.engines.run_shacl", lambda *_: missing)
    assert told(judge_shapes(lines, SHAPES, "shacl")) != one
    with pytest.raises(AssertionError):
        alike(lines)


def test_blank_nodes_keep_their_labels(tmp_path: Path) -> None:
    nodes = [ox.BlankNode(label) for label in ("zoe", "b0", "L3C5", "anon1")]
    kind, name = ox.NamedNode(expand("aca:Agent")), ox.NamedNode(expand("skos:prefLabel"))
    quads = [ox.Quad(node, ox.NamedNode(expand("rdf:type")), kind) for node in nodes]
    quads += [ox.Quad(node, name, other) for node, other in zip(nodes, reversed(nodes), strict=True)]
    found = alike(written(quads, tmp_path))
    assert {str(node) for node in nodes} <= {key[0] for key in found}
    assert {str(node) for node in nodes} <= {key[3] for key in found}


def written(quads: Iterable[ox.Quad], folder: Path) -> Path:
    lines = folder / "generated.nq"
    ox.serialize(quads, lines, format=ox.RdfFormat.N_QUADS)
    return lines


def chosen(drawn: DataObject) -> generated.Choice:
    return lambda options: drawn.draw(sampled_from(options))


def unpacked(release: Path, path: Path) -> Path:
    path.write_bytes(gzip.decompress((release / "data" / "acagraph.nq.gz").read_bytes()))
    return path


def by_subject(path: Path) -> dict[bytes, dict[bytes, list[bytes]]]:
    """Return the lines of a file by subject and graph."""
    found: dict[bytes, dict[bytes, list[bytes]]] = defaultdict(lambda: defaultdict(list))
    with path.open("rb") as file:
        for line in file:
            found[line[: line.index(b" ")]][line[line.rindex(b"<") + 1 : -4]].append(line)
    return found


def registers_of(lines: dict[bytes, dict[bytes, list[bytes]]]) -> set[bytes]:
    start = graph_iri("register/").encode()
    return {graph for graphs in lines.values() for graph in graphs if graph.startswith(start)}


def sampled(lines: dict[bytes, dict[bytes, list[bytes]]], records: set[bytes]) -> Iterable[bytes]:
    """Yield all that stands outside of registers, with some records, what cites them and what those name."""
    start = graph_iri("register/").encode()
    of_register = {s for s, graphs in lines.items() if any(graph.startswith(start) for graph in graphs)}
    kept = {s for s in lines if s not in of_register}
    wanted = records | {
        subject
        for subject in of_register
        for line in chain.from_iterable(lines[subject].values())
        if CITES in line and line[line.index(CITES) + len(CITES) : line.rindex(b" <")] in records
    }
    while wanted:
        kept |= wanted
        named = (IRI.findall(line) for s in wanted for group in lines[s].values() for line in group)
        wanted = {iri for iri in chain.from_iterable(named) if iri in of_register} - kept
    for subject in sorted(kept):
        for line in chain.from_iterable(lines[subject].values()):
            # Direct edges of curated things to what is not in the sample.
            if all(iri in kept or iri not in of_register for iri in IRI.findall(line)):
                yield line
