"""RDF terms as this project uses them: no triple terms, so every term has a text."""

from __future__ import annotations

import pyoxigraph as ox

Node = ox.NamedNode | ox.BlankNode
Value = ox.NamedNode | ox.BlankNode | ox.Literal


def text_of(term: Value | ox.Triple | ox.DefaultGraph) -> str:
    """Return the IRI, the blank node's label or the lexical form of a term.

    >>> text_of(ox.Literal("Sony", language="en"))
    'Sony'
    """
    return str(term) if isinstance(term, ox.Triple | ox.DefaultGraph) else term.value
