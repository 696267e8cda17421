"""The releases that stand in one folder: which there are, and which of them has a version of the ontology."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph

from acagraph.dataset import MANIFEST, Dataset, read_manifest
from acagraph.errors import NotFound, Phrase, ReleaseError
from acagraph.release.files import STORE
from acagraph.release.history import is_whole, order, releases
from acagraph.vocab import EXTERNAL, ONTOLOGY
from acagraph.web.listing import stamp

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,99}")
_INFO = EXTERNAL["owl"] + "versionInfo"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("version", "date", "title", "licence", "previous", "ontology", "doi", "rdfc10_sha256")
_CHANGES = ("changes/changes.md", "changes/changes.json", "changes/dataset.rdfp.gz")
# A folder changed so short a while ago may change again within the same tick of its clock.
_TICK = 2_000_000_000


@dataclass(frozen=True)
class Listed:
    """A release as the list of them shows it; `changes` are the files that tell what is new in it."""

    version: str
    date: str
    title: str
    triples: int
    sha256: str
    previous: str
    ontology: str
    doi: str
    changes: tuple[str, ...]

    @classmethod
    def of(cls, folder: Path, manifest: Mapping[str, Any]) -> Listed:
        """Return what a manifest says; what it does not say is empty."""
        names = {str(entry["path"]) for entry in manifest.get("files", ())}

        def text(key: str) -> str:
            return str(manifest.get(key) or "")

        return cls(
            version=text("version"),
            date=text("date"),
            title=text("title"),
            triples=int(manifest.get("triples") or 0),
            sha256=text("rdfc10_sha256"),
            previous=text("previous"),
            ontology=text("ontology") or _ontology(folder / "ontology.ttl"),
            doi=text("doi"),
            changes=tuple(name for name in _CHANGES if name in names),
        )


class Archive:
    """The release that is served first, and the others of a folder; without a folder there are no others.

    What is looked up is kept until the folder changes, so that no request costs more because there are many.
    """

    def __init__(self, dataset: Dataset, folder: Path | None) -> None:
        self._dataset = dataset
        self.folder = folder
        self.own = dataset.version
        """The version that is served first, read once: a server goes on to show what it began with."""
        self._lock = threading.Lock()
        self._known: tuple[int, tuple[Listed, ...]] | None = None

    @property
    def newest(self) -> str:
        """The newest version of all, which need not be the one served first; or nothing."""
        return next((one.version for one in self.listed()), self.own)

    def stamp(self, version: str) -> tuple[int, ...]:
        """Return what tells one build of another release from the next, at the cost of one look."""
        if self.folder is None or not _VERSION.fullmatch(version):
            return ()
        return stamp(self.folder / version)

    def listed(self) -> tuple[Listed, ...]:
        """Return all whole releases, the newest version first."""
        with self._lock:
            changed = 0
            if self.folder is not None and self.folder.is_dir():
                changed = self.folder.stat().st_mtime_ns
            if self._known is None or self._known[0] != changed:
                old = changed < time.time_ns() - _TICK
                found = tuple(sorted(self._look(), key=lambda one: order(one.version), reverse=True))
                self._known = (changed if old else -1, found)
            return self._known[1]

    def ontologies(self) -> dict[str, str]:
        """Return the newest release with each version of the ontology, by that version."""
        return {one.ontology: one.version for one in reversed(self.listed()) if one.ontology}

    def with_ontology(self, version: str) -> str | None:
        """Return the newest release with a version of the ontology, if there is one."""
        return self.ontologies().get(version)

    def find(self, version: str) -> Path:
        """Return the folder of another whole release. Raises NotFound."""
        if self.folder is not None and _VERSION.fullmatch(version):
            folder = self.folder / version
            try:
                manifest = {} if folder.is_symlink() else read_manifest(folder / MANIFEST)
            except (ReleaseError, OSError):
                manifest = {}
            if manifest.get("version") == version and _sound(folder, manifest):
                return folder
        raise NotFound(
            Phrase("there is no release {name} here; see {page}", name=repr(version[:100]), page="/releases")
        )

    def _look(self) -> Iterator[Listed]:
        folder, own = self._dataset.folder, self.own
        if own and folder is not None and _well_formed(manifest := self._dataset.manifest):
            yield Listed.of(folder, {**manifest, "version": own})
        for past in releases(self.folder) if self.folder is not None else ():
            named = past.version != own and _VERSION.fullmatch(past.version)
            if named and _sound(past.folder, past.manifest):
                yield Listed.of(past.folder, past.manifest)


def _sound(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Tell whether a folder is a whole release, so that nothing in it can make an answer fail."""
    try:
        return (
            _well_formed(manifest)
            and bool(manifest.get("files"))
            and (folder / STORE / "CURRENT").is_file()
            and is_whole(folder, manifest)
        )
    except (OSError, ValueError):  # a name too long, or with a null byte
        return False


def _well_formed(manifest: Mapping[str, Any]) -> bool:
    """Tell whether all that is read of a manifest here has its type; what is missing may be missing."""
    files, graphs = manifest.get("files") or [], manifest.get("graphs") or {}
    return (
        all(isinstance(manifest.get(key) or "", str) for key in _TEXTS)
        and _is_count(manifest.get("triples") or 0)
        and isinstance(graphs, dict)
        and all(map(_is_count, graphs.values()))
        and isinstance(files, list)
        and all(isinstance(entry, dict) and _is_file(entry) for entry in files)
    )


def _is_file(entry: Mapping[str, Any]) -> bool:
    return (
        isinstance(entry.get("path"), str)
        and _is_count(entry.get("bytes"))
        and isinstance(entry.get("sha256"), str)
        and _SHA256.fullmatch(entry["sha256"]) is not None
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _ontology(path: Path) -> str:
    """Return the version that an ontology has by its own word, or nothing."""
    try:
        for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
            if quad.predicate.value == _INFO and quad.subject == pyoxigraph.NamedNode(ONTOLOGY):
                return str(quad.object.value)
    except (OSError, SyntaxError):
        pass
    return ""
