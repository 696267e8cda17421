"""The saved query that Wikidata is asked: what is printed, shown and sent, and a server that calls ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import rdflib
from click.testing import CliRunner

import acagraph
from acagraph.cli import main
from acagraph.errors import QueryError, SourceError
from acagraph.queries import load
from acagraph.web import create_app
from wikidata_server import Wikidata, wikidata

from published import ROOT
from small import served

NAME = "members-by-wikidata"
COUNTRY = {"country": "wd:Q17"}
OURS = "https://w3id.org/acagraph/sparql"
WIKIDATA = "https://query.wikidata.org/sparql"


@pytest.fixture(scope="module")
def address(release: Path) -> Iterator[str]:
    with acagraph.open(release) as dataset, served(create_app(dataset)) as found:
        yield found


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as found:
        yield found


@pytest.fixture(scope="module")
def server() -> Iterator[Wikidata]:
    with wikidata() as running:
        yield running


def printed(release: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, ["query", NAME, *arguments, "--release", str(release)])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def query(release: Path) -> str:
    text = printed(release, "country=wd:Q17")
    assert text.count(f"<{OURS}>") == 1
    return text


def places(server: Wikidata, query: str) -> set[tuple[str, str]]:
    answer = httpx.post(server.endpoint, data={"query": query}, timeout=60).raise_for_status()
    return {
        (row["place"]["value"].rpartition("/")[2], row["coalitionLabel"]["value"])
        for row in answer.json()["results"]["bindings"]
    }


def test_places_of_wikidata_are_members_of_our_coalitions(
    server: Wikidata, address: str, release: Path, query: str
) -> None:
    found = places(server, query.replace(OURS, f"{address}/sparql"))
    assert ("Q38283", "Japan Climate Initiative") in found
    assert {item for item, _ in found} <= {"Q17", "Q38283", "Q1490"}
    elsewhere = printed(release, "country=wd:Q40").replace(OURS, f"{address}/sparql")
    assert {item for item, _ in places(server, elsewhere)} == {"Q40"}


def test_any_other_engine_answers_it_too(address: str, query: str, server: Wikidata) -> None:
    text = query.replace(OURS, f"{address}/sparql")
    found = rdflib.Graph().parse(server.data).query(text)
    rows = {(str(row.place).rpartition("/")[2], str(row.coalitionLabel)) for row in found}  # type: ignore[union-attr]
    assert rows == places(server, text)


def test_it_is_printed_with_where_to_ask_it(query: str, release: Path) -> None:
    first, _, rest = query.partition("\n")
    assert first == f"# To be asked at {WIKIDATA}, which has the data and calls acagraph."
    assert rest.startswith("PREFIX aca:")
    assert "VALUES ?country { <http://www.wikidata.org/entity/Q17> }" in rest
    listed = CliRunner().invoke(main, ["query", "--list", "--release", str(release)]).stdout
    assert f"\n    Runs at {WIKIDATA}, not here: the command prints what to ask there.\n" in listed
    assert listed.count("Runs at") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("country=wd:Q17", "--format", "csv"), "no format 'csv' here; choose one of sparql"),
        ((), "needs the parameter country"),
        (("country=Japan",), "country"),
    ],
)
def test_what_cannot_be_printed_is_refused(release: Path, arguments: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(main, ["query", NAME, *arguments, "--release", str(release)])
    assert result.exit_code != 0
    assert message in result.output


def test_python_is_told_where_to_ask_it(release: Path) -> None:
    with acagraph.open(release) as dataset, pytest.raises(QueryError, match=f"to be asked at {WIKIDATA}"):
        dataset.query(NAME, country="wd:Q17")


def test_the_page_shows_the_text_and_leads_to_the_endpoint(client: httpx.Client, query: str) -> None:
    browser = {"Accept": "text/html"}
    page = client.get(f"/queries/{NAME}", params=COUNTRY, headers=browser).text
    shown = re.search(r"<pre [^>]*>(.*?)</pre>", page, re.DOTALL)
    assert shown is not None
    assert unescape(shown[1]).strip() == query.strip()
    link = re.search(r'<a [^>]*href="([^"]*)">Ask it at', page)
    assert link is not None
    target = urlsplit(unescape(link[1]))
    assert f"{target.scheme}://{target.netloc}{target.path}" == WIKIDATA
    assert parse_qs(target.query)["query"] == [query]
    empty = client.get(f"/queries/{NAME}", headers=browser).text
    assert "This question is asked at" in empty
    assert "This is an example" in empty
    assert "This is an example" not in page
    assert f"It is asked at {WIKIDATA}." in client.get("/queries", headers=browser).text


def test_the_text_is_sent_to_programs(client: httpx.Client, query: str) -> None:
    for path in (f"/queries/{NAME}", f"/queries/{NAME}.sparql"):
        answer = client.get(path, params=COUNTRY)
        assert answer.headers["content-type"].partition(";")[0] == "application/sparql-query"
        assert answer.text == query
    assert client.get(f"/queries/{NAME}.csv", params=COUNTRY).status_code == 406
    refused = client.get(f"/queries/{NAME}", params={**COUNTRY, "limit": "1"})
    assert (refused.status_code, "has no rows to be paged" in refused.text) == (422, True)
    (listed,) = [each for each in client.get("/queries.json").json() if each["endpoint"]]
    assert (listed["name"], listed["endpoint"]) == (NAME, WIKIDATA)


def test_our_own_endpoint_does_not_answer_it(client: httpx.Client, query: str) -> None:
    answer = client.post("/sparql", data={"query": query})
    assert (answer.status_code, "SERVICE is refused" in answer.text) == (400, True)


def test_the_page_about_wikidata_has_it_as_it_is_printed(query: str) -> None:
    assert f"$ acagraph query {NAME} country=wd:Q17\n{query}```" in (ROOT / "docs/wikidata.md").read_text(
        "utf-8"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (WIKIDATA, "query.wikidata.org", "is no address of an endpoint"),
        (f"#+ endpoint: {WIKIDATA}\n", "", "SERVICE is refused"),
        (OURS, "https://example.org/sparql", f"calls only <{OURS}>"),
        (f"SERVICE <{OURS}>", "", "does not call ours"),
    ],
)
def test_what_is_asked_elsewhere_calls_ours_alone(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (ROOT / "queries" / f"{NAME}.rq").read_text("utf-8")
    assert old in text
    (tmp_path / f"{NAME}.rq").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        load(tmp_path)
