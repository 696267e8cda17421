"""Validate a dataset with the shapes of one folder and the checks of another."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph import Origin, parse_turtle
from acagraph.validation.checks import load_checks, run_checks
from acagraph.validation.compiled import installed, run_shacl
from acagraph.validation.engines import run_pyshacl
from acagraph.validation.findings import Finding, placed
from acagraph.validation.report import Report

Engine = Literal["shacl", "pyshacl"]


def validate(
    dataset: Iterable[ox.Quad], *, shapes: Path, checks: Path, origin: Origin, engine: Engine | None = None
) -> Report:
    """Judge the union of a dataset's graphs: data, ontology and derived triples together.

    Findings are sorted and carry file and line where `origin` knows their focus. Non-conformance is
    a result, not an error. Without an `engine` the fastest that is installed judges the shapes. Raises
    SourceError for a shape or check that cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        lines = Path(folder) / "data.nq"
        ox.serialize(dataset, lines, format=ox.RdfFormat.N_QUADS)
        store = ox.Store()
        store.bulk_load(path=lines, format=ox.RdfFormat.N_QUADS)
        found = [*judge_checks(store, checks), *judge_shapes(lines, shapes, engine)]
    return Report.of(placed(finding, origin) for finding in found)


def judge_checks(store: ox.Store, checks: Path) -> list[Finding]:
    """Return what the checks of a folder find in the union of a store's graphs, places not told yet."""
    return list(run_checks(load_checks(checks), store))


def judge_shapes(lines: Path, shapes: Path, engine: Engine | None = None) -> list[Finding]:
    """Return what the shapes of a folder find in a file of N-Quads, places not told yet."""
    return _ENGINES[engine or default_engine()](lines, load_shapes(shapes))


def default_engine() -> Engine:
    """Return the name of the fastest engine that is installed; pySHACL, the reference, always is."""
    return "shacl" if installed() else "pyshacl"


def load_shapes(folder: Path) -> list[ox.Quad]:
    """Read every Turtle file directly in a folder, sorted by name; examples in sub-folders are not read.

    Raises SourceError with file and line for a file that does not parse, or a folder without shapes.
    """
    quads = [quad for path in sorted(folder.glob("*.ttl")) for quad in parse_turtle(path)[0]]
    if not quads:
        raise SourceError("there are no shapes (*.ttl) in this folder", path=folder)
    return quads


def _reference(lines: Path, shapes: Iterable[ox.Quad]) -> list[Finding]:
    return run_pyshacl(ox.parse(path=lines, format=ox.RdfFormat.N_QUADS), shapes)


_ENGINES: dict[Engine, Callable[[Path, Iterable[ox.Quad]], list[Finding]]] = {
    "pyshacl": _reference,
    "shacl": run_shacl,
}
