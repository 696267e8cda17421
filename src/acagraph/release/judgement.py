"""Judging a project's data without publishing it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.inputs import gather
from acagraph.validation import Report, validate_files


def judge(root: Path, *, files: Sequence[Path] = (), progress: Progress = silent) -> Report:
    """Validate a project; with files, judge these together with it and tell only what is wrong in them.

    The files need not lie in the project. Raises SourceError for a file that cannot be used.
    """
    clock = Clock(progress)
    inputs = gather(root, clock=clock)
    with clock.phase("validate"):
        if not files:
            return inputs.validate()
        return validate_files(
            files,
            base=inputs.graph.quads,
            shapes=inputs.shapes,
            checks=inputs.queries / "checks",
            rules=inputs.queries / "rules",
            as_of=inputs.project.dataset.date,
        )
