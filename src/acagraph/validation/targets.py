"""What shapes are about, and whether anything in a file of N-Quads is that."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from acagraph import vocab
from acagraph.graph.hierarchy import reached
from acagraph.validation.findings import focus_of
from acagraph.validation.shapegraph import TRUE, TYPE, ShapeGraph

_SUBCLASS = vocab.EXTERNAL["rdfs"] + "subClassOf"


@dataclass(frozen=True)
class Targets:
    """What the targets of shapes name; `always` where they name a node or a query, which need no look.

    `none` says that every shape with a target is deactivated. `nodes` are the nodes that targets name.
    """

    classes: frozenset[str]
    properties: frozenset[str]
    nodes: frozenset[str]
    always: bool
    none: bool

    @classmethod
    def of(cls, graph: ShapeGraph) -> Targets:
        """Return what the shapes of a graph are about, those that are deactivated left out."""
        active = [shape for shape in graph.shapes if TRUE not in graph.values(shape, "deactivated")]

        def named(*parameters: str) -> set[str]:
            return {
                focus_of(term)
                for shape in active
                for name in parameters
                for term in graph.values(shape, name)
            }

        own = {focus_of(shape) for shape in active if graph.is_class(shape)}
        nodes = named("targetNode")
        return cls(
            frozenset(own | named("targetClass")),
            frozenset(named("targetSubjectsOf", "targetObjectsOf")),
            frozenset(nodes),
            bool(nodes or named("target")),
            not any(graph.has_target(shape) for shape in active),
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
                elif predicate == f"<{_SUBCLASS}>":
                    above[subject[1:-1]].add(rest[1:-4])
        return not (used | reached(used, above)).isdisjoint(self.classes)
