"""The rules of a release: what each wants, which terms it is about, and what it found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph import parse_text
from acagraph.graph.turtle import read_text
from acagraph.stores import Term
from acagraph.validation.findings import Severity
from acagraph.validation.rules import Rule, load_rules
from acagraph.vocab import ACA, EXTERNAL, SHAPES

_TARGET = EXTERNAL["sh"] + "targetClass"
_MENTIONED = re.compile(r"\baca:([A-Za-z]\w*)")
_SHAPES, _CHECKS, _REPORT = "shapes.ttl", "queries/checks", "validation/report.json"
# More of one rule's findings than this are in the report alone.
SHOWN = 100


@dataclass(frozen=True)
class Finding:
    """What a rule found: the thing, what to do, where it is written, and why it is accepted if it is."""

    focus: str
    label: str
    message: str
    file: str
    line: int | None
    known: str


@dataclass(frozen=True)
class Told:
    """A rule with its terms and what it found; `targets` are classes whose things it judges."""

    rule: Rule
    terms: tuple[Term, ...]
    targets: tuple[Term, ...]
    total: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Group:
    """The rules of one number, which have a title together; strangers' rules have no number."""

    number: int | None
    title: str
    rules: tuple[Told, ...]


@dataclass(frozen=True)
class Verdict:
    """How a release was judged; `accepted` findings are known, with a reason."""

    conforms: bool
    violations: int
    warnings: int
    notes: int
    accepted: int


@dataclass(frozen=True)
class Rules:
    """The rules of a release by number, and the verdict where it holds a report."""

    groups: tuple[Group, ...]
    verdict: Verdict | None

    @classmethod
    def read(cls, folder: Path | None) -> Rules:
        """Read shapes, checks and report of a release; what it does not hold is left out."""
        report = _report(folder)
        found = {str(rule.get("name")): rule for rule in report.get("rules", ())}
        findings = _findings(report)
        rules, terms, targets = _written(folder)
        rules |= {name: _unwritten(rule) for name, rule in found.items() if name not in rules}
        told = [
            Told(
                rule,
                terms.get(name, ()),
                targets.get(name, ()),
                int(found.get(name, {}).get("findings") or 0),
                findings.get(name, ()),
            )
            for name, rule in sorted(rules.items())
        ]
        return cls(_grouped(told, found), _verdict(report) if report else None)

    @property
    def total(self) -> int:
        """How many rules there are."""
        return sum(len(group.rules) for group in self.groups)

    def about(self, term: Term) -> tuple[Told, ...]:
        """Return the rules that judge the things of a class, or name a property."""
        return tuple(
            told
            for group in self.groups
            for told in group.rules
            if term in told.targets or term in told.terms
        )

    @property
    def found(self) -> tuple[Group, ...]:
        """The groups with the rules that found something."""
        kept = (
            Group(group.number, group.title, tuple(told for told in group.rules if told.total))
            for group in self.groups
        )
        return tuple(group for group in kept if group.rules)


def _report(folder: Path | None) -> Mapping[str, Any]:
    try:
        report = json.loads((folder / _REPORT).read_text("utf-8")) if folder else {}
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}


def _verdict(report: Mapping[str, Any]) -> Verdict:
    counts = report.get("counts") or {}
    violations, warnings, notes = (int(counts.get(name) or 0) for name in ("violation", "warning", "info"))
    return Verdict(
        bool(report.get("conforms")), violations, warnings, notes, int(report.get("accepted") or 0)
    )


def _findings(report: Mapping[str, Any]) -> dict[str, tuple[Finding, ...]]:
    found: dict[str, list[Finding]] = {}
    for one in report.get("findings", ()):
        listed = found.setdefault(str(one.get("rule")), [])
        if len(listed) < SHOWN:
            listed.append(
                Finding(
                    focus=str(one.get("focus") or ""),
                    label=str(one.get("label") or ""),
                    message=str(one.get("message") or ""),
                    file=str(one.get("file") or ""),
                    line=one.get("line"),
                    known=str(one.get("known") or ""),
                )
            )
    return {name: tuple(listed) for name, listed in found.items()}


_Terms = dict[str, tuple[Term, ...]]


def _written(folder: Path | None) -> tuple[dict[str, Rule], _Terms, _Terms]:
    """Return the rules that stand in files of a release, the terms of each and the classes of each."""
    if folder is None or not (folder / _SHAPES).is_file() or not (folder / _CHECKS).is_dir():
        return {}, {}, {}
    try:
        rules = {rule.name: rule for rule in load_rules(folder / _SHAPES, folder / _CHECKS)}
        quads = parse_text(read_text(folder / _SHAPES), path=folder / _SHAPES)[0]
    except SourceError:  # the rules of an older release may be written otherwise
        return {}, {}, {}
    terms, targets = _of_shapes(quads)
    for rule in rules.values():
        if rule.path is not None and rule.path.suffix == ".rq":
            terms[rule.name] = _mentioned(read_text(rule.path))
    return rules, terms, targets


def _of_shapes(quads: Iterable[ox.Quad]) -> tuple[_Terms, _Terms]:
    said: dict[object, list[ox.Quad]] = {}
    for quad in quads:
        said.setdefault(quad.subject, []).append(quad)
    terms: _Terms = {}
    targets: _Terms = {}
    for subject in said:
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(SHAPES):
            name = subject.value.removeprefix(SHAPES)
            found, judged = _named(subject, said)
            terms[name], targets[name] = tuple(sorted(found)), tuple(sorted(judged))
    return terms, targets


def _named(shape: ox.NamedNode, said: Mapping[object, list[ox.Quad]]) -> tuple[set[Term], set[Term]]:
    """Return the terms that a shape names, itself or in its blank nodes, and its target classes."""
    found, judged, seen = set[Term](), set[Term](), set[object]()
    left: list[object] = [shape]
    while left:
        node = left.pop()
        if node in seen:
            continue
        seen.add(node)
        for quad in said.get(node, ()):
            value = quad.object
            if isinstance(value, ox.NamedNode) and value.value.startswith(ACA):
                (judged if quad.predicate.value == _TARGET else found).add(Term("iri", value.value))
            elif isinstance(value, ox.BlankNode):
                left.append(value)
            elif isinstance(value, ox.Literal) and quad.predicate.value.startswith(EXTERNAL["sh"]):
                found |= set(_mentioned(value.value))
    return found, judged


def _mentioned(text: str) -> tuple[Term, ...]:
    return tuple(sorted({Term("iri", ACA + name) for name in _MENTIONED.findall(text)}))


def _unwritten(rule: Mapping[str, Any]) -> Rule:
    """Return a rule of the report that no file of the release has."""
    names: tuple[Severity, ...] = ("violation", "warning", "info")
    severity = next((name for name in names if name == rule.get("severity")), names[0])
    return Rule(str(rule["name"]), severity, str(rule.get("message") or ""), str(rule.get("title") or ""))


def _grouped(told: Iterable[Told], found: Mapping[str, Mapping[str, Any]]) -> tuple[Group, ...]:
    groups: dict[int | None, list[Told]] = {}
    for one in told:
        groups.setdefault(one.rule.number, []).append(one)
    ordered = sorted(groups.items(), key=lambda item: (item[0] is None, item[0] or 0))
    return tuple(Group(number, _title(rules, found), tuple(rules)) for number, rules in ordered)


def _title(rules: Iterable[Told], found: Mapping[str, Mapping[str, Any]]) -> str:
    titles = (told.rule.title or str(found.get(told.rule.name, {}).get("title") or "") for told in rules)
    return next((title for title in titles if title), "")
