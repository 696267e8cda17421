"""data/known-issues.toml: the warnings that a curator accepts, each with a reason, by whom and until when."""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.validation.findings import Finding
from acagraph.validation.rules import Rule

FILE = "data/known-issues.toml"

_TEXTS = ("rule", "value", "reason", "who")
_KEYS = ("rule", "focus", "value", "reason", "who", "until")
_HEADER = re.compile(r"\s*\[\[\s*known\s*\]\]\s*(#.*)?")
_QUOTED = re.compile(r"""["']([^"']*)["']""")
_POSITION = re.compile(r" ?\(at line (\d+), column \d+\)| ?\(at end of document\)")

_EXPIRED = Rule(
    "rule-68-known-issue-expired",
    "warning",
    "This was accepted until {until}: look again, then mend it, or give a later day and why.",
    "A known issue is accepted until a day",
)
_UNUSED = Rule(
    "rule-69-known-issue-unused",
    "warning",
    "Nothing of the kind is found here any more: remove the entry.",
    "A known issue is still one",
)
_VIOLATION = Rule(
    "rule-70-known-issue-violation",
    "warning",
    "A violation cannot be accepted, only a warning: mend it and remove the entry.",
    "A violation is never a known issue",
)
KNOWN_RULES = (_EXPIRED, _UNUSED, _VIOLATION)


@dataclass(frozen=True)
class KnownIssue:
    """A finding that a curator accepts; without a `value`, every one of the rule at this focus.

    `focus` is an IRI, `line` the line of its name in the file, `until` the last day on which it is accepted.
    """

    rule: str
    focus: str
    value: str | None
    reason: str
    who: str
    until: datetime.date
    line: int

    @property
    def text(self) -> str:
        """Return why it is accepted, by whom and until when."""
        return f"{self.reason} ({self.who}, until {self.until})"

    def covers(self, finding: Finding) -> bool:
        """Say whether it is about this finding, of whose rule and focus it is."""
        value = finding.value
        return self.value is None or (value is not None and self.value in (value, vocab.compact(value)))


def load_known(path: Path, *, rules: Iterable[str]) -> tuple[KnownIssue, ...]:
    """Read the known issues in the order of the file; none where there is no such file.

    Raises SourceError, with the line, for bad TOML, for an unknown key or rule, for a value of the wrong kind
    and for an entry that repeats another.
    """
    if not path.is_file():
        return ()
    text = read_text(path)
    acceptable = frozenset(rules) - {rule.name for rule in KNOWN_RULES}
    reader = _Reader(path, text.split("\n"), acceptable)
    found: dict[tuple[str, str, str | None], KnownIssue] = {}
    for issue in reader.issues(_tables(text, path)):
        key = (issue.rule, issue.focus, issue.value)
        if key in found:
            raise reader.error(f"repeats the entry of line {found[key].line}; remove one", issue.line)
        found[key] = issue
    return tuple(found.values())


def accept(
    findings: Iterable[Finding], known: Sequence[KnownIssue], *, today: datetime.date, whole: bool = True
) -> list[Finding]:
    """Return the findings, those that are accepted marked as known, then what is wrong with entries.

    An entry that is expired or about a violation accepts nothing. An entry that nothing was found for is
    unused, which only shows where the `whole` dataset was judged by all rules; of a part it can only be told
    that it is expired. In order and in linear time.
    """
    entries: defaultdict[tuple[str, str], list[KnownIssue]] = defaultdict(list)
    for issue in known:
        entries[issue.rule, issue.focus].append(issue)
    judged: list[Finding] = []
    faults: dict[KnownIssue, Rule] = (
        dict.fromkeys(known, _UNUSED)
        if whole
        else {issue: _EXPIRED for issue in known if issue.until < today}
    )
    for finding in findings:
        for issue in entries.get((finding.rule, finding.focus), ()):
            if not issue.covers(finding):
                continue
            if finding.severity == "violation":
                faults[issue] = _VIOLATION
            elif issue.until < today:
                faults[issue] = _EXPIRED
            else:
                faults.pop(issue, None)
                finding = replace(finding, known=issue.text)
        judged.append(finding)
    return judged + [_fault(issue, faults[issue]) for issue in known if issue in faults]


def present(known: Iterable[KnownIssue], store: ox.Store) -> tuple[KnownIssue, ...]:
    """Return the entries about things that a part of a dataset holds; of the others it can tell nothing."""
    return tuple(
        issue
        for issue in known
        if next(store.quads_for_pattern(ox.NamedNode(issue.focus), None, None, None), None) is not None
    )


