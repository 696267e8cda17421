"""The release of the project's own data as a fixture, built once however many workers there are."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from acagraph.release.publish import build

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the release of the real data; read it only."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    out = shared / "public"
    with (shared / "public.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (out / "current").exists():
            summary = build(ROOT, out)
            assert summary.path is not None, summary.report.text()
    return out


@pytest.fixture(scope="session")
def release(public: Path) -> Path:
    """The release of the real data."""
    return public / "current"


@pytest.fixture
def project(tmp_path: Path, public: Path) -> Path:
    """A copy of the project that a test may break, with the last good release in public/."""
    folder = tmp_path / "project"
    for name in ("data", "ontology", "queries", "shapes"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(public, folder / "public", symlinks=True)
    return folder
