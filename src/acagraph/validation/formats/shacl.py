"""A report as RDF, a SHACL validation report (SHACL section 3.6), in Turtle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

import pyoxigraph as ox

from acagraph import vocab
from acagraph.validation.findings import SH, Finding
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
        for iri in (finding.focus, finding.rule_iri, finding.component, *_iris(finding)):
            names.add(compact(iri).partition(":")[0])
    return {name: _PREFIXES[name] for name in sorted(names & _PREFIXES.keys())}


def compact(iri: str) -> str:
    """Return the prefixed name of an IRI, also for our rules, or the IRI."""
    rule = iri.removeprefix(vocab.SHAPES)
    return f"shapes:{rule}" if rule != iri else vocab.compact(iri)


def _iris(finding: Finding) -> Iterator[str]:
    path = finding.path or ""
    yield from re.findall("<([^<>]*)>", path) if "<" in path else [path.removeprefix("^")]
    if isinstance(finding.term, ox.NamedNode):
        yield finding.term.value
    elif isinstance(finding.term, ox.Literal):
        yield finding.term.datatype.value


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
    blank = finding.focus.startswith("_:")
    focus = ox.BlankNode(finding.focus[2:]) if blank else _iri(finding.focus)
    path: list[ox.Triple] = []
    yield ox.Triple(result, _TYPE, _sh("ValidationResult"))
    yield ox.Triple(result, _sh("focusNode"), focus)
    yield ox.Triple(result, _sh("resultMessage"), ox.Literal(finding.message, language="en"))
    if finding.path is not None:
        head, path = path_triples(finding.path, name=identity(finding))
        yield ox.Triple(result, _sh("resultPath"), head)
    yield ox.Triple(result, _sh("resultSeverity"), _sh(finding.severity.capitalize()))
    yield ox.Triple(result, _sh("sourceConstraintComponent"), _iri(finding.component))
    yield ox.Triple(result, _sh("sourceShape"), _iri(finding.rule_iri))
    if finding.term is not None:
        yield ox.Triple(result, _sh("value"), finding.term)
    if finding.known is not None:
        yield ox.Triple(result, _NOTE, ox.Literal(finding.known, language="en"))
    yield from path


def _name(finding: Finding) -> ox.NamedNode:
    return ox.NamedNode(f"{REPORT}#{identity(finding)}")


def _iri(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError:  # pySHACL lets pass what is no IRI
        return ox.NamedNode(quote(iri, safe=":/?#[]@!$&'()*+,;=%~"))


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(SH + name)
