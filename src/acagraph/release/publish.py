"""From a project's files to a published release: read, derive, validate, write, put in place."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from acagraph import queries
from acagraph.dataset import read_manifest
from acagraph.errors import ReleaseError
from acagraph.graph import write_turtle
from acagraph.release.clock import Clock, Progress, Step, silent
from acagraph.release.content import Content, read, serialise
from acagraph.release.context import context
from acagraph.release.dumps import write_dumps
from acagraph.release.files import STORE, listed
from acagraph.release.fingerprint import fingerprint
from acagraph.release.inputs import Inputs, gather
from acagraph.release.manifest import MANIFEST, contents, is_whole, write_manifest
from acagraph.release.places import write_places
from acagraph.release.published import CHECKS, KNOWN, PLACES, RULES
from acagraph.release.swap import CURRENT, point_current, put_in_place, remove, workplace
from acagraph.sources import discover
from acagraph.validation import Report
from acagraph.validation.documentation import rules_page
from acagraph.validation.formats import FORMATS, write
from acagraph.validation.known import FILE as KNOWN_ISSUES
from acagraph.vocab import PREFIXES, SHAPES

REJECTED = "failed-report"
RULES_PAGE = "rules.html"
_FORMS = ("html", "json", "turtle", "text")
_PIECE = 500_000


@dataclass(frozen=True)
class Summary:
    """What a build did: `path` is the release, or None when the data does not conform.

    `engine` is the SHACL engine that judged it. `replaces` says that a release of the same version with other
    files stood there.
    """

    version: str
    path: Path | None
    report: Report
    engine: str
    triples: int
    classes: Mapping[str, int]
    steps: Sequence[Step]
    replaces: bool


def up_to_date(root: Path, out: Path, *, only_curated: bool = False) -> Path | None:
    """Return the release in `out`/current when it is whole and was made from these very inputs.

    What a failed build has left is removed then. Raises SourceError as `build` does.
    """
    folder = out / CURRENT
    try:
        manifest = read_manifest(folder / MANIFEST)
        wanted = fingerprint(discover(root, registers=not only_curated))
        same = manifest.get("fingerprint") == wanted and is_whole(folder, manifest)
    except (ReleaseError, KeyError, TypeError):  # there is none, or one of an older acagraph
        return None
    if not same:
        return None
    remove(out / REJECTED)
    return out / folder.resolve().name


def build(root: Path, out: Path, *, progress: Progress = silent, only_curated: bool = False) -> Summary:
    """Publish the project in `root` as `out`/<version>, and point `out`/current to it.

    Equal inputs give equal bytes, but for those of the store. Whatever goes wrong, the last release stays
    in place; when the data does not conform, the report goes to `out`/failed-report. Registers are left out
    with `only_curated`. Raises SourceError for an input that cannot be used, ReleaseError when the release
    cannot be written.
    """
    clock = Clock(progress)
    discover(root, registers=False)  # without a project nothing is to be made in `out`
    queries.load(root / "queries")
    with _told(out), workplace(out) as place:
        folder, scratch = place / "release", place / "scratch"
        folder.mkdir()
        scratch.mkdir()
        inputs = gather(root, scratch, clock=clock, only_curated=only_curated)
        target, replaces = None, False
        if inputs.report.conforms:
            target = out / inputs.project.dataset.version
            _write(inputs, folder, clock)
            replaces = target.exists() and contents(target) != contents(folder)
            put_in_place(folder, target)
            point_current(target)
            remove(out / REJECTED)
        else:
            _write_report(inputs.report, folder, root)
            put_in_place(folder, out / REJECTED)
    return Summary(
        version=inputs.project.dataset.version,
        path=target,
        report=inputs.report,
        engine=inputs.report.engine,
        triples=inputs.content.triples,
        classes=inputs.tallies.classes,
        steps=clock.steps,
        replaces=replaces,
    )


def _write(inputs: Inputs, folder: Path, clock: Clock) -> None:
    """Write a release's folder."""
    content = inputs.content
    with clock.step("dumps") as step:
        triples = {f"data/{name}": count for name, count in write_dumps(content, folder / "data").items()}
        ontology = _with_labels(content)
        triples |= _write_turtle(folder / "ontology.ttl", ontology)
        triples |= _write_turtle(folder / "shapes.ttl", list(inputs.book.shapes))
        for name, form in (("ontology.owl", ox.RdfFormat.RDF_XML), ("ontology.jsonld", ox.RdfFormat.JSON_LD)):
            (folder / name).write_bytes(serialise((quad.triple for quad in ontology), form))
            triples[name] = len(ontology)
        (folder / "context.jsonld").write_bytes(context(ontology))
        step.triples = content.triples
    with clock.step("store") as step:
        _write_store(content, folder / STORE)
        step.triples = content.triples
    with clock.step("validation"):
        _write_proof(inputs, folder)
    if (inputs.project.root / "data" / "redirects.csv").is_file():
        shutil.copyfile(inputs.project.root / "data" / "redirects.csv", folder / "redirects.csv")
    write_manifest(folder, inputs, listed(folder, triples=triples))


def _write_proof(inputs: Inputs, folder: Path) -> None:
    """Write what the release was judged by, what was found, and where in the sources all that stands."""
    stated, root = inputs.stated, inputs.project.root
    for name in (Path("queries"), CHECKS, RULES):
        (folder / name).mkdir()
        for query in sorted((root / name).glob("*.rq")):
            shutil.copyfile(query, folder / name / query.name)
    (folder / RULES_PAGE).write_bytes(
        rules_page(tuple(inputs.report.rules.values()), examples=stated.shapes / "tests")
    )
    _write_report(inputs.report, folder / "validation", root, page=f"../{RULES_PAGE}")
    if (root / KNOWN_ISSUES).is_file():
        shutil.copyfile(root / KNOWN_ISSUES, folder / KNOWN)
    write_places(folder / PLACES, stated.origin, root=root, groups=stated.groups.values())


def _with_labels(content: Content) -> list[ox.Quad]:
    """Return the ontology with the rdfs:label of its terms, which editors of ontologies show."""
    ontology = list(content.parts["ontology"].quads())
    terms = {str(quad.subject).encode() for quad in ontology}
    label = f" <{PREFIXES['rdfs']}label> ".encode()
    lines = (line for line in content.parts["derived"].lines() if label in line)
    return [*ontology, *read(line for line in lines if line[: line.index(b" ")] in terms)]


def _write_turtle(path: Path, quads: list[ox.Quad]) -> dict[str, int]:
    path.write_text(write_turtle(quads, prefixes=PREFIXES | {"shapes": SHAPES}), encoding="utf-8")
    return {path.name: len(quads)}


def _write_report(report: Report, folder: Path, root: Path, *, page: str = "") -> None:
    """Write a report in all forms that a release has it in; `page` is the address of the page of rules."""
    folder.mkdir(exist_ok=True)
    for form in _FORMS:
        with (folder / f"report{FORMATS[form].suffix}").open("wb") as file:
            write(report, form, file, root=root, rules_page=page)


def _write_store(content: Content, folder: Path) -> None:
    """Build the store that queries read; it normalises literals, so nothing is ever written from it."""
    store = ox.Store(folder)
    lines = content.lines()
    # In pieces: the loader keeps in memory what it is given at once.
    while piece := b"".join(islice(lines, _PIECE)):
        store.bulk_load(piece, ox.RdfFormat.N_QUADS)
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
