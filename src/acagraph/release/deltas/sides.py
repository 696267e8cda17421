"""One of the two versions that are compared: a release, an RDF file, or a revision of git."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.errors import NotFound, ReleaseError, SourceError
from acagraph.graph import parse_text
from acagraph.graph.turtle import read_text
from acagraph.release.deltas.lines import Lines, canonical_lines
from acagraph.release.deltas.revisions import built
from acagraph.vocab import expand

_DUMPS = ("data/acagraph.nq.gz", "acagraph.nq.gz")
_REDIRECTS = "redirects.csv"


@dataclass(frozen=True)
class Gone:
    """What became of a thing: the IRI that it was merged into, "" where it was withdrawn; and why."""

    into: str
    reason: str = ""


@dataclass(frozen=True)
class Side:
    """A version of the dataset, as it is compared.

    `sha256` is the hash that its manifest claims, None where there is no manifest. `gone` are the things that
    were merged or withdrawn. `shapes` is None where nothing is known of them, as of an RDF file.
    """

    name: str
    lines: Lines
    version: str | None = None
    date: datetime.date | None = None
    sha256: str | None = None
    derived: bool = True
    gone: Mapping[str, Gone] = field(default_factory=dict)
    shapes: tuple[ox.Quad, ...] | None = None


def opened(name: str, scratch: Path, *, project: Path, only_curated: bool = False) -> Side:
    """Open what a person names: a release's folder, an RDF file, or a revision of the project's git.

    A file is written below `scratch`, sorted, and so is what a revision makes. Raises NotFound, SourceError
    and ReleaseError.
    """
    path = Path(name)
    if path.is_dir():
        return of_release(path, name=name)
    if path.is_file():
        lines = canonical_lines(path, scratch)
        return Side(name, lines, derived=lines.derived())
    revision = built(name, project, scratch, only_curated=only_curated)
    if revision is None:
        message = f"{name} is no folder of a release, no file, and no revision that git knows in {project}"
        raise NotFound(message)
    info = revision.project.dataset
    return Side(
        name=name,
        lines=Lines(revision.lines),
        version=info.version,
        date=info.date,
        gone=read_gone(revision.project.root / "data" / _REDIRECTS),
        shapes=read_shapes(sorted((revision.project.root / "shapes").glob("*.ttl"))),
    )


def of_release(folder: Path, *, name: str | None = None) -> Side:
    """Open a release, with or without its store. Raises ReleaseError where it has no manifest or no dump."""
    manifest: Mapping[str, Any] = read_manifest(folder / MANIFEST)
    dump = next((folder / item for item in _DUMPS if (folder / item).is_file()), None)
    if dump is None:
        raise ReleaseError(f"{folder} has no {_DUMPS[0]}; download it, or build the release again")
    shapes = folder / "shapes.ttl"
    return Side(
        name=name or str(manifest.get("version", folder.name)),
        lines=Lines(dump),
        version=_text(manifest.get("version")),
        date=_day(manifest.get("date")),
        sha256=_text(manifest.get("rdfc10_sha256")),
        gone=read_gone(folder / _REDIRECTS),
        shapes=read_shapes([shapes]) if shapes.is_file() else None,
    )


def read_shapes(paths: Iterable[Path]) -> tuple[ox.Quad, ...]:
    """Read the shapes of Turtle files, blank nodes of different files apart. Raises SourceError."""
    found: list[ox.Quad] = []
    for path in paths:
        found += parse_text(read_text(path), path=path)[0]
    return tuple(found)


def read_gone(path: Path) -> dict[str, Gone]:
    """Read what became of things out of redirects.csv, by IRI; a file that is not there tells of none.

    Raises SourceError for a row that is not understood.
    """
    if not path.is_file():
        return {}
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            old, new, reason = ((row.get(key) or "").strip() for key in ("from", "to", "reason"))
            try:
                found[expand(old)] = Gone(expand(new) if new else "", reason)
            except KeyError:
                message = f'"{old}" and "{new}" must be names of things such as coalition:jci'
                raise SourceError(message, path=path, line=reader.line_num) from None
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _day(value: object) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        return None
