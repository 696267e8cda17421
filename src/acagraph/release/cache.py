"""The finished dataset of the last validation, kept in a project so that equal inputs are not read again.

It lies in .acagraph/, which git ignores and anybody may delete. Only what was made from these very inputs by
this very code is used, and only when its bytes are what was written: all else is made anew.
"""

from __future__ import annotations

import gzip
import hashlib
import json
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
from acagraph.release.fingerprint import code, inputs, sha256, tools
from acagraph.release.inputs import Dataset, complete, read
from acagraph.release.tallies import Edition, Register, Tallies
from acagraph.sources import Project, discover

FOLDER = ".acagraph"
_CONTENT, _TOLD, _MANIFEST = "dataset.nq.gz", "told.json", "manifest.json"
_IGNORE = "# Made by acagraph validate; delete it whenever you like.\n*\n"
# What judges the dataset takes no part in making it.
_JUDGES = ("shapes/", "queries/", "data/known-issues.toml", "data/expectations.toml")
_RULES = "queries/rules/"


def made(
    root: Path, folder: Path, *, clock: Clock, only_curated: bool = False, cached: bool = True
) -> Dataset:
    """Return the dataset of a project, from its cache or made anew; its files go below `folder`.

    Only whole datasets are kept, when `cached`. Raises SourceError for a file that cannot be used.
    """
    keeps = cached and not only_curated  # the curated part is made in the time that a cache takes
    cache = Cache(root / FOLDER, discover(root)) if keeps else None
    if cache is not None:
        with clock.step("recall"):
            dataset = cache.recalled(folder)
        if dataset is not None:
            return dataset
    stated = read(root, folder, clock=clock, only_curated=only_curated)
    content, dataset = complete(stated, folder, clock=clock)
    if cache is not None:
        with clock.step("keep") as step:
            cache.keep(dataset)
            step.triples = content.triples
    return dataset


@dataclass(frozen=True)
class Cache:
    """A place for the dataset of a project, by what it is made from."""

    folder: Path
    project: Project

    @property
    def key(self) -> str:
        """A SHA-256 of the input files, the versions of the tools and acagraph's own code."""
        files = [
            entry
            for entry in inputs(self.project)
            if entry["path"].startswith(_RULES) or not entry["path"].startswith(_JUDGES)
        ]
        parts = {"inputs": files, "tools": tools(), "code": code()}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def recalled(self, scratch: Path) -> Dataset | None:
        """Return the dataset, its lines below `scratch`, or None where it is not kept, or not as written."""
        place = self.folder / self.key[:16]
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
        root = self.project.root
        return Dataset(
            project=self.project,
            lines=lines,
            store=ox.Store(),
            tallies=_tallies(told["tallies"]),
            origin={name: (root / path, line) for name, (path, line) in told["origin"].items()},
            groups={name: read_group(path) for name, path in self.project.registers.items()},
        )

    def keep(self, dataset: Dataset) -> None:
        """Keep a dataset instead of any other; where that cannot be written, nothing is kept."""
        try:
            self._write(dataset)
        except (OSError, ValueError):  # a path that lies outside of the project
            return

    def _write(self, dataset: Dataset) -> None:
        root = self.project.root
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
                if old.is_dir() and old != Path(new):
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
