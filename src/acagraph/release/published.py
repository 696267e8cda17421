"""Judging a release: by the shapes, checks and rules that it carries, with the places of its sources."""

from __future__ import annotations

import datetime
import gzip
import shutil
import tempfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.dataset import read_manifest
from acagraph.errors import ReleaseError
from acagraph.release import expectations
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.manifest import MANIFEST, STORE
from acagraph.release.places import read_places
from acagraph.release.surroundings import named_in, of_others, of_registers, opened
from acagraph.validation import Finding, Report, validate_files
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
        missing = [path.relative_to(folder).as_posix() for path in needed if not path.exists()]
        if dump is None:
            missing.append(_DUMPS[0].as_posix())
        if missing or dump is None:
            raise ReleaseError(f"{folder} has no {' and no '.join(missing)}; build the release again")
        return cls(folder, dump, manifest)

    @property
    def date(self) -> datetime.date:
        """Return the day that the release is about. Raises ReleaseError."""
        try:
            return datetime.date.fromisoformat(self.manifest["date"])
        except (KeyError, TypeError, ValueError) as error:
            message = f"{self.folder / MANIFEST} has no date; build the release again"
            raise ReleaseError(message) from error

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
            store = opened(self.folder / STORE)
            if store is None:  # as in the package, which has no registers
                base = _parsed(self.unpacked(Path(scratch)), self.dump)
            else:
                base = chain(of_others(store), of_registers(store, named_in(files)))
            return validate_files(
                files,
                base=base,
                shapes=self.folder / "shapes.ttl",
                checks=self.folder / CHECKS,
                rules=self.folder / RULES,
                as_of=self.date,
                engine=engine,
                only=only,
            )

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings with their places in the sources, which are looked up for these alone."""
        found = list(findings)
        wanted = names(found)
        if not wanted or not (self.folder / PLACES).is_file():
            return found
        places = read_places(self.folder / PLACES, wanted)
        return located(found, places.origin, stated=places.stated)


def _parsed(lines: Path, dump: Path) -> Iterator[ox.Quad]:
    try:
        yield from ox.parse(path=lines, format=ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise _damaged(dump, error) from error


def _damaged(dump: Path, error: Exception) -> ReleaseError:
    return ReleaseError(f"{dump} is damaged: {error}; build the release again")
