"""The manifest and SHA256SUMS, which a release is compared with; they may be anything that anybody made."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from acagraph.dataset import MANIFEST
from acagraph.errors import ReleaseError
from acagraph.release.files import CHECKSUMS

_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_HEX = re.compile(r"[0-9a-f]{64}")
# Ours has 100 kB; it is read at once.
_LONGEST = 1 << 26


@dataclass(frozen=True)
class Listed:
    """A file as the manifest lists it: its name in the release, its size and its SHA-256."""

    path: str
    bytes: int
    sha256: str
    triples: int | None


@dataclass(frozen=True)
class Listing:
    """What a manifest says; `bytes` are its file, `union` is the hash of the union of all graphs or "".

    `hashes` are those of the triples of each graph, by IRI; `pages` is that of the list of pages. What a
    manifest does not say is None or empty.
    """

    bytes: bytes
    body: Mapping[str, Any]
    version: str
    sha256: str
    union: str
    graphs: Mapping[str, int]
    files: Mapping[str, Listed]
    hashes: Mapping[str, str]
    triples: int | None
    classes: Mapping[str, int] | None
    ontology: str | None
    pages: str = ""


def read_listing(path: Path) -> Listing:
    """Read a manifest. Raises ReleaseError when there is none, or when it cannot be one."""
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
    except OSError as error:
        raise ReleaseError(
            f"{path}: {error.strerror}; give a release, or a file beside its {MANIFEST}"
        ) from error
    if len(data) > _LONGEST:
        raise ReleaseError(f"{path} is too long for a manifest ({_LONGEST:,} bytes)")
    try:
        body = json.loads(data)
        files = [_listed(entry) for entry in body["files"]]
        named = {file.path: file for file in files}
        if len(named) != len(files):
            raise ValueError("a file is listed twice")
        return Listing(
            data,
            body,
            _text(body["version"]),
            _digest(body["rdfc10_sha256"]),
            _digest(body["rdfc10_sha256_of_union"]) if "rdfc10_sha256_of_union" in body else "",
            {_text(graph): _number(number) for graph, number in body["graphs"].items()},
            named,
            {
                _text(graph): _digest(digest)
                for graph, digest in body.get("rdfc10_sha256_of_graphs", {}).items()
            },
            _number(body["triples"]) if "triples" in body else None,
            {_text(name): _number(number) for name, number in body["classes"].items()}
            if "classes" in body
            else None,
            str(body["ontology"]) if "ontology" in body else None,
            _digest(body["pages"]["sha256"]) if "pages" in body else "",
        )
    except KeyError as error:
        raise _damaged(path, f"it has no {error}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(path, str(error)) from error


def read_checksums(folder: Path) -> Mapping[str, str] | None:
    """Return the SHA-256 of each file by its name as SHA256SUMS lists them, or None without such a file.

    Raises ReleaseError for one that is no such list.
    """
    path = folder / CHECKSUMS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    found = {}
    for number, line in enumerate(lines, start=1):
        match = _SUM.fullmatch(line)
        if match is None or match[2] in found:
            raise _damaged(path, f"line {number} is not the SHA-256 of one file and its name")
        found[match[2]] = match[1]
    return found


def _listed(entry: Any) -> Listed:
    path = _text(entry["path"])
    parts = PurePosixPath(path)
    if str(parts) != path or parts.is_absolute() or ".." in parts.parts or path in (".", MANIFEST, CHECKSUMS):
        raise ValueError(f"{path!r} is no file of a release")
    triples = entry.get("triples")
    return Listed(
        path, _number(entry["bytes"]), _digest(entry["sha256"]), None if triples is None else _number(triples)
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise TypeError(f"{value!r} is no text of one line")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is no number of bytes or triples")
    return value


def _digest(value: Any) -> str:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise TypeError(f"{value!r} is no SHA-256")
    return value


def _damaged(path: Path, reason: str) -> ReleaseError:
    return ReleaseError(f"{path} is damaged: {reason}; build the release again, or download it again")
