"""A fingerprint of all that a release is made from and with: equal fingerprints give equal releases."""

from __future__ import annotations

import hashlib
import json
import platform
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

from acagraph import __version__
from acagraph.errors import SourceError
from acagraph.sources import Project, discover

_TOOLS = ("Babel", "Jinja2", "pyarrow", "pyoxigraph", "pyshacl", "rdflib", "shacl", "XlsxWriter")
# Of the package: code, tables, and what pages are made of.
_CODE = (".css", ".csv", ".html", ".js", ".json", ".po", ".py", ".svg")
# The release that a package holds is none of its code.
_DATASET = "dataset"
_OTHERS = ("data/*.toml", "data/redirects.csv", "queries/**/*.rq", "shapes/*.ttl")


# What judges the dataset takes no part in making it.
_JUDGES = ("shapes/", "queries/", "data/known-issues.toml", "data/expectations.toml")
_RULES = "queries/rules/"


@dataclass(frozen=True)
class Snapshot:
    """The inputs of a project at one moment: their checksums, and when each was last touched.

    Two that are equal say that no input was written between them, not even one that was put back since.
    """

    project: Project
    registers: bool
    inputs: tuple[tuple[str, str], ...]
    touched: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, root: Path, *, registers: bool = True) -> Snapshot:
        """Look at a project. Raises SourceError as `discover` does."""
        project = discover(root, registers=registers)
        found = tuple((entry["path"], entry["sha256"]) for entry in inputs(project))
        return cls(project, registers, found, tuple(_touched(root / name) for name, _ in found))

    @property
    def fingerprint(self) -> str:
        """A SHA-256 of the input files, the versions of the tools and acagraph's own code."""
        return _digest(self.inputs)

    @property
    def key(self) -> str:
        """A SHA-256 of the same, but for the inputs that only judge the dataset."""
        return _digest(
            [item for item in self.inputs if item[0].startswith(_RULES) or not item[0].startswith(_JUDGES)]
        )

    def holds(self) -> bool:
        """Say whether the inputs are still those, and were not touched; it reads them all again."""
        try:
            return Snapshot.of(self.project.root, registers=self.registers) == self
        except (SourceError, OSError):  # one of them is gone or broken by now
            return False


def fingerprint(project: Project) -> str:
    """Return a SHA-256 of the input files, the versions of the tools and acagraph's own code."""
    return _digest([(entry["path"], entry["sha256"]) for entry in inputs(project)])


def inputs(project: Project) -> list[dict[str, str]]:
    """Return the path and the SHA-256 of each file that a release is made from, sorted by path."""
    digests = {file.path: file.sha256 for file in project.files}
    others = (path for pattern in _OTHERS for path in project.root.glob(pattern))
    digests |= {path: sha256(path) for path in others}
    return [
        {"path": path.relative_to(project.root).as_posix(), "sha256": digest}
        for path, digest in sorted(digests.items())
    ]


def tools() -> Mapping[str, str]:
    """Return the versions of what makes a release; an engine that is not installed has none."""
    versions = {
        "acagraph": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }
    return versions | dict(_versions())


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code() -> str:
    """Return a SHA-256 of what this package is made of, which changes more often than its version."""
    package = Path(str(resources.files("acagraph")))
    digest = hashlib.sha256()
    found = (path for path in package.rglob("*") if path.suffix in _CODE)
    for path in sorted(path for path in found if _DATASET not in path.relative_to(package).parts[:1]):
        digest.update(f"{path.relative_to(package).as_posix()} {sha256(path)}\n".encode())
    return digest.hexdigest()


def _digest(files: Sequence[tuple[str, str]]) -> str:
    named = [{"path": path, "sha256": digest} for path, digest in files]
    parts = {"inputs": named, "tools": tools(), "code": code()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _touched(path: Path) -> tuple[int, ...]:
    told = path.stat()
    return told.st_ino, told.st_mtime_ns, told.st_ctime_ns


def _versions() -> Iterator[tuple[str, str]]:
    for name in _TOOLS:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
