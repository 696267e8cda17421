"""What a dataset is by its canonical N-Quads: its hash of RDFC-1.0, and that of the union of its graphs."""

from __future__ import annotations

import hashlib
import heapq
import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import pyoxigraph as ox

from acagraph.release.content import serialise

_BATCH = 20_000
_RUN = 200_000
_BLANK = re.compile(rb"_:|<[^>]*> <[^>]*> _:")


@dataclass(frozen=True)
class Identity:
    """The SHA-256 of lines, how many stand in each graph, and in which those with blank nodes.

    Without `faults` the lines are the RDFC-1.0 form of the dataset, and the SHA-256 is its hash.
    """

    sha256: str
    graphs: Mapping[str, int]
    blank: Mapping[str, int]
    faults: Sequence[str]


def identify(lines: Iterable[bytes]) -> Identity:
    """Read N-Quads and look whether they are the canonical form of their dataset (RDFC-1.0).

    They are when they are sorted by code point, each once, each in canonical N-Quads, and blank nodes have
    the names of RDFC-1.0. These depend on the quads with blank nodes alone, so only those are canonicalised:
    memory grows with them, not with the dataset.
    """
    digest, graphs, faults = hashlib.sha256(), Counter[bytes](), list[str]()
    blank, before, rest = list[bytes](), b"", iter(lines)
    while batch := list(islice(rest, _BATCH)):
        block = b"".join(batch)
        digest.update(block)
        graphs.update(graph_of(line) for line in batch)
        if b"_:" in block:
            blank += [line for line in batch if has_blank(line)]
        if not faults:
            faults += _faults(block, [before, *batch])
        before = batch[-1]
    if not faults and canonical_lines(blank) != blank:
        faults.append("blank nodes do not have the names that RDFC-1.0 gives them")
    return Identity(
        digest.hexdigest(),
        {name.decode(errors="replace"): number for name, number in sorted(graphs.items())},
        {
            name.decode(errors="replace"): number
            for name, number in sorted(Counter(map(graph_of, blank)).items())
        },
        faults,
    )


def union_sha256(lines: Callable[[], Iterable[bytes]]) -> str:
    """Return the RDFC-1.0 hash of the union of all graphs; asks twice for the dataset's canonical lines.

    No triple may stand in two graphs: then lines without their graphs are sorted too, but for blank nodes.
    """
    blank = canonical_lines(_in_union(line) for line in _with_blank(lines()))
    digest, rest = hashlib.sha256(), iter(lines())
    while batch := list(islice(rest, _BATCH)):
        named = batch if b"_:" not in b"".join(batch) else [line for line in batch if not has_blank(line)]
        triples = [_in_union(line) for line in named]
        if triples and blank and blank[0] < triples[-1]:
            end = bisect(blank, triples[-1])
            triples, blank = sorted(triples + blank[:end]), blank[end:]
        digest.update(b"".join(triples))
    digest.update(b"".join(blank))
    return digest.hexdigest()


def sha256_of(lines: Iterable[bytes]) -> str:
    """Return the SHA-256 of lines."""
    digest, rest = hashlib.sha256(), iter(lines)
    while block := b"".join(islice(rest, _BATCH)):
        digest.update(block)
    return digest.hexdigest()


def canonical(quads: Iterable[ox.Quad], scratch: Path) -> Iterator[bytes]:
    """Yield the RDFC-1.0 form of quads: lines sorted, each once.

    Sorted runs are kept in files below a folder; only the quads with blank nodes are all held in memory.
    """
    rest, runs, blank = iter(quads), list[Path](), list[bytes]()
    while batch := list(islice(rest, _RUN)):
        found = serialise(batch, ox.RdfFormat.N_QUADS).splitlines(keepends=True)
        blank += [line for line in found if has_blank(line)]
        runs.append(scratch / f"run-{len(runs)}.nq")
        with runs[-1].open("wb") as file:
            file.writelines(sorted({line for line in found if not has_blank(line)}))
    before = b""
    for line in heapq.merge(*map(_lines_of, runs), canonical_lines(blank)):
        if line != before:
            yield line
        before = line


def canonical_lines(lines: Iterable[bytes]) -> list[bytes]:
    """Return N-Quads with the names of RDFC-1.0 for their blank nodes, sorted, each once; all in memory."""
    dataset = ox.Dataset(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(serialise(dataset, ox.RdfFormat.N_QUADS).splitlines(keepends=True))


def has_blank(line: bytes) -> bool:
    """Say whether the subject or the object of a quad is a blank node."""
    return b"_:" in line and _BLANK.match(line) is not None


def graph_of(line: bytes) -> bytes:
    """Return the IRI of the graph of a canonical line; b"" where it has none."""
    start = line.rfind(b" <")
    return line[start + 2 : -4] if start >= 0 else b""


def _faults(block: bytes, lines: Sequence[bytes]) -> Iterator[str]:
    """Yield what is wrong with lines; the first of them is the last of those before the block."""
    for before, line in pairwise(lines):
        if before >= line:
            yield f"{_shown(line)} does not come after the line before it"
            return
    try:
        same = serialise(ox.parse(block, format=ox.RdfFormat.N_QUADS), ox.RdfFormat.N_QUADS) == block
    except SyntaxError as error:
        yield f"it is no N-Quads: {error}"
        return
    if not same:
        yield "its lines are not canonical N-Quads"


def _with_blank(lines: Iterable[bytes]) -> Iterator[bytes]:
    rest = iter(lines)
    while batch := list(islice(rest, _BATCH)):
        if b"_:" in b"".join(batch):
            yield from filter(has_blank, batch)


def _in_union(line: bytes) -> bytes:
    return line[: line.rindex(b" <")] + b" .\n"


def _lines_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _shown(line: bytes) -> str:
    text = line.decode(errors="replace").rstrip("\n")
    return text if len(text) <= 120 else f"{text[:119]}…"
