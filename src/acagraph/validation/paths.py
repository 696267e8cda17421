"""Property paths: from the nodes that SHACL makes of them to the text that SPARQL has for them."""

from __future__ import annotations

from typing import cast

import rdflib
from rdflib.namespace import RDF, SH

_MODIFIERS = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def path_text(graph: rdflib.Graph, path: rdflib.term.Node) -> str:
    """Return a path as SPARQL writes it; a property, or the inverse of one, goes without angle brackets."""
    if isinstance(path, rdflib.URIRef):
        return str(path)
    inverse = graph.value(path, SH.inversePath)
    return f"^{inverse}" if isinstance(inverse, rdflib.URIRef) else _text(graph, path)


def _text(graph: rdflib.Graph, path: rdflib.term.Node) -> str:
    # In parentheses where the compiled engine puts them too, so that both tell one path by one text.
    if isinstance(path, rdflib.URIRef):
        return f"<{path}>"
    if (path, RDF.first, None) in graph:
        return f"({'/'.join(_text(graph, step) for step in graph.items(path))})"
    ((predicate, operand),) = graph.predicate_objects(path)
    if predicate == SH.alternativePath:
        return f"({'|'.join(_text(graph, choice) for choice in graph.items(operand))})"
    inner = _text(graph, operand)
    return (
        f"^{inner}"
        if predicate == SH.inversePath
        else f"({inner}){_MODIFIERS[cast(rdflib.URIRef, predicate)]}"
    )
