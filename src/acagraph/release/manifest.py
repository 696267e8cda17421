"""The manifest: what a release holds, what it was made from and with what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from acagraph.release.fingerprint import sha256, tools
from acagraph.release.inputs import Inputs
from acagraph.stores import media
from acagraph.vocab import graph_iri

MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
STORE = "store"

_STORE_NOTE = "Built from data/acagraph.nq.gz; its bytes differ from build to build, so it has no checksums."


def write_manifest(folder: Path, inputs: Inputs, *, triples: Mapping[str, int]) -> None:
    """Write manifest.json and SHA256SUMS for all that a release's folder holds, but for its store.

    `triples` gives the number of triples in the files that hold some, by their name in the release. When an
    input was written since the first was read, nobody knows what the release was made from: it gets no
    fingerprint, so that the next build does not take it for its own.
    """
    info, content = inputs.project.dataset, inputs.content
    files = [_entry(folder, path, triples) for path in _files(folder)]
    body = {
        "name": "acagraph",
        "title": info.title,
        "version": info.version,
        "date": info.date.isoformat(),
        "licence": info.licence,
        "rdfc10_sha256": content.sha256,
        "triples": content.triples,
        "whole": inputs.whole,
        "graphs": {graph_iri(name): part.triples for name, part in content.parts.items()},
        "classes": inputs.tallies.classes,
        "registers": [asdict(register) for register in inputs.tallies.registers],
        "files": files,
        "store": {"path": f"{STORE}/", "note": _STORE_NOTE},
        **({"fingerprint": inputs.taken.fingerprint} if inputs.taken.holds() else {}),
        "inputs": [{"path": path, "sha256": digest} for path, digest in inputs.taken.inputs],
        "tools": tools(),
    }
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sums = [(entry["sha256"], entry["path"]) for entry in files]
    sums.append((sha256(manifest), MANIFEST))
    lines = "".join(f"{digest}  {path}\n" for digest, path in sums)
    (folder / CHECKSUMS).write_text(lines, encoding="utf-8")


def contents(folder: Path) -> list[str]:
    """Return the checksums of a release's files without its manifest, which also names tools; [] for none."""
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if not line.endswith(f"  {MANIFEST}")]


def is_whole(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Say whether a release's folder holds the store and the files of its manifest, each of its size."""
    sizes = {folder / entry["path"]: entry["bytes"] for entry in manifest["files"]}
    return (folder / STORE).is_dir() and all(
        path.is_file() and path.stat().st_size == size for path, size in sizes.items()
    )


def _entry(folder: Path, path: Path, triples: Mapping[str, int]) -> dict[str, object]:
    name = path.relative_to(folder).as_posix()
    entry: dict[str, object] = {
        "path": name,
        "bytes": path.stat().st_size,
        "sha256": sha256(path),
        "media_type": media.FILES[path.suffix],
    }
    return entry | ({"triples": triples[name]} if name in triples else {})


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder by name, without those of a store."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if path.relative_to(folder).parts[0] != STORE)
