"""Descriptions of terms as text that can be compared: blank nodes are written out where they are used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import pyoxigraph as ox

from acagraph.graph.terms import Node, text_of
from acagraph.vocab import PREFIXES, compact

# The values of each property as text, sorted; both have prefixed names where there are any.
Described = Mapping[str, tuple[str, ...]]

_FIRST, _REST, _NIL = (PREFIXES["rdf"] + name for name in ("first", "rest", "nil"))
_LISTS = (
    "owl:unionOf",
    "owl:intersectionOf",
    "owl:oneOf",
    "sh:or",
    "sh:and",
    "sh:xone",
    "sh:in",
    "sh:languageIn",
)
_DEEPEST = 20


def described(quads: Iterable[ox.Quad], wanted: Callable[[str], bool]) -> dict[str, Described]:
    """Return what is said of each subject that is wanted, by IRI.

    A blank node is `[p v ; …]`, sorted, a list `(a b)`; the members of a union are sorted, since their order
    says nothing.
    """
    about: dict[Node, list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
            continue
        about[quad.subject].append((quad.predicate.value, quad.object))
    found: dict[str, Described] = {}
    for subject in about:
        if isinstance(subject, ox.NamedNode) and wanted(subject.value):
            values: dict[str, set[str]] = defaultdict(set)
            for predicate, value in about[subject]:
                values[compact(predicate)].add(_text(value, compact(predicate), about, 0))
            found[subject.value] = {name: tuple(sorted(values[name])) for name in sorted(values)}
    return found


def _text(
    term: ox.NamedNode | ox.BlankNode | ox.Literal,
    role: str,
    about: Mapping[Node, list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]]],
    depth: int,
) -> str:
    if isinstance(term, ox.NamedNode):
        return "()" if term.value == _NIL else compact(term.value)
    if isinstance(term, ox.Literal):
        return str(term)
    said = about.get(term, [])
    if depth > _DEEPEST:  # a circle of blank nodes, which no ontology or shape needs
        return "[…]"
    if any(name == _FIRST for name, _ in said):
        items: list[str] = []
        node: ox.NamedNode | ox.BlankNode | ox.Literal = term
        seen: set[str] = set()
        while isinstance(node, ox.BlankNode) and text_of(node) not in seen:
            seen.add(text_of(node))
            here = dict(about.get(node, []))
            if _FIRST in here:
                items.append(_text(here[_FIRST], role, about, depth + 1))
            node = here.get(_REST, ox.NamedNode(_NIL))
        return f"({' '.join(sorted(items) if role in _LISTS else items)})"
    parts = sorted(f"{compact(name)} {_text(value, compact(name), about, depth + 1)}" for name, value in said)
    return f"[{' ; '.join(parts)}]"
