"""Injection: whatever a parameter of a saved query holds, it is one term in the query or it is refused."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import acagraph
from acagraph.errors import ParameterError
from acagraph.queries import Parameter, SavedQuery, bind, load, run
from acagraph.queries.binding import serialise
from acagraph.queries.values import candidates
from acagraph.stores import Term
from acagraph.web import create_app

from small import served

SAVED = load(Path(__file__).parent.parent / "queries")
PLACES = [(query.name, parameter.name) for query in SAVED.values() for parameter in query.parameters]
NASTY = (
    "jci> } DROP ALL #",
    "jci } UNION { ?s ?p ?o }",
    "coalition:jci } #",
    "coalition:jci, coalition:wasi",
    "https://w3id.org/acagraph/id/coalition/jci> <x> <y> } ; DELETE WHERE { ?s ?p ?o } #",
    "https://w3id.org/acagraph/id/coalition/jci\\u003e } SELECT * {",
    "https://w3id.org/acagraph/id/coalition/j ci",
    "https://w3id.org/acagraph/id/coalition/jci/../wasi",
    "http://127.0.0.1:9/> } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o",
    '" } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #',
    "' OR '1'='1",
    '"@en',
    '"^^<x:y>',
    '"""',
    "'''",
    "\\",
    "\\\\",
    '\\"',
    "\\u0022 } #",
    "\\U00000022 } #",
    "\\\\u0022 } #",
    "2018 } LIMIT 1 #",
    "2018-01-01T00:00:00Z",
    "2018\n2019",
    "1e3",
    "-0",
    "0x10",
    "٣",
    "$x",
    "?x",
    "UNDEF",
    "_:b",
    "[]",
    "<>",
    "#",
    "\0",
    "jci\0",
    "\ud800",
    "\udfff\ud800",
    "\ufeffjci",
    "j\u200dci",
    "\u202eicj",
    "\u2028",
    "\x85",
    "ｊｃｉ",
    "İ",
    "%00",
    "%3E",
    "{{ 7 * 7 }}",
    "${jndi:ldap://127.0.0.1/}",
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A0",
    "../../../../etc/passwd",
    "x" * 100_000,
    "(" * 10_000,
    '"' * 10_000,
    "\\u0041" * 5_000,
)
# Halves of surrogate pairs too, and what means something in SPARQL more often than chance has it.
ANY = st.text(
    st.one_of(st.characters(exclude_categories=[]), st.sampled_from("\"'\\<>{}()[]#?$@^_:;.,\n\r\t\0 u0022")),
    max_size=60,
)
# SPARQL 1.1, section 19.8: rules 139 and 156 to 160; what is written here has no other form of string.
_IRI = r'<[^<>"{}|^`\\\x00-\x20]*>'
_TEXT = r"\"(?:[^\"\\\n\r]|\\[tbnrf\\\"']|\\u[0-9A-F]{4})*\""
TERM = re.compile(rf"{_IRI}|{_TEXT}(?:\^\^{_IRI}|@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)?")


def example(query: SavedQuery) -> dict[str, str]:
    """Return a value for each parameter of a query."""
    return {parameter.name: parameter.example for parameter in query.parameters}


def declared(query: SavedQuery, name: str) -> Parameter:
    return next(parameter for parameter in query.parameters if parameter.name == name)


@cache
def around(query: str, name: str) -> tuple[str, ...]:
    """Return a bound query without the term of one parameter: the pieces before, between and after it."""
    saved = SAVED[query]
    term = serialise(candidates(declared(saved, name), example(saved)[name])[0])
    block = f"VALUES ?{name} {{ {term} }}"
    pieces = tuple(bind(saved, example(saved)).split(block))
    assert len(pieces) > 1
    return pieces


def is_one_term(query: str, name: str, value: str) -> None:
    """Check that a value is refused, or that it is one term in an otherwise unchanged query."""
    saved = SAVED[query]
    try:
        bound = bind(saved, {**example(saved), name: value})
    except ParameterError as error:
        told = str(error)
        assert told.startswith(f"{name}=")
        return
    term = serialise(candidates(declared(saved, name), value)[0])
    assert bound == f"VALUES ?{name} {{ {term} }}".join(around(query, name))
    assert TERM.fullmatch(term)


