"""The forty competency questions, asked with the saved queries and answered as the facts say."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

import acagraph
from acagraph.queries import resolve
from acagraph.stores import Row, Term

from published import ROOT

QUESTIONS = [f"CQ{number:02}" for number in range(1, 41)]
DOCUMENTS = {f"source:{number:03}" for number in range(5)}


@dataclass(frozen=True)
class Expected:
    """How a question is asked, and what the five documents answer."""

    query: str
    arguments: Mapping[str, str]
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    ordered: bool
    facts: tuple[str, ...]


def read() -> dict[str, list[Expected]]:
    tables = tomllib.loads((Path(__file__).parent / "competency.toml").read_text("utf-8"))
    return {
        question: [
            Expected(
                query=asked["query"],
                arguments=asked.get("with", {}),
                columns=cells(asked["columns"]),
                rows=[cells(line) for line in asked["rows"].strip().splitlines()],
                ordered=asked.get("ordered", False),
                facts=tuple(asked.get("facts", "").split()),
            )
            for asked in asks
        ]
        for question, asks in tables.items()
    }


def cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.split("|"))


EXPECTED = read()


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as opened:
        yield opened


@pytest.fixture(scope="module")
def other_sources(dataset: acagraph.Dataset) -> set[str]:
    """Pages and registers: what is evidence by address or record, not by characters of a document."""
    quoted = "FILTER NOT EXISTS { ?evidence a aca:Quotation }"
    found = dataset.sparql(f"SELECT DISTINCT ?source {{ ?evidence aca:inSource ?source {quoted} }}")
    assert isinstance(found, acagraph.Rows)
    return {row["source"].short for row in found}


@pytest.fixture(scope="module")
def carriers() -> dict[str, set[str]]:
    """The statements and events that carry each fact."""
    with (ROOT / "data" / "coverage.csv").open(encoding="utf-8", newline="") as file:
        return {row["fact"]: set(row["carried_by"].split()) for row in csv.DictReader(file)}


def shown(term: Term | None) -> str:
    if term is None:
        return "-"
    value = term.to_python()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else term.short


def ask(dataset: acagraph.Dataset, asked: Expected) -> acagraph.Rows:
    saved = dataset.queries[asked.query]
    rows = dataset.sparql(resolve(dataset.store, saved, asked.arguments))
    assert isinstance(rows, acagraph.Rows)
    return rows


def split(rows: acagraph.Rows) -> tuple[list[Row], list[Row]]:
    """Return what the five documents say and what others add; rows that name no source are the former."""
    if "source" not in rows.variables:
        return list(rows), []
    said = [row for row in rows if shown(row.get("source")) in DOCUMENTS]
    return said, [row for row in rows if row not in said]


def test_every_question_is_asked_of_a_query_that_says_so(dataset: acagraph.Dataset) -> None:
    assert list(EXPECTED) == QUESTIONS
    for question, asks in EXPECTED.items():
        assert question in dataset.queries[asks[0].query].tags
    tagged = {tag for query in dataset.queries.values() for tag in query.tags if tag.startswith("CQ")}
    assert tagged == set(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_that_of_the_facts(
    question: str, dataset: acagraph.Dataset, other_sources: set[str], carriers: dict[str, set[str]]
) -> None:
    for asked in EXPECTED[question]:
        said, added = split(ask(dataset, asked))
        found = [tuple(shown(row.get(column)) for column in asked.columns) for row in said]
        if asked.ordered:
            assert list(dict.fromkeys(found)) == list(asked.rows)
        assert sorted(set(found)) == sorted(asked.rows)
        assert {row["source"].short for row in added if "source" in row} <= other_sources
        named = {shown(term) for row in said for term in row.values()}
        missing = [fact for fact in asked.facts if not carriers[fact] & named]
        assert not missing, f"{asked.query} leaves out {', '.join(missing)}"
