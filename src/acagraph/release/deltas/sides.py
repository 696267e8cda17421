"""One of the two versions that are compared: a release, an RDF file, or a revision of git."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.errors import NotFound, ReleaseError
from acagraph.graph import parse_text
from acagraph.graph.turtle import read_text
from acagraph.release.content import read
from acagraph.release.deltas.revisions import built
from acagraph.release.lines import Lines, lines_of_file
from acagraph.sources import Redirect, read_redirects
from acagraph.vocab import BASE, PREFIXES, expand

_DUMPS = ("data/acagraph.nq.gz", "acagraph.nq.gz")
_REDIRECTS = "redirects.csv"
_THINGS = f"<{BASE}id/".encode()
_REPLACED, _DEPRECATED = (f"<{expand(name)}>".encode() for name in ("dcterms:isReplacedBy", "owl:deprecated"))


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
        lines = lines_of_file(path, scratch)
        return Side(name, lines, derived=lines.derived(), gone=gone_in(lines))
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
        gone=gone_by(revision.project.redirects),
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
        gone=gone_by(read_redirects(folder / _REDIRECTS)),
        shapes=read_shapes([shapes]) if shapes.is_file() else None,
    )


def read_shapes(paths: Iterable[Path]) -> tuple[ox.Quad, ...]:
    """Read the shapes of Turtle files, blank nodes of different files apart. Raises SourceError."""
    found: list[ox.Quad] = []
    for path in paths:
        found += parse_text(read_text(path), path=path)[0]
    return tuple(found)


def gone_by(redirects: Iterable[Redirect]) -> dict[str, Gone]:
    """Return what became of things, by IRI, as redirects.csv says."""
    return {item.old: Gone(item.new, item.reason) for item in redirects}


def gone_in(lines: Lines) -> dict[str, Gone]:
    """Return what became of things, by IRI, as lines that are not packed say of things without a class.

    This is what a build writes of redirects.csv, but for the reasons of mergers.
    """
    named = (line for line in lines.starting(_THINGS) if _REPLACED in line or _DEPRECATED in line)
    found = {}
    for subject in dict.fromkeys(line[: line.index(b" ")] for line in named):
        said = {
            quad.predicate.value: quad.object
            for quad in read(lines.starting(subject + b" "))
            if not isinstance(quad.object, ox.Triple)
        }
        if PREFIXES["rdf"] + "type" not in said:
            into, reason = said.get(expand("dcterms:isReplacedBy")), said.get(expand("dcterms:description"))
            found[subject[1:-1].decode()] = Gone(into.value if into else "", reason.value if reason else "")
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _day(value: object) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        return None
