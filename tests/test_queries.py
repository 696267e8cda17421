"""Saved queries: headers, typed binding, the catalogue and running."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

import acagraph
from acagraph.errors import NotAcceptable, NotFound, ParameterError, QueryError, SourceError
from acagraph.queries import (
    Paging,
    Parameter,
    SavedQuery,
    bind,
    catalogue,
    find,
    formats,
    load,
    lookup,
    reply,
    run,
)
from acagraph.queries.binding import insert, read, serialise, serialised
from acagraph.queries.template import Template, regions
from acagraph.queries.values import candidates
from acagraph.stores import EmbeddedStore, Term, check_syntax, open_store, rows
from acagraph.stores.media import JSON, SIMPLE
from acagraph.vocab import BASE, EXTERNAL, XSD, expand

from small import DATA, QUERIES

HEAD = "#+ summary: A question\n#+ description: What it answers.\n"
TAKES_CITY = "#+ params:\n#+   - {name: city, type: place, required: true, example: tokyo}\n"
BODY = "SELECT ?city WHERE { ?city ?p ?o }\nORDER BY ?city\n"
EMPTY = open_store(DATA)


def write(folder: Path, text: str, name: str = "question") -> Path:
    path = folder / f"{name}.rq"
    path.write_text(text, encoding="utf-8")
    return path


def asked(kind: str, *, scheme: str | None = None, bound: str = "lower") -> Parameter:
    shown = {"integer": "7", "decimal": "7.5", "date": "2018", "year": "2018", "concept": "exact"}
    upper = bound == "upper"
    return Parameter("x", kind, shown.get(kind, "jci"), scheme=scheme, bound="upper" if upper else "lower")


def ranged(kind: str, minimum: int | None, maximum: int | None) -> Parameter:
    return Parameter("x", kind, "7", minimum=minimum, maximum=maximum)


def one_of(*values: str) -> Parameter:
    return Parameter("x", "enum", values[0], values=values)


# Headers


def test_a_header_is_read(tmp_path: Path) -> None:
    query = catalogue.read(
        write(
            tmp_path,
            HEAD + "#+ tags: [time, members]\n#+ params:\n"
            "#+   - name: since\n#+     type: date\n#+     bound: upper\n"
            "#+     example: 2018\n#+     default: 2017-06\n"
            "SELECT ?since WHERE { ?s ?p ?since } ORDER BY ?since\n",
        )
    )
    assert (query.name, query.summary, query.tags) == ("question", "A question", ("time", "members"))
    assert query.form == "select"
    assert query.parameters == (
        Parameter("since", "date", "2018", default="2017-06", bound="upper"),
    )  # a year in YAML stays text
    assert query.sparql == "SELECT ?since WHERE { ?s ?p ?since } ORDER BY ?since"


def test_enumerations_years_and_ranges_are_read(tmp_path: Path) -> None:
    query = catalogue.read(
        write(
            tmp_path,
            HEAD + "#+ params:\n"
            "#+   - {name: order, type: enum, values: [no, 2018-01-01], default: no, example: 2018-01-01}\n"
            "#+   - {name: year, type: year, minimum: 1990, maximum: 2100, example: 2018}\n"
            "#+   - {name: most, type: integer, minimum: -5, example: 3}\n"
            "SELECT * WHERE { ?order ?year ?most } ORDER BY ?order ?year ?most\n",
        )
    )
    assert query.parameters == (
        Parameter("order", "enum", "2018-01-01", default="no", values=("no", "2018-01-01")),
        Parameter("year", "year", "2018", minimum=1990, maximum=2100),
        Parameter("most", "integer", "3", minimum=-5),
    )


ENUM = HEAD + "#+ params:\n#+   - {name: city, type: enum, "
NUMBER = HEAD + "#+ params:\n#+   - {name: city, type: integer, example: 7, "


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (ENUM + "example: x}\n" + BODY, 4, "needs a list of values"),
        (ENUM + "values: x, example: x}\n" + BODY, 4, "expected a list"),
        (ENUM + "values: [], example: x}\n" + BODY, 4, "a list of different texts"),
        (ENUM + "values: [x, x], example: x}\n" + BODY, 4, "write each once"),
        (ENUM + "values: [x, y], example: z}\n" + BODY, 4, "write one of x, y"),
        (ENUM + "values: [x, y], example: x, default: z}\n" + BODY, 4, "write one of x, y"),
        (ENUM + "values: [x], example: x, minimum: 1}\n" + BODY, 4, "only for integer and year"),
        (NUMBER + "values: [7]}\n" + BODY, 4, "needs a list of values"),
        (NUMBER + "minimum: few}\n" + BODY, 4, "'few' is no whole number"),
        (NUMBER + "maximum: 1.5}\n" + BODY, 4, "'1.5' is no whole number"),
        (NUMBER + "minimum: 9, maximum: 7}\n" + BODY, 4, "greater than the maximum"),
        (NUMBER + "minimum: 8}\n" + BODY, 4, "out of range; write a whole number of 8 at least"),
        (HEAD + "SELECT ?x { ?x ?y ?z }\nORDER BY ?x\nLIMIT 5\n", 5, "LIMIT and OFFSET are for whoever asks"),
        (HEAD + "SELECT ?x { ?x ?y ?z } ORDER BY ?x OFFSET 5\n", 3, "put them into a sub-select"),
        (BODY, 1, "no header"),
        (HEAD + "#+ sumary: x\n" + BODY, 3, "did you mean summary?"),
        (HEAD + "#+ server: http://example.org/\n" + BODY, 3, "unknown key 'server'"),
        (HEAD + "#+ summary: again\n" + BODY, 3, "stands twice"),
        ("#+ summary: A question\n" + BODY, 1, "description is missing"),
        (HEAD + "#+ tags: [a\n" + BODY, 3, "not YAML"),
        (HEAD + "#+ tags: members\n" + BODY, 3, "expected a list"),
        (HEAD + BODY + "#+ tags: [a]\n", 5, "below the header"),
        (HEAD + "#+ params:\n#+   - {name: city, type: town, example: tokyo}\n" + BODY, 4, "unknown type"),
        (HEAD + "#+ params:\n#+   - {name: city, type: place}\n" + BODY, 4, "example is missing"),
        (HEAD + "#+ params:\n#+   - {name: format, type: string, example: x}\n" + BODY, 4, "cannot be a"),
        (HEAD + "#+ params:\n#+   - {name: city, type: concept, example: x}\n" + BODY, 4, "needs a scheme"),
        (
            HEAD + "#+ params:\n#+   - {name: city, type: place, example: x, bound: upper}\n" + BODY,
            4,
            "bound",
        ),
        (
            HEAD + "#+ params:\n#+   - {name: city, type: place, exmple: x}\n" + BODY,
            4,
            "did you mean example?",
        ),
        (HEAD + "#+ params:\n#+   - {name: town, type: place, example: x}\n" + BODY, 4, "not in the query"),
        (HEAD + "#+ params:\n#+   - {name: city, type: integer, example: x}\n" + BODY, 4, "not an integer"),
        (HEAD + TAKES_CITY + TAKES_CITY.splitlines()[1] + "\n" + BODY, 5, "declared twice"),
        (HEAD + TAKES_CITY + "#+ examples: [{town: tokyo}]\n" + BODY, 5, "unknown key 'town'"),
        (HEAD + "SELECT ?x WHERE {\n  ?x ?y $town\n}\nORDER BY ?x\n", 4, "$town is not declared"),
        (HEAD + "SELECT ?x WHERE {\n  ?x ?y ?z\nORDER BY ?x\n}\n", 5, "syntax error"),
        (HEAD + "SELECT ?x { SERVICE <http://a/> { ?x ?y ?z } } ORDER BY ?x\n", None, "SERVICE"),
        (HEAD + "SELECT ?x { { SELECT ?x { ?x ?y ?z } ORDER BY ?x } }\n", None, "ORDER BY"),
        (HEAD + "DESCRIBE <http://example.org/>\n", None, "not a DESCRIBE"),
        (HEAD + "DELETE WHERE { ?x ?y ?z }\n", 3, "read-only"),
        (HEAD + TAKES_CITY + "CONSTRUCT WHERE { ?city ?p ?o }\n", 4, "write one in full"),
    ],
)
def test_a_wrong_header_or_query_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int | None, said: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SourceError) as caught:
        load(tmp_path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}:{line}: " if line else f"{path}: ")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        load(tmp_path / "absent")


def test_folders_inside_are_not_loaded(tmp_path: Path) -> None:
    write(tmp_path, HEAD + TAKES_CITY + BODY)
    (tmp_path / "checks").mkdir()
    write(tmp_path / "checks", "no header")
    assert list(load(tmp_path)) == ["question"]


def test_the_real_queries_load() -> None:
    folder = QUERIES.parents[3] / "queries"
    names = {path.stem for path in folder.glob("*.rq")}
    if not names:
        pytest.skip("queries/ holds no saved query yet")
    assert set(load(folder)) == names


# Values


@pytest.mark.parametrize(
    ("parameter", "text", "expected"),
    [
        (asked("coalition"), "jci", f"{BASE}id/coalition/jci"),
        (asked("coalition"), " JCI ", f"{BASE}id/coalition/jci"),
        (asked("coalition"), "coalition:ACA-SA", f"{BASE}id/coalition/aca-sa"),
        (asked("coalition"), f"{BASE}id/coalition/aca-mx", f"{BASE}id/coalition/aca-mx"),
        (asked("agent"), "sony", f"{BASE}id/agent/sony"),
        (asked("agent"), "coalition:jci", f"{BASE}id/coalition/jci"),
        (asked("class"), "Coalition", f"{BASE}ontology#Coalition"),
        (asked("property"), "aca:memberOf", f"{BASE}ontology#memberOf"),
        (asked("concept", scheme="qualifier"), "at-least", f"{BASE}scheme/qualifier/at-least"),
        (asked("concept", scheme="qualifier"), "qualifier:exact", f"{BASE}scheme/qualifier/exact"),
        (asked("iri"), "wd:Q38283", "http://www.wikidata.org/entity/Q38283"),
        (asked("iri"), "https://example.org/ü?q=%20#x", "https://example.org/ü?q=%20#x"),
        (asked("iri"), "urn:isbn:123", "urn:isbn:123"),
        (asked("iri"), "https://www.wikidata.org/wiki/Q38283", "http://www.wikidata.org/entity/Q38283"),
        (asked("iri"), "https://www.wikidata.org/entity/Q38283", "http://www.wikidata.org/entity/Q38283"),
    ],
)
def test_names_become_iris(parameter: Parameter, text: str, expected: str) -> None:
    assert candidates(parameter, text)[0] == Term("iri", expected)


@pytest.mark.parametrize(
    ("parameter", "text", "value", "datatype"),
    [
        (asked("integer"), "2030", "2030", "integer"),
        (asked("integer"), "+007", "7", "integer"),
        (asked("decimal"), "40", "40", "decimal"),
        (asked("decimal"), "-2.50", "-2.5", "decimal"),
        (asked("decimal"), ".5", "0.5", "decimal"),
        (asked("decimal"), "-0.0", "0", "decimal"),
        (asked("decimal"), "100", "100", "decimal"),
        (asked("year"), "2030", "2030", "integer"),
        (asked("year"), " 0800 ", "800", "integer"),
        (ranged("integer", 1, 9), "9", "9", "integer"),
        (ranged("integer", -9, None), "-9", "-9", "integer"),
        (ranged("year", None, 2100), "2100", "2100", "integer"),
        (asked("date"), "2018", "2018-01-01T00:00:00Z", "dateTime"),
        (asked("date"), "2018-07", "2018-07-01T00:00:00Z", "dateTime"),
        (asked("date"), "2018-07-09", "2018-07-09T00:00:00Z", "dateTime"),
        (asked("date", bound="upper"), "2018", "2018-12-31T23:59:59Z", "dateTime"),
        (asked("date", bound="upper"), "2020-02", "2020-02-29T23:59:59Z", "dateTime"),
        (asked("date", bound="upper"), "2018-07-09", "2018-07-09T23:59:59Z", "dateTime"),
    ],
)
def test_numbers_and_dates_become_typed_literals(
    parameter: Parameter, text: str, value: str, datatype: str
) -> None:
    assert candidates(parameter, text) == (Term("literal", value, "", XSD + datatype),)


def test_a_value_of_an_enumeration_is_a_plain_text() -> None:
    assert candidates(one_of("rising", "falling"), " falling") == (Term("literal", "falling"),)


@pytest.mark.parametrize(
    ("parameter", "text", "said"),
    [
        (one_of("rising", "falling"), "up", "x='up' is none of its values; write one of rising, falling"),
        (one_of("rising", "falling"), "RISING", "write one of rising, falling"),
        (one_of("rising", "falling"), "", "write one of rising, falling"),
        (ranged("integer", 1, 9), "10", "x='10' is out of range; write a whole number from 1 to 9"),
        (ranged("integer", None, 9), "10", "write a whole number of 9 at most"),
        (ranged("year", 1990, None), "1989", "write a year of four digits of 1990 at least"),
        (
            ranged("year", 1990, 2100),
            "19900",
            "x='19900' is not a year; write a year of four digits from 1990",
        ),
    ],
)
def test_what_is_not_among_the_values_is_told_them(parameter: Parameter, text: str, said: str) -> None:
    with pytest.raises(ParameterError) as caught:
        candidates(parameter, text)
    assert said in str(caught.value)
    assert (caught.value.parameter, caught.value.status) == ("x", 422)


def test_a_language_is_a_plain_text_in_lower_case() -> None:
    assert candidates(asked("language"), "pt-BR") == (Term("literal", "pt-br"),)


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        (asked("coalition"), ""),
        (asked("coalition"), "japan climate"),
        (asked("coalition"), "agent:sony"),
        (asked("coalition"), "nope:jci"),
        (asked("coalition"), "jci> } DROP ALL"),
        (asked("coalition"), "https://example.org/id/coalition/jci"),
        (asked("coalition"), f"{BASE}id/coalition/../agent/sony"),
        (asked("class"), "Coalition> ."),
        (asked("class"), "skos:Concept"),
        (asked("concept", scheme="qualifier"), "metric:population"),
        (asked("iri"), "wdt:Q1"),
        (asked("iri"), "no iri"),
        (asked("iri"), "http://example.org/a b"),
        (asked("iri"), "http://example.org/> } ASK {"),
        (asked("iri"), "http://example.org/%zz"),
        (asked("iri"), 'http://example.org/"'),
        (asked("iri"), "http://example.org/\\u003e"),
        (asked("integer"), "2030.0"),
        (asked("integer"), "٢٠٣٠"),
        (asked("integer"), "1_000"),
        (asked("integer"), "9" * 5_000),
        (asked("decimal"), "1e3"),
        (asked("decimal"), "NaN"),
        (asked("decimal"), "1,5"),
        (asked("year"), "0000"),
        (asked("year"), "18"),
        (asked("year"), "+2018"),
        (asked("year"), "２０１８"),
        (asked("date"), "2018-13"),
        (asked("date"), "2018-02-30"),
        (asked("date"), "0000"),
        (asked("date"), "2018-00"),
        (asked("date"), "July 2018"),
        (asked("language"), "en; DROP"),
        (asked("string"), "half of a pair \ud800"),
    ],
)
def test_an_ill_typed_value_is_refused_with_an_example(parameter: Parameter, text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        candidates(parameter, text)
    assert f"for example x={parameter.example}" in str(caught.value)


# Binding


def echo(kind: str) -> SavedQuery:
    parameter = Parameter("x", kind, "x", required=True)
    return SavedQuery("echo", "", "", (parameter,), (), "SELECT ?x WHERE { } ORDER BY ?x", "select")


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("\\u0022 } DROP ALL {")
@example("\\\\u0022")
@example('" } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #')
@example('"""')
@example("\x00\x1f\x7f\x85\ufffe\uffff\u2028\r\n\t\b\f")
@example("VALUES ?x { 1 } $x ?x")
def test_any_text_arrives_as_exactly_that_literal(text: str) -> None:
    query = bind(echo("string"), {"x": text})
    assert [row["x"] for row in rows(EMPTY, query)] == [Term("literal", text)]


