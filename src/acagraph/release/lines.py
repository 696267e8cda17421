"""Any RDF as sorted lines of canonical N-Quads on disk, in memory that does not grow with it."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.release import sorting
from acagraph.release.content import serialise
from acagraph.validation.documents import read_quads
from acagraph.vocab import ACA

_BATCH = 20_000
# How many lines are sorted in memory at once: about 50 MB.
_RUN = 200_000
# What the rules derive of every participation.
_EDGE = f"> <{ACA}participatesIn> <".encode()


@dataclass(frozen=True)
class Lines:
    """The quads of a dataset as canonical N-Quads in a file, sorted by code point; it may be packed."""

    path: Path

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines. Raises SourceError where a packed file is damaged."""
        if self.path.suffix != ".gz":
            with self.path.open("rb") as file:
                yield from file
            return
        try:
            with gzip.open(self.path) as file:
                yield from file
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise SourceError(f"is damaged: {error}", path=self.path) from error

    def unpacked(self, path: Path) -> Lines:
        """Return the lines in a file that is not packed: this one, or one that is written at `path`."""
        if self.path.suffix != ".gz":
            return self
        try:
            with gzip.open(self.path) as packed, path.open("wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise SourceError(f"is damaged: {error}", path=self.path) from error
        return Lines(path)

    def starting(self, prefix: bytes) -> Iterator[bytes]:
        """Yield the lines of a file, not packed, that begin with some bytes; the others are not read."""
        with self.path.open("rb") as file:
            low, high = 0, file.seek(0, io.SEEK_END)
            while low < high:
                middle = (low + high) // 2
                line = _line_from(file, middle)
                if line and line < prefix:
                    low = middle + 1
                else:
                    high = middle
            line = _line_from(file, low)
            while line and line.startswith(prefix):
                yield line
                line = file.readline()

    def sha256(self) -> str:
        """Return the SHA-256 of the lines: the RDFC-1.0 hash of the dataset."""
        return sha256_of(self)

    def derived(self) -> bool:
        """Say whether the direct edges that rules derive of participations are among them."""
        return any(_EDGE in line for line in self)


def _line_from(file: BinaryIO, offset: int) -> bytes:
    """Return the first line that begins at an offset or after it, b"" at the end."""
    file.seek(max(0, offset - 1))
    if offset:
        file.readline()
    return file.readline()


def sha256_of(lines: Iterable[bytes]) -> str:
    """Return the SHA-256 of lines."""
    digest, rest = hashlib.sha256(), iter(lines)
    while block := b"".join(islice(rest, _BATCH)):
        digest.update(block)
    return digest.hexdigest()


def canonical_lines(lines: Iterable[bytes]) -> list[bytes]:
    """Return N-Quads with the names of RDFC-1.0 for their blank nodes, sorted, each once; all in memory."""
    dataset = ox.Dataset(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(serialise(dataset, ox.RdfFormat.N_QUADS).splitlines(keepends=True))


def lines_of_file(path: Path, scratch: Path) -> Lines:
    """Write the quads of an RDF file, of any syntax that its suffix tells, below `scratch`, sorted.

    Blank nodes get their names of RDFC-1.0; only the quads that have some are held in memory. Raises
    SourceError for a file that cannot be read.
    """
    return sorted_lines(read_quads(path), scratch)


def sorted_lines(quads: Iterable[ox.Quad], scratch: Path) -> Lines:
    """Write quads below `scratch` as sorted canonical N-Quads; blank nodes get their names of RDFC-1.0."""
    blank: list[ox.Quad] = []
    plain = _serialised(quad for quad in quads if not _kept(quad, blank))

    def all_lines() -> Iterator[bytes]:
        yield from plain
        # The names of blank nodes follow from what is said of them alone, so the others need not be there.
        yield from canonical_lines(_serialised(blank))

    return in_order(all_lines(), scratch)


def in_order(lines: Iterator[bytes], scratch: Path) -> Lines:
    """Write lines below `scratch`, sorted, each once; memory holds some of them at a time."""
    scratch.mkdir(parents=True, exist_ok=True)
    target = scratch / "all.nq"
    with target.open("wb") as file:
        file.writelines(sorting.in_order(lines, scratch, most=_RUN))
    return Lines(target)


def _kept(quad: ox.Quad, blank: list[ox.Quad]) -> bool:
    """Keep a quad for later when it has a blank node, and say so."""
    found = any(isinstance(term, ox.BlankNode) for term in (quad.subject, quad.object, quad.graph_name))
    if found:
        blank.append(quad)
    return found


def _serialised(quads: Iterable[ox.Quad]) -> Iterator[bytes]:
    rest = iter(quads)
    while batch := list(islice(rest, _BATCH)):
        yield from serialise(batch, ox.RdfFormat.N_QUADS).splitlines(keepends=True)
