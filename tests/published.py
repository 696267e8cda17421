"""The release of the project's own data as a fixture, built once however many workers there are."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from acagraph.release.publish import build
from acagraph.validation.formats import written

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the release of the curated data, without registers; read it only."""
    return built("public", tmp_path_factory, only_curated=True)


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of everything, registers too; it takes minutes, once for all tests. Read it only."""
    return built("full", tmp_path_factory, only_curated=False) / "current"


@pytest.fixture(scope="session")
def release(public: Path) -> Path:
    """The release of the curated data."""
    return public / "current"


def built(name: str, folders: pytest.TempPathFactory, *, only_curated: bool) -> Path:
    """Return a folder with a release; the first worker that asks makes it, the others wait."""
    shared = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    out = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (out / "current").exists():
            summary = build(ROOT, out, only_curated=only_curated)
            assert summary.path is not None, written(summary.report, "text").decode()
    return out


@pytest.fixture
def project(tmp_path: Path, public: Path) -> Path:
    """A copy of the curated project that a test may break, with the last good release in public/."""
    folder = tmp_path / "project"
    for name in ("data", "ontology", "queries", "shapes"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("registers"))
    shutil.copytree(ROOT / "data" / "registers" / "schemas", folder / "data" / "registers" / "schemas")
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
    shutil.copytree(public, folder / "public", symlinks=True)
    return folder


def committed(folder: Path) -> None:
    """Make a folder a repository of git with all of it in one commit."""
    who = ("-c", "user.name=A Curator", "-c", "user.email=curator@example.org", "-c", "commit.gpgsign=false")
    for arguments in (("init",), ("add", "--all"), ("commit", "--message", "As it was")):
        subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)