@given(st.text(st.sampled_from('\\u0041"{}<>?$ \n')))
def test_escapes_read_before_parsing_change_nothing(text: str) -> None:
    # Some engines replace \uXXXX before they parse (SPARQL 1.1, section 19.2).
    import re

    query = bind(echo("string"), {"x": text})
    early = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), query)
    control = any(ord(character) < 32 for character in text)
    if not control and early.count("\n") == query.count("\n"):
        assert [row["x"].value for row in rows(EMPTY, early)] == [text]


@given(st.text(max_size=40).map(lambda tail: f"http://example.org/{tail}"))
def test_an_iri_arrives_as_itself_or_is_refused(iri: str) -> None:
    try:
        query = bind(echo("iri"), {"x": iri})
    except ParameterError:
        return
    assert [row["x"] for row in rows(EMPTY, query)] == [Term("iri", iri.strip())]


@given(st.sampled_from(["coalition", "class", "integer", "year", "decimal", "date", "language"]), st.text())
def test_no_other_value_breaks_a_query(kind: str, text: str) -> None:
    try:
        query = bind(echo(kind), {"x": text})
    except ParameterError:
        return
    assert len(rows(EMPTY, query)) == 1


def test_a_term_with_a_bad_iri_is_not_written() -> None:
    with pytest.raises(ParameterError, match="not an IRI"):
        serialise(Term("iri", "http://example.org/> }"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * WHERE { ?x ?p ?o }", "SELECT * WHERE { VALUES ?x { 1 } ?x ?p ?o }"),
        ("SELECT * { ?x ?p ?o }", "SELECT * { VALUES ?x { 1 } ?x ?p ?o }"),
        (
            "SELECT (EXISTS { ?a ?b ?c } AS ?e) { ?x ?p ?o }",
            "SELECT (EXISTS { ?a ?b ?c } AS ?e) { VALUES ?x { 1 } ?x ?p ?o }",
        ),
        (
            'SELECT * FROM <http://e/#a> # {\nWHERE { ?x ?p "{" }',
            'SELECT * FROM <http://e/#a> # {\nWHERE { VALUES ?x { 1 } ?x ?p "{" }',
        ),
        ("ASK{}", "ASK{ VALUES ?x { 1 }}"),
        (
            "CONSTRUCT { ?x ?p ?o } WHERE { ?x ?p ?o }",
            "CONSTRUCT { ?x ?p ?o } WHERE { VALUES ?x { 1 } ?x ?p ?o }",
        ),
        (
            "# CONSTRUCT {\nPREFIX where: <http://e/> ASK WHERE { where:x ?p ?x }",
            "# CONSTRUCT {\nPREFIX where: <http://e/> ASK WHERE { VALUES ?x { 1 } where:x ?p ?x }",
        ),
    ],
)
def test_values_stand_at_the_start_of_the_outermost_where(text: str, expected: str) -> None:
    one = Term("literal", "1", "", XSD + "integer")
    assert insert(text, {"x": one}).replace(serialise(one), "1") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SELECT * { { SELECT ?x (MAX(?o) AS ?y) { ?x ?p ?o } GROUP BY ?x } }",
            "SELECT * { VALUES ?x { 1 }"
            " { SELECT ?x (MAX(?o) AS ?y) { VALUES ?x { 1 } ?x ?p ?o } GROUP BY ?x } }",
        ),
        (  # not projected, or only made there: another variable
            "SELECT * { { SELECT ?y { ?x ?p ?y } } { SELECT (1 AS ?x) { ?x ?p ?y } } }",
            "SELECT * { VALUES ?x { 1 } { SELECT ?y { ?x ?p ?y } } { SELECT (1 AS ?x) { ?x ?p ?y } } }",
        ),
        (  # below one that does not project it
            "SELECT * { { SELECT ?y { { SELECT ?x ?y { ?x ?p ?y } } } } }",
            "SELECT * { VALUES ?x { 1 } { SELECT ?y { { SELECT ?x ?y { ?x ?p ?y } } } } }",
        ),
        (  # a LIMIT would cut other rows, there and below, not beside
            "SELECT * { { SELECT ?x { { SELECT ?x { ?x ?p ?y } } } LIMIT 2 }"
            " { SELECT ?x { ?x ?p ?z } } } LIMIT 9",
            "SELECT * { VALUES ?x { 1 } { SELECT ?x { { SELECT ?x { ?x ?p ?y } } } LIMIT 2 }"
            " { SELECT ?x { VALUES ?x { 1 } ?x ?p ?z } } } LIMIT 9",
        ),
        (
            "ASK { FILTER NOT EXISTS { { select $x where { { ?x ?p ?o } } } } }",
            "ASK { VALUES ?x { 1 } FILTER NOT EXISTS"
            " { { select $x where { VALUES ?x { 1 } { ?x ?p ?o } } } } }",
        ),
    ],
)
def test_values_stand_in_a_subselect_that_projects_them(text: str, expected: str) -> None:
    one = Term("literal", "1", "", XSD + "integer")
    assert insert(text, {"x": one}).replace(serialise(one), "1") == expected


