"""The one dataset: every file's triples in the named graph where they belong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.hierarchy import reached
from acagraph.graph.spelling import refuse_misspelt
from acagraph.graph.terms import Node, Value, text_of
from acagraph.graph.tokens import layout
from acagraph.graph.turtle import parse_text, read_text, refuse_blank_nodes
from acagraph.sources import Project, Redirect, SourceFile
from acagraph.vocab import ACA, PREFIXES, compact, graph_iri

Origin = Mapping[str, tuple[Path, int | None]]

# What other modules read: acagraph.links and acagraph.registers.
_NOT_TURTLE = ("links", "register", "table")
_TYPE = PREFIXES["rdf"] + "type"
_SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
_REPLACED = PREFIXES["dcterms"] + "isReplacedBy"
_DESCRIBED = PREFIXES["dcterms"] + "description"
_DEPRECATED = PREFIXES["owl"] + "deprecated"
_TRUE = ox.Literal(True)


@dataclass(frozen=True)
class Graph:
    """The triples of a project in named graphs, sorted, and where each subject is described."""

    quads: tuple[ox.Quad, ...]
    origin: Origin

    def dataset(self) -> ox.Dataset:
        """Return the quads as a pyoxigraph dataset; lexical forms stay as they are."""
        return ox.Dataset(self.quads)

    def extended(self, quads: Iterable[ox.Quad], origin: Origin | None = None) -> Graph:
        """Return the graph with more quads, such as links; SourceError when a triple stands in two graphs."""
        merged = {*self.quads, *quads}
        _refuse_twins(merged, {**(origin or {}), **self.origin})
        return Graph(_sorted(merged), {**(origin or {}), **self.origin})


def build(project: Project) -> Graph:
    """Parse the ontology and the data of a project and put each subject into its named graph.

    Deterministic: equal files give equal quads, blank node labels included. Raises SourceError for a syntax
    error, a literal that is not canonical, a blank node in data/, a subject described in two files, a triple
    in two graphs, a redirect from a thing that is still there or to one that is not. Links and registers are
    not read here (see acagraph.links and acagraph.registers).
    """
    # The ontology first: a term that data/ describes once more is an error of data/.
    files = sorted(project.files, key=lambda file: (file.role == "data", file.path))
    parsed = [(file, *_read(file, project.root)) for file in files if file.role not in _NOT_TURTLE]
    origin: dict[str, tuple[Path, int | None]] = {}
    for file, quads, lines in parsed:
        _describe(file, quads, lines, origin)
    ontology = [quad for file, quads, _ in parsed if file.role != "data" for quad in quads]
    data = [quad for file, quads, _ in parsed if file.role == "data" for quad in quads]
    graphs = _graphs(data, _subclasses(ontology), origin)
    home = ox.NamedNode(graph_iri("ontology"))
    placed = {ox.Quad(quad.subject, quad.predicate, quad.object, home) for quad in ontology}
    for quad in data:
        name = ox.NamedNode(graphs.get(text_of(quad.subject), graph_iri("shared")))
        placed.add(ox.Quad(quad.subject, quad.predicate, quad.object, name))
    placed |= set(_redirected(project.redirects, origin))
    _refuse_twins(placed, origin)
    return Graph(_sorted(placed), origin)


def claim(
    subject: str, place: tuple[Path, int | None], origin: dict[str, tuple[Path, int | None]], *, once: bool
) -> None:
    """Note in `origin` where a subject is described.

    Raises SourceError when it has no lasting name yet and, with `once`, when another file describes it.
    """
    path, line = place
    if subject.startswith(PREFIXES["stmt"] + "new-"):
        message = f"{compact(subject)} has no lasting name yet; run acagraph fmt on the file"
        raise SourceError(message, path=path, line=line)
    before = origin.setdefault(subject, place)
    if before[0] != path and once:
        statement = subject.startswith(PREFIXES["stmt"])
        advice = "it is the same statement, so merge their evidence" if statement else "keep one of them"
        message = f"{compact(subject)} is described in {before[0]}:{before[1] or 1} already; {advice}"
        raise SourceError(message, path=path, line=line)


def _read(file: SourceFile, root: Path) -> tuple[list[ox.Quad], dict[str, int]]:
    """Return the triples of a file, blank nodes named after it, and the first line of each subject."""
    text = read_text(file.path)
    quads, _ = parse_text(text, path=file.path)
    if file.role == "data":
        refuse_blank_nodes(text, quads, path=file.path)
        refuse_misspelt(text, quads, path=file.path)
    stem = file.path.relative_to(root).with_suffix("").as_posix()
    labels: dict[ox.BlankNode, ox.BlankNode] = {}

    def renamed(term: Value | ox.Triple) -> Value | ox.Triple:
        if not isinstance(term, ox.BlankNode):
            return term
        plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in stem)
        return labels.setdefault(term, ox.BlankNode(f"{plain}-{len(labels) + 1}"))

    if any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object)):
        quads = [ox.Quad(renamed(q.subject), q.predicate, renamed(q.object)) for q in quads]  # type: ignore[arg-type]
    lines: dict[str, int] = {}
    for block in layout(text).blocks:
        if block.subject is not None:
            lines.setdefault(block.subject, block.line)
    return quads, lines


def _describe(
    file: SourceFile,
    quads: list[ox.Quad],
    lines: Mapping[str, int],
    origin: dict[str, tuple[Path, int | None]],
) -> None:
    """Note where the subjects of a file are described; refuse a second place for data."""
    for quad in quads:
        subject = text_of(quad.subject)
        if isinstance(quad.subject, ox.BlankNode):
            continue
        # Alignments describe terms of the core once more, by design.
        claim(subject, (file.path, lines.get(subject)), origin, once=file.role == "data")


def _redirected(
    redirects: Iterable[Redirect], origin: dict[str, tuple[Path, int | None]]
) -> Iterator[ox.Quad]:
    """Yield what is said of each name that is gone: what it became, or why it was withdrawn; note where."""
    living = dict(origin)
    shared = ox.NamedNode(graph_iri("shared"))
    for item in redirects:
        if item.old in living:
            path, line = living[item.old]
            message = f"{compact(item.old)} is still described in {path}:{line or 1}; remove it there or here"
            raise SourceError(message, path=item.path, line=item.line)
        origin[item.old] = (item.path, item.line)
        old = ox.NamedNode(item.old)
        if not item.new:
            yield ox.Quad(old, ox.NamedNode(_DEPRECATED), _TRUE, shared)
            yield ox.Quad(old, ox.NamedNode(_DESCRIBED), ox.Literal(item.reason, language="en"), shared)
            continue
        if item.new not in living:
            message = (
                f"{compact(item.new)} is described nowhere; name the thing that the other was merged into"
            )
            raise SourceError(message, path=item.path, line=item.line)
        yield ox.Quad(old, ox.NamedNode(_REPLACED), ox.NamedNode(item.new), shared)


def _subclasses(ontology: Iterable[ox.Quad]) -> Mapping[str, set[str]]:
    """Return the classes below Source, Evidence, Statement and Event, each with itself."""
    below: dict[str, set[str]] = defaultdict(set)
    for quad in ontology:
        if quad.predicate.value == _SUBCLASS:
            below[text_of(quad.object)].add(text_of(quad.subject))
    result = {}
    for name in ("Source", "Evidence", "Statement", "Event"):
        result[name] = {ACA + name, *reached([ACA + name], below)}
    return result


def _graphs(data: list[ox.Quad], classes: Mapping[str, set[str]], origin: Origin) -> dict[str, str]:
    """Return the named graph of each subject that does not go to the shared graph."""
    kinds: dict[str, set[str]] = defaultdict(set)
    evidence: dict[str, set[str]] = defaultdict(set)
    inside: dict[str, set[str]] = defaultdict(set)
    for quad in data:
        subject, name, value = text_of(quad.subject), quad.predicate.value, text_of(quad.object)
        if name == _TYPE:
            kinds[subject] |= {kind for kind, below in classes.items() if value in below}
        elif name == ACA + "evidence":
            evidence[subject].add(value)
        elif name == ACA + "inSource":
            inside[subject].add(value)
    graphs = {}
    for subject, kind in kinds.items():
        if "Source" in kind:
            sources = {subject}
        elif "Evidence" in kind:
            sources = inside[subject]
        elif kind & {"Statement", "Event"}:
            sources = {source for item in evidence[subject] for source in inside[item]}
        else:
            continue
        if len(sources) == 1:
            graphs[subject] = _source_graph(min(sources), origin)
    return graphs


def _source_graph(source: str, origin: Origin) -> str:
    if not source.startswith(PREFIXES["source"]):
        path, line = origin.get(source, (None, None))
        message = f"{compact(source)} is used as a source; name it {PREFIXES['source']}…"
        raise SourceError(message, path=path, line=line)
    return graph_iri(f"source/{source.removeprefix(PREFIXES['source'])}")


def _refuse_twins(quads: Iterable[ox.Quad], origin: Origin) -> None:
    """Refuse a triple in two graphs: stores would count it once or twice as they please."""
    seen: dict[tuple[Node | ox.Triple, ox.NamedNode, Value | ox.Triple], str] = {}
    for quad in quads:
        graph = text_of(quad.graph_name)
        other = seen.setdefault((quad.subject, quad.predicate, quad.object), graph)
        if other != graph:
            path, line = origin.get(text_of(quad.subject), (None, None))
            first, second = sorted((other, graph))
            triple = f"{compact(text_of(quad.subject))} {compact(quad.predicate.value)} {quad.object}"
            message = f"{triple} stands in two graphs, {first} and {second}; remove one of them"
            raise SourceError(message, path=path, line=line)


def _sorted(quads: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
    return tuple(sorted(quads, key=str))
