"""What a dataset is by its canonical N-Quads: its hash of RDFC-1.0, and that of the union of its graphs."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

import pyoxigraph as ox

from acagraph.release.content import graph_of, serialise
from acagraph.release.lines import canonical_lines
from acagraph.vocab import graph_iri

_BATCH = 20_000
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
    digest, graphs, faults = hashlib.sha256(), Counter[str](), list[str]()
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
        _by_iri(graphs),
        _by_iri(Counter(map(graph_of, blank))),
        faults,
    )


@dataclass(frozen=True)
class Hashes:
    """The RDFC-1.0 hashes of the union of all graphs, and of the triples of each graph, by its IRI."""

    union: str
    graphs: Mapping[str, str]


def hashes(lines: Callable[[], Iterable[bytes]]) -> Hashes:
    """Return the hashes of triples without the names of their graphs; asks twice for the canonical lines.

    A dump of one graph, or of all as one, tells no names of graphs: these are its hashes, whatever its form.
    No triple may stand in two graphs: then lines without their graphs are sorted too, but for blank nodes.
    """
    blank = defaultdict[str, list[bytes]](list)
    for line in _with_blank(lines()):
        blank[graph_of(line)].append(_in_union(line))
    union = _Running(canonical_lines(line for found in blank.values() for line in found))
    graphs = {name: _Running(canonical_lines(found)) for name, found in blank.items()}
    rest = iter(lines())
    while batch := list(islice(rest, _BATCH)):
        named = batch if b"_:" not in b"".join(batch) else [line for line in batch if not has_blank(line)]
        triples = [_in_union(line) for line in named]
        union.add(triples)
        apart = defaultdict[str, list[bytes]](list)
        for line, triple in zip(named, triples, strict=True):
            apart[graph_of(line)].append(triple)
        for name, found in apart.items():
            graphs.setdefault(name, _Running([])).add(found)
    return Hashes(union.ended(), {_iri(name): graphs[name].ended() for name in sorted(graphs)})


def has_blank(line: bytes) -> bool:
    """Say whether the subject or the object of a quad is a blank node."""
    return b"_:" in line and _BLANK.match(line) is not None


@dataclass
class _Running:
    """A SHA-256 of sorted triples that come in pieces, those with blank nodes from the beginning."""

    blank: list[bytes]
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, triples: list[bytes]) -> None:
        """Take the next triples without blank nodes, sorted."""
        if triples and self.blank and self.blank[0] < triples[-1]:
            end = bisect(self.blank, triples[-1])
            triples, self.blank = sorted(triples + self.blank[:end]), self.blank[end:]
        self.digest.update(b"".join(triples))

    def ended(self) -> str:
        """Return the hash, after the last triple."""
        self.digest.update(b"".join(self.blank))
        return self.digest.hexdigest()


def _by_iri(graphs: Mapping[str, int]) -> dict[str, int]:
    """Return numbers by the IRI of a graph instead of its name, sorted; what has no graph stays at ""."""
    return dict(sorted((_iri(name), number) for name, number in graphs.items()))


def _iri(name: str) -> str:
    """Return the IRI of a graph that `graph_of` gives the name of."""
    return name if not name or ":" in name.partition("/")[0] else graph_iri(name)


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


def _shown(line: bytes) -> str:
    text = line.decode(errors="replace").rstrip("\n")
    return text if len(text) <= 120 else f"{text[:119]}…"
