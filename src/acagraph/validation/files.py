"""Validate Turtle files of anybody against the ontology, the shapes and, if wanted, the dataset."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox

from acagraph import inference, vocab
from acagraph.graph import Origin, claim, parse_text, refuse_misspelt
from acagraph.graph.tokens import layout
from acagraph.graph.turtle import read_text
from acagraph.validation.findings import Finding, placed
from acagraph.validation.report import Report
from acagraph.validation.run import judge_checks, judge_shapes

_HOME = ox.NamedNode(vocab.graph_iri("shared"))


def validate_files(
    paths: Iterable[Path],
    *,
    base: Iterable[ox.Quad],
    shapes: Path,
    checks: Path,
    rules: Path,
    as_of: datetime.date,
    described: Origin = MappingProxyType({}),
) -> Report:
    """Judge Turtle files together with `base`: at least the ontology, or the whole dataset.

    References to things that the files do not describe are looked up in `base`; derived triples are
    derived anew over both. Only findings about the files are reported: those whose focus or value is
    a subject of one. Raises SourceError for a file that does not parse, as `validate` does, and for what a
    build would refuse: a literal that is not canonical, a statement without a lasting name, a subject that
    another file describes (`described` tells where the subjects of `base` are).
    """
    paths = list(paths)
    own = {path.resolve() for path in paths}
    taken = {iri: place for iri, place in described.items() if place[0].resolve() not in own}
    origin: dict[str, tuple[Path, int | None]] = {}
    quads = [quad for path in paths for quad in _read(path, origin, taken)]
    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        lines, store = Path(folder) / "data.nq", ox.Store()
        with lines.open("wb") as file:
            stated = (quad for quad in base if quad.graph_name != inference.DERIVED)
            ox.serialize(stated, file, format=ox.RdfFormat.N_QUADS)
            file.flush()
            store.bulk_load(path=lines, format=ox.RdfFormat.N_QUADS)
            ox.serialize(_new(quads, store), file, format=ox.RdfFormat.N_QUADS)
            inference.infer(store, rules=rules, as_of=as_of)
            derived = store.quads_for_pattern(None, None, None, inference.DERIVED)
            ox.serialize(derived, file, format=ox.RdfFormat.N_QUADS)
        found = [*judge_checks(store, checks), *judge_shapes(lines, shapes)]
    return Report.of(placed(finding, origin) for finding in found if _concerns(finding, origin))


def _read(
    path: Path, origin: dict[str, tuple[Path, int | None]], taken: dict[str, tuple[Path, int | None]]
) -> list[ox.Quad]:
    """Return the triples of a file, and note where its subjects are described."""
    text = read_text(path)
    quads, _ = parse_text(text, path=path)
    refuse_misspelt(text, quads, path=path)
    for quad in quads:
        origin.setdefault(_name(quad.subject), (path, None))
    for block in layout(text).blocks:
        if block.subject is not None and origin.get(block.subject, (None, 1))[1] is None:
            origin[block.subject] = (path, block.line)
    for subject in dict.fromkeys(_name(quad.subject) for quad in quads):
        if not subject.startswith("_:"):
            claim(subject, (path, origin[subject][1]), taken, once=True)
    return quads


def _new(quads: Iterable[ox.Quad], store: ox.Store) -> Iterator[ox.Quad]:
    """Add triples to a store and yield them; what it holds already must not count twice in the union."""
    for quad in quads:
        if next(store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None), None) is None:
            here = ox.Quad(quad.subject, quad.predicate, quad.object, _HOME)
            store.add(here)
            yield here


def _concerns(finding: Finding, origin: Origin) -> bool:
    return finding.focus in origin or finding.value in origin


def _name(subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return subject.value if isinstance(subject, ox.NamedNode) else str(subject)
