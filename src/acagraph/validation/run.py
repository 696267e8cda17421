"""Validate a dataset with shapes and checks, at the same time."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph import Origin, parse_turtle
from acagraph.validation.checks import Check, load_checks, run_check, run_checks
from acagraph.validation.compiled import stopped
from acagraph.validation.engines import Engine, choose, run_engine
from acagraph.validation.findings import Finding
from acagraph.validation.known import KNOWN_RULES, KnownIssue, accept, load_known
from acagraph.validation.labels import labelled
from acagraph.validation.places import located
from acagraph.validation.report import Report
from acagraph.validation.rules import Rule, load_rules, refuse_unknown
from acagraph.validation.wellformed import refuse_malformed

__all__ = [
    "Book",
    "Engine",
    "find",
    "judge_checks",
    "judge_shapes",
    "load_book",
    "validate",
]

# Each check that runs holds its own intermediate results in memory.
_THREADS = max(2, min(4, os.cpu_count() or 1))


@dataclass(frozen=True)
class Book:
    """What a dataset is judged by: shapes, checks, and what curators accept; `rules` are all there are.

    `engine` judges the shapes; `notice` says why it is not another. `only` are the names of the rules that
    are wanted, none for all.
    """

    shapes: tuple[ox.Quad, ...]
    checks: tuple[Check, ...]
    rules: tuple[Rule, ...]
    engine: Engine
    notice: str = ""
    known: tuple[KnownIssue, ...] = ()
    only: frozenset[str] = frozenset()

    def restricted(self, only: Collection[str]) -> Book:
        """Return a book that only some rules are read in. Raises SourceError for a name that is no rule's."""
        wanted = frozenset(only)
        if not wanted:
            return self
        refuse_unknown(wanted, [rule.name for rule in self.rules])
        checks = tuple(check for check in self.checks if check.rule in wanted)
        elsewhere = {check.rule for check in self.checks} | {rule.name for rule in KNOWN_RULES}
        shapes = self.shapes if wanted - elsewhere else ()
        return replace(self, shapes=shapes, checks=checks, only=wanted)


def load_book(
    shapes: Path,
    checks: Path,
    *,
    known: Path | None = None,
    engine: Engine | None = None,
    more: Iterable[Rule] = (),
) -> Book:
    """Read shapes, a folder or one file, a folder of checks and a file of known issues, where there is one.

    `more` are rules that neither shapes nor checks have. Without an `engine` the fastest that can is chosen.
    Raises SourceError with file and line for whatever cannot be used.
    """
    quads = tuple(load_shapes(shapes))
    rules = (*load_rules(shapes, checks), *KNOWN_RULES, *more)
    chosen, notice = choose(engine, quads)
    accepted = load_known(known, rules=[rule.name for rule in rules]) if known is not None else ()
    return Book(quads, load_checks(checks), rules, chosen, notice, accepted)


def find(book: Book, lines: Path, store: ox.Store) -> list[Finding]:
    """Return what is wrong with a dataset that stands in a file of N-Quads, as found: no places, no labels.

    `store` holds the same, or nothing: then it is filled. Shapes and checks are judged at the same time.
    Raises SourceError for a shape or check that cannot be used.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        # pySHACL is Python, which has no use of another thread and could not be interrupted in one.
        apart = book.shapes and book.engine != "pyshacl"
        shapes = pool.submit(run_engine, lines, book.shapes, book.engine) if apart else None
        if next(iter(store), None) is None:
            store.bulk_load(path=lines, format=ox.RdfFormat.N_QUADS)
        checks = [pool.submit(run_check, check, store) for check in book.checks]
        found = [finding for check in checks for finding in check.result()]
        if shapes is not None:
            found += shapes.result()
    if book.shapes and not apart:
        found += run_engine(lines, book.shapes, book.engine)
    return found


def report(
    found: Iterable[Finding],
    book: Book,
    store: ox.Store,
    *,
    place: Callable[[Iterable[Finding]], list[Finding]],
    today: datetime.date,
    whole: bool = True,
    about: Callable[[Finding], bool] = lambda _: True,
) -> Report:
    """Return findings as people read them: with places, marked where they are accepted, and with labels.

    `found` is all that `find` returned, for it tells whether the engine stopped before it had all; `about`
    says which of it is wanted. `whole` says that the whole dataset was judged, so that a known issue which
    nothing was found for is unused. Sorted, and so equal for equal findings.
    """
    found = list(found)
    notices = [book.notice, stopped(_of_shapes(found, book)) if book.engine == "shacl" else ""]
    placed = place([finding for finding in found if about(finding)])
    accepted = accept(placed, book.known, today=today, whole=whole and not book.only)
    kept = [finding for finding in accepted if not book.only or finding.rule in book.only]
    told = [notice for notice in notices if notice]
    return Report.of(labelled(kept, store), rules=book.rules, engine=book.engine, notices=told)


def _of_shapes(found: Iterable[Finding], book: Book) -> int:
    """Return how many of findings are not from checks, nor from what else has rules of its own."""
    named = {quad.subject.value for quad in book.shapes if isinstance(quad.subject, ox.NamedNode)}
    return sum(finding.rule_iri in named for finding in found)


def validate(
    dataset: Iterable[ox.Quad], *, shapes: Path, checks: Path, origin: Origin, engine: Engine | None = None
) -> Report:
    """Judge the union of a dataset's graphs: data, ontology and derived triples together.

    Findings are sorted and carry file and line where `origin` knows their focus. Non-conformance is
    a result, not an error. Without an `engine` the fastest that is installed judges the shapes. Raises
    SourceError for a shape or check that cannot be used.
    """
    book, store = load_book(shapes, checks, engine=engine), ox.Store()
    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        lines = Path(folder) / "data.nq"
        ox.serialize(dataset, lines, format=ox.RdfFormat.N_QUADS)
        found = find(book, lines, store)
    return report(found, book, store, place=lambda items: located(items, origin), today=datetime.date.min)


def judge_checks(store: ox.Store, checks: Path) -> list[Finding]:
    """Return what the checks of a folder find in the union of a store's graphs, places not told yet."""
    return list(run_checks(load_checks(checks), store))


def judge_shapes(lines: Path, shapes: Path, engine: Engine | None = None) -> list[Finding]:
    """Return what the shapes of a folder find in a file of N-Quads, places not told yet."""
    quads = load_shapes(shapes)
    return run_engine(lines, quads, choose(engine, quads)[0])


def load_shapes(shapes: Path) -> list[ox.Quad]:
    """Read one file, or every Turtle file directly in a folder, sorted by name; examples are in sub-folders.

    Raises SourceError with file and line for a file that does not parse, for shapes that are not well-formed,
    and for a folder without shapes.
    """
    files = sorted(shapes.glob("*.ttl")) if shapes.is_dir() else [shapes]
    quads = [quad for path in files for quad in parse_turtle(path)[0]]
    if not quads:
        raise SourceError("there are no shapes (*.ttl) in this folder", path=shapes)
    refuse_malformed(quads, files)
    return quads
