"""The one update that makes a release what readers see, in one of three forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from acagraph.loading.parts import STAGED, Contents, Part
from acagraph.vocab import graph_iri

OURS = graph_iri("")
_IRI = re.compile(r"""[^\x00-\x20<>"{}|\\^`]+""")


def gone(contents: Contents, counts: Mapping[str, int]) -> list[str]:
    """Return the graphs of ours in a store that the release has not, sorted; none that is staged."""
    return sorted({graph for graph in _ours(counts) if is_seen(graph)} - set(contents.counts))


def left(contents: Contents, counts: Mapping[str, int], size: int) -> list[str]:
    """Return the staging graphs in a store that this load has no use for, sorted."""
    staged = {graph for graph in _ours(counts) if STAGED in graph}
    return sorted(staged - {part.staging(size) for part in contents.parts})


def is_seen(graph: str) -> bool:
    """Say whether a graph is one of ours that readers are to see: none that is staged."""
    return graph.startswith(OURS) and STAGED not in graph


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


def differences(contents: Contents, size: int, dropped: Iterable[str]) -> str:
    """Return the update that makes each graph what its staging graph is, triple by triple that differs.

    The memory of a store that makes all of an update or nothing grows with what differs, not with what is
    there. It fails as a whole where a staging graph is not there: the gate is not made then, and its DROP is
    not silent. Of the staging graphs only the `sign` is dropped, by which one knows that it was made.
    """
    gate = f"{contents.parts[0].graph}{STAGED}gate"
    there = "".join(
        f"\n  FILTER EXISTS {{ GRAPH <{part.staging(size)}> {{ ?s ?p ?o }} }}" for part in contents.parts
    )
    lines = [
        f"INSERT {{ GRAPH <{gate}> {{ <{gate}> <{gate}> <{gate}> }} }} WHERE {{{there} }}",
        f"DROP GRAPH <{gate}>",
    ]
    for part in contents.parts:
        old, new = (f"GRAPH <{graph}> {{ ?s ?p ?o }}" for graph in (part.graph, part.staging(size)))
        lines.append(f"DELETE {{ {old} }} WHERE {{ {old} FILTER NOT EXISTS {{ {new} }} }}")
        lines.append(f"INSERT {{ {old} }} WHERE {{ {new} FILTER NOT EXISTS {{ {old} }} }}")
    lines += [f"DROP SILENT GRAPH <{graph}>" for graph in dropped]
    return " ;\n".join([*lines, f"DROP GRAPH <{sign(contents).staging(size)}>"])


def sign(contents: Contents) -> Part:
    """Return the smallest part: once its staging graph is gone, the differences were made."""
    return min(contents.parts, key=lambda part: (part.triples, part.graph))


def whole(contents: Contents, dropped: Iterable[str]) -> str:
    """Return the update that replaces all graphs by all triples, without staging graphs."""
    emptied = [f"DROP SILENT GRAPH <{graph}>" for graph in (*contents.counts, *dropped)]
    graphs = "".join(
        f"GRAPH <{part.graph}> {{\n{b''.join(part.lines()).decode()}}}\n" for part in contents.parts
    )
    return " ;\n".join([*emptied, f"INSERT DATA {{\n{graphs}}}"])