@pytest.mark.parametrize(("query", "name"), PLACES)
def test_a_nasty_value_is_one_term_or_refused(query: str, name: str) -> None:
    for value in NASTY:
        is_one_term(query, name, value)


@pytest.mark.parametrize(("query", "name"), PLACES)
def test_any_value_is_one_term_or_refused(query: str, name: str) -> None:
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(ANY, st.sampled_from(["", "jci", "coalition:", "http://a/", "2018", "urn:"]))
    def check(value: str, before: str) -> None:
        is_one_term(query, name, before + value)

    check()


@given(ANY)
def test_any_text_is_written_as_one_term_that_two_engines_read_alike(text: str) -> None:
    try:
        term = candidates(Parameter("x", "string", "x"), text)[0]
    except ParameterError:
        assert any("\ud800" <= character <= "\udfff" for character in text)
        return
    written = serialise(term)
    assert TERM.fullmatch(written)
    query = f"SELECT ?x {{ VALUES ?x {{ {written} }} }}"
    found = ox.Store().query(query)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["x"] for row in found] == [ox.Literal(text)]
    early = ox.Store().query(f"SELECT ?x {{ VALUES ?x {{ {written} }} }} # \\u0022 }}")
    assert isinstance(early, ox.QuerySolutions)
    assert [row["x"] for row in early] == [ox.Literal(text)]


@settings(max_examples=30)
@given(st.text(st.sampled_from("\"'\\<>{}\n\r\tu0022 a"), max_size=20))
def test_rdflib_reads_the_same_text(text: str) -> None:
    query = f"SELECT ?x {{ VALUES ?x {{ {serialise(Term('literal', text))} }} }}"
    assert [str(row[0]) for row in rdflib.Graph().query(query)] == [text]  # type: ignore[index]


# Over HTTP

SENDABLE = [text for text in NASTY if len(text) < 10_000 and not re.search("[\ud800-\udfff]", text)]
ECHO = """#+ summary: Everything back
#+ description: Returns what it was given.
#+ params:
#+   - {name: text, type: string, example: x}
#+   - {name: iri, type: iri, example: "http://example.org/"}
#+   - {name: number, type: integer, example: 7}
#+   - {name: amount, type: decimal, example: 7.5}
#+   - {name: tongue, type: language, example: en}
#+   - {name: day, type: date, example: 2018}
#+   - {name: choice, type: enum, values: [red, green], example: red}
SELECT ?text ?iri ?number ?amount ?tongue ?day ?choice WHERE { }
ORDER BY ?text ?iri ?number ?amount ?tongue ?day ?choice
"""
TYPES = {"text": "string", "iri": "iri", "number": "integer", "amount": "decimal", "tongue": "language"}


