"""The dataset that comes in the package: a release without its store and most of its dumps."""

from __future__ import annotations

from pathlib import Path

from acagraph.dataset import MANIFEST
from acagraph.errors import ReleaseError
from acagraph.reconciliation.finding import NAMES
from acagraph.release.folder import RULES_PAGE
from acagraph.release.publish import build
from acagraph.validation.formats import written

_FILES = (
    "CITATION.cff",
    "LICENCES.md",
    "citation.bib",
    "context.jsonld",
    "dataset.jsonld",
    "dataset.ttl",
    "licences.json",
    NAMES,
    "ontology.ttl",
    "redirects.csv",
    RULES_PAGE,
    "schema.jsonld",
    "shapes.ttl",
    "void.ttl",
    MANIFEST,
)
_FOLDERS = ("queries", "validation")


def bundle(root: Path, folder: Path) -> dict[str, Path]:
    """Build a release of a project below `folder` and return the files to pack, by their name in the package.

    Registers are left out: they would make the package ten times larger. Raises ReleaseError when the data
    does not conform, and as `build` does.
    """
    summary = build(root, folder, only_curated=True)
    if summary.path is None:
        told = written(summary.report, "text").decode()
        raise ReleaseError(f"the data does not conform, so it is not packed:\n{told}")
    names = [name for name in _FILES if (summary.path / name).is_file()]
    found = {name: summary.path / name for name in names}
    found["acagraph.nq.gz"] = summary.path / "data" / "acagraph.nq.gz"
    folders = (sorted((summary.path / name).rglob("*")) for name in _FOLDERS)
    packed = (path for paths in folders for path in paths if path.is_file())
    return found | {path.relative_to(summary.path).as_posix(): path for path in packed}
