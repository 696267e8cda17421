"""The outcome of a validation, in the forms that people and machines read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pyoxigraph as ox

from acagraph import vocab
from acagraph.validation.findings import SEVERITIES, SH, Finding

REPORT = vocab.BASE + "validation"
_TYPE = ox.NamedNode(vocab.EXTERNAL["rdf"] + "type")


@dataclass(frozen=True)
class Report:
    """Findings in a fixed order, most severe first."""

    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Report:
        """Return a report of the findings, sorted and each only once."""
        return cls(tuple(sorted(set(findings), key=lambda finding: finding.order)))

    @property
    def conforms(self) -> bool:
        """Return whether nothing is violated; warnings do not count."""
        return all(finding.severity != "violation" for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """Return the number of findings by severity, most severe first, zeros included."""
        counted = Counter(finding.severity for finding in self.findings)
        return {severity: counted[severity] for severity in SEVERITIES}

    def text(self) -> str:
        """Return one line per finding and a last line with the counts."""
        lines = [finding.line_of_text() for finding in self.findings]
        counted = ", ".join(_plural(number, severity) for severity, number in self.counts().items() if number)
        lines.append(counted or "conforms: no findings")
        return "\n".join(lines) + "\n"

    def json(self) -> bytes:
        """Return the report as JSON: equal findings give equal bytes."""
        findings = [
            {key: value for key, value in _fields(finding).items() if key != "term"}
            for finding in self.findings
        ]
        body = {"conforms": self.conforms, "counts": self.counts(), "findings": findings}
        return (json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()

    def turtle(self) -> bytes:
        """Return a SHACL validation report: equal findings give equal bytes.

        `sh:conforms` follows SHACL section 3.6: false as soon as there is any result, also a warning.
        Results have IRIs made of their content, so that two reports can be compared line by line.
        """
        triples = [
            ox.Triple(_node(REPORT), _TYPE, _node(SH + "ValidationReport")),
            ox.Triple(_node(REPORT), _node(SH + "conforms"), _boolean(not self.findings)),
        ]
        for finding in self.findings:
            result = _node(f"{REPORT}#{vocab.slug(*map(str, finding.order))}")
            triples.append(ox.Triple(_node(REPORT), _node(SH + "result"), result))
        for finding in self.findings:
            triples.extend(_result(finding))
        text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=vocab.PREFIXES)
        assert text is not None
        return text


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _fields(finding: Finding) -> dict[str, object]:
    fields = asdict(finding)
    fields["rule_iri"] = finding.rule_iri
    return fields


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _boolean(value: bool) -> ox.Literal:
    return ox.Literal("true" if value else "false", datatype=_node(vocab.XSD + "boolean"))


def _result(finding: Finding) -> list[ox.Triple]:
    result = _node(f"{REPORT}#{vocab.slug(*map(str, finding.order))}")
    focus = ox.BlankNode(finding.focus[2:]) if finding.focus.startswith("_:") else _node(finding.focus)
    pairs: list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]] = [
        ("focusNode", focus),
        ("resultMessage", ox.Literal(finding.message, language="en")),
        ("resultSeverity", _node(SH + finding.severity.capitalize())),
        ("sourceConstraintComponent", _node(finding.component)),
        ("sourceShape", _node(finding.rule_iri)),
    ]
    triples = [ox.Triple(result, _TYPE, _node(SH + "ValidationResult"))]
    if finding.path is not None and "<" in finding.path:
        pairs.append(("resultPath", ox.Literal(finding.path)))
    elif finding.path is not None and finding.path.startswith("^"):
        inverse = ox.BlankNode(vocab.slug(finding.path, *map(str, finding.order)))
        triples.append(ox.Triple(result, _node(SH + "resultPath"), inverse))
        triples.append(ox.Triple(inverse, _node(SH + "inversePath"), _node(finding.path[1:])))
    elif finding.path is not None:
        pairs.append(("resultPath", _node(finding.path)))
    if finding.term is not None:
        pairs.append(("value", finding.term))
    triples.extend(ox.Triple(result, _node(SH + name), term) for name, term in pairs)
    return triples
