"""JSON Schemas of what saved queries take and answer, as the OpenAPI document uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from acagraph.queries import Parameter, SavedQuery
from acagraph.queries.saved import THINGS, WHOLE
from acagraph.queries.values import allowed
from acagraph.stores import lexer
from acagraph.stores.media import HTML, JSON, JSON_LD, SIMPLE, Format
from acagraph.vocab import ACA, BASE
from acagraph.web.responses import PROBLEM

Schema = dict[str, Any]

_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
_LOCAL = "[A-Za-z][A-Za-z0-9]*"
_PATTERNS = {
    "iri": '[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>"{}|\\\\^`]+',
    "date": "[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?",
    "language": "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*",
}
_LONGEST_YEAR = 9999

TEXT: Schema = {"type": "string"}
# A part of an address, and several of them.
NAME: Schema = {"type": "string", "pattern": "^[A-Za-z0-9._-]+$"}
PATH: Schema = {"type": "string", "pattern": "^[A-Za-z0-9._/-]+$"}
COMPONENTS: dict[str, Schema] = {
    "Problem": {
        "description": "What went wrong and what to do (RFC 9457).",
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "parameter": {"description": "The parameter that is wrong.", "type": "string"},
        },
    },
    "Release": {
        "description": "A release: its version, its address, the hash of its data; what is unknown is empty.",
        "type": "object",
        "required": ["version", "iri", "address", "date", "triples", "sha256", "changes"],
        "properties": {
            **{
                name: {"type": "string"}
                for name in ("version", "iri", "address", "manifest", "date", "title", "sha256")
            },
            **{name: {"type": "string"} for name in ("previous", "ontology", "doi")},
            "triples": {"type": "integer", "minimum": 0},
            "changes": {"type": "array", "items": {"type": "string"}},
        },
        "additionalProperties": False,
    },
    "Term": {
        "description": "An RDF term (SPARQL 1.1 Query Results JSON Format, section 3.2.2).",
        "type": "object",
        "required": ["type", "value"],
        "properties": {
            "type": {"enum": ["uri", "literal", "bnode"]},
            "value": {"type": "string"},
            "xml:lang": {"type": "string"},
            "datatype": {"type": "string"},
        },
        "additionalProperties": False,
    },
    "Value": {
        "description": "A term in simple JSON; null where nothing is bound.",
        "type": ["string", "number", "boolean", "null"],
    },
    "Truth": {
        "description": "The answer of an ASK (SPARQL 1.1 Query Results JSON Format, section 4).",
        "type": "object",
        "required": ["head", "boolean"],
        "properties": {"head": {"type": "object"}, "boolean": {"type": "boolean"}},
    },
    "Rows": {
        "description": "The answer of a SELECT (SPARQL 1.1 Query Results JSON Format, section 3).",
        "type": "object",
        "required": ["head", "results"],
        "properties": {
            "head": {
                "type": "object",
                "required": ["vars"],
                "properties": {"vars": {"type": "array", "items": {"type": "string"}}},
            },
            "results": {
                "type": "object",
                "required": ["bindings"],
                "properties": {
                    "bindings": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": {"$ref": "#/components/schemas/Term"},
                        },
                    }
                },
            },
        },
    },
}


def reference(name: str) -> Schema:
    """Return a reference to a schema of COMPONENTS."""
    return {"$ref": f"#/components/schemas/{name}"}


def parameter(declared: Parameter, examples: Iterable[Mapping[str, str]] = ()) -> Schema:
    """Return a parameter of a saved query as OpenAPI has it, with its examples, its own first."""
    given = [example[declared.name] for example in examples if declared.name in example]
    values = dict.fromkeys((declared.example, *given))
    sentence = f"{declared.description} " if declared.description else ""
    hint = allowed(declared)
    described = {
        "name": declared.name,
        "in": "query",
        "required": declared.required,
        "description": f"{sentence}{hint[0].upper()}{hint[1:]}.",
        "schema": value(declared),
        "examples": {
            f"{declared.name}-{number}": {"value": _typed(declared, text)}
            for number, text in enumerate(values, 1)
        },
    }
    return described if declared.required else optional(described)


def optional(described: Schema) -> Schema:
    """Return a parameter of a saved query that counts as left out where it is empty, as forms send it."""
    return {**described, "allowEmptyValue": True}


def value(declared: Parameter) -> Schema:
    """Return the schema of a parameter's value, as far as a schema can say it."""
    schema = _value(declared)
    if declared.default is not None:
        schema["default"] = _typed(declared, declared.default)
    return schema


