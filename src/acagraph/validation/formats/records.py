"""A report as JSON: the verdict, all rules that were judged, all findings, one to a line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import BinaryIO

from acagraph.validation.findings import Finding
from acagraph.validation.formats.groups import all_rules
from acagraph.validation.formats.style import Style
from acagraph.validation.report import Report
from acagraph.validation.rules import Rule


def write_json(report: Report, out: BinaryIO, _: Style) -> None:
    """Write an object; `rules` are all that were judged, `findings` all that was found.

    The other keys are `conforms`, `counts` (by severity, without the accepted), `accepted` (how many),
    `engine` and `notices`, sentences about the judging. A rule has name, iri, severity, title, message and
    findings, their number. A finding has rule, rule_iri, severity, focus, label, path, value, message, file,
    line, column (both from 1), known (why a curator accepts it) and component; null is what is not known. A
    focus that is a literal is told as in N-Triples, in quotation marks.
    """
    numbers = Counter(finding.rule for finding in report.findings)
    head = {
        "conforms": report.conforms,
        "counts": report.counts(),
        "accepted": report.accepted,
        "engine": report.engine,
        "notices": list(report.notices),
    }
    out.write(b"{")
    for name, value in head.items():
        out.write(f'\n "{name}": '.encode() + dumped(value) + b",")
    out.write(b'\n "rules": [')
    _write_lines((_rule(rule, numbers[rule.name]) for rule in all_rules(report)), out)
    out.write(b'],\n "findings": [')
    _write_lines((_record(finding) for finding in report.findings), out)
    out.write(b"]\n}\n")


def dumped(value: object) -> bytes:
    """Return a value as JSON on one line; where there are lone surrogates, which UTF-8 has not, escaped."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def _write_lines(records: Iterable[object], out: BinaryIO) -> None:
    comma = b""
    for record in records:
        out.write(comma + b"\n  " + dumped(record))
        comma = b","
    if comma:
        out.write(b"\n ")


def _rule(rule: Rule, findings: int) -> dict[str, object]:
    return {
        "name": rule.name,
        "iri": rule.iri,
        "severity": rule.severity,
        "title": rule.title,
        "message": rule.message,
        "findings": findings,
    }


def _record(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "rule_iri": finding.rule_iri,
        "severity": finding.severity,
        "focus": finding.focus,
        "label": finding.label,
        "path": finding.path,
        "value": finding.value,
        "message": finding.message,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "known": finding.known,
        "component": finding.component,
    }
