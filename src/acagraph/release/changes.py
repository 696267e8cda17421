"""Which files of a project's data differ from the last commit, and what they described then."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph import parse_text
from acagraph.graph.terms import text_of
from acagraph.graph.turtle import decode

_DATA = "data"
# What the data is read with and judged by, without the examples of shapes.
_BOOKS = ("ontology", "shapes", "queries", ":(exclude)shapes/tests")
_REGISTERS = ("data", "registers")


@dataclass(frozen=True)
class Changes:
    """The files below data/ that differ from git's HEAD, sorted, as seen from the project's folder.

    Deleted files and the old names of moved ones are among them. `described` are the subjects of the Turtle
    files among them as HEAD has them. `books` are the files of ontology, shapes and queries that differ.
    """

    files: tuple[Path, ...]
    described: frozenset[str]
    books: tuple[Path, ...] = ()

    @property
    def registers(self) -> tuple[Path, ...]:
        """The files among them that belong to registers, which the curated part does not read."""
        return tuple(path for path in self.files if path.parts[:2] == _REGISTERS)


def changes(root: Path) -> Changes:
    """Ask git what has changed in a project: staged or not, and what it does not know yet.

    Raises SourceError where there is no git, no repository or no commit.
    """
    _git(root, "rev-parse", "--verify", "HEAD^{commit}")
    # Two lists, as one of `git status` would follow what moved.
    where = ("--", _DATA, *_BOOKS)
    tracked = _names(_git(root, "diff", "--name-only", "--no-renames", "--relative", "-z", "HEAD", *where))
    new = _names(_git(root, "ls-files", "--others", "--exclude-standard", "-z", *where))
    found = sorted({Path(name) for name in (*tracked, *new)})
    files = tuple(path for path in found if path.parts[0] == _DATA)
    books = tuple(path for path in found if path.parts[0] != _DATA)
    described = (subject for path in files if path.suffix == ".ttl" for subject in _described(root, path))
    return Changes(files, frozenset(described), books)


def _described(root: Path, path: Path) -> Iterator[str]:
    """Yield the subjects that a file described in HEAD; none where it was not there or was no Turtle."""
    name = f"HEAD:./{path.as_posix()}"
    shown = _run(root, "show", name)
    if shown.returncode != 0:
        return
    try:
        quads, _ = parse_text(decode(shown.stdout, path=path), path=path)
    except SourceError:
        return
    yield from dict.fromkeys(text_of(quad.subject) for quad in quads)


def _names(answer: bytes) -> list[str]:
    return [name for name in answer.decode("utf-8", "surrogateescape").split("\0") if name]


def _git(root: Path, *arguments: str) -> bytes:
    answer = _run(root, *arguments)
    if answer.returncode != 0:
        reason = answer.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        message = f"git has no commit to compare with ({reason}); name the files instead of --changed"
        raise SourceError(message, path=root)
    return answer.stdout


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    # Nothing is locked or written, so that an editor's own git is not disturbed.
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        message = f"git cannot be run: {error.strerror}; install it, or name the files instead of --changed"
        raise SourceError(message) from error
