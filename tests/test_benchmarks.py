"""The benchmark suite writes its record, tables and drawing, and knows a slower record; nothing is timed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from published import ROOT

BENCHMARKS = ROOT / "benchmarks"
RECORDS = [
    path for name in ("quick", "whole") if (path := ROOT / "docs" / "benchmarks" / f"{name}.json").is_file()
]


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def measured(release: Path, out: Path, *arguments: str) -> Path:
    """Measure quickly, as `make bench` does, and return the record."""
    done = run("suite.py", "--quick", "--release", release, "--out", out, *arguments)
    assert done.returncode == 0, done.stderr
    return out / "quick.json"


def assert_whole(record: Path) -> dict[str, Any]:
    """Check a record with its tables and drawing, and return it."""
    told = json.loads(record.read_text("utf-8"))
    assert told["measures"]
    for one in told["measures"]:
        assert one["values"], one
        assert all(value >= 0 for value in one["values"]), one
    table = record.with_suffix(".md").read_text("utf-8")
    drawing = ElementTree.fromstring(record.with_suffix(".svg").read_text("utf-8"))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    shown = "".join(drawing.itertext())
    ours = {(one["task"], one["data"]) for one in told["measures"] if one["system"] == "acagraph"}
    for one in told["measures"]:
        assert (one["task"], one["data"]) in ours
        assert one["system"] in table
        assert one["system"] == "acagraph" or one["system"][:12] in shown
    assert all(why in table for why in told["missing"].values())
    return dict(told)


@pytest.fixture(scope="module")
def record(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("benchmarks")
    return measured(release, out, "--rounds", "1", "--only", "engines", "--only", "commands")


def test_a_run_writes_record_tables_and_drawing(record: Path) -> None:
    told = assert_whole(record)
    systems = {one["system"] for one in told["measures"]}
    assert {"acagraph", "rdflib", "python -c pass"} <= systems
    # Whoever is not there is named.
    assert "oxrdflib" in systems | told["missing"].keys()
    text = record.read_text("utf-8")
    assert not [word for word in ("/home", "/tmp", "/work", "hostname") if word in text]


def test_a_record_is_as_fast_as_itself_and_slower_than_a_doctored_one(record: Path, tmp_path: Path) -> None:
    same = run("suite_record.py", record, record)
    assert (same.returncode, "0 worse" in same.stdout) == (0, True)
    told = json.loads(record.read_text("utf-8"))
    for one in told["measures"]:
        if (one["task"], one["system"]) == ("load into memory", "acagraph"):
            one["values"] = [2 * value for value in one["values"]]
    doctored = tmp_path / "doctored.json"
    doctored.write_text(json.dumps(told), encoding="utf-8")
    worse = run("suite_record.py", record, doctored)
    assert (worse.returncode, "slower: load into memory" in worse.stdout) == (3, True)
    # The other way round it became faster, which is no regression.
    assert run("suite_record.py", doctored, record).returncode == 0


def written(path: Path, ours: list[float], theirs: list[float]) -> Path:
    facts = {"machine": {"processors": 2, "model": "x", "python": "3"}, "mode": "quick", "triples": 1}
    measures = [
        {"task": "t", "data": "d", "system": name, "unit": "s", "values": values}
        for name, values in (("acagraph", ours), ("peer", theirs))
    ]
    path.write_text(json.dumps({"facts": facts, "measures": measures, "missing": {}}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("ours", "code"),
    [
        ([1.0, 1.2, 0.9], 0),  # the same
        ([1.2, 1.25, 1.2], 0),  # a fifth slower is noise
        ([2.0, 1.0, 2.1], 0),  # one round is as fast as before
        ([2.0, 2.2, 1.9], 3),  # every round is slower
    ],
)
def test_what_is_noise(ours: list[float], code: int, tmp_path: Path) -> None:
    before = written(tmp_path / "before.json", [1.0, 1.1, 0.95], [4.0, 4.1, 4.2])
    after = written(tmp_path / "after.json", ours, [4.0, 4.1, 4.2])
    assert run("suite_record.py", before, after).returncode == code


def test_a_machine_that_is_slower_as_a_whole_is_no_regression(tmp_path: Path) -> None:
    before = written(tmp_path / "before.json", [1.0, 1.1], [4.0, 4.1])
    after = written(tmp_path / "after.json", [3.0, 3.3], [12.0, 12.3])
    assert run("suite_record.py", before, after).returncode == 0


def test_what_is_no_longer_measured_is_told(tmp_path: Path) -> None:
    before = written(tmp_path / "before.json", [1.0], [4.0])
    told = json.loads(before.read_text("utf-8"))
    told["measures"] = [one | {"task": "another"} for one in told["measures"]]
    after = tmp_path / "after.json"
    after.write_text(json.dumps(told), encoding="utf-8")
    done = run("suite_record.py", before, after)
    assert (done.returncode, "t (d) is no longer measured" in done.stdout) == (3, True)
    told.pop("facts")
    after.write_text(json.dumps(told), encoding="utf-8")
    broken = run("suite_record.py", before, after)
    assert (broken.returncode, "is no record of the suite" in broken.stderr) == (2, True)


@pytest.mark.parametrize("path", RECORDS, ids=[path.name for path in RECORDS])
def test_what_is_recorded_is_whole(path: Path) -> None:
    assert_whole(path)


def test_growth_is_fitted_to_n_log_n() -> None:
    code = (
        "import math, growth\n"
        "sizes = (10**5, 10**6, 10**7)\n"
        "print(round(growth.exponent([(n, 3 * n * math.log(n)) for n in sizes]), 6))\n"
        "print(growth.exponent([(n, n * n) for n in sizes]) > 1.5)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BENCHMARKS, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1.0", "True"]


def test_the_recorded_growth_is_whole_and_no_worse_than_n_log_n() -> None:
    folder = ROOT / "docs" / "benchmarks"
    told = json.loads((folder / "growth.json").read_text("utf-8"))
    assert len(told["sizes"]) >= 3
    assert max(told["exponents"].values()) <= 1.05
    table = (folder / "growth.md").read_text("utf-8")
    assert all(f"{one['triples']:,} triples" in table for one in told["sizes"])
    drawing = ElementTree.fromstring((folder / "growth.svg").read_text("utf-8"))
    assert {"together", "n log n"} <= set(drawing.itertext())


@pytest.mark.exhaustive
def test_the_whole_quick_run(release: Path, tmp_path: Path) -> None:
    told = assert_whole(measured(release, tmp_path))
    tasks = " ".join(one["task"] for one in told["measures"])
    for name in ("load", "memory", "query mix", "validation", "reconciliation", "page", "start", "build"):
        assert name in tasks


@pytest.mark.parametrize("before", ["", "\n", " \n"])  # Virtuoso begins its JSON with an empty line
def test_rows_are_counted_in_json_and_triples_in_lines(before: str) -> None:
    rows = '{"head": {"vars": ["s"]}, "results": {"bindings": [{}, {}, {}]}}'
    bodies = ((before + rows).encode(), b"a b c .\nd e f .\n")
    asked = f"import suite_engine; print(*map(suite_engine.counted, {bodies!r}))"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=BENCHMARKS, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["3", "2"], done.stderr
