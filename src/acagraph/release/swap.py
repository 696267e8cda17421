"""Putting a finished folder in place of an older one, so that a reader always finds a whole one."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from acagraph.errors import ReleaseError

CURRENT = "current"
_TEMPORARY = ".tmp-"
_ASIDE = ".old-"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_AT_ONCE = 8
# Some disks of a network keep no folders; what they cannot do is no reason to publish nothing.
_CANNOT = (errno.EINVAL, errno.ENOTSUP)


@contextlib.contextmanager
def workplace(out: Path) -> Iterator[Path]:
    """Give a new folder in `out` to write in; it is gone afterwards, and so are those of killed builds.

    Raises ReleaseError when another build is writing to `out`, or when it cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("w")
    except OSError as error:
        raise ReleaseError(f"cannot write to {out}: {error.strerror}; choose another folder") from error
    with lock:
        _lock(lock.fileno(), out)
        _tidy(out)
        folder = out / f"{_TEMPORARY}{os.getpid()}"
        try:
            folder.mkdir()
            yield folder
        finally:
            remove(folder)


def put_in_place(folder: Path, target: Path) -> None:
    """Make `folder` the `target`, in one step where the system can.

    Its files are on the disk itself before, not only in memory: after a power cut the release is whole or not
    there. What stood there stays aside until the next build, for those who have it open.
    """
    _keep(folder, *folder.rglob("*"))
    aside = target.with_name(_ASIDE + target.name)
    if not target.exists():
        folder.rename(target)
    elif _exchange(folder, target):
        folder.rename(aside)
    else:
        # Two steps: when a build is killed between them, _tidy puts the old folder back.
        target.rename(aside)
        folder.rename(target)
    _keep(target.parent)


def point_current(target: Path) -> None:
    """Make the link `current` beside `target` point to it, in one step."""
    link = target.with_name(_TEMPORARY + CURRENT)
    link.unlink(missing_ok=True)
    link.symlink_to(target.name, target_is_directory=True)
    link.replace(target.with_name(CURRENT))
    _keep(target.parent)


def remove(path: Path) -> None:
    """Remove a folder or a link, whatever it holds; nothing happens when it is not there."""
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def _keep(*paths: Path) -> None:
    """Wait until files and folders are on the disk."""
    # At the same time: the disk then does the work of many with one turn, 0.4 s instead of 1.3 s for 900 MB.
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(_keep_one, paths):
            pass


def _keep_one(path: Path) -> None:
    if path.is_symlink():  # a link is kept with its folder
        return
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
    finally:
        os.close(opened)


def _lock(descriptor: int, out: Path) -> None:
    # Here, not above: a system without it (Windows) can still read releases.
    import fcntl

    try:
        # The lock ends with the process, however it ends.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ReleaseError(f"another build is writing to {out}; wait until it is done") from error


def _tidy(out: Path) -> None:
    """Clear away what builds left that were killed."""
    for left in out.glob(f"{_TEMPORARY}*"):
        remove(left)
    for aside in out.glob(f"{_ASIDE}*"):
        target = aside.with_name(aside.name.removeprefix(_ASIDE))
        if target.exists():
            remove(aside)
        else:
            aside.rename(target)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders by Linux's renameat2(2); say False where the system or the disk cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(number, os.strerror(number), str(other))
