"""Two datasets side by side, subject by subject: what was removed, what was added, and both hashes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from acagraph.release.content import graph_of

_END = b"\xff"


@dataclass(frozen=True)
class Group:
    """One subject whose lines differ: all that was said of it and all that is said now, sorted."""

    old: tuple[bytes, ...]
    new: tuple[bytes, ...]

    @property
    def removed(self) -> list[bytes]:
        """The lines that are gone, sorted."""
        there = set(self.new)
        return [line for line in self.old if line not in there]

    @property
    def added(self) -> list[bytes]:
        """The lines that are new, sorted."""
        there = set(self.old)
        return [line for line in self.new if line not in there]


@dataclass
class Merge:
    """Both datasets while they are read once: what differs, how much, and in which graphs.

    The hashes, of RDFC-1.0, are known when `groups` has come to its end.
    """

    old: Iterable[bytes]
    new: Iterable[bytes]
    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    old_sha256: str = ""
    new_sha256: str = ""

    def groups(self) -> Iterator[Group]:
        """Yield the subjects that differ, sorted; memory holds one subject at a time."""
        first, second = _Subjects(self.old), _Subjects(self.new)
        while first.key != _END or second.key != _END:
            one = first.take() if first.key <= second.key else ()
            # Taking moves `first` on, so what was compared is asked of what it gave.
            other = second.take() if not one or second.key == _key(one[0]) else ()
            if one != other:
                group = Group(one, other)
                self.removed.update(map(graph_of, group.removed))
                self.added.update(map(graph_of, group.added))
                yield group
        self.old_sha256, self.new_sha256 = first.digest.hexdigest(), second.digest.hexdigest()

    @property
    def equal(self) -> bool:
        """Say whether nothing differs; known when `groups` has come to its end."""
        return self.old_sha256 == self.new_sha256


class _Subjects:
    """Sorted lines, one subject after the other, with the hash of what was taken."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._groups = groupby(lines, key=_key)
        self.key = _END
        self._lines: tuple[bytes, ...] = ()
        self._next()

    def take(self) -> tuple[bytes, ...]:
        """Return the lines of the subject at hand, and go on to the next."""
        lines = self._lines
        self.digest.update(b"".join(lines))
        self._next()
        return lines

    def _next(self) -> None:
        self.key, found = next(self._groups, (_END, iter(())))
        self._lines = tuple(found)


def _key(line: bytes) -> bytes:
    return line[: line.index(b" ") + 1]
