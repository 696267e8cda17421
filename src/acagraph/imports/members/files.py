"""The files that an import changes: of the register, of its source, and of redirects."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from acagraph.imports import tables
from acagraph.imports.members.layout import REJECTED


@dataclass(frozen=True)
class Files:
    """What is to be written; without `texts` only the rejected rows are."""

    folder: Path
    texts: Mapping[str, str] = field(default_factory=dict)
    rejected: str = ""
    sources: Path | None = None
    source_files: Mapping[str, str] = field(default_factory=dict)
    redirects: Path | None = None
    redirects_text: str | None = None

    @property
    def changed(self) -> tuple[Path, ...]:
        """The files that writing would change, make or remove, sorted."""
        found = [self.folder / name for name in (*tables.changed(self.folder, self._all), *self._obsolete)]
        if self.sources is not None:
            found += [self.sources / name for name in tables.changed(self.sources, self.source_files)]
        if self.redirects is not None and self.redirects_text is not None:
            found.append(self.redirects)
        return tuple(sorted(set(found)))

    def write(self) -> None:
        """Write what is changed; the source first, so that no register cites one that is not described."""
        if self.sources is not None:
            tables.write(self.sources, self.source_files)
        if self.redirects is not None and self.redirects_text is not None:
            tables.write(self.redirects.parent, {self.redirects.name: self.redirects_text})
        tables.write(self.folder, self._all)
        for name in self._obsolete:
            (self.folder / name).unlink()

    @property
    def _all(self) -> Mapping[str, str]:
        return {**self.texts, **({REJECTED: self.rejected} if self.rejected else {})}

    @property
    def _obsolete(self) -> tuple[str, ...]:
        """Tables that have no rows any more: the folder holds nothing but what an import writes."""
        there = {path.name for path in self.folder.glob("*.csv")}
        meant = there - self._all.keys() if self.texts else there & {REJECTED} - self._all.keys()
        return tuple(sorted(meant))


def with_redirects(path: Path, more: Mapping[str, str]) -> str | None:
    """Return data/redirects.csv with more redirects (`agent/old` to `agent/new`), None when nothing changes.

    What led to a thing that is replaced now leads to what it became.
    """
    if not more:
        return None
    text = path.read_text(encoding="utf-8") if path.is_file() else "from,to\n"
    names = {_name(old): _name(new) for old, new in more.items()}
    header, *rows = csv.reader(io.StringIO(text))
    kept = [
        [old, names.get(new, new), *rest]
        for old, new, *rest in rows
        if old not in names and old not in names.values()
    ]
    added = [[old, new, *[""] * (len(header) - 2)] for old, new in sorted(names.items()) if old != new]
    table = io.StringIO(newline="")
    csv.writer(table, lineterminator="\n").writerows([header, *kept, *added])
    return table.getvalue()


def _name(thing: str) -> str:
    kind, _, slug = thing.partition("/")
    return f"{'stmt' if kind == 'statement' else kind}:{slug}"
