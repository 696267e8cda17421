"""The dataset that comes in the package: a release without its store and most of its dumps."""

from __future__ import annotations

from pathlib import Path

from acagraph.errors import ReleaseError
from acagraph.release.manifest import MANIFEST
from acagraph.release.publish import build

_FILES = ("context.jsonld", "ontology.ttl", "redirects.csv", "shapes.ttl", MANIFEST)


def bundle(root: Path, folder: Path) -> dict[str, Path]:
    """Build a release of a project below `folder` and return the files to pack, by their name in the package.

    Registers are left out: they would make the package ten times larger. Raises ReleaseError when the data
    does not conform, and as `build` does.
    """
    summary = build(root, folder, only_curated=True)
    if summary.path is None:
        raise ReleaseError(f"the data does not conform, so it is not packed:\n{summary.report.text()}")
    names = [name for name in _FILES if (summary.path / name).is_file()]
    found = {name: summary.path / name for name in names}
    found["acagraph.nq.gz"] = summary.path / "data" / "acagraph.nq.gz"
    return found | {f"queries/{path.name}": path for path in sorted((summary.path / "queries").iterdir())}
