"""A release's folder: everything that is written into it, in the order in which one part needs another."""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from acagraph.graph import write_turtle
from acagraph.release.clock import Clock
from acagraph.release.content import Content, read, serialise
from acagraph.release.context import context
from acagraph.release.dumps import write_dumps
from acagraph.release.files import STORE, listed
from acagraph.release.history import Past
from acagraph.release.inputs import Inputs
from acagraph.release.manifest import write_manifest
from acagraph.release.places import write_places
from acagraph.release.published import CHECKS, KNOWN, PLACES, RULES
from acagraph.validation import Report
from acagraph.validation.documentation import rules_page
from acagraph.validation.formats import FORMATS, write
from acagraph.validation.known import FILE as KNOWN_ISSUES
from acagraph.vocab import PREFIXES, SHAPES

RULES_PAGE = "rules.html"
_FORMS = ("html", "json", "turtle", "text")
_PIECE = 500_000


def write_release(inputs: Inputs, folder: Path, previous: Past | None, clock: Clock) -> list[str]:
    """Write a release's folder; return what it is without, and why.

    `previous` is the release that this one follows, where it is at hand.
    """
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
    write_manifest(folder, inputs, listed(folder, triples=triples), previous=previous)
    return []


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


def _write_store(content: Content, folder: Path) -> None:
    """Build the store that queries read; it normalises literals, so nothing is ever written from it."""
    store = ox.Store(folder)
    lines = content.lines()
    # In pieces: the loader keeps in memory what it is given at once.
    while piece := b"".join(islice(lines, _PIECE)):
        store.bulk_load(piece, ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()