@pytest.fixture(scope="module")
def echoing(small_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the small release with a question that gives back what it is given."""
    folder = tmp_path_factory.mktemp("echo") / "release"
    shutil.copytree(small_release, folder)
    (folder / "queries" / "echo.rq").write_text(ECHO, encoding="utf-8")
    with acagraph.open(folder) as dataset, served(create_app(dataset)) as address:
        yield address


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as found:
        yield found


def told(answer: httpx.Response) -> str:
    """Return the reason of a refusal."""
    assert answer.status_code in (414, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    detail: str = answer.json()["detail"]
    return detail


def echoed(client: httpx.Client, echoing: str, name: str, value: str) -> dict[str, Any] | None:
    """Return the term that comes back, or None when the value is refused."""
    answer = client.get(f"{echoing}/queries/echo.json", params={name: value})
    if answer.status_code != 200:
        assert f"{name}=" in told(answer)
        return None
    rows = answer.json()["results"]["bindings"]
    assert len(rows) == 1
    assert set(rows[0]) <= {name}
    found: dict[str, Any] | None = rows[0].get(name)
    return found


@settings(max_examples=150)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_a_text_comes_back_as_it_was(echoing: str, client: httpx.Client, text: str) -> None:
    assert echoed(client, echoing, "text", text) == {"type": "literal", "value": text}


@pytest.mark.parametrize(
    "text", [text for text in NASTY if len(text) < 10_000 and not re.search("[\ud800-\udfff]", text)]
)
def test_a_nasty_text_comes_back_as_it_was(echoing: str, client: httpx.Client, text: str) -> None:
    assert echoed(client, echoing, "text", text) == {"type": "literal", "value": text}
    for form in ("xml", "tsv", "csv", "html", "ttl", "simple.json"):
        answer = client.get(f"{echoing}/queries/echo.{form}", params={"text": text})
        assert answer.status_code == 200
        assert "<script>" not in answer.text or form not in ("html", "xml")


@settings(max_examples=150)
@given(value=ANY, name=st.sampled_from(["iri", "number", "amount", "tongue", "day", "choice"]))
def test_another_value_comes_back_as_what_it_stands_for(
    echoing: str, client: httpx.Client, value: str, name: str
) -> None:
    if re.search("[\ud800-\udfff]", value):
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    found = echoed(client, echoing, name, value)
    if not value:
        assert found is None
    elif found is not None and name in TYPES:
        term = candidates(Parameter(name, TYPES[name], "x"), value)[0]
        assert (found["value"], found.get("datatype", "")) == (term.value, term.datatype)


@pytest.mark.parametrize("value", [b"%ED%A0%80", b"%FF", b"%C0%AF", b"%E6%B0", b"%", b"%zz", b"%u0041"])
def test_bytes_that_are_no_text_are_no_fault(echoing: str, client: httpx.Client, value: bytes) -> None:
    answer = client.get(httpx.URL(f"{echoing}/queries/echo.json", query=b"text=" + value))
    assert answer.status_code in (200, 400, 422)
    assert "\ufffd" not in answer.text or answer.status_code == 200


@settings(max_examples=80)
@given(
    name=ANY.filter(lambda name: not re.search("[\ud800-\udfff]", name)),
    value=st.sampled_from(["", "x", "\0"]),
)
def test_an_unknown_parameter_is_refused(echoing: str, client: httpx.Client, name: str, value: str) -> None:
    answer = client.get(f"{echoing}/queries/echo.json", params={f"x{name}": value})
    assert answer.status_code == (422 if value else 200) or told(answer)


@settings(max_examples=80)
@given(name=st.sampled_from(["limit", "cursor"]), value=ANY)
def test_a_place_in_the_pages_is_one_or_refused(
    echoing: str, client: httpx.Client, name: str, value: str
) -> None:
    value = value.encode("utf-8", "replace").decode()
    answer = client.get(f"{echoing}/queries/echo.json", params={name: value})
    if answer.status_code != 200:
        told(answer)
    else:
        assert not value or re.fullmatch(r"\+?0*[1-9][0-9]{0,4}", value.strip())


@pytest.fixture(scope="module")
def curated(release: Path) -> Iterator[tuple[acagraph.Dataset, str]]:
    with acagraph.open(release) as dataset, served(create_app(dataset)) as address:
        yield dataset, address


@pytest.mark.parametrize(("query", "name"), PLACES)
def test_a_nasty_value_over_http_is_refused_or_means_a_thing(
    curated: tuple[acagraph.Dataset, str], client: httpx.Client, query: str, name: str
) -> None:
    dataset, address = curated
    saved = dataset.queries[query]

    def ask(value: str) -> httpx.Response:
        headers = {"Accept": "application/json, */*;q=0.1"}
        values = {**example(saved), name: value}
        return client.get(f"{address}/queries/{query}", params=values, headers=headers)

    for value in SENDABLE:
        answer = ask(value)
        if answer.status_code != 200:
            told(answer)
            continue
        # What it was taken for has the same answer under its own name.
        term = candidates(declared(saved, name), value)[0]
        if term.kind == "iri":
            same = ask(term.value)
            assert (same.status_code, same.content) == (200, answer.content)


@pytest.mark.parametrize(("query", "name"), PLACES)
def test_any_value_in_python_is_refused_or_answered(
    curated: tuple[acagraph.Dataset, str], query: str, name: str
) -> None:
    dataset, _ = curated
    saved = dataset.queries[query]

    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    @given(ANY)
    def check(value: str) -> None:
        with contextlib.suppress(ParameterError):  # no other error is right
            arguments = {**example(saved), name: value}
            if saved.endpoint:  # it is answered with its text
                run(dataset.store, saved, arguments)
            else:
                dataset.query(query, **arguments)

    check()


def test_the_nasty_values_are_told_in_json_that_can_be_read(echoing: str, client: httpx.Client) -> None:
    for value in ('"', "\\", "\u2028", "\x00", "</script>"):
        answer = client.get(f"{echoing}/queries/echo.json", params={"number": value})
        assert json.loads(answer.content)["status"] == 422
