"""Rows in every format: as the engine writes them, read back as they were, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import acagraph
from acagraph import queries
from acagraph.errors import NotAcceptable, ParameterError
from acagraph.queries.writing import write, write_truth
from acagraph.stores import Row, Table, Term
from acagraph.stores.media import (
    CSV,
    GRAPHS,
    HTML,
    JSON,
    RESULTS,
    SIMPLE,
    SIMPLE_PROFILE,
    SPREADSHEET,
    TSV,
    TURTLE,
    XML,
    Format,
    by_name,
    negotiate,
)
from acagraph.stores.terms import read_table
from acagraph.vocab import XSD

OFFERS = (*RESULTS, SIMPLE, TURTLE, HTML)
READERS = {
    JSON: ox.QueryResultsFormat.JSON,
    XML: ox.QueryResultsFormat.XML,
    TSV: ox.QueryResultsFormat.TSV,
}

# Every character that XML 1.0 can hold, which is what all formats share.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
TEXTS |= st.text(st.sampled_from(" \t\r\n\"\\'<>&,;=+-@_:a1\x85\u2028\ufeff"))
IRIS = TEXTS.map(lambda text: "http://example.org/" + "".join(filter(str.isalnum, text))).filter(
    lambda iri: iri.isprintable()
)
LITERALS = st.one_of(
    st.builds(lambda text: Term("literal", text), TEXTS),
    st.builds(lambda text, tag: Term("literal", text, tag), TEXTS, st.sampled_from(["en", "ja", "pt-br"])),
    st.builds(
        lambda text, name: Term("literal", text, "", XSD + name),
        TEXTS | st.from_regex(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
        st.sampled_from(["integer", "decimal", "double", "boolean", "dateTime", "gYear"]),
    ),
)
TERMS = st.one_of(
    LITERALS,
    st.builds(lambda iri: Term("iri", iri), IRIS),
    st.builds(lambda name: Term("blank", name), st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)),
)
VARIABLES = ("a", "b", "größe")
TABLES = st.lists(st.dictionaries(st.sampled_from(VARIABLES), TERMS), max_size=5).map(
    lambda found: table(*found, variables=VARIABLES)
)


def table(*rows: dict[str, Term], variables: tuple[str, ...] = ("a", "b")) -> Table:
    return Table(variables, tuple(Row(variables, row) for row in rows), len(rows))


def literal(value: str, datatype: str = "") -> Term:
    return Term("literal", value, "", XSD + datatype if datatype else "")


def term(found: ox.NamedNode | ox.BlankNode | ox.Literal) -> Term:
    if isinstance(found, ox.NamedNode):
        return Term("iri", found.value)
    if isinstance(found, ox.BlankNode):
        return Term("blank", found.value)
    datatype = "" if found.language or found.datatype.value == XSD + "string" else found.datatype.value
    return Term("literal", found.value, found.language or "", datatype)


def engine_reads(body: bytes, form: Format) -> list[dict[str, Term]]:
    solutions = ox.parse_query_results(body, format=READERS[form])
    assert isinstance(solutions, ox.QuerySolutions)
    assert [variable.value for variable in solutions.variables] == list(VARIABLES)
    return [{name: term(row[name]) for name in VARIABLES if row[name] is not None} for row in solutions]


# The formats of the W3C


def test_real_rows_are_written_as_the_engine_writes_them(release: Path) -> None:
    compared = 0
    with acagraph.open(release) as dataset:
        for query in dataset.queries.values():
            if not query.paged:
                continue
            try:
                text = queries.resolve(dataset.store, query, query.example)
            except ParameterError:  # an actor of a register, which this release is without
                continue
            rows = read_table(dataset.store.answer(text, accept=JSON.media_type).read())
            for form in RESULTS:
                expected = dataset.store.answer(text, accept=form.media_type).read()
                assert write(rows, form) == expected, (query.name, form.name)
            compared += rows.total
    assert compared > 300


@given(TABLES, st.sampled_from(list(READERS)))
def test_what_is_written_is_read_back_as_it_was(rows: Table, form: Format) -> None:
    assert engine_reads(write(rows, form), form) == [dict(row) for row in rows.rows]


@given(TABLES)
def test_our_own_reader_reads_the_same(rows: Table) -> None:
    read = read_table(write(rows, JSON))
    assert (read.variables, read.total) == (rows.variables, rows.total)
    assert [dict(row) for row in read.rows] == [dict(row) for row in rows.rows]


@given(TABLES)
def test_csv_holds_the_bare_values(rows: Table) -> None:
    body = write(rows, CSV)
    read = list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
    expected = [list(VARIABLES)] + [
        [
            ("_:" if row[name].kind == "blank" else "") + row[name].value if name in row else ""
            for name in VARIABLES
        ]
        for row in rows.rows
    ]
    assert read == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (literal("5", "integer"), "5"),
        (literal("2.50", "decimal"), "2.50"),
        (literal("5", "decimal"), f'"5"^^<{XSD}decimal>'),
        (literal("1.0E3", "double"), "1.0E3"),
        (literal("1000", "double"), f'"1000"^^<{XSD}double>'),
        (literal("1e3", "float"), f'"1e3"^^<{XSD}float>'),
        (literal("true", "boolean"), "true"),
        (literal("1", "boolean"), f'"1"^^<{XSD}boolean>'),
        (literal("five", "integer"), f'"five"^^<{XSD}integer>'),
        (literal('a\tb\n"c"\\'), r'"a\tb\n\"c\"\\"'),
        (Term("literal", "気候", "ja"), '"気候"@ja'),
        (Term("iri", "http://example.org/ü"), "<http://example.org/ü>"),
        (Term("blank", "b0"), "_:b0"),
    ],
)
def test_tsv_has_terms_as_turtle_does(found: Term, expected: str) -> None:
    assert write(table({"a": found}, variables=("a",)), TSV).decode() == f"?a\n{expected}\n"


@pytest.mark.parametrize("wrong", ["\x00", "\x1b", "\ufffe"])
def test_xml_is_refused_where_it_cannot_hold_a_character(wrong: str) -> None:
    rows = table({"a": literal(f"a{wrong}")})
    with pytest.raises(NotAcceptable, match=f"U\\+{ord(wrong):04X} of the answer; ask for JSON"):
        write(rows, XML)
    assert json.loads(write(rows, JSON))["results"]["bindings"][0]["a"]["value"] == f"a{wrong}"


# Simple JSON


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (literal("5", "integer"), "5"),
        (literal("-0012", "integer"), "-12"),
        (literal("+7", "nonNegativeInteger"), "7"),
        (literal("12345678901234567890123", "integer"), "12345678901234567890123"),
        (literal("0.1234567890123456789", "decimal"), "0.1234567890123456789"),
        (literal(".5", "decimal"), "0.5"),
        (literal("5.", "decimal"), "5"),
        (literal("-1.5E3", "double"), "-1.5E3"),
        (literal("INF", "double"), '"INF"'),
        (literal("e5", "double"), '"e5"'),
        (literal("five", "integer"), '"five"'),
        (literal("true", "boolean"), "true"),
        (literal("0", "boolean"), "false"),
        (literal("2018-07-01T00:00:00Z", "dateTime"), '"2018-07-01T00:00:00Z"'),
        (literal("5"), '"5"'),
        (Term("literal", "気候", "ja"), '"気候"'),
        (Term("iri", "http://example.org/a"), '"http://example.org/a"'),
        (Term("blank", "b0"), '"_:b0"'),
    ],
)
def test_simple_json_has_typed_values(found: Term, expected: str) -> None:
    assert write(table({"a": found}), SIMPLE).decode() == f'[\n{{"a": {expected}, "b": null}}\n]\n'


@given(TABLES)
def test_simple_json_is_json_with_every_variable(rows: Table) -> None:
    read = json.loads(write(rows, SIMPLE), parse_float=Decimal)
    assert [list(item) for item in read] == [list(VARIABLES)] * len(rows.rows)
    for item, row in zip(read, rows.rows, strict=True):
        for name, value in item.items():
            assert (value is None) == (name not in row)
            if isinstance(value, str):
                assert value.removeprefix("_:") == row[name].value.removeprefix("_:")


def test_no_rows_and_truth_are_simple_too() -> None:
    assert json.loads(write(table(), SIMPLE)) == []
    assert [json.loads(write_truth(truth)) for truth in (True, False)] == [True, False]


# CSV for spreadsheets


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (literal('=HYPERLINK("http://example.org/","x")'), '\'=HYPERLINK("http://example.org/","x")'),
        (literal("+1"), "'+1"),
        (literal("-1"), "'-1"),
        (literal("-1", "integer"), "-1"),
        (literal("-0.1234567890123456789", "decimal"), "-0.1234567890123456789"),
        (literal("+1.5e3", "double"), "+1.5e3"),
        (literal("-INF", "double"), "'-INF"),
        (literal("-1+cmd|' /C calc'!A0", "integer"), "'-1+cmd|' /C calc'!A0"),
        (literal("@SUM(A1)"), "'@SUM(A1)"),
        (literal("\t=1"), "'\t=1"),
        (literal("\r=1"), "'\r=1"),
        (literal("\n=1"), "'\n=1"),
        (literal("＝1+1"), "'＝1+1"),
        (Term("literal", "-ism", "en"), "'-ism"),
        (literal("a=b"), "a=b"),
        (literal("'quoted'"), "'quoted'"),
        (literal('He said "no", twice\r\nthen left'), 'He said "no", twice\r\nthen left'),
        (literal("気候変動"), "気候変動"),
    ],
)
def test_no_text_is_a_formula_in_a_spreadsheet(found: Term, expected: str) -> None:
    body = write(table({"a": found, "b": literal("end")}), SPREADSHEET)
    assert body.startswith(b"\xef\xbb\xbfa,b\r\n")
    assert body.endswith(b",end\r\n")
    read = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    assert read == [["a", "b"], [expected, "end"]]


@given(TABLES)
def test_a_spreadsheet_has_each_value_and_begins_no_cell_as_a_formula(rows: Table) -> None:
    body = write(rows, SPREADSHEET)
    read = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    assert len(read) == 1 + len(rows.rows)
    for cells, row in zip(read[1:], rows.rows, strict=True):
        for name, cell in zip(VARIABLES, cells, strict=True):
            value = row[name].value if name in row else ""
            assert cell.removeprefix("'").removeprefix("_:") == value.removeprefix("'").removeprefix("_:")
            if cell.startswith(tuple("=+-@\t\r\n")):
                assert row[name].datatype.startswith(XSD)
                assert float(cell) == float(value)


# Which format


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/sparql-results+json", JSON),
        (f'application/json;profile="{SIMPLE_PROFILE}"', SIMPLE),
        (f"application/json; profile={SIMPLE_PROFILE}", SIMPLE),
        (f'application/json; Profile="https://example.org/a {SIMPLE_PROFILE}"; q=0.5', SIMPLE),
        (f'application/json;profile="{SIMPLE_PROFILE}", text/csv;q=0.9', SIMPLE),
        (f'application/json;profile="{SIMPLE_PROFILE}";q=0.4, text/csv;q=0.9', CSV),
        (f'application/json;q=0.9, application/json;q=0.1;profile="{SIMPLE_PROFILE}"', JSON),
        ('application/json;profile="https://example.org/unknown"', JSON),
        ('application/json;profile="a,b;c"', JSON),
        ('text/csv;header="present, really; yes"', CSV),
        ('text/csv;charset="unclosed', CSV),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        ("text/csv;q=0, text/*", TSV),
    ],
)
def test_an_accept_header_chooses(accept: str, expected: Format) -> None:
    assert negotiate(accept, OFFERS) is expected


def test_a_profile_that_is_not_on_offer_counts_for_nothing() -> None:
    assert negotiate(f'application/json;profile="{SIMPLE_PROFILE}"', GRAPHS).name == "jsonld"
    with pytest.raises(NotAcceptable, match=r'application/json; profile="https://w3id\.org'):
        negotiate("image/png", OFFERS)


def test_of_an_endless_accept_header_the_beginning_counts() -> None:
    assert negotiate("text/csv, " + "image/png," * 20_000, OFFERS) is CSV
    with pytest.raises(NotAcceptable):
        negotiate("image/png," * 20_000 + "text/csv", OFFERS)
    for hostile in ('"' + '\\"' * 30_000, '"a' * 30_000, ";" * 60_000):
        assert negotiate(f"text/csv;a={hostile}", OFFERS) is CSV


@pytest.mark.parametrize(
    ("name", "offers", "expected"),
    [
        ("simple.json", OFFERS, SIMPLE),
        ("json", OFFERS, JSON),
        ("text/csv", (SPREADSHEET, *OFFERS), SPREADSHEET),
        ("xml", OFFERS, XML),
        ("xml", GRAPHS, GRAPHS[3]),
        ("turtle", OFFERS, TURTLE),
        ("n3", GRAPHS, TURTLE),
    ],
)
def test_a_name_chooses(name: str, offers: tuple[Format, ...], expected: Format) -> None:
    assert by_name(name, offers) is expected


def test_an_unknown_name_tells_those_there_are() -> None:
    with pytest.raises(NotAcceptable, match=r"choose one of json, xml, csv, tsv, simple\.json, ttl, html"):
        by_name("application/json", OFFERS)
