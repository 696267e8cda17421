"""Putting a site in its folder: linked where that can be, whole or not at all, over no other files."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from acagraph.dataset import MANIFEST
from acagraph.errors import ReleaseError
from acagraph.release.hosting.site import Layout
from acagraph.release.swap import put_in_place, remove

MARKER = ".acagraph-site.json"
RELEASES = "releases"
_MADE_BY = "acagraph release publish"
_UNLINKABLE = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES)


@dataclass(frozen=True)
class Placed:
    """What was put in a folder: how many bytes its files have, and how many of them are copies or new."""

    bytes: int
    written: int


def marker(layout: Layout) -> bytes:
    """Return the file by which a later run knows what of a folder was made here."""
    body = {"made_by": _MADE_BY, "files": sorted(layout)}
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def standing(folder: Path) -> list[str]:
    """Return the versions of the releases that an earlier run has put in a folder, sorted by name."""
    found = (PurePosixPath(path).parts for path in _own(folder / MARKER))
    return sorted(
        parts[1]
        for parts in found
        if len(parts) == 3 and parts[0] == RELEASES and parts[2] == MANIFEST and parts[1] not in (".", "..")
    )


def foreign(folder: Path) -> list[str]:
    """Return the paths of files in a folder that no earlier run has put there, sorted."""
    own = _own(folder / MARKER)
    found = []
    for place, folders, names in os.walk(folder):
        here = Path(place).relative_to(folder)
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        found += [(here / name).as_posix() for name in (*names, *links)]
    return sorted(path for path in found if path not in own and path != MARKER)


def place(layout: Layout, folder: Path, work: Path) -> Placed:
    """Make `folder` hold exactly the files of a layout, in one step; until then the old one stands.

    Files that exist are linked, or else copied once and that copy linked; what is written gets its own file.
    `work` is the workplace of `folder`. Raises OSError as the system does.
    """
    new = work / "site"
    placed = _fill(layout, new)
    put_in_place(new, folder)
    remove(_aside(folder))
    return placed


def _fill(layout: Layout, folder: Path) -> Placed:
    total = written = 0
    copies: dict[Path, Path] = {}
    for path, source in sorted(layout.items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(source, Path):
            content = source if isinstance(source, bytes) else source.read()
            target.write_bytes(content)
            written += len(content)
        elif not _linked(copies.get(source, source), target):
            shutil.copyfile(source, target)
            copies[source] = target
            written += target.stat().st_size
        total += target.stat().st_size
    return Placed(total, written)


def _linked(source: Path, target: Path) -> bool:
    """Give a file another name; say False where the disk or the system does not let us."""
    try:
        os.link(source.resolve(), target)
    except OSError as error:
        if error.errno in _UNLINKABLE:
            return False
        raise
    return True


@contextlib.contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """Give a new folder beside another one; it is gone afterwards, and so is what a killed run has left.

    In it nobody else changes `folder`, which is as the last run left it. Raises ReleaseError when another run
    is at it, OSError as the system does.
    """
    import fcntl

    # The name says whose it is; a leading dot keeps it from servers and from `ls`.
    place = folder.with_name(f".{folder.name}.publishing")
    folder.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir(exist_ok=True)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        try:
            # The lock ends with the process, however it ends.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = os.path.samestat(os.fstat(descriptor), place.stat())
        except (BlockingIOError, FileNotFoundError):
            held = False
        if not held:
            raise ReleaseError(f"another run is publishing to {folder}; wait until it is done")
        _restore(folder)
        remove(place / "site")
        try:
            yield place
        finally:
            remove(place)
    finally:
        os.close(descriptor)


def _restore(folder: Path) -> None:
    """Clear away or put back what a killed run has set aside."""
    aside = _aside(folder)
    if aside.exists():
        if folder.exists():
            remove(aside)
        else:
            aside.rename(folder)


def _aside(folder: Path) -> Path:
    """Return where `put_in_place` leaves what stood at a folder."""
    return folder.with_name(f".old-{folder.name}")


def _own(path: Path) -> set[str]:
    """Return the paths that a marker lists; nothing for one that is missing or not ours."""
    try:
        body = json.loads(path.read_bytes())
        files = body["files"] if body["made_by"] == _MADE_BY else ()
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {name for name in files if isinstance(name, str)}
