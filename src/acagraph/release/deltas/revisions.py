"""The dataset as a revision of git has it: its files in a folder, read and derived as a build does."""

from __future__ import annotations

import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.release.clock import Clock
from acagraph.release.inputs import complete, read
from acagraph.sources import Project, discover

# What a build reads.
_PARTS = ("data", "ontology", "queries", "shapes")


@dataclass(frozen=True)
class Revision:
    """A revision's project, in a folder of its own, and the sorted lines of its dataset."""

    project: Project
    lines: Path


def built(name: str, root: Path, scratch: Path, *, only_curated: bool) -> Revision | None:
    """Read a revision of the repository that `root` stands in; None when git knows no such revision.

    It is read by the acagraph of today. Raises SourceError for files that this cannot use, with the
    revision's name, and where git cannot be run.
    """
    commit = _commit(name, root)
    if commit is None:
        return None
    folder, parts = scratch / "files", scratch / "parts"
    folder.mkdir(parents=True)
    parts.mkdir()
    _lay_out(commit, root, folder)
    try:
        stated = read(discover(folder, registers=not only_curated), parts, clock=Clock())
        content, _ = complete(stated, parts, clock=Clock())
    except SourceError as error:
        # The folder is gone when people read this.
        message = str(error).replace(f"{folder}/", "").replace(f"{folder}: ", "")
        raise SourceError(f"revision {name}: {message}") from error
    return Revision(stated.project, content.path)


def _commit(name: str, root: Path) -> str | None:
    if name.startswith("-"):
        return None
    shown = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return shown.stdout.decode().strip() or None if shown.returncode == 0 else None


def _lay_out(commit: str, root: Path, folder: Path) -> None:
    """Write the files of a commit that a build reads below a folder."""
    listed = _git(root, "ls-tree", "--name-only", "-z", commit, "--", *(f"{part}/" for part in _PARTS))
    there = {Path(name).parts[0] for name in listed.stdout.decode("utf-8", "replace").split("\0") if name}
    parts = [part for part in _PARTS if part in there]
    if not parts:
        raise SourceError(f"revision {commit[:12]} has no folder {_PARTS[0]}/", path=root)
    # Of a folder below the repository's own, git packs the paths as seen from there.
    packed = folder.with_suffix(".tar")
    made = _git(root, "archive", "--format=tar", f"--output={packed.resolve()}", commit, "--", *parts)
    if made.returncode != 0:
        reason = made.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise SourceError(f"git cannot lay out revision {commit[:12]}: {reason}", path=root)
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    packed.unlink()


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        message = f"git cannot be run: {error.strerror}; install it, or name releases or files"
        raise SourceError(message) from error
