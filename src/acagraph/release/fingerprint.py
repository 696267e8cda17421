"""A fingerprint of all that a release is made from and with: equal fingerprints give equal releases."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from importlib import metadata, resources
from pathlib import Path

from acagraph import __version__
from acagraph.sources import Project

_TOOLS = ("pyoxigraph", "pyshacl", "rdflib", "shacl")
_OTHERS = ("data/*.toml", "data/redirects.csv", "queries/**/*.rq", "shapes/*.ttl")


def fingerprint(project: Project) -> str:
    """Return a SHA-256 of the input files, the versions of the tools and acagraph's own code."""
    parts = {"inputs": inputs(project), "tools": tools(), "code": code()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


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
    versions = {"acagraph": __version__, "python": platform.python_version()}
    return versions | dict(_versions())


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code() -> str:
    """Return a SHA-256 of the modules of this package, which change more often than its version."""
    package = Path(str(resources.files("acagraph")))
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()} {sha256(path)}\n".encode())
    return digest.hexdigest()


def _versions() -> Iterator[tuple[str, str]]:
    for name in _TOOLS:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
