"""All dumps of a release: each graph's, the whole dataset's and that of RDF 1.2, shared among processes."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from acagraph.release.content import Content
from acagraph.release.crew import Task, crew
from acagraph.release.dumps import rdfxml
from acagraph.release.dumps.context import Context
from acagraph.release.dumps.graphs import Bodies, write_graph
from acagraph.release.dumps.jsonld import TYPE
from acagraph.release.dumps.names import Names, directives
from acagraph.release.dumps.packing import body, discard, write
from acagraph.release.dumps.plan import REIFIED, planned
from acagraph.release.dumps.reifiers import Reifiers
from acagraph.release.dumps.statements import blocks, for_people, lines, subjects, triples
from acagraph.release.dumps.terms import InTurtle, turtle
from acagraph.vocab import expand, graph_iri

_BODIES = ".bodies"
# Below this, starting processes takes longer than what they would do.
_FEW = 100_000
_VERSION = """\
VERSION "1.2"
# RDF 1.2: besides all of acagraph.trig, each edge that was derived from a statement is reified by it,
# as in: stmt:x rdf:reifies <<( agent:a aca:memberOf coalition:b )>> . Readers of RDF 1.1 take acagraph.trig.
"""


def write_dumps(
    content: Content,
    folder: Path,
    *,
    context: bytes,
    as_of: datetime.date,
    workers: int | None = None,
) -> dict[str, int]:
    """Write the dumps that `planned` names below a release's folder; return the triples in each by its name.

    The bytes depend on the content, the context and the release's day `as_of` alone, never on how many
    processes write them: `workers`, by default as many as there are cores, at most four, and this one alone
    for little data. Memory does not grow with the data. When it fails, none of the files is left. Raises
    ReleaseError for what a format cannot hold and when a process dies, OSError when a file cannot be written.
    """
    if workers is None and content.triples < _FEW:
        workers = 1
    dumps = planned(content.parts)
    bodies = folder / _BODIES
    bodies.mkdir(parents=True)
    try:
        reified = _write(content, folder, Context(context), as_of, workers)
    except BaseException:
        for dump in dumps:
            discard(folder / dump.path)
        raise
    finally:
        shutil.rmtree(bodies, ignore_errors=True)
    counts = {
        dump.path: content.parts[dump.graph].triples if dump.graph else content.triples for dump in dumps
    }
    return counts | {REIFIED: content.triples + reified}


def _write(
    content: Content, folder: Path, context: Context, as_of: datetime.date, workers: int | None
) -> int:
    """Write the files and return how many edges are reified."""
    targets: dict[str | None, dict[str, Path]] = {}
    for dump in planned(content.parts):
        if dump.path != REIFIED:
            targets.setdefault(dump.graph, {})[dump.form.name] = folder / dump.path
    bodies, whole = folder / _BODIES, targets[None]
    largest = sorted(content.parts.values(), key=lambda part: (-part.triples, part.name))
    graphs: list[Task] = [partial(write_graph, part, targets[part.name], bodies, context) for part in largest]
    ontology = content.parts.get("ontology")
    others: list[Task] = [
        partial(_write_turtle, content.path, whole["ttl"], bodies),
        partial(_write_triples, content.path, whole["nt"]),
        partial(_write_lines, content.path, whole["nq"]),
        partial(_write_edges, content.path, ontology.path if ontology else None, bodies, as_of),
    ]
    with crew(workers) as run:
        # The longest first, so that all processes end at about the same time.
        *told, _, _, _, found = run([*graphs, *others])
        edges: _Edges = found
        together = _Together(tuple(sorted(told, key=lambda graph: graph.name)), context)
        run(
            [
                partial(together.write_reified, folder / REIFIED, edges),
                partial(together.write_jsonld, whole["jsonld"]),
                partial(together.write_rdfxml, whole["rdf"]),
                partial(together.write_trig, whole["trig"]),
            ]
        )
    return edges.count


@dataclass(frozen=True)
class _Edges:
    """The reified edges: in a file, as TriG; how many there are, and the prefixes in it."""

    path: Path
    count: int
    prefixes: frozenset[str]


@dataclass(frozen=True)
class _Together:
    """The whole dataset in the formats in which it is its graphs, one after the other."""

    graphs: Sequence[Bodies]
    context: Context

    def write_trig(self, path: Path) -> None:
        head = directives({prefix for graph in self.graphs for prefix in graph.prefixes})
        write(path, chain((head.encode(),), self._trig()))

    def write_reified(self, path: Path, edges: _Edges) -> None:
        prefixes = {prefix for graph in self.graphs for prefix in graph.prefixes} | edges.prefixes
        write(
            path, chain((_VERSION.encode(), directives(prefixes).encode()), self._trig(), blocks(edges.path))
        )

    def write_jsonld(self, path: Path) -> None:
        names = {name for graph in self.graphs for name in graph.properties}
        prefixes = {prefix for graph in self.graphs for prefix in graph.prefixes}
        head = f'{{\n  "@context": {self.context.restricted(names, prefixes)},\n  "graph": ['
        write(path, chain((head.encode(),), self._jsonld(), (b"\n]}\n",)))

    def write_rdfxml(self, path: Path) -> None:
        head = rdfxml.head({prefix for graph in self.graphs for prefix in graph.elements})
        told = (block for graph in self.graphs for block in graph.rdfxml())
        write(path, chain((head.encode(),), told, (rdfxml.END.encode(),)))

    def _trig(self) -> Iterator[bytes]:
        return (block for graph in self.graphs for block in graph.trig())

    def _jsonld(self) -> Iterator[bytes]:
        comma = b"\n{\n"
        for graph in self.graphs:
            yield comma
            yield from graph.jsonld()
            comma = b"\n},\n{\n"
        if self.graphs:
            yield b"\n}"


def _write_triples(lines_of: Path, path: Path) -> None:
    write(path, triples(lines_of))


def _write_lines(lines_of: Path, path: Path) -> None:
    write(path, blocks(lines_of))


def _write_turtle(dataset: Path, path: Path, folder: Path) -> None:
    """Write all that any graph says, subject by subject."""
    names = Names()
    terms, verbs = InTurtle(names), {TYPE: "a"}
    with body(folder / "all") as text:
        for subject, facts in subjects(lines(dataset)):
            said = []
            for predicate, value in for_people(facts):
                verb = verbs.get(predicate) or verbs.setdefault(predicate, turtle(predicate, names))
                said.append(f"    {verb} {terms[value]} ;\n")
            text.add(f"\n{terms[subject]}\n{''.join(said)}    .\n")
    write(path, chain((directives(names.used).encode(),), blocks(folder / "all")))


def _write_edges(dataset: Path, ontology: Path | None, folder: Path, as_of: datetime.date) -> _Edges:
    """Write which statement gives which edge, in the graph of what is derived."""
    names, count = Names(), 0
    reifiers = Reifiers.of(ontology, dataset, as_of)
    reifies = turtle(f"<{expand('rdf:reifies')}>", names)
    with body(folder / "edges") as text:
        text.add(f"\n<{graph_iri('derived')}> {{\n")
        for statement, edges in reifiers.edges(lines(dataset)):
            text.add(f"\n{turtle(statement, names)}\n")
            for edge in edges:
                text.add(f"    {reifies} <<( {' '.join(turtle(term, names) for term in edge)} )>> ;\n")
            text.add("    .\n")
            count += len(edges)
        text.add("\n}\n")
    return _Edges(folder / "edges", count, frozenset(names.used))
