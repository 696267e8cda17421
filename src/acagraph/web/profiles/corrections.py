"""In which file and line a thing is described, for those who know better: the release's index of places."""

from __future__ import annotations

import csv
import gzip
from array import array
from pathlib import Path
from threading import Lock

from acagraph.release.places import COLUMNS
from acagraph.vocab import BASE
from acagraph.web.profiles.model import Line

PLACES = "validation/places.csv.gz"


class Corrections:
    """The index, read at the first question and kept as one text: about eighty bytes for each thing.

    A release without an index, or with a damaged one, has none of them: the pages say no line then.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / PLACES if folder else None
        self._lock = Lock()
        self._starts: array[int] | None = None
        self._text = b""

    def of(self, iri: str) -> Line | None:
        """Return where a thing of ours is described first, or None where that is not known."""
        if not iri.startswith(BASE):
            return None
        with self._lock:
            if self._starts is None:
                self._text, self._starts = _index(self._path)
        wanted = iri.removeprefix(BASE).encode() + b"\t"
        low, high = 0, len(self._starts)
        while low < high:
            middle = (low + high) // 2
            if self._text[self._starts[middle] : self._starts[middle] + len(wanted)] < wanted:
                low = middle + 1
            else:
                high = middle
        if low == len(self._starts) or not self._text.startswith(wanted, self._starts[low]):
            return None
        start = self._starts[low]
        _, file, line = self._text[start : self._text.index(b"\n", start)].decode().split("\t")
        return Line(file, int(line))


def _index(path: Path | None) -> tuple[bytes, array[int]]:
    """Return a line of each thing, sorted, and where the lines begin."""
    lines: list[bytes] = []
    starts = array("L")
    try:
        if path is None:
            return b"", starts
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            found = csv.reader(file)
            if tuple(next(found, ())) != COLUMNS:
                return b"", starts
            last = ""
            for thing, predicate, _, name, line, _ in found:
                if not predicate and thing != last and thing.startswith(BASE):
                    lines.append(f"{thing.removeprefix(BASE)}\t{name}\t{line or 0}\n".encode())
                last = thing
    except (OSError, EOFError, ValueError, csv.Error):
        return b"", starts
    lines.sort()
    position = 0
    for text in lines:
        starts.append(position)
        position += len(text)
    return b"".join(lines), starts
