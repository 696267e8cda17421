"""The releases of a folder, their order, and the one that a release follows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acagraph.errors import SourceError
from acagraph.release.history import find, order, releases
from acagraph.release.publish import build, previous, up_to_date
from acagraph.release.swap import point_current
from acagraph.sources import discover


def stood(out: Path, *versions: str) -> None:
    for version in versions:
        (out / version).mkdir(parents=True)
        (out / version / "manifest.json").write_text(json.dumps({"version": version}), encoding="utf-8")


def versioned(project: Path, version: str, more: str = "") -> None:
    path = project / "data" / "dataset.toml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("version", "previous"))]
    path.write_text(f'version = "{version}"\n{more}{"".join(kept)}', encoding="utf-8")


def test_versions_are_ordered_by_their_numbers() -> None:
    versions = ["2027.1.1", "2026.10.2", "2026.10.1-2", "2026.10.1-1", "2026.10.1", "2026.2.1"]
    assert sorted(versions, key=order, reverse=True) == versions
    assert sorted(versions, reverse=True) != versions


def test_what_is_no_release_is_left_out(tmp_path: Path) -> None:
    stood(tmp_path, "2026.9.1", "2026.10.1", ".old-2026.9.1")
    (tmp_path / "current").symlink_to("2026.10.1")
    (tmp_path / "failed-report").mkdir()
    stood(tmp_path, "2026.8.1")
    (tmp_path / "2026.8.1" / "manifest.json").write_text("{", encoding="utf-8")
    stood(tmp_path, "²")
    stood(tmp_path, "deep")
    (tmp_path / "deep" / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    stood(tmp_path, "copy")
    (tmp_path / "copy" / "manifest.json").write_text('{"version": "2026.9.1"}', encoding="utf-8")
    assert [past.version for past in releases(tmp_path)] == ["2026.10.1", "2026.9.1", "²"]
    assert releases(tmp_path / "nowhere") == []
    found = find(tmp_path, "2026.9.1")
    assert found is not None
    assert found.folder == tmp_path / "2026.9.1"
    assert find(tmp_path, "2026.8.1") is None


def test_a_version_is_found_however_its_numbers_are_written(tmp_path: Path) -> None:
    stood(tmp_path, "2026.12.01", "2026.11.22")
    found = find(tmp_path, "2026.12.1")
    assert found is not None
    assert found.version == "2026.12.01"
    assert find(tmp_path, "2026.12.1-1") is None
    stood(tmp_path, "2026.12.1")
    for version in ("2026.12.1", "2026.12.01"):
        found = find(tmp_path, version)
        assert found is not None
        assert found.version == version


def test_the_one_before_is_named_as_it_is_called(project: Path) -> None:
    versioned(project, "2030.1.1", 'previous = "2029.1.2"\n')
    stood(project / "public", "2029.01.02")
    with pytest.raises(SourceError, match=r"previous 2029\.1\.2 is called 2029\.01\.02; write it so"):
        previous(project / "public", discover(project, registers=False))


def test_building_an_older_version_again_does_not_turn_the_clock_back(project: Path) -> None:
    public = project / "public"
    first = (public / "current").resolve()
    stood(public, "2031.1.1")
    point_current(public / "2031.1.1")
    told = build(project, public, only_curated=True)
    assert told.path == public / first.name
    assert (public / "current").resolve() == (public / "2031.1.1").resolve()
    assert any(f"stays at {public / '2031.1.1'}" in notice for notice in told.notices)
    (public / "2031.1.1").rename(public / ".gone")
    assert not any("stays at" in notice for notice in build(project, public, only_curated=True).notices)
    assert (public / "current").resolve() == first


@pytest.mark.parametrize("version", ["2030.1.1", "2030.1.2"])
def test_a_release_follows_an_older_one(project: Path, version: str) -> None:
    versioned(project, "2030.1.1", f'previous = "{version}"\n')
    with pytest.raises(SourceError, match=f"previous {version} is not older than version 2030.1.1"):
        previous(project / "public", discover(project, registers=False))


def test_a_second_release_names_the_first_and_stands_beside_it(project: Path) -> None:
    public = project / "public"
    first = (public / "current").resolve()
    versioned(project, "2030.1.1")
    told = build(project, public, only_curated=True)
    assert any("2030.1.1 is named after another day" in notice for notice in told.notices)
    assert any(f'add previous = "{first.name}"' in notice for notice in told.notices)
    versioned(project, "2030.1.1", f'previous = "{first.name}"\n')
    ontology = project / "ontology" / "acagraph.ttl"
    ontology.write_text(ontology.read_text("utf-8").replace("1.0.0", "1.0.1"), encoding="utf-8")
    told = build(project, public, only_curated=True)
    assert any("the ontology was 1.0.0 before and does not say so" in notice for notice in told.notices)
    assert not any("add previous" in notice for notice in told.notices)
    manifest = json.loads((public / "current" / "manifest.json").read_text("utf-8"))
    before = json.loads((first / "manifest.json").read_text("utf-8"))
    assert manifest["previous"] == first.name
    assert manifest["previous_rdfc10_sha256"] == before["rdfc10_sha256"]
    assert [past.version for past in releases(public)] == ["2030.1.1", first.name]
    assert up_to_date(project, public, only_curated=True) is not None
    # What the release tells of the one before cannot be told any more, so it is not what a build would write.
    first.rename(public / ".gone")
    assert up_to_date(project, public, only_curated=True) is None
