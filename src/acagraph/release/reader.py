"""Reading a release: its dataset, and what its manifest says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acagraph.dataset import Dataset, open_dataset
from acagraph.errors import ReleaseError
from acagraph.queries import SavedQuery
from acagraph.release.manifest import MANIFEST
from acagraph.stores import Store


@dataclass(frozen=True)
class Release:
    """A release, open for reading."""

    path: Path
    manifest: Mapping[str, Any]
    dataset: Dataset

    @property
    def store(self) -> Store:
        """Where its triples are asked."""
        return self.dataset.store

    @property
    def queries(self) -> Mapping[str, SavedQuery]:
        """Its saved queries, by name."""
        return self.dataset.queries


def open_release(path: str | Path | None = None) -> Release:
    """Open the release in a folder, else ./public/current, else the one that comes in the package.

    Raises NotFound when there is none, ReleaseError when its manifest is missing or damaged.
    """
    dataset = open_dataset(path)
    assert dataset.folder is not None  # open_dataset found one, or raised
    return Release(dataset.folder, _manifest(dataset.folder / MANIFEST), dataset)


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReleaseError(f"{path}: {error.strerror}; build the release again") from error
    except ValueError as error:
        raise ReleaseError(f"{path} is damaged: {error}; build the release again") from error
    if not isinstance(manifest, dict):
        raise ReleaseError(f"{path} is damaged: it is no JSON object; build the release again")
    return manifest
