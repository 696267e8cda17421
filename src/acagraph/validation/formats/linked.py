"""A report as JSON-LD: the SHACL validation report with a context of its own, one result to a line."""

from __future__ import annotations

from typing import BinaryIO

import pyoxigraph as ox

from acagraph import vocab
from acagraph.validation.findings import SH, Finding
from acagraph.validation.formats.groups import identity
from acagraph.validation.formats.paths import path_triples
from acagraph.validation.formats.records import dumped
from acagraph.validation.formats.shacl import REPORT, compact, prefixes_of
from acagraph.validation.formats.style import Style
from acagraph.validation.report import Report

_REFERENCES = (
    *("focusNode", "resultPath", "resultSeverity", "sourceConstraintComponent", "sourceShape"),
    *("alternativePath", "inversePath", "oneOrMorePath", "zeroOrMorePath", "zeroOrOnePath"),
)
_FIRST, _REST = (ox.NamedNode(vocab.EXTERNAL["rdf"] + name) for name in ("first", "rest"))
_TERMS: dict[str, object] = {
    "id": "@id",
    "type": "@type",
    **{
        name: f"sh:{name}" for name in ("ValidationReport", "ValidationResult", "conforms", "result", "value")
    },
    "resultMessage": {"@id": "sh:resultMessage", "@language": "en"},
    **{name: {"@id": f"sh:{name}", "@type": "@id"} for name in _REFERENCES},
}
_NOTE = {"editorialNote": {"@id": "skos:editorialNote", "@language": "en"}}


def write_jsonld(report: Report, out: BinaryIO, _: Style) -> None:
    """Write the same triples as in Turtle."""
    prefixes = prefixes_of(report)
    context = prefixes | _TERMS | (_NOTE if report.accepted else {})
    out.write(b'{\n "@context": ' + dumped(context) + b",\n")
    out.write(b' "id": ' + dumped(REPORT) + b',\n "type": "ValidationReport",\n')
    out.write(b' "conforms": ' + dumped(not report.findings) + b',\n "result": [')
    comma = b""
    for finding in report.findings:
        out.write(comma + b"\n  " + dumped(_result(finding)))
        comma = b","
    out.write(b"]\n}\n")


def _result(finding: Finding) -> dict[str, object]:
    result: dict[str, object] = {
        "id": f"{REPORT}#{identity(finding)}",
        "type": "ValidationResult",
        "focusNode": _focus(finding),
        "resultMessage": finding.message,
        "resultSeverity": f"sh:{finding.severity.capitalize()}",
        "sourceConstraintComponent": compact(finding.component),
        "sourceShape": compact(finding.rule_iri),
    }
    if finding.path is not None:
        head, triples = path_triples(finding.path, name="p")
        result["resultPath"] = _path(head, {(t.subject, t.predicate): t.object for t in triples})
    if finding.term is not None:
        result["value"] = _value(finding.term)
    if finding.known is not None:
        result["editorialNote"] = finding.known
    return result


def _focus(finding: Finding) -> object:
    node = finding.node
    if isinstance(node, ox.NamedNode):
        return compact(node.value)
    # The context takes a text for an IRI.
    value = _value(node)
    return {"@value": value} if isinstance(value, str) else value


def _value(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> object:
    if not isinstance(term, ox.Literal):
        return {"id": compact(term.value) if isinstance(term, ox.NamedNode) else str(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == vocab.XSD + "string":
        return term.value
    return {"@value": term.value, "@type": compact(term.datatype.value)}


def _path(node: object, said: dict[tuple[object, object], object]) -> object:
    """Return a path as nested objects; a sequence is a list."""
    if isinstance(node, ox.NamedNode):
        return compact(node.value)
    if (node, _FIRST) in said:
        items = []
        while (node, _FIRST) in said:
            items.append(_path(said[node, _FIRST], said))
            node = said[node, _REST]
        return {"@list": items}
    return {
        predicate.value.removeprefix(SH): _path(operand, said)
        for (subject, predicate), operand in said.items()
        if subject == node and isinstance(predicate, ox.NamedNode)
    }
