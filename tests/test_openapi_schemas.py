"""The JSON Schemas of parameters and rows: they say what the query side takes and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from acagraph.errors import ParameterError
from acagraph.queries import Parameter, SavedQuery
from acagraph.queries.values import candidates
from acagraph.web.schemas import columns, parameter, value

TYPES = [
    (
        "coalition",
        "jci",
        ["jci", "coalition:jci", "https://w3id.org/acagraph/id/coalition/jci"],
        ["a b", "a:b"],
    ),
    ("agent", "sony", ["agent:sony", "coalition:jci", "person:a-b"], ["place:japan", "-", "x?y"]),
    ("class", "Business", ["Business", "aca:Business"], ["1", "org:Organization"]),
    ("property", "memberOf", ["memberOf", "aca:memberOf"], ["member of"]),
    ("iri", "wd:Q1", ["wd:Q1", "http://example.org/é", "urn:a:b"], ["Q1", "http://e/a b", "http://e/<a>"]),
    ("integer", "3", ["3", "-7"], ["x", "1.5", ""]),
    ("decimal", "0.5", ["0.5", "-2", "3"], ["x", ""]),
    ("date", "2018-01", ["2018", "2018-01", "2018-01-31"], ["18", "2018-13", "2018-01-40", "2018-1"]),
    ("language", "en", ["en", "pt-BR"], ["e n", "1", "englishlanguage"]),
    ("string", "a", ["a", "ü ?", "}"], []),
]


@pytest.mark.parametrize(("kind", "example", "right", "wrong"), TYPES)
def test_schemas_take_what_queries_take(kind: str, example: str, right: list[str], wrong: list[str]) -> None:
    declared = Parameter(name="p", type=kind, example=example)
    agree(declared, right, wrong)


def test_schemas_know_schemes_values_and_ranges() -> None:
    concept = Parameter(name="p", type="concept", example="member-count", scheme="metric")
    agree(concept, ["member-count", "metric:member-count"], ["qualifier:exact", "a b"])
    agree(Parameter(name="p", type="enum", example="a", values=("a", "b")), ["a", "b"], ["c", "A", ""])
    bounded = Parameter(name="p", type="integer", example="2", minimum=1, maximum=3)
    agree(bounded, ["1", "3"], ["0", "4"])
    agree(Parameter(name="p", type="year", example="2030"), ["1000", "2030"], ["99", "10000"])
    agree(Parameter(name="p", type="year", example="2030", minimum=1990), ["1990", "2030"], ["1989"])


def agree(declared: Parameter, right: list[str], wrong: list[str]) -> None:
    """Check that the schema and the query side judge texts alike."""
    schema = value(declared)
    Draft202012Validator.check_schema(schema)
    for text in right:
        assert Draft202012Validator(schema).is_valid(read(schema, text)), text
        assert candidates(declared, text)
    for text in wrong:
        assert not Draft202012Validator(schema).is_valid(read(schema, text)), text
        with pytest.raises(ParameterError):
            candidates(declared, text)


def read(schema: Mapping[str, Any], text: str) -> object:
    """Return a text of a query string as the schema's type reads it, or as a text where it cannot."""
    readers = {"integer": int, "number": float}
    try:
        return readers.get(schema["type"], str)(text)
    except ValueError:
        return text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT ?a ?b WHERE { ?a ?p ?b } ORDER BY ?a ?b", ("a", "b")),
        ("SELECT DISTINCT $a (COUNT(?x) AS ?n) { ?a ?p ?x } GROUP BY ?a ORDER BY ?a", ("a", "n")),
        ("SELECT ?a (IF(EXISTS { ?a ?c ?d }, 1, 2) AS ?b) ?e { ?a ?p ?e } ORDER BY ?a", ("a", "b", "e")),
        ("SELECT (SUBSTR(MIN(?x), 2) AS ?a) { { SELECT ?x ?y { ?x ?p ?y } } } ORDER BY ?a", ("a",)),
        ("SELECT * { ?a ?p ?b } ORDER BY ?a", ()),
        ("PREFIX p: <http://e/?a> SELECT ?b { ?b ?p ?c } ORDER BY ?b", ("b",)),
    ],
)
def test_columns_are_the_variables_that_a_select_projects(text: str, found: tuple[str, ...]) -> None:
    assert columns(SavedQuery("q", "s", "d", (), (), text, "select")) == found


def test_a_parameter_that_may_be_left_out_may_be_empty() -> None:
    required = Parameter(name="p", type="year", example="2030", required=True)
    assert "allowEmptyValue" not in parameter(required)
    left = parameter(Parameter(name="p", type="year", example="2030", default="1999"), [{"p": "2040"}, {}])
    assert left["allowEmptyValue"] is True
    assert left["schema"] == {"type": "integer", "minimum": 1000, "maximum": 9999, "default": 1999}
    assert left["examples"] == {"p-1": {"value": 2030}, "p-2": {"value": 2040}}
