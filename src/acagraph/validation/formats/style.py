"""How a report is to be written: how much of it, with which colours and links."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from acagraph.validation.findings import Finding
from acagraph.validation.formats.groups import plain
from acagraph.validation.rules import Rule


@dataclass(frozen=True)
class Style:
    """What the caller chooses, of which each form heeds what it can.

    Files below `root`, or else below the folder `here`, are told from there.
    """

    all: bool = False
    colour: bool = False
    root: Path | None = None
    rules_page: str = ""
    here: Path | None = None

    def address(self, rule: Rule) -> str:
        """Return where the rule is documented."""
        documented = self.rules_page and ":" not in rule.name
        return f"{self.rules_page}#{rule.name}" if documented else rule.iri

    def iri(self, rule: Rule) -> str:
        """Return where the rule is documented, for who has no page that an address could be relative to."""
        return self.address(rule) if "://" in self.rules_page else rule.iri

    def file(self, finding: Finding) -> str | None:
        """Return the file of a finding as the reader names it."""
        return None if finding.file is None else _named(finding.file, self.root, self.here)

    def path(self, path: Path) -> str:
        """Return a path below the root or the working directory without these."""
        return _named(path.as_posix(), self.root, self.here)

    def place(self, finding: Finding) -> str:
        """Return `file:line:column` as far as it is known, empty without a file."""
        parts = (self.file(finding), finding.line, finding.column if finding.line else None)
        return plain(":".join(str(part) for part in parts if part is not None)) if finding.file else ""


@lru_cache(maxsize=4096)
def _named(file: str, *folders: Path | None) -> str:
    path = Path(file)
    for folder in folders:
        for base in () if folder is None else (folder.absolute(), folder):
            if base != Path() and path.is_relative_to(base):
                return path.relative_to(base).as_posix()
    return file
