"""The terms of SHACL: what each parameter takes, and what no engine here judges."""

from __future__ import annotations

import re
from typing import Literal

from acagraph.validation.findings import SEVERITIES, SH, Severity

Takes = Literal[
    "any", "boolean", "count", "iri", "iris", "kind", "literal", "path", "shape", "shapes", "text", "texts"
]

# Each parameter: what it takes, and whether a shape may have it once only (SHACL, section 4 and appendix A).
PARAMETERS: dict[str, tuple[Takes, bool]] = {
    "and": ("shapes", False),
    "class": ("iri", False),
    "closed": ("boolean", True),
    "datatype": ("iri", True),
    "deactivated": ("boolean", True),
    "disjoint": ("iri", False),
    "equals": ("iri", False),
    "flags": ("text", True),
    "hasValue": ("any", False),
    "ignoredProperties": ("iris", True),
    "in": ("any", True),
    "languageIn": ("texts", True),
    "lessThan": ("iri", False),
    "lessThanOrEquals": ("iri", False),
    "maxCount": ("count", True),
    "maxExclusive": ("literal", True),
    "maxInclusive": ("literal", True),
    "maxLength": ("count", True),
    "minCount": ("count", True),
    "minExclusive": ("literal", True),
    "minInclusive": ("literal", True),
    "minLength": ("count", True),
    "node": ("shape", False),
    "nodeKind": ("kind", True),
    "not": ("shape", False),
    "or": ("shapes", False),
    "path": ("path", True),
    "pattern": ("text", True),
    "property": ("shape", False),
    "qualifiedMaxCount": ("count", True),
    "qualifiedMinCount": ("count", True),
    "qualifiedValueShape": ("shape", False),
    "qualifiedValueShapesDisjoint": ("boolean", True),
    "severity": ("iri", True),
    "targetClass": ("iri", False),
    "targetObjectsOf": ("iri", False),
    "targetSubjectsOf": ("iri", False),
    "uniqueLang": ("boolean", True),
    "xone": ("shapes", False),
}
LISTS = ("and", "ignoredProperties", "in", "languageIn", "or", "xone")
# What needs a path beside it. Qualified counts are passed over without one, as the W3C's tests ask.
OF_PATHS = (
    "lessThan",
    "lessThanOrEquals",
    "maxCount",
    "minCount",
    "uniqueLang",
)
KINDS = {"BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"}
PATHS = ("alternativePath", "inversePath", "oneOrMorePath", "zeroOrMorePath", "zeroOrOnePath")

# Advanced features that pySHACL judges; the compiled engine lacks some of them or reads them differently.
ADVANCED = ("expression", "target")
FUNCTION = "SPARQLFunction"
# What no engine here judges: a report that passes them over would be a false pass.
UNJUDGED = {
    "js": "constraints in JavaScript",
    "jsFunctionName": "JavaScript",
    "entailment": "an entailment regime; derive the triples beforehand",
    "memberShape": "SHACL 1.2",
    "minListLength": "SHACL 1.2",
    "maxListLength": "SHACL 1.2",
    "uniqueMembers": "SHACL 1.2",
    "reifierShape": "SHACL 1.2",
    "reificationRequired": "SHACL 1.2",
    "rootClass": "SHACL 1.2",
    "singleLine": "SHACL 1.2",
    "someValue": "SHACL 1.2",
    "subsetOf": "SHACL 1.2",
    "targetWhere": "SHACL 1.2",
    "shape": "SHACL 1.2",
    "uniqueValuesFor": "SHACL 1.2",
    "nodeByExpression": "SHACL 1.2",
}
# Constraints of the DASH vocabulary: what else it has is about forms.
DASH = "http://datashapes.org/dash#"
DASH_UNJUDGED = frozenset(
    (
        *("closedByTypes", "coExistsWith", "hasValueIn", "hasValueWithClass", "nonRecursive", "reifiableBy"),
        *("rootClass", "singleLine", "stem", "subSetOf", "symmetric", "uniqueValueForClass", "uriStart"),
    )
)
# Everything else that may stand in shapes: documentation, queries, rules, results, node expressions.
_OTHERS = (
    "alternativePath annotationProperty annotationValue annotationVarName ask conforms condition "
    "construct count declare defaultValue description detail distinct exists filterShape focusNode "
    "function group groupBy if else then intersection inversePath jsLibrary jsLibraryURL labelTemplate "
    "limit max message min minus name namespace nodeValidator nodes object offset oneOrMorePath optional "
    "order orderBy desc parameter predicate prefix prefixes propertyValidator result resultAnnotation "
    "resultMessage resultPath resultSeverity returnType rule select shapesGraph shapesGraphWellFormed "
    "sourceConstraint sourceConstraintComponent sourceShape sparql subject suggestedShapesGraph sum "
    "targetNode text union update validator value values zeroOrMorePath zeroOrOnePath"
)
TERMS = frozenset([*PARAMETERS, *ADVANCED, *UNJUDGED, *_OTHERS.split()])

# What Rust's regular expressions do without, Python's have, and SPARQL's leave out.
_LOOKING = re.compile(r"\(\?(?:=|!|<=|<!|P=|\()|(?<!\\)(?:\\\\)*\\[1-9]")
_SET = re.compile(r"&&|--|~~|\|\||(?<!\\)\[(?!:)")
_CLASS = re.compile(r"\[\^?\]?((?:\\.|[^\]\\])*)\]", re.DOTALL)
_XML_ONLY = re.compile(r"(?<!\\)(?:\\\\)*\\([icIC]|[pP]\{Is\w+\})")


def looks_around(pattern: str) -> bool:
    """Say whether a regular expression looks ahead, behind or back, which the compiled engine cannot."""
    return _LOOKING.search(pattern) is not None


def misread(pattern: str) -> str:
    """Return the part of a regular expression that engines read in different ways, "" where there is none."""
    found = _XML_ONLY.search(pattern)
    if found:
        return "\\" + found[1]
    return next((f"[{match[1]}]" for match in _CLASS.finditer(pattern) if _SET.search(match[1])), "")


def severity_of(iri: str) -> Severity:
    """Return the severity that an IRI names; one of somebody's own counts as a violation (section 2.1.4)."""
    name = iri.removeprefix(SH).lower()
    return next((severity for severity in SEVERITIES if severity == name), "violation")
