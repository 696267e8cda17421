"""What a release is made of: files, links and registers as one dataset, with all that follows from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from acagraph import graph, inference
from acagraph.errors import SourceError
from acagraph.graph import Graph, Origin
from acagraph.graph.terms import text_of
from acagraph.links import read_links
from acagraph.registers import TableGroup, convert, read_group
from acagraph.release import expectations, tallies
from acagraph.release.clock import Clock
from acagraph.release.content import Content, Part, join, write_part, write_parts
from acagraph.release.descriptions import graphs
from acagraph.release.descriptions.measures import Meter
from acagraph.release.fingerprint import Snapshot
from acagraph.release.tables import TABLES
from acagraph.release.tallies import Tallies
from acagraph.release.working import loaded
from acagraph.sources import Project
from acagraph.validation import Report
from acagraph.validation.known import FILE as KNOWN
from acagraph.validation.known import present
from acagraph.validation.places import located
from acagraph.validation.run import Book, Engine, find, load_book, report
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


@dataclass(frozen=True)
class Inputs:
    """The whole dataset, on disk; how much it holds; what is wrong with it; and whether anything is left out.

    `book` is what it was judged by, `taken` what its files were before the first was read. `store` is where a
    store of the whole dataset lies on disk, None where it was in memory.
    """

    taken: Snapshot
    stated: Stated
    content: Content
    tallies: Tallies
    book: Book
    report: Report
    whole: bool
    store: Path | None = None

    @property
    def project(self) -> Project:
        """The project that it is made from."""
        return self.stated.project


@dataclass(frozen=True)
class Dataset:
    """A project's dataset before it is judged: on disk, and in `store` where it was loaded already.

    `place` is the folder of that store, None where it is in memory.
    `origin` tells where each subject is described, but for those of `groups`, the tables of the registers.
    """

    project: Project
    lines: Path
    store: ox.Store
    tallies: Tallies
    origin: Origin
    groups: Mapping[str, TableGroup]
    place: Path | None = None

    def judged(self, book: Book, *, clock: Clock, whole: bool) -> Report:
        """Return what is wrong with it; `whole` says that no register was left out."""
        root, today = self.project.root, self.project.dataset.date
        with clock.step("judge") as step:
            found = find(book, self.lines, self.store)
            found += expectations.judge(self.tallies, self.project)
            if not whole:
                book = replace(book, known=present(book.known, self.store))
            place = partial(located, origin=self.origin, root=root, groups=self.groups.values())
            step.triples = len(self.store)
            return report(found, book, self.store, place=place, today=today, whole=whole)


def rules_of(root: Path, *, engine: Engine | None = None, only: Collection[str] = ()) -> Book:
    """Read what a project is judged by. Raises SourceError, also for a name in `only` that is no rule's."""
    shapes, checks = root / "shapes", root / "queries" / "checks"
    return load_book(shapes, checks, known=root / KNOWN, engine=engine, more=[expectations.RULE]).restricted(
        only
    )


def gather(
    root: Path,
    folder: Path,
    *,
    clock: Clock,
    only_curated: bool = False,
    engine: Engine | None = None,
    only: Collection[str] = (),
) -> Inputs:
    """Read a project, derive what follows, describe the graphs and judge it all; files go below `folder`.

    Raises SourceError for a file that cannot be used.
    """
    book = rules_of(root, engine=engine, only=only)
    taken = Snapshot.of(root, registers=not only_curated)
    stated = read(taken.project, folder, clock=clock)
    content, dataset = complete(stated, folder, clock=clock)
    found = dataset.judged(book, clock=clock, whole=not only_curated)
    stated = Stated(stated.project, stated.parts, dataset.origin, stated.groups)
    return Inputs(taken, stated, content, dataset.tallies, book, found, not only_curated, dataset.place)