def _fault(issue: KnownIssue, rule: Rule) -> Finding:
    accepted = vocab.SHAPES + issue.rule
    return Finding(
        rule=rule.name,
        severity=rule.severity,
        focus=issue.focus,
        path=None,
        value=accepted,
        message=rule.message.replace("{until}", str(issue.until)),
        file=FILE,
        line=issue.line,
        term=ox.NamedNode(accepted),
    )


def _tables(text: str, path: Path) -> list[Mapping[str, object]]:
    """Return the entries as TOML tells them; SourceError where there is anything else in the file."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        at = _POSITION.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        reason = _POSITION.sub("", str(error))
        raise SourceError(f"is not TOML: {reason}; correct the line", path=path, line=line) from None
    tables: list[Mapping[str, object]] = document.pop("known", [])
    headers = sum(1 for line in text.split("\n") if _HEADER.fullmatch(line))
    listed = isinstance(tables, list) and all(isinstance(table, dict) for table in tables)
    if document or not listed or headers != len(tables):
        message = "is not a list of known issues; begin each with a line [[known]] and write nothing else"
        raise SourceError(message, path=path, line=1)
    return tables


@dataclass(frozen=True)
class _Reader:
    """Makes known issues of the tables of a file, of which it knows the lines."""

    path: Path
    lines: Sequence[str]
    rules: Collection[str]

    def issues(self, tables: Iterable[Mapping[str, object]]) -> Iterator[KnownIssue]:
        starts = [number for number, line in enumerate(self.lines, 1) if _HEADER.fullmatch(line)]
        blocks = pairwise([*starts, len(self.lines) + 1])
        for table, (start, end) in zip(tables, blocks, strict=True):
            yield from self._entry(table, range(start, end))

    def error(self, message: str, line: int) -> SourceError:
        return SourceError(message, path=self.path, line=line)

    def _entry(self, table: Mapping[str, object], block: range) -> Iterator[KnownIssue]:
        """Yield an issue for each focus of an entry."""
        for key in table:
            if key not in _KEYS:
                near = difflib.get_close_matches(key, _KEYS, n=1)
                hint = f"did you mean {near[0]}?" if near else f"use {', '.join(_KEYS)}"
                raise self.error(f"unknown key {key!r}; {hint}", self._line(block, key))
        for key in _KEYS:
            if key not in table and key != "value":
                raise self.error(f"the key {key} is missing; add it", block.start)
        texts = {key: self._text(table[key], key, block) for key in _TEXTS if key in table}
        until = table["until"]
        if not isinstance(until, datetime.date) or isinstance(until, datetime.datetime):
            message = "until must be a day without quotes, such as 2027-06-30"
            raise self.error(message, self._line(block, "until"))
        if texts["rule"] not in self.rules:
            near = difflib.get_close_matches(texts["rule"], sorted(self.rules), n=1)
            hint = f"did you mean {near[0]}?" if near else "docs/rules.md lists them all"
            raise self.error(f"there is no rule {texts['rule']}; {hint}", self._line(block, "rule"))
        if "@" in texts["who"]:
            message = "who is a name or a role, no address: what stands here is published"
            raise self.error(message, self._line(block, "who"))
        for name, line in self._names(table["focus"], block):
            yield KnownIssue(
                texts["rule"],
                self._iri(name, line),
                texts.get("value"),
                texts["reason"],
                texts["who"],
                until,
                line,
            )

    def _names(self, focus: object, block: range) -> Iterator[tuple[str, int]]:
        """Yield the names that a focus lists, or the one that it is, with their lines."""
        own = self._line(block, "focus")
        below = range(own, block.stop)
        lines = {
            text: number for number in reversed(below) for text in _QUOTED.findall(self.lines[number - 1])
        }
        for name in focus if isinstance(focus, list) and focus else [focus]:
            text = self._text(name, "focus", block)
            yield text, lines.get(text, own)

    def _iri(self, name: str, line: int) -> str:
        try:
            return vocab.expand(name)
        except KeyError:
            message = f"{name} is no prefixed name and no IRI; write one such as coalition:jci"
            raise self.error(message, line) from None

    def _text(self, value: object, key: str, block: range) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{key} must be a text in quotes", self._line(block, key))
        return " ".join(value.split())

    def _line(self, block: range, key: str) -> int:
        """Return the line of a key of an entry, the entry's own where it has none."""
        begins = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        return next((number for number in block if begins.match(self.lines[number - 1])), block.start)
