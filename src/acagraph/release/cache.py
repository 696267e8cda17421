"""The finished dataset of the last validation, kept in a project so that equal inputs are not read again.

It lies in .acagraph/, which git ignores and anybody may delete. Only what was made from these very inputs by
this very code is used, and only when its bytes are what was written: all else is made anew.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.registers import read_group
from acagraph.release.clock import Clock
from acagraph.release.fingerprint import Snapshot, sha256
from acagraph.release.inputs import Dataset, complete, read
from acagraph.release.tallies import Edition, Register, Tallies
from acagraph.sources import discover

FOLDER = ".acagraph"
_CONTENT, _TOLD, _MANIFEST = "dataset.nq.gz", "told.json", "manifest.json"
_IGNORE = "# Made by acagraph validate; delete it whenever you like.\n*\n"
# Whatever else lies there is not ours to remove.
_MADE = re.compile("[0-9a-f]{16}")


def made(
    root: Path, folder: Path, *, clock: Clock, only_curated: bool = False, cached: bool = True
) -> Dataset:
    """Return the dataset of a project, from its cache or made anew; its files go below `folder`.

    Only whole datasets are kept, when `cached`. Raises SourceError for a file that cannot be used.
    """
    keeps = cached and not only_curated  # the curated part is made in the time that a cache takes
    cache = Cache.of(root / FOLDER, Snapshot.of(root)) if keeps else None
    if cache is not None:
        with clock.step("recall"):
            dataset = cache.recalled(folder)
        if dataset is not None:
            return dataset
    project = cache.taken.project if cache is not None else discover(root, registers=not only_curated)
    stated = read(project, folder, clock=clock)
    content, dataset = complete(stated, folder, clock=clock)
    if cache is not None:
        with clock.step("keep") as step:
            cache.keep(dataset)
            step.triples = content.triples
    return dataset


@dataclass(frozen=True)
class Cache:
    """A place for the dataset of a project, by what it is made from, `taken` before it is read.

    `key` is a SHA-256 of that, of the versions of the tools and of acagraph's own code.
    """

    folder: Path
    taken: Snapshot
    key: str

    @classmethod
    def of(cls, folder: Path, taken: Snapshot) -> Cache:
        """Return the place for what is made from these inputs."""
        return cls(folder, taken, taken.key)

    def recalled(self, scratch: Path) -> Dataset | None:
        """Return the dataset, its lines below `scratch`, or None where it is not kept, or not as written."""
        place = self.folder / self.key[:16]
        if not self._ours():
            return None
        try:
            manifest = json.loads((place / _MANIFEST).read_text(encoding="utf-8"))
            if manifest != {"key": self.key, **_digests(place)}:
                return None
            told = json.loads((place / _TOLD).read_text(encoding="utf-8"))
            lines = scratch / "all.nq"
            with gzip.open(place / _CONTENT) as packed, lines.open("wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
        except (OSError, ValueError, EOFError, zlib.error):
            return None
        root = self.taken.project.root
        return Dataset(
            project=self.taken.project,
            lines=lines,
            store=ox.Store(),
            tallies=_tallies(told["tallies"]),
            origin={name: (root / path, line) for name, (path, line) in told["origin"].items()},
            groups={name: read_group(path) for name, path in self.taken.project.registers.items()},
        )

    def keep(self, dataset: Dataset) -> None:
        """Keep a dataset instead of any other; where that cannot be written, nothing is kept.

        Nor is it when an input was written in the meantime, or when the folder is somebody's own.
        """
        try:
            if self._ours() and self.taken.holds():
                self._write(dataset)
        except (OSError, ValueError):  # a path that lies outside of the project
            return

    def _ours(self) -> bool:
        """Say whether the folder is as this module makes it, or is still to be made."""
        if self.folder.is_symlink():
            return False
        try:
            return (self.folder / ".gitignore").read_text(encoding="utf-8") == _IGNORE
        except FileNotFoundError:
            return not self.folder.exists() or not any(self.folder.iterdir())
        except (OSError, ValueError):
            return False

    def _write(self, dataset: Dataset) -> None:
        root = self.taken.project.root
        origin = {
            name: (path.relative_to(root).as_posix(), line) for name, (path, line) in dataset.origin.items()
        }
        self.folder.mkdir(exist_ok=True)
        (self.folder / ".gitignore").write_text(_IGNORE, encoding="utf-8")
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="new-") as new:
            place = Path(new) / "made"
            place.mkdir()
            with dataset.lines.open("rb") as lines, gzip.open(place / _CONTENT, "wb", 1) as packed:
                shutil.copyfileobj(lines, packed, 1 << 20)
            told = {"tallies": asdict(dataset.tallies), "origin": origin}
            (place / _TOLD).write_text(json.dumps(told), encoding="utf-8")
            manifest = {"key": self.key, **_digests(place)}
            (place / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
            target = self.folder / self.key[:16]
            for old in self.folder.iterdir():
                left = _MADE.fullmatch(old.name) or old.name.startswith("new-")
                if left and old != Path(new) and not old.is_symlink():
                    shutil.rmtree(old, ignore_errors=True)
            place.rename(target)


def _digests(place: Path) -> dict[str, str]:
    return {name: sha256(place / name) for name in (_CONTENT, _TOLD)}


def _tallies(told: Mapping[str, Any]) -> Tallies:
    registers = (
        Register(one["name"], tuple(Edition(**edition) for edition in one["editions"]), one["counts"])
        for one in told["registers"]
    )
    return Tallies(told["classes"], told["members"], tuple(registers))
