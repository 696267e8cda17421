"""The files of a release as its manifest lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from acagraph.dataset import MANIFEST
from acagraph.release.fingerprint import sha256
from acagraph.stores import media

CHECKSUMS = "SHA256SUMS"
SIGNATURE = f"{MANIFEST}.minisig"
STORE = "store"


@dataclass(frozen=True)
class File:
    """A file of a release by its name in it; `triples` is None where it holds none."""

    path: str
    bytes: int
    sha256: str
    media_type: str
    triples: int | None = None

    @classmethod
    def of(cls, folder: Path, name: str, *, triples: int | None = None) -> File:
        """Look at a file of a release's folder."""
        path = folder / name
        return cls(name, path.stat().st_size, sha256(path), media_type(name), triples)

    def entry(self) -> dict[str, object]:
        """Return its entry in the manifest."""
        told = {"path": self.path, "bytes": self.bytes, "sha256": self.sha256, "media_type": self.media_type}
        return told if self.triples is None else {**told, "triples": self.triples}


def media_type(name: str) -> str:
    """Return the media type of a file by the end of its name; what it holds packed has one of its own."""
    return media.FILES[PurePosixPath(name).suffix]


def listed(folder: Path, *, triples: Mapping[str, int], known: Iterable[File] = ()) -> list[File]:
    """Return the files of a release's folder by name, not those of its store; `triples` counts in some.

    Those that are `known` already are not read again.
    """
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    names = sorted(path.as_posix() for path in found if path.parts[0] != STORE)
    seen = {file.path: file for file in known}
    return [seen.get(name) or File.of(folder, name, triples=triples.get(name)) for name in names]
