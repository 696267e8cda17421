"""From a project's files to a published release: read, derive, validate, write, put in place."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph import queries
from acagraph.errors import ReleaseError
from acagraph.graph import write_turtle
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.context import context
from acagraph.release.dumps import Content, serialise, write_dumps
from acagraph.release.inputs import Inputs, gather
from acagraph.release.manifest import STORE, class_counts, contents, write_manifest
from acagraph.release.swap import point_current, put_in_place, remove, workplace
from acagraph.validation import Report
from acagraph.validation.run import load_shapes
from acagraph.vocab import PREFIXES, SHAPES

REJECTED = "failed-report"


@dataclass(frozen=True)
class Summary:
    """What a build did: `path` is the release, or None when the data does not conform.

    `replaces` says that a release of the same version with other files stood there.
    """

    version: str
    path: Path | None
    report: Report
    triples: int
    classes: Mapping[str, int]
    seconds: Mapping[str, float]
    replaces: bool


def build(root: Path, out: Path, *, progress: Progress = silent) -> Summary:
    """Publish the project in `root` as `out`/<version>, and point `out`/current to it.

    Equal inputs give equal bytes, but for those of the store. Whatever goes wrong, the last release stays
    in place; when the data does not conform, the report goes to `out`/failed-report. Raises SourceError
    for an input that cannot be used, ReleaseError when the release cannot be written.
    """
    clock = Clock(progress)
    inputs = gather(root, clock=clock)
    queries.load(inputs.queries)
    with clock.phase("validate"):
        report = inputs.validate()
    content = Content.of(inputs.graph.quads)
    replaces = False
    with _told(out), workplace(out) as folder:
        if report.conforms:
            target = out / inputs.project.dataset.version
            with clock.phase("write"):
                _write(inputs, content, report, folder)
            with clock.phase("store"):
                _write_store(content, folder / STORE)
            replaces = target.exists() and contents(target) != contents(folder)
            put_in_place(folder, target)
            point_current(target)
            remove(out / REJECTED)
        else:
            target = None
            _write_report(report, folder)
            put_in_place(folder, out / REJECTED)
    return Summary(
        version=inputs.project.dataset.version,
        path=target,
        report=report,
        triples=len(content.quads),
        classes=class_counts(content.quads),
        seconds=clock.seconds,
        replaces=replaces,
    )


def _write(inputs: Inputs, content: Content, report: Report, folder: Path) -> None:
    """Write everything but the store into a release's folder."""
    root = inputs.project.root
    triples = {f"data/{name}": count for name, count in write_dumps(content, folder / "data").items()}
    ontology = _with_labels(content)
    shapes = Content.of(load_shapes(inputs.shapes)).quads
    triples |= _write_turtle(folder / "ontology.ttl", ontology) | _write_turtle(folder / "shapes.ttl", shapes)
    for name, form in (("ontology.owl", ox.RdfFormat.RDF_XML), ("ontology.jsonld", ox.RdfFormat.JSON_LD)):
        (folder / name).write_bytes(serialise((quad.triple for quad in ontology), form))
        triples[name] = len(ontology)
    (folder / "context.jsonld").write_bytes(context(ontology))
    _write_report(report, folder / "validation")
    for query in sorted(inputs.queries.glob("*.rq")):
        (folder / "queries").mkdir(exist_ok=True)
        shutil.copyfile(query, folder / "queries" / query.name)
    if (root / "data" / "redirects.csv").is_file():
        shutil.copyfile(root / "data" / "redirects.csv", folder / "redirects.csv")
    write_manifest(folder, content, project=inputs.project, triples=triples)


def _with_labels(content: Content) -> list[ox.Quad]:
    """Return the ontology with the rdfs:label of its terms, which editors of ontologies show."""
    ontology = content.graphs["ontology"]
    terms = {quad.subject for quad in ontology}
    label = PREFIXES["rdfs"] + "label"
    derived = content.graphs["derived"]
    return [*ontology, *(q for q in derived if q.predicate.value == label and q.subject in terms)]


def _write_turtle(path: Path, quads: list[ox.Quad]) -> dict[str, int]:
    path.write_text(write_turtle(quads, prefixes=PREFIXES | {"shapes": SHAPES}), encoding="utf-8")
    return {path.name: len(quads)}


def _write_report(report: Report, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "report.ttl").write_bytes(report.turtle())
    (folder / "report.json").write_bytes(report.json())
    (folder / "report.txt").write_text(report.text(), encoding="utf-8")


def _write_store(content: Content, folder: Path) -> None:
    """Build the store that queries read; it normalises literals, so nothing is ever written from it."""
    store = ox.Store(folder)
    store.bulk_load(content.nquads, ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()


@contextlib.contextmanager
def _told(out: Path) -> Iterator[None]:
    """Turn the system's refusal to write into an error that says what it means for the reader."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"the release could not be written to {out}: {reason}; the last release stays in place"
        raise ReleaseError(message) from error
