"""Lines sorted in memory while they are few, and in runs on disk where they are many."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path


def in_order(lines: Iterable[bytes], scratch: Path, *, most: int) -> Iterator[bytes]:
    """Yield lines sorted by code point, each once; at most `most` of them are in memory at a time.

    The rest waits in files below `scratch`, which are gone at the end.
    """
    rest = iter(lines)
    taken = list(islice(rest, most))
    if len(taken) < most:
        yield from sorted(set(taken))
        return
    with tempfile.TemporaryDirectory(dir=scratch, prefix="runs-") as folder:
        runs: list[Path] = []
        while taken:
            runs.append(_written(sorted(set(taken)), Path(folder) / f"{len(runs)}.nq"))
            taken.clear()
            taken += islice(rest, most)
        # A line that stands in two runs comes twice in a row.
        yield from (line for line, _ in groupby(heapq.merge(*map(_read, runs))))


def _written(run: list[bytes], path: Path) -> Path:
    with path.open("wb") as file:
        file.writelines(run)
    return path


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file
