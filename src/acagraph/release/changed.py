"""Judging only the files that differ from git's HEAD: for curators, who wait for the answer."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from acagraph.dataset import CURRENT
from acagraph.graph.terms import text_of
from acagraph.release import content
from acagraph.release.cache import made
from acagraph.release.changes import Changes, changes
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.content import Part, serialise, write_part
from acagraph.release.expectations import RULE
from acagraph.release.inputs import Dataset, Stated, complete, read, rules_of
from acagraph.release.surroundings import CONTEXT, Named, last_release, of_registers
from acagraph.sources import discover
from acagraph.validation import Finding, Report
from acagraph.validation.run import Engine
from acagraph.vocab import BASE, PREFIXES, graph_iri

_OURS = f"<{BASE}id/".encode()
_SOURCE = PREFIXES["source"]


def judge_changed(
    root: Path,
    *,
    progress: Progress = silent,
    engine: Engine | None = None,
    only: Collection[str] = (),
) -> Report:
    """Judge the files of a project that differ from git's HEAD, together with its curated part.

    What is wrong in these files is told, with what they describe or described until now, and violations of
    what is tied to that by one triple. Things that only registers describe are taken from the release in
    public/current. When a file of a register differs, the whole project is judged; when the ontology, a shape
    or a query does, all that is wrong in the curated part is told. Counts that are not plausible always are.
    Raises SourceError as `judge` does, and where git has nothing to compare with.
    """
    clock = Clock(progress)
    with clock.step("changes"):
        found = changes(root)
    book = rules_of(root, engine=engine, only=only)
    if not found.files and not found.books:
        return Report.of((), rules=book.rules, engine=book.engine, notices=["no file of the project differs"])
    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        if found.registers:
            name = found.registers[0].as_posix()
            notices = [f"{name} belongs to a register, so the whole project was judged"]
            dataset, context = made(root, Path(folder), clock=clock), frozenset[str]()
        else:
            dataset, context, notices = _curated(root, Path(folder), found, clock)
        if found.books:
            name = found.books[0].as_posix()
            notices.append(f"{name} differs, so all that is wrong is told, not only in files that differ")
        report = dataset.judged(book, clock=clock, whole=False)
        kept = _Concern.of(found, dataset, context).kept(report.findings)
        return replace(report, findings=tuple(kept), notices=(*report.notices, *notices))


def _curated(
    root: Path, folder: Path, found: Changes, clock: Clock
) -> tuple[Dataset, frozenset[str], list[str]]:
    """Return the curated part with what it refers to of registers; the names of that; what to tell."""
    links = any(path.suffix == ".tsv" for path in found.files)
    stated = read(discover(root, registers=False), folder, clock=clock, every_link=links)
    context, notices = _context(root, stated, found, folder, links=not links)
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


def _context(
    root: Path, stated: Stated, found: Changes, folder: Path, *, links: bool
) -> tuple[Part | None, list[str]]:
    """Return what a release's registers say of the things named and of what these refer to, as a part.

    What they say of others is taken too where rules may compare that with the files that differ.
    """
    lines = [line for part in stated.parts for line in part.lines()]
    wanted = {value for line in lines for value in _things(line) if value not in stated.origin}
    changed = {root / path for path in found.files}
    ours = {f"<{name}>".encode() for name, (path, _) in stated.origin.items() if path in changed}
    judged = Named.of(content.read(line for line in lines if line[: line.index(b" ")] in ours))
    # Who refers to what is gone now must be found.
    judged.described |= found.described
    judged.things |= found.described
    if not wanted and not judged.things:
        return None, []
    store = last_release(root)
    if store is None:
        missing = f"there is no whole release in {CURRENT}, so things of registers are not known"
        return None, [missing] if wanted else []
    around = of_registers(store, wanted, judged=judged, present=stated.origin.keys(), links=links)
    kept = serialise(around.quads, ox.RdfFormat.N_QUADS).splitlines(keepends=True)
    return (write_part(CONTEXT, kept, folder) if kept else None), around.notices


@dataclass(frozen=True)
class _Concern:
    """What a report of changed files is about: the files, the subjects in them, now and in HEAD.

    Named graphs of sources among them are subjects, too. With `everything` it is about all but the context.
    """

    everything: bool
    files: frozenset[str]
    subjects: frozenset[str]
    context: frozenset[str]
    store: ox.Store

    @classmethod
    def of(cls, found: Changes, dataset: Dataset, context: frozenset[str]) -> _Concern:
        files = frozenset(path.as_posix() for path in found.files)
        changed = {dataset.project.root / path for path in found.files}
        now = {name for name, (path, _) in dataset.origin.items() if path in changed}
        subjects = found.described | now
        graphs = {
            graph_iri("source/" + name.removeprefix(_SOURCE)) for name in subjects if name.startswith(_SOURCE)
        }
        return cls(bool(found.books), files, subjects | graphs, context, dataset.store)

    def kept(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            ours = (
                self.everything
                or finding.rule == RULE.name  # a count is wrong by what is missing, too
                or finding.file in self.files
                or bool({finding.focus, finding.value} & self.subjects)
            )
            tied = not ours and finding.severity == "violation" and self._tied(finding.focus)
            # Of the context only a part is known, but what it says of our subjects holds.
            if (ours or tied) and (finding.focus not in self.context or finding.value in self.subjects):
                yield finding

    def _tied(self, focus: str) -> bool:
        """Say whether a triple ties a thing to a subject of the changed files."""
        if focus.startswith("_:"):
            return False
        node = ox.NamedNode(focus)
        there = (quad.object for quad in self.store.quads_for_pattern(node, None, None, None))
        back = (quad.subject for quad in self.store.quads_for_pattern(None, None, node, None))
        return any(text_of(term) in self.subjects for terms in (there, back) for term in terms)
