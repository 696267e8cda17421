"""One spelling for each value: what is canonical, what fmt rewrites, what only a person can mend."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from acagraph.graph import misspelt
from acagraph.graph.literals import canonical, problem
from acagraph.vocab import XSD
from turtle_files import HEAD, LINES


def literal(value: str, kind: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + kind))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("integer", "030", "30"),
        ("integer", "-0", "0"),
        ("integer", "+5", "5"),
        ("integer", "-" + "9" * 5000, "-" + "9" * 5000),
        ("decimal", "2.50", "2.5"),
        ("decimal", "3800", "3800.0"),
        ("decimal", "-.50", "-0.5"),
        ("decimal", "-0.0", "0.0"),
        ("decimal", "0.00000000000000000001", "0.00000000000000000001"),
        ("boolean", "1", "true"),
        ("double", "0.95", "9.5E-1"),
        ("double", "100", "1.0E2"),
        ("double", "-0.0", "-0.0E0"),
        ("double", "INF", "INF"),
        ("dateTime", "2018-07-01T00:00:00+00:00", "2018-07-01T00:00:00Z"),
        ("dateTime", "2018-07-01T00:00:00.500Z", "2018-07-01T00:00:00.5Z"),
        ("dateTime", "2018-07-01T00:00:00+09:00", "2018-07-01T00:00:00+09:00"),
        ("dateTime", "-0004-02-29T00:00:00Z", "-0004-02-29T00:00:00Z"),
        ("dateTime", "12000-02-29T00:00:00+14:00", "12000-02-29T00:00:00+14:00"),
        ("gYear", "02018", "02018"),
    ],
)
def test_the_canonical_form_has_the_same_value(kind: str, value: str, expected: str) -> None:
    assert canonical(literal(value, kind)) == literal(expected, kind)
    assert problem(literal(expected, kind)) is None
    assert (problem(literal(value, kind)) is None) == (value == expected)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "1.0"),
        ("integer", "many"),
        ("decimal", "1e3"),
        ("boolean", "yes"),
        ("double", "1,5"),
        ("dateTime", "2018-07-01"),
        ("dateTime", "2018-13-01T00:00:00Z"),
        ("dateTime", "2018-07-32T23:59:59Z"),
        ("dateTime", "2018-02-29T00:00:00Z"),
        ("dateTime", "1900-02-29T00:00:00Z"),
        ("dateTime", "2018-07-01T00:00:00+14:30"),
    ],
)
def test_an_ill_typed_literal_stays_and_is_reported(kind: str, value: str) -> None:
    assert canonical(literal(value, kind)) == literal(value, kind)
    assert problem(literal(value, kind)) == f'"{value}" is not a value of xsd:{kind}; correct it'


def test_texts_have_one_spelling() -> None:
    for text in (ox.Literal("030"), ox.Literal("030", language="en")):
        assert canonical(text) == text
        assert problem(text) is None


def test_misspelt_literals_are_found_with_their_lines() -> None:
    text = (
        "agent:a aca:value 030, 30, 2.50 ;\n"
        '  aca:notBefore "2018-07-01T00:00:00+00:00"^^xsd:dateTime, "2018"^^xsd:integer ;\n'
        "  aca:name '007'@en, '007', true ;\n"
        '  aca:year """x"""^^xsd:integer, "1"^^xsd:int .\n'
    )
    found = misspelt(HEAD + text)
    assert [(item.line - LINES, item.fixable) for item in found] == [
        (1, True),
        (1, True),
        (2, True),
        (4, False),
        (4, False),
    ]
    assert str(found[0]).startswith(f'<text>:{LINES + 1}: "030"^^xsd:integer is not canonical; write "30"')
    assert "write it as an integer" in found[4].message
