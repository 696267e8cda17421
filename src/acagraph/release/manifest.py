"""The manifest: what a release holds, what it was made from and with what."""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

import pyoxigraph as ox

from acagraph import __version__
from acagraph.release.dumps import Content
from acagraph.sources import Project
from acagraph.vocab import ACA, PREFIXES, compact, graph_iri

MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
STORE = "store"

_TOOLS = ("pyoxigraph", "pyshacl", "rdflib")
_OTHER_INPUTS = ("data/dataset.toml", "data/redirects.csv", "queries/**/*.rq", "shapes/*.ttl")
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".owl": "application/rdf+xml",
    ".rdf": "application/rdf+xml",
    ".rq": "application/sparql-query",
    ".trig": "application/trig",
    ".ttl": "text/turtle",
    ".txt": "text/plain",
}
_STORE_NOTE = "Built from data/acagraph.nq.gz; its bytes differ from build to build, so it has no checksums."


def write_manifest(folder: Path, content: Content, *, project: Project, triples: Mapping[str, int]) -> None:
    """Write manifest.json and SHA256SUMS for all that a release's folder holds, but for its store.

    `triples` gives the number of triples in the files that hold some, by their name in the release.
    """
    info = project.dataset
    files = [_entry(folder, path, triples) for path in _files(folder)]
    body = {
        "name": "acagraph",
        "title": info.title,
        "version": info.version,
        "date": info.date.isoformat(),
        "licence": info.licence,
        "rdfc10_sha256": content.sha256,
        "triples": len(content.quads),
        "graphs": {graph_iri(name): len(quads) for name, quads in content.graphs.items()},
        "classes": class_counts(content.quads),
        "files": files,
        "store": {"path": f"{STORE}/", "note": _STORE_NOTE},
        "inputs": _inputs(project),
        "tools": _tools(),
    }
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sums = [(entry["sha256"], entry["path"]) for entry in files]
    sums.append((_sha256(manifest), MANIFEST))
    lines = "".join(f"{digest}  {path}\n" for digest, path in sums)
    (folder / CHECKSUMS).write_text(lines, encoding="utf-8")


def contents(folder: Path) -> list[str]:
    """Return the checksums of a release's files without its manifest, which also names tools; [] for none."""
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if not line.endswith(f"  {MANIFEST}")]


def class_counts(quads: Iterable[ox.Quad]) -> dict[str, int]:
    """Return how many things are of each of our classes, derived classes too, by prefixed name."""
    counted = Counter(
        compact(quad.object.value)
        for quad in quads
        if quad.predicate.value == PREFIXES["rdf"] + "type"
        and isinstance(quad.object, ox.NamedNode)
        and quad.object.value.startswith(ACA)
    )
    return dict(sorted(counted.items()))


def _entry(folder: Path, path: Path, triples: Mapping[str, int]) -> dict[str, object]:
    name = path.relative_to(folder).as_posix()
    entry: dict[str, object] = {
        "path": name,
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
        "media_type": _MEDIA_TYPES[path.suffix],
    }
    return entry | ({"triples": triples[name]} if name in triples else {})


def _inputs(project: Project) -> list[dict[str, str]]:
    root = project.root
    digests = {file.path: file.sha256 for file in project.files}
    others = (path for pattern in _OTHER_INPUTS for path in root.glob(pattern))
    digests |= {path: _sha256(path) for path in others}
    return [
        {"path": path.relative_to(root).as_posix(), "sha256": digest}
        for path, digest in sorted(digests.items())
    ]


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder by name, without those of a store."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if path.relative_to(folder).parts[0] != STORE)


def _tools() -> dict[str, str]:
    versions = {"acagraph": __version__, "python": platform.python_version()}
    return versions | {name: metadata.version(name) for name in _TOOLS}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
