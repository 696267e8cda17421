"""The W3C csv2rdf tests, run against acagraph.registers: what passes, what is refused, what fails."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.literals import canonical
from acagraph.registers import Column, Table, TableGroup, convert, read_group

from published import ROOT

SUITE = Path(os.environ.get("ACAGRAPH_SPECS", ROOT.parent / "shared" / "specs")) / "csvw-tests"
BASE = "http://www.w3.org/2013/csvw/tests/"
_DESCRIBES = ox.NamedNode("http://www.w3.org/ns/csvw#describes")


@dataclass(frozen=True)
class Verdict:
    """How a test ended: passed, refused or failed, and why."""

    test: str
    kind: str
    minimal: bool
    outcome: str
    message: str


def entries() -> list[dict[str, Any]]:
    """Return the csv2rdf tests of the manifest."""
    manifest = json.loads((SUITE / "manifest-rdf.jsonld").read_text("utf-8"))
    return list(manifest["entries"])


def judge(entry: dict[str, Any]) -> Verdict:
    """Run one test; a test of the standard mode is compared with what minimal mode keeps of its result."""
    name, kind = entry["id"].partition("#")[2], entry["type"].partition(":")[2]
    minimal = entry["option"].get("minimal", False)

    def verdict(outcome: str, message: str = "") -> Verdict:
        return Verdict(name, kind, minimal, outcome, message)

    try:
        lines = b"".join(convert(_group(entry), graph=None, warn=lambda _: None))
    except SourceError as error:
        message = str(error).replace(f"{SUITE}/", "")
        return verdict("passed" if kind == "NegativeRdfTest" else "refused", message)
    if kind == "NegativeRdfTest":
        return verdict("failed", "nothing was refused")
    found = {quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)}
    wanted = _expected(entry, minimal=minimal)
    if _canonical(found) == _canonical(wanted):
        return verdict("passed")
    return verdict("failed", f"{len(wanted - found)} triples are missing, {len(found - wanted)} too many")


def _group(entry: dict[str, Any]) -> TableGroup:
    """Find the metadata of a test as the tabular data model, section 5, does: given, linked, beside, none."""
    action = entry["action"].partition("?")[0]
    if not action.endswith(".csv"):
        return read_group(SUITE / action, base=BASE + action)
    given, link = entry["option"].get("metadata"), re.match("<(.*?)>", entry.get("httpLink", ""))
    folder = action.rpartition("/")[0]
    linked = "/".join(part for part in (folder, link[1]) if part) if link else None
    beside = [
        f"{action}-metadata.json",
        f"{action}.json",
        f"{folder}/csv-metadata.json",
        f"{folder}/csvm.json",
    ]
    implicit = entry.get("implicit") or []
    for candidate in (given, linked, *(name for name in beside if name in implicit)):
        if candidate is None:
            continue
        if candidate == given or _describes(candidate, entry["action"]):
            return read_group(SUITE / candidate, base=BASE + candidate)
    url = BASE + entry["action"]
    return TableGroup(SUITE / action, (Table(SUITE / action, url, (), Column(name="")),), placed=True)


def _describes(metadata: str, action: str) -> bool:
    data = json.loads((SUITE / metadata).read_text("utf-8"))
    folder = metadata.rpartition("/")[0]
    urls = [table["url"] for table in data.get("tables", [data])]
    wanted = {"/".join(part for part in (folder, url) if part) for url in urls}
    return action in wanted


def _expected(entry: dict[str, Any], *, minimal: bool) -> set[ox.Triple]:
    text = (SUITE / entry["result"]).read_bytes()
    base = BASE + entry["action"]
    triples = {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=base)}
    return triples if minimal else set(_kept(triples))


def _kept(triples: set[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield what minimal mode keeps: what rows describe, and the lists that hang on it."""
    subjects: set[object] = {triple.object for triple in triples if triple.predicate == _DESCRIBES}
    grown = True
    while grown:
        lists = {t.object for t in triples if t.subject in subjects and isinstance(t.object, ox.BlankNode)}
        grown = not lists <= subjects
        subjects |= lists
    yield from (triple for triple in triples if triple.subject in subjects)


def _canonical(triples: set[ox.Triple]) -> set[str]:
    """Return the triples by value of their literals, with the names of blank nodes that RDFC-1.0 gives."""

    def written(term: Any) -> Any:
        return canonical(term) if isinstance(term, ox.Literal) else term

    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, written(t.object)) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}
