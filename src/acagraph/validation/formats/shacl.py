"""A report as RDF, a SHACL validation report (SHACL section 3.6), in Turtle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import pyoxigraph as ox

from acagraph import vocab
from acagraph.validation.findings import SH, Finding, named_node
from acagraph.validation.formats.groups import identity
from acagraph.validation.formats.paths import path_triples
from acagraph.validation.formats.style import Style
from acagraph.validation.report import Report

REPORT = vocab.BASE + "validation"
_PREFIXES = vocab.PREFIXES | {"shapes": vocab.SHAPES}
_TYPE = ox.NamedNode(vocab.EXTERNAL["rdf"] + "type")
_NOTE = ox.NamedNode(vocab.EXTERNAL["skos"] + "editorialNote")


def write_turtle(report: Report, out: BinaryIO, _: Style) -> None:
    """Write Turtle.

    `sh:conforms` is false as soon as there is any result, also a warning. Results have IRIs made of their
    content, so that two reports can be compared line by line; why one is accepted is a skos:editorialNote.
    """
    ox.serialize(_triples(report), out, format=ox.RdfFormat.TURTLE, prefixes=prefixes_of(report))


def prefixes_of(report: Report) -> dict[str, str]:
    """Return the prefixes that a report's RDF needs, sorted."""
    names = {"rdf", "sh"} | ({"skos"} if report.accepted else set())
    for finding in report.findings:
        for iri in (finding.rule_iri, finding.component, *_iris(finding)):
            names.add(compact(iri).partition(":")[0])
    return {name: _PREFIXES[name] for name in sorted(names & _PREFIXES.keys())}


def compact(iri: str) -> str:
    """Return the prefixed name of an IRI, also for our rules, or the IRI."""
    rule = iri.removeprefix(vocab.SHAPES)
    return f"shapes:{rule}" if rule != iri else vocab.compact(iri)


def _iris(finding: Finding) -> Iterator[str]:
    path = finding.path or ""
    yield from re.findall("<([^<>]*)>", path) if "<" in path else [path.removeprefix("^")]
    for term in (finding.node, finding.term):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _triples(report: Report) -> Iterator[ox.Triple]:
    node = ox.NamedNode(REPORT)
    yield ox.Triple(node, _TYPE, _sh("ValidationReport"))
    conforms = ox.Literal(
        "false" if report.findings else "true", datatype=ox.NamedNode(vocab.XSD + "boolean")
    )
    yield ox.Triple(node, _sh("conforms"), conforms)
    for finding in report.findings:
        yield ox.Triple(node, _sh("result"), _name(finding))
    for finding in report.findings:
        yield from _result(finding)


def _result(finding: Finding) -> Iterator[ox.Triple]:
    result = _name(finding)
    path: list[ox.Triple] = []
    yield ox.Triple(result, _TYPE, _sh("ValidationResult"))
    yield ox.Triple(result, _sh("focusNode"), finding.node)
    yield ox.Triple(result, _sh("resultMessage"), ox.Literal(finding.message, language="en"))
    if finding.path is not None:
        head, path = path_triples(finding.path, name=identity(finding))
        yield ox.Triple(result, _sh("resultPath"), head)
    yield ox.Triple(result, _sh("resultSeverity"), _sh(finding.severity.capitalize()))
    yield ox.Triple(result, _sh("sourceConstraintComponent"), named_node(finding.component))
    yield ox.Triple(result, _sh("sourceShape"), named_node(finding.rule_iri))
    if finding.term is not None:
        yield ox.Triple(result, _sh("value"), finding.term)
    if finding.known is not None:
        yield ox.Triple(result, _NOTE, ox.Literal(finding.known, language="en"))
    yield from path


def _name(finding: Finding) -> ox.NamedNode:
    return ox.NamedNode(f"{REPORT}#{identity(finding)}")


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(SH + name)
