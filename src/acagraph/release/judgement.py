"""Judging a project's data without publishing it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from acagraph import queries
from acagraph.graph.files import turtle_files
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.inputs import gather, read
from acagraph.validation import Report, validate_files


def judge(
    root: Path, *, files: Sequence[Path] = (), progress: Progress = silent, only_curated: bool = False
) -> Report:
    """Validate a project; with files, judge these together with it and tell only what is wrong in them.

    The files, or folders with some, need not lie in the project. Registers are left out with `only_curated`.
    Raises SourceError for a file that cannot be used; without files, the headers of the saved queries are
    read too.
    """
    clock = Clock(progress)
    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        if not files:
            queries.load(root / "queries")
            return gather(root, Path(folder), clock=clock, only_curated=only_curated).validate(clock=clock)
        stated = read(root, Path(folder), clock=clock, only_curated=only_curated)
        with clock.step("files"):
            return validate_files(
                turtle_files(files),
                base=stated.quads(),
                shapes=stated.shapes,
                checks=stated.queries / "checks",
                rules=stated.queries / "rules",
                as_of=stated.project.dataset.date,
                described=stated.origin,
            )
