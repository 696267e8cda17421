"""The manifest: what a release holds, what it was made from and with what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from acagraph.dataset import MANIFEST
from acagraph.graph.terms import text_of
from acagraph.release.content import Part, read
from acagraph.release.files import CHECKSUMS, STORE, File
from acagraph.release.fingerprint import sha256, tools
from acagraph.release.history import Past
from acagraph.release.inputs import Inputs
from acagraph.release.pages import LISTED, PAGES
from acagraph.release.proof.identity import hashes
from acagraph.vocab import ONTOLOGY, PREFIXES, graph_iri

_STORE_NOTE = "Built from data/acagraph.nq.gz; its bytes differ from build to build, so it has no checksums."


# As long as a checksum: what pages show of the manifest does not change when it gets theirs.
_TO_COME = "0" * 64


def body_of(
    inputs: Inputs, files: Sequence[File], *, previous: Past | None, pages: bool = False
) -> dict[str, object]:
    """Return what a manifest says of a release with these files, of its pages only that there are some.

    When an input was written since the first was read, nobody knows what the release was made from: it gets
    no fingerprint, so that the next build does not take it for its own.
    """
    info, content = inputs.project.dataset, inputs.content
    hashed = hashes(content.lines)
    return {
        "name": "acagraph",
        "title": info.title,
        "version": info.version,
        "date": info.date.isoformat(),
        "licence": info.licence,
        "previous": info.previous,
        **({"previous_rdfc10_sha256": previous.manifest.get("rdfc10_sha256")} if previous else {}),
        "rdfc10_sha256": content.sha256,
        "rdfc10_sha256_of_union": hashed.union,
        "ontology": version_of(content.parts["ontology"]),
        "triples": content.triples,
        "whole": inputs.whole,
        "graphs": {graph_iri(name): part.triples for name, part in content.parts.items()},
        "rdfc10_sha256_of_graphs": hashed.graphs,
        "classes": inputs.tallies.classes,
        "registers": [asdict(register) for register in inputs.tallies.registers],
        "files": [file.entry() for file in files],
        "store": {"path": f"{STORE}/", "note": _STORE_NOTE},
        **(pages_of(_TO_COME) if pages else {}),
        **({"fingerprint": inputs.taken.fingerprint} if inputs.taken.holds() else {}),
        "inputs": [{"path": path, "sha256": digest} for path, digest in inputs.taken.inputs],
        "tools": tools(),
    }


def pages_of(digest: str) -> dict[str, object]:
    """Return what a manifest says of pages, whose list has this SHA-256."""
    return {"pages": {"path": f"{PAGES}/", "list": LISTED, "sha256": digest}}


def write_manifest(folder: Path, body: Mapping[str, object], files: Sequence[File]) -> None:
    """Write manifest.json and SHA256SUMS for the files of a release's folder and the list of its pages."""
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sums = [(file.sha256, file.path) for file in files]
    told = body.get("pages")
    if isinstance(told, dict):
        sums.append((told["sha256"], LISTED))
    sums.append((sha256(manifest), MANIFEST))
    lines = "".join(f"{digest}  {path}\n" for digest, path in sums)
    (folder / CHECKSUMS).write_text(lines, encoding="utf-8")


def version_of(ontology: Part) -> str:
    """Return what the ontology says of itself under owl:versionInfo, or nothing."""
    said = f"<{ONTOLOGY}> <{PREFIXES['owl']}versionInfo> ".encode()
    found = (quad.object for quad in read(line for line in ontology.lines() if line.startswith(said)))
    return next((text_of(value) for value in found), "")


def contents(folder: Path) -> list[str]:
    """Return the checksums of a release's files; [] for none.

    Without its manifest, which also names tools, and without its pages, which only show what it holds.
    """
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if not line.endswith((f"  {MANIFEST}", f"  {LISTED}"))]
