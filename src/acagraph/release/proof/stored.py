"""Whether a store holds the dataset of a dump, though it writes some literals in another way."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from acagraph.release.content import read
from acagraph.release.lines import canonical_lines
from acagraph.release.proof.identity import has_blank

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

_BATCH = 20_000
_TYPED = b'"^^<'


@dataclass(frozen=True)
class Comparison:
    """Whether a store holds the quads of a dump and no other; how many each has, and some that it lacks."""

    equal: bool
    dumped: int
    stored: int
    lacking: tuple[str, ...] = ()


def compare(lines: Callable[[], Iterable[bytes]], store: ox.Store) -> Comparison:
    """Compare the canonical lines of a dump with what a store gives back; memory does not grow with them.

    A store spells numbers and dates in its own way, so lines with a datatype go through a store in memory
    first. Both sides are summed: for each quad the keyed BLAKE2b of its line, modulo 2^256. The key is drawn
    by chance here and now, after the store was written, so that two different sets have equal sums only with
    a chance of 2^-256, even if the store was made to deceive.
    """
    key = secrets.token_bytes(32)
    here, there = _Sum(key), _Sum(key)
    for line in _as_stored(lines()):
        here.add(line)
    with io.BufferedWriter(_Lines(there.add), 1 << 20) as sink:
        store.dump(sink, format=ox.RdfFormat.N_QUADS)
    blank = _normal(here.blank)
    numbers = here.number + len(blank), there.number + len(there.blank)
    if here.equals(there) and canonical_lines(blank) == canonical_lines(there.blank):
        return Comparison(True, *numbers)
    lacking = (
        str(quad) for quad in read(line for line in lines() if not has_blank(line)) if quad not in store
    )
    return Comparison(False, *numbers, tuple(islice(lacking, 3)))


@dataclass
class _Sum:
    """A sum of lines in which their order counts for nothing; those with blank nodes are kept aside."""

    key: bytes
    total: int = 0
    number: int = 0
    blank: list[bytes] = field(default_factory=list)

    def add(self, line: bytes) -> None:
        """Count a line."""
        if has_blank(line):
            self.blank.append(line)
        else:
            self.number += 1
            self.total += int.from_bytes(blake2b(line, digest_size=32, key=self.key).digest(), "big")

    def equals(self, other: _Sum) -> bool:
        """Say whether the other has the same lines, but for those with blank nodes."""
        return self.number == other.number and (self.total - other.total) % 2**256 == 0


class _Lines(io.RawIOBase):
    """A file that gives what is written to it line by line."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        super().__init__()
        self._take, self._rest = take, b""

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: Buffer) -> int:
        """Take some bytes, which may end within a line."""
        block = bytes(data)
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            self._take(line + b"\n")
        return len(block)

    def close(self) -> None:
        """Give what stands after the last end of a line."""
        if self._rest and not self.closed:
            self._take(self._rest)
        super().close()


def _as_stored(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines as a store writes them, in another order. Cut between subjects: equal values become one."""
    typed, subject = list[bytes](), b""
    for line in lines:
        if _TYPED not in line or has_blank(line):
            yield line
            continue
        here = line[: line.index(b" ")]
        if len(typed) >= _BATCH and here != subject:
            yield from _normal(typed)
            typed = []
        subject = here
        typed.append(line)
    yield from _normal(typed)


def _normal(lines: list[bytes]) -> list[bytes]:
    """Return lines as a store gives them back."""
    store = ox.Store()
    store.bulk_load(b"".join(lines), format=ox.RdfFormat.N_QUADS)
    written = store.dump(format=ox.RdfFormat.N_QUADS)
    return written.splitlines(keepends=True) if written else []
