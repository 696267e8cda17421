"""Judge any RDF data by any shapes: no project, no rules of ours."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.validation.compiled import stopped
from acagraph.validation.documents import TooMany, has_places, rdf_files, read_quads, without_triples
from acagraph.validation.engines import Engine, choose, run_engine
from acagraph.validation.findings import SH, Finding, focus_of
from acagraph.validation.labels import labelled, labels_in
from acagraph.validation.places import Statement, located, names, turtle_statements
from acagraph.validation.report import Report
from acagraph.validation.rules import rules_of
from acagraph.validation.shapegraph import ShapeGraph, named
from acagraph.validation.targets import Targets
from acagraph.validation.wellformed import refuse_malformed
from acagraph.validation.wording import worded

# Triples: for the compiled engine 1.6 gigabytes of memory, for pySHACL as much and an hour.
LIMITS: Mapping[Engine, int] = {"shacl": 2_000_000, "pyshacl": 500_000}
_KILOBYTES: Mapping[Engine, float] = {"shacl": 0.8, "pyshacl": 3.0}
_SHAPES = 500_000
_IMPORTS = vocab.EXTERNAL["owl"] + "imports"
_RULE = SH + "rule"


def judge_graph(
    data: Sequence[Path],
    *,
    shapes: Sequence[Path],
    ontology: Sequence[Path] = (),
    engine: Engine | None = None,
    limit: int | None = None,
) -> Report:
    """Judge RDF files, or folders of them, by shapes; the ontology is read with the data, and not judged.

    Files may be Turtle, N-Triples, N-Quads, TriG, RDF/XML or JSON-LD, also packed with gzip; the graphs of a
    dataset are judged as one. A rule is called by the IRI of its shape, or by one made of the shape around it
    and its path. Findings have the line and column of the statement in Turtle and N-Triples of up to 20 MB,
    else the file. Equal files give equal reports. At most `limit` triples are read, by default as many as
    the engine judges in 1.6 gigabytes of memory. Raises SourceError for what cannot be read or judged.
    """
    shape_files, data_files, ontology_files = (rdf_files(paths) for paths in (shapes, data, ontology))
    stated = [quad for file in _prefixed(shape_files).items() for quad in _shapes_of(*file)]
    refuse_malformed(stated, shape_files)
    given = named(stated)
    chosen, notice = choose(engine, given)
    graph = ShapeGraph(given)
    prefixes = _prefixed(data_files) | _prefixed(set(ontology_files) - set(data_files), "o")
    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        lines = Path(folder) / "data.nq"
        read = _written(prefixes, lines, chosen, limit)
        found = run_engine(lines, given, chosen)
        targets = Targets.of(graph)
        empty = [path for path in data_files if path not in read.filled]
        notices = [notice, *_remarks(stated, read.imports), without_triples(empty)]
        if not found and len(empty) < len(data_files):
            notices.append(_missed(targets, lines))
        elif chosen == "shacl":
            notices.append(stopped(len(found)))
        kept = _about(found, data_files, prefixes, targets)
        notices.append(_left_out(len(found) - len(kept)))
        kept = worded(labelled(_placed(kept, prefixes), labels_in(lines, kept)), graph)
    notices = [notice for notice in notices if notice]
    return Report.of(kept, rules=rules_of(given), engine=chosen, notices=notices)


def _shapes_of(path: Path, prefix: str) -> Iterator[ox.Quad]:
    try:
        for quad in read_quads(path, prefix=prefix, most=_SHAPES):
            yield ox.Quad(quad.subject, quad.predicate, quad.object)
    except TooMany as error:
        message = f"holds more than {_SHAPES:,} triples, too many for shapes; are these the data?"
        raise SourceError(message, path=error.path) from None


def _about(
    found: list[Finding], data: Sequence[Path], files: Mapping[Path, str], targets: Targets
) -> list[Finding]:
    """Return findings but for those about what an ontology, read with the data, alone has.

    What a target names is judged wherever it is described, or nowhere, but in the ontology.
    """
    if len(data) == len(files) or not found:
        return found
    wanted, given, elsewhere = {finding.focus for finding in found}, set(data), set[str]()
    for path, prefix in files.items():
        for quad in read_quads(path, prefix=prefix):
            subject, value = focus_of(quad.subject), focus_of(quad.object)
            if path in given:
                wanted -= {subject, value}
            else:
                elsewhere |= wanted & ({subject} | ({value} - targets.nodes))
        if not wanted:
            return found
    dropped = wanted & elsewhere
    return [finding for finding in found if finding.focus not in dropped]


def _prefixed(files: Iterable[Path], kind: str = "") -> dict[Path, str]:
    """Return files with what their blank nodes' names begin with: nothing for data or shapes in one file."""
    files = sorted(files) if kind else list(files)
    alone = len(files) == 1 and not kind
    return {path: "" if alone else f"{kind or 'f'}{number}-" for number, path in enumerate(files, 1)}


