"""Generated data is like the real data: it conforms, and is as large as asked for."""

from __future__ import annotations

import csv
import datetime
import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import acagraph
from acagraph.inference import DERIVED, infer
from acagraph.validation.findings import Finding
from acagraph.validation.run import judge_checks, judge_shapes

ROOT = Path(__file__).parent.parent
ID = "https://w3id.org/acagraph/id"
Generate = Callable[..., Path]


def generated(release: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the generator as its users do."""
    script = ROOT / "benchmarks" / "generate.py"
    command = [sys.executable, script, "--release", release, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def generate(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Generate:
    """Return a function that makes N-Quads of the curated release, once for equal arguments."""
    made: dict[tuple[str, ...], Path] = {}

    def make(*arguments: str) -> Path:
        if arguments not in made:
            path = tmp_path_factory.mktemp("generated") / "data.nq"
            run = generated(release, *arguments, "--output", path)
            assert run.returncode == 0, run.stderr
            made[arguments] = path
        return made[arguments]

    return make


def loaded(path: Path) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
    return store


def judged(path: Path) -> list[Finding]:
    checks = judge_checks(loaded(path), ROOT / "queries" / "checks")
    return [*checks, *judge_shapes(path, ROOT / "shapes")]


def violations(path: Path) -> Counter[tuple[str, str]]:
    return Counter((found.rule, found.focus) for found in judged(path) if found.severity == "violation")


def count(path: Path) -> int:
    return len(path.read_bytes().splitlines())


def derived(store: ox.Store) -> set[ox.Triple]:
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, DERIVED)}


def subjects(path: Path, start: str) -> Counter[str]:
    """Count the lines of each subject below a start."""
    names = (line.split(" ", 1)[0] for line in path.read_text("utf-8").splitlines())
    return Counter(name for name in names if name.startswith(f"<{start}"))


@pytest.mark.parametrize("factor", ["0", "0.3", "2.5"])
def test_every_size_conforms(generate: Generate, factor: str) -> None:
    assert not violations(generate("--factor", factor))


@pytest.mark.parametrize("factor", ["0.3", "2.5"])
def test_the_derived_graph_is_what_the_rules_derive(generate: Generate, release: Path, factor: str) -> None:
    store = loaded(generate("--factor", factor))
    published = derived(store)
    store.remove_graph(DERIVED)
    day = datetime.date.fromisoformat(manifest_of(release)["date"])
    infer(store, rules=ROOT / "queries" / "rules", as_of=day)
    assert derived(store) == published


def test_factor_one_is_the_release(generate: Generate, release: Path) -> None:
    assert generate("--factor", "1").read_bytes() == gzip.decompress(
        (release / "data" / "acagraph.nq.gz").read_bytes()
    )


def test_triples_grow_with_the_factor(generate: Generate) -> None:
    none, one, two, many = (count(generate("--factor", factor)) for factor in ("0", "1", "2", "4.5"))
    assert one - none > 1000
    assert two - one == pytest.approx(one - none, rel=0.001)
    assert many - none == pytest.approx(4.5 * (one - none), rel=0.01)


def test_as_many_triples_as_asked_for(generate: Generate) -> None:
    assert count(generate("--triples", "60000")) == pytest.approx(60_000, rel=0.01)


def test_memberships_grow_and_coalitions_do_not(generate: Generate) -> None:
    def ask(path: Path, query: str) -> int:
        solutions = loaded(path).query(f"{PREFIXES} {query}", use_default_graph_as_union=True)
        assert isinstance(solutions, ox.QuerySolutions)
        [row] = solutions
        value = row[0]
        assert isinstance(value, ox.Literal)
        return int(value.value)

    one, three = generate("--factor", "1"), generate("--factor", "3")
    coalitions = "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a aca:Coalition }"
    assert ask(one, coalitions) == ask(three, coalitions) > 0
    members = "SELECT (COUNT(*) AS ?n) { ?any aca:memberOf coalition:jci }"
    assert ask(three, members) > 2 * ask(one, members)


PREFIXES = f"PREFIX aca: <https://w3id.org/acagraph/ontology#> PREFIX coalition: <{ID}/coalition/>"


def test_a_copy_has_as_many_triples_as_its_original(generate: Generate) -> None:
    path = generate("--factor", "3")
    for kind in ("agent", "statement", "evidence"):
        found = subjects(path, f"{ID}/{kind}/")
        copies = {name: lines for name, lines in found.items() if "-copy" in name}
        assert copies
        assert copies == {name: found[re.sub(r"-copy\d", "", name)] for name in copies}


def test_names_are_real_and_differ(generate: Generate) -> None:
    store = loaded(generate("--factor", "3"))
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    names = [
        {
            quad.object.value
            for quad in store.quads_for_pattern(ox.NamedNode(f"{ID}/agent/sony{copy}"), label, None, None)
            if isinstance(quad.object, ox.Literal) and quad.object.language == "en"
        }
        for copy in ("", "-copy2", "-copy3")
    ]
    assert names == [{"Sony"}, {"Sony 2"}, {"Sony 3"}]


def test_the_metadata_tell_how_many_triples_there_are(generate: Generate) -> None:
    path = generate("--factor", "2.5")
    lines = path.read_text("utf-8").splitlines()
    graphs = Counter(line.rsplit(" ", 2)[1].strip("<>") for line in lines)
    told = dict(re.findall(r'<(\S+)> <http://rdfs\.org/ns/void#triples> "(\d+)"', "\n".join(lines)))
    whole = {name: number for name, number in told.items() if re.search("/(dataset|releases/[^/]+/)$", name)}
    assert set(whole.values()) == {str(len(lines))}, whole
    named = {name: number for name, number in told.items() if "/graph/" in name and "#" not in name}
    assert named == {graph: str(number) for graph, number in graphs.items()}


def test_all_lines_of_a_subject_stand_together(generate: Generate) -> None:
    names = [line.split(" ", 1)[0] for line in generate("--factor", "2.5").read_text("utf-8").splitlines()]
    blocks = [name for name, before in zip(names, ["", *names], strict=False) if name != before]
    assert len(blocks) == len(set(blocks))


def test_the_seed_decides_and_nothing_else(generate: Generate, release: Path, tmp_path: Path) -> None:
    one = generate("--factor", "0.5", "--seed", "1").read_bytes()
    assert generate("--factor", "0.5", "--seed", "2").read_bytes() != one
    for name in ("again.nq", "again.nq.gz", "twice.nq.gz"):
        assert generated(release, "--factor", "0.5", "--output", tmp_path / name).returncode == 0
    assert (tmp_path / "again.nq").read_bytes() == one
    packed = (tmp_path / "again.nq.gz").read_bytes()
    assert packed == (tmp_path / "twice.nq.gz").read_bytes()
    assert gzip.decompress(packed) == one


def test_faults_are_what_a_validation_finds_and_all_it_finds(release: Path, tmp_path: Path) -> None:
    wrong, told = tmp_path / "wrong.nq", tmp_path / "faults.json"
    run = generated(release, "--factor", "2", "--faults", "60", "--seeded", told, "--output", wrong)
    assert run.returncode == 0, run.stderr
    seeded = json.loads(told.read_bytes())
    assert len({fault["kind"] for fault in seeded}) == 6
    assert violations(wrong) == Counter((fault["rule"], fault["focus"]) for fault in seeded)
    assert len(seeded) == 60


def test_a_release_is_made_that_opens(release: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert generated(release, "--factor", "2", "--as-release", made).returncode == 0
    with acagraph.open(made) as dataset, acagraph.open(release) as original:
        assert dataset.info().triples > original.info().triples
        assert dataset.manifest["triples"] == len(gzip.decompress(dump(made)).splitlines())
        assert dict(dataset.queries).keys() == dict(original.queries).keys()
        assert "Sony 2" in dataset.describe("agent:sony-copy2").serialize(format="nt")
    sizes = {made / entry["path"]: entry["bytes"] for entry in manifest_of(made)["files"]}
    assert sizes == {path: path.stat().st_size for path in sizes}
    assert made / "shapes.ttl" in sizes
    again = generated(release, "--as-release", made)
    assert again.returncode == 2
    assert "exists" in again.stderr


def manifest_of(release: Path) -> Any:
    return json.loads((release / "manifest.json").read_bytes())


def dump(release: Path) -> bytes:
    return (release / "data" / "acagraph.nq.gz").read_bytes()


def test_a_copy_stands_where_its_original_does(release: Path, tmp_path: Path) -> None:
    index = Path("validation") / "places.csv.gz"
    assert generated(release, "--factor", "2", "--as-release", tmp_path / "made").returncode == 0
    with gzip.open(tmp_path / "made" / index, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    name = f"{ID}/agent/sony"
    places = {thing: [(row["file"], row["line"]) for row in rows if row["thing"] == thing] for thing in
              (name, f"{name}-copy2")}  # fmt: skip
    assert places[name]
    assert places[f"{name}-copy2"] == places[name]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--factor", "-1"), "not between 0 and"),
        (("--factor", "1000"), "not between 0 and"),
        (("--triples", "10"), "at every size"),
        (("--faults", "100000"), "give a larger factor"),
    ],
)
def test_what_cannot_be_made_is_said(
    release: Path, tmp_path: Path, arguments: tuple[str, str], told: str
) -> None:
    run = generated(release, *arguments, "--output", tmp_path / "none.nq")
    assert run.returncode == 2
    assert told in run.stderr
    assert "Traceback" not in run.stderr


def test_generated_data_is_not_grown_again(generate: Generate, tmp_path: Path) -> None:
    run = generated(generate("--factor", "2"), "--output", tmp_path / "none.nq")
    assert run.returncode == 2
    assert "is generated already" in run.stderr
