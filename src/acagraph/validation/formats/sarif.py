"""A report as SARIF 2.1.0, so that a code review shows each finding on its line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from acagraph import vocab
from acagraph.validation.findings import Finding
from acagraph.validation.formats.groups import all_rules, distinct, identity, path_and_value, rule_of, thing
from acagraph.validation.formats.records import dumped
from acagraph.validation.formats.style import Style
from acagraph.validation.report import Report
from acagraph.validation.rules import Rule

# GitHub refuses a run with more; https://docs.github.com/code-security, "SARIF support for code scanning".
MOST_RESULTS = 25_000
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_PROBLEMS = {"violation": "error", "warning": "warning", "info": "recommendation"}
_BASE = "%SRCROOT%"


def write_sarif(report: Report, out: BinaryIO, style: Style) -> None:
    """Write one run with the rules and, unless `style.all`, at most 25,000 results, the most severe first.

    What is left out is told in a notification. A finding in no file is shown where its rule is written, for
    a result without a place is refused by code scanning; known issues are suppressed results.
    """
    rules = all_rules(report)
    numbers = {rule.name: number for number, rule in enumerate(rules)}
    told = sum(1 for _ in distinct(report))
    most = told if style.all else MOST_RESULTS
    out.write(f'{{\n "$schema": "{_SCHEMA}",\n "version": "2.1.0",\n "runs": [{{'.encode())
    head = {
        "tool": {"driver": _driver(rules, style)},
        "automationDetails": {"id": "acagraph/validation/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The folder of the project."}}},
        "invocations": [_invocation(told - most)],
    }
    for name, value in head.items():
        out.write(f'\n  "{name}": '.encode() + dumped(value) + b",")
    out.write(b'\n  "results": [')
    comma = b""
    for result in islice(_results(report, numbers, style), most):
        out.write(comma + b"\n   " + dumped(result))
        comma = b","
    out.write(b"]\n }]\n}\n")


def _driver(rules: list[Rule], style: Style) -> dict[str, object]:
    return {
        "name": "acagraph",
        "version": version("acagraph"),
        "informationUri": vocab.BASE,
        "rules": [_rule(rule, style) for rule in rules],
    }


def _rule(rule: Rule, style: Style) -> dict[str, object]:
    title = rule.title or rule.name
    help_ = rule.message or title
    address = style.iri(rule)
    return {
        "id": rule.name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": help_},
        "help": {"text": help_, "markdown": f"{help_}\n\n[{rule.name}]({address})"},
        "helpUri": address,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["data"],
            "precision": "very-high",
            "problem.severity": _PROBLEMS[rule.severity],
        },
    }


def _invocation(left_out: int) -> dict[str, object]:
    invocation: dict[str, object] = {"executionSuccessful": True}
    if left_out > 0:
        text = f"{left_out:,} more findings are left out; --all writes them too"
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return invocation


def _results(report: Report, numbers: Mapping[str, int], style: Style) -> Iterator[dict[str, object]]:
    for finding in distinct(report):
        result: dict[str, object] = {
            "ruleId": finding.rule,
            "ruleIndex": numbers[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": {"text": _message(finding)},
            "locations": [_location(finding, rule_of(finding, report), style)],
            "partialFingerprints": {"primaryLocationLineHash": f"{identity(finding)}:1"},
            "properties": {"focus": finding.focus, "path": finding.path, "value": finding.value},
        }
        if finding.known is not None:
            result["suppressions"] = [
                {"kind": "external", "status": "accepted", "justification": finding.known}
            ]
        yield result


def _message(finding: Finding) -> str:
    label = f" “{finding.label}”" if finding.label else ""
    told = path_and_value(finding)
    return f"{finding.message} [{thing(finding)}{label}{': ' if told else ''}{told}]"


def _location(finding: Finding, rule: Rule, style: Style) -> dict[str, object]:
    logical = {"fullyQualifiedName": finding.focus, "kind": "resource"}
    if finding.label:
        logical["name"] = finding.label
    location: dict[str, object] = {"logicalLocations": [logical]}
    file, line, column = style.file(finding), finding.line, finding.column
    if file is None and rule.path is not None:
        file, line, column = style.path(rule.path), rule.line, None
    if file is not None:
        if Path(file).is_absolute():
            address = {"uri": Path(file).as_uri()}
        else:
            address = {"uri": quote(os.fsencode(file)), "uriBaseId": _BASE}
        region = {"startLine": line or 1} | ({"startColumn": column} if column else {})
        location["physicalLocation"] = {"artifactLocation": address, "region": region}
    return location
