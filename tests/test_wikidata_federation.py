"""The federated query of docs/wikidata.md: an engine with Wikidata's data calls our server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib

import acagraph
from acagraph.web import create_app
from wikidata_server import FOLDER

from published import ROOT
from small import served

OURS = "https://w3id.org/acagraph/sparql"


@pytest.fixture(scope="module")
def address(release: Path) -> Iterator[str]:
    with acagraph.open(release) as dataset, served(create_app(dataset)) as found:
        yield found


@pytest.fixture(scope="module")
def query() -> str:
    text = (ROOT / "docs" / "wikidata.md").read_text("utf-8")
    found = re.search(r"^```text\n(# Asked at an endpoint.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    assert found[1].count(OURS) == 1
    return found[1]


def test_places_of_wikidata_are_members_of_our_coalitions(address: str, query: str) -> None:
    wikidata = rdflib.Graph().parse(FOLDER / "items.ttl")
    found = wikidata.query(query.replace(OURS, f"{address}/sparql"))
    rows = {(str(row.place).rpartition("/")[2], str(row.coalitionLabel)) for row in found}  # type: ignore[union-attr]
    assert ("Q38283", "Japan Climate Initiative") in rows
    assert {item for item, _ in rows} <= {"Q17", "Q38283", "Q1490"}


def test_without_our_server_there_is_no_answer(query: str) -> None:
    wikidata = rdflib.Graph().parse(FOLDER / "items.ttl")
    with pytest.raises(Exception, match=r"refused|urlopen"):
        list(wikidata.query(query.replace(OURS, "http://127.0.0.1:9/sparql")))
