"""Lines sorted in memory while they are few, and in runs on disk where they are many."""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

# How many lines of each run are held while runs are merged: enough for the sorting in native code to be all.
_BLOCK = 10_000


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
        for block in merged([*map(_read, runs)], block=min(most, _BLOCK)):
            yield from block


def merged(runs: Sequence[Iterable[bytes]], *, block: int = _BLOCK) -> Iterator[list[bytes]]:
    """Yield the lines of runs in blocks, each sorted and after the one before; each line once.

    The runs are sorted, and no line stands in one of them twice. So many lines of each are in memory at a
    time. A heap would compare each line in Python.
    """
    sources = [iter(run) for run in runs]
    held = [list(islice(source, block)) for source in sources]
    while any(held):
        # Below the least of the last lines there is nothing that was not read.
        last = min(lines[-1] for lines in held if lines)
        taken = set[bytes]()
        for number, lines in enumerate(held):
            end = bisect_right(lines, last)
            taken.update(lines[:end])
            held[number] = lines[end:] or list(islice(sources[number], block))
        yield sorted(taken)


def _written(run: list[bytes], path: Path) -> Path:
    with path.open("wb") as file:
        file.writelines(run)
    return path


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file