@pytest.mark.parametrize("text", ["DESCRIBE <http://e/>", "CONSTRUCT WHERE { ?x ?p ?o }"])
def test_a_query_that_cannot_take_parameters_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="no WHERE"):
        insert(text, {"x": Term("literal", "a")})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SELECT * { ?x ?p ?o } ORDER BY ?x # LIMIT 3",
            "SELECT * { ?x ?p ?o } ORDER BY ?x LIMIT 9 # LIMIT 3",
        ),
        (
            "SELECT ?x { ?x ?p ?o { SELECT ?x { ?x ?p ?o } LIMIT 3 } } ORDER BY ?x\nVALUES ?x { 1 }",
            "SELECT ?x { ?x ?p ?o { SELECT ?x { ?x ?p ?o } LIMIT 3 } } ORDER BY ?x LIMIT 9\nVALUES ?x { 1 }",
        ),
        (
            "SELECT ?x { VALUES ?x { 1 } } GROUP BY ?x HAVING (?x > 0) ORDER BY DESC(?x)\n",
            "SELECT ?x { VALUES ?x { 1 } } GROUP BY ?x HAVING (?x > 0) ORDER BY DESC(?x) LIMIT 9\n",
        ),
    ],
)
def test_the_bounds_of_a_page_stand_where_they_may(text: str, expected: str) -> None:
    template = Template.of(text, (), paged=True)
    assert template.fill({}, page=" LIMIT 9") == expected
    assert template.fill({}) == text
    check_syntax(expected)


