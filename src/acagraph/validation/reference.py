"""pySHACL, the reference engine: slow, and longest in use."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterable, Iterator
from typing import cast

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import SH

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.graph.literals import NARROW_INTEGERS
from acagraph.validation.findings import Finding, focus_of
from acagraph.validation.paths import path_text
from acagraph.validation.vocabulary import severity_of

_Term = ox.NamedNode | ox.BlankNode | ox.Literal
_FORMS: dict[rdflib.URIRef | None, re.Pattern[str]] = {
    rdflib.URIRef(vocab.XSD + "date"): re.compile(r"-?\d{4,}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?"),
    rdflib.URIRef(vocab.XSD + "decimal"): re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII),
    rdflib.URIRef(vocab.XSD + "dateTime"): re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:.*", re.ASCII),
}
_NUMBERS = frozenset(
    rdflib.URIRef(vocab.XSD + name) for name in (*NARROW_INTEGERS, "decimal", "double", "float", "integer")
)
_LONGEST = 400
_ORDERED = (None, *(rdflib.URIRef(vocab.XSD + name) for name in ("boolean", "date", "dateTime", "time")))
# A regular expression falls into escapes, classes and single characters.
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PARTS = {"$": r"\Z", r"\s": f"[{_SPACE}]", r"\S": f"[^{_SPACE}]"}


def run_pyshacl(
    data: Iterable[ox.Quad], shapes: Iterable[ox.Quad], *, advanced: bool = False
) -> list[Finding]:
    """Return what pySHACL finds in the union of the data's graphs, in no particular order.

    `advanced` turns the features of SHACL Advanced Features on. Memory: about 3 kilobytes for each triple.
    Raises SourceError when pySHACL cannot use the shapes.
    """
    graph = to_rdflib(_in_python(shapes))
    try:
        with _quiet():
            _, report, text = pyshacl.validate(
                to_rdflib(data), shacl_graph=graph, inplace=True, advanced=advanced
            )
    except Exception as error:
        # pySHACL and rdflib raise all kinds for shapes that they cannot use, bare Exceptions too.
        if isinstance(error, MemoryError | OSError):
            raise
        raise SourceError(_refusal(str(error) or type(error).__name__)) from None
    if not isinstance(report, rdflib.Graph):
        raise SourceError(_refusal(text))
    # Results that are details of another (sh:detail) are told by that one.
    return [_finding(report, result) for result in report.objects(predicate=SH.result)]


def _refusal(reason: str) -> str:
    words = " ".join(str(reason).split())
    return f"pySHACL cannot use the shapes: {words[:_LONGEST]}{'…' * (len(words) > _LONGEST)}"


def _in_python(shapes: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield shapes with regular expressions that Python reads as others do.

    Its `$` also matches before a last line feed, its `\\s` also the separators of information. With a flag
    that gives characters another meaning, an expression stays as it is.
    """
    shapes = list(shapes)
    flagged = {quad.subject for quad in shapes if quad.predicate.value == f"{SH}flags" and _changing(quad)}
    for quad in shapes:
        value = quad.object
        if (
            quad.predicate.value == f"{SH}pattern"
            and isinstance(value, ox.Literal)
            and quad.subject not in flagged
        ):
            text = "".join(_python(part) for part in _PART.findall(value.value))
            quad = ox.Quad(quad.subject, quad.predicate, ox.Literal(text), quad.graph_name)
        yield quad


def _changing(quad: ox.Quad) -> bool:
    return isinstance(quad.object, ox.Literal) and not set(quad.object.value) <= {"i", "s"}


def _python(part: str) -> str:
    if part.startswith("["):
        return _ESCAPE.sub(lambda found: _SPACE if found[0] == r"\s" else found[0], part)
    return _PARTS.get(part, part)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from logging a traceback for each ill-typed literal: the report tells of them."""
    logger = logging.getLogger("rdflib.term")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


class _Value(rdflib.Literal):
    """A literal that is in no order with one of another kind, as SPARQL has it; rdflib orders or raises.

    It is ill-typed, too, where a day has a time, a time has none, a decimal an exponent: rdflib reads them.
    """

    @property
    def ill_typed(self) -> bool | None:
        form = _FORMS.get(self.datatype)
        return super().ill_typed if form is None or form.fullmatch(self) else True

    def __lt__(self, other: object) -> bool:
        return _alike(self, other) and super().__lt__(other)

    def __le__(self, other: object) -> bool:
        return _alike(self, other) and super().__le__(other)

    def __gt__(self, other: object) -> bool:
        # By this pySHACL finds out that two cannot be compared, by the two above that they are not in order.
        if not _alike(self, other):
            raise TypeError(f"{self} and {other} have no order")
        return super().__gt__(other)

    __eq__ = rdflib.Literal.__eq__
    __hash__ = rdflib.Literal.__hash__


def _alike(one: rdflib.Literal, other: object) -> bool:
    """Say whether SPARQL orders two literals: numbers, or others of one type that has an order."""
    if not isinstance(other, rdflib.Literal) or one.ill_typed or other.ill_typed:
        return False
    if one.datatype in _NUMBERS:
        return other.datatype in _NUMBERS
    return one.datatype == other.datatype and one.language is None and one.datatype in _ORDERED


def to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return the union of the quads' graphs as one rdflib graph, lexical forms kept."""
    graph = rdflib.Graph(bind_namespaces="none")
    nodes: dict[_Term, rdflib.term.Node] = {}

    def node(term: _Term) -> rdflib.term.Node:
        made = nodes.get(term)
        if made is None:
            made = nodes[term] = _node(term)
        return made

    store, context = graph.store, graph
    for quad in quads:
        subject, value = cast(_Term, quad.subject), cast(_Term, quad.object)
        store.add((node(subject), node(quad.predicate), node(value)), context)
    return graph


def _node(term: _Term) -> rdflib.term.Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if term.language is not None:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype.value == vocab.XSD + "string":
        return _Value(term.value)
    return _Value(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def _finding(report: rdflib.Graph, result: rdflib.term.Node) -> Finding:
    shape = str(report.value(result, SH.sourceShape))
    focus = cast(rdflib.term.Node, report.value(result, SH.focusNode))
    path = report.value(result, SH.resultPath)
    value = report.value(result, SH.value)
    messages = sorted(str(message) for message in report.objects(result, SH.resultMessage))
    severity = severity_of(str(report.value(result, SH.resultSeverity)))
    # A node shape reports its focus as the value too: nothing that a reader does not see already.
    repeated = path is None and value == focus
    return Finding(
        rule=shape.removeprefix(vocab.SHAPES),
        severity=severity,
        focus=focus_of(_term(focus)) if isinstance(focus, rdflib.Literal) else _text(focus),
        path=None if path is None else path_text(report, path),
        value=None if value is None or repeated else _text(value),
        message=" ".join(messages),
        component=str(report.value(result, SH.sourceConstraintComponent)),
        term=None if value is None else _term(value),
    )


def _text(node: rdflib.term.Node) -> str:
    return f"_:{node}" if isinstance(node, rdflib.BNode) else str(node)


def _term(node: rdflib.term.Node) -> _Term:
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return ox.BlankNode(str(node))
    assert isinstance(node, rdflib.Literal)
    if node.language is not None:
        return ox.Literal(str(node), language=node.language)
    return (
        ox.Literal(str(node))
        if node.datatype is None
        else ox.Literal(str(node), datatype=ox.NamedNode(node.datatype))
    )
