"""Judging only the files that differ from git's HEAD: for curators, who wait for the answer."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from acagraph.dataset import CURRENT
from acagraph.graph.terms import text_of
from acagraph.release.cache import made
from acagraph.release.changes import Changes, changes
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.content import Part, serialise, write_part
from acagraph.release.inputs import Dataset, Stated, complete, read, rules_of
from acagraph.release.surroundings import CONTEXT, last_release, of_registers
from acagraph.validation import Finding, Report
from acagraph.validation.run import Engine
from acagraph.vocab import BASE

_OURS = f"<{BASE}id/".encode()


def judge_changed(
    root: Path,
    *,
    progress: Progress = silent,
    engine: Engine | None = None,
    only: Collection[str] = (),
) -> Report:
    """Judge the files below data/ that differ from git's HEAD, together with the curated part of a project.

    What is wrong in these files is told, with what they describe or described until now, and violations of
    what is tied to that by one triple. Things that only registers describe are taken from the release in
    public/current. When a file of a register differs, the whole project is judged. Raises SourceError as
    `judge` does, and where git has nothing to compare with.
    """
    clock = Clock(progress)
    with clock.step("changes"):
        found = changes(root)
    book = rules_of(root, engine=engine, only=only)
    if not found.files:
        return Report.of((), rules=book.rules, engine=book.engine, notices=["no file below data/ differs"])
    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        if found.registers:
            name = found.registers[0].as_posix()
            notices = [f"{name} belongs to a register, so the whole project was judged"]
            dataset, context = made(root, Path(folder), clock=clock), frozenset[str]()
        else:
            dataset, context, notices = _curated(root, Path(folder), found, clock)
        report = dataset.judged(book, clock=clock, whole=False)
        kept = _Concern.of(found, dataset, context).kept(report.findings)
        return replace(report, findings=tuple(kept), notices=(*report.notices, *notices))


def _curated(
    root: Path, folder: Path, found: Changes, clock: Clock
) -> tuple[Dataset, frozenset[str], list[str]]:
    """Return the curated part with what it refers to of registers; the names of that; what to tell."""
    links = any(path.suffix == ".tsv" for path in found.files)
    stated = read(root, folder, clock=clock, only_curated=True, every_link=links)
    wanted = {
        value
        for part in stated.parts
        for line in part.lines()
        for value in _things(line)
        if value not in stated.origin
    }
    context, notices = _context(root, wanted, folder)
    if links:
        notices.append("links of things that only registers describe were read but not judged")
    if context is not None:
        stated = Stated(stated.project, (*stated.parts, context), stated.origin, stated.groups)
    names = frozenset(text_of(quad.subject) for quad in context.quads()) if context else frozenset[str]()
    return complete(stated, folder, clock=clock)[1], names, notices


def _things(line: bytes) -> Iterator[str]:
    """Yield the object of a line of N-Quads when it is a thing of ours."""
    _, _, rest = line.split(b" ", 2)
    if rest.startswith(_OURS):
        yield rest[1 : rest.index(b">")].decode()


def _context(root: Path, wanted: set[str], folder: Path) -> tuple[Part | None, list[str]]:
    """Return what a release's registers say of some things, and of what these refer to, as a part."""
    if not wanted:
        return None, []
    store = last_release(root)
    if store is None:
        return None, [f"there is no whole release in {CURRENT}, so things of registers are not known"]
    lines = serialise(of_registers(store, wanted), ox.RdfFormat.N_QUADS).splitlines(keepends=True)
    return (write_part(CONTEXT, lines, folder) if lines else None), []


@dataclass(frozen=True)
class _Concern:
    """What a report of changed files is about: the files, the subjects in them, now and in HEAD."""

    files: frozenset[str]
    subjects: frozenset[str]
    context: frozenset[str]
    store: ox.Store

    @classmethod
    def of(cls, found: Changes, dataset: Dataset, context: frozenset[str]) -> _Concern:
        files = frozenset(path.as_posix() for path in found.files)
        changed = {dataset.project.root / path for path in found.files}
        now = {name for name, (path, _) in dataset.origin.items() if path in changed}
        return cls(files, found.described | now, context, dataset.store)

    def kept(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            ours = finding.file in self.files or bool({finding.focus, finding.value} & self.subjects)
            tied = not ours and finding.severity == "violation" and self._tied(finding.focus)
            if (ours or tied) and finding.focus not in self.context:
                yield finding

    def _tied(self, focus: str) -> bool:
        """Say whether a triple ties a thing to a subject of the changed files."""
        if focus.startswith("_:"):
            return False
        node = ox.NamedNode(focus)
        there = (quad.object for quad in self.store.quads_for_pattern(node, None, None, None))
        back = (quad.subject for quad in self.store.quads_for_pattern(None, None, node, None))
        return any(text_of(term) in self.subjects for terms in (there, back) for term in terms)
