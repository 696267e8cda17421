"""Validate Turtle files of anybody against the ontology, the shapes and, if wanted, the dataset."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox

from acagraph import inference, vocab
from acagraph.graph import claim, parse_text, refuse_misspelt
from acagraph.graph.tokens import layout
from acagraph.graph.turtle import read_text
from acagraph.validation.findings import Finding, Origin
from acagraph.validation.report import Report
from acagraph.validation.run import validate

_HOME = ox.NamedNode(vocab.graph_iri("shared"))
_DERIVED = ox.NamedNode(vocab.graph_iri("derived"))


def validate_files(
    paths: Iterable[Path],
    *,
    base: Iterable[ox.Quad],
    shapes: Path,
    checks: Path,
    rules: Path,
    as_of: datetime.date,
    described: Origin = MappingProxyType({}),
    engine: str = "pyshacl",
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
    known = {quad for quad in base if quad.graph_name != _DERIVED}
    triples = {(quad.subject, quad.predicate, quad.object) for quad in known}
    origin: dict[str, tuple[Path, int | None]] = {}
    for path in paths:
        text = read_text(path)
        quads, _ = parse_text(text, path=path)
        refuse_misspelt(text, quads, path=path)
        for quad in quads:
            # What the dataset says already must not be counted twice under the union of graphs.
            if (quad.subject, quad.predicate, quad.object) not in triples:
                known.add(ox.Quad(quad.subject, quad.predicate, quad.object, _HOME))
            origin.setdefault(_name(quad.subject), (path, None))
        for block in layout(text).blocks:
            if block.subject is not None and origin.get(block.subject, (None, 1))[1] is None:
                origin[block.subject] = (path, block.line)
        for subject in dict.fromkeys(_name(quad.subject) for quad in quads):
            if not subject.startswith("_:"):
                claim(subject, (path, origin[subject][1]), taken, once=True)
    dataset = ox.Dataset(known)
    derived = inference.derive(dataset, rules=rules, as_of=as_of)
    report = validate([*known, *derived], shapes=shapes, checks=checks, origin=origin, engine=engine)
    return Report.of(finding for finding in report.findings if _concerns(finding, origin))


def _concerns(finding: Finding, origin: Origin) -> bool:
    return finding.focus in origin or finding.value in origin


def _name(subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return subject.value if isinstance(subject, ox.NamedNode) else str(subject)
