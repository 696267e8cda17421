"""The saved queries: their examples, their order, the ten that must read well; their time is in
test_queries_in_time.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

import acagraph
from acagraph.queries import SavedQuery, load, resolve
from acagraph.stores import Row

from published import ROOT

CATALOGUE = load(ROOT / "queries")
# What is asked elsewhere is in test_wikidata_federation.py.
OURS = {name: query for name, query in CATALOGUE.items() if not query.endpoint}
SELECTS = [name for name, query in OURS.items() if query.form == "select"]
TEN = [
    "members-of-coalition",
    "global-partners",
    "launched-in-year",
    "members-on-day",
    "members-in-country",
    "founding-members",
    "targets-at-least",
    "latest-member-count",
    "who-says-member",
    "coalitions-of-item",
]


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as opened:
        yield opened


@pytest.fixture
def answering(name: str, release: Path, request: pytest.FixtureRequest) -> Iterator[acagraph.Dataset]:
    """The release that a query is about: a query with the tag registers is about everything."""
    everything = "registers" in CATALOGUE[name].tags
    with acagraph.open(request.getfixturevalue("full") if everything else release) as opened:
        yield opened


def examples(query: SavedQuery) -> list[Mapping[str, str]]:
    """Every example of the header, and each parameter's own beside the required ones."""
    required = {parameter.name: parameter.example for parameter in query.parameters if parameter.required}
    return [
        required or query.example,
        *query.examples,
        *({**required, parameter.name: parameter.example} for parameter in query.parameters),
    ]


def select(dataset: acagraph.Dataset, name: str, arguments: Mapping[str, str]) -> acagraph.Rows:
    found = dataset.sparql(resolve(dataset.store, CATALOGUE[name], arguments))
    assert isinstance(found, acagraph.Rows)
    return found


@pytest.mark.parametrize("name", CATALOGUE)
def test_header_tells_people_what_the_query_answers(name: str) -> None:
    query = CATALOGUE[name]
    assert not query.summary.endswith(".")
    assert re.search(r"[.)]$", query.description)
    assert query.tags
    for parameter in query.parameters:
        assert parameter.description.endswith("."), f"describe {parameter.name}"


@pytest.mark.parametrize("name", OURS)
def test_query_needs_no_prefix_from_outside(name: str) -> None:
    ox.Store().query(CATALOGUE[name].text)


@pytest.mark.parametrize("name", OURS)
def test_every_example_has_an_answer(name: str, answering: acagraph.Dataset) -> None:
    for arguments in examples(CATALOGUE[name]):
        answer = answering.sparql(resolve(answering.store, CATALOGUE[name], arguments))
        assert answer if isinstance(answer, bool) else len(answer), f"{name} {arguments}"


def place(row: Row, order: str) -> tuple[object, ...]:
    """Where ORDER BY puts a row, as far as its columns tell: equal numbers and equal texts share a place."""
    found: list[object] = []
    for text, name in re.findall(r"(STR\()?\?(\w+)", order):
        term = row.get(name)
        found.append(term if term is None else term.value if text else term.to_python())
    return tuple(found)


@pytest.mark.parametrize("name", SELECTS)
def test_no_two_rows_share_a_place(name: str, answering: acagraph.Dataset) -> None:
    # A cursor tells the place of a row: equal rows, or two in one place, could be shown twice or never.
    order = CATALOGUE[name].text.rpartition("ORDER BY")[2]
    for arguments in examples(CATALOGUE[name]):
        found = select(answering, name, arguments)
        places = {place(row, order) for row in found}
        different = {tuple(row.get(variable) for variable in found.variables) for row in found}
        assert len(different) == len(found), f"{name} {arguments} gives a row twice"
        assert len(places) == len(found), f"{name} {arguments}: give ORDER BY one more key"


@pytest.mark.parametrize("name", SELECTS)
def test_a_parameter_that_is_a_column_gives_the_rows_with_its_value(
    name: str, answering: acagraph.Dataset
) -> None:
    required = {p.name: p.example for p in CATALOGUE[name].parameters if p.required}
    for parameter in CATALOGUE[name].parameters:
        if parameter.required or parameter.default is not None:
            continue
        every = select(answering, name, required)
        if parameter.name not in every.variables:
            continue
        found = select(answering, name, {**required, parameter.name: parameter.example})
        (value,) = {row.get(parameter.name) for row in found} or {None}
        assert [*found] == [row for row in every if row.get(parameter.name) == value], parameter.name


def test_the_ten_questions_are_marked() -> None:
    assert sorted(name for name, query in CATALOGUE.items() if "first-steps" in query.tags) == sorted(TEN)


@pytest.mark.parametrize("name", TEN)
def test_the_ten_questions_read_well(name: str) -> None:
    body = CATALOGUE[name].text.partition("WHERE {\n")[2].partition("\n}")[0]
    patterns = [line for line in body.splitlines() if re.match(r"  [^ #}]", line)]
    assert 1 <= len(patterns) <= 6, "\n".join(patterns)
    assert "OPTIONAL" not in body
    assert not re.search(r"EXISTS\s*\{[^}]*EXISTS", body)


def test_a_label_is_english_where_there_is_an_english_name(dataset: acagraph.Dataset) -> None:
    found = select(dataset, "members-of-coalition", {"coalition": "jci"})
    labels = {row["member"].short: row["memberLabel"].value for row in found}
    assert labels["agent:sony"] == "Sony"
    assert labels["agent:kyocera"] == "京セラ"
    assert len(labels) == len(found)


def test_every_source_has_what_queries_join_on(dataset: acagraph.Dataset) -> None:
    known = dataset.sparql("SELECT ?source { ?source a aca:Source }")
    assert isinstance(known, acagraph.Rows)
    assert len(select(dataset, "sources", {})) == len(known), (
        "give each source aca:dateText and a name in English"
    )