def complete(stated: Stated, folder: Path, *, clock: Clock) -> tuple[Content, Dataset]:
    """Derive what follows from a project's files and describe the graphs; return all as lines and in a store.

    Raises SourceError for a rule that cannot be used, and for a triple in two graphs.
    """
    with clock.step("derive") as step:
        working = loaded(stated.parts, folder)
        store, rules = working.store, stated.queries / "rules"
        lines, day = folder / "derived.nt", stated.project.dataset.date
        inference.infer(store, rules=rules, as_of=day, scratch=folder, copy=lines)
        with ThreadPoolExecutor(1) as pool:
            settled = pool.submit(working.settle)
            derived = _derived(lines, folder)
            settled.result()
        step.triples = derived.triples
    with clock.step("merge") as step:
        parts = [*stated.parts, derived]
        meter = Meter()
        for part in parts:
            meter.add(graph_iri(part.name), part.lines())
        told = graphs.ask(store, meter)
        described = graphs.describe(told, stated.project.dataset, TABLES)
        store.extend(described.quads)
        places = {**graphs.places(told, stated.project, stated.origin), **stated.origin}
        content = join([*parts, *write_parts(described.quads, folder)], folder / "all.nq", place=places.get)
        counted = tallies.count(store, told, stated.groups, described.measures.graphs)
        step.triples = content.triples
    dataset = Dataset(stated.project, content.path, store, counted, places, stated.groups, working.path)
    return content, dataset


def read(project: Project, folder: Path, *, clock: Clock, every_link: bool = True) -> Stated:
    """Read a project's files, links and registers; the named graphs go below `folder`.

    Of a project without registers the links of things that only they describe are left out, and not even read
    without `every_link`. Raises SourceError for a file that cannot be used.
    """
    groups = {name: _read_group(path, project) for name, path in project.registers.items()}
    with clock.step("read") as step:
        written = curated(project, every_link=every_link)
        parts = write_parts(written.quads, folder)
        step.triples = len(written.quads)
    if groups:
        with clock.step("tables") as step:
            for name, group in groups.items():
                graph_name = f"register/{name}"
                parts.append(write_part(graph_name, convert(group, graph=graph_iri(graph_name)), folder))
                step.rows += sum(_rows(table.path) for table in group.tables)
                step.triples += parts[-1].triples
                clock.progress(step)
    return Stated(project, tuple(parts), written.origin, groups)


def curated(project: Project, *, every_link: bool = True) -> Graph:
    """Return what people write: the ontology, the data and the links, in named graphs.

    Without registers, links of things that only they describe are left out, and without `every_link` they are
    not even read. Raises SourceError for a file that cannot be used.
    """
    built = graph.build(project)
    if project.registers:
        links = read_links(project)
        return built.extended(links.quads, links.origin)
    links = read_links(project, about=None if every_link else built.origin)
    about = {text_of(q.subject): text_of(q.object) for q in links.quads if q.predicate.value == _SUBJECT}
    # A mapping is about its subject, the record of a mapping about that of the mapping.
    kept = [q for q in links.quads if about.get(text_of(q.subject), text_of(q.subject)) in built.origin]
    return built.extended(kept, links.origin)


def _read_group(path: Path, project: Project) -> TableGroup:
    """Read a register's graphs. Raises SourceError also for a table that is no file of the project."""
    group = read_group(path)
    known = {file.path.resolve() for file in project.files}
    for table in group.tables:
        for needed in (table.path, table.metadata):
            if needed is not None and needed.resolve() not in known:
                message = (
                    f"names {needed.name}, which is no file of the project's registers: keep tables as "
                    "data/registers/NAME/TABLE.csv and schemas as data/registers/schemas/SCHEMA.json"
                )
                raise SourceError(message, path=path)
    return group


def _derived(path: Path, folder: Path) -> Part:
    """Write graph/derived as a part, from its triples, which get the name of the graph; these are removed."""
    end = f" {inference.DERIVED} .\n".encode()
    with path.open("rb") as lines:
        part = write_part("derived", (line[:-3] + end for line in lines), folder)
    path.unlink()
    return part


def _rows(path: Path) -> int:
    """Count the lines of a table below its header."""
    with path.open("rb") as file:
        return sum(1 for _ in file) - 1
