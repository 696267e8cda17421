"""A report for a terminal: by rule, what is wrong, where and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO
from unicodedata import combining, east_asian_width

from acagraph.validation.findings import Finding
from acagraph.validation.formats.excerpts import Excerpts, excerpt, read_excerpts
from acagraph.validation.formats.groups import (
    Group,
    accepted,
    groups,
    path_and_value,
    plain,
    summary,
    thing,
)
from acagraph.validation.formats.style import Style
from acagraph.validation.report import Report

FIRST = 5
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_COLOURS = {"violation": "\x1b[1;31m", "warning": "\x1b[1;33m", "info": "\x1b[1;36m"}


def write_text(report: Report, out: BinaryIO, style: Style) -> None:
    """Write a block for each rule, the first five of its findings (all with `style.all`), then the counts."""
    for line in _lines(report, style):
        out.write((line + "\n").encode("utf-8", "replace"))


def _lines(report: Report, style: Style) -> Iterator[str]:
    paint = _Paint(style.colour)
    found = list(groups(report))
    told = [finding for group in found for finding in _first(group.findings, style)]
    lines = read_excerpts(told, style.root)
    for group in found:
        yield from _block(group, style, paint, lines)
        yield ""
    if known := accepted(report):
        hint = "" if style.all else "; --all shows them"
        yield f"{paint.bold('accepted')}  {len(known):,} known, see data/known-issues.toml{hint}"
        for finding in known if style.all else ():
            where = style.place(finding)
            yield f"  {paint.bold(where)}{' ' if where else ''}{_subject(finding)}: {finding.rule}"
            yield f"      {plain(finding.known or '')}"
        yield ""
    yield from (f"{paint.bold('note')}  {plain(notice)}" for notice in report.notices)
    yield summary(report)


def _block(group: Group, style: Style, paint: _Paint, lines: Excerpts) -> Iterator[str]:
    rule, number = group.rule, len(group.findings)
    severity = group.findings[0].severity
    title = f"  {paint.bold(plain(rule.title))}" if rule.title else ""
    yield f"{paint.severity(severity)}{title}  {plain(rule.name)}  ({number:,})"
    advice = group.advice
    if advice:
        yield f"  {plain(advice)}"
    for finding in _first(group.findings, style):
        where = style.place(finding)
        yield f"  {paint.bold(where)}{' ' if where else ''}{_subject(finding)}"
        if advice is None:
            yield f"      {plain(finding.message)}"
        yield from _excerpt(finding, paint, lines)
    yield from _more(number, style)
    if ":" not in rule.name:
        yield paint.dim(f"  {rule.iri}")


def _first(findings: Sequence[Finding], style: Style) -> Sequence[Finding]:
    return findings if style.all else findings[:FIRST]


def _more(number: int, style: Style) -> Iterator[str]:
    if not style.all and number > FIRST:
        yield f"  … and {number - FIRST:,} more; --all shows them"


def _subject(finding: Finding) -> str:
    label = f" “{plain(finding.label, 80)}”" if finding.label else ""
    told = path_and_value(finding)
    return f"{thing(finding)}{label}{'  ' if told else ''}{told}"


def _excerpt(finding: Finding, paint: _Paint, lines: Excerpts) -> Iterator[str]:
    part = excerpt(finding, lines)
    if part is not None:
        number = f"{part.number:>7}"
        yield paint.dim(f"{number} | ") + plain(part.text)
        if part.end:
            meant = _width(part.text[part.start : part.end])
            marks = " " * _width(part.text[: part.start]) + "^" * meant
            yield paint.dim(f"{' ' * len(number)} | ") + paint.severity(finding.severity, marks)


def _width(words: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese and Japanese characters take two."""
    shown = plain(words)
    wide = sum(east_asian_width(character) in "WF" for character in shown)
    return len(shown) + wide - sum(combining(character) > 0 for character in shown)


class _Paint:
    """Puts colours around words, or leaves them as they are."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def severity(self, severity: str, text: str = "") -> str:
        return self._in(_COLOURS[severity], text or severity)

    def bold(self, text: str) -> str:
        return self._in(_BOLD, text)

    def dim(self, text: str) -> str:
        return self._in(_DIM, text)

    def _in(self, code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if self._colour and text else text
