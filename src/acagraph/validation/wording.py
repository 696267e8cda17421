"""What to say of a finding where the shape itself says nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox

from acagraph import vocab
from acagraph.validation.findings import SH, SPARQL_COMPONENT, Finding
from acagraph.validation.shapegraph import ShapeGraph, Term

_END = "ConstraintComponent"
# By parameter; `{}` is what the shape gives for it.
_SENTENCES = {
    "and": "Make this meet every one of the shapes {}.",
    "class": "Name a thing of the class {} here.",
    "closed": "Leave this property out: the shape is closed, and does not list it.",
    "datatype": "Write this as {}.",
    "disjoint": "Remove this value from one of the two: it must not be among those of {}.",
    "equals": "Make the values the same as those of {}.",
    "hasValue": "Add the value {}.",
    "in": "Use one of {}.",
    "languageIn": "Write this in one of the languages {}.",
    "lessThan": "Make this less than every value of {}.",
    "lessThanOrEquals": "Make this no more than any value of {}.",
    "maxCount": "Keep at most {}.",
    "maxExclusive": "Give a value below {}.",
    "maxInclusive": "Give a value of at most {}.",
    "maxLength": "Shorten this to at most {} characters.",
    "minCount": "Give at least {}.",
    "minExclusive": "Give a value above {}.",
    "minInclusive": "Give a value of at least {}.",
    "minLength": "Write at least {} characters.",
    "node": "Make this meet the shape {}.",
    "nodeKind": "Give a node of the kind {}.",
    "not": "This must not meet the shape {}, and does.",
    "or": "Make this meet one of the shapes {}.",
    "pattern": "Write this so that it matches {}.",
    "qualifiedMaxCount": "Keep at most {} of the kind that the shape describes.",
    "qualifiedMinCount": "Give at least {} of the kind that the shape describes.",
    "uniqueLang": "Keep one value in each language.",
    "xone": "Make this meet exactly one of the shapes {}.",
}
_MOST = 8


def worded(findings: Iterable[Finding], graph: ShapeGraph) -> list[Finding]:
    """Return findings with a sentence of ours where their shape has no sh:message, equal for each engine."""
    return [replace(finding, message=_message(finding, graph)) for finding in findings]


def _message(finding: Finding, graph: ShapeGraph) -> str:
    if "://" not in finding.component:
        return finding.message
    shape = ox.NamedNode(finding.rule if ":" in finding.rule else vocab.SHAPES + finding.rule)
    own = finding.component.startswith(SH) and finding.component != SPARQL_COMPONENT
    if finding.message and (not own or graph.values(shape, "message")):
        return finding.message
    name = finding.component.removeprefix(SH).removesuffix(_END)
    name = name[:1].lower() + name[1:]
    given = ", ".join(_shown(graph, value) for value in graph.values(shape, name))
    if name in _SENTENCES and (given or "{}" not in _SENTENCES[name]):
        return _SENTENCES[name].format(given)
    return f"This does not meet the constraint {vocab.compact(finding.component)} of the shape."


def _shown(graph: ShapeGraph, value: Term) -> str:
    if isinstance(value, ox.BlankNode):
        members = graph.members(value)
        if members is None:
            return "that it describes"
        texts = [_shown(graph, member) for member in members[:_MOST]]
        return ", ".join([*texts, *["…"] * (len(members) > _MOST)])
    if isinstance(value, ox.NamedNode):
        return "that it lists" if value.value.endswith("#nil") else vocab.compact(value.value)
    return f"“{value.value}”" if value.datatype.value == vocab.XSD + "string" else value.value
