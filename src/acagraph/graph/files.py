"""Turtle files on disk: found, laid out in the canonical way, replaced in one step."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph.minting import mint_placeholders, source_dates
from acagraph.graph.spelling import misspelt
from acagraph.graph.turtle import parse_turtle, read_text
from acagraph.graph.writer import format_turtle

# As a prefixed name or as an IRI; mint_placeholders looks closer.
_PLACEHOLDER = "new-"


def turtle_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the Turtle files among some files and below some folders, sorted, hidden ones left out.

    Raises SourceError when there is none.
    """
    paths = list(paths)
    found = {
        file
        for path in paths
        for file in (path.rglob("*.ttl") if path.is_dir() else [path])
        if not any(part.startswith(".") for part in file.relative_to(path).parts)
    }
    if not found:
        raise SourceError(
            f"no Turtle file in {', '.join(map(str, paths))}; give a file or a folder that has some"
        )
    return tuple(sorted(found))


@dataclass(frozen=True)
class Formatter:
    """Lays out Turtle files; in those of the folder `data` blank nodes and ill-typed literals are refused."""

    data: Path

    @cached_property
    def source_dates(self) -> Mapping[str, str]:
        """The dates of the sources in `data`, which are part of some names; read once for all files."""
        sources = turtle_files([self.data]) if self.data.is_dir() else ()
        return source_dates(quad for file in sources for quad in parse_turtle(file)[0])

    def laid_out(self, path: Path) -> str | None:
        """Return the canonical text of a file, new statements named, or None when it has it already.

        Raises SourceError for what is refused, and for a file that cannot be read or laid out without loss.
        """
        text = minted = read_text(path)
        if _PLACEHOLDER in text:
            minted = mint_placeholders(text, path=path, source_dates=self.source_dates)
        curated = path.resolve().is_relative_to(self.data.resolve())
        wanted = format_turtle(minted.encode(), path=path, blank_nodes=not curated)
        for literal in misspelt(text, path=path) if curated else ():
            if not literal.fixable:
                raise SourceError(literal.message, path=path, line=literal.line)
        return None if wanted.encode() == path.read_bytes() else wanted


def replace(path: Path, text: str) -> None:
    """Give a file a new text in one step: a full disk leaves the old one as it was.

    Raises SourceError when it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.chmod(path.stat().st_mode)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SourceError(f"cannot be written: {error.strerror}", path=path) from error
