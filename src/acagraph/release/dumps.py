"""Dumps: the parsed dataset as files, the same bytes for the same quads."""

from __future__ import annotations

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from acagraph.graph import write_turtle
from acagraph.vocab import BASE, PREFIXES

_TYPE = f" <{PREFIXES['rdf']}type> ".encode()
_GRAPH = BASE + "graph/"


@dataclass(frozen=True)
class Content:
    """A whole dataset as canonical N-Quads: blank nodes named by RDFC-1.0, lines sorted by code point."""

    nquads: bytes

    @classmethod
    def of(cls, quads: Iterable[ox.Quad]) -> Content:
        """Return the content of some quads, in whatever order they come."""
        dataset = ox.Dataset(quads)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return cls(b"".join(sorted(_lines(dataset, ox.RdfFormat.N_QUADS))))

    @cached_property
    def sha256(self) -> str:
        """The dataset's RDFC-1.0 hash: the SHA-256 of its canonical N-Quads."""
        return hashlib.sha256(self.nquads).hexdigest()

    @cached_property
    def quads(self) -> list[ox.Quad]:
        """The quads by subject, class first, then property: the order in which people read."""
        lines = sorted(self.nquads.splitlines(keepends=True), key=lambda line: line.replace(_TYPE, b" ! ", 1))
        return list(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))

    @cached_property
    def graphs(self) -> Mapping[str, list[ox.Quad]]:
        """The quads of each named graph, by the name after `graph/`, sorted."""
        found: dict[str, list[ox.Quad]] = defaultdict(list)
        for quad in self.quads:
            assert isinstance(quad.graph_name, ox.NamedNode)  # graph.build leaves none without a graph
            found[quad.graph_name.value.removeprefix(_GRAPH)].append(quad)
        return {name: found[name] for name in sorted(found)}

    @property
    def by_graph(self) -> Iterator[ox.Quad]:
        """The quads, one named graph after the other."""
        return (quad for quads in self.graphs.values() for quad in quads)

    @property
    def triples(self) -> Iterator[ox.Triple]:
        """The triples of the union of all graphs; no triple stands in two of them."""
        return (quad.triple for quad in self.quads)


def write_dumps(content: Content, folder: Path) -> dict[str, int]:
    """Write the dataset in six formats, and each named graph as Turtle; return the triples in each file.

    The bytes depend on the content alone. Names are relative to the folder.
    """
    makers: dict[str, Callable[[], bytes]] = {
        "acagraph.nq.gz": lambda: compress(content.nquads),
        "acagraph.nt.gz": lambda: compress(b"".join(sorted(_lines(content.triples, ox.RdfFormat.N_TRIPLES)))),
        "acagraph.ttl": lambda: write_turtle(content.quads).encode(),
        "acagraph.trig": lambda: serialise(content.by_graph, ox.RdfFormat.TRIG),
        "acagraph.jsonld": lambda: serialise(content.by_graph, ox.RdfFormat.JSON_LD),
        "acagraph.rdf": lambda: serialise(content.triples, ox.RdfFormat.RDF_XML),
    }
    folder.mkdir(parents=True)
    for name, make in makers.items():
        (folder / name).write_bytes(make())
    counts = dict.fromkeys(makers, len(content.quads))
    for name, quads in content.graphs.items():
        path = folder / "graphs" / f"{name}.ttl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(write_turtle(quads), encoding="utf-8")
        counts[f"graphs/{name}.ttl"] = len(quads)
    return counts


def serialise(statements: Iterable[ox.Quad] | Iterable[ox.Triple], format: ox.RdfFormat) -> bytes:
    """Return statements in a format, in their order, with the house prefixes where the format has any."""
    data = ox.serialize(statements, format=format, prefixes=PREFIXES)
    assert data is not None  # it is None only when an output is given
    return data


def compress(data: bytes) -> bytes:
    """Return data gzipped without time and name, so that equal data give equal bytes."""
    return gzip.compress(data, compresslevel=9, mtime=0)


def _lines(statements: Iterable[ox.Quad] | Iterable[ox.Triple], format: ox.RdfFormat) -> list[bytes]:
    return serialise(statements, format).splitlines(keepends=True)
