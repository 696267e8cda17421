"""The releases of one folder, by version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.errors import ReleaseError
from acagraph.release.files import STORE
from acagraph.release.pages import LISTED

_NUMBER = re.compile("([0-9]+)")


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
    """Return the release of a version, however its numbers are written, or None without one.

    2026.12.1 is 2026.12.01; where both stand there, the one that is written so.
    """
    found = [past for past in releases(out) if order(past.version) == order(version)]
    return next((past for past in found if past.version == version), found[0] if found else None)


def is_whole(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Say whether a release's folder holds the store and the files of its manifest, each of its size.

    Of the pages, if there are any, their list is looked for.
    """
    sizes = {folder / entry["path"]: entry["bytes"] for entry in manifest["files"]}
    listed = "pages" not in manifest or (folder / LISTED).is_file()
    return (
        listed
        and (folder / STORE).is_dir()
        and all(path.is_file() and path.stat().st_size == size for path, size in sizes.items())
    )


def order(version: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts versions: numbers by value, the rest as text; 1.2.3-1 comes after 1.2.3."""
    return tuple(
        (int(part), "") if _NUMBER.fullmatch(part) else (-1, part) for part in _NUMBER.split(version) if part
    )
