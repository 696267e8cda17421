"""Property paths: from the SPARQL that findings tell them in to the nodes that SHACL makes of them."""

from __future__ import annotations

import re

import pyoxigraph as ox

from acagraph import vocab
from acagraph.validation.findings import SH

_TOKEN = re.compile(r"<([^<>]*)>|([()/|^*+?])")
_MODIFIERS = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
_RDF = vocab.EXTERNAL["rdf"]
_Node = ox.NamedNode | ox.BlankNode


def path_triples(path: str, *, name: str) -> tuple[_Node, list[ox.Triple]]:
    """Return the node that stands for a path and the triples that say which it is (SHACL section 2.3.1).

    Blank nodes are numbered after `name`. A path is an IRI, `^` and an IRI, or SPARQL with IRIs in angle
    brackets; one that cannot be read becomes a blank node of which nothing is said.
    """
    if "<" not in path:
        path = re.sub(r"^(\^?)(.*)$", r"\1<\2>", path)
    reader = _Reader(path, name)
    try:
        return reader.alternative(), reader.triples
    except (IndexError, ValueError):
        return ox.BlankNode(name), []


class _Reader:
    """Reads a path from left to right (SPARQL 1.1, section 9.1) and gathers the triples for it."""

    def __init__(self, path: str, name: str) -> None:
        self.triples: list[ox.Triple] = []
        self._tokens = [(found[1], found[2]) for found in _TOKEN.finditer(path)]
        self._at = 0
        self._name = name
        self._blank = 0

    def alternative(self) -> _Node:
        parts = [self._sequence()]
        while self._sign() == "|":
            self._at += 1
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else self._said("alternativePath", self._list(parts))

    def _sequence(self) -> _Node:
        parts = [self._step()]
        while self._sign() == "/":
            self._at += 1
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else self._list(parts)

    def _step(self) -> _Node:
        iri, sign = self._tokens[self._at]
        self._at += 1
        if sign == "^":
            return self._said("inversePath", self._step())
        if sign == "(":
            node = self.alternative()
            self._at += 1
        elif sign:
            raise ValueError(sign)
        else:
            node = ox.NamedNode(iri)
        while self._sign() in _MODIFIERS:
            node = self._said(_MODIFIERS[self._sign()], node)
            self._at += 1
        return node

    def _sign(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _said(self, name: str, operand: _Node) -> _Node:
        node = self._node()
        self.triples.append(ox.Triple(node, ox.NamedNode(SH + name), operand))
        return node

    def _list(self, items: list[_Node]) -> _Node:
        rest: _Node = ox.NamedNode(_RDF + "nil")
        for item in reversed(items):
            node = self._node()
            self.triples.append(ox.Triple(node, ox.NamedNode(_RDF + "first"), item))
            self.triples.append(ox.Triple(node, ox.NamedNode(_RDF + "rest"), rest))
            rest = node
        return rest

    def _node(self) -> ox.BlankNode:
        self._blank += 1
        return ox.BlankNode(f"{self._name}p{self._blank}")
