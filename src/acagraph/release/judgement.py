"""Judging a project or a release without publishing anything."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from acagraph import queries
from acagraph.release.cache import made
from acagraph.release.changed import judge_changed
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.inputs import read, rules_of
from acagraph.release.published import judge_release
from acagraph.release.surroundings import Named, last_release, named_in, of_registers
from acagraph.sources import discover
from acagraph.validation import Report, validate_files
from acagraph.validation.run import Engine

__all__ = ["judge", "judge_changed", "judge_release"]


def judge(
    root: Path,
    *,
    files: Sequence[Path] = (),
    progress: Progress = silent,
    only_curated: bool = False,
    engine: Engine | None = None,
    only: Collection[str] = (),
    cached: bool = True,
) -> Report:
    """Validate a project; with files, judge these together with it and tell only what is wrong in them.

    The files, or folders with some, need not lie in the project. With them, what registers say of the things
    named is taken from the last release, where there is one. Registers are left out with `only_curated`. With
    `only` the names of rules, nothing else is told. What was made from equal inputs is taken from the
    project's cache when `cached`, and kept there. Raises SourceError for a file or a rule that cannot be
    used; without files, the headers of the saved queries are read too.
    """
    clock = Clock(progress)
    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        if files:
            return _files(root, files, Path(folder), clock, only_curated, engine, only)
        queries.load(root / "queries")
        book = rules_of(root, engine=engine, only=only)
        dataset = made(root, Path(folder), clock=clock, only_curated=only_curated, cached=cached)
        return dataset.judged(book, clock=clock, whole=not only_curated)


def _files(
    root: Path,
    files: Sequence[Path],
    folder: Path,
    clock: Clock,
    only_curated: bool,
    engine: Engine | None,
    only: Collection[str],
) -> Report:
    """Judge files with what people wrote, and what registers say of the things named, by the last release."""
    release = None if only_curated else last_release(root)
    project = discover(root, registers=not only_curated and release is None)
    stated = read(project, folder, clock=clock)
    notices: list[str] = []
    with clock.step("files"):
        base: Iterable[ox.Quad] = stated.quads()
        if release is not None:
            written = list(base)
            judged, present = named_in(files), stated.origin.keys()
            wanted = (judged.things | Named.of(written).things) - present
            around = of_registers(release, wanted, judged=judged, present=present, links=True)
            base, notices = chain(written, around.quads), around.notices
        told = validate_files(
            files,
            base=base,
            shapes=stated.shapes,
            checks=stated.queries / "checks",
            rules=stated.queries / "rules",
            as_of=stated.project.dataset.date,
            described=stated.origin,
            engine=engine,
            only=only,
        )
        return replace(told, notices=(*told.notices, *notices))