@given(st.sets(st.sampled_from(["x", "y", "z"])))
def test_a_template_is_filled_as_the_text_would_be(bound: set[str]) -> None:
    text = (
        "SELECT * { ?x ?p ?y { SELECT ?z (1 AS ?one) ?x { ?x ?y ?z } } { SELECT ?y { ?y ?y ?y } LIMIT 2 } }"
    )
    terms = {name: Term("literal", name) for name in "xyz" if name in bound}
    filled = Template.of(text, ("x", "y", "z"), paged=True).fill(serialised(terms))
    assert filled == insert(text, terms)
    assert filled.count("VALUES") == len(bound) + len(bound & {"x", "z"})


APART = """SELECT ?city WHERE {
  ?city ?p ?o .
  # with day
  FILTER(!BOUND(?day) || ?o < ?day)
  # end
  # with kind
  FILTER(!BOUND(?kind) || EXISTS { ?city a ?kind })
  # end
} ORDER BY ?city
"""
OPTIONAL = """#+ params:
#+   - {name: day, type: date, example: 2018}
#+   - {name: kind, type: class, example: A}
"""


def test_lines_of_a_parameter_are_left_out_where_it_is_not_given(tmp_path: Path) -> None:
    query = catalogue.read(write(tmp_path, HEAD + OPTIONAL + APART))
    whole, half, bare = (
        query.fill(dict.fromkeys(names, "<http://e/>")) for names in (("day", "kind"), ("kind",), ())
    )
    assert [text.count("FILTER") for text in (whole, half, bare)] == [2, 1, 0]
    assert [text.count("VALUES") for text in (whole, half, bare)] == [2, 1, 0]
    assert [text.count("\n") for text in (whole, half, bare)] == [query.text.count("\n")] * 3
    assert bind(query, {}) == bare
    assert "#+" not in whole
    assert query.sparql == APART.strip()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            HEAD + OPTIONAL + APART.replace("with day", "with town"),
            8,
            "'# with town' needs an optional parameter",
        ),
        (HEAD + OPTIONAL.replace("date,", "date, default: 2017,") + APART, 8, "without default"),
        (
            HEAD + OPTIONAL.replace("date,", "date, required: true,") + APART,
            8,
            "needs an optional parameter day",
        ),
        (
            HEAD
            + OPTIONAL
            + APART.replace("# with kind", "{ # with kind").replace("  # with day", "} # with day"),
            None,
            "syntax error",
        ),
        (
            HEAD + OPTIONAL + APART.replace("  # with day\n", "  {\n  # with day\n  }\n", 1),
            None,
            "without the lines of optional parameters: line 16",
        ),
    ],
)
def test_lines_that_cannot_be_left_out_are_refused(
    tmp_path: Path, text: str, line: int | None, said: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SourceError) as caught:
        catalogue.read(path)
    assert said in str(caught.value)
    assert line is None or str(caught.value).startswith(f"{path}:{line}: ")


