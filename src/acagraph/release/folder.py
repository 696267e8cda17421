"""A release's folder: everything that is written into it, in the order in which one part needs another."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from acagraph.graph import write_turtle
from acagraph.reconciliation.index import NAMES, write_index
from acagraph.release.clock import Clock
from acagraph.release.content import Content, read, serialise
from acagraph.release.context import context
from acagraph.release.deltas.changes import write_changes
from acagraph.release.descriptions.documents import write_descriptions
from acagraph.release.descriptions.facts import Facts
from acagraph.release.dumps.writing import write_dumps
from acagraph.release.files import STORE, File, listed
from acagraph.release.history import Past
from acagraph.release.inputs import Inputs
from acagraph.release.manifest import body_of, pages_of, write_manifest
from acagraph.release.pages import Freeze, write_pages
from acagraph.release.places import write_places
from acagraph.release.published import CHECKS, KNOWN, PLACES, RULES
from acagraph.release.tables import write_tables
from acagraph.release.tables.model import Counted
from acagraph.release.tables.package import write_package
from acagraph.release.working import write_store
from acagraph.sources import Project
from acagraph.validation import Report
from acagraph.validation.documentation import rules_page
from acagraph.validation.formats import FORMATS, write
from acagraph.validation.known import FILE as KNOWN_ISSUES
from acagraph.vocab import PREFIXES, SHAPES

CONTEXT = "context.jsonld"
REDIRECTS = Path("data/redirects.csv")
RULES_PAGE = "rules.html"
_FORMS = ("html", "json", "turtle", "text")


def write_release(
    inputs: Inputs,
    folder: Path,
    previous: Past | None,
    clock: Clock,
    *,
    freeze: Freeze | None = None,
    last: Path | None = None,
) -> list[str]:
    """Write a release's folder; return what it is without, and why.

    `previous` is the release that this one follows, where it is at hand. `freeze` writes the pages, if there
    are to be any; those that are as in the release `last` are linked.
    """
    content, project = inputs.content, inputs.project
    ontology = _with_labels(content)
    triples = _write_vocabulary(folder, ontology, list(inputs.book.shapes))
    with clock.step("dumps") as step:
        terms = (folder / CONTEXT).read_bytes()
        triples |= write_dumps(content, folder, context=terms, as_of=project.dataset.date)
        step.triples = content.triples
    _place_store(inputs, folder / STORE, clock)
    with clock.step("export"):
        beside = [partial(_write_names, folder)]
        tables, notices = write_tables(content, folder / STORE, folder, beside=beside)
    with clock.step("validation"):
        _write_proof(inputs, folder)
    with clock.step("changes"):
        notices += write_changes(
            folder,
            content,
            previous,
            info=project.dataset,
            shapes=inputs.book.shapes,
            redirects=project.redirects,
        )
    _copy_links(project, folder / "data")
    if (project.root / REDIRECTS).is_file():
        shutil.copyfile(project.root / REDIRECTS, folder / REDIRECTS.name)
    with clock.step("describe"):
        files = _write_descriptions(inputs, folder, tuple(tables), triples)
        body = body_of(inputs, files, previous=previous, pages=freeze is not None)
        write_manifest(folder, body, files)
    if freeze is not None:
        with clock.step("pages") as step:
            # They show what the manifest says; then it says what they are.
            digest, step.rows = write_pages(folder, last, freeze)
            write_manifest(folder, {**body, **pages_of(digest)}, files)
    return notices


def _place_store(inputs: Inputs, path: Path, clock: Clock) -> None:
    """Write the store of the queries, or move it there where the dataset was judged in one on disk."""
    with clock.step("store") as step:
        if inputs.store is None:
            write_store(inputs.content.lines(), path)
        else:
            inputs.store.rename(path)
            ox.Store(path).flush()
        step.triples = inputs.content.triples


def _write_names(folder: Path) -> None:
    """Write the index of names, from the store."""
    write_index(ox.Store.read_only(str(folder / STORE)), folder / NAMES)


def _write_descriptions(
    inputs: Inputs, folder: Path, tables: tuple[Counted, ...], triples: Mapping[str, int]
) -> list[File]:
    """Write what the release says of itself and its files; return all its files."""
    content = inputs.content
    files = listed(folder, triples=triples)
    graphs = {name: part.triples for name, part in content.parts.items()}
    facts = Facts(inputs.project.dataset, content.sha256, graphs, inputs.tallies, tuple(files), tables)
    store = ox.Store.read_only(str(folder / STORE))
    described = write_descriptions(folder, facts, store)
    write_package(folder, facts)
    return listed(folder, triples=described, known=files)


def _write_vocabulary(folder: Path, ontology: list[ox.Quad], shapes: list[ox.Quad]) -> dict[str, int]:
    """Write the ontology, the shapes and the JSON-LD context; return the triples in each file."""
    triples = _write_turtle(folder / "ontology.ttl", ontology) | _write_turtle(folder / "shapes.ttl", shapes)
    for name, form in (("ontology.owl", ox.RdfFormat.RDF_XML), ("ontology.jsonld", ox.RdfFormat.JSON_LD)):
        (folder / name).write_bytes(serialise((quad.triple for quad in ontology), form))
        triples[name] = len(ontology)
    (folder / CONTEXT).write_bytes(context(ontology))
    return triples


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
    write_report(inputs.report, folder / "validation", root, page=f"../{RULES_PAGE}")
    if (root / KNOWN_ISSUES).is_file():
        shutil.copyfile(root / KNOWN_ISSUES, folder / KNOWN)
    write_places(folder / PLACES, stated.origin, root=root, groups=stated.groups.values())


def _copy_links(project: Project, folder: Path) -> None:
    """Copy the tables of links and of candidates below a folder."""
    for file in project.files:
        if file.role == "links":
            target = folder / file.path.relative_to(project.root / "data")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.path, target)


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


def write_report(report: Report, folder: Path, root: Path, *, page: str = "") -> None:
    """Write a report in all forms that a release has it in; `page` is the address of the page of rules."""
    folder.mkdir(exist_ok=True)
    for form in _FORMS:
        with (folder / f"report{FORMATS[form].suffix}").open("wb") as file:
            write(report, form, file, root=root, rules_page=page)
