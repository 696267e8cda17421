"""Judging a release: by the shapes, checks and rules that it carries, with the places of its sources."""

from __future__ import annotations

import datetime
import gzip
import shutil
import tempfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.errors import ReleaseError
from acagraph.release import expectations
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.files import STORE
from acagraph.release.fingerprint import sha256
from acagraph.release.places import read_places
from acagraph.release.surroundings import named_in, of_others, of_registers, opened
from acagraph.validation import Finding, Report, validate_files
from acagraph.validation.known import present
from acagraph.validation.places import located, names
from acagraph.validation.run import Book, Engine, find, load_book, report

CHECKS, RULES = Path("queries/checks"), Path("queries/rules")
PLACES, KNOWN = Path("validation/places.csv.gz"), Path("validation/known-issues.toml")
_DUMPS = (Path("data/acagraph.nq.gz"), Path("acagraph.nq.gz"))


def judge_release(
    folder: Path,
    *,
    files: Sequence[Path] = (),
    progress: Progress = silent,
    engine: Engine | None = None,
    only: Collection[str] = (),
) -> Report:
    """Validate a release; with files, judge these together with it and tell only what is wrong in them.

    The dump is judged, not the store, which spells some literals in another way. Files and lines are those of
    the sources that it was made from. Raises ReleaseError for a folder that is no release, or not whole, and
    SourceError for a file or a rule that cannot be used.
    """
    clock, release = Clock(progress), _Release.opened(folder)
    book = release.book(engine).restricted(only)
    if files:
        with clock.step("files"):
            return release.judged_with(files, engine, only)
    with tempfile.TemporaryDirectory(prefix="acagraph-") as scratch:
        with clock.step("unpack"):
            lines = release.unpacked(Path(scratch))
        with clock.step("judge") as step:
            store = ox.Store()
            try:
                found = find(book, lines, store)
            except SyntaxError as error:
                raise _damaged(release.dump, error) from error
            step.triples = len(store)
            if not release.whole:
                book = replace(book, known=present(book.known, store))
            return report(found, book, store, place=release.placed, today=release.date, whole=release.whole)


@dataclass(frozen=True)
class _Release:
    folder: Path
    dump: Path
    manifest: Mapping[str, Any]

    @classmethod
    def opened(cls, folder: Path) -> _Release:
        """Look whether all is there that is needed. Raises ReleaseError."""
        manifest = read_manifest(folder / MANIFEST)
        dump = next((folder / name for name in _DUMPS if (folder / name).is_file()), None)
        needed = (folder / "shapes.ttl", folder / CHECKS, folder / RULES)
        missing = [path.relative_to(folder).as_posix() for path in needed if not _holds_something(path)]
        if dump is None:
            missing.append(_DUMPS[0].as_posix())
        if missing or dump is None:
            raise ReleaseError(f"{folder} has no {' and no '.join(missing)}; build the release again")
        release = cls(folder, dump, manifest)
        if release.date:  # a manifest that tells nothing else tells no files
            release.refuse_altered()
        return release

    @property
    def date(self) -> datetime.date:
        """Return the day that the release is about. Raises ReleaseError."""
        try:
            return datetime.date.fromisoformat(self.manifest["date"])
        except (KeyError, TypeError, ValueError) as error:
            message = f"{self.folder / MANIFEST} has no date; build the release again"
            raise ReleaseError(message) from error

    def refuse_altered(self) -> None:
        """Raise ReleaseError when what it is judged by, or its dump, is not what the manifest lists.

        The dump is compared by its size: reading it would take longer than judging it.
        """
        try:
            listed = {entry["path"]: (entry["bytes"], entry["sha256"]) for entry in self.manifest["files"]}
        except (KeyError, TypeError) as error:
            message = f"{self.folder / MANIFEST} lists no files; build the release again"
            raise ReleaseError(message) from error
        there = {name for folder in (CHECKS, RULES) for name in self._inside(folder)}
        wanted = {name for name in listed if Path(name).parent in (CHECKS, RULES)}
        singles = [Path("shapes.ttl"), PLACES, KNOWN]
        there |= {path.as_posix() for path in singles if (self.folder / path).is_file()}
        wanted |= {path.as_posix() for path in singles if path.as_posix() in listed}
        for name in sorted(there | wanted):
            path = self.folder / name
            if not path.is_file() or name not in listed or sha256(path) != listed[name][1]:
                raise self._altered(path)
        dump = listed.get(_DUMPS[0].as_posix())
        if dump is None or self.dump.stat().st_size != dump[0]:
            raise self._altered(self.dump)

    def _inside(self, folder: Path) -> Iterator[str]:
        return ((folder / path.name).as_posix() for path in (self.folder / folder).glob("*.rq"))

    def _altered(self, path: Path) -> ReleaseError:
        reason = "is damaged: it is not as manifest.json lists it" if path.is_file() else "is missing"
        return ReleaseError(f"{path} {reason}; build the release again")

    @property
    def whole(self) -> bool:
        """Say whether no register was left out."""
        return self.manifest.get("whole") is True

    def book(self, engine: Engine | None) -> Book:
        """Read what it carries to be judged by."""
        return load_book(
            self.folder / "shapes.ttl",
            self.folder / CHECKS,
            known=self.folder / KNOWN,
            engine=engine,
            more=[expectations.RULE],
        )

    def unpacked(self, scratch: Path) -> Path:
        """Write the lines of the dump below a folder. Raises ReleaseError when it is damaged."""
        lines = scratch / "all.nq"
        try:
            with gzip.open(self.dump) as packed, lines.open("wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise _damaged(self.dump, error) from error
        return lines

    def judged_with(self, files: Sequence[Path], engine: Engine | None, only: Collection[str]) -> Report:
        """Judge files with what people wrote, and with what registers say of the things that they name."""
        with tempfile.TemporaryDirectory(prefix="acagraph-") as scratch:
            store, notices = opened(self.folder / STORE), list[str]()
            if store is None:  # as in the package, which has no registers
                base = _parsed(self.unpacked(Path(scratch)), self.dump)
            else:
                judged = named_in(files)
                around = of_registers(store, judged.things, judged=judged)
                base, notices = chain(of_others(store), around.quads), around.notices
            told = validate_files(
                files,
                base=base,
                shapes=self.folder / "shapes.ttl",
                checks=self.folder / CHECKS,
                rules=self.folder / RULES,
                as_of=self.date,
                engine=engine,
                only=only,
            )
            return replace(told, notices=(*told.notices, *notices))

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings with their places in the sources, which are looked up for these alone."""
        found = list(findings)
        wanted = names(found)
        if not wanted or not (self.folder / PLACES).is_file():
            return found
        places = read_places(self.folder / PLACES, wanted)
        return located(found, places.origin, stated=places.stated)


def _holds_something(path: Path) -> bool:
    return path.is_file() or any(path.glob("*.rq"))


def _parsed(lines: Path, dump: Path) -> Iterator[ox.Quad]:
    try:
        yield from ox.parse(path=lines, format=ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise _damaged(dump, error) from error


def _damaged(dump: Path, error: Exception) -> ReleaseError:
    return ReleaseError(f"{dump} is damaged: {error}; build the release again")
