"""Judging a project's data without publishing it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from acagraph import queries
from acagraph.graph.files import turtle_files
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.inputs import gather
from acagraph.validation import Report, validate_files


def judge(root: Path, *, files: Sequence[Path] = (), progress: Progress = silent) -> Report:
    """Validate a project; with files, judge these together with it and tell only what is wrong in them.

    The files, or folders with some, need not lie in the project. Raises SourceError for a file that cannot be
    used; without files, the headers of the saved queries are read too.
    """
    clock = Clock(progress)
    inputs = gather(root, clock=clock)
    if not files:
        queries.load(inputs.queries)
    with clock.phase("validate"):
        if not files:
            return inputs.validate()
        return validate_files(
            turtle_files(files),
            base=inputs.graph.quads,
            shapes=inputs.shapes,
            checks=inputs.queries / "checks",
            rules=inputs.queries / "rules",
            as_of=inputs.project.dataset.date,
            described=inputs.graph.origin,
        )
