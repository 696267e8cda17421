"""Shapes that cannot be used: what SHACL asks of their syntax, with the line and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.graph.statements import statements
from acagraph.graph.tokens import layout
from acagraph.graph.turtle import read_text
from acagraph.validation import vocabulary
from acagraph.validation.expressions import unreadable_pattern, unreadable_query
from acagraph.validation.findings import SH
from acagraph.validation.shapegraph import RDF, Node, ShapeGraph, Term

_STRINGS = (vocab.XSD + "string", RDF + "langString")
_SHOWN = 5
_NOTHING = ox.NamedNode(SH + "NodeShape")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one node of a graph of shapes; `term` is the local name of the parameter.

    `value` is what it has there, where that is a literal, and `row` the line in that, from 0.
    """

    node: Term
    term: str
    message: str
    value: ox.Literal | None = None
    row: int = 0


def refuse_malformed(shapes: Sequence[ox.Quad], files: Sequence[Path] = ()) -> None:
    """Raise SourceError when shapes break the syntax of SHACL, or hold what no engine here judges.

    A processor may pass such shapes over (SHACL, section 3.4), and then bad data conforms. `files` are
    where the shapes come from: the line of the first fault is looked up there.
    """
    graph = ShapeGraph(shapes)
    faults = list(faults_of(graph))
    if not faults:
        return
    told = [_told(graph, fault) for fault in faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        told.append(f"{len(faults) - _SHOWN} more like these")
    path, line = _place(graph, faults[0], files)
    raise SourceError("; ".join(told), path=path, line=line)


def faults_of(graph: ShapeGraph) -> Iterator[Fault]:
    """Yield what is wrong with shapes, in the order of the graph."""
    for node, about in graph.about.items():
        # Data may use what it likes; a node is a part of shapes when anything else says so.
        if node in graph.shapes or not vocabulary.TERMS.isdisjoint(about):
            for term in about:
                yield from _unknown(node, term)
    targets = False
    for shape in graph.shapes:
        targets = targets or graph.has_target(shape)
        yield from _parameters(graph, shape)
        yield from _together(graph, shape)
        yield from _queries(graph, shape)
    if not graph.shapes:
        yield Fault(_NOTHING, "NodeShape", "there are no shapes; check the file's name")
    elif not targets:
        message = "no shape says what it is about; give it sh:targetClass or another target"
        yield Fault(next(iter(graph.shapes)), "NodeShape", message)
    for node in graph.about:
        yield from _unreadable(graph, node)
        if SH + "ConstraintComponent" in graph.kinds(node):
            yield from _component(graph, node)
    yield from _cycle(graph)


def _component(graph: ShapeGraph, node: Term) -> Iterator[Fault]:
    """Yield that a component of somebody's own has nothing to judge by (SHACL, section 6.2.3)."""
    names = ("validator", "nodeValidator", "propertyValidator")
    validators = [value for name in names for value in graph.values(node, name)]
    if not any(graph.values(value, "ask") or graph.values(value, "select") for value in validators):
        message = "this constraint component needs an sh:validator with an sh:ask or an sh:select"
        yield Fault(node, "ConstraintComponent", message)


def _unknown(node: Term, term: str) -> Iterator[Fault]:
    if term in vocabulary.UNJUDGED:
        yield Fault(node, term, f"sh:{term} is not judged here ({vocabulary.UNJUDGED[term]}); leave it out")
    elif term.removeprefix(vocabulary.DASH) in vocabulary.DASH_UNJUDGED:
        name = term.removeprefix(vocabulary.DASH)
        yield Fault(node, name, f"dash:{name} is not judged here; leave it out, or say it in SHACL")
    elif ":" not in term and term not in vocabulary.TERMS:
        near = difflib.get_close_matches(term, vocabulary.TERMS, n=1)
        advice = f"did you mean sh:{near[0]}?" if near else "correct it"
        yield Fault(node, term, f"sh:{term} is not a term of SHACL: {advice}")


def _parameters(graph: ShapeGraph, shape: Node) -> Iterator[Fault]:
    """Yield the parameters of a shape whose values are not what they take."""
    for name, values in graph.about.get(shape, {}).items():
        takes, once = vocabulary.PARAMETERS.get(name, ("any", False))
        if once and len(values) > 1:
            yield Fault(shape, name, f"sh:{name} is given {len(values)} times; keep one")
        for value in values:
            members = graph.members(value) if name in vocabulary.LISTS else [value]
            if members is None or (takes == "shapes" and not members):
                yield Fault(shape, name, f"sh:{name} takes a list, such as ( … ), not {_text(value)}")
                continue
            for member in members:
                wrong = _wrong(graph, takes, member)
                if wrong:
                    yield Fault(shape, name, f"sh:{name} {wrong}, not {_text(member)}")


def _wrong(graph: ShapeGraph, takes: vocabulary.Takes, value: Term) -> str:
    """Return what a parameter takes, "" where the value is that."""
    datatype = value.datatype.value if isinstance(value, ox.Literal) else ""
    if takes == "count":
        whole = datatype == vocab.XSD + "integer" and re.fullmatch(r"\+?\d+", value.value)
        return "" if whole else "takes a whole number of zero or more, written without quotation marks"
    if takes == "boolean":
        return "" if datatype == vocab.XSD + "boolean" else "takes true or false, without quotation marks"
    if takes in ("iri", "iris", "kind"):
        if not isinstance(value, ox.NamedNode):
            return "takes an IRI"
        known = value.value.removeprefix(SH) in vocabulary.KINDS
        return (
            ""
            if takes != "kind" or known
            else "takes one of sh:IRI, sh:Literal, sh:BlankNode and their pairs"
        )
    if takes in ("text", "texts"):
        return "" if datatype in _STRINGS else "takes a text"
    if takes == "literal":
        return "" if isinstance(value, ox.Literal) else "takes a literal"
    if takes in ("shape", "shapes"):
        described = not isinstance(value, ox.Literal) and value in graph.about
        return "" if described else "takes a shape that is described here"
    return _wrong_path(graph, value) if takes == "path" else ""


def _wrong_path(graph: ShapeGraph, path: Term, depth: int = 0) -> str:
    """Return what a path takes, "" where it is a well-formed one (SHACL, section 2.3.1)."""
    if isinstance(path, ox.NamedNode):
        return ""
    if isinstance(path, ox.Literal) or depth > 20:
        return "takes a property or a path of properties, without a cycle"
    if graph.values(path, RDF + "first"):
        steps = graph.members(path)
    else:
        found = [(name, value) for name in vocabulary.PATHS for value in graph.values(path, name)]
        if len(found) != 1:
            return "takes a property or one sh:inversePath, sh:alternativePath … of properties"
        ((name, value),) = found
        steps = graph.members(value) if name == "alternativePath" else [value]
    if steps is None or (len(steps) < 2 and graph.values(path, RDF + "first")):
        return "takes a list of two or more steps, ending in rdf:nil"
    return next((wrong for step in steps if (wrong := _wrong_path(graph, step, depth + 1))), "")


def _together(graph: ShapeGraph, shape: Node) -> Iterator[Fault]:
    """Yield what parameters lack beside each other."""
    about = graph.about.get(shape, {})
    above = graph.shapes[shape]
    if "path" not in about:
        used = [name for name in vocabulary.OF_PATHS if name in about]
        asked = SH + "PropertyShape" in graph.kinds(shape) or any(
            shape in graph.values(node, "property") for node in (above,) if node is not None
        )
        if used or asked:
            names = ", ".join(f"sh:{name}" for name in used) or "a property shape"
            yield Fault(shape, used[0] if used else "property", f"{names} needs an sh:path beside it")
    counts = "qualifiedMinCount" in about or "qualifiedMaxCount" in about
    if "path" in about and counts != ("qualifiedValueShape" in about):
        message = "sh:qualifiedValueShape and sh:qualifiedMinCount or sh:qualifiedMaxCount go together"
        yield Fault(shape, "qualifiedValueShape", message)
    if "flags" in about and "pattern" not in about:
        yield Fault(shape, "flags", "sh:flags needs an sh:pattern beside it")
    yield from _pattern(graph, shape)


def _pattern(graph: ShapeGraph, shape: Node) -> Iterator[Fault]:
    for flags in graph.values(shape, "flags"):
        if set(flags.value) - set("imsxq"):
            yield Fault(shape, "flags", f"sh:flags takes letters out of imsxq, not {_text(flags)}")
    for pattern in graph.values(shape, "pattern"):
        part = vocabulary.misread(pattern.value)
        if part:
            message = f"engines read {part} in sh:pattern in different ways; write it with plain classes"
            yield Fault(shape, "pattern", message)
        elif isinstance(pattern, ox.Literal):
            flags_given = "".join(flags.value for flags in graph.values(shape, "flags"))
            wrong = unreadable_pattern(pattern.value, flags_given)
            if wrong:
                message = f"sh:pattern {_text(pattern)} is no regular expression: {wrong}"
                yield Fault(shape, "pattern", message, pattern)


def _queries(graph: ShapeGraph, shape: Node) -> Iterator[Fault]:
    for constraint in graph.values(shape, "sparql"):
        if len(graph.values(constraint, "select")) != 1:
            yield Fault(shape, "sparql", "sh:sparql takes a node with one sh:select")


def _unreadable(graph: ShapeGraph, node: Term) -> Iterator[Fault]:
    """Yield the queries of a node that are none."""
    for name in ("select", "ask"):
        for query in graph.values(node, name):
            wrong = None
            if isinstance(query, ox.Literal):
                wrong = unreadable_query(query.value, _prefixes(graph, node))
            if wrong and isinstance(query, ox.Literal):
                above = (shape for shape in graph.shapes if node in graph.values(shape, "sparql"))
                message = f"sh:{name} cannot be read: {wrong[0]}"
                yield Fault(next(above, node), name, message, query, wrong[1])


def _prefixes(graph: ShapeGraph, node: Term) -> dict[str, str]:
    """Return the prefixes that are declared for a query (SHACL, section 5.2.1)."""
    found: dict[str, str] = {}
    waiting, seen = list(graph.values(node, "prefixes")), set[Term]()
    while waiting:
        head = waiting.pop()
        if head in seen:
            continue
        seen.add(head)
        waiting += graph.values(head, vocab.EXTERNAL["owl"] + "imports")
        for declared in graph.values(head, "declare"):
            for prefix in graph.values(declared, "prefix"):
                for space in graph.values(declared, "namespace"):
                    found[prefix.value] = space.value
    return found


def _cycle(graph: ShapeGraph) -> Iterator[Fault]:
    """Yield the first cycle of shapes: SHACL leaves open what they mean (section 3.4.3)."""
    done: set[Term] = set()
    for start in graph.shapes:
        path: list[Term] = []
        waiting: list[tuple[Term, int]] = [(start, 0)]
        while waiting:
            shape, depth = waiting.pop()
            del path[depth:]
            if shape in path:
                names = " → ".join(_shown(graph, node) for node in [*path[path.index(shape) :], shape])
                message = f"the shapes lead in a circle, {names}: what that means is left open; break it"
                yield Fault(shape, "node", message)
                return
            if shape not in done:
                path.append(shape)
                done.add(shape)
                waiting += [(inner, depth + 1) for _, inner in graph.below(shape)]


def _shown(graph: ShapeGraph, node: Term) -> str:
    """Return a node as a person knows it: the shape around it, and its path."""
    if isinstance(node, ox.Literal):
        return _text(node)
    above = graph.named_above(node) if node in graph.shapes else node
    path = graph.path(node)
    name = vocab.compact(above.value) if isinstance(above, ox.NamedNode) else "a shape without a name"
    return f"{name} at {path}" if path and isinstance(node, ox.BlankNode) else name


def _text(term: Term) -> str:
    if isinstance(term, ox.BlankNode):
        return "a blank node"
    return vocab.compact(term.value) if isinstance(term, ox.NamedNode) else str(term)


def _told(graph: ShapeGraph, fault: Fault) -> str:
    return fault.message if fault.node == _NOTHING else f"{_shown(graph, fault.node)}: {fault.message}"


def _place(graph: ShapeGraph, fault: Fault, files: Sequence[Path]) -> tuple[Path | None, int | None]:
    """Return the file of a fault and the line of its term, or of the block of its shape."""
    above = graph.named_above(fault.node) if fault.node in graph.shapes else fault.node
    wanted = above.value if isinstance(above, ox.NamedNode) else None
    term = re.compile(rf":{re.escape(fault.term)}\b")
    for path in (path for path in files if path.suffix == ".ttl"):
        text = read_text(path)
        for stated in statements(text) if fault.value is not None else ():
            if stated.object == fault.value and stated.predicate.value == SH + fault.term:
                return path, stated.value.line + fault.row
        for block in layout(text).blocks:
            inside = text[block.start : block.end]
            found = term.search(inside)
            if block.subject == wanted and (wanted is not None or found):
                return path, block.line + (inside.count("\n", 0, found.start()) if found else 0)
    return (files[0] if files else None), None