def test_lines_set_apart_change_no_answer_where_they_are_left_out(release: Path) -> None:
    compared = 0
    with acagraph.open(release) as dataset:
        for query in dataset.queries.values():
            if not regions(query.text):
                continue
            required = {p.name: p.example for p in query.parameters if p.required}
            terms = lookup.choose(dataset.store, query.parameters, read(query, required), redirects={})
            apart, whole = query.fill(serialised(terms)), insert(query.text, terms)
            assert len(apart) < len(whole)
            answers = [dataset.store.answer(text, accept="text/csv").read() for text in (apart, whole)]
            assert answers[0] == answers[1], query.name
            compared += 1
    assert compared > 5


def test_a_query_may_say_of_which_graphs_it_is_asked(small: acagraph.Dataset) -> None:
    text = f"SELECT ?x FROM <{BASE}graph/derived> WHERE {{ ?x aca:memberOf ?y ; a ?kind }} ORDER BY ?x"
    query = SavedQuery("derived", "", "", (), (), text, "select")
    assert json.loads(run(small.store, query, {}).read())["results"]["bindings"] == []


# Pages


def test_pages_have_one_row_more_than_asked_to_look_ahead(small: acagraph.Dataset) -> None:
    query = small.queries["members-of-coalition"]
    cursor, found = "", []
    for _ in range(2):
        paging = Paging.of("2", cursor, edition="a")
        page = reply(small.store, query, {"coalition": "jci"}, SIMPLE, paging=paging)
        cursor = page.cursor
        found.append([row["label"] for row in json.loads(page.body)])
        assert page.rows == len(found[-1])
    assert (found, cursor) == ([["Ricoh", "Sony"], ["Tokyo Metropolitan Government"]], "")


