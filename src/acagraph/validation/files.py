"""Validate RDF files of anybody against the ontology, the shapes and, if wanted, the dataset."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox

from acagraph import inference, vocab
from acagraph.errors import SourceError
from acagraph.graph import Origin
from acagraph.graph.literals import canonical, problem
from acagraph.graph.turtle import read_text
from acagraph.validation.documents import TooMany, has_places, rdf_files, read_quads, without_triples
from acagraph.validation.engines import Engine
from acagraph.validation.findings import SH, Finding
from acagraph.validation.places import Statement, located, names, turtle_statements
from acagraph.validation.report import Report
from acagraph.validation.rules import Rule
from acagraph.validation.run import find, load_book, report

# What a build refuses, and what a file of somebody else is only told of.
_SPELLING = Rule(
    "rule-71-spelling",
    "violation",
    "Write this literal as the message says: its type has one spelling for each value.",
    "A literal is spelled canonically",
)
_ELSEWHERE = Rule(
    "rule-72-described-elsewhere",
    "violation",
    "Keep one description of each thing: merge this one with that of the file named here.",
    "A thing is described in one file",
)
_NAME = Rule(
    "rule-73-lasting-name",
    "violation",
    "Run acagraph fmt on the file: it gives the statement a name made of what it states.",
    "A statement has a lasting name",
)
FILE_RULES: tuple[Rule, ...] = (_SPELLING, _ELSEWHERE, _NAME)

_HOME = ox.NamedNode(vocab.graph_iri("shared"))
_NEW = vocab.PREFIXES["stmt"] + "new-"
_MOST = 1_000_000


@dataclass
class _Given:
    """What files hold: their triples, who is described where, and what a build would refuse."""

    quads: list[ox.Quad] = field(default_factory=list)
    origin: dict[str, tuple[Path, int | None]] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    twice: dict[tuple[Path, Path], list[str]] = field(default_factory=dict)
    empty: list[Path] = field(default_factory=list)

    def concern(self, finding: Finding) -> bool:
        """Say whether a finding is about the files."""
        if finding.focus.startswith('"'):
            return finding.focus in self._literals
        return finding.focus in self.origin or finding.value in self.origin

    @cached_property
    def _literals(self) -> frozenset[str]:
        return frozenset(str(quad.object) for quad in self.quads if isinstance(quad.object, ox.Literal))


def validate_files(
    paths: Iterable[Path],
    *,
    base: Iterable[ox.Quad],
    shapes: Path,
    checks: Path,
    rules: Path,
    as_of: datetime.date,
    described: Origin = MappingProxyType({}),
    engine: Engine | None = None,
    only: Collection[str] = (),
) -> Report:
    """Judge RDF files, or folders of them, with `base`: at least the ontology, or the whole dataset.

    References to things that the files do not describe are looked up in `base`; derived triples are
    derived anew over both. Only findings about the files are reported: those whose focus or value is
    a subject of one. What a build refuses is a finding here: a literal that is not canonical, a statement
    without a lasting name, a subject that another file describes (`described` tells where the subjects of
    `base` are). Blank nodes are called after their label or place. Raises SourceError for a file that cannot
    be read or holds more than a million triples, and as `validate` does.
    """
    files = {path: f"f{number}-" for number, path in enumerate(rdf_files(paths), 1)}
    book = load_book(shapes, checks, engine=engine, more=FILE_RULES).restricted(only)
    given = _read(files, described)
    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        lines, store = Path(folder) / "data.nq", ox.Store()
        with lines.open("wb") as file:
            stated = (quad for quad in base if quad.graph_name != inference.DERIVED)
            ox.serialize(stated, file, format=ox.RdfFormat.N_QUADS)
            file.flush()
            store.bulk_load(path=lines, format=ox.RdfFormat.N_QUADS)
            ox.serialize(_new(given.quads, store), file, format=ox.RdfFormat.N_QUADS)
            inference.infer(store, rules=rules, as_of=as_of)
            derived = store.quads_for_pattern(None, None, None, inference.DERIVED)
            ox.serialize(derived, file, format=ox.RdfFormat.N_QUADS)
        told = report(
            [*given.found, *find(book, lines, store)],
            book,
            store,
            about=given.concern,
            place=lambda items: _placed(items, files, given.origin),
            today=as_of,
            whole=False,
        )
    notice = without_triples(given.empty)
    return replace(told, notices=(*told.notices, notice)) if notice else told


def quads_of(files: Mapping[Path, str]) -> Iterator[tuple[Path, list[ox.Quad]]]:
    """Yield RDF files with what they hold; `files` tell what the names of their blank nodes begin with.

    Raises SourceError for a file that cannot be read, and for more than a million triples in all.
    """
    left = _MOST
    for path, prefix in files.items():
        try:
            quads = list(read_quads(path, prefix=prefix, most=left))
        except TooMany as error:
            about = f", about {error.estimate:,}" if error.estimate else ""
            message = (
                f"holds more triples than can be judged with ours{about}: {_MOST:,} at once; judge parts"
            )
            raise SourceError(message, path=path) from None
        left -= len(quads)
        yield path, quads


def _read(files: Mapping[Path, str], described: Origin) -> _Given:
    """Return what the files hold, with literals as stores spell them."""
    own = {path.resolve() for path in files}
    taken = {iri: place for iri, place in described.items() if place[0].resolve() not in own}
    given = _Given()
    for path, quads in quads_of(files):
        given.empty += [] if quads else [path]
        for quad in quads:
            subject, value = _name(quad.subject), quad.object
            if subject not in given.origin and subject.startswith(_NEW):
                given.found.append(_unnamed(subject))
            # Blank nodes of different files have different names.
            other = given.origin.get(subject) or taken.get(subject)
            if other is not None and other[0] != path:
                things = given.twice.setdefault((path, other[0]), [])
                things += [subject] * (subject not in things[-1:])
            given.origin.setdefault(subject, (path, None))
            wrong = problem(value) if isinstance(value, ox.Literal) else None
            if wrong is not None and isinstance(value, ox.Literal):
                given.found.append(_misspelt(subject, quad.predicate, value, wrong))
                value = canonical(value) if problem(canonical(value)) is None else value
            given.quads.append(ox.Quad(quad.subject, quad.predicate, value, _HOME))
    for (path, first), things in given.twice.items():
        # A thing of two of these files is told in the first, so the other is named.
        place = (path, None) if first in files else taken[things[0]]
        given.found.append(_twice(list(dict.fromkeys(things)), place))
    return given


def _misspelt(subject: str, predicate: ox.NamedNode, value: ox.Literal, message: str) -> Finding:
    return replace(
        _finding(_SPELLING, subject, message),
        path=predicate.value,
        value=value.value,
        component=SH + "DatatypeConstraintComponent",
        term=value,
    )


def _unnamed(subject: str) -> Finding:
    return _finding(
        _NAME, subject, f"{vocab.compact(subject)} has no lasting name yet; run acagraph fmt on the file"
    )


def _twice(things: Sequence[str], place: tuple[Path, int | None]) -> Finding:
    """Return one finding for all things that two files describe: a copy of a file has many."""
    path, line = place
    where = f"{path.as_posix()}:{line}" if line else path.as_posix()
    name, more = vocab.compact(things[0]), len(things) - 1
    if not more:
        return _finding(_ELSEWHERE, things[0], f"{name} is described in {where} already; keep one")
    message = (
        f"{name} and {more:,} more things of this file are described in {where} already; keep one of each"
    )
    return _finding(_ELSEWHERE, things[0], message)


def _finding(rule: Rule, subject: str, message: str) -> Finding:
    return Finding(rule.name, rule.severity, subject, None, None, message)


def _placed(found: Iterable[Finding], files: Mapping[Path, str], origin: Origin) -> list[Finding]:
    """Return findings with the place of their statements in Turtle, or with their file."""
    found = list(found)
    wanted = names(found)
    stated: list[Statement] = []
    described = {origin[name][0] for name in wanted if name in origin}
    literal = any(name.startswith('"') for name in wanted)
    for path in files:
        if (literal or path in described) and has_places(path):
            statements = turtle_statements(
                read_text(path), file=path.as_posix(), wanted=wanted, prefix=files[path]
            )
            stated += statements
    return located(found, origin, stated=stated)


def _new(quads: Iterable[ox.Quad], store: ox.Store) -> Iterator[ox.Quad]:
    """Add triples to a store and yield them; what it holds already must not count twice in the union."""
    for quad in quads:
        if next(store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None), None) is None:
            store.add(quad)
            yield quad


def _name(subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return subject.value if isinstance(subject, ox.NamedNode) else str(subject)
