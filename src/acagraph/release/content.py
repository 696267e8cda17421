"""The whole dataset as sorted lines of N-Quads on disk, so that memory does not grow with it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, count, groupby, islice
from operator import eq
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.release.sorting import in_order, merged
from acagraph.vocab import PREFIXES, compact, graph_iri

Place = tuple[Path, int | None]

_TYPE = f"<{PREFIXES['rdf']}type> ".encode()
_BATCH = 20_000
# How many lines are sorted in memory at once: about 250 MB.
_RUN = 1_000_000


@dataclass(frozen=True)
class Part:
    """One named graph, by the name after `graph/`: its canonical N-Quads in a file, sorted by code point."""

    name: str
    path: Path
    triples: int

    def lines(self) -> Iterator[bytes]:
        """Yield the lines, sorted."""
        with self.path.open("rb") as file:
            # The many small files are not held open: a system allows only so many at once.
            lines = file.readlines() if self.triples < _BATCH else None
            if lines is None:
                yield from file
        yield from lines or ()

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the quads subject by subject, the class first: the order in which people read."""
        return read(for_people(self.lines()))


@dataclass(frozen=True)
class Content:
    """A whole dataset: its named graphs by name, and all their lines merged into one sorted file.

    `sha256` is the RDFC-1.0 hash of the dataset: that of the merged file.
    """

    parts: Mapping[str, Part]
    path: Path
    sha256: str

    @property
    def triples(self) -> int:
        """How many triples there are; none stands in two graphs."""
        return sum(part.triples for part in self.parts.values())

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of all graphs, sorted by code point."""
        with self.path.open("rb") as file:
            yield from file

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the quads of all graphs subject by subject, the class first."""
        return read(for_people(self.lines()))


def write_part(name: str, lines: Iterable[bytes], folder: Path) -> Part:
    """Write the lines of one named graph, sorted and each once, below a folder.

    Memory holds a million lines at a time.
    """
    path, number = folder / f"{quote(name, safe='')}.nq", 0
    kept = in_order(lines, folder, most=_RUN)
    with path.open("wb") as file:
        while batch := list(islice(kept, _BATCH)):
            file.writelines(batch)
            number += len(batch)
    return Part(name, path, number)


def write_parts(quads: Iterable[ox.Quad], folder: Path) -> list[Part]:
    """Write quads as one part for each named graph; blank nodes get their names of RDFC-1.0.

    Blank nodes are named by what is said of them alone, so parts that are written later change no name as
    long as they have none themselves.
    """
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines: dict[str, list[bytes]] = defaultdict(list)
    for line in serialise(dataset, ox.RdfFormat.N_QUADS).splitlines(keepends=True):
        lines[graph_of(line)].append(line)
    return [write_part(name, lines[name], folder) for name in sorted(lines)]


def join(parts: Iterable[Part], path: Path, *, place: Callable[[str], Place | None]) -> Content:
    """Merge parts into one sorted file.

    Raises SourceError when a triple stands in two graphs, at the place of its subject: stores would count it
    once or twice as they please.
    """
    named = {part.name: part for part in sorted(parts, key=lambda part: part.name)}
    digest, last = hashlib.sha256(), list[bytes]()
    with path.open("wb") as file:
        for lines in merged([part.lines() for part in named.values()]):
            # The same triple in two graphs is two neighbours.
            beside = [*last, *lines]
            triples = [line[: line.rindex(b" <")] for line in beside]
            for number in compress(count(), map(eq, triples, triples[1:])):
                raise _twin(beside[number], beside[number + 1], place)
            last = lines[-1:]
            block = b"".join(lines)
            file.write(block)
            digest.update(block)
    return Content(named, path, digest.hexdigest())


def for_people(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield sorted lines with the classes of each subject before the rest that is said of it."""
    for _, group in groupby(lines, key=_subject):
        yield from sorted(group, key=lambda line: not line.startswith(_TYPE, line.index(b" ") + 1))


def read(lines: Iterable[bytes]) -> Iterator[ox.Quad]:
    """Yield the quads of lines, in their order, lexical forms and names of blank nodes kept."""
    rest = iter(lines)
    while block := b"".join(islice(rest, _BATCH)):
        yield from ox.parse(block, format=ox.RdfFormat.N_QUADS)


def graph_of(line: bytes) -> str:
    """Return the named graph of a canonical line by its name after `graph/`, else by its IRI, "" for none."""
    if not line.endswith(b"> .\n"):
        return ""  # the object is a literal or a blank node, or the graph is a blank node
    start = line.rindex(b" <")
    name = line[start + 2 : -4]
    # The last of three terms is the object; what has a quotation mark in it is part of a literal.
    if b'"' in name or line.count(b" ", 0, start) < 2:
        return ""
    return _name(name)


def serialise(statements: Iterable[ox.Quad] | Iterable[ox.Triple], format: ox.RdfFormat) -> bytes:
    """Return statements in a format, in their order, with the house prefixes where the format has any."""
    data = ox.serialize(statements, format=format, prefixes=PREFIXES)
    assert data is not None  # it is None only when an output is given
    return data


@lru_cache(1024)
def _name(graph: bytes) -> str:
    return graph.decode(errors="replace").removeprefix(graph_iri(""))


def _subject(line: bytes) -> bytes:
    return line[: line.index(b" ")]


def _twin(one: bytes, other: bytes, place: Callable[[str], Place | None]) -> SourceError:
    (quad,) = ox.parse(one, format=ox.RdfFormat.N_QUADS)
    subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else str(quad.subject)
    path, line = place(subject) or (None, None)
    first, second = (graph_iri(graph_of(item)) for item in (one, other))
    triple = f"{compact(subject)} {compact(quad.predicate.value)} {quad.object}"
    message = f"{triple} stands in two graphs, {first} and {second}; remove one of them"
    return SourceError(message, path=path, line=line)
