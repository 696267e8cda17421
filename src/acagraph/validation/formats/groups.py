"""A report's findings by rule, and the words in which all forms tell them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import pyoxigraph as ox

from acagraph import vocab
from acagraph.graph.terms import Value
from acagraph.validation.findings import SEVERITIES, Finding, shown_path
from acagraph.validation.report import Report
from acagraph.validation.rules import Rule

_LONGEST = 200
# What a terminal would obey, and what turns the direction of text, is shown and not sent.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Group:
    """What one rule found, in the report's order; never empty."""

    rule: Rule
    findings: Sequence[Finding]

    @cached_property
    def advice(self) -> str | None:
        """The message that all findings share, None when each has its own."""
        first = self.findings[0].message
        return first if all(finding.message == first for finding in self.findings) else None


def distinct(report: Report) -> Iterator[Finding]:
    """Yield the findings for people: of those that differ in nothing but the constraint component, one.

    A literal where the IRI of a concept is wanted breaks `sh:nodeKind` and `sh:pattern`, and is one mistake.
    """
    last = None
    for finding in report.findings:
        said = (finding.path, finding.value, finding.term, finding.message)
        told = (finding.rule, finding.focus, *said, finding.known)
        if told != last:
            yield finding
        last = told


def groups(report: Report) -> Iterator[Group]:
    """Yield what is to be mended, by rule, most severe first; what is accepted is left out."""
    still = (finding for finding in distinct(report) if finding.known is None)
    for _, found in groupby(still, key=lambda finding: (finding.severity, finding.rule)):
        findings = list(found)
        yield Group(rule_of(findings[0], report), findings)


def accepted(report: Report) -> list[Finding]:
    """Return the findings that a curator accepts, in the report's order."""
    return [finding for finding in distinct(report) if finding.known is not None]


def counts(report: Report) -> dict[str, int]:
    """Return how many findings of each severity people are told, the accepted left out, zeros included."""
    counted = Counter(finding.severity for finding in distinct(report) if finding.known is None)
    return {severity: counted[severity] for severity in SEVERITIES}


def all_rules(report: Report) -> list[Rule]:
    """Return the rules that a report knows or names, sorted by name."""
    rules = dict(report.rules)
    for finding in report.findings:
        if finding.rule not in rules:
            rules[finding.rule] = rule_of(finding, report)
    return [rules[name] for name in sorted(rules)]


def rule_of(finding: Finding, report: Report) -> Rule:
    """Return the rule of a finding; of one that the report does not know, what the finding tells."""
    return report.rules.get(finding.rule) or Rule(finding.rule, finding.severity, finding.message)


def summary(report: Report) -> str:
    """Return the counts in words: `2 violations, 34 warnings, 5 accepted`."""
    words = [plural(number, severity) for severity, number in counts(report).items() if number]
    if report.accepted:
        words.append(f"{len(accepted(report)):,} accepted")
    return ", ".join(words) or "conforms: no findings"


def plural(number: int, word: str) -> str:
    """Return a number with its noun; an information is called a note."""
    noun = "note" if word == "info" else word
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def thing(finding: Finding) -> str:
    """Return the focus as a prefixed name, or the IRI; a literal in quotation marks."""
    if finding.focus.startswith('"'):
        return _quoted(finding.node)
    return plain(vocab.compact(finding.focus), _LONGEST)


def path_and_value(finding: Finding) -> str:
    """Return the property, or path, and the value that is wrong: text in quotation marks."""
    words = [] if finding.path is None else [plain(shown_path(finding.path))]
    if finding.value is not None:
        words.append(_value(finding))
    return " ".join(words)


def plain(text: str, longest: int = 0) -> str:
    """Return text on one line that no terminal obeys, cut after `longest` characters, 0 for never."""
    cut = text if not longest or len(text) <= longest else text[: longest - 1] + "…"
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], cut)


def _value(finding: Finding) -> str:
    assert finding.value is not None
    if isinstance(finding.term, ox.Literal):
        return _quoted(finding.term)
    return plain(vocab.compact(finding.value), _LONGEST)


def _quoted(term: Value) -> str:
    language = f"@{term.language}" if isinstance(term, ox.Literal) and term.language else ""
    return f'"{plain(term.value, _LONGEST)}"{language}'


def identity(finding: Finding) -> str:
    """Return a short name of what is wrong, not of where: it stays when lines are added above."""
    term = finding.term
    kind = term.language or term.datatype.value if isinstance(term, ox.Literal) else ""
    told = (finding.rule, finding.focus, finding.path or "", finding.value or "", kind, finding.message)
    return vocab.slug(finding.severity, *told, finding.component)
