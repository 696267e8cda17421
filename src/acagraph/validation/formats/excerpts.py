"""The offending lines of the files that findings point to, for those who read a report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from acagraph import vocab
from acagraph.validation.findings import Finding

_MOST = 20_000
# One term of Turtle: a literal with its language or datatype, an IRI, a name or a number.
_TERM = re.compile(r'"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^[^\s;,]+)?|<[^>]*>|[^\s;,]+')
_LONGEST = 120
_BEFORE = 40


@dataclass(frozen=True)
class Excerpt:
    """One line of a file and the part of it that is meant, from `start` to `end`; both 0 when unknown."""

    number: int
    text: str
    start: int = 0
    end: int = 0


Excerpts = Mapping[tuple[str, int], str]


def read_excerpts(findings: Iterable[Finding], root: Path | None) -> Excerpts:
    """Return the lines of files below `root` that findings point to; each file is read once.

    What cannot be read is left out, and so is what comes after twenty thousand lines.
    """
    wanted: dict[str, set[int]] = {}
    if root is not None:
        for finding in findings:
            if finding.file is not None and finding.line is not None:
                wanted.setdefault(finding.file, set()).add(finding.line)
    lines: dict[tuple[str, int], str] = {}
    for name in sorted(wanted):
        if root is None or len(lines) >= _MOST:
            break
        lines.update(((name, number), text) for number, text in _lines(root / name, wanted[name]))
    return lines


def excerpt(finding: Finding, lines: Excerpts) -> Excerpt | None:
    """Return the line of a finding, cut around its column where it is long.

    None when it is not there, or holds nothing but the name of the focus, which is told anyway.
    """
    text = lines.get((finding.file or "", finding.line or 0), "")
    if finding.line is None or text.strip() in ("", vocab.compact(finding.focus), f"<{finding.focus}>"):
        return None
    if not finding.column or finding.column > len(text):
        return Excerpt(finding.line, _cut(text.strip(), 0)[0])
    indent = len(text) - len(text.lstrip())
    start = finding.column - 1
    meant = _TERM.match(text, start)
    end = meant.end() if meant and finding.file and finding.file.endswith(".ttl") else 0
    shown, cut = _cut(text[indent:].rstrip(), start - indent)
    first = max(0, start - indent - cut)
    return Excerpt(finding.line, shown, first, min(max(first + 1, end - indent - cut), len(shown)))


def _cut(text: str, start: int) -> tuple[str, int]:
    """Return a part of a long line with what is at `start`, and how far its columns have moved."""
    if len(text) <= _LONGEST:
        return text, 0
    begin = max(0, start - _BEFORE)
    part = text[begin : begin + _LONGEST]
    if begin + _LONGEST < len(text):
        part += "…"
    return ("…" + part, begin - 1) if begin else (part, 0)


def _lines(path: Path, numbers: set[int]) -> Iterable[tuple[int, str]]:
    last = max(numbers)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if number in numbers:
                    yield number, line.decode("utf-8", "replace").lstrip("\ufeff").rstrip("\r\n")
                if number == last:
                    return
    except OSError:  # the report is of files that are elsewhere, or gone
        return
