"""Turtle for tests: every house prefix, and tiny projects that are written to a folder."""

from __future__ import annotations

from pathlib import Path

from acagraph.vocab import PREFIXES

HEAD = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in sorted(PREFIXES.items()))
LINES = len(PREFIXES)

DATASET = """\
version = "1.2.3"
date = 2026-11-22
title = "A title"
description = "A description."
licence = "https://creativecommons.org/licenses/by/4.0/"
publisher = "https://w3id.org/acagraph/id/agent/a"
"""

ONTOLOGY = """
aca:Source rdfs:subClassOf aca:Document .
aca:Quotation rdfs:subClassOf aca:Evidence .
aca:Membership rdfs:subClassOf aca:Participation .
aca:Participation rdfs:subClassOf aca:Statement .
aca:Founding rdfs:subClassOf aca:Event .
"""


def write_project(root: Path, files: dict[str, str] | None = None, *, dataset: str = DATASET) -> Path:
    """Write a project with a small ontology; the names of files are relative, prefixes are put in."""
    files = {"ontology/acagraph.ttl": ONTOLOGY, "data/a.ttl": "agent:a a aca:Business .", **(files or {})}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if name.endswith(".tsv") else HEAD + text, encoding="utf-8")
    (root / "data" / "dataset.toml").write_text(dataset, encoding="utf-8")
    return root
