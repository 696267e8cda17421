"""A graph of shapes as engines see it: which nodes are shapes, what they lead to, what each is called."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import cast
from urllib.parse import quote

import pyoxigraph as ox

from acagraph import vocab
from acagraph.validation.findings import SH

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal
RDF = vocab.EXTERNAL["rdf"]
TYPE = RDF + "type"
NIL = RDF + "nil"
TRUE = ox.Literal("true", datatype=ox.NamedNode(vocab.XSD + "boolean"))
TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target")
TO_SHAPE = ("node", "not", "property", "qualifiedValueShape")
TO_SHAPES = ("and", "or", "xone")
_MODIFIERS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_CLASSES = (vocab.EXTERNAL["rdfs"] + "Class", vocab.EXTERNAL["owl"] + "Class")


class ShapeGraph:
    """The triples of shapes by subject; parameters go by their local names below the SHACL namespace."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.about: Mapping[Term, Mapping[str, Sequence[Term]]] = _by_subject(quads)
        self.shapes: Mapping[Node, Node | None] = dict(self._found())

    def values(self, node: Term, name: str) -> Sequence[Term]:
        """Return the values of a parameter, or of a property by its whole IRI, in the order of the graph."""
        return self.about.get(node, {}).get(name, ())

    def members(self, head: Term) -> list[Term] | None:
        """Return the members of a list, None when it is not a well-formed one."""
        found: list[Term] = []
        seen = set()
        while not (isinstance(head, ox.NamedNode) and head.value == NIL):
            first, rest = self.values(head, RDF + "first"), self.values(head, RDF + "rest")
            if head in seen or len(first) != 1 or len(rest) != 1:
                return None
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return found

    def below(self, shape: Term) -> Iterator[tuple[str, Term]]:
        """Yield the shapes that a shape leads to, with the parameter that leads there."""
        for name in TO_SHAPE:
            yield from ((name, value) for value in self.values(shape, name))
        for name in TO_SHAPES:
            for head in self.values(shape, name):
                yield from ((name, member) for member in self.members(head) or ())

    def kinds(self, node: Term) -> set[str]:
        """Return the IRIs of a node's types."""
        return {term.value for term in self.values(node, TYPE) if isinstance(term, ox.NamedNode)}

    def is_class(self, shape: Term) -> bool:
        """Say whether a shape is a class too, so that it is about its instances."""
        return not self.kinds(shape).isdisjoint(_CLASSES)

    def has_target(self, shape: Term) -> bool:
        """Say whether a shape tells what it is about."""
        return self.is_class(shape) or any(self.values(shape, name) for name in TARGETS)

    def path(self, shape: Term) -> str:
        """Return the path of a property shape as people write it, "" for a node shape."""
        return "/".join(self._steps(path) for path in self.values(shape, "path"))

    def named_above(self, node: Term) -> Node | None:
        """Return the nearest shape with an IRI that leads to a node, or the node itself."""
        above: Node | None = cast(Node, node)
        while isinstance(above, ox.BlankNode):
            above = self.shapes.get(above)
        return above

    def _found(self) -> Iterator[tuple[Node, Node | None]]:
        """Yield each shape with the shape that leads to it (SHACL section 2.1)."""
        known = {SH + "NodeShape", SH + "PropertyShape"}
        roots = [
            s for s in self.about if self.kinds(s) & known or any(self.values(s, name) for name in TARGETS)
        ]
        reached = {term: shape for shape in self.about for _, term in self.below(shape)}
        seen: set[Term] = set()
        waiting: list[tuple[Term, Term | None]] = [(root, reached.get(root)) for root in roots]
        while waiting:
            shape, above = waiting.pop()
            if shape in seen or isinstance(shape, ox.Literal):
                continue
            seen.add(shape)
            yield shape, cast("Node | None", above)
            waiting += [(term, shape) for _, term in self.below(shape)]

    def _steps(self, path: Term, depth: int = 0) -> str:
        if isinstance(path, ox.NamedNode):
            return re.split("[#/:]", path.value)[-1] or path.value
        parts = self.members(path) if self.values(path, RDF + "first") else None
        if parts is not None and depth < 9:
            return "/".join(self._steps(part, depth + 1) for part in parts)
        for name, values in self.about.get(path, {}).items():
            if depth < 9 and name == "alternativePath":
                return "|".join(self._steps(part, depth + 1) for part in self.members(values[0]) or ())
            if depth < 9 and name == "inversePath":
                return "^" + self._steps(values[0], depth + 1)
            if depth < 9 and name in _MODIFIERS:
                return self._steps(values[0], depth + 1) + _MODIFIERS[name]
        return "path"


def named(quads: Sequence[ox.Quad]) -> list[ox.Quad]:
    """Return shapes with an IRI for each that is a blank node and reports by itself.

    A nested property shape is called after the shape around it and its path, `<…/PersonShape/name>`, one on
    its own after its target and its path, `<urn:shape:Person:name>`; a number tells several of them apart.
    So both engines tell of it by one name, which stays the same from run to run.
    """
    graph = ShapeGraph(quads)
    taken = {term.value for term in graph.about if isinstance(term, ox.NamedNode)}
    names: dict[Term, ox.NamedNode] = {}
    waiting = deque(
        shape for shape, above in graph.shapes.items() if isinstance(shape, ox.NamedNode) or not above
    )
    seen: set[Term] = set()
    while waiting:
        shape = waiting.popleft()
        if shape in seen:
            continue
        seen.add(shape)
        if isinstance(shape, ox.BlankNode):
            above = graph.shapes[shape]
            around = names.get(above) if isinstance(above, ox.BlankNode) else above
            names[shape] = ox.NamedNode(_free(_stem(graph, shape, around), taken))
        waiting += [cast(Node, inner) for inner in graph.values(shape, "property") if inner in graph.shapes]
    if not names:
        return list(quads)

    def of(term: Term) -> Term:
        return names.get(term, term)

    return [
        ox.Quad(cast(Node, of(cast(Term, quad.subject))), quad.predicate, of(cast(Term, quad.object)))
        for quad in quads
    ]


def _free(stem: str, taken: set[str]) -> str:
    """Return a name that is not taken, with a number if it must be, and take it."""
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name


def _stem(graph: ShapeGraph, shape: ox.BlankNode, around: Node | None) -> str:
    path = quote(graph.path(shape), safe="")
    if around is not None:
        return f"{cast(ox.NamedNode, around).value}/{path}"
    targets = [value.value for name in TARGETS for value in graph.values(shape, name)]
    about = re.split("[#/:]", targets[0])[-1] if targets else ""
    return ":".join(["urn:shape", *(part for part in (quote(about, safe=""), path) if part)])


def _by_subject(quads: Iterable[ox.Quad]) -> dict[Term, dict[str, list[Term]]]:
    found: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        values = found[cast(Term, quad.subject)][quad.predicate.value.removeprefix(SH)]
        if quad.object not in values:
            values.append(cast(Term, quad.object))
    return {subject: dict(about) for subject, about in found.items()}