def test_a_cursor_of_another_edition_is_refused(small: acagraph.Dataset) -> None:
    query = small.queries["members-of-coalition"]
    arguments = {"coalition": "jci"}
    cursor = reply(small.store, query, arguments, JSON, paging=Paging(1, edition="a")).cursor
    assert reply(small.store, query, arguments, JSON, paging=Paging(1, cursor, "a")).cursor
    with pytest.raises(ParameterError, match="begin again") as caught:
        reply(small.store, query, arguments, JSON, paging=Paging(1, cursor, "b"))
    assert caught.value.parameter == "cursor"


def test_rows_are_counted_whatever_the_format(small: acagraph.Dataset) -> None:
    query = small.queries["members-of-coalition"]
    for form in formats(query):
        assert reply(small.store, query, {"coalition": "jci"}, form).rows == 3, form.name
        assert reply(small.store, query, {"coalition": "wasi"}, form).rows == 0, form.name


# The catalogue and running


def test_of_many_things_few_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def quad(slug: str, label: str) -> ox.Quad:
        thing = ox.NamedNode(f"{BASE}id/agent/{slug}")
        return ox.Quad(thing, ox.NamedNode(expand("skos:prefLabel")), ox.Literal(label, language="en"))

    known = ox.Store()
    known.bulk_extend(quad(f"works-{n}-of-{n * n}", f"Steel Works {n}") for n in range(5_000))
    known.bulk_extend([quad("sony", "Sony Group"), quad("w-s", 'Wörks "S"')])
    compared: list[int] = []

    def close(word: str, names: Collection[str], n: int) -> list[str]:
        compared.append(len(names))
        return difflib.get_close_matches(word, names, n)

    monkeypatch.setattr(lookup, "difflib", SimpleNamespace(get_close_matches=close))
    store, agents = EmbeddedStore(known), [f"{BASE}id/agent/"]
    for text in ("sonny", "ony", "Zony", "sony-group", "the sony group", "Group"):
        assert lookup.nearest(store, agents, text)[:1] == ["sony"]
    assert lookup.nearest(store, agents, 'works "s"') == ["w-s"]
    assert lookup.nearest(store, agents, "steel works 4999")[:1] == ["works-4999-of-24990001"]
    assert lookup.nearest(store, agents, "x" * 10_000) == []
    assert max(compared) <= 2 * 2_000


