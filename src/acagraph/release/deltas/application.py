"""Applying an RDF Patch to a dump, forward or back; what does not fit is refused."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import ReleaseError, SourceError
from acagraph.release.content import serialise
from acagraph.release.lines import Lines, in_order, lines_of_file

_HEADER = re.compile(r'H\s+(\w[\w.-]*)\s+(?:<([^>]*)>|"((?:[^"\\]|\\.)*)"[^"]*)\s*\.')
_MARKS = ("TX", "TC")
_BATCH = 20_000
_PLAIN = (".nq", ".nq.gz")


@dataclass(frozen=True)
class Patch:
    """A patch that was read: its header by key, and its quads as sorted canonical lines."""

    path: Path
    header: Mapping[str, str]
    removed: Lines
    added: Lines

    def reversed(self) -> Patch:
        """Return the patch that takes this one back."""
        swapped = {"rdfc10": "prevRdfc10", "prevRdfc10": "rdfc10", "version": "prevVersion"}
        swapped |= {"prevVersion": "version", "id": "prev", "prev": "id"}
        header = {swapped.get(key, key): value for key, value in self.header.items()}
        return replace(self, header=header, removed=self.added, added=self.removed)


def read_patch(path: Path, scratch: Path) -> Patch:
    """Read a patch, packed or not; its quads are sorted below `scratch`.

    Raises SourceError, with the line, for what is no RDF Patch or names prefixes in place of IRIs, for one
    that is cut short, and for a quad that is both removed and added.
    """
    header: dict[str, str] = {}
    removed = in_order(_quads(path, "D", header), scratch / "removed")
    added = in_order(_quads(path, "A", header), scratch / "added")
    patch = Patch(path, header, removed, added)
    _refuse_contradiction(patch)
    return patch


def applied(dump: Path, patch: Patch, scratch: Path) -> Lines:
    """Apply a patch to a dump of any syntax and return the result, sorted, below `scratch`.

    Raises ReleaseError when the hash of the dump or of the result is not the one that the patch names, when
    a quad to remove is not there and when one to add is; SourceError for a dump that cannot be read.
    """
    wanted = patch.header.get("prevRdfc10")
    lines = Lines(dump)
    # A release's own dump is sorted already, and its hash proves it.
    if not dump.name.endswith(_PLAIN) or wanted is None or lines.sha256() != wanted:
        lines = lines_of_file(dump, scratch / "dump")
        if wanted is not None and (found := lines.sha256()) != wanted:
            told = patch.header.get("prevVersion")
            name = f", version {told}" if told else ""
            message = (
                f"{dump} has the hash {found}, but the patch {patch.path.name} is for {wanted}{name}; "
                "give that dump, or the patch for this one"
            )
            raise ReleaseError(message)
    result = scratch / "result.nq"
    digest = hashlib.sha256()
    with result.open("wb") as file:
        changed = _changed(lines, patch)
        while block := b"".join(islice(changed, _BATCH)):
            digest.update(block)
            file.write(block)
    promised = patch.header.get("rdfc10")
    if promised is not None and digest.hexdigest() != promised:
        message = f"{patch.path} leads to {digest.hexdigest()}, not to {promised} as it says; it is damaged"
        raise ReleaseError(message)
    return Lines(result)


def _changed(lines: Iterable[bytes], patch: Patch) -> Iterator[bytes]:
    """Yield sorted lines without those removed and with those added."""
    removed, added = iter(patch.removed), iter(patch.added)
    gone, new = next(removed, None), next(added, None)
    for line in lines:
        if gone is not None and gone < line:
            raise _unfit(patch, gone, "removes a quad that is not there")
        while new is not None and new < line:
            yield new
            new = next(added, None)
        if new == line:
            raise _unfit(patch, line, "adds a quad that is there already")
        if gone == line:
            gone = next(removed, None)
        else:
            yield line
    if gone is not None:
        raise _unfit(patch, gone, "removes a quad that is not there")
    if new is not None:
        yield new
        yield from added


def _unfit(patch: Patch, line: bytes, reason: str) -> ReleaseError:
    quad = line.decode("utf-8", "replace").rstrip("\n")
    return ReleaseError(f"{patch.path} {reason}, so nothing was changed: {quad}")


def _quads(path: Path, sign: str, header: dict[str, str]) -> Iterator[bytes]:
    """Yield the canonical lines of one sign, in the order of the patch; note the header."""
    numbered = ((n, rest) for n, code, rest in _rows(path, header) if code == sign)
    while batch := list(islice(numbered, _BATCH)):
        # Many at once, and one by one only to find the line that is wrong.
        text = "".join(rest for _, rest in batch)
        try:
            quads = list(ox.parse(text, format=ox.RdfFormat.N_QUADS))
        except SyntaxError:
            quads = [quad for number, rest in batch for quad in _parsed(path, number, rest)]
        yield from serialise(quads, ox.RdfFormat.N_QUADS).splitlines(keepends=True)


def _parsed(path: Path, number: int, rest: str) -> list[ox.Quad]:
    try:
        return list(ox.parse(rest, format=ox.RdfFormat.N_QUADS))
    except SyntaxError as error:
        message = f"this is no quad of N-Quads ({error.msg}); write IRIs whole, without prefixes"
        raise SourceError(message, path=path, line=number) from None


def _rows(path: Path, header: dict[str, str]) -> Iterator[tuple[int, str, str]]:
    """Yield number, code and rest of each line that adds or removes."""
    inside, number = False, 0
    for number, line in enumerate(_text(path), 1):
        code, _, rest = line.partition(" ")
        if code in ("A", "D"):
            if not inside:
                raise SourceError("a change stands outside of TX and TC", path=path, line=number)
            yield number, code, rest.rstrip("\r\n") + "\n"
        elif (mark := line.strip().rstrip(".").strip()) in _MARKS:
            if inside == (mark == "TX"):
                raise SourceError(f"{mark} does not belong here", path=path, line=number)
            inside = mark == "TX"
        elif code == "H":
            found = _HEADER.fullmatch(line.strip())
            if not found:
                raise SourceError(
                    'a header has the form: H key <iri> . or H key "text" .', path=path, line=number
                )
            header[found[1]] = found[2] if found[2] is not None else found[3]
        elif line.strip() and code not in ("PA", "PD") and not line.startswith("#"):
            message = f"{code.strip()[:20]!r} begins no line of an RDF Patch that can be applied"
            raise SourceError(message, path=path, line=number)
    if inside:
        raise SourceError("the transaction has no end (TC): the file is cut short", path=path, line=number)


def _text(path: Path) -> Iterator[str]:
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8", newline="\n") as packed:
                yield from packed
        else:
            with path.open(encoding="utf-8", newline="\n") as file:
                yield from file
    except UnicodeDecodeError:
        raise SourceError("is not UTF-8, so it is no RDF Patch", path=path) from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError(f"cannot be unpacked: {error}", path=path) from None


def _refuse_contradiction(patch: Patch) -> None:
    removed = iter(patch.removed)
    gone = next(removed, None)
    for line in patch.added:
        while gone is not None and gone < line:
            gone = next(removed, None)
        if gone == line:
            message = f"one quad is both removed and added: {line.decode().rstrip()}"
            raise SourceError(message, path=patch.path)
