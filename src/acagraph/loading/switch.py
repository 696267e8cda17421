"""The one update that makes a release what readers see, and drops what the one before had more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from acagraph.loading.parts import STAGED, Contents
from acagraph.vocab import graph_iri

OURS = graph_iri("")
_IRI = re.compile(r"""[^\x00-\x20<>"{}|\\^`]+""")


def gone(contents: Contents, counts: Mapping[str, int]) -> list[str]:
    """Return the graphs of ours in a store that the release has not, sorted; none that is staged."""
    return sorted({graph for graph in _ours(counts) if STAGED not in graph} - set(contents.counts))


def left(contents: Contents, counts: Mapping[str, int], size: int) -> list[str]:
    """Return the staging graphs in a store that this load has no use for, sorted."""
    staged = {graph for graph in _ours(counts) if STAGED in graph}
    return sorted(staged - {part.staging(size) for part in contents.parts})


def _ours(counts: Mapping[str, int]) -> Iterator[str]:
    # The names come from the store, and go into an update.
    return (graph for graph in counts if graph.startswith(OURS) and _IRI.fullmatch(graph))


def foreign(counts: Mapping[str, int]) -> list[str]:
    """Return the graphs in a store that are not ours, sorted."""
    return sorted(graph for graph in counts if not graph.startswith(OURS))


def moves(contents: Contents, size: int, dropped: Iterable[str]) -> str:
    """Return the update that puts each staging graph in the place of its graph, and drops others.

    It fails as a whole where a staging graph is not there, for none of its moves is silent.
    """
    lines = [f"MOVE GRAPH <{part.staging(size)}> TO GRAPH <{part.graph}>" for part in contents.parts]
    return " ;\n".join([*lines, *(f"DROP SILENT GRAPH <{graph}>" for graph in dropped)])


def whole(contents: Contents, dropped: Iterable[str]) -> str:
    """Return the update that replaces all graphs by all triples, without staging graphs."""
    emptied = [f"DROP SILENT GRAPH <{graph}>" for graph in (*contents.counts, *dropped)]
    graphs = "".join(
        f"GRAPH <{part.graph}> {{\n{b''.join(part.lines()).decode()}}}\n" for part in contents.parts
    )
    return " ;\n".join([*emptied, f"INSERT DATA {{\n{graphs}}}"])