def test_an_unknown_query_names_the_nearest(small: acagraph.Dataset) -> None:
    with pytest.raises(NotFound, match="did you mean members-of-coalition"):
        find(small.queries, "member-of-coalition")
    with pytest.raises(NotFound, match="there are figures, is-member"):
        find(small.queries, "zzz")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "needs the parameter coalition"),
        ({"coalition": "jci", "town": "x"}, "it takes coalition=jci, kind=Business (optional)"),
        ({"coalition": "japan climate"}, "for example coalition=jci"),
        ({"coalition": "jcy"}, "did you mean jci"),
        ({"coalition": "japan-climate"}, "there is no coalition 'japan-climate'; did you mean jci"),
        ({"coalition": "jci", "kind": "Busines"}, "did you mean Business"),
    ],
)
def test_a_wrong_argument_says_what_is_allowed(
    small: acagraph.Dataset, arguments: Mapping[str, str], said: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        run(small.store, small.queries["members-of-coalition"], arguments)
    assert said in str(caught.value)


def test_an_unknown_concept_names_the_few_there_are(small: acagraph.Dataset) -> None:
    with pytest.raises(ParameterError, match="did you mean at-least, exact"):
        run(small.store, small.queries["figures"], {"qualifier": "zzz"})


@pytest.mark.parametrize("text", ["agent:sonny", f"{BASE}id/agent/sonny"])
def test_a_thing_of_ours_given_as_an_iri_must_exist(small: acagraph.Dataset, text: str) -> None:
    query = echo("iri")
    with pytest.raises(ParameterError, match="x: there is no thing 'sonny'; did you mean sony"):
        run(small.store, query, {"x": text})
    for known in ("agent:sony", "http://example.org/elsewhere"):
        assert b"uri" in run(small.store, query, {"x": known}).read()


def test_capital_letters_of_a_class_do_not_matter(small: acagraph.Dataset) -> None:
    query = small.queries["members-of-coalition"]
    expected = run(small.store, query, {"coalition": "jci", "kind": "Business"}).read()
    assert run(small.store, query, {"coalition": "jci", "kind": "business"}).read() == expected


def test_only_what_a_parameter_takes_is_suggested(release: Path) -> None:
    with acagraph.open(release) as dataset:
        for kind, said, unsaid in (
            ("class", "Membership", "memberOf"),
            ("property", "memberOf", "Membership"),
        ):
            with pytest.raises(ParameterError) as caught:
                run(dataset.store, echo(kind), {"x": "Memberfo"})
            hint = str(caught.value).partition("did you mean")[2]
            assert said in hint
            assert unsaid not in hint


def test_an_agent_may_be_a_coalition(small: acagraph.Dataset) -> None:
    answer = run(small.store, small.queries["is-member"], {"agent": "wasi", "coalition": "jci"})
    assert json.loads(answer.read()) == {"head": {}, "boolean": False}


def test_optional_parameters_and_defaults(small: acagraph.Dataset) -> None:
    figures = small.queries["figures"]

    def count(**arguments: str) -> int:
        return (
            len(
                list(
                    csv.reader(
                        io.StringIO(run(small.store, figures, arguments, accept="text/csv").read().decode())
                    )
                )
            )
            - 1
        )

    assert count() == 1
    assert count(coalition="jci", qualifier="at-least", since="2018-08") == 1
    assert count(minimum="106") == 0
    assert count(since="2019") == 0
    assert count(qualifier="exact") == 0


def test_a_select_as_rdf_is_the_things_and_the_table(small: acagraph.Dataset) -> None:
    query = small.queries["members-of-coalition"]
    turtle = run(small.store, query, {"coalition": "jci"}, accept="text/turtle").read()
    again = run(small.store, query, {"coalition": "jci"}, accept="text/turtle").read()
    json_ld = run(small.store, query, {"coalition": "jci"}, accept="application/ld+json").read()
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    assert turtle == again
    assert isomorphic(graph, rdflib.Graph().parse(data=json_ld, format="json-ld"))
    found = graph.query(
        """PREFIX rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#>
        SELECT ?index ?label ?type {
          ?set a rs:ResultSet ; rs:size 3 ; rs:resultVariable "member", "label" ; rs:solution ?row .
          ?row rs:index ?index ; rs:binding [ rs:variable "member" ; rs:value ?member ] ,
            [ rs:variable "label" ; rs:value ?label ] .
          ?member a ?type
        } ORDER BY ?index"""
    )
    assert [tuple(str(term).rpartition("#")[2] for term in row) for row in found] == [  # type: ignore[union-attr]
        ("1", "Ricoh", "Business"),
        ("2", "Sony", "Business"),
        ("3", "Tokyo Metropolitan Government", "LocalGovernment"),
    ]


def test_no_rows_are_an_empty_table_and_not_an_empty_file(small: acagraph.Dataset) -> None:
    answer = run(
        small.store, small.queries["members-of-coalition"], {"coalition": "wasi"}, accept="text/turtle"
    )
    graph = rdflib.Graph().parse(data=answer.read(), format="turtle")
    size = rdflib.URIRef(EXTERNAL["rs"] + "size")
    assert [str(value) for value in graph.objects(predicate=size)] == ["0"]


def test_formats_follow_the_form_of_the_query(small: acagraph.Dataset) -> None:
    names = {name: [offer.name for offer in formats(query)] for name, query in small.queries.items()}
    assert names["figures"] == ["json", "xml", "csv", "tsv", "simple.json", "ttl", "jsonld", "nt", "rdf"]
    assert names["members-as-graph"] == ["ttl", "jsonld", "nt", "rdf", "nq", "trig"]
    assert names["is-member"] == ["json", "xml", "csv", "tsv", "simple.json"]
    with pytest.raises(NotAcceptable, match="text/turtle"):
        run(small.store, small.queries["members-as-graph"], {"coalition": "jci"}, accept="text/csv")


def test_an_engine_elsewhere_gives_the_same_answer(small: acagraph.Dataset, address: str) -> None:
    remote = open_store(f"{address}/sparql")
    for name, query in small.queries.items():
        for offer in formats(query):
            arguments = query.example
            here = run(small.store, query, arguments, accept=offer.content_type)
            there = run(remote, query, arguments, accept=offer.content_type)
            assert there.media_type == here.media_type == offer.media_type
            assert there.read() == here.read(), (name, offer.name)
            if query.form == "select":
                paging = Paging(1, edition="a")
                page = reply(small.store, query, arguments, offer, paging=paging)
                assert reply(remote, query, arguments, offer, paging=paging) == page
