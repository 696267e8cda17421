"""The releases of one folder, by version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.errors import ReleaseError

_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Past:
    """A release that stands in a folder of releases."""

    version: str
    folder: Path
    manifest: Mapping[str, Any]


def releases(out: Path) -> list[Past]:
    """Return the releases of a folder, the newest version first; what has no manifest is none."""
    found = []
    for folder in out.iterdir() if out.is_dir() else ():
        if folder.is_symlink() or folder.name.startswith(".") or not (folder / MANIFEST).is_file():
            continue
        try:
            manifest = read_manifest(folder / MANIFEST)
        except ReleaseError:
            continue
        if manifest.get("version") == folder.name:
            found.append(Past(folder.name, folder, manifest))
    return sorted(found, key=lambda past: order(past.version), reverse=True)


def find(out: Path, version: str) -> Past | None:
    """Return the release of a version, or None when the folder has none of it."""
    return next((past for past in releases(out) if past.version == version), None)


def order(version: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts versions: numbers by value, the rest as text; 1.2.3-1 comes after 1.2.3."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in _NUMBER.split(version) if part)
