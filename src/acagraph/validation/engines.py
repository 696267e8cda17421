"""pySHACL, which takes data and shapes and gives findings."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterable, Iterator
from typing import cast

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError, ShapeLoadError
from rdflib.namespace import RDF, SH

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.validation.findings import Finding, Severity
from acagraph.validation.paths import path_text

_Term = ox.NamedNode | ox.BlankNode | ox.Literal


def run_pyshacl(data: Iterable[ox.Quad], shapes: Iterable[ox.Quad]) -> list[Finding]:
    """Return what pySHACL finds in the union of the data's graphs, in no particular order.

    Raises SourceError when pySHACL refuses the shapes.
    """
    try:
        with _quiet():
            _, report, text = pyshacl.validate(to_rdflib(data), shacl_graph=to_rdflib(shapes), inplace=True)
    except (ShapeLoadError, ReportableRuntimeError, re.error) as error:
        raise SourceError(f"pySHACL cannot use the shapes: {error}") from None
    if not isinstance(report, rdflib.Graph):
        raise SourceError(f"pySHACL cannot use the shapes: {text}")
    return [_finding(report, result) for result in report.subjects(RDF.type, SH.ValidationResult)]


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
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def _finding(report: rdflib.Graph, result: rdflib.term.Node) -> Finding:
    shape = str(report.value(result, SH.sourceShape))
    focus = cast(rdflib.term.Node, report.value(result, SH.focusNode))
    path = report.value(result, SH.resultPath)
    value = report.value(result, SH.value)
    messages = sorted(str(message) for message in report.objects(result, SH.resultMessage))
    severity = str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)).lower()
    # A node shape reports its focus as the value too: nothing that a reader does not see already.
    repeated = path is None and value == focus
    return Finding(
        rule=shape.removeprefix(vocab.SHAPES),
        severity=cast(Severity, severity),
        focus=_text(focus),
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