@dataclass(frozen=True)
class _Read:
    """What files import, and which file does so; the files that hold triples."""

    imports: dict[str, Path] = field(default_factory=dict)
    filled: set[Path] = field(default_factory=set)


def _written(files: Mapping[Path, str], lines: Path, engine: Engine, limit: int | None) -> _Read:
    """Write the union of the files' graphs as N-Quads; return what was read."""
    most = LIMITS[engine] if limit is None else limit
    read = _Read()

    def triples() -> Iterator[ox.Quad]:
        left = most
        for path, prefix in files.items():
            try:
                for quad in read_quads(path, prefix=prefix, most=left):
                    left -= 1
                    read.filled.add(path)
                    if quad.predicate.value == _IMPORTS and isinstance(quad.object, ox.NamedNode):
                        read.imports[quad.object.value] = path
                    yield ox.Quad(quad.subject, quad.predicate, quad.object)
            except TooMany as error:
                raise _too_much(error, most, engine) from None

    ox.serialize(triples(), lines, format=ox.RdfFormat.N_QUADS)
    return read


def _too_much(error: TooMany, most: int, engine: Engine) -> SourceError:
    """Return what to do about more triples than can be judged at once."""
    about = f", about {error.estimate:,} of them" if error.estimate else ""
    megabytes = max(error.estimate or 0, most) * _KILOBYTES[engine] / 1000
    message = (
        f"holds too many triples to judge at once{about}: more than {most:,} in all; {engine} needs "
        f"{_KILOBYTES[engine]} kilobytes for each, here {megabytes:,.0f} megabytes; judge it in parts, each "
        "with all that is said of its things"
    )
    return SourceError(message, path=error.path)


def _placed(found: list[Finding], files: Mapping[Path, str]) -> list[Finding]:
    """Return findings with the place of their statements, or of the file that describes their focus."""
    wanted = names(found)
    if not wanted:
        return found
    origin: dict[str, tuple[Path, int | None]] = {}
    stated: list[Statement] = []
    for path, prefix in files.items():
        if has_places(path):
            text = read_text(path)
            stated += turtle_statements(text, file=path.as_posix(), wanted=wanted, prefix=prefix)
        elif len(files) > 1:
            for quad in read_quads(path, prefix=prefix):
                literal = {str(quad.object)} if isinstance(quad.object, ox.Literal) else set[str]()
                for name in ({focus_of(quad.subject)} | literal) & wanted:
                    origin.setdefault(name, (path, None))
    placed = located(found, origin, stated=stated)
    alone = next(iter(files)).as_posix() if len(files) == 1 else None
    return [replace(finding, file=finding.file or alone) for finding in placed]


def _remarks(stated: Sequence[ox.Quad], imported: Mapping[str, Path]) -> Iterator[str]:
    """Yield what was not read or not done."""
    here = {focus_of(quad.subject) for quad in stated}
    asked = {
        q.object.value for q in stated if q.predicate.value == _IMPORTS and isinstance(q.object, ox.NamedNode)
    }
    for iri in sorted({*asked, *imported} - here):
        yield f"{iri} is imported but was not read: nothing is fetched; name a copy of it."
    if any(quad.predicate.value == _RULE for quad in stated):
        yield "sh:rule was passed over: rules derive triples, and only what is stated was judged."


def _missed(targets: Targets, lines: Path) -> str:
    """Return why nothing was judged, "" where something was."""
    if targets.none:
        return "Every shape with a target is deactivated (sh:deactivated), so nothing was judged."
    if not targets.occurs(lines):
        return "Nothing in the data is what the shapes are about, so nothing was judged: check their targets."
    return ""


def _left_out(number: int) -> str:
    if not number:
        return ""
    noun = "finding is" if number == 1 else "findings are"
    return (
        f"{number:,} {noun} about what the ontology alone describes, and not told; "
        "name the ontology with the data to judge both."
    )