def answers(query: SavedQuery, formats: Sequence[Format]) -> Schema:
    """Return the bodies in which a saved query is answered, by media type."""
    return {_key(offer): {"schema": _body(query, offer)} for offer in (*formats, HTML)}


def texts(formats: Iterable[Format]) -> Schema:
    """Return bodies that no schema describes but as text or as some JSON, by media type."""
    return {_key(offer): {"schema": _plain(offer)} for offer in formats}


def problems() -> Schema:
    """Return the bodies of an error: problem details, or a page where a browser asks."""
    return {PROBLEM.media_type: {"schema": reference("Problem")}, **texts((HTML,))}


def columns(query: SavedQuery) -> tuple[str, ...]:
    """Return the variables that a SELECT projects, in its order; none for another query and for SELECT *."""
    found: list[str] = []
    depth, selecting, naming = 0, False, False
    for token in lexer.tokens(query.text):
        if token.keyword == "SELECT":
            selecting = True
        elif selecting and token.text in ("{", "*") and depth == 0:
            break
        elif selecting and token.kind == "variable" and (depth == 0 or naming):
            found.append(token.text[1:])
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        naming = depth == 1 and token.keyword == "AS"
    return tuple(found) if query.form == "select" else ()


def _value(declared: Parameter) -> Schema:
    kind = declared.type
    if kind in THINGS:
        return _pattern(*(_below(f"{BASE}id/{thing}/", thing, _SLUG) for thing in THINGS[kind]))
    if kind == "concept":
        return _pattern(_below(f"{BASE}scheme/{declared.scheme}/", str(declared.scheme), _SLUG))
    if kind in ("class", "property"):
        return _pattern(_below(ACA, "aca", _LOCAL))
    if kind in WHOLE:
        low, high = declared.minimum, declared.maximum
        if kind == "year":
            # Four digits are wanted, and a number of JSON has no zeros before it.
            low, high = max(low or 0, 1000), min(_LONGEST_YEAR if high is None else high, _LONGEST_YEAR)
        ends = {"minimum": low, "maximum": high}
        return {"type": "integer", **{name: end for name, end in ends.items() if end is not None}}
    if kind == "decimal":
        return {"type": "number"}
    if kind == "enum":
        return {"type": "string", "enum": list(declared.values)}
    return _pattern(_PATTERNS[kind]) if kind in _PATTERNS else {"type": "string", "minLength": 1}


def _pattern(*alternatives: str) -> Schema:
    return {"type": "string", "pattern": f"^({'|'.join(alternatives)})$"}


def _below(namespace: str, prefix: str, local: str) -> str:
    return f"({namespace.replace('.', '[.]')}|{prefix}:)?{local}"


def _typed(declared: Parameter, text: str) -> str | int | float:
    if declared.type in WHOLE:
        return int(text)
    if declared.type == "decimal":
        return float(text) if "." in text else int(text)
    return text


def _body(query: SavedQuery, offer: Format) -> Schema:
    if query.form == "ask" and offer in (JSON, SIMPLE):
        return reference("Truth") if offer == JSON else {"type": "boolean"}
    if query.form == "select" and offer == JSON:
        return reference("Rows")
    if query.form == "select" and offer == SIMPLE:
        return {"type": "array", "items": _row(columns(query))}
    return _plain(offer)


def _plain(offer: Format) -> Schema:
    if offer == JSON_LD:
        return {"type": ["object", "array"]}
    return {} if offer.name.endswith(JSON.name) else TEXT


def _row(names: Sequence[str]) -> Schema:
    """Return the schema of a row in simple JSON: each column, null where nothing is bound."""
    if not names:
        return {"type": "object", "additionalProperties": reference("Value")}
    return {
        "type": "object",
        "required": list(names),
        "properties": {name: reference("Value") for name in names},
        "additionalProperties": False,
    }


def _key(offer: Format) -> str:
    """Return what a body is listed under; the simple JSON is told from other JSON by its profile alone."""
    return offer.content_type if offer == SIMPLE else offer.media_type
