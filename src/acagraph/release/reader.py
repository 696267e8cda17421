"""Reading a release: its dataset, and what its manifest says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acagraph.dataset import MANIFEST, Dataset, open_dataset, read_manifest
from acagraph.queries import SavedQuery
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
    return Release(dataset.folder, read_manifest(dataset.folder / MANIFEST), dataset)
