"""The Data Package of a release is valid, and tells when a table was altered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import frictionless
import pytest

from acagraph.release.tables.definitions import TABLES
from acagraph.release.tables.package import NAME
from acagraph.vocab import BASE


@pytest.fixture
def copy(release: Path, tmp_path: Path) -> Path:
    """The package with its tables, which a test may break."""
    shutil.copytree(release / "data" / "csv", tmp_path / "data" / "csv")
    shutil.copyfile(release / NAME, tmp_path / NAME)
    return tmp_path


def problems(folder: Path) -> set[str]:
    return {
        error.type
        for task in frictionless.Package(str(folder / NAME)).validate().tasks
        for error in task.errors
    }


def test_the_package_is_valid(release: Path) -> None:
    report = frictionless.Package(str(release / NAME)).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])
    assert {task.type for task in report.tasks} == {"table"}
    assert [task.name for task in report.tasks] == sorted(table.name for table in TABLES)


def test_the_package_says_what_it_is(release: Path) -> None:
    told = json.loads((release / NAME).read_text(encoding="utf-8"))
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    assert told["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert told["version"] == manifest["version"]
    assert told["title"] == manifest["title"]
    assert told["licenses"] == [{"path": manifest["licence"]}]
    assert told["id"] == f"{BASE}releases/{manifest['version']}/"
    files = {entry["path"]: entry for entry in manifest["files"]}
    for resource in told["resources"]:
        entry = files[resource["path"]]
        assert (resource["bytes"], resource["hash"]) == (entry["bytes"], f"sha256:{entry['sha256']}")
    sources = (release / "data" / "csv" / "sources.csv").read_text(encoding="utf-8")
    assert len(told["sources"]) > 10
    assert all(source["title"].replace('"', '""') in sources for source in told["sources"])
    assert all(source["path"].startswith("http") for source in told["sources"])


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("table", "change", "kind"),
    [
        ("memberships", replaced("/coalition/jci", "/coalition/nobody"), "foreign-key"),
        ("memberships", replaced(",true,", ",perhaps,"), "type-error"),
        ("sources", lambda text: text + text.splitlines(keepends=True)[1], "primary-key"),
        ("evidence", lambda text: text[:-2], "byte-count"),
        ("terms", replaced("a", "b"), "hash-count"),
    ],
)
def test_an_altered_table_is_found(table: str, change: Callable[[str], str], kind: str, copy: Path) -> None:
    path = copy / "data" / "csv" / f"{table}.csv"
    before = path.read_bytes().decode()
    after = change(before)
    assert before != after
    path.write_bytes(after.encode())
    assert kind in problems(copy)
