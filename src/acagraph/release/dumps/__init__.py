"""Dumps: the parsed dataset as files, the same bytes for the same quads."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox

from acagraph.graph import write_turtle
from acagraph.release.content import Content, Part
from acagraph.vocab import PREFIXES

# People write and compare the other graphs; these are as large as registers are, and made by machines.
_MADE = ("derived", "register/")
_BLOCK = 1 << 20


def write_dumps(content: Content, folder: Path) -> dict[str, int]:
    """Write the dataset in six formats, and each named graph as Turtle; return the triples in each file.

    The bytes depend on the content alone, and memory does not grow with it. Names are relative to the folder.
    """
    makers: dict[str, Callable[[Path], None]] = {
        "acagraph.nq.gz": lambda path: _compress(content.lines(), path),
        "acagraph.nt.gz": lambda path: _compress(map(_triple, content.lines()), path),
        "acagraph.ttl": lambda path: _stream(_triples(content), path, ox.RdfFormat.TURTLE),
        "acagraph.trig": lambda path: _stream(_by_graph(content), path, ox.RdfFormat.TRIG),
        "acagraph.jsonld": lambda path: _stream(_by_graph(content), path, ox.RdfFormat.JSON_LD),
        "acagraph.rdf": lambda path: _stream(_triples(content), path, ox.RdfFormat.RDF_XML),
    }
    folder.mkdir(parents=True)
    for name, make in makers.items():
        make(folder / name)
    counts = dict.fromkeys(makers, content.triples)
    for name, part in content.parts.items():
        path = folder / "graphs" / f"{name}.ttl"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_part(part, path)
        counts[f"graphs/{name}.ttl"] = part.triples
    return counts


def _write_part(part: Part, path: Path) -> None:
    if part.name.startswith(_MADE):
        _stream((quad.triple for quad in part.quads()), path, ox.RdfFormat.TURTLE)
    else:
        path.write_text(write_turtle(part.quads()), encoding="utf-8")


def _by_graph(content: Content) -> Iterable[ox.Quad]:
    """Return the quads, one named graph after the other."""
    return (quad for part in content.parts.values() for quad in part.quads())


def _triples(content: Content) -> Iterable[ox.Triple]:
    """Return the triples of the union of all graphs; no triple stands in two of them."""
    return (quad.triple for quad in content.quads())


def _stream(statements: Iterable[ox.Quad] | Iterable[ox.Triple], path: Path, format: ox.RdfFormat) -> None:
    ox.serialize(statements, path, format=format, prefixes=PREFIXES)


def _triple(line: bytes) -> bytes:
    return line[: line.rindex(b" <")] + b" .\n"


def _compress(lines: Iterable[bytes], path: Path) -> None:
    """Gzip lines without time and name, so that equal data give equal bytes."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as file,
    ):
        block: list[bytes] = []
        size = 0
        for line in lines:
            block.append(line)
            size += len(line)
            if size >= _BLOCK:
                file.write(b"".join(block))
                block, size = [], 0
        file.write(b"".join(block))
