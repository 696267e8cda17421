"""What is loaded: the named graphs of a release, each cut into the same pieces on every run."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.errors import ReleaseError, SourceError
from acagraph.release.content import graph_of
from acagraph.release.fingerprint import sha256
from acagraph.release.lines import Lines
from acagraph.release.proof.identity import has_blank
from acagraph.vocab import graph_iri

DUMP = "data/acagraph.nq.gz"
STAGED = "?staged="
_LABEL = re.compile(rb"(?:^|> )(_:[^ ]+)")
_BUFFER = 1 << 20


@dataclass(frozen=True)
class Part:
    """A named graph: its triples as N-Triples, those without blank nodes in a file.

    `length` is in bytes. `blank` are the lines with blank nodes: in each request a name stands for another
    node, so that they go together, first. `mark` is made from all lines: what bears it is this very graph.
    """

    graph: str
    path: Path
    triples: int
    length: int
    mark: str
    blank: tuple[bytes, ...] = field(repr=False, default=())

    def staging(self, size: int) -> str:
        """Return the name of the graph that is filled beside, in pieces of so many triples."""
        return f"{self.graph}{STAGED}{self.mark}-{size}"

    def lines(self) -> Iterator[bytes]:
        """Yield the lines in the order in which they are sent."""
        yield from self.blank
        with self.path.open("rb") as file:
            yield from file

    def pieces(self, size: int) -> Iterator[tuple[bytes, int]]:
        """Yield what goes into each request, and how many triples that is; the first has all blank nodes."""
        rest = self.lines()
        many = max(size, len(self.blank))
        while piece := list(islice(rest, many)):
            yield b"".join(piece), len(piece)
            many = size

    def ends(self, size: int) -> list[int]:
        """Return how many triples are there after each piece."""
        first = min(max(size, len(self.blank)), self.triples)
        return [*range(first, self.triples, size), self.triples] if first < self.triples else [first]


@dataclass(frozen=True)
class Contents:
    """A release as it is loaded: its version, and its graphs sorted by name."""

    version: str
    parts: tuple[Part, ...]

    @property
    def triples(self) -> int:
        """How many triples it has in all graphs."""
        return sum(part.triples for part in self.parts)

    @property
    def length(self) -> int:
        """How many bytes all its N-Triples have."""
        return sum(part.length for part in self.parts)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many triples each graph has."""
        return {part.graph: part.triples for part in self.parts}


def open_contents(release: Path, scratch: Path) -> Contents:
    """Read a release's dump of N-Quads and write its graphs below a folder.

    Raises ReleaseError for a folder that is no release, and for a dump that is not as its manifest says.
    """
    dump = release / DUMP
    if not (release / MANIFEST).is_file() or not dump.is_file():
        raise ReleaseError(f"{release} is no release: it has no {MANIFEST} and {DUMP}; run `acagraph build`")
    manifest = read_manifest(release / MANIFEST)
    files = {str(file.get("path")): file for file in manifest.get("files", ())}
    wanted = files.get(DUMP, {}).get("sha256")
    if wanted != sha256(dump):
        raise ReleaseError(f"{dump} is not as {MANIFEST} lists it; build the release again")
    try:
        parts = split(Lines(dump), scratch)
    except SourceError as error:
        raise ReleaseError(f"{error}; build the release again") from error
    expected = {str(graph): int(triples) for graph, triples in manifest.get("graphs", {}).items()}
    contents = Contents(str(manifest.get("version", "")), parts)
    if not parts or dict(contents.counts) != expected:
        raise ReleaseError(f"{dump} has other graphs than {MANIFEST} says; build the release again")
    return contents


def split(lines: Iterable[bytes], scratch: Path) -> tuple[Part, ...]:
    """Write the lines of each graph into a file of its own below a folder; sorted by graph.

    Raises ReleaseError for triples outside of named graphs, and for a blank node that two graphs share: it
    would become two when graphs are loaded one by one.
    """
    numbers = count()
    files = defaultdict[str, _Writer](lambda: _Writer(scratch / f"{next(numbers)}.nt"))
    rest = iter(lines)
    while batch := list(islice(rest, 20_000)):
        for line in batch:
            name = graph_of(line)
            if not name:
                raise ReleaseError(
                    f"a triple stands in no named graph: {line[:200].decode(errors='replace')}"
                )
            files[name].add(line[: line.rindex(b" <")] + b" .\n")
    owners = Counter(label for writer in files.values() for label in writer.labels())
    if shared := next((label for label, number in owners.items() if number > 1), None):
        raise ReleaseError(f"the blank node {shared.decode()} stands in two graphs, which are loaded apart")
    return tuple(files[name].part(name) for name in sorted(files))


class _Writer:
    """The triples of one graph on their way into its file."""

    def __init__(self, path: Path) -> None:
        self._path, self._digest = path, hashlib.sha256()
        self._blank: list[bytes] = []
        self._held: list[bytes] = []
        self._size = self._bytes = self._triples = 0
        path.touch()

    def add(self, line: bytes) -> None:
        self._digest.update(line)
        self._bytes += len(line)
        self._triples += 1
        if has_blank(line):
            self._blank.append(line)
            return
        self._held.append(line)
        self._size += len(line)
        if self._size > _BUFFER:
            self._write()

    def labels(self) -> set[bytes]:
        return {label for line in self._blank for label in _LABEL.findall(line.partition(b' "')[0])}

    def part(self, name: str) -> Part:
        self._write()
        graph = name if ":" in name.partition("/")[0] else graph_iri(name)
        mark = self._digest.hexdigest()[:16]
        return Part(graph, self._path, self._triples, self._bytes, mark, tuple(self._blank))

    def _write(self) -> None:
        # The files are opened for a moment each: there may be more of them than a process may hold open.
        with self._path.open("ab") as file:
            file.writelines(self._held)
        self._held, self._size = [], 0
