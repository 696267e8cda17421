"""Validate a dataset with the shapes of one folder and the checks of another."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import AcagraphError, SourceError
from acagraph.graph import parse_turtle
from acagraph.validation.checks import load_checks, run_checks
from acagraph.validation.engines import ENGINES
from acagraph.validation.findings import Origin, placed
from acagraph.validation.report import Report


def validate(
    dataset: Iterable[ox.Quad],
    *,
    shapes: Path,
    checks: Path,
    origin: Origin,
    engine: str = "pyshacl",
    root: Path | None = None,
) -> Report:
    """Judge the union of a dataset's graphs: data, ontology and derived triples together.

    Findings are sorted and carry file and line where `origin` knows their focus; files below `root`
    are named relative to it. Non-conformance is a result, not an error. Raises SourceError for a shape
    or check that cannot be used, AcagraphError for an unknown engine.
    """
    if engine not in ENGINES:
        raise AcagraphError(f"there is no SHACL engine {engine!r}; use one of: {', '.join(sorted(ENGINES))}")
    quads = list(dataset)
    rules = load_checks(checks)
    found = ENGINES[engine](quads, load_shapes(shapes))
    store = ox.Store()
    store.bulk_extend(quads)
    found.extend(run_checks(rules, store))
    return Report.of(placed(finding, origin, root=root) for finding in found)


def load_shapes(folder: Path) -> list[ox.Quad]:
    """Read every Turtle file directly in a folder, sorted by name; examples in sub-folders are not read.

    Raises SourceError with file and line for a file that does not parse, or a folder without shapes.
    """
    quads = [quad for path in sorted(folder.glob("*.ttl")) for quad in parse_turtle(path)[0]]
    if not quads:
        raise SourceError("there are no shapes (*.ttl) in this folder", path=folder)
    return quads
