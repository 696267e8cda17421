"""RDF files of anybody: their syntax, the names of their blank nodes, how much they hold."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.statements import statements
from acagraph.graph.turtle import read_text

_SYNTAXES = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}
KNOWN = "Turtle .ttl, N-Triples .nt, N-Quads .nq, TriG .trig, RDF/XML .rdf .owl .xml, JSON-LD .jsonld .json"
_LINES = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS)
# The parser gives a node without a label a random one: 128 bits in hexadecimal, without leading zeros.
_RANDOM = re.compile(r"[0-9a-f]{24,32}")
_GIVEN = re.compile(r"anon\d+x*")
# Turtle of up to this many bytes is read a second time for the places of its blank nodes.
_PLACED = 2_000_000
_READABLE = 20_000_000
# The parser of JSON-LD reads all before it tells anything, and takes 12 bytes of memory for each of these.
_WHOLE = 100_000_000
_MARK = b"\xef\xbb\xbf"
_DECLARED = re.compile(rb"""<!ENTITY[^"']*("[^"]*"|'[^']*')""")
_ENTITY = re.compile(rb"""<!ENTITY\s+[^\s"'<>%&]+\s+("[^"&]{0,300}"|'[^'&]{0,300}')""")
_LONGEST = 1000
_PLACE = re.compile(r"^Parser error (?:at|between) [^:]*: | \(line \d+(?:, column \d+)?\)$")


class TooMany(SourceError):
    """A file holds more triples than were asked for; `estimate` is about how many, where that can be told."""

    def __init__(self, path: Path, estimate: int | None) -> None:
        super().__init__("holds too many triples", path=path)
        self.estimate = estimate


def rdf_files(paths: Iterable[Path]) -> list[Path]:
    """Return files as they are and, of folders, every RDF file below them, sorted by name.

    Raises SourceError for what is not there, is of no known syntax, or is a folder without such files.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and _syntax(file) is not None)
            if not inside:
                raise SourceError(
                    f"there are no RDF files in this folder ({KNOWN}; each also .gz)", path=path
                )
            found += inside
        elif not path.exists():
            raise SourceError("there is no such file; check the name", path=path)
        elif not path.is_file():
            raise SourceError("is no regular file; write its content into one", path=path)
        elif _syntax(path) is None:
            raise SourceError(f"the syntax is told by the suffix: {KNOWN}; each also .gz", path=path)
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def without_triples(paths: Sequence[Path]) -> str:
    """Return a sentence about files that hold no triples, "" where there are none."""
    if not paths:
        return ""
    first, more = paths[0].as_posix(), len(paths) - 1
    files = (
        f"{first} holds" if not more else f"{first} and {more:,} more {'file' if more == 1 else 'files'} hold"
    )
    json = any(_syntax(path) == ox.RdfFormat.JSON_LD for path in paths)
    hint = "; JSON without an @context says nothing in RDF" if json else ""
    return f"{files} no triples, so there was nothing to judge{hint}."


def has_places(path: Path) -> bool:
    """Say whether places in a file can be told: it is Turtle or N-Triples as it stands, of up to 20 MB."""
    return path.suffix.lower() in (".ttl", ".nt") and path.stat().st_size <= _READABLE


def read_quads(path: Path, *, prefix: str = "", most: int | None = None) -> Iterator[ox.Quad]:
    """Yield the quads of an RDF file as they are read; memory stays bounded but for blank nodes.

    Blank nodes keep their labels, with `prefix` before them; those without one are called anon1, anon2 … in
    the order of the file, or, in Turtle of up to two megabytes, after their place: L3C5 for line 3, column 5.
    Raises SourceError, with the line where the parser knows it, for what is not of the syntax that the suffix
    tells, for triple terms, and with `most` for more quads than that or more than 100 MB of JSON-LD.
    """
    parsed = _parsed(path, prefix, most)
    if path.suffix.lower() == ".ttl" and path.stat().st_size <= _PLACED:
        quads = list(parsed)
        yield from _after_places(path, prefix, quads) or quads
    else:
        yield from parsed


def _after_places(path: Path, prefix: str, quads: list[ox.Quad]) -> list[ox.Quad]:
    """Return the triples of a Turtle file with blank nodes called after their places, [] if that is vain."""
    if not any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object)):
        return []
    triples = [stated.triple for stated in statements(read_text(path), prefix=prefix)]
    # The reader of places leaves out what it cannot tell, such as IRIs that are relative to nothing.
    if len(set(triples)) != len({quad.triple for quad in quads}):
        return []
    return [ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples]


def _parsed(path: Path, prefix: str, most: int | None) -> Iterator[ox.Quad]:
    syntax = _syntax(path)
    if syntax is None:
        raise SourceError(f"the syntax is told by the suffix: {KNOWN}; each also .gz", path=path)
    labels = _Labels(prefix, anonymous=syntax not in _LINES)
    with _opened(path, syntax) as (source, position):
        try:
            _skip_mark(source)
            if most is not None and syntax == ox.RdfFormat.JSON_LD:
                source = cast(BinaryIO, _InMemory(source, path))
            parsed = ox.parse(source, format=syntax, base_iri=_base(path))
            for count, quad in enumerate(parsed, 1):
                if most is not None and count > most:
                    raise TooMany(path, _estimate(most, position(), path))
                if isinstance(quad.object, ox.Triple):
                    message = "has triple terms (RDF 1.2), which are not read here; give the data as RDF 1.1"
                    raise SourceError(f"{quad.subject} {quad.predicate} {message}", path=path)
                yield labels.named(quad)
        except SyntaxError as error:
            raise SourceError(_explained(error, path), path=path, line=error.lineno) from None
        except MemoryError:
            message = "has a token of more than 16 MB, such as a quotation mark that is never closed"
            raise SourceError(message, path=path) from None
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise SourceError(f"cannot be unpacked: {error}; pack it again with gzip", path=path) from None
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"cannot be read: {error}", path=path) from None


class _Labels:
    """What the blank nodes of one file are called."""

    def __init__(self, prefix: str, *, anonymous: bool) -> None:
        self._prefix = prefix
        self._anonymous = anonymous
        self._numbered: dict[str, ox.BlankNode] = {}

    def named(self, quad: ox.Quad) -> ox.Quad:
        """Return a quad with its blank nodes renamed."""
        terms = (quad.subject, quad.object, quad.graph_name)
        if not any(isinstance(term, ox.BlankNode) for term in terms):
            return quad
        subject, value, graph = (self._of(term) if isinstance(term, ox.BlankNode) else term for term in terms)
        return ox.Quad(
            cast(ox.NamedNode, subject), quad.predicate, cast(ox.NamedNode, value), cast(ox.NamedNode, graph)
        )

    def _of(self, node: ox.BlankNode) -> ox.BlankNode:
        label = node.value
        if self._anonymous and _RANDOM.fullmatch(label):
            found = self._numbered.get(label)
            if found is None:
                found = ox.BlankNode(f"{self._prefix}anon{len(self._numbered) + 1}")
                self._numbered[label] = found
            return found
        # A label that looks like one of ours is made longer: two nodes never become one.
        return ox.BlankNode(self._prefix + label + "x" * bool(_GIVEN.fullmatch(label)))


def _syntax(path: Path) -> ox.RdfFormat | None:
    name = path.name.lower().removesuffix(".gz")
    return _SYNTAXES.get(Path(name).suffix)


def _base(path: Path) -> str:
    return path.resolve().as_uri()


@contextmanager
def _opened(path: Path, syntax: ox.RdfFormat) -> Iterator[tuple[BinaryIO, _Position]]:
    try:
        raw = path.open("rb")
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from None
    with raw:
        source = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if path.name.lower().endswith(".gz") else raw
        if syntax == ox.RdfFormat.RDF_XML:
            source = cast(BinaryIO, _PlainEntities(source, path))
        yield source, _Position(raw)


def _skip_mark(source: BinaryIO | _PlainEntities) -> None:
    """Pass over a byte order mark, which editors put before UTF-8 and parsers take for a name."""
    if isinstance(source, io.BufferedReader | gzip.GzipFile) and source.peek(len(_MARK)).startswith(_MARK):
        source.read(len(_MARK))


class _Position:
    """How far a file has been read, in bytes."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw

    def __call__(self) -> int:
        return self._raw.tell()


class _InMemory:
    """A file that its parser holds in memory as a whole, read up to a size that memory has room for."""

    def __init__(self, source: BinaryIO, path: Path) -> None:
        self._source = source
        self._path = path
        self._size = 0
        # What is packed tells its size only as it is read.
        if path.suffix.lower() != ".gz":
            self._refuse(path.stat().st_size)

    def _refuse(self, size: int) -> None:
        if size > _WHOLE:
            message = (
                f"is more than {_WHOLE // 1_000_000} MB of JSON-LD, which can only be read as a whole; "
                "give it in parts, or as N-Quads"
            )
            raise SourceError(message, path=self._path)

    def read(self, size: int = -1) -> bytes:
        part = self._source.read(size)
        self._size += len(part)
        self._refuse(self._size)
        return part


class _PlainEntities:
    """RDF/XML that declares only short entities of plain text: others can grow until memory is full."""

    def __init__(self, source: BinaryIO, path: Path) -> None:
        self._source = source
        self._path = path
        self._kept = b""

    def read(self, size: int = -1) -> bytes:
        part = self._source.read(size)
        window = self._kept + part
        start = window.find(b"<!ENTITY")
        while start >= 0:
            whole = _DECLARED.match(window, start) is not None or len(window) - start > _LONGEST
            if not whole:
                break
            if not _ENTITY.match(window, start):
                message = "declares an XML entity that names others or is long; write the text out"
                raise SourceError(message, path=self._path)
            start = window.find(b"<!ENTITY", start + 1)
        self._kept = window[start:] if start >= 0 else window[-len(b"<!ENTITY") :]
        return part


def _explained(error: SyntaxError, path: Path) -> str:
    reason = _PLACE.sub("", str(error.msg))
    if "LoadDocumentCallback" in reason:
        return "names a context on the web, which is not fetched; put the context into the file"
    syntax = _syntax(path)
    name = "RDF" if syntax is None else syntax.name
    return f"this is not {name}: {reason}; correct it there, or name the right suffix"


def _estimate(most: int, read: int, path: Path) -> int | None:
    """Return about how many triples a file holds, from how far it was read for the first of them."""
    size = path.stat().st_size
    return most * size // read if 0 < read < size else None
