"""A report as JUnit XML: each rule is a test case, which fails when it is violated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from acagraph.validation.findings import Finding
from acagraph.validation.formats.groups import all_rules, distinct, path_and_value, thing
from acagraph.validation.formats.style import Style
from acagraph.validation.report import Report
from acagraph.validation.rules import Rule

# XML 1.0, production 2, has none of these, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(report: Report, out: BinaryIO, style: Style) -> None:
    """Write one suite; warnings and accepted findings stand in the output of a case that passes.

    What a case tells ends with the address of the rule's documentation.
    """
    for text in _suite(report, style):
        out.write(text.encode())


def _suite(report: Report, style: Style) -> Iterator[str]:
    rules = all_rules(report)
    findings = list(distinct(report))
    violated = Counter(f.rule for f in findings if _fails(f))
    counts = f'tests="{len(rules)}" failures="{len(violated)}" errors="0" skipped="0"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="acagraph validate" {counts}>\n'
    yield f'<testsuite name="acagraph validate" {counts}>\n'
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.rule, []).append(finding)
    for rule in rules:
        yield from _case(rule, found.get(rule.name, []), violated[rule.name], style)
    yield "</testsuite>\n</testsuites>\n"


def _case(rule: Rule, findings: list[Finding], violated: int, style: Style) -> Iterator[str]:
    yield f"<testcase classname={_attribute(rule.title or 'rules')} name={_attribute(rule.name)}"
    # Some build servers link a case to this file.
    first = next((f for f in findings if f.file is not None and (_fails(f) or not violated)), None)
    if first is not None:
        yield f' file={_attribute(style.file(first) or "")} line="{first.line or 1}"'
    if not findings:
        yield "/>\n"
        return
    yield ">\n"
    if violated:
        noun = "violation" if violated == 1 else "violations"
        message = f"{violated:,} {noun}: {rule.message}"
        yield f'<failure message={_attribute(message)} type="violation">'
        yield from (_line(f, style) for f in findings if _fails(f))
        yield f"{escape(_clean(style.iri(rule)))}\n</failure>\n"
    if violated < len(findings):
        yield "<system-out>"
        yield from (_line(f, style) for f in findings if not _fails(f))
        yield f"{escape(_clean(style.iri(rule)))}\n</system-out>\n"
    yield "</testcase>\n"


def _fails(finding: Finding) -> bool:
    return finding.severity == "violation" and finding.known is None


def _line(finding: Finding, style: Style) -> str:
    where, label = style.place(finding), f" “{finding.label}”" if finding.label else ""
    told = path_and_value(finding)
    known = "" if finding.known is None else f" (accepted: {finding.known})"
    words = f"{where}{': ' if where else ''}{thing(finding)}{label} {told}{' ' if told else ''}"
    return escape(_clean(f"{words}{finding.severity}: {finding.message}{known}\n"))


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
