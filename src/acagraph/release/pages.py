"""The pages of a release: one list of their checksums, which the manifest names by its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from acagraph.errors import ReleaseError

PAGES = "pages"
LISTED = "pages.sha256"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")

# What writes pages knows the web; a release does not, so whoever builds one brings it: it gets the release's
# folder, where to write, and where the pages of the release before stand, if they do. It returns the SHA-256
# of each file by its name.
Freeze = Callable[[Path, Path, Path | None], Mapping[str, str]]


def write_pages(folder: Path, before: Path | None, freeze: Freeze) -> tuple[str, int]:
    """Write the pages of a release and the list of them; return the list's SHA-256, and how many there are.

    `before` is the release whose files are linked where their bytes are the same.
    """
    known = before / PAGES if before is not None and (before / PAGES).is_dir() else None
    written = freeze(folder, folder / PAGES, known)
    lines = "".join(f"{digest}  {PAGES}/{name}\n" for name, digest in sorted(written.items()))
    (folder / LISTED).write_text(lines, encoding="utf-8")
    return hashlib.sha256(lines.encode()).hexdigest(), len(written)


def read_pages(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each page by its name in the release, of which the list is there.

    Raises ReleaseError for a list that is none.
    """
    path = folder / LISTED
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ReleaseError(f"{path} cannot be read: {error}; build the release again") from error
    found = {}
    for number, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        if match is None or not _is_page(match[2]) or match[2] in found:
            message = f"line {number} is not the SHA-256 of one page and its name"
            raise ReleaseError(f"{path} is damaged: {message}; build the release again")
        found[match[2]] = match[1]
    return found


def _is_page(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == PAGES and len(parts) > 1 and not {"", ".", ".."}.intersection(parts)
