"""What shapes are about and what things are called, looked up in a file of N-Quads as it is read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from acagraph import vocab
from acagraph.validation.findings import Finding
from acagraph.validation.shapegraph import TYPE, ShapeGraph

_RDFS = vocab.EXTERNAL["rdfs"]
# Best first; after each the same name in another language than English.
_NAMES = (
    vocab.EXTERNAL["skos"] + "prefLabel",
    _RDFS + "label",
    vocab.EXTERNAL["dcterms"] + "title",
    "http://xmlns.com/foaf/0.1/name",
    "https://schema.org/name",
    "http://schema.org/name",
)
_NAMED = re.compile(f"^(\\S+) <({'|'.join(re.escape(name) for name in _NAMES)})> (.+?)(?: <[^>]*>)? \\.$")
_INNER = re.compile(r"^(\S+) <([^>]*)> (_:\S+)(?: <[^>]*>)? \.$")


@dataclass(frozen=True)
class Sought:
    """What the targets of shapes name; `always` where they name a node or a query, which need no look."""

    classes: frozenset[str]
    properties: frozenset[str]
    always: bool

    @classmethod
    def of(cls, graph: ShapeGraph) -> Sought:
        """Return what the shapes of a graph are about."""

        def named(*parameters: str) -> set[str]:
            return {
                term.value
                for shape in graph.shapes
                for name in parameters
                for term in graph.values(shape, name)
            }

        own = {shape.value for shape in graph.shapes if graph.is_class(shape)}
        return cls(
            frozenset(own | named("targetClass")),
            frozenset(named("targetSubjectsOf", "targetObjectsOf")),
            bool(named("targetNode", "target")),
        )

    def occurs(self, lines: Path) -> bool:
        """Say whether anything in a file of N-Quads without graphs is what the shapes are about."""
        if self.always:
            return True
        used: set[str] = set()
        above: dict[str, set[str]] = defaultdict(set)
        with lines.open(encoding="utf-8") as file:
            for line in file:
                subject, predicate, rest = line.split(" ", 2)
                if predicate[1:-1] in self.properties:
                    return True
                if predicate == f"<{TYPE}>":
                    used.add(rest[1:-4])
                elif predicate == f"<{_RDFS}subClassOf>":
                    above[subject[1:-1]].add(rest[1:-4])
        waiting = list(used)
        while waiting:
            new = above[waiting.pop()] - used
            used |= new
            waiting += new
        return not used.isdisjoint(self.classes)


def labelled(findings: Iterable[Finding], lines: Path) -> list[Finding]:
    """Return findings with the names of their things, as a file of N-Quads tells them.

    A blank node is told by the thing that it belongs to: `(at address of Alice)`.
    """
    found = list(findings)
    wanted = {_written(finding.focus) for finding in found}
    outer: dict[str, tuple[str, str]] = {}
    best: dict[str, tuple[int, bool, str]] = {}
    if any(node.startswith("_:") for node in wanted):
        for match in _matches(_INNER, lines):
            if match[3] in wanted:
                outer.setdefault(match[3], (match[1], match[2]))
    wanted |= {owner for owner, _ in outer.values()}
    for match in _matches(_NAMED, lines) if found else ():
        if match[1] in wanted:
            told = _ranked(match[2], match[3])
            best[match[1]] = min(best.get(match[1], told), told)

    def label(node: str) -> str | None:
        if node in best:
            return best[node][2]
        if node not in outer:
            return None
        owner, path = outer[node]
        name = best[owner][2] if owner in best else vocab.compact(owner.strip("<>"))
        return f"(at {vocab.compact(path)} of {name})"

    return [replace(finding, label=finding.label or label(_written(finding.focus))) for finding in found]


def _matches(pattern: re.Pattern[str], lines: Path) -> Iterable[re.Match[str]]:
    with lines.open(encoding="utf-8") as file:
        yield from (match for match in map(pattern.match, file) if match)


def _written(focus: str) -> str:
    return focus if focus.startswith("_:") else f"<{focus}>"


def _ranked(name: str, value: str) -> tuple[int, bool, str]:
    """Return a name as a key that puts the best one first."""
    (triple,) = ox.parse(f"<x:s> <x:p> {value} .", format=ox.RdfFormat.N_TRIPLES)
    term = triple.object
    text = " ".join((term.value if isinstance(term, ox.Literal) else str(term)).split())
    english = isinstance(term, ox.Literal) and (term.language or "en").startswith("en")
    return _NAMES.index(name), not english, text
