"""What a release is made of: files, links and registers as one dataset, with all that follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph import graph, inference
from acagraph.graph import Graph, Origin
from acagraph.graph.terms import text_of
from acagraph.links import read_links
from acagraph.registers import TableGroup, convert, locate, read_group
from acagraph.release import expectations, metadata, tallies
from acagraph.release.clock import Clock
from acagraph.release.content import Content, Part, join, serialise, write_part, write_parts
from acagraph.release.tallies import Tallies
from acagraph.sources import Project, discover
from acagraph.validation import Finding, Report
from acagraph.validation.findings import placed
from acagraph.validation.run import judge_checks, judge_shapes
from acagraph.vocab import PREFIXES, graph_iri

_SUBJECT = PREFIXES["owl"] + "annotatedSource"


@dataclass(frozen=True)
class Stated:
    """A project's files as named graphs, before anything is derived.

    `origin` tells where each subject is described, but for those of `groups`, the tables of the registers.
    """

    project: Project
    parts: tuple[Part, ...]
    origin: Origin
    groups: dict[str, TableGroup]

    @property
    def shapes(self) -> Path:
        """The folder of the project's shapes."""
        return self.project.root / "shapes"

    @property
    def queries(self) -> Path:
        """The folder of the project's saved queries; checks and rules are in folders below."""
        return self.project.root / "queries"

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the quads, one named graph after the other."""
        return (quad for part in self.parts for quad in part.quads())

    def placed(self, findings: Iterable[Finding]) -> Report:
        """Return a report of findings with their files, as seen from the project's folder, and lines."""
        found = list(findings)
        origin = dict(self.origin)
        wanted = {node for item in found for node in (item.focus, item.value) if node and node not in origin}
        for group in self.groups.values() if wanted else ():
            origin |= locate(group, wanted)
        root = self.project.root
        shown = {iri: (below(path, root), line or 1) for iri, (path, line) in origin.items()}
        return Report.of(item if item.file else placed(item, shown) for item in found)


@dataclass(frozen=True)
class Inputs:
    """The whole dataset, on disk; how much it holds; and what checks and expectations find wrong with it."""

    stated: Stated
    content: Content
    tallies: Tallies
    found: tuple[Finding, ...]

    @property
    def project(self) -> Project:
        """The project that it is made from."""
        return self.stated.project

    def validate(self, *, clock: Clock) -> Report:
        """Judge the dataset by the project's shapes too, and report all that is found."""
        with clock.step("shapes") as step:
            shapes = judge_shapes(self.content.path, self.stated.shapes)
            step.triples = self.content.triples
            return self.stated.placed([*self.found, *shapes])


def gather(root: Path, folder: Path, *, clock: Clock, only_curated: bool = False) -> Inputs:
    """Read a project, derive what follows, describe the graphs, run the checks; files go below `folder`.

    Raises SourceError for a file that cannot be used.
    """
    stated = read(root, folder, clock=clock, only_curated=only_curated)
    # Only until this function ends: the shapes need the memory.
    store = ox.Store()
    with clock.step("derive") as step:
        for part in stated.parts:
            store.bulk_load(path=part.path, format=ox.RdfFormat.N_QUADS)
        inference.infer(store, rules=stated.queries / "rules", as_of=stated.project.dataset.date)
        derived = _derived(store, folder)
        step.triples = derived.triples
    with clock.step("merge") as step:
        parts = [*stated.parts, derived]
        told = metadata.ask(store, {graph_iri(part.name): part.triples for part in parts})
        described = metadata.describe(told, stated.project.dataset)
        store.extend(described)
        places = {**metadata.places(told, stated.project, stated.origin), **stated.origin}
        content = join([*parts, *write_parts(described, folder)], folder / "all.nq", place=places.get)
        counted = tallies.count(store, told, stated.groups)
        step.triples = content.triples
    with clock.step("checks") as step:
        found = judge_checks(store, stated.queries / "checks")
        found += expectations.judge(counted, stated.project)
        step.triples = content.triples
    stated = Stated(stated.project, stated.parts, places, stated.groups)
    return Inputs(stated, content, counted, tuple(found))


def read(root: Path, folder: Path, *, clock: Clock, only_curated: bool = False) -> Stated:
    """Read a project's files, links and registers; the named graphs go below `folder`.

    With `only_curated` registers are left out, and links of things that only they describe. Raises
    SourceError for a file that cannot be used.
    """
    with clock.step("read") as step:
        project = discover(root, registers=not only_curated)
        written = curated(project)
        parts = write_parts(written.quads, folder)
        step.triples = len(written.quads)
    groups = {name: read_group(path) for name, path in project.registers.items()}
    if groups:
        with clock.step("tables") as step:
            for name, group in groups.items():
                graph_name = f"register/{name}"
                parts.append(write_part(graph_name, convert(group, graph=graph_iri(graph_name)), folder))
                step.rows += sum(_rows(table.path) for table in group.tables)
                step.triples += parts[-1].triples
                clock.progress(step)
    return Stated(project, tuple(parts), written.origin, groups)


def curated(project: Project) -> Graph:
    """Return what people write: the ontology, the data and the links, in named graphs.

    Without registers, links of things that only they describe are left out. Raises SourceError for a file
    that cannot be used.
    """
    built, links = graph.build(project), read_links(project)
    if project.registers:
        return built.extended(links.quads, links.origin)
    about = {text_of(q.subject): text_of(q.object) for q in links.quads if q.predicate.value == _SUBJECT}
    # A mapping is about its subject, the record of a mapping about that of the mapping.
    kept = [q for q in links.quads if about.get(text_of(q.subject), text_of(q.subject)) in built.origin]
    return built.extended(kept, links.origin)


def _derived(store: ox.Store, folder: Path) -> Part:
    quads = store.quads_for_pattern(None, None, None, inference.DERIVED)
    lines = serialise(quads, ox.RdfFormat.N_QUADS).splitlines(keepends=True)
    return write_part("derived", lines, folder)


def _rows(path: Path) -> int:
    """Count the lines of a table below its header."""
    with path.open("rb") as file:
        return sum(1 for _ in file) - 1


def below(path: Path, root: Path) -> Path:
    """Return a path as seen from a project's folder, or as it is when it lies elsewhere."""
    return path.relative_to(root) if path.is_relative_to(root) else path
