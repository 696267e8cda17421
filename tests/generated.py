"""Data that breaks our shapes in every way: drawn by chance from what the shapes themselves name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import pyoxigraph as ox

from acagraph.validation.findings import SH
from acagraph.validation.run import load_shapes
from acagraph.validation.shapegraph import TYPE, ShapeGraph, Term
from acagraph.vocab import BASE, XSD

from published import ROOT

# What chooses: random.Random(n).choice, or a draw of hypothesis.
Choice = Callable[[Sequence[Any]], Any]

GRAPH = ShapeGraph(load_shapes(ROOT / "shapes"))
NAMED = [shape for shape in GRAPH.shapes if isinstance(shape, ox.NamedNode)]
# Strings where engines have differed: line feeds at the end, separators of information, no-break spaces.
TEXTS = (
    "",
    " ",
    "DE",
    "FR\n",
    "A\u001cB",
    "Zoë Ōtsu",
    " x",
    "x ",
    "a  b",
    "a\u00a0b",
    "12",
    "a" * 300,
    "http://e/",
)
TAGS = ("en", "de", "und", "en-GB", "pt-br")
YEARS = ("1849", "1850", "1998", "2030", "2150", "2151", "-5", "1.5", "0", "100", "100.5", "x")
TYPES = (
    "string",
    "integer",
    "decimal",
    "double",
    "boolean",
    "date",
    "gYear",
    "gYearMonth",
    "anyURI",
    "dateTime",
)
DATES = ("2015-12-12", "2015-12", "2015", "1998-01-01", "2030-02-30", "2015-12-12T10:00:00Z")
# What must be in order. pySHACL orders names, texts in languages and years, which SPARQL does not.
ORDERED = {
    term.value
    for shape in NAMED
    for name in ("lessThan", "lessThanOrEquals")
    for other in GRAPH.values(shape, name)
    for term in (other, *GRAPH.values(shape, "path"))
}


def graph(choice: Choice, size: int) -> list[ox.Quad]:
    """Return a graph of things of the classes that our shapes are about, most with something wrong."""
    classes = sorted({term.value for shape in NAMED for term in GRAPH.values(shape, "targetClass")})
    things = [ox.NamedNode(f"{BASE}id/thing/{number}") for number in range(size)]
    nodes: list[Term] = [*things, ox.BlankNode("b"), ox.NamedNode(f"{BASE}id/thing/unknown")]
    home = ox.NamedNode(f"{BASE}graph/generated")
    found: dict[ox.Triple, None] = {}
    for thing in things:
        kind = choice(classes)
        found[ox.Triple(thing, ox.NamedNode(TYPE), ox.NamedNode(kind))] = None
        for path, shape in _about(kind):
            for _ in range(choice((0, 1, 1, 2, 3))):
                value = choice([*_fitting(shape, nodes), choice(nodes), _literal(choice)])
                if path in ORDERED and not _in_order(value):
                    continue
                if path.startswith("^") and not isinstance(value, ox.Literal):
                    found[ox.Triple(cast(ox.NamedNode, value), ox.NamedNode(path[1:]), thing)] = None
                elif not path.startswith("^"):
                    found[ox.Triple(thing, ox.NamedNode(path), value)] = None
    return [ox.Quad(triple.subject, triple.predicate, triple.object, home) for triple in found]


def kinds() -> set[str]:
    """Return the IRIs of the constraint components that our shapes report."""
    told = {
        *(
            "and",
            "class",
            "closed",
            "datatype",
            "disjoint",
            "equals",
            "hasValue",
            "in",
            "languageIn",
            "lessThan",
        ),
        *("lessThanOrEquals", "maxCount", "maxExclusive", "maxInclusive", "maxLength", "minCount", "node"),
        *(
            "minExclusive",
            "minInclusive",
            "minLength",
            "nodeKind",
            "not",
            "or",
            "pattern",
            "uniqueLang",
            "xone",
        ),
        *("qualifiedMaxCount", "qualifiedMinCount"),
    }
    used = {name for shape in NAMED for name in GRAPH.about[shape]} & told
    return {f"{SH}{name[0].upper()}{name[1:]}ConstraintComponent" for name in used}


def _about(kind: str) -> Iterator[tuple[str, Term]]:
    """Yield the properties that shapes of a class name, with the shape that does, nested ones too."""
    about = [shape for shape in NAMED if ox.NamedNode(kind) in GRAPH.values(shape, "targetClass")]
    waiting: list[Term] = [*reversed(about)]
    while waiting:
        shape = waiting.pop()
        for path in GRAPH.values(shape, "path"):
            if isinstance(path, ox.NamedNode):
                yield path.value, shape
            for inverse in GRAPH.values(path, "inversePath"):
                yield f"^{inverse.value}", shape
        for name in ("lessThan", "lessThanOrEquals", "disjoint"):
            for other in GRAPH.values(shape, name):
                yield other.value, shape
        waiting += [inner for _, inner in GRAPH.below(shape)]


def _fitting(shape: Term, nodes: Sequence[Term]) -> Iterator[Term]:
    """Yield values that a shape may have asked for."""
    yield from GRAPH.values(shape, "hasValue")
    for inner in (shape, *(inner for _, inner in GRAPH.below(shape))):
        for head in GRAPH.values(inner, "in"):
            yield from GRAPH.members(head) or ()
    for datatype in GRAPH.values(shape, "datatype"):
        if datatype.value.startswith(XSD):
            texts = (
                DATES if datatype.value[len(XSD) :] in ("date", "gYear", "gYearMonth") else (*YEARS, *TEXTS)
            )
            yield from (ox.Literal(text, datatype=ox.NamedNode(datatype.value)) for text in texts)
        else:
            yield from (ox.Literal(text, language=tag) for text in TEXTS[2:5] for tag in TAGS)
    if not GRAPH.values(shape, "datatype"):
        yield from nodes[:3]


def _literal(choice: Choice) -> ox.Literal:
    if choice((True, False)):
        return ox.Literal(choice(TEXTS), language=choice(TAGS))
    kind = choice(TYPES)
    return ox.Literal(choice((*YEARS, *DATES, *TEXTS, "true", "1", "1E2")), datatype=ox.NamedNode(XSD + kind))


def _in_order(value: Term) -> bool:
    return isinstance(value, ox.Literal) and value.language is None and "gYear" not in value.datatype.value
