"""What a release is made of: a project's files as one dataset, links and derived triples included."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from acagraph import graph, inference
from acagraph.graph import Graph
from acagraph.links import read_links
from acagraph.release.clock import Clock
from acagraph.sources import Project, discover
from acagraph.validation import Report, validate


@dataclass(frozen=True)
class Inputs:
    """A project, its whole dataset, and where each subject is described."""

    project: Project
    graph: Graph

    @property
    def shapes(self) -> Path:
        """The folder of the project's shapes."""
        return self.project.root / "shapes"

    @property
    def queries(self) -> Path:
        """The folder of the project's saved queries; checks and rules are in folders below."""
        return self.project.root / "queries"

    def validate(self) -> Report:
        """Judge the dataset by the project's shapes and checks."""
        origin = {
            iri: (below(path, self.project.root), line or 1)
            for iri, (path, line) in self.graph.origin.items()
        }
        return validate(self.graph.quads, shapes=self.shapes, checks=self.queries / "checks", origin=origin)


def gather(root: Path, *, clock: Clock) -> Inputs:
    """Read a project, with its links, and derive what follows.

    Raises SourceError for a file that cannot be used.
    """
    with clock.phase("read"):
        project = discover(root)
        mappings = read_links(project)
        stated = graph.build(project).extended(mappings.quads, mappings.origin)
    with clock.phase("derive"):
        rules = root / "queries" / "rules"
        derived = inference.derive(stated.dataset(), rules=rules, as_of=project.dataset.date)
        whole = stated.extended(derived)
    return Inputs(project, whole)


def below(path: Path, root: Path) -> Path:
    """Return a path as seen from a project's folder, or as it is when it lies elsewhere."""
    return path.relative_to(root) if path.is_relative_to(root) else path
